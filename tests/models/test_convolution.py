"""Bodies of convolutions: sizes, and a reach that is finite and known."""

import pytest
import torch
from torch import Tensor

from playground.core.codec import Codec
from playground.models.config import CodecConfig
from playground.models.convolution import ConvolutionConfig, Decoder, Encoder, Spread, count_parameters

BODIES = [
    ConvolutionConfig(widths=(4, 6), encoder_depths=(1, 1), decoder_depths=(1, 2), dim=3),
    ConvolutionConfig(widths=(4, 4, 4), encoder_depths=(0, 1, 1), decoder_depths=(2, 0, 1), dim=3, patch=2),
    ConvolutionConfig(rank=1, channels=1, widths=(4, 6), encoder_depths=(1, 1), decoder_depths=(1, 1), dim=3),
    ConvolutionConfig(widths=(5,), encoder_depths=(1,), decoder_depths=(0,), dim=2, patch=3),
]


def lively(module: torch.nn.Module) -> torch.nn.Module:
    """Every layer does something: the last one of a fresh block is zero."""
    torch.manual_seed(0)
    for parameter in module.parameters():
        torch.nn.init.normal_(parameter, std=0.5)
    return module.requires_grad_(False)


@pytest.mark.parametrize("body", BODIES)
def test_a_cell_stands_for_stride_samples_along_every_axis(body: ConvolutionConfig) -> None:
    grid = (5,) * body.rank
    latents = torch.randn(2, body.dim, *grid)
    signal = Decoder(body)(latents)
    assert signal.shape == (2, body.channels, *(5 * body.stride,) * body.rank)
    assert Encoder(body)(signal).shape == latents.shape


@pytest.mark.parametrize("body", BODIES)
def test_a_code_touches_nothing_beyond_its_reach(body: ConvolutionConfig) -> None:
    """And touches something at it: the reach is no larger than it must be, to a cell."""
    decoder = lively(Decoder(body)).double()
    cells, middle = 2 * decoder.reach + 7, decoder.reach + 3
    latents = torch.zeros(1, body.dim, *(cells,) * body.rank, dtype=torch.float64)
    changed = latents.clone()
    changed[(..., *(slice(middle, middle + 1),) * body.rank)] = 1.0
    moved = (decoder(latents) != decoder(changed)).any(1)[0]  # (*size)
    for axis in range(body.rank):
        samples = moved.movedim(axis, 0).reshape(moved.shape[axis], -1).any(1).nonzero()[:, 0]
        first, last = int(samples.min()) // body.stride, int(samples.max()) // body.stride
        assert first == middle - decoder.reach and last == middle + decoder.reach


def test_normalisation_sees_one_position_only() -> None:
    encoder = lively(Encoder(BODIES[0]))
    signal = torch.randn(1, 3, 64, 64)
    brighter = signal.clone()
    brighter[..., 48:, :] += 5
    assert torch.equal(encoder(signal)[..., :3, :], encoder(brighter)[..., :3, :])


def test_channels_spread_in_the_order_of_pixel_shuffle() -> None:
    x = torch.arange(2 * 6 * 5).reshape(2, 6, 5).float()  # rank 1, by hand: channel c·f + i is sample i of c
    expected = torch.stack([x[:, [0, 1, 2]], x[:, [3, 4, 5]]], 1).transpose(2, 3).reshape(2, 2, 15)
    assert torch.equal(Spread(3, 1)(x), expected)


def test_parameters_are_counted_without_weights(codec: Codec, config: CodecConfig) -> None:
    from playground.models.config import build

    with torch.device("meta"):
        network = build(config)
    assert count_parameters(network) == sum(tensor.numel() for tensor in codec.parameters()) > 1000


def test_a_fresh_block_is_the_identity() -> None:
    from playground.models.convolution import Block

    x: Tensor = torch.randn(1, 4, 6, 6)
    assert torch.equal(Block(4, 2)(x), x)
