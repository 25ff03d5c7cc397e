"""Data sets for training: read once, kept as one packed array on disk."""

import json
import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..core.errors import InputError
from .folders import DataFile, Kind, closing_line, fingerprint, held_back, is_packed, list_files, read_files, skipped

READERS = 3  # raised when a file is read otherwise than before, so that old packs are not taken for new ones


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


def open_pack(folder: str | os.PathLike, split: str, kind: Kind, *, cache: Path | None = None) -> Pack:
    """The items of one split ("train" or "val") below `folder`, packed on first use.

    The folder holds either zip files beside the tables (`.csv`) that list their members, or
    loose files, of which one in fifty, chosen by name among those that can be read, is kept for validation. Of what
    is left out each is named once in a warning, and all are counted in a last one. Raises InputError when there is
    nothing to read, or of loose files only one.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise InputError("There is no data folder “{folder}”. Name one with --data.", folder=folder)
    cache = cache or Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "codebook-playground"
    loose = not is_packed(folder)
    place = cache / f"{kind.things}-{fingerprint(folder, kind, READERS)}-{'all' if loose else split}"
    if not place.exists():
        _write(read_files(list_files(folder, kind, None if loose else split), kind), place)
    index = json.loads((place / "places.json").read_text(encoding="utf-8"))
    if line := closing_line(kind, len(index["keys"]), index["left_out"], skipped(folder, kind)):
        warnings.warn(line, stacklevel=2)
    chosen = _chosen(index["keys"], split, folder, kind) if loose else range(len(index["keys"]))
    if not chosen:
        raise InputError(
            "There are no {things} for {split} below “{folder}” (one in fifty is kept for val). Add more.",
            things=kind.things,
            split=split,
            folder=folder,
        )
    return _opened(place, index, list(chosen), kind)


def _chosen(keys: list[str], split: str, folder: Path, kind: Kind) -> list[int]:
    """Numbers of the loose items of a split."""
    if len(keys) == 1:
        raise InputError(
            "Of {things} below “{folder}” only one can be read: two are needed, one to learn from and one to be "
            "judged by. Add more.",
            things=kind.things,
            folder=folder,
        )
    kept = held_back(keys)
    return [i for i, key in enumerate(keys) if (key in kept) == (split == "val")]


def _opened(place: Path, index: dict, chosen: list[int], kind: Kind) -> Pack:
    path, places = place / "values.bin", np.array(index["places"], dtype=np.int64)
    keys = tuple(index["keys"][i] for i in chosen)
    if len(chosen) == len(places):  # read, not mapped: a busy machine would drop and reread it
        return Pack(np.fromfile(path, dtype=kind.dtype), places, keys)
    mapped, places = np.memmap(path, dtype=kind.dtype, mode="r"), places[chosen]
    lengths = places[:, 1:].prod(1)
    values = np.concatenate([mapped[start : start + n] for start, n in zip(places[:, 0], lengths, strict=True)])
    places[:, 0] = np.cumsum(lengths) - lengths
    return Pack(values, places, keys)


def _write(items: Iterator[tuple[DataFile, np.ndarray | InputError]], place: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(dir=place.parent))
    places, keys, start, left_out = [], [], 0, 0
    with open(temporary / "values.bin", "wb") as out:
        for file, values in items:
            if isinstance(values, InputError):
                # One broken file among thousands must not end a night's work before it begins.
                warnings.warn(f"{file.key} is left out: {values}", stacklevel=3)
                left_out += 1
                continue
            out.write(values.tobytes())
            places.append((start, *values.shape))
            keys.append(file.key)
            start += values.size
    index = {"places": places, "keys": keys, "left_out": left_out}
    (temporary / "places.json").write_text(json.dumps(index), encoding="utf-8")
    try:
        temporary.rename(place)  # last, so that nobody ever sees half a pack
    except OSError:
        shutil.rmtree(temporary)
        if not place.exists():  # else another process was faster, and its pack is as good
            raise
