"""Compression for real: tokens as a file that a causal prior makes short, and the tokens back from it.

The file is what the two ends do not both have: how many codebooks (8 bits), the size of the signal (32 bits an axis),
then one arithmetic code. They both have the codec, the prior, and this rule:

* The grid is cut into windows as large as the prior's grid. One at the border that is cut short is thought to go
  on with itself from its beginning; what is only thought is not written.
* All windows go side by side, place by place in the prior's order, each place with the probabilities that the prior
  gives after all before it in its window, when nothing in particular is wanted.
* Codebooks beyond the prior's follow one after the other, with frequencies that are counted as they go.

A lost bit of a probability would lose everything after it: both ends run the network the same way, one place after
the other, and cut its probabilities to whole numbers. It may still fail with another library or kind of processor.
"""

import math
import struct
from itertools import product

import torch
from torch import Tensor

from . import makers, zoo
from .analysis.arithmetic import Reader, Writer, shares
from .analysis.coding import adaptive_bits
from .core.codec import Codec
from .core.errors import InputError
from .core.tokens import Tokens
from .media.modalities import MODALITIES
from .models.dit import Past
from .priors.causal import Causal
from .priors.prior import in_rows

TOGETHER = 16  # windows that are looked at in one go
MOST_CELLS = 2**20  # cells that a file may claim


def causal_priors() -> dict[str, str]:
    """Codec → its causal prior, of several the first by name."""
    return {card.codec: card.name for card in reversed(makers.priors()) if card.kind == "causal"}


@torch.inference_mode()
def prior_bits(prior: Causal, tokens: Tokens, known: list[Tensor] | None = None) -> float:
    """Bits of the arithmetic code of one item's tokens under a prior: their cross-entropy.

    known  how often codes of the codebooks beyond the prior's are used elsewhere, see coding.adaptive_bits
    """
    _check(tokens, prior)
    own = prior.config.trunk.grid[0]
    windows, real = _windows(tokens.indices[0, :own], prior)
    nats = 0.0
    for part, there in zip(windows.split(TOGETHER), real.split(TOGETHER), strict=True):
        logits = prior.logits(part, _nothing(prior, len(part))).double()
        nats -= float(logits.log_softmax(-1).gather(2, part[:, :, None])[:, :, 0][there].sum())
    rest = tokens.indices[:, own:]
    beyond = adaptive_bits(tokens.with_indices(rest), known and known[own:]) if rest.numel() else []
    return nats / math.log(2) + sum(beyond)


@torch.inference_mode()
def pack(tokens: Tokens, prior: Causal) -> bytes:
    """The file of one item's tokens. Raises InputError for tokens that the prior is not for."""
    _check(tokens, prior)
    own, writer, past = prior.config.trunk.grid[0], Writer(), None
    windows, real = _windows(tokens.indices[0, :own], prior)
    for place in range(windows.shape[1]):
        bounds, past = _guess(prior, windows, place, past)
        for window in real[:, place].nonzero()[:, 0].tolist():
            writer.put(int(windows[window, place]), bounds[window])
    for codes in tokens.indices[0, own:].flatten(1).tolist():
        counts = torch.ones(tokens.codebook_size, dtype=torch.float64)
        for code in codes:
            writer.put(code, shares(counts))
            counts[code] += 1
    return struct.pack(_head_format(prior.codec), tokens.num_codebooks, *tokens.size) + writer.finish()


@torch.inference_mode()
def unpack(data: bytes, prior: Causal) -> Tokens:
    """The tokens of a file that `pack` made with the same prior. Raises InputError for what is no such file."""
    count, size = _read_head(data, prior)
    grid = tuple(-(-length // prior.codec.stride) for length in size)
    indices = torch.zeros(count, math.prod(grid), dtype=torch.int64)
    own, past = prior.config.trunk.grid[0], None
    reader = Reader(data[struct.calcsize(_head_format(prior.codec)) :])
    cells = indices[:own].reshape(-1)  # a view: what is written there stands in `indices`
    numbers, real = _windows(torch.arange(len(cells)).reshape(own, *grid), prior)
    for place in range(numbers.shape[1]):
        bounds, past = _guess(prior, cells[numbers[:, :place]], place, past)
        for window in real[:, place].nonzero()[:, 0].tolist():
            cells[numbers[window, place]] = reader.take(bounds[window])
    for codes in indices[own:]:
        counts = torch.ones(prior.config.codebook_size, dtype=torch.float64)
        for place in range(len(codes)):
            codes[place] = code = reader.take(shares(counts))
            counts[code] += 1
    return Tokens(indices.reshape(1, count, *grid), prior.config.codebook_size, size, prior.codec.name)


def covers(prior: Causal, tokens: Tokens) -> bool:
    """Whether there are as many codebooks as the prior knows: of fewer it knows no probabilities."""
    return tokens.num_codebooks >= prior.config.trunk.grid[0]


def _nothing(prior: Causal, count: int) -> Tensor:
    """(count, N): nothing in particular is wanted."""
    return prior.config.vocabulary.row("").expand(count, -1)


def _windows(cells: Tensor, prior: Causal) -> tuple[Tensor, Tensor]:
    """Cells (k, *grid) → (windows, places) in the prior's order, and which of them are there, not only thought."""
    windows, real = [], []
    for cut in product(*map(_cuts, cells.shape[1:], prior.config.trunk.grid[1:])):
        window, there = cells, torch.tensor(True)
        for axis, (places, own) in enumerate(cut, 1):
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
    logits, past = prior.network(newest, _nothing(prior, len(windows)), past=past, causal=True, before=1)
    return shares(logits[:, 0].double().softmax(-1)), past


def _check(tokens: Tokens, prior: Causal) -> None:
    zoo.check_fit(prior.codec, tokens)
    if len(tokens.indices) != 1:
        raise InputError("These are the tokens of {count} items; one is packed at a time.", count=len(tokens.indices))
    if not covers(prior, tokens):
        least = prior.config.trunk.grid[0]
        raise InputError("“{prior}” knows {least} codebooks; these are fewer.", prior=prior.config.name, least=least)


def _head_format(codec: Codec) -> str:
    """As `struct` calls it: a byte, and 32 bits an axis."""
    return f">B{MODALITIES[codec.kind].rank}I"


def _read_head(data: bytes, prior: Causal) -> tuple[int, tuple[int, ...]]:
    """How many codebooks, and the size of the signal. Raises InputError for what cannot be."""
    form, most = _head_format(prior.codec), prior.codec.quantizer.num_codebooks
    if len(data) < struct.calcsize(form):
        raise InputError("This is no file packed with “{prior}”.", prior=prior.config.name)
    count, *size = struct.unpack_from(form, data)
    cells = count * math.prod(-(-length // prior.codec.stride) for length in size)
    if not prior.config.trunk.grid[0] <= count <= most or not 1 <= cells <= MOST_CELLS:
        raise InputError("This is no file packed with “{prior}”.", prior=prior.config.name)
    return count, tuple(size)
