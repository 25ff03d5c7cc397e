"""What looks, listens and reads: each sense gives an opinion on what is meant, and says how sure of it it is."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from .convolution import Block, ConvolutionConfig, Encoder

BANDS = 60  # of 80, up to 4 kHz: telephones and old recordings have nothing above
ALL_BANDS = 80  # where hiss and rustle tell things apart
DROPPED = 0.2  # share of features that training leaves out, so that none becomes everything
LEAST, MOST = -4.0, 5.0  # log-precision of an opinion


@dataclass(frozen=True, eq=False)
class Opinion:
    """A Gaussian over what is meant.

    mean, precision  (B, D), precision being one over the variance
    """

    mean: Tensor
    precision: Tensor


class Opining(nn.Module):
    """Features (B, F) → Opinion."""

    def __init__(self, features: int, dim: int) -> None:
        super().__init__()
        self.drop, self.last = nn.Dropout(DROPPED), nn.Linear(features, 2 * dim)

    def forward(self, x: Tensor) -> Opinion:
        mean, precision = self.last(self.drop(x)).float().chunk(2, 1)
        return Opinion(mean, precision.clamp(LEAST, MOST).exp())


class Eye(nn.Module):
    """Pictures (B, 3, 32, 32) in [−1, 1] → Opinion."""

    def __init__(self, width: int, dim: int) -> None:
        super().__init__()
        body = {"patch": 2, "widths": (width, 2 * width, 4 * width), "encoder_depths": (1, 2, 2)}
        self.layers = Encoder(ConvolutionConfig(**body, dim=64))
        self.opining = Opining(64 * 4 * 4, dim)

    def features(self, pictures: Tensor) -> Tensor:
        """(B, F), what the opinion is read off."""
        return self.layers(pictures).flatten(1)

    def forward(self, pictures: Tensor) -> Opinion:
        return self.opining(self.features(pictures))


class Ear(nn.Module):
    """Levels of mel spectrograms (B, 80, N) → Opinion, by the mean and the most of each feature over time."""

    def __init__(self, width: int, dim: int, bands: int = BANDS) -> None:
        super().__init__()
        self.bands = bands
        body = {"rank": 1, "channels": bands, "patch": 1, "encoder_depths": (1, 1, 2)}
        self.layers = Encoder(ConvolutionConfig(**body, widths=(4 * width, 5 * width, 6 * width), dim=128))
        self.opining = Opining(2 * 128, dim)

    def features(self, levels: Tensor) -> Tensor:
        """(B, F), what the opinion is read off."""
        x = self.layers(levels[:, : self.bands])  # (B, 128, N / 4)
        return torch.cat([x.mean(2), x.amax(2)], 1)

    def forward(self, levels: Tensor) -> Opinion:
        return self.opining(self.features(levels))


class Reader(nn.Module):
    """Bytes (B, L) in 0 … 256 → Opinion, by the mean and the most of each feature over the word."""

    def __init__(self, width: int, dim: int) -> None:
        super().__init__()
        self.letters = nn.Embedding(257, 2 * width)
        self.layers = nn.Sequential(Block(2 * width, 1), Block(2 * width, 1))
        self.opining = Opining(4 * width, dim)

    def features(self, letters: Tensor) -> Tensor:
        """(B, F), what the opinion is read off."""
        x = self.layers(self.letters(letters).transpose(1, 2))  # (B, C, L)
        return torch.cat([x.mean(2), x.amax(2)], 1)

    def forward(self, letters: Tensor) -> Opinion:
        return self.opining(self.features(letters))


def fused(opinions: list[Opinion], weights: list[Tensor]) -> Tensor:
    """The mean (B, D) of the product of some opinions, each to the power of its weight (B,), and of a standard normal.

        μ = Σ wᵢ λᵢ μᵢ / (1 + Σ wᵢ λᵢ)

    A product of experts (Hinton 2002; Wu, Goodman 2018, Multimodal Generative Models for Scalable Weakly-Supervised
    Learning, section 2): who is unsure hardly counts, and a weight of 0 is as if nothing had been said.
    """
    shares = [opinion.precision * weight[:, None] for opinion, weight in zip(opinions, weights, strict=True)]
    total = 1 + torch.stack(shares).sum(0)
    pulls = [share * opinion.mean for opinion, share in zip(opinions, shares, strict=True)]
    return torch.stack(pulls).sum(0) / total
