"""The one guarded reader of texts: whatever comes in, UTF-8 bytes or a sentence comes out."""

import os
from pathlib import Path

from ..core.errors import InputError

LARGEST_FILE = 2 * 2**20  # bytes


def read_text(raw: str | bytes | os.PathLike) -> bytes:
    """The bytes of a text, of a file's content, or of the file at a path; always valid UTF-8.

    A `str` is the text itself, never a path. What is no UTF-8 in a file becomes U+FFFD, and so
    do halves of surrogate pairs. A byte order mark is no part of a text. Raises InputError for
    what is empty or too large, and for a file that cannot be read.
    """
    if isinstance(raw, str):
        data = raw.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode()
    elif isinstance(raw, bytes | bytearray):
        data = _valid(bytes(raw[: LARGEST_FILE + 1]))
    else:
        data = _valid(_file(Path(raw)))
    if not data:
        raise InputError("There is no text: type something, or choose another file.")
    if len(data) > LARGEST_FILE:
        raise InputError("This text is too long: {limit} MB at most.", limit=LARGEST_FILE // 2**20)
    return data


def _valid(data: bytes) -> bytes:
    return data.decode("utf-8-sig", errors="replace").encode()


def _file(path: Path) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read(LARGEST_FILE + 1)
    except OSError as error:
        raise InputError("“{name}” cannot be read: {reason}.", name=path.name, reason=error.strerror or "") from None


def from_character(data: bytes, place: int) -> int:
    """The nearest place at or after `place` where a character begins, the end of the text at most."""
    while place < len(data) and data[place] & 0xC0 == 0x80:
        place += 1
    return place


def at_character(data: bytes, place: int) -> int:
    """The nearest place at or before `place` where a character begins."""
    while 0 < place < len(data) and data[place] & 0xC0 == 0x80:
        place -= 1
    return place
