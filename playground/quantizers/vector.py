"""Vector quantization: every latent becomes its nearest row of one table."""

from collections.abc import Iterator

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..core.codec import Quantized

CHUNK = 1024  # rows of distances at a time: 1024 × 1024 floats (4 MB) stay in the cache


def nearest_codes(vectors: Tensor, codebook: Tensor) -> Tensor:
    """(N, D) and (V, D) → (N,) int64, the nearest row of each vector. Exact.

    argmin |v − w|² = argmin (|w|²/2 − v·w): |v|² is the same for every row, so it is
    left out, and `addmm` does the rest in one pass over a chunk.
    """
    with torch.autocast(vectors.device.type, enabled=False):
        vectors, codebook = vectors.float(), codebook.float()
        half_norms = codebook.square().sum(1) / 2  # (V,)
        table = codebook.t().contiguous()  # (D, V)
        # `min` finds the place of the least as `argmin` does, in a third of the time.
        nearest = [torch.addmm(half_norms, rows, table, alpha=-1).min(1).indices for rows in vectors.split(CHUNK)]
    return torch.cat(nearest)


def flatten(latents: Tensor) -> Tensor:
    """(B, D, *grid) → (N, D), positions in reading order."""
    return latents.movedim(1, -1).reshape(-1, latents.shape[1])


def along(values: Tensor, like: Tensor) -> Tensor:
    """(D,) → (D, 1, …), to meet (B, D, *grid) channel by channel."""
    return values.reshape(-1, *[1] * (like.ndim - 2)).to(like.device)


class VectorQuantizer(nn.Module):
    """VQ (van den Oord, Vinyals, Kavukcuoglu 2017, Neural Discrete Representation Learning, eq. 1–3).

        q(z) = e_k,  k = argmin_j |z − e_j|
        loss = |sg(z) − e_k|²  +  β |z − sg(e_k)|²
                codebook loss      commitment loss

    and the gradient of q(z) is passed to z as it stands (straight-through). When the
    codebook is moved by a running mean instead (see `cures.MovingCodebook`), the codebook
    is frozen and the first term has no gradient.
    """

    num_codebooks = 1

    def __init__(self, dim: int, codebook_size: int, *, commitment: float = 0.25) -> None:
        super().__init__()
        self.dim, self.codebook_size, self.commitment = dim, codebook_size, commitment
        self.weight = nn.Parameter(torch.randn(codebook_size, dim) / dim**0.5)

    def codes(self) -> Tensor:
        """(V, D), the codes as latents are compared with them."""
        return self.weight

    def project(self, features: Tensor) -> Tensor:
        """Features are the latents here: (B, D, *grid) both."""
        return features

    @property
    def tables(self) -> tuple["VectorQuantizer", ...]:
        """Its tables of vectors, for those who move them in training: itself."""
        return (self,)

    def given(self, latents: Tensor, indices: Tensor | None = None) -> Iterator[Tensor]:
        """What each table is given to quantize, (B, D, *grid): the latents themselves."""
        yield latents

    def nearest(self, latents: Tensor) -> Tensor:
        """(B, D, *grid) → (B, 1, *grid) int64."""
        batch, _, *grid = latents.shape
        return nearest_codes(flatten(latents), self.codes()).reshape(batch, 1, *grid)

    def lookup(self, indices: Tensor) -> Tensor:
        """(B, 1, *grid) → (B, D, *grid)."""
        if indices.shape[1] != 1:
            raise ValueError(f"one codebook, not {indices.shape[1]}")
        return F.embedding(indices[:, 0], self.codes()).movedim(-1, 1)

    def straight_through(self, latents: Tensor) -> Quantized:
        """(B, D, *grid) → Quantized."""
        indices = self.nearest(latents)
        codes = self.lookup(indices)
        loss = F.mse_loss(codes, latents.detach()) + self.commitment * F.mse_loss(latents, codes.detach())
        return Quantized(latents + (codes - latents).detach(), indices, loss)

    def forward(self, features: Tensor) -> Quantized:
        """(B, D, *grid) → Quantized."""
        return self.straight_through(self.project(features))

    def codebook(self, k: int = 0) -> Tensor:
        """(V, D)."""
        if k != 0:
            raise ValueError(f"there is one codebook; number {k} does not exist")
        return self.codes().detach()
