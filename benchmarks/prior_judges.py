"""Who judges what priors make: a classifier trained on the real data, and distances to them."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from playground.core.codec import Codec
from playground.core.spectrogram import log_mel
from playground.data.subjects import SUBJECTS, Named
from playground.priors.prior import Prior

SMALLEST_CLASS = 50  # training items: of fewer nothing is asked
COMPARED = 160  # real items of a class, with each other
TOGETHER = 40
BLURRED = 4_000  # items that go through the codec, for the classifier to know its blur


class Classifier(nn.Module):
    """Pictures (B, C, H, W) → (B, classes), by four convolutions with pooling, in the end to quarters."""

    def __init__(self, channels: int, classes: int, width: int) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for before, after in ((channels, width), (width, 2 * width), (2 * width, 4 * width), (4 * width, 4 * width)):
            layers += [nn.Conv2d(before, after, 3, padding=1, bias=False), nn.BatchNorm2d(after), nn.ReLU()]
            layers += [nn.MaxPool2d(2)]
        self.features, self.drop, self.last = nn.Sequential(*layers), nn.Dropout(0.3), nn.Linear(16 * width, classes)

    def forward(self, pictures: Tensor) -> Tensor:
        return self.last(self.drop(F.adaptive_avg_pool2d(self.features(pictures), 2).flatten(1)))


def as_seen(signals: Tensor) -> Tensor:
    """Pictures as they are."""
    return signals


def as_heard(signals: Tensor) -> Tensor:
    """Sounds (B, 1, T) → (B, 1, 48, frames) log-mel levels, each brought to one loudest place, 60 dB down to −1."""
    levels = log_mel(signals, window=512, hop=160, bands=48)[:, None]
    return ((levels - levels.amax((1, 2, 3), keepdim=True)) / 30 + 1).clamp(min=-1)


@dataclass(frozen=True)
class Judging:
    """How samples of one data set are judged.

    view   what of a signal is looked at and compared
    width  of the classifier
    shift  how far a view is moved about in its training, down and along
    """

    view: Callable[[Tensor], Tensor]
    width: int
    shift: tuple[int, int]


JUDGED = {
    "emoji": Judging(as_seen, 24, (2, 2)),
    "digits_image": Judging(as_seen, 12, (2, 2)),
    "digits_audio": Judging(as_heard, 12, (1, 6)),
}


@dataclass(frozen=True, eq=False)
class Real:
    """What samples are compared with: the coarsest label of each item is its class."""

    subject: str
    train: Named
    val: Named
    classes: tuple[str, ...]

    @property
    def judging(self) -> Judging:
        return JUDGED[self.subject]

    def numbers(self, data: Named) -> Tensor:
        """(N,) the class of each."""
        return torch.tensor([self.classes.index(labels[0]) for labels in data.labels])

    def views(self, data: Named) -> Tensor:
        """(N, C, H, W) of all, as they are."""
        return torch.cat([self.judging.view(data.signals(part)) for part in torch.arange(len(data)).split(256)])

    def asked(self) -> list[tuple[int, str]]:
        """Classes with enough training items, and their numbers."""
        counts = self.numbers(self.train).bincount(minlength=len(self.classes))
        return [(i, name) for i, name in enumerate(self.classes) if counts[i] >= SMALLEST_CLASS]


def open_real(data: Path, subject: str, prior: Prior) -> Real:
    folder = data / subject if (data / subject).is_dir() else data
    train, val = (SUBJECTS[subject].open(folder, split, prior.config.size) for split in ("train", "val"))
    return Real(subject, train, val, tuple(sorted({labels[0] for labels in train.labels})))


def through(codec: Codec, signals: Tensor, codebooks: int) -> Tensor:
    """Signals there and back, by the first codebooks only."""
    return codec.decode(codec.encode(signals).first(codebooks)).clamp(-1, 1)


def train_classifier(real: Real, prior: Prior, *, steps: int) -> Classifier:
    """On real items, moved about; half of them as the codec gives them back, so that its blur is no surprise."""
    torch.manual_seed(0)
    generator, numbers = torch.Generator().manual_seed(0), real.numbers(real.train)
    chosen = torch.randint(len(real.train), (BLURRED,), generator=generator)
    blurred, blurred_numbers = _blurred(real, prior, chosen, generator), numbers[chosen]
    model = Classifier(blurred.shape[1], len(real.classes), real.judging.width)
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3, weight_decay=0.05)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 3e-3, total_steps=steps)
    for _ in range(steps):
        chosen = torch.randint(len(real.train), (32,), generator=generator)
        others = torch.randint(BLURRED, (32,), generator=generator)
        views = real.judging.view(real.train.signals(chosen, generator=generator))
        views = _shaken(torch.cat([views, blurred[others]]), real.judging.shift, generator)
        loss = F.cross_entropy(model(views), torch.cat([numbers[chosen], blurred_numbers[others]]))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
    return model.eval().requires_grad_(False)


@torch.no_grad()
def _blurred(real: Real, prior: Prior, chosen: Tensor, generator: torch.Generator) -> Tensor:
    """Views of items, moved about, through the codec."""
    parts = []
    for part in chosen.split(64):
        signals = real.train.signals(part, generator=generator)
        with torch.autocast("cpu", torch.bfloat16):
            again = through(prior.codec, signals, prior.config.trunk.grid[0])
        parts.append(real.judging.view(again.float()))
    return torch.cat(parts)


def _shaken(views: Tensor, shift: tuple[int, int], generator: torch.Generator) -> Tensor:
    """Moved by some places each way."""
    (dy, dx), (height, width) = shift, views.shape[2:]
    top = int(torch.randint(0, 2 * dy + 1, (), generator=generator))
    left = int(torch.randint(0, 2 * dx + 1, (), generator=generator))
    wide = F.pad(views, [dx, dx, dy, dy], mode="replicate")
    return wide[:, :, top : top + height, left : left + width].clone()


def guessed(model: Classifier, views: Tensor) -> Tensor:
    """(N,) numbers of classes."""
    return torch.cat([model(part).argmax(1) for part in views.split(256)])


@torch.inference_mode()
def samples_of(prior: Prior, wanted: str, count: int, *, seed: int) -> Tensor:
    """(count, C, *size) in [−1, 1]."""
    parts = []
    for start in range(0, count, TOGETHER):
        *_, last = prior.sample(min(TOGETHER, count - start), wanted=wanted, seed=seed + start)
        parts.append(prior.codec.decode(last.tokens).clamp(-1, 1))
    return torch.cat(parts)


def spread(views: Tensor) -> float:
    """Mean distance of two, root mean square of their numbers."""
    return torch.pdist(views.flatten(1)).mean().item() / views[0].numel() ** 0.5


def nearest(views: Tensor, others: Tensor) -> Tensor:
    """(N,) distance to the nearest of the others, root mean square."""
    found = [torch.cdist(part.flatten(1), others.flatten(1)).min(1).values for part in views.split(64)]
    return torch.cat(found) / views[0].numel() ** 0.5
