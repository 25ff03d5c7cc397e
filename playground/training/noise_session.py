"""The training of what makes pictures out of noise, in a folder that looks as that of a prior does."""

from collections.abc import Iterator
from pathlib import Path

from .little import Little, open_little
from .noise_recipes import NOISE_RECIPES, NoiseRecipe
from .noises import NoiseRun
from .prior_session import train_prior_in
from .priors import PriorReport

__all__ = ["NOISE_RECIPES", "open_noise_run", "train_noise_in"]


def open_noise_run(recipe: NoiseRecipe, data: Path | None) -> tuple[NoiseRun, Little]:
    """A run of a recipe, and the pictures it is judged by. Raises InputError when there are no data."""
    learned, judges = open_little(data, recipe.data)
    return NoiseRun(recipe, learned), judges


def train_noise_in(folder: Path, run: NoiseRun, judges: Little) -> Iterator[PriorReport]:
    """Trains, writes a log, and in the end a checkpoint; raises as `train_prior_in`, which asks a run for no more."""
    yield from train_prior_in(folder, run, judges)
