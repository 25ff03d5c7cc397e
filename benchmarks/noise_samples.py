"""Are pictures out of plain noise any good? Judged as the priors' samples are, so that the figures stand side by side.

    python benchmarks/noise_samples.py --data DIR [--checkpoints DIR] [--cards]

A GAN and a VAE know no codes, but their samples are held against the same classifier, the same real pictures and the
same pictures held back as those of a prior beside them: see prior_samples.py. With --cards each one's card.md is
written with its figures.
"""

import argparse
import sys
import time
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).parents[1]))

from prior_cards import DATA, MEANINGS
from prior_judges import COMPARED, guessed, nearest, spread
from prior_samples import PER_CLASS, Judge, appoint, held

from playground import makers, noises, zoo
from playground.noises import NoiseCard
from playground.priors.prior import Prior
from playground.training.noise_recipes import NOISE_RECIPES

LEARNED = {
    "gan": "The decoder was trained against a critic, the encoder of the same codec body with one verdict at its end: "
    "logistic loss, R1 every 8 steps, the class by projection",
    "vae": "The decoder was trained behind an encoder of the same body that tells mean and variance of the noise a "
    "picture may be of: pixels as shares of white, and the divergence from N(0, I), both in nats",
}


@torch.inference_mode()
def judged(card: NoiseCard, judge: Judge, prior: Prior) -> dict[str, str]:
    """The figures of one model's samples; `prior` is any of its codec, through which held-back pictures go."""
    real, right, spreads, everything = judge.real, [], [], []
    train, numbers = real.views(real.train), real.numbers(real.train)
    for number, name in real.asked():
        made = noises.sample(card.name, PER_CLASS, seed=1000 * number, wanted=name)
        right.append((guessed(judge.model, made) == number).float().mean().item())
        spreads.append(spread(made) / spread(train[numbers == number][:COMPARED]))
        everything.append(made)
    ours, theirs = nearest(torch.cat(everything), train), nearest(held(real, prior), train)
    return {
        "right": f"{sum(right) / len(right):.1%}",
        "worst class": f"{min(right):.0%}",
        "diversity": f"{sum(spreads) / len(spreads):.0%}",
        "least diverse": f"{min(spreads):.0%}",
        "nearest": f"{ours.median():.3f} ({theirs.median():.3f} held back)",
        "nearer than half of those": f"{(ours < theirs.median()).float().mean():.0%}",
        "copies": f"{(ours < 0.5 * theirs.min()).float().mean():.1%}",
        "1 sample": _seconds(card, 1),
        "16 samples": _seconds(card, 16),
    }


def _seconds(card: NoiseCard, count: int) -> str:
    started = time.perf_counter()
    noises.sample(card.name, count)
    return f"{time.perf_counter() - started:.3f} s"


def card_text(card: NoiseCard, figures: dict[str, str], judge: Judge) -> str:
    """The text of a model's card.md."""
    filling = {"count": PER_CLASS, "of": ", pixels in [−1, 1]"}
    rows = "\n".join(
        f"| {figures[key]} | {told.format(**filling)} |" for key, told in MEANINGS.items() if key in figures
    )
    recipe = NOISE_RECIPES[card.name]
    return f"""# {card.title} (`{card.name}`)

{card.noise} numbers of Gaussian noise to a picture of {card.side} × {card.side} pixels ({card.paper}), without codes, \
shown beside `{card.codec}` and its priors: {card.parameters / 1e3:.0f} thousand parameters, \
{len(card.classes)} classes. Weights: {card.licence}.

## Measured

| | what it is |
| --- | --- |
{rows}

The classifier is right of {judge.ceiling} of the pictures nobody was trained on, through the codec.

## Training

{LEARNED[card.kind]}. Steps of {recipe.batch} pictures, highest learning rate {recipe.learning_rate:g}; a share of \
{recipe.unasked:.0%} without a class. What is exported is the running mean of the decoder's weights, and nothing else.

    python -m playground train {card.name} --data DIR

## Data

{DATA[recipe.data]}
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--checkpoints", type=Path)
    parser.add_argument("--steps", type=int, default=1500, help="of the classifier")
    parser.add_argument("--cards", action="store_true", help="write card.md into the folder of each")
    options = parser.parse_args()
    if options.checkpoints:
        zoo.use_folder(options.checkpoints)
    judges: dict[str, tuple[Judge, Prior]] = {}
    for card in noises.noises():
        if card.codec not in judges:
            prior = makers.load_prior(next(one.name for one in makers.priors() if one.codec == card.codec))
            judges[card.codec] = appoint(options.data, NOISE_RECIPES[card.name].data, prior, steps=options.steps), prior
        judge, prior = judges[card.codec]
        figures = judged(card, judge, prior)
        print(card.name + ": " + ", ".join(f"{key} {value}" for key, value in figures.items()), flush=True)
        if options.cards:
            text = card_text(card, figures, judge)
            (noises.folder_of(card.name) / "card.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
