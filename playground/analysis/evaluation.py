"""How well a codec keeps a set of signals, and how much of its codebook they need."""

from collections.abc import Callable
from dataclasses import dataclass
from math import prod
from statistics import fmean

import torch
from torch import Tensor

from ..core.codec import Codec
from .usage import Usage, count_codes

Quality = Callable[[Tensor, Tensor], dict[str, float]]


@dataclass(frozen=True, eq=False)
class Score:
    """One signal, there and back.

    quality   what the modality measures: {"psnr_db": …, "ssim": …}
    rate_bpp  bits/pixel (per position of the signal), every index at log2(V) bits
    usage     of the first codebook, in this signal alone
    """

    quality: dict[str, float]
    rate_bpp: float
    usage: Usage


@dataclass(frozen=True, eq=False)
class Evaluation:
    """Many signals: means of their scores, and the usage of all of them together."""

    quality: dict[str, float]
    rate_bpp: float
    usage: Usage


@torch.inference_mode()
def score(codec: Codec, signal: Tensor, quality: Quality) -> Score:
    """The score of one signal (1, C, *size), by the `quality` of its modality."""
    tokens = codec.encode(signal)
    return Score(quality(signal, codec.decode(tokens)), tokens.bits / prod(tokens.size), count_codes(tokens))


def summarise(scores: list[Score]) -> Evaluation:
    """All scores of one codec as one. Raises ValueError when there are none."""
    if not scores:
        raise ValueError("there are no scores")
    usage = Usage(sum(s.usage.counts for s in scores), sum(s.usage.items for s in scores))
    quality = {name: fmean(s.quality[name] for s in scores) for name in scores[0].quality}
    return Evaluation(quality, fmean(s.rate_bpp for s in scores), usage)
