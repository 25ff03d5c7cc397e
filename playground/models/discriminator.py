"""The critic of a VQ-GAN: says of every patch whether it looks like a photograph or like a decoder's work."""

from itertools import pairwise

import torch.nn.functional as F
from torch import Tensor, nn


class PatchDiscriminator(nn.Module):
    """PatchGAN (Isola, Zhu, Zhou, Efros 2017, section 3.2.2): a few strided convolutions, one verdict a patch.

    Each verdict sees 18 pixels across at depth 2, 38 at depth 3. Spectral norm (Miyato et
    al. 2018) bounds how fast the verdict can change, in the place of batch norm, whose
    statistics would let one patch speak for another.
    """

    def __init__(self, channels: int = 3, width: int = 48, depth: int = 3) -> None:
        super().__init__()
        bound = nn.utils.parametrizations.spectral_norm
        widths = [channels, *(width * 2**i for i in range(depth))]
        self.stages = nn.ModuleList(bound(nn.Conv2d(a, b, 4, stride=2, padding=1)) for a, b in pairwise(widths))
        self.verdict = bound(nn.Conv2d(widths[-1], 1, 3, padding=1))

    def forward(self, signal: Tensor) -> tuple[Tensor, list[Tensor]]:
        """(B, C, H, W) → verdicts (B, 1, h, w), high for photographs, and the features of each stage."""
        features = []
        for stage in self.stages:
            signal = F.leaky_relu(stage(signal), 0.2)
            features.append(signal)
        return self.verdict(signal), features


def hinge(better: Tensor, worse: Tensor) -> Tensor:
    """max(0, 1 − (D(x) − D(x̂))), a number (): what the critic minimises, and, the two exchanged, the decoder.

    The hinge of Lim and Ye (2017), of pairs: a patch is not judged by itself, but beside its original (relativistic,
    Jolicoeur-Martineau 2018, The relativistic discriminator, section 4.1).
    """
    return F.relu(1 - (better.float() - worse.float())).mean()


def feature_distance(real: list[Tensor], made: list[Tensor]) -> Tensor:
    """Mean L1 distance of the critic's features (Wang et al. 2018, pix2pixHD, eq. 3), relative to their size."""
    distances = [
        F.l1_loss(b, a.detach()) / a.detach().abs().mean().clamp(min=1e-3) for a, b in zip(real, made, strict=True)
    ]
    return sum(distances) / len(distances)
