"""Tokens under a causal prior: the body of a packed file that is as small as the prior says.

Both ends have the codec, the prior, and this rule:

* The grid is cut into windows as large as the prior's grid. One at the border that is cut short is thought to go
  on with itself from its beginning; what is only thought is not written.
* All windows go side by side, place by place in the prior's order, each place with the probabilities that the prior
  gives after all before it in its window, when nothing in particular is wanted.

A lost bit of a probability would lose everything after it: both ends run the network the same way, one place after
the other, and cut its probabilities to whole numbers. It may still fail with another library or kind of processor.
"""

import math
import zlib
from itertools import product

import torch
from torch import Tensor

from ..core.tokens import Tokens
from ..media.arithmetic import Reader, Writer, shares
from ..models.dit import Past
from .causal import Causal
from .prior import in_rows

TOGETHER = 16  # windows that are looked at in one go


def covers(prior: Causal, tokens: Tokens) -> bool:
    """Whether there are as many codebooks as the prior knows: of fewer it knows no probabilities."""
    return tokens.num_codebooks >= prior.config.trunk.grid[0]


def fingerprint(prior: Causal) -> bytes:
    """Four bytes that other weights do not have: another version of a prior expects other tokens."""
    value = 0
    for name, weight in sorted(prior.network.state_dict().items()):
        value = zlib.crc32(weight.detach().cpu().contiguous().numpy().tobytes(), zlib.crc32(name.encode(), value))
    return value.to_bytes(4)


@torch.inference_mode()
def cross_entropy(prior: Causal, cells: Tensor) -> float:
    """Bits of cells (k, *grid) of the prior's codebooks under it."""
    windows, real = cut(cells, prior)
    nats = 0.0
    for part, there in zip(windows.split(TOGETHER), real.split(TOGETHER), strict=True):
        logits = prior.logits(part, nothing(prior, len(part))).double()
        nats -= float(logits.log_softmax(-1).gather(2, part[:, :, None])[:, :, 0][there].sum())
    return nats / math.log(2)


@torch.inference_mode()
def put(writer: Writer, prior: Causal, cells: Tensor) -> None:
    """Writes cells (k, *grid) of the prior's codebooks."""
    past = None
    windows, real = cut(cells, prior)
    for place in range(windows.shape[1]):
        bounds, past = _guess(prior, windows, place, past)
        for window in real[:, place].nonzero()[:, 0].tolist():
            writer.put(int(windows[window, place]), bounds[window])


@torch.inference_mode()
def take(reader: Reader, prior: Causal, grid: tuple[int, ...]) -> Tensor:
    """The cells (k, *grid) that `put` wrote."""
    own, past = prior.config.trunk.grid[0], None
    cells = torch.zeros(own * math.prod(grid), dtype=torch.int64)
    numbers, real = cut(torch.arange(len(cells)).reshape(own, *grid), prior)
    for place in range(numbers.shape[1]):
        bounds, past = _guess(prior, cells[numbers[:, :place]], place, past)
        for window in real[:, place].nonzero()[:, 0].tolist():
            cells[numbers[window, place]] = reader.take(bounds[window])
    return cells.reshape(own, *grid)


def nothing(prior: Causal, count: int) -> Tensor:
    """(count, N): nothing in particular is wanted."""
    return prior.config.vocabulary.row("").expand(count, -1)


def cut(cells: Tensor, prior: Causal) -> tuple[Tensor, Tensor]:
    """Cells (k, *grid) → (windows, places) in the prior's order, and which of them are there, not only thought."""
    windows, real = [], []
    for parts in product(*map(_cuts, cells.shape[1:], prior.config.trunk.grid[1:])):
        window, there = cells, torch.tensor(True)
        for axis, (places, own) in enumerate(parts, 1):
            window = window.index_select(axis, places)
            there = there[..., None] & own
        windows.append(window)
        real.append(there.expand(window.shape))
    return in_rows(torch.stack(windows)), in_rows(torch.stack(real))


def _cuts(length: int, most: int) -> list[tuple[Tensor, Tensor]]:
    """Of an axis, window by window: the `most` places in it, and which are there."""
    steps, found = torch.arange(most), []
    for start in range(0, length, most):
        own = min(most, length - start)
        found.append((start + steps % own, steps < own))
    return found


def _guess(prior: Causal, windows: Tensor, place: int, past: Past | None) -> tuple[Tensor, Past]:
    """Shares (windows, V + 1) at a place, of `windows` (windows, ≥ place) what was before it; and what is past then."""
    beginning = torch.full((len(windows), 1), prior.config.codebook_size)
    newest = windows[:, place - 1 : place] if place else beginning
    logits, past = prior.network(newest, nothing(prior, len(windows)), past=past, causal=True, before=1)
    return shares(logits[:, 0].double().softmax(-1)), past
