"""What the page shows of a codebook: shipped beside the weights, or made from them on first use."""

import json
import threading

from .. import zoo
from ..core.errors import InputError
from ..view.sheets import part_name
from . import wire

PARTS = ("codebook.json", "tiles.jpg", "exemplars.webp")
RELATIVES = ("neighbours", "distances", "right", "below")  # lists with an entry for each code
LATER = (*RELATIVES, "map", "exemplar_pictures")  # most of codebook.json, and nothing the first look needs
_made: dict[tuple[str, int], dict[str, bytes]] = {}
_making = threading.Lock()


def part(codec_name: str, name: str, level: int = 0) -> bytes:
    """One of PARTS of one codebook of a listed codec.

    Raises InputError for any other name or level, or where there are no exemplars.
    """
    folder, codec = zoo.listed_folder(codec_name), zoo.load_listed(codec_name)
    wire.level_from(level, codec)
    if name not in PARTS:
        raise InputError("A codebook has no part of that name.")
    if all((folder / part_name(shipped, level)).is_file() for shipped in PARTS[:2]):
        return _read(folder / part_name(name, level))
    with _making:  # it takes half a minute: once is enough
        if (codec_name, level) not in _made:
            from ..view.description import describe_codebook  # scipy, which the shipped codecs do without

            _made[codec_name, level] = describe_codebook(codec, k=level).files()
    if name not in _made[codec_name, level]:
        raise InputError("There are no example patches for this codec.")
    return _made[codec_name, level][name]


def facts(codec_name: str, level: int = 0) -> dict:
    """codebook.json without what waits until somebody looks closer, and of the neighbours only the `nearest`."""
    book = _book(codec_name, level)
    nearest = [near[0] if near else -1 for near in book["neighbours"]]  # −1: there is no other code
    return {name: value for name, value in book.items() if name not in LATER} | {"nearest": nearest}


def relatives(codec_name: str, code: int, level: int = 0) -> dict:
    """The codes nearest to one code and the commonest to its right and below it."""
    book = _book(codec_name, level)
    if not 0 <= code < book["codebook_size"]:
        raise InputError("The codebook goes from 0 to {last}.", last=book["codebook_size"] - 1)
    return {name: book[name][code] if book[name] else [] for name in RELATIVES}


def places(codec_name: str, level: int = 0) -> dict:
    """Where each code stands on the map."""
    return {"map": _book(codec_name, level)["map"]}


def _book(codec_name: str, level: int) -> dict:
    return json.loads(part(codec_name, "codebook.json", level))


def _read(path) -> bytes:
    if not path.is_file():
        raise InputError("There are no example patches for this codec.")
    return path.read_bytes()
