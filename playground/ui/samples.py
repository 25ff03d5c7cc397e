"""The sample pictures: what there is, small views of them, and the exact signal behind a name."""

import json
from functools import lru_cache
from pathlib import Path

from PIL import Image
from torch import Tensor

from ..core.errors import InputError
from ..core.modality import IMAGE
from . import wire

EXAMPLES = Path(__file__).parents[2] / "assets" / "examples"
ADDRESS = "bench/square/"  # what stands before a sample's name where the page shows it
BENCH_SIZE = 256  # pixels; the bench scales the centre square of every picture to it
THUMBNAIL = 88  # pixels for 64 points: sharp enough at a third of the bytes


@lru_cache(maxsize=1)
def listed() -> tuple[dict, ...]:
    """The sample pictures: name, file, credit, licence."""
    return tuple(json.loads((EXAMPLES / "credits.json").read_text(encoding="utf-8")))


def data(name: str) -> bytes:
    """The file of a sample. Raises InputError for a name that is not in the list."""
    if name not in {entry["name"] for entry in listed()}:
        raise InputError("There is no sample picture of that name.")
    return (EXAMPLES / f"{name}.webp").read_bytes()


def signal(name: str, size: int) -> Tensor:
    """(1, 3, size, size): the centre square of a sample, as the bench encodes it."""
    return IMAGE.fit(data(name), size).signal


def named(original: object) -> str | None:
    """The sample's name, when `original` is the address of one rather than a picture."""
    if isinstance(original, str) and original.startswith(ADDRESS):
        return original.removeprefix(ADDRESS)
    return None


def original(message: dict) -> Tensor:
    """(1, C, *size): the picture that a message holds, or the sample that it names."""
    name = named(message.get("original"))
    return IMAGE.read(wire.from_data_url(message.get("original"))) if name is None else signal(name, BENCH_SIZE)


@lru_cache(maxsize=64)
def square(name: str, size: int = 256) -> bytes:
    """A WebP of a sample's centre square: to look at, a quarter of the size of the exact one."""
    return wire.webp(IMAGE.write(signal(name, size)), 75)


@lru_cache(maxsize=1)
def strip() -> bytes:
    """All samples side by side in the order of the list, THUMBNAIL pixels each, as one WebP."""
    thumbnails = [IMAGE.write(signal(entry["name"], THUMBNAIL)) for entry in listed()]
    whole = Image.new("RGB", (THUMBNAIL * len(thumbnails), THUMBNAIL))
    for place, thumbnail in enumerate(thumbnails):
        whole.paste(thumbnail, (place * THUMBNAIL, 0))
    return wire.webp(whole, 50)
