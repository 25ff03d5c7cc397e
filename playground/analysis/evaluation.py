"""How well a codec keeps a set of signals, and how much of its codebook they need."""

from collections.abc import Callable
from dataclasses import dataclass
from math import prod
from statistics import fmean

import torch
from torch import Tensor

from ..core.codec import Codec
from ..core.tokens import Tokens
from .usage import Usage, count_codes

Quality = Callable[[Tensor, Tensor], dict[str, float]]


@dataclass(frozen=True, eq=False)
class Score:
    """One signal, there and back.

    quality   what the modality measures: {"psnr_db": …, "ssim": …}
    rate_bpp  bits/pixel (per position of the signal), every index at log2(V) bits
    usage     of the last codebook in use, in this signal alone

    The last two are None of a codec without codes.
    """

    quality: dict[str, float]
    rate_bpp: float | None
    usage: Usage | None


@dataclass(frozen=True, eq=False)
class Evaluation:
    """Many signals: means of their scores, and the usage of all of them together. None as in a Score."""

    quality: dict[str, float]
    rate_bpp: float | None
    usage: Usage | None


@torch.inference_mode()
def score(codec: Codec, signal: Tensor, quality: Quality, *, codebooks: int | None = None) -> Score:
    """The score of one signal (1, C, *size), by the `quality` of its modality.

    codebooks  how many are used, from the first; all when not said
    """
    if not codec.quantizer.num_codebooks:
        return Score(quality(signal, codec.reconstruct(signal)), None, None)
    tokens = codec.encode(signal).first(codebooks or codec.quantizer.num_codebooks)
    return Score(quality(signal, codec.decode(tokens)), tokens.bits / prod(tokens.size), _last_usage(tokens))


def _last_usage(tokens: Tokens) -> Usage:
    return count_codes(tokens, tokens.num_codebooks - 1)


def summarise(scores: list[Score]) -> Evaluation:
    """All scores of one codec as one. Raises ValueError when there are none."""
    if not scores:
        raise ValueError("there are no scores")
    # What cannot be told of a signal, of a short sound say, is missing in its score.
    names = dict.fromkeys(name for s in scores for name in s.quality)
    quality = {name: fmean(s.quality[name] for s in scores if name in s.quality) for name in names}
    if scores[0].usage is None:
        return Evaluation(quality, None, None)
    usage = Usage(sum(s.usage.counts for s in scores), sum(s.usage.items for s in scores))
    return Evaluation(quality, fmean(s.rate_bpp for s in scores), usage)
