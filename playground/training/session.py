"""A whole training in a folder: one writer, a log, saves to go on from, and a checkpoint at the end.

lock                 held while a training writes here
state-….safetensors  the newest saves, see state.py
log.jsonl            a report a line
previews/            with every save, some validation pictures above what comes back of them
tensorboard/         the reports again, where the package `tensorboard` is installed
checkpoint/          what `zoo.load` opens, written at the end
"""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import asdict
from importlib.util import find_spec
from pathlib import Path

import torch
from torch import Tensor

from ..core.codec import Codec
from ..core.errors import InputError
from ..media.modalities import MODALITIES
from . import checkpoint, loop, state
from .loop import Report
from .recipes import Batches, Recipe
from .run import Run
from .team import Team

PREVIEWED = 8  # validation pictures


def check_is_new(folder: Path) -> None:
    """Raises InputError when `folder` holds a training already, so that none is continued by mistake."""
    found = state.load_state(folder) if folder.is_dir() else None
    if found:
        raise InputError(
            "“{folder}” holds a training already, at step {step}. Go on with --resume, or name another folder.",
            folder=folder,
            step=found[0],
        )


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
            board = held.enter_context(_board(folder)) if find_spec("tensorboard") else None

        def preview(run: Run) -> None:
            if leads:
                write_preview(run, validation[:PREVIEWED], folder / "previews")

        for report in loop.train(recipe, batches, validation, folder, start=start, preview=preview):
            if not leads:
                continue
            print(json.dumps(asdict(report)), file=log, flush=True)
            for name, value in asdict(report).items():
                if board and isinstance(value, (int, float)):
                    board.add_scalar(name, value, report.step)
            yield report
        if leads:
            codec, _ = checkpoint.trained_codec(recipe, folder)
            label = checkpoint.LABELS[recipe.codec.name]
            checkpoint.export(codec, folder / "checkpoint", config=recipe.codec, label=label)


PREVIEWS = {"image": (2, ".webp"), "audio": (2, ".wav"), "text": (2, ".txt")}  # axis of what comes back, and the file


def write_preview(run: Run, signals: Tensor, folder: Path) -> None:
    """Writes what comes back of some signals (N, C, *size): pictures below the originals, others after them."""
    axis, suffix = PREVIEWS[run.recipe.codec.modality]
    both = torch.cat([signals, run.reconstruct(signals)], axis)  # (N, C, 2 H, W), (N, C, 2 T)
    folder.mkdir(exist_ok=True)
    modality = MODALITIES[run.recipe.codec.modality]
    modality.save(modality.write(torch.cat([*both.split(1)], -1)), folder / f"step-{run.step:08d}{suffix}")


def _board(folder: Path):
    from torch.utils.tensorboard import SummaryWriter  # brings a package of its own

    return SummaryWriter(str(folder / "tensorboard"))
