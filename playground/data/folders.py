"""Items of a data set on disk: found in a folder, split, and read one by one. A bad one ends nothing."""

import csv
import hashlib
import os
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ..core.errors import InputError
from ..media.inputs import file_bytes, printable

HELD_BACK = 50  # one loose file in so many is kept for validation
COLUMNS = {"file", "pack", "split", "key"}  # of a table that lists the members of zip files


@dataclass(frozen=True, eq=False)
class Kind:
    """What is read from a folder.

    things    as messages call them: "pictures"
    suffixes  of loose files
    decode    a file's bytes → an array of `dtype`; raises InputError for a broken file
    dtype     of the arrays
    largest   bytes of a file; of a larger one only so many and one are read, and `decode` refuses it
    """

    things: str
    suffixes: frozenset[str]
    decode: Callable[[bytes], np.ndarray]
    dtype: type
    largest: int


@dataclass(frozen=True)
class DataFile:
    """An item on disk: a file of its own, or the member of a zip.

    key    its name in reports, printable; loose files are split by it
    table  name of the table that lists it, "" for a loose file
    """

    key: str
    path: Path
    member: str = ""
    table: str = ""


def list_files(folder: Path, kind: Kind, split: str | None = None) -> list[DataFile]:
    """The files of a split below `folder`, of all of them when it is missing."""
    if tables := _tables(folder):
        rows = [(table.stem, row) for table in tables for row in _rows(table) if split in (None, row["split"])]
        return [DataFile(row["key"], folder / row["pack"], row["file"], table) for table, row in rows]
    files = {file.key: file for file in loose_files(folder, kind)}
    if split is None:
        return list(files.values())
    # Those that would be held back are opened: one that cannot be read judges nothing.
    readable = lambda key: not isinstance(next(read_files([files[key]], kind))[1], InputError)  # noqa: E731
    kept = held_back(list(files), readable)
    return [file for key, file in files.items() if (key in kept) == (split == "val")]


def loose_files(folder: Path, kind: Kind) -> list[DataFile]:
    """Everything below `folder` that is called like one of this kind, by name."""
    paths = sorted(path for path in folder.rglob("*") if path.suffix.lower() in kind.suffixes)
    return [DataFile(printable(path.relative_to(folder).as_posix()), path) for path in paths]


def held_back(keys: list[str], readable: Callable[[str], bool] = lambda key: True) -> set[str]:
    """Which of these items are kept for validation: one in fifty, by name; of a handful one at least that is readable.

    More items move none into another split, unless the one of a handful.
    """
    kept = {key for key in keys if _number(key) % HELD_BACK == 0}
    if len(keys) > 1 and not any(readable(key) for key in sorted(kept)):
        others = sorted(set(keys) - kept, key=_number)
        kept |= {key for key in [next(filter(readable, others), None)] if key is not None}
    return kept


def read_files(
    files: list[DataFile], kind: Kind, read: Callable[[bytes], Any] | None = None
) -> Iterator[tuple[DataFile, Any]]:
    """Each file and what `read` makes of its bytes, the kind's array if not told, or the InputError that says why not.

    They are read when their turn comes.
    """
    read, archives = read or kind.decode, {}
    for file in files:
        try:
            yield file, read(_content(file, archives, kind.largest))
        except InputError as error:
            yield file, error


def skipped(folder: Path, kind: Kind) -> dict[str, int]:
    """How many loose files below `folder` are not of this kind, by suffix; {} of a folder of zip files."""
    if is_packed(folder):
        return {}
    others = (path for path in folder.rglob("*") if path.suffix.lower() not in kind.suffixes and path.is_file())
    return dict(Counter(printable(path.suffix.lower()) for path in others).most_common())


def closing_line(kind: Kind, count: int, left_out: int, others: dict[str, int]) -> str:
    """What was left out of a folder in one line, "" for nothing. `count` items were read, `others` is `skipped`."""
    lines = []
    if left_out:
        lines.append(f"{left_out} of {count + left_out} {kind.things} could not be read and are left out.")
    if others:
        named = ", ".join(f"{suffix or 'no suffix'} {number}" for suffix, number in others.items())
        lines.append(f"{sum(others.values())} other files are skipped: {named}.")
    return " ".join(lines)


def is_packed(folder: Path) -> bool:
    """Whether `folder` holds zip files and the tables that list their members."""
    return bool(_tables(folder))


def fingerprint(folder: Path, kind: Kind, version: int) -> str:
    """Changes whenever a file of the folder does, so that no old pack is taken for a new one."""
    files = sorted(folder.iterdir()) if is_packed(folder) else [file.path for file in loose_files(folder, kind)]
    states = [(str(file), *_state(file)) for file in files]
    return hashlib.md5(repr((version, folder.resolve(), states)).encode()).hexdigest()[:12]


def _state(path: Path) -> tuple[int, int]:
    try:
        status = path.stat()
    except OSError:  # a link that leads nowhere
        return (-1, -1)
    return (status.st_size, status.st_mtime_ns)


def _content(file: DataFile, archives: dict[Path, zipfile.ZipFile], most: int) -> bytes:
    if not file.member:
        return file_bytes(file.path, most)
    try:
        if file.path not in archives:
            archives[file.path] = zipfile.ZipFile(file.path)
        with archives[file.path].open(file.member) as member:
            return member.read(most + 1)
    except Exception as error:  # zip and deflate raise anything on damaged bytes
        raise InputError("“{name}” cannot be read out of its ZIP file.", name=file.member) from error


def _tables(folder: Path) -> list[Path]:
    found = []
    for path in sorted(folder.glob("*.csv")):
        if not path.is_file():
            continue
        with open(path, encoding="utf-8", errors="replace") as file:
            if set(next(csv.reader(file), [])) >= COLUMNS:
                found.append(path)
    return found


def _rows(table: Path) -> list[dict[str, str]]:
    with open(table, encoding="utf-8", errors="replace") as file:
        return list(csv.DictReader(file))


def _number(key: str) -> int:
    return int(hashlib.md5(os.fsencode(key)).hexdigest()[:8], 16)
