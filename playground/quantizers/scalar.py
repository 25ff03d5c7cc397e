"""Finite scalar quantization: no table at all, only rounding."""

from collections.abc import Iterator
from math import prod

import torch
from torch import Tensor, nn

from ..core.codec import Quantized
from .vector import along


class ScalarQuantizer(nn.Module):
    """FSQ (Mentzer, Minnen, Agustsson, Tschannen 2023, Finite Scalar Quantization, section 3.1).

        z_i ← tanh(z_i + s_i) · h_i − o_i      q_i = round(z_i)

    so that channel i takes one of L_i whole values; the codebook is their product, Π L_i
    codes, and nothing about it is learned, so nothing can collapse. For even L_i the offset
    o_i = ½ makes room for L_i values, and s_i moves zero features back to zero. Latents are
    given divided by ⌊L_i / 2⌋, so that they lie in [−1, 1]. There is no loss.
    """

    num_codebooks = 1
    tables = ()  # nothing is looked up, so there is nothing to move

    def __init__(self, dim: int, *, levels: tuple[int, ...]) -> None:
        """levels  values each of the `dim` channels can take, 3 or more: (8, 5, 5, 5) makes 1000 codes of width 4."""
        super().__init__()
        if len(levels) != dim or min(levels) < 3:
            raise ValueError(f"{dim} channels need as many levels of three or more, not {levels}")
        self.levels, self.dim, self.codebook_size = tuple(levels), dim, prod(levels)
        counts = torch.tensor(levels, device="cpu")  # also where weights are only described, on "meta"
        self.register_buffer("counts", counts, persistent=False)
        # A little more than half: tanh never gets to 1.
        self.register_buffer("span", (counts - 1) * (1 + 1e-3) / 2, persistent=False)
        self.register_buffer("offset", (counts % 2 == 0) / 2, persistent=False)
        self.register_buffer("unit", torch.div(counts, 2, rounding_mode="floor"), persistent=False)
        basis = torch.cat([counts.new_ones(1), counts[:-1].cumprod(0)])
        self.register_buffer("basis", basis, persistent=False)

    def project(self, features: Tensor) -> Tensor:
        """(B, D, *grid) → (B, D, *grid) in [−1, 1]: bounded, not yet rounded."""
        span, offset, unit = (along(t, features) for t in (self.span, self.offset, self.unit))
        return (torch.tanh(features + torch.atanh(offset / span)) * span - offset) / unit

    def given(self, latents: Tensor, indices: Tensor | None = None) -> Iterator[Tensor]:
        """What each table is given: there is none."""
        yield from ()

    def nearest(self, latents: Tensor) -> Tensor:
        """(B, D, *grid) → (B, 1, *grid) int64: the level of each channel is a digit of the index."""
        return self._index(self._digits(latents))

    def lookup(self, indices: Tensor) -> Tensor:
        """(B, 1, *grid) → (B, D, *grid)."""
        if indices.shape[1] != 1:
            raise ValueError(f"one codebook, not {indices.shape[1]}")
        basis, levels = along(self.basis, indices), along(self.counts, indices)
        digits = torch.div(indices, basis, rounding_mode="floor") % levels
        unit = along(self.unit, indices)
        return (digits - unit) / unit

    def straight_through(self, latents: Tensor) -> Quantized:
        """(B, D, *grid) → Quantized."""
        digits, unit = self._digits(latents), along(self.unit, latents)
        codes = ((digits - unit) / unit).to(latents.dtype)
        return Quantized(latents + (codes - latents).detach(), self._index(digits), latents.new_zeros(()))

    def _digits(self, latents: Tensor) -> Tensor:
        """(B, D, *grid), the level of each channel, 0 … L − 1."""
        unit, last = along(self.unit, latents), along(self.counts - 1, latents)
        return ((latents.float() * unit).round() + unit).clamp(torch.zeros_like(last), last)

    def _index(self, digits: Tensor) -> Tensor:
        return (digits * along(self.basis, digits)).sum(1, keepdim=True).long()

    def forward(self, features: Tensor) -> Quantized:
        """(B, D, *grid) → Quantized."""
        return self.straight_through(self.project(features))

    def codebook(self, k: int = 0) -> Tensor:
        """(V, D): all points of the lattice."""
        if k != 0:
            raise ValueError(f"there is one codebook; number {k} does not exist")
        return self.lookup(torch.arange(self.codebook_size)[None, None])[0].t()
