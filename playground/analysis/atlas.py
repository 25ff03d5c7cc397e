"""What a code looks like: decoded alone, and in the pictures that chose it."""

import heapq
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from ..core.codec import Codec
from ..core.tokens import Tokens

CONTEXT = 3  # an exemplar is this many cells wide, its own in the middle


@torch.inference_mode()
def tiles(codec: Codec, *, context: tuple[int, ...] = (), batch: int = 32) -> Tensor:
    """(V, 3, stride, stride) in [−1, 1]: one cell of a picture made of one code only.

    Each code fills a grid just large enough that the border cannot reach the cell in the
    middle, and that cell is kept. For codebook k of several, `context` names one code for
    each of the k codebooks before it: a residual code means nothing without them.
    """
    codebook_size, side = codec.quantizer.codebook_size, 2 * codec.reach + 1
    middle = (slice(codec.reach, codec.reach + 1),) * 2
    before = torch.tensor(context, dtype=torch.int64).reshape(1, -1, 1, 1)
    parts = []
    for codes in torch.arange(codebook_size).split(batch):
        filled = codes[:, None, None, None].expand(-1, 1, side, side)
        indices = torch.cat([before.expand(len(codes), -1, side, side), filled], dim=1)  # (n, k + 1, side, side)
        tokens = Tokens(indices, codebook_size, (side * codec.stride,) * 2, codec.name)
        parts.append(codec.decode_window(tokens, middle))  # (n, 3, stride, stride)
    return torch.cat(parts).clamp(-1, 1)


@dataclass(frozen=True, eq=False)
class Exemplar:
    """A cell of a real picture, and what is around it.

    picture      its number, in the order the pictures were given
    row, column  the cell
    pixels       (3·stride, 3·stride, 3) uint8, the cell in the middle
    """

    picture: int
    row: int
    column: int
    pixels: np.ndarray


class ExemplarCollector:
    """A fair choice of cells for each code, from pictures that pass by once.

    Every cell draws a random number, plus 1 for each cell of the same picture and code that
    was there before it; the smallest numbers stay (a reservoir: Vitter 1985, Random Sampling
    with a Reservoir). So pictures count alike, and one gives a second exemplar only where
    there are not enough pictures. At random, not by smallest distance: the visitor shall
    see how different the places are that share a code. Cells whose surroundings leave the
    picture are passed over.
    """

    def __init__(self, codebook_size: int, stride: int, *, per_code: int, seed: int) -> None:
        self.stride, self.per_code = stride, per_code
        self.random = np.random.default_rng(seed)
        self.pictures = 0
        self.kept: list[list[tuple]] = [[] for _ in range(codebook_size)]  # heaps, the largest number on top

    def add(self, picture: Tensor, indices: Tensor) -> None:
        """One picture (3, H, W) in [−1, 1] and the codes (h, w) of its cells."""
        height, width = (length // self.stride for length in picture.shape[1:])  # cells that are all picture
        inner = indices[1 : height - 1, 1 : width - 1]
        cells = self.random.permutation(inner.numel())
        codes = inner.flatten().numpy()[cells]
        numbers = _turns(codes) + self.random.random(len(codes))
        bytes_ = None
        for cell, code, number in zip(cells.tolist(), codes.tolist(), numbers.tolist(), strict=True):
            heap = self.kept[code]
            if len(heap) == self.per_code and number >= -heap[0][0]:
                continue
            bytes_ = to_bytes(picture) if bytes_ is None else bytes_
            row, column = cell // inner.shape[1] + 1, cell % inner.shape[1] + 1
            entry = (-number, self.pictures, row, column, self._patch(bytes_, row, column))
            if len(heap) < self.per_code:
                heapq.heappush(heap, entry)
            else:
                heapq.heapreplace(heap, entry)
        self.pictures += 1

    def exemplars(self) -> tuple[tuple[Exemplar, ...], ...]:
        """For each code, the exemplars kept so far; none for a code no inner cell chose."""
        return tuple(tuple(Exemplar(*entry[1:]) for entry in sorted(heap, reverse=True)) for heap in self.kept)

    def _patch(self, pixels: np.ndarray, row: int, column: int) -> np.ndarray:
        side = CONTEXT * self.stride
        top, left = ((place - CONTEXT // 2) * self.stride for place in (row, column))
        return pixels[top : top + side, left : left + side].copy()


def to_bytes(signals: Tensor) -> np.ndarray:
    """(…, 3, H, W) in [−1, 1] → (…, H, W, 3) uint8; what lies outside is clipped."""
    scaled = ((signals.movedim(-3, -1) + 1) * 127.5).round().clamp(0, 255)
    return scaled.to(torch.uint8).cpu().numpy()


def _turns(codes: np.ndarray) -> np.ndarray:
    """(n,) → (n,): how many equal codes stand before each one."""
    order = codes.argsort(kind="stable")
    ordered = codes[order]
    first = np.searchsorted(ordered, ordered)  # where each one's group begins
    turns = np.empty(len(codes), dtype=np.int64)
    turns[order] = np.arange(len(codes)) - first
    return turns
