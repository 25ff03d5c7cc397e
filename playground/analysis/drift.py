"""Round trips: encode, decode, encode again. Which tokens move, and do they ever come to rest?"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from ..core.codec import Codec
from ..core.tokens import Tokens


@dataclass(frozen=True, eq=False)
class Pass:
    """What one more round trip made of the tokens.

    number  1 for what becomes of the first encoding
    tokens  after it
    signal  (1, C, *size) that they stand for
    moved   (K, *grid) bool, tokens that are not what they were one pass before
    away    (K, *grid) bool, tokens that are not what they were at first
    like    the earlier pass with the same tokens, 0 the first encoding; None where there is none. One less than
            `number` is a fixed point, anything else a circle: from there on nothing new comes
    """

    number: int
    tokens: Tokens
    signal: Tensor
    moved: Tensor
    away: Tensor
    like: int | None


def drift(codec: Codec, signal: Tensor, passes: int, *, again: Callable[[Tensor], Tensor]) -> Iterator[Pass]:
    """Round trips of (1, C, *size), `passes` of them, fewer where one brings back tokens there were before.

    again  what a decoded signal is when it is read anew: (1, C, *size) → the same, in a file's precision
    """
    tokens = codec.encode(signal)
    seen = [tokens.indices]
    decoded = codec.decode(tokens)
    for number in range(1, passes + 1):
        tokens = codec.encode(again(decoded))
        decoded = codec.decode(tokens)
        like = next((i for i, indices in enumerate(seen) if torch.equal(indices, tokens.indices)), None)
        moved, away = (tokens.indices[0] != indices[0] for indices in (seen[-1], seen[0]))
        yield Pass(number, tokens, decoded, moved, away, like)
        if like is not None:
            return
        seen.append(tokens.indices)
