"""Commands that measure codecs and describe their codebooks."""

import csv
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import torch
import typer
from rich.progress import track
from rich.table import Table
from torch import Tensor

from .. import zoo
from ..core.errors import InputError
from ..media.modalities import MODALITIES
from . import races
from .options import Data, Limit, Name, Output, Size, Split, app, notes, out, unit

if TYPE_CHECKING:
    from ..analysis.evaluation import Evaluation, Score
    from ..core.codec import Codec

SIZES = {"image": 256, "audio": 480_000, "text": 256}  # pixels a side, samples, bytes: what is measured unless told
# Texts that the page may show without naming anybody: their authors are long dead, or gave up their rights.
FREE = ("en_books", "en_commonvoice", "en_shakespeare_lines", "zh_commonvoice_simplified", "zh_commonvoice_traditional")


@app.command()
def evaluate(
    name: Name,
    folder: Path,
    size: Size = None,
    limit: Limit = None,
    split: Split = None,
    table: Annotated[Path | None, typer.Option("--csv", help="A line for each item, written here.")] = None,
    against: Annotated[list[str] | None, typer.Option(help="Classical codecs to race with: jpeg, webp, avif …")] = None,
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder for the race's files.")] = Path("race"),
) -> None:
    """How well a codec keeps the pictures or sounds of a folder, and how much of its codebook they use.

    With --against, how it stands beside JPEG and others: race.csv, race.md and race.png, in the folder --output.
    """
    from ..analysis.evaluation import score, summarise

    codec, scores = zoo.load(name), {}
    size, quality = size or SIZES[codec.kind], MODALITIES[codec.kind].quality
    if against:
        races.chosen(codec.kind, against)  # or a wrong name would be found out after the first item
        found = _signals(codec.kind, folder, size, limit=limit, split=split)
        races.race_folder(codec, ((key, signal) for _, key, signal in found), against, output)
        return
    for _, key, signal in _signals(codec.kind, folder, size, limit=limit, split=split):
        scores[key] = score(codec, signal, quality)
    result = summarise(list(scores.values()))
    _print_evaluation(codec, scores, result)
    if table:
        with open(table, "w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(["item", *result.quality, "bits_per_position", "codes_used", "perplexity"])
            for key, s in [*scores.items(), ("all", result)]:
                cost = [s.rate_bpp, s.usage.used, s.usage.perplexity] if s.usage else []
                writer.writerow([key, *(s.quality.get(measure, "") for measure in result.quality), *cost])


@app.command()
def card(
    recipe: Annotated[str, typer.Argument(help="The recipe that trained it.")],
    provenance: Annotated[Path, typer.Argument(help="A text: what it was trained on, and under which licences.")],
    data: Data = None,
    split: Split = "val",
    steps: Annotated[int | None, typer.Option(min=1, help="Instead of the recipe's own.")] = None,
    start: Annotated[str, typer.Option(help="A sentence: which weights it began with, if not from nothing.")] = "",
) -> None:
    """Measures the shipped codec of a recipe on what it never saw, and writes its card.md."""
    from ..analysis.evaluation import score, summarise
    from ..training import card as cards
    from ..training.checkpoint import LABELS
    from ..training.recipes import RECIPES

    if recipe not in RECIPES or data is None:
        raise InputError("A card needs a recipe ({names}) and --data.", names=", ".join(RECIPES))
    folder, codec, evaluations = zoo.folder_of(recipe), zoo.load(recipe), {}
    report = cards.report_of(RECIPES[recipe])
    for size in report.sizes:
        for group, signals in _grouped(codec.kind, data, size, split).items():
            for count in _depths(codec):
                scores = [score(codec, signal, report.quality, codebooks=count) for signal in signals]
                some = f", {count} of {codec.quantizer.num_codebooks} codebooks" if count else ""
                sides = f", {size} × {size}" if codec.kind == "image" else ""
                evaluations[f"{len(scores)} validation {group or report.things}{sides}{some}"] = summarise(scores)
    plan = replace(RECIPES[recipe], steps=steps) if steps else RECIPES[recipe]
    story = cards.Provenance(plan, provenance.read_text(encoding="utf-8"), start)
    text = cards.card_text(codec, LABELS[recipe], story, evaluations)
    (folder / "card.md").write_text(text, encoding="utf-8")


@app.command()
def vocabulary(output: Output, data: Data = None, size: Annotated[int, typer.Option(min=256)] = 4096) -> None:
    """Learns the pieces of an ordinary tokenizer from training texts, to be shown beside the codes."""
    from ..analysis.pieces import learn_pieces
    from ..data.texts import open_texts

    if data is None:
        raise InputError("Pieces are learned from texts: name a folder of them with --data.")
    texts = open_texts(data, "train")
    output.write_text(learn_pieces((bytes(content).decode() for content in texts.bytes), size), encoding="utf-8")
    print(f"{output}: {size:,} pieces of {', '.join(texts.names)}")


@app.command()
def describe(name: Name, data: Data = None, size: Size = None, limit: Limit = None, split: Split = None) -> None:
    """Writes what the page shows of a codebook beside its weights: usage, neighbours, examples."""
    from ..view import description

    folder, codec = zoo.folder_of(name), zoo.load(name)
    if data is None:
        raise InputError("A codebook is described by what uses it: name a folder of that with --data.")
    found = list(_signals(codec.kind, data, size or SIZES[codec.kind], limit=limit, split=split))
    signals = [signal for _, _, signal in found]
    examples = [signal for table, _, signal in found if table in FREE] or signals
    for k in range(codec.quantizer.num_codebooks):
        with notes.status("Codes are laid out by likeness …"):
            told = description.describe(codec, signals, k=k, examples=examples)
        description.write_description(folder, told, k=k)
        used = sum(count > 0 for count in told.counts)
        print(f"{folder}, codebook {k}: {used:,} of {told.codebook_size:,} codes used by {told.pictures:,} items")


def _signals(
    kind: str, folder: Path, size: int, *, limit: int | None, split: str | None
) -> Iterator[tuple[str, str, Tensor]]:
    """Table, name and signal of every item, fitted to `size`; what is broken is named and left out.

    Raises InputError for a folder or a split that does not exist, and when there is nothing in it.
    """
    from ..data.folders import closing_line, is_packed, list_files, read_files, skipped
    from ..data.images import PICTURES
    from ..data.labelled import DOMAINS
    from ..data.sounds import SOUNDS

    if not folder.is_dir():
        raise InputError("There is no folder “{folder}”.", folder=folder)
    if folder.name in DOMAINS:
        yield from _labelled(folder, limit=limit, split=split)
        return
    if split not in (None, "train", "val"):
        raise InputError("A split is train or val, not “{split}”.", split=split)
    if kind == "text":
        yield from _texts(folder, size, limit=limit, split=split)
        return
    things = {"image": PICTURES, "audio": SOUNDS}[kind]
    files = list_files(folder, things, split or ("val" if is_packed(folder) else None))
    files = files[:: max(1, len(files) // limit)][:limit] if limit else files
    read = read_files(files, things, lambda data: MODALITIES[kind].fit(data, size).signal)
    left_out = 0
    for file, signal in track(read, things.things, total=len(files), console=notes, transient=True):
        if isinstance(signal, InputError):
            notes.print(f"{file.key} is left out: {signal}", markup=False)
            left_out += 1
        else:
            yield file.table, file.key, signal
    if left_out == len(files):
        raise InputError("There are no {things} below “{folder}”.", things=things.things, folder=folder)
    if line := closing_line(things, len(files) - left_out, left_out, skipped(folder, things)):
        notes.print(line, markup=False)


def _labelled(folder: Path, *, limit: int | None, split: str | None) -> Iterator[tuple[str, str, Tensor]]:
    """Little pictures with names, in the one size they have."""
    from ..data.labelled import DOMAINS

    domain = DOMAINS[folder.name]
    data = domain.open(folder, split or "val")
    for i, labels in enumerate(data.labels[:limit]):
        yield "", f"{labels[-1]} {i + 1}", domain.usual(data, torch.tensor([i]))


def _texts(folder: Path, size: int, *, limit: int | None, split: str | None) -> Iterator[tuple[str, str, Tensor]]:
    from ..data.texts import first_texts, open_texts

    texts = open_texts(folder, split or "val")
    signals = first_texts(texts, size, limit=limit)
    each = len(signals) // len(texts.names)
    for i, signal in enumerate(signals):
        name = texts.names[i // each]
        yield name, f"{name} {i % each + 1}", signal[None]


def _grouped(kind: str, folder: Path, size: int, split: str | None) -> dict[str, list[Tensor]]:
    """Signals by the table that lists them; all together under "" where there is only one."""
    groups: dict[str, list[Tensor]] = {}
    for table, _, signal in _signals(kind, folder, size, limit=None, split=split):
        groups.setdefault(table, []).append(signal)
    return groups if len(groups) > 1 else {"": [signal for signals in groups.values() for signal in signals]}


def _print_evaluation(codec: "Codec", scores: "dict[str, Score]", result: "Evaluation") -> None:
    from ..analysis.rate import RATE_UNITS
    from ..training.feed import SOURCES

    rate, things = RATE_UNITS[codec.kind], SOURCES[codec.kind].things
    table = Table("measure", "mean", "lowest", "highest", title=f"{codec.name}, {len(scores)} {things}")
    columns = {unit(key): [s.quality[key] for s in scores.values() if key in s.quality] for key in result.quality}
    if usage := result.usage:
        columns[rate.unit] = [s.rate_bpp * rate.per_position for s in scores.values()]
        columns["codes in an item"] = [s.usage.used for s in scores.values()]
    for measure, values in columns.items():
        mean = sum(values) / len(values)
        table.add_row(measure, *(f"{value:.3f}" for value in (mean, min(values), max(values))))
    if usage:
        table.add_row("usage, all items", f"{usage.usage:.1%}", "", "")
        table.add_row("perplexity, all items", f"{usage.perplexity:.0f} of {usage.counts.numel()}", "", "")
    out.print(table)


def _depths(codec: "Codec") -> list[int | None]:
    """From one codebook to all, where the first ones are an encoding on their own; else all alone."""
    quantizer = codec.quantizer
    return list(range(1, quantizer.num_codebooks + 1)) if getattr(quantizer, "nested", False) else [None]
