"""The codecs there are: a folder of checkpoint folders, read when asked for."""

import os
import re
import shutil
import threading
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from .core.codec import Codec
from .core.errors import InputError
from .core.tokens import Tokens
from .models.convolution import count_parameters
from .models.folder import CONFIG, WEIGHTS, read_config, read_weights, shown
from .registry.shelf import Shelf, cards, file_stamp, module_bytes, scan

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")  # what may stand in an address
JOINT = "joint-"  # what the folders of joint models begin with: they are no codecs, see joints.py
MOST_LENT = 40  # codecs beside the catalogue
VARIABLE = "CODEBOOK_PLAYGROUND_CHECKPOINTS"  # the environment variable that names another folder


@dataclass(frozen=True)
class Card:
    """What there is to know of a codec before its weights are read.

    name           of its folder; what `load` takes and tokens carry
    modality       "image", "audio" or "text"
    codebook_size  V
    num_codebooks  K
    stride         samples a cell stands for, along every axis
    parameters     numbers it learned
    """

    name: str
    title: str
    modality: str
    quantizer: str
    codebook_size: int
    num_codebooks: int
    stride: int
    parameters: int
    paper: str
    licence: str


class Zoo:
    """The codecs below one folder. Safe to ask from several threads at once."""

    def __init__(self, folder: str | os.PathLike) -> None:
        self.folder = Path(folder).resolve()
        self._shelf: Shelf[Codec] = Shelf(module_bytes)
        self._lent: dict[str, Path] = {}
        self._lock = threading.Lock()

    def catalogue(self) -> list[Card]:
        """A card for every checkpoint folder, by name; broken ones are left out with a logged warning."""
        return cards(self._folders(), lambda name, folder: _card(folder, name))

    def load(self, name_or_folder: str | os.PathLike) -> Codec:
        """The codec of a name in the catalogue, or of any checkpoint folder: frozen, in eval mode.

        It is read once and kept. When its files change it is read again; should that fail, the
        one in memory stays and the log says why. Raises InputError for a folder that holds none.
        """
        return self._fetch(self.folder_of(name_or_folder))

    def card(self, name_or_folder: str | os.PathLike) -> Card:
        """The card of one codec. Raises InputError where `load` would, unless only the weights are broken."""
        folder = self.folder_of(name_or_folder)
        return _card(folder, self._name(folder))

    def load_listed(self, name: str) -> Codec:
        """`load` for names from the web: only a name in the catalogue, never a path."""
        return self._fetch(self.listed_folder(name))

    def stamp(self, name: str) -> tuple:
        """Of a listed codec's files: another one when they change. For caches of what was computed with it."""
        return file_stamp(self.listed_folder(name), CONFIG, WEIGHTS)

    def folder_of(self, name_or_folder: str | os.PathLike) -> Path:
        """The checkpoint folder that `load` would read. Raises InputError when there is none."""
        path = Path(name_or_folder)
        listed = str(name_or_folder) in {folder.name for folder in self._known()}
        return path.resolve() if path.is_dir() and not listed else self.listed_folder(str(name_or_folder))

    def listed_folder(self, name: str) -> Path:
        """The checkpoint folder of a name in the catalogue. Raises InputError for any other."""
        # Names are compared with what is there; no path is ever made of one.
        for folder in (*self._known(), *self._lent.values()):
            if folder.name == name:
                return folder
        raise self._unknown(str(name))

    def names(self) -> list[str]:
        """The names that `load_listed` takes."""
        return sorted({folder.name for folder in (*self._known(), *self._lent.values())})

    def lend(self, folder: Path) -> None:
        """Takes a checkpoint folder from elsewhere under its own name, though not into the catalogue.

        Who knows the name can use it. Of many, the oldest are given up, and their folders with them.
        """
        with self._lock:
            self._lent[folder.name] = folder.resolve()
            while len(self._lent) > MOST_LENT:
                oldest = self._lent.pop(next(iter(self._lent)))
                self._shelf.drop(oldest)
                shutil.rmtree(oldest, ignore_errors=True)

    def new_folder(self, name: str) -> Path:
        """Where a new codec of the catalogue would live. Raises InputError for a name that is none, or is taken."""
        if not NAME.fullmatch(name):
            raise InputError("“{name}” is no name for a codec: letters, digits, “.”, “-” and “_”.", name=name[:80])
        if name.startswith(JOINT):
            raise InputError("Names that begin with “{start}” are those of joint models. Choose another.", start=JOINT)
        if (self.folder / name).exists():
            raise InputError("There is a codec “{name}” already. Choose another name.", name=name)
        return self.folder / name

    def _folders(self) -> dict[str, Path]:
        paths = self.folder.iterdir() if self.folder.is_dir() else ()
        return scan(paths, lambda name: NAME.fullmatch(name) and not name.startswith(JOINT))

    def _known(self) -> list[Path]:
        """The folders there are and those in memory, whose folder may be away while it is exchanged."""
        held = [path for path in self._shelf.held() if path.parent == self.folder]
        return sorted({*self._folders().values(), *held})

    def _name(self, folder: Path) -> str:
        """Of a folder in the catalogue or lent its own: it is unique, a copied config is not. "" of others."""
        return folder.name if folder.parent == self.folder or folder.name in self._lent else ""

    def _unknown(self, name: str) -> InputError:
        names = ", ".join(self._folders())
        if not names:
            folder = self.folder.name
            return InputError("There is no codec “{name}”; “{folder}” holds none.", name=name[:80], folder=folder)
        return InputError("There is no codec “{name}”. There are: {names}.", name=name[:80], names=names)

    def _fetch(self, folder: Path) -> Codec:
        stamp = partial(file_stamp, folder, CONFIG, WEIGHTS)
        return self._shelf.fetch(folder, stamp, lambda: _read(folder, self._name(folder)))


def check_codes(codec: Codec) -> None:
    """Raises InputError when the codec has no codes and so makes no tokens."""
    if not codec.quantizer.num_codebooks:
        raise InputError("“{codec}” has no codes: what it makes of a signal is continuous.", codec=codec.name)


def check_fit(codec: Codec, tokens: Tokens) -> None:
    """Raises InputError when `tokens` are not of this codec or their grid does not fit their size."""
    if tokens.codec and tokens.codec != codec.name:
        raise InputError("These tokens belong to “{other}”, not to “{codec}”.", other=tokens.codec, codec=codec.name)
    quantizer = codec.quantizer
    fewest = 1 if getattr(quantizer, "nested", False) else quantizer.num_codebooks
    counted = fewest <= tokens.num_codebooks <= quantizer.num_codebooks
    if tokens.codebook_size != quantizer.codebook_size or not counted:
        raise InputError("These tokens are of another codebook than “{codec}”.", codec=codec.name)
    if tokens.grid != tuple(-(-length // codec.stride) for length in tokens.size):
        raise InputError(
            "A grid of {grid} does not fit a signal of {size}.", grid=str(tokens.grid), size=str(tokens.size)
        )


_zoo = Zoo(os.environ.get(VARIABLE) or Path(__file__).parents[1] / "checkpoints")


def use_folder(folder: str | os.PathLike) -> None:
    """Takes the codecs below `folder` from now on. Raises InputError when there is no such folder."""
    global _zoo
    if not Path(folder).is_dir():
        raise InputError("There is no checkpoints folder “{folder}”.", folder=folder)
    _zoo = Zoo(folder)


def root() -> Path:
    """The folder that all the checkpoint folders are in."""
    return _zoo.folder


def catalogue() -> list[Card]:
    """A card for every codec there is, by name; no weights are read."""
    return _zoo.catalogue()


def names() -> list[str]:
    """The names that `load_listed` takes: of the catalogue, and of codecs that were lent."""
    return _zoo.names()


def load(name_or_folder: str | os.PathLike) -> Codec:
    """The codec of that name or folder, cached, frozen, in eval mode. Raises InputError when there is none."""
    return _zoo.load(name_or_folder)


def load_listed(name: str) -> Codec:
    """`load` for names from the web: only one of the catalogue, never a path. Raises InputError otherwise."""
    return _zoo.load_listed(name)


def stamp(name: str) -> tuple:
    """Another value whenever a listed codec's files change. Raises InputError where there is none."""
    return _zoo.stamp(name)


def new_folder(name: str) -> Path:
    """Where a new codec of the catalogue would live. Raises InputError for a name that is none, or is taken."""
    return _zoo.new_folder(name)


def lend(folder: Path) -> None:
    """Takes a checkpoint folder from elsewhere, under its own name, for who knows that name."""
    _zoo.lend(folder)


def card(name_or_folder: str | os.PathLike) -> Card:
    """The card of one codec. Raises InputError when there is none."""
    return _zoo.card(name_or_folder)


def folder_of(name_or_folder: str | os.PathLike) -> Path:
    """Where `load` would read a codec. Raises InputError when there is none."""
    return _zoo.folder_of(name_or_folder)


def listed_folder(name: str) -> Path:
    """Where a codec of the catalogue lives; for names from the web. Raises InputError for any other name."""
    return _zoo.listed_folder(name)


def _card(folder: Path, name: str) -> Card:
    if not (folder / WEIGHTS).is_file():
        raise InputError("There is no {file}.", file=shown(folder / WEIGHTS))
    config, label, network = read_config(folder)
    return Card(
        name=name or config.name,
        title=label.title,
        modality=config.modality,
        quantizer=label.quantizer,
        codebook_size=network.quantizer.codebook_size,
        num_codebooks=network.quantizer.num_codebooks,
        stride=network.stride,
        parameters=count_parameters(network),
        paper=label.paper,
        licence=label.licence,
    )


def _read(folder: Path, name: str) -> Codec:
    _, _, network = read_config(folder)
    codec = read_weights(folder, network)
    codec.name = name or codec.name  # tokens carry it
    return codec
