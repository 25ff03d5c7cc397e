"""The command that makes something new."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from PIL import Image
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from .. import makers
from ..media.modalities import MODALITIES
from .options import Output, app, notes

if TYPE_CHECKING:
    from ..priors.prior import Step

TOGETHER = 32  # made at a time
ENDINGS = {"image": "png", "audio": "wav", "text": "txt"}
COLUMNS, GAP = 8, 2  # of the contact sheet; pixels between its pictures
SHEET = "contact.png"


@app.command()
def generate(
    model: Annotated[str, typer.Option(help="A prior, or its checkpoint folder.")],
    output: Output,
    wanted: Annotated[str, typer.Option("--class", help="What it should be; anything when missing.")] = "",
    num_images: Annotated[int, typer.Option(min=1, max=10_000, help="Or sounds, or texts.")] = 8,
    seed: Annotated[int, typer.Option(help="The same number gives the same.")] = 0,
    steps: Annotated[int | None, typer.Option(help="What is missing here is the prior's own.")] = None,
    temperature: Annotated[float | None, typer.Option(help="Below 1 the usual, above 1 the unusual.")] = None,
    top_k: Annotated[int | None, typer.Option(help="Only so many of the likeliest codes; 0 for all.")] = None,
    top_p: Annotated[float | None, typer.Option(help="Only the likeliest codes that hold this share.")] = None,
    guidance: Annotated[float | None, typer.Option(help="1: the class as learned; more: more of it.")] = None,
) -> None:
    """New pictures, sounds or texts from codes alone: one file each, its tokens, and of pictures a contact sheet."""
    prior = makers.read_prior_folder(model) if Path(model).is_dir() else makers.load_prior(model)
    numbers = {"temperature": temperature, "top_k": top_k, "top_p": top_p, "guidance": guidance}
    sampling = replace(prior.config.sampling, **{name: n for name, n in numbers.items() if n is not None})
    asked = {"wanted": wanted, "steps": steps, "sampling": sampling}
    modality, made, names = MODALITIES[prior.codec.kind], [], []
    with Progress(BarColumn(), MofNCompleteColumn(), TextColumn("pictures"), console=notes, transient=True) as bar:
        task = bar.add_task("", total=num_images)
        for start in range(0, num_images, TOGETHER):
            count = min(TOGETHER, num_images - start)
            names += prior.config.vocabulary.drawn(wanted, count, seed=seed + start)
            for step in prior.sample(count, seed=seed + start, **asked):
                bar.update(task, completed=start + count * step.step / step.steps)
            output.mkdir(parents=True, exist_ok=True)
            made += _write(prior, modality, step, output, start, len(str(num_images - 1)))
    together = ""
    if modality.kind == "image":
        contact_sheet(made).save(output / SHEET)
        together = f", all together in {SHEET}"
    print(f"{output}: {num_images} by {prior.config.name}{together}")
    if set(names) != {wanted}:
        print(f"Of “{wanted}”, in order: {', '.join(names)}.")


def _write(prior, modality, step: "Step", folder: Path, start: int, digits: int) -> list[Any]:
    """A file and its tokens for each of a batch, numbered from `start`; and what was written, as the world calls it."""
    signals, made = prior.codec.decode(step.tokens), []
    for i, signal in enumerate(signals):
        name = f"{start + i:0{digits}}"
        made.append(modality.write(signal[None]))
        modality.save(made[-1], folder / f"{name}.{ENDINGS[modality.kind]}")
        step.tokens.with_indices(step.tokens.indices[i : i + 1]).save(folder / f"{name}.json")
    return made


def contact_sheet(pictures: list[Image.Image]) -> Image.Image:
    """All pictures, of one size, side by side on white."""
    width, height = pictures[0].size
    columns = min(COLUMNS, len(pictures))
    rows = -(-len(pictures) // columns)
    sheet = Image.new("RGB", (columns * (width + GAP) - GAP, rows * (height + GAP) - GAP), "white")
    for i, picture in enumerate(pictures):
        sheet.paste(picture, (i % columns * (width + GAP), i // columns * (height + GAP)))
    return sheet
