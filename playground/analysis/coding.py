"""What tokens cost in a file that could really be decoded: side information counted, frequencies learned on the way."""

import math
from collections.abc import Callable

import torch
from torch import Tensor

from ..core.tokens import Tokens
from .rate import Rate
from .usage import count_codes

LENGTH_BITS = 32  # for the size of a signal along one axis
BOOKS_BITS = 8  # for how many codebooks follow


def side_bits(tokens: Tokens) -> int:
    """What a decoder must be told before the first token: the size of the signal, and how many codebooks."""
    return LENGTH_BITS * len(tokens.size) + BOOKS_BITS


def adaptive_bits(tokens: Tokens, known: list[Tensor] | None = None) -> list[float]:
    """Bits of each codebook's tokens under an arithmetic coder of order 0 that learns as it goes.

    known  for each codebook (V,) how often its codes were used elsewhere, where that ships with the codec

    Both ends begin with the same guess and count what went by, so that no table has to be sent.
    A code costs −log2 (n_c + V p_c) / (n + V): n_c of the n tokens before were this code, and
    p_c is its share in `known` (add one half; 1 / V where nothing is known). The sum over all
    tokens does not depend on their order: it is that of the Dirichlet-multinomial distribution.
    """
    costs = []
    for k in range(tokens.num_codebooks):
        counts = count_codes(tokens, k).counts.double()
        weights = known[k].double() + 0.5 if known else torch.ones_like(counts)
        guess = len(counts) * weights / weights.sum()
        nats = _log_rising(guess.sum(), counts.sum()) - _log_rising(guess, counts).sum()
        costs.append(float(nats) / math.log(2))
    return costs


def file_rate(tokens: Tokens, known: list[Tensor] | None = None, under: Callable | None = None) -> Rate:
    """The cost of one item's tokens in a file: every index at log2(V) bits, and coded; always with side information.

    under  tokens → their bits under a causal prior, None of tokens that it cannot tell of
    """
    side, bits = side_bits(tokens), under and under(tokens)
    return Rate(
        tokens.bits + side,
        sum(adaptive_bits(tokens, known)) + side,
        math.prod(tokens.size),
        prior_bits=None if bits is None else bits + side,
        tokens=tokens.num_codebooks * math.prod(tokens.grid),
        side_bits=side,
    )


def _log_rising(start: Tensor, count: Tensor) -> Tensor:
    """log of start · (start + 1) · … · (start + count − 1)."""
    return (start + count).lgamma() - start.lgamma()
