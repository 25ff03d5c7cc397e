"""Arithmetic coding: symbols whose probabilities both ends know become a file of hardly more bits than they are worth.

A whole message is one number in [0, 1). Every symbol narrows the interval that this number lies in to the share
that belongs to the symbol, as wide as its probability is large (Rissanen, Langdon 1979; in this form, bytes out
and a carry back into them, Martin 1979, Range encoding). A narrow interval takes many digits to point into:
−log2 p for a message of probability p, and at most a byte more.
"""

import torch
from torch import Tensor

TOTAL = 2**24  # into how many equal parts an interval is cut: no probability is told more finely
LARGEST_TOTAL = 2**48  # of frequencies that are given as whole numbers: some precision of the interval is left
WHOLE, NARROW, TOP = 2**64, 2**56, 56  # the interval at first; below which width a byte is written; its shift


def shares(probabilities: Tensor) -> Tensor:
    """Probabilities (…, V) float64 → (…, V + 1) int64 from 0 to TOTAL: symbol s has the parts [s] to [s + 1].

    Every symbol gets one part at least, so that nothing is impossible; what rounding leaves goes to the likeliest.
    From equal numbers equal parts: both ends must have the very same probabilities. Raises ValueError for what
    are none.
    """
    size = probabilities.shape[-1]
    if probabilities.dtype != torch.float64 or size >= TOTAL:
        raise ValueError(f"{size} probabilities of {probabilities.dtype} cannot be cut into {TOTAL} parts")
    if not probabilities.isfinite().all() or (probabilities < 0).any() or (probabilities.sum(-1) <= 0).any():
        raise ValueError("probabilities are finite, not negative, and not all zero")
    parts = (probabilities / probabilities.sum(-1, keepdim=True) * (TOTAL - size)).floor().long() + 1
    left = TOTAL - parts.sum(-1, keepdim=True)
    parts.scatter_add_(-1, parts.argmax(-1, keepdim=True), left)
    return torch.cat([torch.zeros_like(left), parts.cumsum(-1)], -1)


class Writer:
    """Symbols in, bytes out."""

    def __init__(self) -> None:
        self._low, self._width, self._bytes = 0, WHOLE, bytearray()

    def put(self, symbol: int, bounds: Tensor) -> None:
        """Narrows the interval to that of a symbol; `bounds` (V + 1,) are as `shares` gives them."""
        begin, end = bounds[symbol : symbol + 2].tolist()
        self.narrow(begin, end, TOTAL)

    def narrow(self, begin: int, end: int, total: int) -> None:
        """Narrows the interval to the parts from `begin` to `end` of `total` equal ones, at most LARGEST_TOTAL."""
        part = self._width // total
        self._low, self._width = self._low + begin * part, (end - begin) * part
        while self._width < NARROW:  # the first byte of all numbers in the interval is settled, but for a carry
            self._settle()

    def finish(self) -> bytes:
        """The file: the shortest number in the interval. What a reader finds after its end is zeros."""
        digits = next(n for n in range(9) if self._pointer(n) < self._low + self._width)
        self._low = self._pointer(digits)
        for _ in range(digits):
            self._settle()
        self._carry()
        return bytes(self._bytes).rstrip(b"\0")

    def _pointer(self, digits: int) -> int:
        """The least number of so many bytes that is not below the interval."""
        step = WHOLE >> 8 * digits
        return -(-self._low // step) * step

    def _settle(self) -> None:
        self._carry()
        self._bytes.append(self._low >> TOP)
        self._low, self._width = self._low % NARROW << 8, self._width << 8

    def _carry(self) -> None:
        """What has grown beyond the interval's digits is added to the bytes before them."""
        place = len(self._bytes) - 1
        while self._low >= WHOLE:
            while self._bytes[place] == 255:
                self._bytes[place] = 0
                place -= 1
            self._bytes[place] += 1
            self._low -= WHOLE


class Reader:
    """Bytes in, symbols out: the same narrowing, led by where the number lies."""

    def __init__(self, data: bytes) -> None:
        self._rest, self._width = iter(data), WHOLE
        self._number = 0  # its distance from the beginning of the interval
        for _ in range(8):
            self._read()

    def take(self, bounds: Tensor) -> int:
        """The next symbol, of the same `bounds` that it was put with. Of other bounds, or of no such file, any."""
        symbol = int(torch.searchsorted(bounds, self.place(TOTAL), right=True)) - 1
        begin, end = bounds[symbol : symbol + 2].tolist()
        self.narrow(begin, end, TOTAL)
        return symbol

    def place(self, total: int) -> int:
        """In which of `total` equal parts of the interval the number lies."""
        return min(self._number // (self._width // total), total - 1)  # rounding leaves a rim that belongs to nobody

    def narrow(self, begin: int, end: int, total: int) -> None:
        """Narrows the interval as the writer did."""
        part = self._width // total
        self._number, self._width = self._number - begin * part, (end - begin) * part
        while self._width < NARROW:
            self._width <<= 8
            self._read()

    def _read(self) -> None:
        self._number = (self._number << 8) + next(self._rest, 0)
