"""How a codebook is used: counts, and what follows from them. Every figure keeps its sample size."""

from dataclasses import dataclass

import torch
from torch import Tensor

from ..core.tokens import Tokens


@dataclass(frozen=True, eq=False)
class Usage:
    """How often each code of one codebook was chosen in a sample.

    counts  (V,) int64, times each code was chosen
    items   pictures, recordings or texts the sample holds

    The figures below describe this sample: of one picture most codes are absent, and that
    is normal. Raises ValueError for a sample without tokens.
    """

    counts: Tensor
    items: int

    def __post_init__(self) -> None:
        if self.counts.ndim != 1 or self.counts.sum() == 0:
            raise ValueError(f"counts {tuple(self.counts.shape)} hold no tokens of one codebook")

    @property
    def tokens(self) -> int:
        """N, the sample size in tokens."""
        return int(self.counts.sum())

    @property
    def used(self) -> int:
        """How many codes were chosen at all, 1 … V."""
        return int((self.counts > 0).sum())

    @property
    def usage(self) -> float:
        """Share of the codebook chosen at all, 0 … 1."""
        return self.used / len(self.counts)

    @property
    def unused_codes(self) -> Tensor:
        """(M,) int64, the codes nobody chose: *dead* ones when the sample is a whole data set."""
        return (self.counts == 0).nonzero()[:, 0]

    @property
    def entropy_bits(self) -> float:
        """Bits a token carries on average, 0 … log2 V: −Σ p log2 p over the codes' shares p."""
        share = self.counts[self.counts > 0].double() / self.tokens
        return -float((share * share.log2()).sum()) + 0.0  # + 0.0: one code alone has 0 bits, not −0

    @property
    def perplexity(self) -> float:
        """exp of the entropy, 1 … V: how many equally busy codes would be as hard to guess."""
        return 2**self.entropy_bits


def count_codes(tokens: Tokens, k: int = 0) -> Usage:
    """The usage of codebook k in `tokens`. Raises ValueError for a codebook they do not have."""
    if not 0 <= k < tokens.num_codebooks:
        raise ValueError(f"there are {tokens.num_codebooks} codebooks; number {k} is not one of them")
    counts = torch.bincount(tokens.indices[:, k].flatten(), minlength=tokens.codebook_size)
    return Usage(counts, len(tokens.indices))


def rarefaction(usage: Usage, sizes: list[int]) -> list[float]:
    """Distinct codes to expect among n tokens drawn from the sample, for each n of `sizes`.

    Code c stays unseen with probability C(N − c, n) / C(N, n), N tokens in all, c of them its
    own (Hurlbert 1971, The Nonconcept of Species Diversity, eq. 9). A curve still rising at
    n = N says that more data would show more codes. Raises ValueError for n outside 0 … N.
    """
    total, counts = usage.tokens, usage.counts[usage.counts > 0].double()
    expected = []
    for n in sizes:
        if not 0 <= n <= total:
            raise ValueError(f"cannot draw {n} tokens from {total}")
        unseen = (_log_choose(total - counts, n) - _log_choose(torch.tensor(total), n)).exp()
        expected.append(len(counts) - float(unseen.sum()))
    return expected


def _log_choose(total: Tensor, n: int) -> Tensor:
    """log C(total, n), −inf where n is larger: there the logarithm of the factorial is infinite."""
    total = total.double()
    return (total + 1).lgamma() - (total - n + 1).lgamma() - torch.tensor(n + 1.0, dtype=torch.float64).lgamma()
