"""The training of a prior in a folder, which looks as that of a codec does: see session.py."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from ..core.codec import Codec
from .material import Material, open_material
from .prior_recipes import PRIOR_RECIPES, PriorRecipe
from .priors import PriorReport, PriorRun, train_prior
from .state import locked

__all__ = ["PRIOR_RECIPES", "open_run", "train_prior_in"]


def open_run(recipe: PriorRecipe, codec: Codec, data: Path | None) -> tuple[PriorRun, Material]:
    """A run of a recipe for a codec, and the tokens it is judged by. Raises InputError when there are no data."""
    learned, judges, vocabulary = open_material(
        data, recipe.data, codec, grid=recipe.trunk.grid, variants=recipe.variants
    )
    return PriorRun(recipe, codec, learned, vocabulary), judges


def train_prior_in(folder: Path, run: PriorRun, judges: Material) -> Iterator[PriorReport]:
    """Trains as `train_prior` does, and keeps what there is to keep: a log, and in the end a checkpoint.

    Of a team only the leading process writes, and only it yields. Raises InputError when another
    training writes there, FloatingPointError as `train_prior`.
    """
    if not run.team.leads:
        for _ in train_prior(run, judges, folder):
            pass
        return
    with locked(folder), open(folder / "log.jsonl", "a", encoding="utf-8") as log:
        for report in train_prior(run, judges, folder):
            print(json.dumps(asdict(report)), file=log, flush=True)
            yield report
        run.export(folder / "checkpoint", title=run.recipe.title, licence=run.recipe.licence)
