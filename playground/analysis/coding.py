"""What tokens cost in a file that can be decoded: all of it counted, frequencies learned on the way."""

import math
from collections.abc import Callable

import torch
from torch import Tensor

from ..core.tokens import Tokens
from ..media import packed
from .rate import Rate
from .usage import count_codes


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


def file_rate(
    tokens: Tokens, known: list[Tensor] | None = None, under: Callable | None = None, *, most: int | None = None
) -> Rate:
    """The size of one item's packed files, see media/packed.py: every index at log2(V) bits, and coded.

    known  see adaptive_bits; the coded file begins with it
    under  tokens → (bytes of the file under a causal prior, how many of them are not its body), None of tokens that it
           cannot tell of
    most   codebooks of the codec, those of the tokens when missing
    """
    cells, size = tokens.indices[0].flatten(1).cpu().numpy(), tokens.codebook_size
    shape = packed.shape_number(tokens.size, tokens.num_codebooks, most or tokens.num_codebooks)
    uses = known and [each.numpy() for each in known[: tokens.num_codebooks]]
    bodies = [packed.raw_bytes(cells.size, size), len(packed.order_0_body(cells, size, uses))]
    files = [(whole := packed.file_bytes(shape, body), whole - body) for body in bodies]
    prior = under(tokens) if under else None
    sizes, sides = zip(*files, *([prior] if prior else []), strict=True)
    return Rate(
        8 * sizes[0],
        8 * sizes[1],
        math.prod(tokens.size),
        prior_bits=8 * sizes[2] if prior else None,
        tokens=cells.size,
        side_bits=tuple(8 * side for side in sides),
    )


def _log_rising(start: Tensor, count: Tensor) -> Tensor:
    """log of start · (start + 1) · … · (start + count − 1)."""
    return (start + count).lgamma() - start.lgamma()
