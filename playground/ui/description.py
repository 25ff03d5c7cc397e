"""What the page shows of a codebook: shipped beside the weights, or made from them on first use."""

import threading

from .. import zoo
from ..core.errors import InputError

PARTS = ("codebook.json", "tiles.webp", "exemplars.webp")
_made: dict[str, dict[str, bytes]] = {}
_making = threading.Lock()


def part(codec_name: str, name: str) -> bytes:
    """One of PARTS of a listed codec. Raises InputError for any other name, or where there are no exemplars."""
    folder = zoo.listed_folder(codec_name)
    if name not in PARTS:
        raise InputError("A codebook has no part of that name.")
    if all((folder / shipped).is_file() for shipped in PARTS[:2]):
        return _read(folder / name)
    with _making:  # it takes half a minute: once is enough
        if codec_name not in _made:
            from ..view.description import describe_codebook  # scipy, which the shipped codecs do without

            _made[codec_name] = describe_codebook(zoo.load_listed(codec_name)).files()
    if name not in _made[codec_name]:
        raise InputError("There are no example patches for this codec.")
    return _made[codec_name][name]


def _read(path) -> bytes:
    if not path.is_file():
        raise InputError("There are no example patches for this codec.")
    return path.read_bytes()
