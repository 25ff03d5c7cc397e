"""What the page shows of a codebook: shipped beside the weights, or made from them on first use."""

import gzip
import json
import threading

from .. import zoo
from ..analysis import geometry
from ..core.errors import InputError
from ..view.sheets import BOOK, part_name
from . import media, wire

PARTS = (BOOK, "tiles.jpg", "exemplars.webp")
REELS = {"audio": "reel.ogg", "text": "reel.txt"}  # pieces of real signals, for all codebooks of a codec
RELATIVES = ("neighbours", "distances", "right", "below")  # lists with an entry for each code
LATER = (*RELATIVES, "map", "exemplar_pictures", "places")  # most of a book, and nothing the first look needs
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
    if (folder / part_name(PARTS[0], level)).is_file():
        return _read(folder / part_name(name, level))
    with _making:  # it takes half a minute: once is enough
        if (codec_name, level) not in _made:
            from ..view.description import describe_codebook  # scipy, which the shipped codecs do without

            _made[codec_name, level] = describe_codebook(codec, k=level).files()
    if name not in _made[codec_name, level]:
        raise InputError("There are no example patches for this codec.")
    return _made[codec_name, level][name]


def facts(codec_name: str, level: int = 0) -> dict:
    """A book without what waits until somebody looks closer, and of the neighbours only the `nearest`."""
    known = book(codec_name, level)
    nearest = [near[0] if near else -1 for near in known["neighbours"]]  # −1: there is no other code
    return {name: value for name, value in known.items() if name not in LATER} | {"nearest": nearest}


def relatives(codec_name: str, code: int, level: int = 0) -> dict:
    """The codes nearest to one code and the commonest to its right and below it."""
    known = book(codec_name, level)
    if not 0 <= code < known["codebook_size"]:
        raise InputError("The codebook goes from 0 to {last}.", last=known["codebook_size"] - 1)
    return {name: known[name][code] if known[name] else [] for name in RELATIVES}


def places(codec_name: str, level: int = 0) -> dict:
    """Where each code stands on the map."""
    return {"map": book(codec_name, level)["map"]}


def reel(codec_name: str) -> wire.File:
    """The reel of a codec for sounds or texts. Raises InputError for a codec that has none."""
    name = REELS.get(zoo.load_listed(codec_name).kind, "")
    path = zoo.listed_folder(codec_name) / name
    if not path.is_file():
        raise InputError("There are no examples to show for this codec.")
    return wire.File(name, path.read_bytes())


def exemplars(codec_name: str, level: int = 0) -> dict:
    """Where in the reel each code occurs, {places: [[second or byte at which such a cell begins]]}; [] without one."""
    codec, known = zoo.load_listed(codec_name), book(codec_name, level)
    unit = media.of(codec.kind).unit
    return {"places": [[cell * codec.stride / unit for cell in cells] for cells in known.get("places", [])]}


def mean_code(codec_name: str, level: int) -> int:
    """The code nearest to the mean of a codebook, of its codes by use where a reference set is known."""
    file = zoo.listed_folder(codec_name) / part_name(BOOK, level)
    if file.is_file():
        return _open(file.read_bytes())["mean_code"]
    return geometry.mean_code(zoo.load_listed(codec_name).codebook(level))


def book(codec_name: str, level: int = 0) -> dict:
    """All that is known of a codebook: see view.description.Description."""
    return _open(part(codec_name, BOOK, level))


def _open(packed: bytes) -> dict:
    return json.loads(gzip.decompress(packed))


def _read(path) -> bytes:
    if not path.is_file():
        raise InputError("There are no example patches for this codec.")
    return path.read_bytes()
