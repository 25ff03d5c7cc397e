"""Residual vector quantization: each codebook quantizes what the ones before it left over."""

from collections.abc import Iterator

import torch
from torch import Tensor, nn

from ..core.codec import Quantized
from .vector import VectorQuantizer


class ResidualQuantizer(nn.Module):
    """RVQ (Zeghidour et al. 2021, SoundStream, section III-C).

        r_0 = z      q_k = nearest code to r_k      r_{k+1} = r_k − q_k      q(z) = Σ q_k

    The codes are nested: the first k of them alone are the encoding at a lower rate, so
    `lookup` takes any number of codebooks from 1 to K. Each residual is detached before
    the next codebook, so that the commitment of each reaches the encoder undiminished.

    dropout  share of the items of a training batch that are decoded from a random number
             of codebooks, 1 … K (quantizer dropout, same paper, section III-C)
    """

    nested = True  # the first k codes alone are an encoding

    def __init__(
        self, dim: int, codebook_size: int, *, num_codebooks: int = 8, commitment: float = 0.25, dropout: float = 0.5
    ) -> None:
        super().__init__()
        self.dim, self.codebook_size, self.num_codebooks = dim, codebook_size, num_codebooks
        self.commitment, self.dropout = commitment, dropout
        self.stages = nn.ModuleList(
            VectorQuantizer(dim, codebook_size, commitment=commitment) for _ in range(num_codebooks)
        )

    def project(self, features: Tensor) -> Tensor:
        """Features are the latents here: (B, D, *grid) both."""
        return features

    @property
    def tables(self) -> tuple[VectorQuantizer, ...]:
        """Its K tables of vectors, for those who move them in training."""
        return tuple(self.stages)

    def given(self, latents: Tensor, indices: Tensor | None = None) -> Iterator[Tensor]:
        """What each table is given to quantize, (B, D, *grid): r_k, without gradient.

        indices  (B, K, *grid), the choices where they are known; otherwise they are made
        """
        residual = latents.detach()
        for k, stage in enumerate(self.stages):
            yield residual
            chosen = stage.nearest(residual) if indices is None else indices[:, k : k + 1]
            residual = residual - stage.lookup(chosen).detach()

    def nearest(self, latents: Tensor) -> Tensor:
        """(B, D, *grid) → (B, K, *grid) int64. Greedy: another choice of codes may lie nearer in sum."""
        residual, chosen = latents.detach(), []
        for stage in self.stages:
            chosen.append(stage.nearest(residual))
            residual = residual - stage.lookup(chosen[-1])
        return torch.cat(chosen, 1)

    def lookup(self, indices: Tensor) -> Tensor:
        """(B, k, *grid) → (B, D, *grid), the sum of the first k ≤ K codes."""
        if not 1 <= indices.shape[1] <= self.num_codebooks:
            raise ValueError(f"{self.num_codebooks} codebooks, not {indices.shape[1]}")
        chosen = zip(self.stages, indices.split(1, 1), strict=False)
        return torch.stack([stage.lookup(code) for stage, code in chosen]).sum(0)

    def straight_through(self, latents: Tensor) -> Quantized:
        """(B, D, *grid) → Quantized, in training from fewer codebooks for some items."""
        indices = self.nearest(latents)
        used = self._used(latents)  # (B, K, 1, …)
        total, loss = torch.zeros_like(latents), latents.new_zeros(())
        for k, (stage, code) in enumerate(zip(self.stages, indices.split(1, 1), strict=True)):
            codes, left = stage.lookup(code), latents - total.detach()
            keep = used[:, k : k + 1]
            error = (left.detach() - codes).square() + self.commitment * (left - codes.detach()).square()
            loss = loss + (error * keep).mean()
            total = total + codes * keep
        return Quantized(latents + (total - latents).detach(), indices, loss / self.num_codebooks)

    def forward(self, features: Tensor) -> Quantized:
        """(B, D, *grid) → Quantized."""
        return self.straight_through(self.project(features))

    def codebook(self, k: int = 0) -> Tensor:
        """(V, D)."""
        if not 0 <= k < self.num_codebooks:
            raise ValueError(f"there are {self.num_codebooks} codebooks; number {k} does not exist")
        return self.stages[k].codebook()

    def _used(self, latents: Tensor) -> Tensor:
        """(B, K, 1, …) of 0 and 1: the codebooks each item is decoded from."""
        batch, count = len(latents), self.num_codebooks
        most = torch.full((batch,), count, device=latents.device)
        if self.training and self.dropout:
            fewer = torch.randint(1, count + 1, (batch,), device=latents.device)
            most = torch.where(torch.rand(batch, device=latents.device) < self.dropout, fewer, most)
        used = torch.arange(count, device=latents.device) < most[:, None]
        return used.to(latents.dtype).reshape(batch, count, *[1] * (latents.ndim - 2))
