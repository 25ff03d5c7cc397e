"""Encoder and decoder made of convolutions, for pictures (rank 2) and sounds (rank 1).

A patch of samples becomes one position, residual blocks mix neighbours, strided
convolutions halve the grid; the decoder walks back. Nothing looks at the whole grid at
once, normalisation least of all: it is per position, over channels. So the reach of a
code is finite, a picture of any size works, and tiles join without a seam.
"""

from dataclasses import dataclass
from math import ceil, prod

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .spectral import Analysis, Synthesis, spectral_channels
from .transformer import Attention


class Convolution1d(nn.Conv1d):
    """nn.Conv1d computed as that of a picture one pixel high, channels last: on a processor four times faster."""

    def forward(self, x: Tensor) -> Tensor:
        x = x.unsqueeze(2).contiguous(memory_format=torch.channels_last)  # (B, C, 1, T), a view after the first layer
        return F.conv2d(x, self.weight.unsqueeze(2), self.bias, (1, *self.stride), (0, *self.padding)).squeeze(2)


EVERYWHERE = 2**20  # cells: more than any grid has
CONVOLUTIONS = {1: Convolution1d, 2: nn.Conv2d}


@dataclass(frozen=True)
class ConvolutionConfig:
    """The shape of an encoder–decoder pair.

    rank            axes of the signal: 2 picture, 1 sound
    channels        C of the signal
    patch           samples that become one position at the first stage
    window          of a sound: samples of the Fourier window, 4 · patch, through which it is seen and
                    made; 0 for samples as they are
    widths          channels of each stage, fine to coarse; each stage halves the grid of the one before
    encoder_depths  residual blocks at each stage, fine to coarse
    decoder_depths  the same for the decoder (also listed fine to coarse)
    attention       transformer blocks at the coarsest stage of the encoder and of the decoder: with
                    any, every code can touch everything, and there are no windows
    dim             D, the width of the latents
    """

    rank: int = 2
    channels: int = 3
    patch: int = 4
    window: int = 0
    widths: tuple[int, ...] = (128, 256)
    encoder_depths: tuple[int, ...] = (2, 5)
    decoder_depths: tuple[int, ...] = (3, 5)
    attention: tuple[int, int] = (0, 0)
    dim: int = 32

    @property
    def stride(self) -> int:
        """Samples a cell stands for."""
        return self.patch * 2 ** (len(self.widths) - 1)


class ChannelNorm(nn.Module):
    """Layer norm over the channels of each position, without bias (Ba, Kiros, Hinton 2016)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))

    def forward(self, x: Tensor) -> Tensor:
        x = x.movedim(1, -1)  # (B, *grid, C): a view, not a copy, in channels-last memory
        weight = self.weight.to(x.dtype)  # a weight of another type would miss the fused kernel
        return F.layer_norm(x, weight.shape, weight, eps=1e-6).movedim(-1, 1)


class Block(nn.Module):
    """x + mix(norm(x)): a 3-wide convolution sees the neighbours, a 1-wide one recombines."""

    def __init__(self, width: int, rank: int) -> None:
        super().__init__()
        conv = CONVOLUTIONS[rank]
        self.norm = ChannelNorm(width)
        self.neighbours = conv(width, width, 3, padding=1)
        self.mix = conv(width, width, 1)
        nn.init.zeros_(self.mix.weight)  # starts as the identity, so depth costs nothing at first
        nn.init.zeros_(self.mix.bias)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.mix(F.silu(self.neighbours(self.norm(x))))


class Encoder(nn.Module):
    """Signal (B, C, *size) → features (B, D, *grid)."""

    def __init__(self, config: ConvolutionConfig) -> None:
        super().__init__()
        conv = CONVOLUTIONS[config.rank]
        self.stride = config.stride
        layers: list[nn.Module] = [conv(config.channels, config.widths[0], config.patch, stride=config.patch)]
        if config.window:
            frames = Analysis(config.window, config.patch)
            layers = [frames, conv(spectral_channels(config.window), config.widths[0], 1)]
        for stage, (width, depth) in enumerate(zip(config.widths, config.encoder_depths, strict=True)):
            if stage:
                layers.append(conv(config.widths[stage - 1], width, 2, stride=2))
            layers += [Block(width, config.rank) for _ in range(depth)]
        layers += [Attention(config.widths[-1]) for _ in range(config.attention[0])]
        layers += [ChannelNorm(config.widths[-1]), conv(config.widths[-1], config.dim, 1)]
        self.layers = nn.Sequential(*layers)

    def forward(self, signal: Tensor) -> Tensor:
        return self.layers(signal)


class Decoder(nn.Module):
    """Latents (B, D, *grid) → signal (B, C, *size), size = grid · stride.

    reach  cells around a code that it can touch: one position for each 3-wide convolution
    """

    def __init__(self, config: ConvolutionConfig) -> None:
        super().__init__()
        conv = CONVOLUTIONS[config.rank]
        layers: list[nn.Module] = [conv(config.dim, config.widths[-1], 1)]
        layers += [Attention(config.widths[-1]) for _ in range(config.attention[1])]
        for stage in reversed(range(len(config.widths))):
            layers += [Block(config.widths[stage], config.rank) for _ in range(config.decoder_depths[stage])]
            if stage:
                finer = config.widths[stage - 1]
                layers += [conv(config.widths[stage], finer * 2**config.rank, 1), Spread(2, config.rank)]
        last = config.widths[0]
        layers.append(ChannelNorm(last))
        if config.window:
            layers += [conv(last, spectral_channels(config.window), 1), Synthesis(config.window, config.patch)]
        else:
            layers.append(conv(last, config.channels * config.patch**config.rank, 3, padding=1))
            layers.append(Spread(config.patch, config.rank))
        self.layers = nn.Sequential(*layers)
        self.stride = config.stride
        self.needs = _needs(layers)
        self.reach = self.needs[0]

    def forward(self, latents: Tensor) -> Tensor:
        return self.layers(latents)

    def window(self, latents: Tensor, inner: tuple[slice, ...]) -> Tensor:
        """The signal of the cells `inner` only, (B, C, *inner·stride).

        latents  (B, D, *grid) with up to `reach` cells around the window, fewer where the
                 picture ends. What no later layer needs is cut away after each one.
        """
        x = latents
        for layer, need in zip(self.layers, self.needs, strict=True):
            kept = tuple(
                slice(max(cells.start - need, 0), min(cells.stop + need, length))
                for cells, length in zip(inner, x.shape[2:], strict=True)
            )
            inner = tuple(slice(c.start - k.start, c.stop - k.start) for c, k in zip(inner, kept, strict=True))
            x = layer(x[(..., *kept)])
            if isinstance(layer, Spread | Synthesis):
                inner = tuple(slice(cells.start * layer.factor, cells.stop * layer.factor) for cells in inner)
        return x[(..., *inner)]


class Spread(nn.Module):
    """(B, C·f^rank, *grid) → (B, C, *grid·f): channels become neighbours (Shi et al. 2016, sub-pixel)."""

    def __init__(self, factor: int, rank: int) -> None:
        super().__init__()
        self.factor, self.rank = factor, rank

    def forward(self, x: Tensor) -> Tensor:
        if self.rank == 2:
            return F.pixel_shuffle(x, self.factor)
        batch, wide, length = x.shape
        x = x.reshape(batch, wide // self.factor, self.factor, length)  # (B, C, f, T)
        return x.transpose(2, 3).reshape(batch, wide // self.factor, length * self.factor)


def _needs(layers: list[nn.Module]) -> list[int]:
    """Before each layer: positions around a window that it and the later layers can still carry into it."""
    needs, reach = [], 0
    for layer in reversed(layers):
        if isinstance(layer, Attention):
            reach = EVERYWHERE
        elif isinstance(layer, Block) or getattr(layer, "padding", (0,))[0] == 1:
            reach += 1
        elif isinstance(layer, Spread):
            reach = ceil(reach / layer.factor)
        elif isinstance(layer, Synthesis):
            reach = ceil(reach / layer.factor) + layer.around
        needs.append(reach)
    return needs[::-1]


def count_parameters(module: nn.Module) -> int:
    """Numbers a module learns."""
    return sum(prod(parameter.shape) for parameter in module.parameters())
