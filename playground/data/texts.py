"""Texts for training: lines of several files, as bytes."""

import gzip
import io
import warnings
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from ..core.errors import InputError
from ..media.inputs import file_bytes, printable
from ..media.texts import decoded

LARGEST_FILE = 2**30  # bytes of a file of training texts, also when unpacked
LETTERS = (0x20, 0x7F), (0xA0, 0x250), (0x370, 0x590), (0x5D0, 0x700), (0x900, 0xDFF), (0x3040, 0x3100)
SYLLABLES = (0xAC00, 0xD7A4), (0x4E00, 0x9FFF)
STRANGE = 0.06  # share of training pieces that are strings of anything Unicode has
SYMBOLS = (0x1F300, 0x1FAFF)


@dataclass(frozen=True, eq=False)
class Texts:
    """Some files of lines.

    names   (F,) of the files
    bytes   (F,) arrays (n,) uint8: all lines of a file, each with its line break
    starts  (F,) arrays (m,) int64: where each line begins
    """

    names: tuple[str, ...]
    bytes: tuple[np.ndarray, ...]
    starts: tuple[np.ndarray, ...]


def open_texts(folder: Path, split: str) -> Texts:
    """The texts of one split ("train" or "val") below `folder`: files `….SPLIT.txt` or `….SPLIT.txt.gz`.

    Of lines with tabs the first two columns count, as two lines: they are pairs of sentences
    with a source behind them. A file that cannot be read is named in a warning and left out. Raises InputError when
    there are no others.
    """
    paths = sorted(
        path for path in Path(folder).rglob("*") if path.name.endswith((f".{split}.txt", f".{split}.txt.gz"))
    )
    if not paths:
        raise InputError(
            "There are no texts for {split} below “{folder}”: files named ….{split}.txt or ….{split}.txt.gz.",
            split=split,
            folder=folder,
        )
    read = {path: _read(path) for path in paths}
    for path in [path for path, content in read.items() if isinstance(content, InputError)]:
        warnings.warn(f"{printable(path.name)} is left out: {read.pop(path)}", stacklevel=2)
    if len(read) < len(paths):
        warnings.warn(f"{len(paths) - len(read)} of {len(paths)} texts are left out.", stacklevel=2)
    if not read:
        raise InputError("None of the texts for {split} below “{folder}” can be read.", split=split, folder=folder)
    paths, contents = list(read), list(read.values())
    breaks = [np.flatnonzero(content == 10) + 1 for content in contents]
    starts = tuple(np.concatenate([[0], found[:-1]]) for found in breaks)
    return Texts(tuple(printable(path.name).split(".")[0] for path in paths), tuple(contents), starts)


def _read(path: Path) -> np.ndarray | InputError:
    """(n,) uint8, all lines of a file; the InputError that says why there are none."""
    try:
        data = file_bytes(path, LARGEST_FILE)
        if path.suffix == ".gz":
            with gzip.GzipFile(fileobj=io.BytesIO(data)) as unpacked:
                data = unpacked.read(LARGEST_FILE + 1)
        if len(data) > LARGEST_FILE:
            raise InputError("This text is too long: {limit} MB at most.", limit=LARGEST_FILE // 2**20)
        lines = decoded(data).splitlines()
    except (OSError, EOFError, zlib.error) as error:
        return InputError("The file “{name}” cannot be read: {reason}.", name=printable(path.name), reason=str(error))
    except InputError as error:
        return error
    parts = [part for line in lines for part in line.split("\t")[:2] if part]
    if not parts:
        return InputError("There is no text: type something, or choose another file.")
    return np.frombuffer(("\n".join(parts) + "\n").encode(), np.uint8)


def random_texts(texts: Texts, count: int, length: int, *, generator: torch.Generator) -> Tensor:
    """(count, 256, length') float, one-hot bytes: pieces of random files, or of anything that is Unicode.

    Each file counts by the root of its size, so that small ones are heard. Half of the pieces
    begin with a line, the others anywhere a character begins. All pieces of a batch are equally
    long, batches are not: from an eighth of `length` to all of it, and then the more of them.
    """
    share = int(torch.randint(4, (), generator=generator))
    count, length = count << share, length >> share
    weights = torch.tensor([len(content) ** 0.5 for content in texts.bytes])
    files = torch.multinomial(weights, count, replacement=True, generator=generator).tolist()
    pieces = [_piece(texts, file, length, generator) for file in files]
    return one_hot(torch.stack(pieces))


def first_texts(texts: Texts, length: int, *, limit: int | None = None) -> Tensor:
    """(N, 256, length): pieces that begin with lines evenly spread over every file."""
    each = max(1, (limit or 256) // len(texts.bytes))
    pieces = []
    for content, starts in zip(texts.bytes, texts.starts, strict=True):
        usable = starts[starts + length <= len(content)]
        chosen = usable[np.linspace(0, len(usable) - 1, each).astype(int)] if len(usable) else usable
        pieces += [torch.from_numpy(content[start : start + length].copy()) for start in chosen]
    if not pieces:
        raise InputError("No text holds {length} bytes from the beginning of a line. Add longer ones.", length=length)
    return one_hot(torch.stack(pieces))


def one_hot(values: Tensor) -> Tensor:
    """(B, T) uint8 → (B, 256, T) float of 0 and 1."""
    return torch.nn.functional.one_hot(values.long(), 256).float().transpose(1, 2).contiguous()


def _piece(texts: Texts, file: int, length: int, generator: torch.Generator) -> Tensor:
    u = torch.rand(3, generator=generator).tolist()
    if u[0] < STRANGE:
        return _strange(length, generator)
    content, starts = texts.bytes[file], texts.starts[file]
    if u[1] < 0.5:
        start = int(starts[int(u[2] * len(starts))])
    else:
        start = int(u[2] * len(content))
        while 0 < start < len(content) and content[start] & 0xC0 == 0x80:  # within a character
            start += 1
    piece = content[start : start + length]
    if len(piece) < length:  # the file ends: it begins again
        piece = np.concatenate([piece, np.resize(content, length - len(piece))])
    return torch.from_numpy(piece.copy())


def _strange(length: int, generator: torch.Generator) -> Tensor:
    """Characters of some script at random: names, formulas, emoji, what no sentence of ours has."""
    ranges = [*LETTERS, *SYLLABLES, SYMBOLS]
    first, last = ranges[int(torch.randint(len(ranges), (), generator=generator))]
    points = torch.randint(first, last, (length,), generator=generator).tolist()
    written = "".join(map(chr, points)).encode("utf-8", errors="replace")[:length]
    return torch.from_numpy(np.frombuffer(written, np.uint8).copy())
