"""Which arithmetic decodes faster on this machine: found out once, by trying both.

Processors with instructions for bfloat16 decode up to four times as fast in it, others far slower.
Over the sample pictures image-vq's differ by a sixth of a level of 255 on average, 1.3 at most;
figures are always measured in full precision.
"""

import time

import torch

from ..core.codec import Codec
from ..core.tokens import Tokens

ROUNDS = 3
GAIN = 0.8  # of the time in full precision: less is worth the change
_half = False


def try_both(codec: Codec, tokens: Tokens) -> None:
    """Times both on `tokens`, and keeps the faster one from now on."""
    global _half
    seconds = {}
    for half in (False, True):
        with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16, enabled=half):
            codec.decode(tokens)
            begin = time.perf_counter()
            for _ in range(ROUNDS):
                codec.decode(tokens)
            seconds[half] = time.perf_counter() - begin
    _half = seconds[True] < GAIN * seconds[False]


def fast() -> torch.autocast:
    """The context to decode in while a visitor's hand moves."""
    return torch.autocast("cpu", torch.bfloat16, enabled=_half)
