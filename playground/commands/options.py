"""What the commands share: the application they belong to, their options, and how they print."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

# What only some commands need is imported inside them: training, torchvision, torchmetrics.

app = typer.Typer(
    help="Pictures and sounds as codes, and back.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
out, notes = Console(), Console(stderr=True)

Codec = Annotated[str, typer.Option("--codec", help="A name from `list`, or a checkpoint folder.")]
Name = Annotated[str, typer.Argument(help="A name from `list`, or a checkpoint folder.")]
Output = Annotated[Path, typer.Option("--output", "-o")]
Data = Annotated[Path | None, typer.Option("--data", help="A folder of pictures or sounds.")]
Size = Annotated[int | None, typer.Option(min=16, help="Side of the centre squares in pixels, or samples of a sound.")]
Limit = Annotated[int | None, typer.Option(min=1, help="Items at most, from all over the folder.")]
Split = Annotated[str | None, typer.Option(help="train or val; of loose files, all when missing.")]


def unit(key: str) -> str:
    """psnr_db → PSNR dB."""
    name, *rest = key.split("_")
    shown = " ".join([name.upper(), *rest]).replace(" db", " dB")
    return shown.replace("SI sdr", "SI-SDR").replace("MS ssim", "MS-SSIM")
