"""Cures for codebook collapse. Each stands alone; a recipe names the ones it takes.

kmeans           data-dependent start (SoundStream, Zeghidour et al. 2021, section III-C)
MovingCodebook   running means instead of a gradient (van den Oord et al. 2017, appendix A.1)
MovingCodebook.revive   unused codes move to latents that are in use (Jukebox, Dhariwal et al. 2020)
"""

import torch
from torch import Generator, Tensor

from .vector import VectorQuantizer, nearest_codes


def kmeans(vectors: Tensor, clusters: int, *, iterations: int = 10, generator: Generator) -> Tensor:
    """(N, D) → (clusters, D), centres after some rounds of Lloyd's algorithm.

    An empty cluster keeps its centre. Raises ValueError for fewer vectors than clusters.
    """
    if len(vectors) < clusters:
        raise ValueError(f"{clusters} clusters need as many vectors; there are {len(vectors)}")
    centres = vectors[torch.randperm(len(vectors), generator=generator)[:clusters]].clone()
    for _ in range(iterations):
        counts, sums = _gather(vectors, nearest_codes(vectors, centres), clusters)
        centres = torch.where(counts[:, None] > 0, sums / counts.clamp(min=1)[:, None], centres)
    return centres


class MovingCodebook:
    """Keeps each code at the running mean of the latents that chose it.

        N ← d N + (1 − d) n      m ← d m + (1 − d) Σ z      e = m / N

    The quantizer's codebook is frozen to gradients. `tensors` is what a resumed
    training needs besides the codebook itself.
    """

    def __init__(self, quantizer: VectorQuantizer, *, decay: float = 0.99) -> None:
        self.quantizer, self.decay = quantizer, decay
        quantizer.weight.requires_grad_(False)
        self.counts = torch.ones(quantizer.codebook_size, device=quantizer.weight.device)
        self.sums = quantizer.weight.detach().clone()

    def start(self, centres: Tensor, counts: Tensor) -> None:
        """Puts the codes on `centres` (V, D), as if `counts` (V,) latents a step chose each."""
        self.quantizer.weight.copy_(centres)
        self.counts.copy_(counts)
        self.sums.copy_(centres * counts[:, None])

    @torch.no_grad()
    def update(self, vectors: Tensor, indices: Tensor) -> None:
        """Moves the codes after one step: (N, D) latents and the (N,) codes they chose."""
        counts, sums = _gather(vectors.float(), indices, len(self.counts))
        self.counts.lerp_(counts, 1 - self.decay)
        self.sums.lerp_(sums, 1 - self.decay)
        # A code nobody chooses keeps its place: its sum and its count shrink alike, until
        # there is too little left of both to divide.
        moved = self.sums / self.counts.clamp(min=1e-6)[:, None]
        self.quantizer.weight.copy_(torch.where(self.counts[:, None] > 1e-6, moved, self.quantizer.weight))

    @torch.no_grad()
    def revive(self, vectors: Tensor, *, least: float, generator: Generator) -> int:
        """Moves codes chosen by fewer than `least` latents a step onto random ones of `vectors`.

        Returns how many were moved.
        """
        weak = (self.counts < least).nonzero()[:, 0]
        chosen = torch.randint(len(vectors), (len(weak),), generator=generator)
        fresh = vectors[chosen].float()
        self.quantizer.weight[weak] = fresh
        self.counts[weak] = 2 * least
        self.sums[weak] = fresh * 2 * least
        return len(weak)

    def tensors(self) -> dict[str, Tensor]:
        """The running counts (V,) and sums (V, D)."""
        return {"counts": self.counts, "sums": self.sums}

    def restore(self, tensors: dict[str, Tensor]) -> None:
        """Takes back what `tensors` gave."""
        self.counts.copy_(tensors["counts"])
        self.sums.copy_(tensors["sums"])


def _gather(vectors: Tensor, indices: Tensor, codebook_size: int) -> tuple[Tensor, Tensor]:
    """How many vectors chose each code (V,), and their sum (V, D)."""
    counts = torch.bincount(indices, minlength=codebook_size).float()
    sums = vectors.new_zeros(codebook_size, vectors.shape[1]).index_add_(0, indices, vectors)
    return counts, sums
