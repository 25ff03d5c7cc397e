"""Distances in code space: which codes are near a latent, near each other, and by how much."""

from dataclasses import dataclass

import torch
from torch import Tensor

from ..core.codec import Codec

CHUNK = 2048  # rows of distances at a time, so that a large picture costs no large memory


@dataclass(frozen=True, eq=False)
class Nearest:
    """The codes around some vectors, nearest first.

    codes      (N, n) int64
    distances  (N, n) Euclidean, in units of code space
    """

    codes: Tensor
    distances: Tensor


def nearest(vectors: Tensor, codebook: Tensor, count: int) -> Nearest:
    """The `count` codes nearest to each of (N, D) vectors, of a (V, D) codebook.

    Raises ValueError when `count` is not in 1 … V.
    """
    if not 1 <= count <= len(codebook):
        raise ValueError(f"{count} codes were asked of a codebook of {len(codebook)}")
    with torch.autocast(vectors.device.type, enabled=False):  # in half precision near codes change places
        vectors, codebook = vectors.float(), codebook.float()
        parts = [_nearest_of_chunk(rows, codebook, count) for rows in vectors.split(CHUNK)]
    return Nearest(torch.cat([codes for codes, _ in parts]), torch.cat([distances for _, distances in parts]))


def neighbours(codebook: Tensor, count: int) -> Nearest:
    """The `count` other codes nearest to each code of (V, D). Raises ValueError unless 1 ≤ count < V."""
    if not 1 <= count < len(codebook):
        raise ValueError(f"a code of {len(codebook)} has no {count} neighbours")
    found = nearest(codebook, codebook, count + 1)
    own = found.codes == torch.arange(len(codebook), device=codebook.device)[:, None]
    # A code is not always first in its own list: a twin may stand at distance 0 too. It goes
    # to the end, and the end is cut off.
    order = own.byte().argsort(dim=1, stable=True)[:, :count]
    return Nearest(found.codes.gather(1, order), found.distances.gather(1, order))


def margins(latents: Tensor, codebook: Tensor) -> Tensor:
    """(B, D, *grid) and (V, D) → (B, *grid) float ≥ 0: how surely each latent got its code.

    The distance to the second-best code minus the distance to the best one; 0 is a coin toss.
    Raises ValueError for a codebook of one code.
    """
    batch, dim, *grid = latents.shape
    vectors = latents.movedim(1, -1).reshape(-1, dim)  # (N, D)
    distances = nearest(vectors, codebook, 2).distances
    return (distances[:, 1] - distances[:, 0]).reshape(batch, *grid)


def compared(codec: Codec, latents: Tensor) -> list[tuple[Tensor, Tensor]]:
    """For each codebook of `codec`, what is compared when (B, D, *grid) is quantized.

    Vectors (B, D_k, *grid) and codes (V, D_k): the latents themselves for one codebook, for
    residual ones what those before left over, for a product its own channels.
    """
    quantizer = codec.quantizer
    if not quantizer.tables:
        return [(latents, codec.codebook())]
    given = quantizer.given(latents)
    return [(vectors, table.codes().detach()) for vectors, table in zip(given, quantizer.tables, strict=True)]


def mean_code(codebook: Tensor, counts: Tensor | None = None) -> int:
    """The code nearest to the mean of (V, D), each code weighing as often as `counts` (V,) says."""
    weights = torch.ones(len(codebook)) if counts is None else counts.float()
    mean = weights @ codebook.float() / weights.sum()  # (D,)
    return int(nearest(mean[None], codebook, 1).codes)


def _nearest_of_chunk(rows: Tensor, codebook: Tensor, count: int) -> tuple[Tensor, Tensor]:
    # Ranked by |w|²/2 − v·w, which is half the squared distance but for the |v|² they share …
    scores = torch.addmm(codebook.square().sum(1) / 2, rows, codebook.t(), alpha=-1)  # (n, V)
    codes = scores.topk(count, dim=1, largest=False).indices  # (n, count)
    # … and measured again by subtraction: the short form loses the small distances to rounding.
    distances, order = (rows[:, None] - codebook[codes]).norm(dim=2).sort(dim=1, stable=True)
    return codes.gather(1, order), distances
