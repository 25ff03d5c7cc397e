"""The codec: encoder, quantizer and decoder, joined by four arrows.

          latents            snap              embed             render
signal ──────────▶ latents ──────────▶ tokens ──────────▶ latents ──────────▶ signal
      (B, C, *size)   (B, D, *grid)     (B, K, *grid)     (B, D, *grid)    (B, C, *size)
"""

from dataclasses import dataclass
from typing import Protocol

import torch.nn.functional as F
from torch import Tensor, nn

from .tokens import Tokens


@dataclass(frozen=True, eq=False)
class Quantized:
    """What a quantizer gives in one forward pass.

    latents  (B, D, *grid) the codes, with a straight-through gradient
    indices  (B, K, *grid) int64
    loss     () what the quantizer asks of training, 0 where it asks nothing
    """

    latents: Tensor
    indices: Tensor
    loss: Tensor


class Quantizer(Protocol):
    """The bottleneck. `lookup(nearest(project(features)))` is what reaches the decoder."""

    codebook_size: int
    num_codebooks: int

    def project(self, features: Tensor) -> Tensor: ...

    def nearest(self, latents: Tensor) -> Tensor: ...

    def lookup(self, indices: Tensor) -> Tensor: ...

    def codebook(self, k: int = 0) -> Tensor: ...

    def straight_through(self, latents: Tensor) -> Quantized: ...

    def __call__(self, features: Tensor) -> Quantized: ...


@dataclass(frozen=True, eq=False)
class Passage:
    """One way through the codec in training.

    signal     (B, C, *size) what comes out
    latents    (B, D, *grid) before quantization
    quantized  what the quantizer made of them
    """

    signal: Tensor
    latents: Tensor
    quantized: Quantized


class Codec(nn.Module):
    """Turns signals (B, C, *size) into tokens and back, for every medium.

    stride  samples of the signal a cell stands for, along every axis
    reach   cells around an edited one whose samples the decoder may change
    """

    def __init__(self, encoder: nn.Module, quantizer: nn.Module, decoder: nn.Module, *, name: str, kind: str) -> None:
        super().__init__()
        self.encoder, self.quantizer, self.decoder = encoder, quantizer, decoder
        self.name, self.kind = name, kind
        self.stride: int = encoder.stride
        self.reach: int = decoder.reach

    # The four arrows.

    def latents(self, signal: Tensor) -> Tensor:
        """(B, C, *size) → (B, D, *grid), continuous; grid is size / stride, rounded up."""
        padding = []
        for length in reversed(signal.shape[2:]):
            padding += [0, -length % self.stride]
        if any(padding):
            signal = F.pad(signal, padding, mode="replicate")
        # Distances to codes are compared in full precision, whatever the encoder ran in.
        return self.quantizer.project(self.encoder(signal).float())

    def snap(self, latents: Tensor, size: tuple[int, ...]) -> Tokens:
        """(B, D, *grid) → tokens of a signal of `size`: every latent to its nearest code."""
        return Tokens(self.quantizer.nearest(latents), self.quantizer.codebook_size, tuple(size), self.name)

    def embed(self, tokens: Tokens) -> Tensor:
        """Tokens → (B, D, *grid), the codes they name. Raises ValueError for another codebook's tokens."""
        if tokens.codebook_size != self.quantizer.codebook_size:
            raise ValueError(f"tokens of {tokens.codebook_size} codes, codec of {self.quantizer.codebook_size}")
        expected = tuple(-(-length // self.stride) for length in tokens.size)
        if tokens.grid != expected:
            raise ValueError(f"a signal of {tokens.size} has a grid of {expected}, not {tokens.grid}")
        return self.quantizer.lookup(tokens.indices)

    def render(self, latents: Tensor, size: tuple[int, ...]) -> Tensor:
        """(B, D, *grid) → (B, C, *size)."""
        return _crop(self.decoder(latents).float(), tuple(size))

    # Walks along them.

    def encode(self, signal: Tensor) -> Tokens:
        """(B, C, *size) → Tokens."""
        return self.snap(self.latents(signal), tuple(signal.shape[2:]))

    def decode(self, tokens: Tokens) -> Tensor:
        """Tokens → (B, C, *size)."""
        return self.render(self.embed(tokens), tokens.size)

    def reconstruct(self, signal: Tensor) -> Tensor:
        """(B, C, *size) → the same, there and back: `decode(encode(signal))`, and of a codec without codes too."""
        latents = self.quantizer.straight_through(self.latents(signal)).latents
        return self.render(latents, tuple(signal.shape[2:]))

    def decode_window(self, tokens: Tokens, window: tuple[slice, ...]) -> Tensor:
        """The signal of the cells in `window` only, equal to that part of `decode` to rounding.

        window  one slice of cells per axis of the grid. Normalisation is per position, so
        cells farther than `reach` cannot matter: only the window and its surroundings are decoded.
        """
        wide = tuple(
            slice(max(cells.start - self.reach, 0), min(cells.stop + self.reach, length))
            for cells, length in zip(window, tokens.grid, strict=True)
        )
        inner = tuple(
            slice(cells.start - around.start, cells.stop - around.start)
            for cells, around in zip(window, wide, strict=True)
        )
        signal = self.decoder.window(self.quantizer.lookup(tokens.indices[(..., *wide)]), inner).float()
        room = tuple(length - cells.start * self.stride for cells, length in zip(window, tokens.size, strict=True))
        return _crop(signal, room)

    def forward(self, signal: Tensor) -> Passage:
        """(B, C, *size) → Passage: there and back, with gradients and losses."""
        latents = self.latents(signal)
        quantized = self.quantizer.straight_through(latents)
        return Passage(self.render(quantized.latents, tuple(signal.shape[2:])), latents, quantized)

    def codebook(self, k: int = 0) -> Tensor:
        """(V, D), the vectors of codebook k."""
        return self.quantizer.codebook(k)


def _crop(signal: Tensor, size: tuple[int, ...]) -> Tensor:
    return signal[(..., *(slice(0, length) for length in size))]
