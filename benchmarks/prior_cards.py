"""The cards of priors: what they are, what was measured, what they were trained on."""

from prior_refill import example_texts

from playground import makers
from playground.priors.prior import Prior, PriorConfig
from playground.training.prior_recipes import PRIOR_RECIPES, PriorRecipe

MEANINGS = {
    "right": "samples taken for what was asked, {count} of each class, by a classifier trained on real ones",
    "worst class": "the same of the class with the fewest",
    "right by name": "samples asked for by a training item's finest name and taken for its class",
    "diversity": "mean distance of two samples of a class over that of two real ones of it",
    "least diverse": "the same of the least diverse class",
    "nearest": "median distance (root mean square{of}) of a sample to the nearest training item",
    "nearer than half of those": "samples nearer to a training item than the median of held-back ones",
    "copies": "samples less than half as far from a training item as the nearest of the held-back ones",
    "bits/token": "mean of validation items' tokens, told what they are; of all codes alike it would be the second",
    "bits/pixel": "the same",
    "bits/second": "the same",
    "bits/byte": "the same",
    "refilled by prior": "as they were, of a quarter of the cells made anew ({gap}) at temperature 0.5",
    "refilled by nearest cells": "the same when every cell takes the code of the nearest one that is known",
    "refilled by another's": "the same when it takes what another item has there",
    "1 sample": "time for one, on one core",
    "16 samples": "time for sixteen, on one core",
}
DATA = {
    "emoji": "Noto Emoji, © Google LLC, Apache-2.0; names from emojibase (MIT) and Unicode CLDR.",
    "digits_image": "MNIST: Y. LeCun, C. Cortes, CC BY-SA 3.0.",
    "digits_audio": "Free Spoken Digit Dataset, Zohar Jackson et al., CC BY-SA 4.0: six voices by name. "
    "Speech Commands, Pete Warden / Google, CC BY 4.0: the other voices.",
    "text": "The texts of `text-rvq`: see its card for their sources and licences.",
    "images": "The photographs of `image-vq`: see its card for their sources and licences.",
}


def card_text(prior: Prior, figures: dict[str, str], count: int) -> str:
    """The text of a prior's card.md."""
    card, config = next(card for card in makers.priors() if card.name == prior.config.name), prior.config
    recipe = PRIOR_RECIPES[card.name]
    filling = {"count": count, "of": ", pixels in [−1, 1]" if prior.codec.kind == "image" else ", log-mel levels"}
    filling["gap"] = "the middle" if prior.codec.kind == "image" else "the last ones"
    rows = [f"| {figures[key]} | {told.format(**filling)} |" for key, told in MEANINGS.items() if key in figures]
    asked = f"{len(card.classes):,} classes" if card.classes else "no classes"
    times = recipe.variants
    encoded = "each item was encoded once" if times == 1 else f"each was encoded {times} times, moved"
    return f"""# {card.title} (`{card.name}`)

A {card.kind} prior ({card.paper}) of the tokens of `{card.codec}`, {_shape(card.grid)}: \
{card.parameters / 1e6:.1f} M parameters, {asked}. Weights: {card.licence}.

## Measured

Sampled as it is by itself: {_sampling(card, config)}.

| | what it is |
| --- | --- |
{chr(10).join(rows)}
{_ceiling(figures)}{_examples(prior)}
## Training

{recipe.steps:,} steps of {recipe.batch} items, highest learning rate {recipe.learning_rate:g}, led to zero over the \
last {recipe.cooldown:.0%}; {encoded}. {_lessons(recipe)}What is exported is the running mean of \
the weights.

    python -m playground train {card.name} --data DIR

## Data

{DATA[recipe.data]}
"""


def _lessons(recipe: PriorRecipe) -> str:
    said = ""
    if recipe.named:
        said += f"Of those asked for, {recipe.named:.0%} were asked for by group and name, the rest by any of these. "
    if recipe.astray:
        said += f"Of what it was shown of an item, up to {recipe.astray:.0%} were other codes by chance. "
    return said


def _sampling(card: makers.PriorCard, config: PriorConfig) -> str:
    said = f"temperature {config.sampling.temperature:g}, guidance {card.guidance:g}, {card.steps} steps"
    if card.kind == "masked":
        said += f", choice temperature {config.sampling.choice_temperature:g}"
    return said + (f", top p {config.sampling.top_p:g}" if config.sampling.top_p < 1 else "")


def _ceiling(figures: dict[str, str]) -> str:
    if "ceiling" not in figures:
        return ""
    return f"\nThe classifier is right of {figures['ceiling']} of the items nobody was trained on, through the codec.\n"


def _shape(grid: tuple[int, ...]) -> str:
    """ "8 × 8 cells", "the first 3 codebooks of 48 cells"."""
    cells = " × ".join(map(str, grid[1:])) + " cells"
    return cells if grid[0] == 1 else f"the first {grid[0]} codebooks of {cells}"


def _examples(prior: Prior) -> str:
    """Texts as they come, none chosen."""
    if prior.codec.kind != "text":
        return ""
    labels = [name for name in prior.config.vocabulary.classes if len(prior.config.vocabulary.classes[name]) > 1]
    lines = [f"| {wanted} | {_in_a_cell(text)} |" for wanted, text in example_texts(prior, labels, each=2)]
    return (
        "\n## Samples\n\nThe first two of each kind, none chosen.\n\n| | |\n| --- | --- |\n" + "\n".join(lines) + "\n"
    )


def _in_a_cell(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in text.replace("\n", " ⏎ ")).replace("|", "\\|")
