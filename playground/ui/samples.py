"""The samples of each medium: what there is, small views of the pictures, and the exact signal behind a name."""

import json
from functools import lru_cache
from pathlib import Path

from PIL import Image
from torch import Tensor

from ..core.errors import InputError
from ..media.modalities import IMAGE
from . import media, wire

EXAMPLES = Path(__file__).parents[2] / "assets" / "examples"
FOLDERS = {"image": EXAMPLES, "audio": EXAMPLES / "sounds", "text": EXAMPLES / "texts"}
# What stands before a name where the page fetches it.
ADDRESSES = {"image": "bench/square/", "audio": "bench/sound/", "text": "bench/text/"}
THUMBNAIL = 88  # pixels for 64 points: sharp enough at a third of the bytes


@lru_cache(maxsize=4)
def listed(kind: str = "image") -> tuple[dict, ...]:
    """The samples of one medium: name, file, credit, licence. Raises InputError for a medium without a bench."""
    media.of(kind)
    return tuple(json.loads((FOLDERS[kind] / "credits.json").read_text(encoding="utf-8")))


def data(name: str, kind: str = "image") -> bytes:
    """The file of a sample. Raises InputError for a name that is not in the list."""
    for entry in listed(kind):
        if entry["name"] == name:
            return (FOLDERS[kind] / entry["file"]).read_bytes()
    raise InputError("There is no sample of that name.")


@lru_cache(maxsize=32)
def opened(name: str, kind: str = "image") -> media.Opened:
    """A sample as it is on the bench: its signal must not be written to."""
    return media.of(kind).open(data(name, kind))


def address(name: str, kind: str) -> str:
    """Where the page fetches a sample, and what it sends in place of the sample itself."""
    return ADDRESSES[kind] + name


def original(message: dict, kind: str) -> Tensor:
    """(1, C, *size): the picture, sound or text that a message holds, or the sample that it names."""
    given = message.get("original")
    if isinstance(given, str) and given.startswith(ADDRESSES[kind]):
        return opened(given.removeprefix(ADDRESSES[kind]), kind).signal
    return media.of(kind).modality.read(wire.from_data_url(given))


def sound(name: str) -> wire.File:
    """A WAV of a sample sound, as the bench encodes it."""
    return opened(name, "audio").file


def text(name: str) -> wire.File:
    """A sample text, as the bench encodes it."""
    return opened(name, "text").file


@lru_cache(maxsize=64)
def square(name: str, size: int = 256) -> bytes:
    """A WebP of a sample's centre square: to look at, a quarter of the size of the exact one."""
    return wire.webp(_square(name, size), 75)


@lru_cache(maxsize=1)
def strip() -> bytes:
    """All sample pictures side by side in the order of the list, THUMBNAIL pixels each, as one WebP."""
    thumbnails = [_square(entry["name"], THUMBNAIL) for entry in listed()]
    whole = Image.new("RGB", (THUMBNAIL * len(thumbnails), THUMBNAIL))
    for place, thumbnail in enumerate(thumbnails):
        whole.paste(thumbnail, (place * THUMBNAIL, 0))
    return wire.webp(whole, 50)


def _square(name: str, size: int) -> Image.Image:
    return IMAGE.write(IMAGE.fit(data(name), size).signal)
