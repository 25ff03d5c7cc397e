"""Data sets for training: found in a folder, read once, kept as one packed array on disk."""

import csv
import hashlib
import json
import os
import shutil
import tempfile
import warnings
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..core.errors import InputError

READERS = 2  # raised when a file is read otherwise than before, so that old packs are not taken for new ones
HELD_BACK = 50  # one loose file in so many is kept for validation
COLUMNS = {"file", "pack", "split", "key"}  # of a table that lists the members of zip files


@dataclass(frozen=True, eq=False)
class Kind:
    """What is read from a folder.

    things    as messages call them: "pictures"
    suffixes  of loose files
    decode    a file's bytes → an array of `dtype`; raises OSError, SyntaxError or ValueError for a broken file
    """

    things: str
    suffixes: frozenset[str]
    decode: Callable[[bytes], np.ndarray]
    dtype: type


@dataclass(frozen=True, eq=False)
class Pack:
    """Many arrays in one.

    values  (N,) all of them one after the other
    places  (M, 1 + axes) int64: where each begins, and its shape
    keys    (M,) names, for the report and the exemplars
    """

    values: np.ndarray
    places: np.ndarray
    keys: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.places)

    def __getitem__(self, i: int) -> np.ndarray:
        start, *shape = self.places[i]
        return self.values[start : start + int(np.prod(shape))].reshape(shape)


@dataclass(frozen=True)
class DataFile:
    """An item on disk: a file of its own, or the member of a zip.

    key    its name in reports; loose files are split by it
    table  name of the table that lists it, "" for a loose file
    """

    key: str
    path: Path
    member: str = ""
    table: str = ""


def open_pack(folder: str | os.PathLike, split: str, kind: Kind, *, cache: Path | None = None) -> Pack:
    """The items of one split ("train" or "val") below `folder`, packed on first use.

    The folder holds either zip files beside the tables (`.csv`) that list their members, or
    loose files, of which one in fifty, chosen by name, is kept for validation. Raises
    InputError when there is nothing to read.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise InputError("There is no data folder “{folder}”. Name one with --data.", folder=folder)
    cache = cache or Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "codebook-playground"
    place = cache / f"{kind.things}-{_fingerprint(folder, kind)}-{split}"
    if not place.exists():
        _write(_items(folder, split, kind), place)
    index = json.loads((place / "places.json").read_text(encoding="utf-8"))
    if not index["keys"]:
        raise InputError(
            "There are no {things} for {split} below “{folder}” (one in fifty is kept for val). Add more.",
            things=kind.things,
            split=split,
            folder=folder,
        )
    values = np.fromfile(place / "values.bin", dtype=kind.dtype)  # mapped, a busy machine would drop and reread it
    return Pack(values, np.array(index["places"]), tuple(index["keys"]))


def list_files(folder: Path, kind: Kind, split: str | None = None) -> list[DataFile]:
    """The files of a split below `folder`, of all of them when it is missing."""
    if tables := _tables(folder):
        rows = [(table.stem, row) for table in tables for row in _rows(table) if split in (None, row["split"])]
        return [DataFile(row["key"], folder / row["pack"], row["file"], table) for table, row in rows]
    files = [DataFile(path.relative_to(folder).as_posix(), path) for path in _loose(folder, kind)]
    kept = {file for file in files if _number(file.key) % HELD_BACK == 0}
    if len(files) > 1:  # of a handful, one at least
        kept = kept or {min(files, key=lambda file: _number(file.key))}
    return [file for file in files if split is None or (file in kept) == (split == "val")]


def read_files(files: list[DataFile]) -> Iterator[tuple[str, bytes]]:
    """Key and content of each file, read when its turn comes."""
    archives: dict[Path, zipfile.ZipFile] = {}
    for file in files:
        if file.member and file.path not in archives:
            archives[file.path] = zipfile.ZipFile(file.path)
        yield file.key, archives[file.path].read(file.member) if file.member else file.path.read_bytes()


def is_packed(folder: Path) -> bool:
    """Whether `folder` holds zip files and the tables that list their members."""
    return bool(_tables(folder))


def _tables(folder: Path) -> list[Path]:
    found = []
    for path in sorted(folder.glob("*.csv")):
        with open(path, encoding="utf-8", errors="replace") as file:
            if set(next(csv.reader(file), [])) >= COLUMNS:
                found.append(path)
    return found


def _rows(table: Path) -> list[dict[str, str]]:
    with open(table, encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _loose(folder: Path, kind: Kind) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.suffix.lower() in kind.suffixes)


def _number(key: str) -> int:
    return int(hashlib.md5(key.encode()).hexdigest()[:8], 16)


def _fingerprint(folder: Path, kind: Kind) -> str:
    """Changes whenever a file of the folder does, so that no old pack is taken for a new one."""
    files = sorted(folder.iterdir()) if is_packed(folder) else _loose(folder, kind)
    states = [(str(file), file.stat().st_size, file.stat().st_mtime_ns) for file in files]
    return hashlib.md5(repr((READERS, folder.resolve(), states)).encode()).hexdigest()[:12]


def _items(folder: Path, split: str, kind: Kind) -> Iterator[tuple[str, np.ndarray]]:
    for key, data in read_files(list_files(folder, kind, split)):
        try:
            yield key, kind.decode(data)
        except (OSError, SyntaxError, ValueError) as error:
            # One broken file among thousands must not end a night's work before it begins.
            warnings.warn(f"{key} is left out: {error}", stacklevel=2)


def _write(items: Iterator[tuple[str, np.ndarray]], place: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(dir=place.parent))
    places, keys, start = [], [], 0
    with open(temporary / "values.bin", "wb") as file:
        for key, values in items:
            file.write(values.tobytes())
            places.append((start, *values.shape))
            keys.append(key)
            start += values.size
    (temporary / "places.json").write_text(json.dumps({"places": places, "keys": keys}), encoding="utf-8")
    try:
        temporary.rename(place)  # last, so that nobody ever sees half a pack
    except OSError:
        shutil.rmtree(temporary)
        if not place.exists():  # else another process was faster, and its pack is as good
            raise
