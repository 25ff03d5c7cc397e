"""Are the priors' samples any good? Judged by classifiers that were trained on the real data, and by distances.

    python benchmarks/prior_samples.py --data DIR [--checkpoints DIR] [--cards] [emoji-masked …]

For each prior with classes: how many samples are taken for what was asked, how far they lie apart compared with
real items, how near to the training items compared with items held back. For each that guesses tokens: bits of
items it has not seen, and how it fills gaps in them. And how long a sample takes. The classifiers are trained
here in a few minutes and kept nowhere. With --cards each prior's card.md is written with its figures.
"""

import argparse
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).parents[1]))

import prior_refill
from prior_cards import card_text
from prior_judges import (
    COMPARED,
    JUDGED,
    Classifier,
    Real,
    guessed,
    nearest,
    open_real,
    samples_of,
    spread,
    through,
    train_classifier,
)

from playground import makers, zoo
from playground.priors.prior import Prior
from playground.training.prior_recipes import PRIOR_RECIPES

PER_CLASS = 40  # samples
NAMES = 150  # finest classes that are asked for


@dataclass(frozen=True, eq=False)
class Judge:
    """Real items, and who tells them apart.

    ceiling  share of held-back items, through the codec, that it is right of
    """

    real: Real
    model: Classifier
    ceiling: str


def appoint(data: Path, subject: str, prior: Prior, *, steps: int) -> Judge:
    """A judge for all priors of a data set."""
    real = open_real(data, subject, prior)
    model, numbers = train_classifier(real, prior, steps=steps), real.numbers(real.val)
    shares = [
        (guessed(model, views) == numbers).float().mean().item() for views in (real.views(real.val), held(real, prior))
    ]
    print(f"{subject}: classifier right of held back {shares[0]:.1%}, through the codec {shares[1]:.1%}", flush=True)
    return Judge(real, model, f"{shares[1]:.1%}")


@torch.inference_mode()
def held(real: Real, prior: Prior) -> torch.Tensor:
    """Views of held-back items through the codec, as samples are: its blur alone makes nothing near or far."""
    parts = torch.arange(len(real.val)).split(64)
    codebooks = prior.config.trunk.grid[0]
    return torch.cat([real.judging.view(through(prior.codec, real.val.signals(part), codebooks)) for part in parts])


@torch.inference_mode()
def judged(prior: Prior, judge: Judge) -> dict[str, str]:
    """The figures of one prior's samples."""
    real = judge.real
    train, numbers = real.views(real.train), real.numbers(real.train)
    right, spreads, everything = [], [], []
    for number, name in real.asked():
        made = real.judging.view(samples_of(prior, name, PER_CLASS, seed=1000 * number))
        right.append((guessed(judge.model, made) == number).float().mean().item())
        spreads.append(spread(made) / spread(train[numbers == number][:COMPARED]))
        everything.append(made)
    ours, theirs = nearest(torch.cat(everything), train), nearest(held(real, prior), train)
    figures = {
        "right": f"{sum(right) / len(right):.1%}",
        "worst class": f"{min(right):.0%}",
        "diversity": f"{sum(spreads) / len(spreads):.0%}",
        "least diverse": f"{min(spreads):.0%}",
        "nearest": f"{ours.median():.3f} ({theirs.median():.3f} held back)",
        "nearer than half of those": f"{(ours < theirs.median()).float().mean():.0%}",
        "copies": f"{(ours < 0.5 * theirs.min()).float().mean():.1%}",
        "ceiling": judge.ceiling,
    }
    if len(real.train.labels[0]) > 1:
        figures["right by name"] = f"{_by_name(prior, judge):.1%}"
    return figures


def _by_name(prior: Prior, judge: Judge) -> float:
    """Share of samples taken for their class when asked for by a training item's finest label."""
    real, right = judge.real, 0
    chosen = torch.randperm(len(real.train), generator=torch.Generator().manual_seed(0))[:NAMES].tolist()
    for i in chosen:
        labels = real.train.labels[i]
        made = real.judging.view(samples_of(prior, labels[-1], 1, seed=i))
        right += int(real.classes[guessed(judge.model, made).item()] == labels[0])
    return right / len(chosen)


def seconds(prior: Prior, count: int) -> str:
    """How long samples take."""
    started = time.perf_counter()
    samples_of(prior, "", count, seed=0)
    return f"{time.perf_counter() - started:.2f} s"


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
    judges: dict[str, Judge] = {}
    for name in options.names or [card.name for card in makers.priors() if card.name in PRIOR_RECIPES]:
        prior, subject, figures = makers.load_prior(name), PRIOR_RECIPES[name].data, {}
        if subject in JUDGED:
            if subject not in judges:
                judges[subject] = appoint(options.data, subject, prior, steps=options.steps)
            figures |= judged(prior, judges[subject])
        if prior.config.kind != "flow":
            rows, wanted = prior_refill.judged_items(prior, options.data, subject)
            figures |= prior_refill.bits(prior, rows, wanted)
            figures |= {} if subject in ("emoji", "digits_image") else prior_refill.refilled(prior, rows)
        figures |= {"1 sample": seconds(prior, 1), "16 samples": seconds(prior, 16)}
        print(name + ": " + ", ".join(f"{key} {value}" for key, value in figures.items()), flush=True)
        if options.cards:
            text = card_text(prior, figures, PER_CLASS)
            (makers.folder_of(name) / "card.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
