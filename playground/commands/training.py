"""The command that trains."""

import shutil
import warnings
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from .. import zoo
from ..core.errors import InputError
from .options import Data, app, notes

if TYPE_CHECKING:
    from ..training.loop import Report


@app.command()
def train(
    recipe: Annotated[str, typer.Argument(help="A name from training/recipes.py.")],
    data: Data = None,
    folder: Annotated[Path | None, typer.Option("--out", help="Where it is kept; runs/RECIPE when missing.")] = None,
    steps: Annotated[int | None, typer.Option(min=1, help="Instead of the recipe's own.")] = None,
    start: Annotated[str, typer.Option(help="A codec whose weights, as far as they fit, are the first ones.")] = "",
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the training that OUT holds.")] = False,
    name: Annotated[str, typer.Option(help="Put it into the checkpoints folder, and so on the page, as this.")] = "",
) -> None:
    """Trains a codec and exports it to OUT/checkpoint. Previews and a log are written while it runs."""
    from ..training import feed, session
    from ..training.recipes import RECIPES
    from ..training.team import Team

    if recipe not in RECIPES:
        raise InputError("There is no recipe “{name}”. There are: {names}.", name=recipe, names=", ".join(RECIPES))
    plan = replace(RECIPES[recipe], steps=steps) if steps else RECIPES[recipe]
    place = zoo.new_folder(name) if name else None
    warnings.showwarning = lambda message, *_: notes.print(str(message), markup=False)  # a file left out, by name
    start = start or plan.start
    first = zoo.load(start) if start else None
    folder = folder or Path("runs") / recipe
    if not resume:
        session.check_is_new(folder)
    batches, validation = feed.open_feed(plan, data)
    try:
        _follow(session.train_in(folder, plan, batches, validation, start=first))
    except FloatingPointError as error:
        notes.print(f"The training has failed: {error}. The last good state is still in {folder}.")
        raise typer.Exit(1) from None
    if not Team().leads:
        return
    if place:
        shutil.copytree(folder / "checkpoint", place)
    print(f"{place or folder / 'checkpoint'} is ready." + ("" if place else " --name puts it on the page."))


def _follow(reports: "Iterable[Report]") -> None:
    """A bar that moves with every report, and a line for every validation."""
    columns = (BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}"), TimeRemainingColumn())
    with Progress(*columns, console=notes, transient=True) as progress:
        task, before = progress.add_task("", total=None), None
        for report in reports:
            rate = report.steps_taken / report.seconds
            said = f"loss {report.loss:.3f}  {report.measure} {report.quality:.2f}  "
            said += f"perplexity {report.perplexity:.0f}  dead codes {report.dead_codes}  {rate:.2f} steps/s"
            progress.update(task, completed=report.step, total=report.steps, description=said)
            if report.val_quality != before:
                print(_line(report), flush=True)
            before = report.val_quality


def _line(report: "Report") -> str:
    """A training report in one line."""
    return (
        f"step {report.step:,} of {report.steps:,}  loss {report.loss:.4f}  "
        f"{report.measure} {report.quality:.2f}, validation {report.val_quality:.2f}  usage {report.usage:.1%}  "
        f"perplexity {report.perplexity:.0f}  dead codes {report.dead_codes}  {report.seconds:.0f} s"
    )
