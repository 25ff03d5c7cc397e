"""The packed file: one item's tokens in as few bytes as they take, and 5 to 8 bytes that say what they are.

From 1,000 bytes on it is 7 to 15 bytes. A short file of a very large signal has 13: where `shape` needs its 8 bytes, as
of one codebook for a side beyond 4,096 pixels, of eight beyond 1,448 pixels or 131 s.

| bytes          | what                                                                                              |
| -------------- | ------------------------------------------------------------------------------------------------- |
| 1              | 110 (magic and version 1) · 1 bit: whether the file has 1,000 bytes or more · 2 bits: how the     |
|                | body is coded (`Coding`) · 2 bits: length of `shape`                                              |
| 2              | `identity`: of the codec's name, or of the prior's, the first 16 bits of its SHA-256              |
| 0, 2, 3 or 8   | `shape`: size of the signal and number of codebooks as one number; nothing where the prior says   |
| any            | the body                                                                                          |
| 2 or 4         | check sum: CRC-16 of files below 1,000 bytes, CRC-32 of others                                    |

Numbers are big-endian. The check sum begins with what both ends must share (`key`: the codec's name and codebook, for
some bodies a prior's weights), so that it also tells codecs of one identity apart.

Bodies:
* RAW        the indices as digits of a number in base V, 16,384 of them at a time: ceil(n log2 V / 8) bytes
* ORDER_0    an arithmetic code; frequencies begin equal and count what went by, so there are no tables
* USAGE      the same, beginning with how often the codec uses its codes elsewhere
* PRIOR      an arithmetic code under a causal prior
"""

import hashlib
import zlib
from binascii import crc_hqx
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from math import gcd, isqrt

import numpy as np

from ..core.errors import InputError
from .arithmetic import LARGEST_TOTAL, Reader, Writer

SUFFIX = ".cbp"
MAGIC = 0b110  # and version 1
SHAPE_BYTES = (0, 2, 3, 8)
IDENTITY_BYTES = 2
LONG = 1000  # bytes of a file from which on its check sum has 32 bits; it also says so, lest it be cut to less
BLOCK = 2**14  # indices that make one number; of more, dividing takes too long
CHUNK = 128  # of a block that are divided in one go
MOST_USES = 2**26  # of a codebook elsewhere that are taken into account


class Coding(IntEnum):
    """How the body of a file is coded."""

    RAW = 0
    ORDER_0 = 1
    USAGE = 2
    PRIOR = 3


# --- the container ------------------------------------------------------------------------


@dataclass(frozen=True)
class Packed:
    """A file taken apart, its check sum not yet compared.

    identity  of the codec or prior, see `identity`
    shape     see `shape_number`; None where the prior says it
    """

    coding: Coding
    identity: int
    shape: int | None
    body: bytes
    checked: bytes
    check_sum: bytes

    def is_whole(self, key: bytes) -> bool:
        """Whether the check sum is that of an unaltered file made with `key`."""
        return self.check_sum == _check_sum(key, self.checked, len(self.check_sum))


def identity(name: str) -> int:
    """16 bits that stand for the name of a codec or prior."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:IDENTITY_BYTES])


def seal(coding: Coding, name: str, key: bytes, shape: int | None, body: bytes) -> bytes:
    """The file of a body; `name` is that of the prior under PRIOR, else of the codec. See `shape_number`, `Packed`."""
    digits = _shape_bytes(shape)
    check = _check_bytes(1 + IDENTITY_BYTES + digits + len(body))
    first = MAGIC << 5 | (check == 4) << 4 | coding << 2 | SHAPE_BYTES.index(digits)
    checked = bytes([first]) + identity(name).to_bytes(IDENTITY_BYTES) + (shape or 0).to_bytes(digits) + body
    return checked + _check_sum(key, checked, check)


def file_bytes(shape: int | None, body_bytes: int) -> int:
    """The size of a file whose body has so many bytes."""
    most = 1 + IDENTITY_BYTES + _shape_bytes(shape) + body_bytes
    return most + _check_bytes(most)


def is_packed(data: bytes) -> bool:
    """Whether a file begins as a packed one of this version does."""
    return bool(data) and data[0] >> 5 == MAGIC


def take_apart(data: bytes) -> Packed:
    """A file in its parts. Raises InputError for what is no packed file of version 1, or too short for one."""
    if data and not is_packed(data):
        raise InputError(
            "This is no packed token file of version 1: what another version wrote, or `pack` before its files had a "
            "check sum, must be packed again."
        )
    first = data[0] if data else 0
    check, digits = 4 if first >> 4 & 1 else 2, SHAPE_BYTES[first & 3]
    begin = 1 + IDENTITY_BYTES + digits
    if len(data) < begin + check or (check == 4) != (len(data) >= LONG):
        raise InputError("This packed file is damaged or cut short: its length is wrong. Save or download it again.")
    shape = int.from_bytes(data[begin - digits : begin]) if digits else None
    name = int.from_bytes(data[1 : 1 + IDENTITY_BYTES])
    return Packed(Coding(first >> 2 & 3), name, shape, data[begin:-check], data[:-check], data[-check:])


def shape_number(size: tuple[int, ...], codebooks: int, most: int) -> int:
    """The size of a signal, of one or two axes, and its number of codebooks out of `most`, as one number.

    Pairs (height, width) are counted along growing squares (Szudzik 2006): small pictures have small numbers.
    """
    *above, last = (length - 1 for length in size)
    for first in above:
        last = last**2 + first if first < last else first**2 + first + last
    return last * most + codebooks - 1


def shape_of(number: int, rank: int, most: int) -> tuple[tuple[int, ...], int]:
    """The size and the number of codebooks that `shape_number` made a number of."""
    pair, codebooks = divmod(number, most)
    if rank == 1:
        return (pair + 1,), codebooks + 1
    side = isqrt(pair)
    rest = pair - side**2
    height, width = (rest, side) if rest < side else (side, rest - side)
    return (height + 1, width + 1), codebooks + 1


def _shape_bytes(shape: int | None) -> int:
    if shape is None:
        return 0
    return next(digits for digits in SHAPE_BYTES[1:] if shape < 256**digits)


def _check_bytes(before: int) -> int:
    return 2 if before + 2 < LONG else 4


def _check_sum(key: bytes, data: bytes, digits: int) -> bytes:
    # Turned over at the end, or zeros behind a whole file would not be noticed; zlib's CRC-32 does so itself.
    value = ~crc_hqx(data, crc_hqx(key, 0xFFFF)) & 0xFFFF if digits == 2 else zlib.crc32(data, zlib.crc32(key))
    return value.to_bytes(digits)


# --- raw bodies ---------------------------------------------------------------------------


def raw_body(codes: Iterable[int], size: int) -> bytes:
    """Indices below `size` as digits."""
    codes = list(codes)
    blocks = [codes[start : start + BLOCK] for start in range(0, len(codes), BLOCK)]
    return b"".join(_number(block, size).to_bytes(_block_bytes(len(block), size)) for block in blocks)


def raw_codes(body: bytes, count: int, size: int) -> list[int]:
    """`count` indices of a raw body. Raises InputError where it is not theirs."""
    if len(body) != raw_bytes(count, size):
        raise _damaged()
    codes, begin = [], 0
    for start in range(0, count, BLOCK):
        length = min(BLOCK, count - start)
        end = begin + _block_bytes(length, size)
        value = int.from_bytes(body[begin:end])
        if value >= size**length:
            raise _damaged()
        codes += _digits(value, size, length)
        begin = end
    return codes


def raw_bytes(count: int, size: int) -> int:
    """Bytes of a raw body of `count` indices: ceil(count log2 size / 8) up to 16,384 of them."""
    whole, rest = divmod(count, BLOCK)
    return (whole * _block_bytes(BLOCK, size) if whole else 0) + _block_bytes(rest, size)


@lru_cache(maxsize=256)
def _block_bytes(count: int, size: int) -> int:
    return ((size**count - 1).bit_length() + 7) // 8


def _number(digits: list[int], base: int) -> int:
    """The first digit is the last in rank. In two steps: a long number is multiplied less often."""
    chunks = [_joined(digits[start : start + CHUNK], base) for start in range(0, len(digits), CHUNK)]
    return _joined(chunks, base**CHUNK)


def _joined(digits: list[int], base: int) -> int:
    value = 0
    for digit in reversed(digits):
        value = value * base + digit
    return value


def _digits(value: int, base: int, count: int) -> list[int]:
    found: list[int] = []
    while len(found) < count:
        value, chunk = divmod(value, base**CHUNK)
        for _ in range(min(CHUNK, count - len(found))):
            chunk, digit = divmod(chunk, base)
            found.append(digit)
    return found


def _damaged() -> InputError:
    return InputError("The body of this packed file is not that of its tokens. Save or download it again.")


# --- order-0 bodies -----------------------------------------------------------------------


class Frequencies:
    """How often each of V codes is expected: what was known before, and what went by. Whole numbers, so exact anywhere.

    A code has the probability (n_c + V p_c) / (n + V): n_c of the n codes before were this one, and p_c is its share
    in `uses` (add one half; 1 / V where nothing is known). See analysis/coding.py for what that costs in all.
    """

    def __init__(self, size: int, uses: np.ndarray | None = None) -> None:
        known = np.zeros(size, np.int64) if uses is None else np.asarray(uses, np.int64)
        while known.sum() > MOST_USES:
            known = known // 2
        share = 2 * known + 1
        common = gcd(size, int(share.sum()))
        self._one = int(share.sum()) // common  # what a code that goes by counts
        self._parts, self._total = size // common * share, size * self._one

    def put(self, writer: Writer, code: int) -> None:
        begin = int(self._parts[:code].sum())
        writer.narrow(begin, begin + int(self._parts[code]), self._total)
        self._count(code)

    def take(self, reader: Reader) -> int:
        ends = self._parts.cumsum()
        code = int(ends.searchsorted(reader.place(self._total), side="right"))
        end = int(ends[code])
        reader.narrow(end - int(self._parts[code]), end, self._total)
        self._count(code)
        return code

    def _count(self, code: int) -> None:
        self._parts[code] += self._one
        self._total += self._one
        if self._total > LARGEST_TOTAL:
            raise ValueError(f"{self._total} is more than a total of frequencies can be")


def put_order_0(writer: Writer, codes: np.ndarray, size: int, uses: list[np.ndarray] | None = None) -> None:
    """Writes indices (K, N), one codebook after the other, each with frequencies of its own."""
    for k, row in enumerate(codes.tolist()):
        frequencies = Frequencies(size, uses and uses[k])
        for code in row:
            frequencies.put(writer, code)


def take_order_0(reader: Reader, shape: tuple[int, int], size: int, uses: list[np.ndarray] | None = None) -> np.ndarray:
    """The indices (K, N) that `put_order_0` wrote."""
    codes = np.empty(shape, np.int64)
    for k, row in enumerate(codes):
        frequencies = Frequencies(size, uses and uses[k])
        for place in range(len(row)):
            row[place] = frequencies.take(reader)
    return codes


def order_0_body(codes: np.ndarray, size: int, uses: list[np.ndarray] | None = None) -> bytes:
    """An ORDER_0 body of indices (K, N); with `uses` a USAGE body."""
    writer = Writer()
    put_order_0(writer, codes, size, uses)
    return writer.finish()
