"""What a whole set of pictures or sounds says about a codebook, gathered in one pass over it."""

from collections.abc import Iterable
from dataclasses import dataclass

import torch
from torch import Tensor

from ..core.codec import Codec
from .atlas import Exemplar, ExemplarCollector
from .usage import Usage


@dataclass(frozen=True, eq=False)
class Bigrams:
    """Which codes stand next to which, in one direction.

    pairs   (M, 2) int64, a code and its neighbour: by code, the commonest neighbour first
    counts  (M,) int64, how often
    """

    pairs: Tensor
    counts: Tensor

    def after(self, code: int, most: int) -> list[tuple[int, int]]:
        """The `most` commonest neighbours of `code`, each with its count."""
        begin, end = torch.searchsorted(self.pairs[:, 0].contiguous(), torch.tensor([code, code + 1])).tolist()
        end = min(end, begin + most)
        return list(zip(self.pairs[begin:end, 1].tolist(), self.counts[begin:end].tolist(), strict=True))


@dataclass(frozen=True, eq=False)
class Reference:
    """What a set of signals says about one codebook.

    usage         how often each code was chosen, and in how many signals and tokens
    right, below  which codes follow which, across and down; in a sound nothing is below
    exemplars     for each code, real places of pictures that chose it; of sounds none are kept here
    """

    usage: Usage
    right: Bigrams
    below: Bigrams
    exemplars: tuple[tuple[Exemplar, ...], ...]


@torch.inference_mode()
def survey(codec: Codec, batches: Iterable[Tensor], *, k: int = 0, per_code: int = 6, seed: int = 0) -> Reference:
    """Encodes every signal of `batches`, each (B, C, *size) in [−1, 1], once.

    k         the codebook looked at
    per_code  exemplars to keep of each code
    seed      of their choice

    Raises ValueError when there are no signals.
    """
    codebook_size, items = codec.quantizer.codebook_size, 0
    counts = torch.zeros(codebook_size, dtype=torch.int64)
    collector = ExemplarCollector(codebook_size, codec.stride, per_code=per_code, seed=seed)
    right, below = [], []
    for signal in batches:
        indices = codec.encode(signal).indices[:, k].cpu()  # (B, *grid)
        counts += torch.bincount(indices.flatten(), minlength=codebook_size)
        right.append((indices[..., :-1] * codebook_size + indices[..., 1:]).flatten())
        items += len(signal)
        if signal.ndim < 4:
            continue
        below.append((indices[:, :-1] * codebook_size + indices[:, 1:]).flatten())
        for picture, codes in zip(signal, indices, strict=True):
            collector.add(picture, codes)
    if not items:
        raise ValueError("there are no signals to look at")
    return Reference(
        usage=Usage(counts, items),
        right=_count_pairs(torch.cat(right), codebook_size),
        below=_count_pairs(torch.cat([torch.empty(0, dtype=torch.int64), *below]), codebook_size),
        exemplars=collector.exemplars(),
    )


def _count_pairs(numbers: Tensor, codebook_size: int) -> Bigrams:
    """Pairs written as first · V + second, (N,) → counted and sorted."""
    numbers, counts = numbers.unique(return_counts=True)
    # Two stable sorts, the less important first; equal counts stay in the order of their codes.
    order = counts.argsort(descending=True, stable=True)
    order = order[(numbers[order] // codebook_size).argsort(stable=True)]
    numbers, counts = numbers[order], counts[order]
    return Bigrams(torch.stack([numbers // codebook_size, numbers % codebook_size], dim=1), counts)
