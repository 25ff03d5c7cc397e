"""Judges: small classifiers of real pictures and real sounds, made to grade what a joint model makes.

They share neither weights nor shape with its senses, and nothing of them is ever used in its training.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..data.disturb import disturbed
from ..data.triples import Shelf
from ..models.mel import seen as listened
from .precision import mixed_precision
from .randomness import SeededDraws

BATCH, RATE = 64, 2e-3


class Judge(nn.Module):
    """Planes (B, C, H, W) → logits (B, M): three convolutions with pooling, as digits were read for decades (LeCun et
    al. 1998, section II)."""

    def __init__(self, channels: int, meanings: int, *, width: int = 32) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for before, after in ((channels, width), (width, 2 * width), (2 * width, 2 * width)):
            layers += [nn.Conv2d(before, after, 3, padding=1), nn.BatchNorm2d(after), nn.ReLU(), nn.MaxPool2d(2)]
        layers += [nn.AdaptiveAvgPool2d(4), nn.Flatten(), nn.Dropout(0.3), nn.Linear(16 * 2 * width, meanings)]
        self.layers = nn.Sequential(*layers)

    def forward(self, planes: Tensor) -> Tensor:
        return self.layers(planes)


def planes(part: str, signal: Tensor) -> Tensor:
    """What a judge takes: pictures as they are, the levels (B, 80, 64) of sounds as one plane."""
    return signal if part == "pictures" else signal[:, None]


def train_judge(part: str, shelf: Shelf, meanings: int, *, steps: int, seed: int = 1) -> Judge:
    """A judge of "pictures" or "sounds", from real items, disturbed a little. In eval mode."""
    with SeededDraws(seed):
        judge = Judge(3 if part == "pictures" else 1, meanings)
        optimizer = torch.optim.AdamW(judge.parameters(), lr=RATE)
        generator = torch.Generator().manual_seed(seed)
        for step in range(steps):
            optimizer.param_groups[0]["lr"] = RATE * min(1, 2 * (1 - step / steps))
            wanted = torch.randint(meanings, (BATCH,), generator=generator)
            chosen = shelf.pick(wanted, generator=generator)
            signal = disturbed(part, shelf, chosen, generator=generator)
            signal = listened(signal) if part == "sounds" else signal
            with mixed_precision("cpu"):
                loss = F.cross_entropy(judge(planes(part, signal)).float(), wanted)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    return judge.eval().requires_grad_(False)


@torch.inference_mode()
def judged(judge: Judge, part: str, signal: Tensor) -> Tensor:
    """(B,) the meaning a judge sees or hears in pictures, or in the levels of sounds."""
    return torch.cat([judge(planes(part, some)).argmax(1) for some in signal.split(128)])
