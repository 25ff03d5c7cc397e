"""The four arrows and the walks along them, for pictures and for sounds."""

import itertools

import pytest
import torch
from torch import Tensor

from playground.core.codec import Codec
from playground.core.tokens import Tokens
from playground.models.config import CodecConfig


def test_decoding_the_tokens_is_the_forward_of_training(codec: Codec, signal: Tensor) -> None:
    passage = codec(signal)
    tokens = codec.encode(signal)
    assert torch.equal(tokens.indices, passage.quantized.indices)
    torch.testing.assert_close(codec.decode(tokens), passage.signal, atol=1e-4, rtol=1e-4)


def test_encode_and_decode_are_walks_along_the_arrows(codec: Codec, signal: Tensor) -> None:
    tokens = codec.snap(codec.latents(signal), tuple(signal.shape[2:]))
    assert torch.equal(tokens.indices, codec.encode(signal).indices)
    assert torch.equal(codec.render(codec.embed(tokens), tokens.size), codec.decode(tokens))
    assert (tokens.codec, tokens.codebook_size) == (codec.name, codec.quantizer.codebook_size)


@pytest.mark.parametrize("length", [1, 7, 8, 9, 23, 40])
def test_awkward_sizes_come_back_as_they_were(codec: Codec, config: CodecConfig, length: int) -> None:
    size = (length, 13)[: config.body.rank]
    signal = torch.rand(1, config.body.channels, *size) * 2 - 1
    tokens = codec.encode(signal)
    assert tokens.grid == tuple(-(-n // codec.stride) for n in size)
    assert codec.decode(tokens).shape == signal.shape
    torch.testing.assert_close(codec.decode(tokens), codec(signal).signal, atol=1e-4, rtol=1e-4)


def test_a_filled_border_repeats_the_edge(codec: Codec, config: CodecConfig) -> None:
    """A signal cut short inside a constant region has the tokens of the whole."""
    size = (2 * codec.stride,) * config.body.rank
    short = (2 * codec.stride - 3,) * config.body.rank
    whole = torch.full((1, config.body.channels, *size), 0.3)
    cut = torch.full((1, config.body.channels, *short), 0.3)
    assert torch.equal(codec.encode(whole).indices, codec.encode(cut).indices)


def test_batches_do_not_mix(codec: Codec, signal: Tensor) -> None:
    alone = torch.cat([codec.encode(item[None]).indices for item in signal])
    assert torch.equal(codec.encode(signal).indices, alone)


def windows(length: int) -> list[slice]:
    return [slice(a, b) for a, b in itertools.combinations(range(length + 1), 2)]


@pytest.mark.parametrize("cut", [0, 3])
def test_a_decoded_window_is_that_part_of_the_whole(codec: Codec, config: CodecConfig, cut: int) -> None:
    """Every window there is, at the borders too, and where the last cell is only partly signal."""
    cells = 2 * codec.reach + 4 if config.body.rank == 1 else codec.reach + 3
    size = (cells * codec.stride - cut,) * config.body.rank
    signal = torch.rand(1, config.body.channels, *size, generator=torch.Generator().manual_seed(0)) * 2 - 1
    tokens = codec.encode(signal)
    whole = codec.decode(tokens)
    for window in itertools.product(windows(cells), repeat=config.body.rank):
        part = tuple(slice(w.start * codec.stride, w.stop * codec.stride) for w in window)
        torch.testing.assert_close(codec.decode_window(tokens, window), whole[(..., *part)], atol=1e-4, rtol=1e-4)


def test_a_window_does_not_decode_the_whole(codec: Codec, config: CodecConfig) -> None:
    """Cells beyond the reach are never looked up."""
    cells = 2 * codec.reach + 12
    size = (cells * codec.stride,) * config.body.rank
    tokens = Tokens(torch.zeros(1, 1, *(cells,) * config.body.rank, dtype=torch.int64), 16, size)
    seen = []
    lookup = codec.quantizer.lookup
    codec.quantizer.lookup = lambda indices: seen.append(indices.shape[2:]) or lookup(indices)
    middle = codec.reach + 6
    codec.decode_window(tokens, (slice(middle, middle + 1),) * config.body.rank)
    assert seen == [(2 * codec.reach + 1,) * config.body.rank]


def test_tokens_of_another_codebook_or_grid_are_refused(codec: Codec, signal: Tensor) -> None:
    tokens = codec.encode(signal)
    with pytest.raises(ValueError, match="17"):
        codec.embed(Tokens(tokens.indices, 17, tokens.size))
    with pytest.raises(ValueError, match="grid"):
        codec.embed(Tokens(tokens.indices, 16, tuple(length + codec.stride for length in tokens.size)))


def test_what_is_learned_has_a_gradient_and_nothing_is_lost(codec: Codec, signal: Tensor) -> None:
    codec.requires_grad_(True)
    passage = codec(signal)
    (passage.signal.square().mean() + passage.quantized.loss).backward()
    without = [name for name, p in codec.named_parameters() if p.grad is None or not p.grad.abs().sum() > 0]
    assert without == []


def test_the_codebook_is_a_table_of_vectors(codec: Codec, config: CodecConfig) -> None:
    assert codec.codebook().shape == (config.quantizer.codebook_size, config.body.dim)
