"""The commands of `python -m playground`."""

import csv
import shutil
import warnings
from collections.abc import Iterable
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn, track
from rich.table import Table

from . import decode as decode_tokens
from . import encode as encode_raw
from . import zoo
from .core.errors import InputError
from .core.modality import IMAGE, Modality
from .core.tokens import Tokens

if TYPE_CHECKING:
    from .core.codec import Codec as Model
    from .training.loop import Report

# What only some commands need is imported inside them: training, torchvision, torchmetrics.

app = typer.Typer(
    help="Pictures as codes, and back.", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False
)
out, notes = Console(), Console(stderr=True)

Codec = Annotated[str, typer.Option("--codec", help="A name from `list`, or a checkpoint folder.")]
Name = Annotated[str, typer.Argument(help="A name from `list`, or a checkpoint folder.")]
Output = Annotated[Path, typer.Option("--output", "-o")]
Data = Annotated[Path | None, typer.Option("--data", help="A folder of pictures.")]
Size = Annotated[int, typer.Option(min=16, max=2048, help="Side of the centre squares, pixels.")]
Limit = Annotated[int | None, typer.Option(min=1, help="Pictures at most.")]
Split = Annotated[str | None, typer.Option(help="train or val; of loose pictures, all when missing.")]


@app.callback()
def options(
    checkpoints: Annotated[Path | None, typer.Option(help="Folder of the checkpoint folders.")] = None,
) -> None:
    """Pictures as codes, and back."""
    if checkpoints:
        zoo.use_folder(checkpoints)


@app.command("list")
def list_codecs() -> None:
    """The codecs there are."""
    table = Table("name", "title", "modality", "quantizer", "codes", "stride", "parameters", box=None, pad_edge=False)
    for card in zoo.catalogue():
        codes = f"{card.num_codebooks} × {card.codebook_size:,}"
        numbers = (codes, str(card.stride), f"{card.parameters / 1e6:.1f} M")
        table.add_row(card.name, card.title, card.modality, card.quantizer, *numbers)
    out.print(table if table.row_count else "There is no codec yet. `train` makes one.")


@app.command()
def info(name: Name) -> None:
    """All that is known of one codec."""
    for key, value in asdict(zoo.card(name)).items():
        out.print(f"{key:14} {value}", markup=False, highlight=False, soft_wrap=True)


@app.command()
def encode(file: Path, output: Output, codec: Codec = "image-vq") -> None:
    """A picture's tokens, as .json or .npz."""
    tokens = encode_raw(codec, file)
    tokens.save(output)
    grid = " × ".join(map(str, tokens.grid))
    print(f"{output}: {grid} tokens of {tokens.codebook_size:,} codes, {tokens.bits / 8:,.0f} bytes if packed")


@app.command()
def decode(file: Path, output: Output, codec: Annotated[str, typer.Option(help="Made with another one.")] = "") -> None:
    """The picture of a token file."""
    tokens = Tokens.load(file)
    # What a file says of itself may only pick from the catalogue, never name a folder.
    _save(decode_tokens(codec or zoo.listed_folder(tokens.codec), tokens), output)
    print(output)


@app.command()
def reconstruct(file: Path, output: Output, codec: Codec = "image-vq") -> None:
    """A picture there and back, and what that cost."""
    from .analysis.evaluation import score

    model, signal = zoo.load(codec), IMAGE.read(file)
    _save(IMAGE.write(model.reconstruct(signal)), output)
    result = score(model, signal, IMAGE.quality)
    cost = ""
    if result.usage:
        used, size = result.usage.used, model.quantizer.codebook_size
        cost = f", {result.rate_bpp:.3f} bits/pixel, {used:,} of {size:,} codes"
    print(f"{output}: {_quality(result.quality)}{cost}")


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
    from .training import feed, session
    from .training.recipes import RECIPES
    from .training.team import Team

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


@app.command()
def evaluate(
    name: Name,
    folder: Path,
    size: Size = 256,
    limit: Limit = None,
    split: Split = None,
    table: Annotated[Path | None, typer.Option("--csv", help="A line for each picture, written here.")] = None,
) -> None:
    """How well a codec keeps the pictures of a folder, and how much of its codebook they use."""
    from .analysis.evaluation import score, summarise

    codec, scores = zoo.load(name), {}
    for key, signal in _squares(IMAGE, folder, size, limit=limit, split=split):
        scores[key] = score(codec, signal, IMAGE.quality)
    if not scores:
        raise InputError("There are no pictures below “{folder}”.", folder=folder)
    result = summarise(list(scores.values()))
    _print_evaluation(codec.name, size, scores, result)
    if table:
        with open(table, "w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(["picture", *result.quality, "bits_per_pixel", "codes_used", "perplexity"])
            for key, s in [*scores.items(), ("all", result)]:
                writer.writerow([key, *s.quality.values(), s.rate_bpp, s.usage.used, s.usage.perplexity])


@app.command()
def card(
    recipe: Annotated[str, typer.Argument(help="The recipe that trained it.")],
    provenance: Annotated[Path, typer.Argument(help="A text: what it was trained on, and under which licences.")],
    data: Data = None,
    split: Split = "val",
    steps: Annotated[int | None, typer.Option(min=1, help="Instead of the recipe's own.")] = None,
    start: Annotated[str, typer.Option(help="A sentence: which weights it began with, if not from nothing.")] = "",
) -> None:
    """Measures the shipped codec of a recipe on pictures it never saw, and writes its card.md."""
    from .analysis.detail import picture_quality
    from .analysis.evaluation import score, summarise
    from .training import checkpoint
    from .training.recipes import RECIPES

    if recipe not in RECIPES or data is None:
        raise InputError("A card needs a recipe ({names}) and --data.", names=", ".join(RECIPES))
    folder, codec, evaluations = zoo.folder_of(recipe), zoo.load(recipe), {}
    for size in (160, 256):
        signals = [signal for _, signal in _squares(IMAGE, data, size, limit=None, split=split)]
        for count in _depths(codec):
            scores = [score(codec, signal, picture_quality, codebooks=count) for signal in signals]
            some = f", {count} of {codec.quantizer.num_codebooks} codebooks" if count else ""
            evaluations[f"{len(scores)} validation photographs, {size} × {size}{some}"] = summarise(scores)
    plan = replace(RECIPES[recipe], steps=steps) if steps else RECIPES[recipe]
    story = checkpoint.Provenance(plan, provenance.read_text(encoding="utf-8"), start)
    text = checkpoint.card_text(codec, checkpoint.LABELS[recipe], story, evaluations)
    (folder / "card.md").write_text(text, encoding="utf-8")


@app.command()
def describe(name: Name, data: Data = None, size: Size = 256, limit: Limit = None, split: Split = None) -> None:
    """Writes what the page shows of a codebook beside its weights: usage, neighbours, tiles, exemplars."""
    from .view import description

    folder, codec = zoo.folder_of(name), zoo.load(name)
    if data is None:
        raise InputError("A codebook is described by the pictures that use it: name their folder with --data.")
    signals = [signal for _, signal in _squares(IMAGE, data, size, limit=limit, split=split)]
    if not signals:
        raise InputError("There are no pictures below “{folder}”.", folder=data)
    for k in range(codec.quantizer.num_codebooks):
        with notes.status("Codes are laid out by likeness …"):
            found = description.describe(codec, signals, k=k)
        description.write_description(folder, found, k=k)
        used = sum(count > 0 for count in found.counts)
        print(f"{folder}, codebook {k}: {used:,} of {found.codebook_size:,} codes used by {found.pictures:,} pictures")


def _squares(modality: Modality, folder: Path, size: int, *, limit: int | None, split: str | None):
    """Name and (1, 3, size, size) of the centre square of every picture; what is broken is named and left out."""
    from .data.images import PICTURES
    from .data.packs import is_packed, list_files, read_files

    if not folder.is_dir():
        raise InputError("There is no folder “{folder}”.", folder=folder)
    if split not in (None, "train", "val"):
        raise InputError("A split is train or val, not “{split}”.", split=split)
    files = list_files(folder, PICTURES, split or ("val" if is_packed(folder) else None))[:limit]
    for key, data in track(read_files(files), "pictures", total=len(files), console=notes, transient=True):
        try:
            yield key, modality.fit(data, size).signal
        except InputError as error:
            notes.print(f"{key} is left out: {error}", markup=False)


def _print_evaluation(name: str, size: int, scores: dict, result) -> None:
    table = Table("measure", "mean", "lowest", "highest", title=f"{name}, {len(scores)} pictures of {size} × {size}")
    columns = {_unit(key): [s.quality[key] for s in scores.values()] for key in result.quality}
    usage = result.usage
    if usage:
        columns["bits/pixel"] = [s.rate_bpp for s in scores.values()]
        columns["codes in a picture"] = [s.usage.used for s in scores.values()]
    for measure, values in columns.items():
        mean = sum(values) / len(values)
        table.add_row(measure, *(f"{value:.3f}" for value in (mean, min(values), max(values))))
    if usage:
        table.add_row("usage, all pictures", f"{usage.usage:.1%}", "", "")
        table.add_row("perplexity, all pictures", f"{usage.perplexity:.0f} of {usage.counts.numel()}", "", "")
    out.print(table)


def _depths(codec: "Model") -> list[int | None]:
    """From one codebook to all, where the first ones are an encoding on their own; else all alone."""
    quantizer = codec.quantizer
    return list(range(1, quantizer.num_codebooks + 1)) if getattr(quantizer, "nested", False) else [None]


def _quality(quality: dict[str, float]) -> str:
    return ", ".join(f"{_unit(key)} {value:.3f}" for key, value in quality.items())


def _unit(key: str) -> str:
    """psnr_db → PSNR dB."""
    name, *unit = key.split("_")
    return " ".join([name.upper(), *unit]).replace(" db", " dB")


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


def _save(raw: object, path: Path) -> None:
    try:
        raw.save(path)
    except (ValueError, KeyError):  # Pillow, of an ending it does not know
        raise InputError("A picture cannot be saved as “{name}”. Try .png.", name=path.name) from None
