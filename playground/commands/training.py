"""The command that trains."""

import shutil
import warnings
from collections.abc import Callable, Generator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from .. import makers, noises, zoo
from ..core.errors import InputError
from .options import Data, app, notes

if TYPE_CHECKING:
    from ..training.joint import JointReport
    from ..training.loop import Report
    from ..training.priors import PriorReport


@app.command()
def train(
    recipe: Annotated[str, typer.Argument(help="A name from training/recipes.py.")],
    data: Data = None,
    folder: Annotated[Path | None, typer.Option("--out", help="Where it is kept; runs/RECIPE when missing.")] = None,
    steps: Annotated[int | None, typer.Option(min=1, help="Instead of the recipe's own.")] = None,
    start: Annotated[str, typer.Option(help="A codec or a joint model's folder: weights that fit are the first.")] = "",
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the training that OUT holds.")] = False,
    change: Annotated[bool, typer.Option("--change", help="Go on though the recipe differs.")] = False,
    name: Annotated[str, typer.Option(help="Put it into the checkpoints folder, and so on the page, as this.")] = "",
) -> None:
    """Trains a codec, a prior, a GAN, a VAE or a joint model; writes a log, and in the end OUT/checkpoint."""
    from ..training.joint_recipes import JOINTS
    from ..training.noise_recipes import NOISE_RECIPES
    from ..training.prior_recipes import PRIOR_RECIPES
    from ..training.recipes import RECIPES

    folder = folder or Path("runs") / recipe
    if resume and not change:
        _check_unchanged(recipe, folder, steps)
    warnings.showwarning = lambda message, *_: notes.print(str(message), markup=False)  # a file left out, by name
    if recipe in JOINTS:
        _train_joint(recipe, data, folder, steps=steps, resume=resume, start=start)
    elif recipe in PRIOR_RECIPES:
        _train_prior(recipe, data, folder, steps=steps, resume=resume, name=name)
    elif recipe in NOISE_RECIPES:
        _train_noise(recipe, data, folder, steps=steps, resume=resume, name=name)
    elif recipe in RECIPES:
        _train_codec(recipe, data, folder, steps=steps, start=start, resume=resume, name=name)
    else:
        names = ", ".join([*RECIPES, *PRIOR_RECIPES, *NOISE_RECIPES, *JOINTS])
        raise InputError("There is no recipe “{name}”. There are: {names}.", name=recipe, names=names)


def _check_unchanged(name: str, folder: Path, steps: int | None) -> None:
    """Raises InputError when what `folder` holds was trained by another recipe than that of this name and steps."""
    from ..training.changes import check_unchanged
    from ..training.joint_recipes import JOINTS
    from ..training.noise_recipes import NOISE_RECIPES
    from ..training.prior_recipes import PRIOR_RECIPES
    from ..training.recipes import RECIPES

    if name in JOINTS:
        plans = {folder / part: getattr(JOINTS[name], part) for part in ("fusion", "pictures", "sounds", "generator")}
    else:
        plan = (PRIOR_RECIPES | NOISE_RECIPES | RECIPES).get(name)
        plans = {folder: plan} if plan else {}
    for place, plan in plans.items():
        check_unchanged(place, replace(plan, steps=steps) if steps else plan)


def _train_codec(
    recipe: str, data: Path | None, folder: Path, *, steps: int | None, start: str, resume: bool, name: str
) -> None:
    from ..training import feed, session
    from ..training.recipes import RECIPES
    from ..training.team import Team

    plan = replace(RECIPES[recipe], steps=steps) if steps else RECIPES[recipe]
    place = zoo.new_folder(name) if name else None
    start = start or plan.start
    first = zoo.load(start) if start else None
    if not resume:
        session.check_is_new(folder)
    batches, validation = feed.open_feed(plan, data)
    _finish(session.train_in(folder, plan, batches, validation, start=first), folder, _line)
    if Team().leads:
        _put(folder / "checkpoint", place)


def _train_prior(recipe: str, data: Path | None, folder: Path, *, steps: int | None, resume: bool, name: str) -> None:
    from ..training import prior_session, session
    from ..training.team import Team

    plan = prior_session.PRIOR_RECIPES[recipe]
    plan = replace(plan, steps=steps) if steps else plan
    codec = zoo.load(plan.codec)
    place = makers.new_prior_folder(plan.codec, name) if name else None
    if not resume:
        session.check_is_new(folder)
    run, judges = prior_session.open_run(plan, codec, data)
    _finish(prior_session.train_prior_in(folder, run, judges), folder, _prior_line)
    if Team().leads:
        _put(folder / "checkpoint", place)


def _train_noise(recipe: str, data: Path | None, folder: Path, *, steps: int | None, resume: bool, name: str) -> None:
    from ..training import noise_session, session
    from ..training.team import Team

    plan = noise_session.NOISE_RECIPES[recipe]
    plan = replace(plan, steps=steps) if steps else plan
    place = noises.new_noise_folder(plan.codec, name) if name else None
    if not resume:
        session.check_is_new(folder)
    run, judges = noise_session.open_noise_run(plan, data)
    _finish(noise_session.train_noise_in(folder, run, judges), folder, _prior_line)
    if Team().leads:
        _put(folder / "checkpoint", place)


def _train_joint(recipe: str, data: Path | None, folder: Path, *, steps: int | None, resume: bool, start: str) -> None:
    from ..models.joint_folder import read_joint
    from ..training import joint
    from ..training.joint_recipes import JOINTS

    if data is None:
        raise InputError("A joint model learns from pictures, sounds and words: name a folder of them with --data.")
    if not resume and (folder / "fusion").is_dir():
        raise InputError("“{folder}” holds a training already. Go on with --resume, or name another.", folder=folder)
    plan = joint.with_steps(JOINTS[recipe], steps) if steps else JOINTS[recipe]
    first = read_joint(Path(start)) if start else None
    _finish(joint.train_joint(plan, data, folder, start=first), folder, _joint_line)
    print(f"{folder / 'checkpoint'} is ready.")


def _finish(reports: "Generator[Report | PriorReport | JointReport]", folder: Path, line: "Callable[..., str]") -> None:
    """Follows a training to its end. One that fails says what is left of it."""
    from ..training import stopping

    try:
        with stopping.stopping_on_signals():
            step = _follow(reports, line)
            number = stopping.received()
            if number is not None:
                reports.close()  # saves
                notes.print(f"Stopped at step {step:,}, which is saved in {folder}. Go on with --resume.")
                raise typer.Exit(128 + number)
    except FloatingPointError as error:
        notes.print(f"The training has failed: {error}. The last good state is still in {folder}.")
        raise typer.Exit(1) from None


def _put(checkpoint: Path, place: Path | None) -> None:
    if place:
        shutil.copytree(checkpoint, place)
    print(f"{place or checkpoint} is ready." + ("" if place else " --name puts it on the page."))


def _follow(reports: "Generator[Report | PriorReport | JointReport]", line: "Callable[..., str]") -> int:
    """A bar that moves with every report, and a line for every validation.

    Gives the last step; ends early when the training is asked to stop.
    """
    from ..training.stopping import requested

    step = 0
    columns = (BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}"), TimeRemainingColumn())
    with Progress(*columns, console=notes, transient=True) as progress:
        task, saved = progress.add_task("", total=None), None
        for report in reports:
            said = f"{line(report).partition('  ')[2]}  {report.steps_taken / report.seconds:.2f} steps/s"
            progress.update(task, completed=report.step, total=report.steps, description=said)
            if report.val_quality != saved:
                print(line(report), flush=True)
            saved, step = report.val_quality, report.step
            if requested():
                break
    return step


def _prior_line(report: "PriorReport") -> str:
    """A report of a prior in one line."""
    judged = "" if report.val_quality is None else f", validation {report.val_quality:.3f}"
    return (
        f"step {report.step:,} of {report.steps:,}  {report.measure} {report.loss:.3f}{judged}  {report.seconds:.0f} s"
    )


def _joint_line(report: "JointReport") -> str:
    """A report of a joint model in one line."""
    judged = "" if report.val_quality is None else f", validation {report.val_quality:.3f}"
    return (
        f"{report.stage}, step {report.step:,} of {report.steps:,}  loss {report.loss:.3f}, "
        f"{report.measure}{judged}  {report.seconds:.0f} s"
    )


def _line(report: "Report") -> str:
    """A training report in one line."""
    judged = "" if report.val_quality is None else f", validation {report.val_quality:.2f}"
    return (
        f"step {report.step:,} of {report.steps:,}  loss {report.loss:.4f}  "
        f"{report.measure} {report.quality:.2f}{judged}  usage {report.usage:.1%}  "
        f"perplexity {report.perplexity:.0f}  dead codes {report.dead_codes}  {report.seconds:.0f} s"
    )


@app.command("more-texts")
def more_texts(
    sentences: Annotated[Path, typer.Argument(help="A folder of text files, ….train.txt.gz and ….val.txt.gz.")],
    code: Annotated[Path, typer.Argument(help="A folder of source files.")],
    output: Annotated[Path, typer.Argument(help="Where the files are written.")],
    lines: Annotated[int, typer.Option(min=50, help="Of emoji, and as many mixed ones.")] = 40_000,
) -> None:
    """Writes text files of code, emoji and mixed scripts, for a text codec to learn from beside sentences."""
    from ..data.more_texts import write_more_texts

    for name, count in write_more_texts(sentences, code, output, lines=lines).items():
        print(f"{name}: {count:,} lines")
