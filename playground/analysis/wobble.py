"""Noise on the latents: which tokens flip, and whether the margin foretold it."""

from dataclasses import dataclass

import torch
from torch import Tensor

from ..core.codec import Codec
from ..core.tokens import Tokens


@dataclass(frozen=True, eq=False)
class Wobble:
    """How tokens bear noise.

    flipped  (K, *grid) share of the trials in which a token was another one, 0 … 1
    tokens   those of the last trial
    """

    flipped: Tensor
    tokens: Tokens


def wobble(codec: Codec, latents: Tensor, size: tuple[int, ...], sigma: float, *, trials: int, seed: int) -> Wobble:
    """Quantizes (1, D, *grid) with Gaussian noise added, `trials` times.

    sigma  deviation of the noise, 1 being the deviation of the latents themselves, channel by channel
    """
    still = codec.snap(latents, size)
    axes = [axis for axis in range(latents.ndim) if axis != 1]
    deviation = sigma * latents.std(axes, keepdim=True)  # (1, D, 1, …)
    generator = torch.Generator().manual_seed(seed)
    flipped = torch.zeros(still.indices.shape[1:])
    for _ in range(trials):
        noise = torch.randn(latents.shape, generator=generator)
        tokens = codec.snap(latents + deviation * noise, size)
        flipped += tokens.indices[0] != still.indices[0]
    return Wobble(flipped / trials, tokens)


def agreement(flipped: Tensor, margins: Tensor) -> float:
    """Rank correlation (Spearman 1904) of how often tokens flip with their margins, both of one shape: −1 … 1.

    Near −1 the margin tells which tokens will flip. 0 where all flip equally often.
    """
    from scipy.stats import spearmanr

    if flipped.unique().numel() < 2 or margins.unique().numel() < 2:
        return 0.0
    return float(spearmanr(flipped.flatten().numpy(), margins.flatten().numpy()).statistic)
