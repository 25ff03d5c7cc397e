"""Are the priors' samples any good? Judged by classifiers that were trained on the real data, and by distances.

    python benchmarks/prior_samples.py --data DIR [--checkpoints DIR] [emoji-masked …]

For each prior: how many samples are taken for what was asked, how far they lie apart compared with real
pictures, how near to the training pictures compared with pictures held back, and how long they take.
The classifiers are trained here in a few minutes and kept nowhere. With --cards each prior's card.md is
written with its figures.
"""

import argparse
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

sys.path.insert(0, str(Path(__file__).parents[1]))

from playground import makers, zoo
from playground.data.labelled import DOMAINS, Domain, Labelled
from playground.priors.prior import Prior

PER_CLASS = 40  # samples
SMALLEST_CLASS = 50  # training pictures: of fewer nothing is asked
TOGETHER = 40


class Classifier(nn.Module):
    """Pictures (B, 3, S, S) → (B, classes), by four convolutions with pooling, in the end to quarters."""

    def __init__(self, classes: int, width: int) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for before, after in ((3, width), (width, 2 * width), (2 * width, 4 * width), (4 * width, 4 * width)):
            layers += [nn.Conv2d(before, after, 3, padding=1, bias=False), nn.BatchNorm2d(after), nn.ReLU()]
            layers += [nn.MaxPool2d(2)]
        self.features, self.drop, self.last = nn.Sequential(*layers), nn.Dropout(0.3), nn.Linear(16 * width, classes)

    def forward(self, pictures: Tensor) -> Tensor:
        return self.last(self.drop(F.adaptive_avg_pool2d(self.features(pictures), 2).flatten(1)))


@dataclass(frozen=True, eq=False)
class Real:
    """What samples are compared with: the coarsest label of each picture is its class."""

    domain: Domain
    train: Labelled
    val: Labelled
    classes: tuple[str, ...]

    def numbers(self, data: Labelled) -> Tensor:
        return torch.tensor([self.classes.index(labels[0]) for labels in data.labels])

    def pictures(self, data: Labelled) -> Tensor:
        return self.domain.usual(data, torch.arange(len(data)))


def open_real(data: Path, name: str) -> Real:
    domain, folder = DOMAINS[name], data / name
    train, val = domain.open(folder, "train"), domain.open(folder, "val")
    return Real(domain, train, val, tuple(sorted({labels[0] for labels in train.labels})))


def train_classifier(real: Real, codec, *, steps: int, width: int) -> Classifier:
    """On real pictures, moved about; half of them as the codec gives them back, so that its blur is no surprise."""
    torch.manual_seed(0)
    model, generator = Classifier(len(real.classes), width), torch.Generator().manual_seed(0)
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3, weight_decay=0.05)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 3e-3, total_steps=steps)
    numbers = real.numbers(real.train)
    for _ in range(steps):
        chosen = torch.randint(len(real.train), (64,), generator=generator)
        pictures = _shaken(real.domain.varied(real.train, chosen, generator=generator), generator)
        with torch.inference_mode():
            pictures[:32] = codec.reconstruct(pictures[:32]).clamp(-1, 1)
        loss = F.cross_entropy(model(pictures), numbers[chosen])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
    return model.eval().requires_grad_(False)


def _shaken(pictures: Tensor, generator: torch.Generator) -> Tensor:
    """Moved by up to two pixels each way."""
    dy, dx = torch.randint(-2, 3, (2,), generator=generator).tolist()
    return F.pad(pictures, [2] * 4, mode="replicate")[
        :, :, 2 + dy : 2 + dy + pictures.shape[2], 2 + dx : 2 + dx + pictures.shape[3]
    ].clone()


def guessed(model: Classifier, pictures: Tensor) -> Tensor:
    return torch.cat([model(part).argmax(1) for part in pictures.split(256)])


@torch.inference_mode()
def samples_of(prior: Prior, wanted: str, count: int, *, seed: int) -> Tensor:
    """(count, 3, S, S) in [−1, 1]."""
    parts = []
    for start in range(0, count, TOGETHER):
        *_, last = prior.sample(min(TOGETHER, count - start), wanted=wanted, seed=seed + start)
        parts.append(prior.codec.decode(last.tokens).clamp(-1, 1))
    return torch.cat(parts)


def spread(pictures: Tensor) -> float:
    """Mean distance of two of the pictures, root mean square of their pixels."""
    distances = torch.pdist(pictures.flatten(1)) / pictures[0].numel() ** 0.5
    return distances.mean().item()


def nearest(pictures: Tensor, others: Tensor) -> Tensor:
    """(N,) distance to the nearest of the others, root mean square."""
    found = [torch.cdist(part.flatten(1), others.flatten(1)).min(1).values for part in pictures.split(64)]
    return torch.cat(found) / pictures[0].numel() ** 0.5


def judge(prior: Prior, real: Real, model: Classifier, *, names: bool) -> dict[str, str]:
    """The figures of one prior."""
    train, numbers = real.pictures(real.train), real.numbers(real.train)
    counts = numbers.bincount(minlength=len(real.classes))
    right, spreads, everything = [], [], []
    for number, name in enumerate(real.classes):
        if counts[number] < SMALLEST_CLASS:
            continue
        made = samples_of(prior, name, PER_CLASS, seed=1000 * number)
        right.append((guessed(model, made) == number).float().mean().item())
        own = train[numbers == number][: 4 * PER_CLASS]
        spreads.append(spread(made) / spread(own))
        everything.append(made)
    # Held-back pictures go through the codec, as samples did: its blur alone makes nothing near or far.
    held = torch.cat([prior.codec.reconstruct(part) for part in real.pictures(real.val).split(64)])
    ours, theirs = nearest(torch.cat(everything), train), nearest(held, train)
    figures = {
        "right": f"{sum(right) / len(right):.1%}",
        "worst class": f"{min(right):.0%}",
        "diversity": f"{sum(spreads) / len(spreads):.0%}",
        "least diverse": f"{min(spreads):.0%}",
        "nearest": f"{ours.median():.3f} ({theirs.median():.3f} held back)",
        "nearer than half of those": f"{(ours < theirs.median()).float().mean():.0%}",
        "copies": f"{(ours < 0.5 * theirs.min()).float().mean():.1%}",
    }
    if names:
        figures["right by name"] = f"{_by_name(prior, real, model):.1%}"
    return figures


def _by_name(prior: Prior, real: Real, model: Classifier) -> float:
    """Share of samples taken for their group when asked for by a training picture's name."""
    chosen = torch.randperm(len(real.train), generator=torch.Generator().manual_seed(0))[:150].tolist()
    right = 0
    for i in chosen:
        labels = real.train.labels[i]
        made = samples_of(prior, labels[-1], 1, seed=i)
        right += int(real.classes[guessed(model, made).item()] == labels[0])
    return right / len(chosen)


def seconds(prior: Prior, count: int) -> float:
    started = time.perf_counter()
    samples_of(prior, "", count, seed=0)
    return time.perf_counter() - started


MEANINGS = {
    "right": f"samples taken for what was asked, {PER_CLASS} of each class, by a classifier trained on real pictures",
    "worst class": "the same of the class with the fewest",
    "right by name": "samples asked for by a training picture's name and taken for its group",
    "diversity": "mean distance of two samples of a class over that of two real pictures of it",
    "least diverse": "the same of the least diverse class",
    "nearest": "median distance (root mean square, pixels in [−1, 1]) of a sample to the nearest training picture",
    "nearer than half of those": "samples nearer to a training picture than the median of held-back pictures",
    "copies": "samples less than half as far from a training picture as the nearest of the held-back ones",
    "1 sample": "time for one, on one core",
    "16 samples": "time for sixteen, on one core",
}


def card_text(prior: Prior, figures: dict[str, str], real: Real) -> str:
    """The text of a prior's card.md."""
    card = next(card for card in makers.priors() if card.name == prior.config.name)
    rows = "\n".join(f"| {figures[key]} | {MEANINGS[key]} |" for key in MEANINGS if key in figures)
    return f"""# {card.title} (`{card.name}`)

A {card.kind} prior ({card.paper}) of the tokens of `{card.codec}`: {card.parameters / 1e6:.1f} M parameters, \
{len(card.classes):,} classes. Weights: {card.licence}.

## Measured

| | what it is |
| --- | --- |
{rows}

The classifier is right of {figures["ceiling"]} of the pictures that nobody was trained on, through the codec.

## Training

On the tokens of {len(real.train):,} {real.domain.things}. What is exported is the running mean of the weights.

    python -m playground train {card.name} --data DIR
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--checkpoints", type=Path)
    parser.add_argument("--steps", type=int, default=1500, help="of the classifiers")
    parser.add_argument("--cards", action="store_true", help="write card.md into the folder of each prior")
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    if options.checkpoints:
        zoo.use_folder(options.checkpoints)
    judges: dict[str, tuple[Real, Classifier, str]] = {}
    for name in options.names or [card.name for card in makers.priors()]:
        prior = makers.load_prior(name)
        place = {"emoji-vq": "emoji", "digits-vq": "digits_image"}[prior.codec.name]
        if place not in judges:
            real = open_real(options.data, place)
            model = train_classifier(real, prior.codec, steps=options.steps, width=24 if place == "emoji" else 12)
            numbers = real.numbers(real.val)
            plain = real.pictures(real.val)
            again = torch.cat([prior.codec.reconstruct(part) for part in plain.split(64)])
            shares = [(guessed(model, each) == numbers).float().mean().item() for each in (plain, again)]
            print(
                f"{place}: classifier right of held back {shares[0]:.1%}, through the codec {shares[1]:.1%}", flush=True
            )
            judges[place] = real, model, f"{shares[1]:.1%}"
        real, model, ceiling = judges[place]
        figures = judge(prior, real, model, names=place == "emoji") | {"ceiling": ceiling}
        figures |= {"1 sample": f"{seconds(prior, 1):.2f} s", "16 samples": f"{seconds(prior, 16):.2f} s"}
        print(name + ": " + ", ".join(f"{key} {value}" for key, value in figures.items()), flush=True)
        if options.cards:
            text = card_text(prior, figures, real)
            (makers.folder_of(name) / "card.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
