"""Laws of the games with codebooks."""

from dataclasses import replace

import pytest
import torch

from playground.core.codec import Codec
from playground.core.errors import InputError
from playground.edits import exchanges
from playground.models.config import build
from tests.conftest import PICTURES, VOICES, signals, tiny_codec


def test_new_numbers_keep_what_is_alike_alike(codec: Codec, signal: torch.Tensor) -> None:
    tokens = codec.encode(signal)
    renamed = exchanges.permute(tokens, 3)
    assert torch.equal(renamed.indices, exchanges.permute(tokens, 3).indices)
    for k in range(tokens.num_codebooks):
        pairs = torch.stack([tokens.indices[:, k].flatten(), renamed.indices[:, k].flatten()], 1).unique(dim=0)
        assert len(pairs) == tokens.indices[:, k].unique().numel() == renamed.indices[:, k].unique().numel()


def test_levels_are_exchanged_and_back(voice_codec: Codec) -> None:
    tokens = voice_codec.encode(signals(VOICES))
    turned = exchanges.exchange_levels(tokens, 0, 1)
    assert torch.equal(turned.indices[:, 0], tokens.indices[:, 1])
    assert torch.equal(exchanges.exchange_levels(turned, 0, 1).indices, tokens.indices)
    with pytest.raises(ValueError, match="of 2"):
        exchanges.exchange_levels(tokens, 0, 2)


def test_another_codec_reads_the_same_numbers() -> None:
    own, other = tiny_codec(PICTURES), tiny_codec(PICTURES, seed=5)
    tokens = own.encode(signals(PICTURES))
    read = exchanges.read_by(other, tokens)
    assert torch.equal(read.indices, tokens.indices)
    assert torch.equal(own.decode(exchanges.read_by(own, tokens)), own.decode(tokens))
    assert not torch.allclose(other.decode(read), own.decode(tokens))


def test_codebooks_of_another_shape_are_refused(voice_codec: Codec, picture_codec: Codec) -> None:
    body = replace(PICTURES.body, widths=(8, 12, 12), encoder_depths=(1, 1, 1), decoder_depths=(1, 1, 1))
    coarser = build(replace(PICTURES, body=body))
    assert coarser.stride != picture_codec.stride
    tokens = voice_codec.encode(signals(VOICES))
    with pytest.raises(InputError, match="another shape"):
        exchanges.read_by(voice_codec, tokens.first(1))
    with pytest.raises(InputError, match="another size"):
        exchanges.read_by(coarser, picture_codec.encode(signals(PICTURES)))


def test_a_palette_of_all_codes_changes_nothing(codec: Codec, signal: torch.Tensor) -> None:
    latents, tokens = codec.latents(signal[:1]), codec.encode(signal[:1])
    size = tuple(signal.shape[2:])
    every = [torch.arange(tokens.codebook_size)] * tokens.num_codebooks
    assert torch.equal(exchanges.with_palette(codec, latents, every, size).indices, tokens.indices)


def test_only_codes_of_the_palette_are_used_and_of_those_the_nearest(codec: Codec, signal: torch.Tensor) -> None:
    latents, size = codec.latents(signal[:1]), tuple(signal.shape[2:])
    allowed = [torch.tensor([2, 5, 11])] * codec.quantizer.num_codebooks
    tokens = exchanges.with_palette(codec, latents, allowed, size)
    assert set(tokens.indices.unique().tolist()) <= {2, 5, 11}
    vectors = codec.codebook()[allowed[0]]
    distances = torch.cdist(latents[0].flatten(1).T, vectors)  # (cells, 3)
    assert torch.equal(allowed[0][distances.argmin(1)], tokens.indices[0, 0].flatten())
    with pytest.raises(ValueError, match="no code"):
        exchanges.with_palette(codec, latents, [torch.tensor([], dtype=torch.int64)], size)
