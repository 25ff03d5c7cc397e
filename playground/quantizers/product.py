"""Product quantization: the channels in groups, a codebook for each."""

from collections.abc import Iterator

import torch
from torch import Tensor, nn

from ..core.codec import Quantized
from .vector import VectorQuantizer


class ProductQuantizer(nn.Module):
    """Product, or grouped, VQ (Jégou, Douze, Schmid 2011; HiFi-Codec, Yang et al. 2023, section 3.2).

        z = [z_1 … z_K]      q(z) = [q_1(z_1) … q_K(z_K)]

    K codebooks of V codes make V^K combinations. Unlike residual codes they are not nested:
    each says something of its own, and none can be left out.
    """

    def __init__(self, dim: int, codebook_size: int, *, num_codebooks: int = 2, commitment: float = 0.25) -> None:
        super().__init__()
        if dim % num_codebooks:
            raise ValueError(f"{dim} channels do not divide into {num_codebooks} groups")
        self.dim, self.codebook_size, self.num_codebooks = dim, codebook_size, num_codebooks
        self.stages = nn.ModuleList(
            VectorQuantizer(dim // num_codebooks, codebook_size, commitment=commitment) for _ in range(num_codebooks)
        )

    def project(self, features: Tensor) -> Tensor:
        """Features are the latents here: (B, D, *grid) both."""
        return features

    @property
    def tables(self) -> tuple[VectorQuantizer, ...]:
        """Its K tables of vectors, for those who move them in training."""
        return tuple(self.stages)

    def given(self, latents: Tensor, indices: Tensor | None = None) -> Iterator[Tensor]:
        """What each table is given to quantize, (B, D / K, *grid): its own channels."""
        yield from self._parts(latents)

    def nearest(self, latents: Tensor) -> Tensor:
        """(B, D, *grid) → (B, K, *grid) int64."""
        return torch.cat(
            [stage.nearest(part) for stage, part in zip(self.stages, self._parts(latents), strict=True)], 1
        )

    def lookup(self, indices: Tensor) -> Tensor:
        """(B, K, *grid) → (B, D, *grid)."""
        if indices.shape[1] != self.num_codebooks:
            raise ValueError(f"{self.num_codebooks} codebooks, not {indices.shape[1]}")
        return torch.cat([s.lookup(i) for s, i in zip(self.stages, indices.split(1, 1), strict=True)], 1)

    def straight_through(self, latents: Tensor) -> Quantized:
        """(B, D, *grid) → Quantized; the loss is the mean over the groups."""
        parts = [s.straight_through(part) for s, part in zip(self.stages, self._parts(latents), strict=True)]
        return Quantized(
            torch.cat([part.latents for part in parts], 1),
            torch.cat([part.indices for part in parts], 1),
            torch.stack([part.loss for part in parts]).mean(),
        )

    def forward(self, features: Tensor) -> Quantized:
        """(B, D, *grid) → Quantized."""
        return self.straight_through(self.project(features))

    def codebook(self, k: int = 0) -> Tensor:
        """(V, D): the codes of group k in their own channels, zero in the others."""
        if not 0 <= k < self.num_codebooks:
            raise ValueError(f"there are {self.num_codebooks} codebooks; number {k} does not exist")
        codes = self.stages[k].codebook()  # (V, D / K)
        whole = codes.new_zeros(len(codes), self.dim)
        whole[:, k * codes.shape[1] : (k + 1) * codes.shape[1]] = codes
        return whole

    def _parts(self, latents: Tensor) -> tuple[Tensor, ...]:
        return latents.chunk(self.num_codebooks, 1)
