"""The one guarded reader of texts: whatever comes in, UTF-8 bytes or a sentence comes out."""

import codecs
import contextlib
import os

import numpy as np

from ..core.errors import InputError
from .inputs import file_bytes, plain

LARGEST_FILE = 2 * 2**20  # bytes
LONGEST_WHOLE = 2**17  # bytes of a text that is taken whole: its signal is a thousand times as large
FEW_BROKEN = 4  # characters beyond ASCII for each broken place, of a text that is taken for damaged UTF-8
USUAL = 0.4  # share of the Chinese characters of a text that are among the 6,763 of GB 2312
_MARKS = {  # the longer ones first: one of UTF-32 begins like one of UTF-16
    "utf-32": (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE),
    "utf-8-sig": codecs.BOM_UTF8,
    "utf-16": (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE),
}


def read_text(raw: object) -> bytes:
    """The UTF-8 bytes of a text: of a str, of a file's bytes, of an open file, or of the file at a path.

    A `str` is the text itself, never a path; halves of surrogate pairs in it become U+FFFD. Raises InputError for
    what is empty or too large, for a file that cannot be read, and for one in an unknown encoding.
    """
    raw = plain(raw, LARGEST_FILE)
    if isinstance(raw, os.PathLike):
        raw = file_bytes(raw, LARGEST_FILE)
    if isinstance(raw, np.ndarray) and raw.dtype == np.uint8 and raw.ndim == 1:
        raw = raw.tobytes()
    if not isinstance(raw, str | bytes):
        raise InputError(
            "A text is a str, or a file: its pathlib.Path, open, or its bytes; not {type}.", type=type(raw).__name__
        )
    if len(raw) > LARGEST_FILE:
        raise InputError("This text is too long: {limit} MB at most.", limit=LARGEST_FILE // 2**20)
    text = raw if isinstance(raw, str) else decoded(raw)
    data = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode()
    if not data:
        raise InputError("There is no text: type something, or choose another file.")
    return data


def decoded(data: bytes) -> str:
    """The text in a file's bytes: by its byte order mark, or as UTF-8, or as Chinese Windows writes it (GB18030).

    Of a UTF-8 text that is damaged here and there, each broken place becomes U+FFFD. Raises InputError where it is
    none of these.
    """
    encoding = next((name for name, marks in _MARKS.items() if data.startswith(marks)), "utf-8")
    with contextlib.suppress(UnicodeDecodeError):
        return data.decode(encoding)  # it may hold U+FFFD itself
    text = data.decode(encoding, errors="replace")
    broken = text.count("\ufffd")
    whole = sum(letter > "\x7f" for letter in text) - broken
    if not broken or whole >= FEW_BROKEN * broken:
        return text
    chinese = _chinese(data) if encoding == "utf-8" else ""
    if not chinese:
        raise InputError("This text is in an encoding that is not known here. Save it as UTF-8.")
    return chinese


def _chinese(data: bytes) -> str:
    """A text in GB18030, "" for what is none."""
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError:
        return ""
    # Nearly any two bytes of a Western encoding are some rare character of this one, so most have to be usual ones.
    foreign = [letter for letter in text if letter > "\x7f"]
    usual = sum(bool(letter.encode("gb2312", "ignore")) for letter in foreign)
    return text if len(foreign) > 1 and usual > USUAL * len(foreign) else ""


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
