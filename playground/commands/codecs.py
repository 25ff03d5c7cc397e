"""Commands that turn pictures and sounds into tokens and back."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from .. import decode as decode_tokens
from .. import encode as encode_raw
from .. import zoo
from ..core.errors import InputError
from ..core.tokens import Tokens
from ..media.modalities import MODALITIES
from .options import Codec, Name, Output, app, out, unit


@app.callback()
def options(
    checkpoints: Annotated[Path | None, typer.Option(help="Folder of the checkpoint folders.")] = None,
) -> None:
    """Pictures and sounds as codes, and back."""
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
    """The tokens of a picture or a sound, as .json or .npz."""
    tokens = encode_raw(codec, file)
    tokens.save(output)
    grid = " × ".join(map(str, tokens.grid))
    print(f"{output}: {grid} tokens of {tokens.codebook_size:,} codes, {tokens.bits / 8:,.0f} bytes if packed")


@app.command()
def decode(file: Path, output: Output, codec: Annotated[str, typer.Option(help="Made with another one.")] = "") -> None:
    """The picture or sound of a token file."""
    tokens = Tokens.load(file)
    # What a file says of itself may only pick from the catalogue, never name a folder.
    name = codec or zoo.listed_folder(tokens.codec)
    _save(zoo.load(name).kind, decode_tokens(name, tokens), output)
    print(output)


@app.command()
def reconstruct(file: Path, output: Output, codec: Codec = "image-vq") -> None:
    """A picture or a sound there and back, and what that cost."""
    from ..analysis.evaluation import score
    from ..analysis.rate import RATE_UNITS

    model = zoo.load(codec)
    modality = MODALITIES[model.kind]
    signal = modality.read(file)
    _save(model.kind, modality.write(model.reconstruct(signal)), output)
    result = score(model, signal, modality.quality)
    cost = ""
    if result.usage:
        used, size = result.usage.used, model.quantizer.codebook_size
        rate = RATE_UNITS[model.kind]
        cost = f", {result.rate_bpp * rate.per_position:.3f} {rate.unit}, {used:,} of {size:,} codes"
    print(f"{output}: {_quality(result.quality)}{cost}")


@app.command()
def share(name: Name, other: Annotated[str, typer.Argument(help="The codec it was started from.")]) -> None:
    """Leave out of a codec's weights those that another codec of the same folder has as well."""
    from ..training.checkpoint import leave_out

    before, after = leave_out(zoo.listed_folder(name), zoo.listed_folder(other))
    print(f"{name}: {before / 1e6:.1f} MB, now {after / 1e6:.1f} MB without what {other} has")


def _quality(quality: dict[str, float]) -> str:
    return ", ".join(f"{unit(key)} {value:.3f}" for key, value in quality.items())


def _save(kind: str, raw: object, path: Path) -> None:
    try:
        MODALITIES[kind].save(raw, path)
    except (ValueError, KeyError):  # of an ending that its library does not know
        raise InputError(
            "This cannot be saved as “{name}”. Try .png for a picture, .wav for a sound.", name=path.name
        ) from None
