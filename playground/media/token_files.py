"""Token files: JSON to read with the eye, NPZ to read fast. Never a pickle."""

import io
import json
import os
import zipfile
from itertools import chain
from math import prod
from pathlib import Path

import numpy as np
import torch

from ..core.errors import InputError
from ..core.tokens import Tokens
from .inputs import file_bytes

FORMAT = "codebook-playground-tokens"
VERSION = 1
LARGEST_FILE = 12 * 2**20  # bytes, packed or unpacked
LARGEST_GRID = 2**20  # tokens in one file, which fit LARGEST_FILE however they are written
MOST_LISTS = 2**21 + 99  # rows in one JSON; an empty one takes two bytes in the file and a hundred in memory


def to_json(tokens: Tokens) -> str:
    """One JSON object: format, version, codec, codebook_size, size, indices. Raises InputError beyond 2²⁰ tokens."""
    return json.dumps(_header(tokens) | {"indices": tokens.indices.tolist()}, separators=(",", ":"))


def to_npz(tokens: Tokens) -> bytes:
    """The same as an NPZ: array `indices`, and `header`, the rest as JSON text. Raises InputError beyond 2²⁰ tokens."""
    small = np.uint16 if tokens.codebook_size <= 2**16 else np.int64
    file = io.BytesIO()
    header = np.array(json.dumps(_header(tokens)))
    np.savez_compressed(file, indices=tokens.indices.cpu().numpy().astype(small), header=header)
    return file.getvalue()


def from_json(text: str | bytes) -> Tokens:
    """The tokens of a JSON text. Raises InputError, in the reader's words."""
    if len(text) > LARGEST_FILE:
        raise _too_large()
    text = text.encode(errors="replace") if isinstance(text, str) else text
    if text.count(b"[") + text.count(b"{") > MOST_LISTS:
        raise _foreign()
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        raise InputError("This file is not valid JSON, so it holds no tokens.") from None
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise _foreign()
    _check_header(data)
    return _tokens(_grid(data.get("indices")), data)


def from_bytes(data: bytes) -> Tokens:
    """The tokens of a file's bytes, JSON or NPZ. Raises InputError for anything that is no token file."""
    if not data:
        raise InputError("This file is empty (0 bytes). Choose another, or save it anew.")
    if len(data) > LARGEST_FILE:
        raise _too_large()
    return _from_npz(data) if data[:2] == b"PK" else from_json(data)


def save(tokens: Tokens, path: str | os.PathLike) -> None:
    """Writes `tokens` to `path`, JSON or NPZ by its ending. Raises InputError where that cannot be done."""
    path = Path(path)
    match path.suffix.lower():
        case ".json":
            data = to_json(tokens).encode()
        case ".npz":
            data = to_npz(tokens)
        case _:
            raise InputError("Tokens are saved as .json, .npz or .cbp, not as “{name}”.", name=path.name)
    write(data, path)


def write(data: bytes, path: str | os.PathLike) -> None:
    """Writes a file. Raises InputError where that cannot be done."""
    path = Path(path)
    try:
        path.write_bytes(data)
    except OSError as error:
        raise InputError(
            "The file “{name}” cannot be written: {reason}.", name=path.name, reason=error.strerror
        ) from error


def load(path: str | os.PathLike) -> Tokens:
    """The tokens of a file. Raises InputError for anything that is no token file."""
    return from_bytes(file_bytes(path, LARGEST_FILE))


def _header(tokens: Tokens) -> dict:
    if tokens.indices.numel() > LARGEST_GRID:
        raise InputError(
            "A token file holds up to {limit} tokens; these are {count}.",
            limit=LARGEST_GRID,
            count=tokens.indices.numel(),
        )
    return {
        "format": FORMAT,
        "version": VERSION,
        "codec": tokens.codec,
        "codebook_size": tokens.codebook_size,
        "size": list(tokens.size),
    }


def _grid(nested: object) -> np.ndarray:
    """Lists in lists as an int64 array; level by level, because numpy takes true for 1 and pads texts to gigabytes."""
    shape, level = [], [nested]
    while level and set(map(type, level)) == {list}:
        if len(set(map(len, level))) > 1:
            raise InputError("The token grid is ragged: its rows have different lengths.")
        shape.append(len(level[0]))
        level = list(chain.from_iterable(level))
    if set(map(type, level)) - {int}:
        raise InputError("Tokens are whole numbers; this file holds something else.")
    try:
        return np.array(level, dtype=np.int64).reshape(shape)
    except OverflowError:
        raise InputError("A token of this file is out of range: it does not even fit 64 bits.") from None


def _from_npz(data: bytes) -> Tokens:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            indices, text = _array(archive, "indices.npy"), _array(archive, "header.npy")
        header = json.loads(text.item())
    except InputError:
        raise
    except Exception as error:  # zip, deflate and numpy's header raise anything on hostile bytes
        raise _damaged() from error
    if not isinstance(header, dict) or header.get("format") != FORMAT:
        raise _foreign()
    _check_header(header)
    if indices.dtype.kind not in "iu":
        raise InputError("Tokens are whole numbers; this file holds something else.")
    return _tokens(indices, header)


def _array(archive: zipfile.ZipFile, name: str) -> np.ndarray:
    entry = archive.getinfo(name)
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise _damaged()
    # The size in the directory of a zip can lie, so the bytes really read are capped too.
    if entry.file_size > LARGEST_FILE:
        raise _too_large()
    with archive.open(entry) as file:
        raw = file.read(LARGEST_FILE + 1)
    stream = io.BytesIO(raw)
    if np.lib.format.read_magic(stream) != (1, 0):
        raise _damaged()
    shape, fortran, dtype = np.lib.format.read_array_header_1_0(stream)
    if dtype.hasobject:
        raise InputError("This NPZ file holds objects instead of numbers; it is not opened.")
    # What the header promises is compared with what is there; nothing is allocated on its word.
    if len(raw) - stream.tell() != prod(shape) * dtype.itemsize:
        raise _damaged()
    return np.frombuffer(raw, dtype, offset=stream.tell()).reshape(shape, order="F" if fortran else "C")


def _check_header(header: dict) -> None:
    version, codec = header.get("version"), header.get("codec", "")
    size, codebook_size = header.get("size"), header.get("codebook_size")
    if not _is_whole(version) or version != VERSION:
        raise InputError(
            "This token file has version {version}; version {expected} is read here.",
            version=str(version)[:20],
            expected=VERSION,
        )
    if not _is_whole(codebook_size) or not 1 <= codebook_size <= 2**24:
        raise InputError("The token file names no usable codebook size.")
    if not isinstance(size, list) or not 1 <= len(size) <= 3 or not all(_is_whole(n) and 1 <= n <= 2**24 for n in size):
        raise InputError("The token file does not say how large the signal is.")
    if not isinstance(codec, str) or len(codec) > 255 or not codec.isprintable():
        raise InputError("The token file names no usable codec.")


def _tokens(indices: np.ndarray, header: dict) -> Tokens:
    if indices.ndim != len(header["size"]) + 2 or not 1 <= indices.size <= LARGEST_GRID:
        raise InputError("The token grid has the wrong shape {shape}.", shape=str(indices.shape))
    low, high, codebook_size = int(indices.min()), int(indices.max()), header["codebook_size"]
    if low < 0 or high >= codebook_size:
        raise InputError(
            "Token {token} is out of range: the codebook goes from 0 to {last}.",
            token=low if low < 0 else high,
            last=codebook_size - 1,
        )
    grid = torch.from_numpy(indices.astype(np.int64, order="C"))
    return Tokens(grid, codebook_size, tuple(header["size"]), header.get("codec", ""))


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _foreign() -> InputError:
    return InputError("This file was not written by Codebook Playground: it holds no tokens. Choose a token file.")


def _damaged() -> InputError:
    return InputError("This NPZ file is damaged or holds no tokens. Save or download it again.")


def _too_large() -> InputError:
    return InputError(
        "This file is too large to be a token file: they have up to {limit} MB, also when unpacked.",
        limit=LARGEST_FILE // 2**20,
    )
