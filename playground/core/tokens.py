"""Tokens: what a codec leaves of a signal, and nothing else."""

from dataclasses import dataclass, replace
from math import log2, prod

import torch
from torch import Tensor


@dataclass(frozen=True, eq=False)
class Tokens:
    """Indices into a codebook, on a grid.

    indices        (B, K, *grid) int64, each in [0, codebook_size)
    codebook_size  V, the rows of every codebook
    size           size of the signal they stand for: (H, W), (T,) ...
    codec          name of the codec that made them ("" when none is known)

    A value: nobody changes one, an edit makes another. Raises ValueError for
    indices that are no integers, lie outside the codebook, or have no grid.
    """

    indices: Tensor
    codebook_size: int
    size: tuple[int, ...]
    codec: str = ""

    def __post_init__(self) -> None:
        if self.indices.dtype != torch.int64:
            raise ValueError(f"indices must be int64, not {self.indices.dtype}")
        if self.indices.ndim != 2 + len(self.size):
            raise ValueError(f"indices {tuple(self.indices.shape)} do not fit a signal of {self.size}")
        if self.indices.numel() == 0:
            raise ValueError("there are no tokens")
        low, high = self.indices.aminmax()
        if low < 0 or high >= self.codebook_size:
            raise ValueError(f"index {int(low if low < 0 else high)} is outside [0, {self.codebook_size})")

    @property
    def num_codebooks(self) -> int:
        """K, the number of codebooks in use."""
        return self.indices.shape[1]

    @property
    def grid(self) -> tuple[int, ...]:
        """The positions, (h, w) or (t,)."""
        return tuple(self.indices.shape[2:])

    @property
    def bits(self) -> float:
        """Bits of one item, every index written with log2(V) bits."""
        return self.num_codebooks * prod(self.grid) * log2(self.codebook_size)

    def first(self, k: int) -> "Tokens":
        """The first k codebooks only: for residual codes, the encoding at a lower rate."""
        if not 1 <= k <= self.num_codebooks:
            raise ValueError(f"k must lie in 1 … {self.num_codebooks}, not {k}")
        return replace(self, indices=self.indices[:, :k])

    def with_indices(self, indices: Tensor) -> "Tokens":
        """The same grid with other indices."""
        return replace(self, indices=indices)

    def save(self, path) -> None:
        """Writes `.json`, `.npz` or, packed, `.cbp`, by the ending of `path`."""
        from .. import packing

        packing.save(self, path)

    @classmethod
    def load(cls, path) -> "Tokens":
        """Reads `.json`, `.npz` and packed files. Raises InputError when the file is anything else."""
        from .. import packing

        return packing.load(path)
