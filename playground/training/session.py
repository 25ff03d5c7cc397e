"""A whole training in a folder: one writer, a log, saves to go on from, and a checkpoint at the end.

lock                 held while a training writes here
state-….safetensors  the newest saves, see state.py
log.jsonl            a report a line
checkpoint/          what `zoo.load` opens, written at the end
"""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path

from torch import Tensor

from ..core.codec import Codec
from . import checkpoint, loop, state
from .loop import Batches, Report
from .recipes import Recipe
from .team import Team


def train_in(
    folder: Path, recipe: Recipe, batches: Batches, validation: Tensor, *, start: Codec | None = None
) -> Iterator[Report]:
    """Trains `recipe` in `folder` as `loop.train` does, and keeps what there is to keep.

    Of a team only the leading process writes, and only it yields. Raises InputError when
    another training writes there, FloatingPointError as `loop.train`.
    """
    leads = Team().leads
    with ExitStack() as held:
        if leads:
            held.enter_context(state.locked(folder))
            log = held.enter_context(open(folder / "log.jsonl", "a", encoding="utf-8"))
        for report in loop.train(recipe, batches, validation, folder, start=start):
            if leads:
                print(json.dumps(asdict(report)), file=log, flush=True)
                yield report
        if leads:
            codec, _ = checkpoint.trained_codec(recipe, folder)
            label = checkpoint.LABELS[recipe.codec.name]
            checkpoint.export(codec, folder / "checkpoint", config=recipe.codec, label=label)
