"""A prior of a fixed window refills marked cells of a grid of any size."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import torch
import torch.nn.functional as F
from torch import Tensor

from ..core.codec import Codec
from ..core.errors import InputError
from ..core.tokens import Tokens
from .causal import Causal
from .masked import Masked
from .prior import Given, Prior, Sampling, in_rows, on_grid
from .windows import Look, cover

STEPS = {"masked": 8, "causal": 8, "flow": 16}  # of one window, unless told
PARTS = 8  # in which the cells are hidden in turn, to ask how probable each is
NEXT = 1_000_003  # what lies between the seeds of two windows
MOST_LOOKS = 120  # windows: more keep somebody waiting for minutes


@dataclass(frozen=True, eq=False)
class Refilled:
    """One picture of cells being refilled.

    step, steps  which of how many, over all windows
    tokens       (n, K, *grid) what stands there; of cells still open what is likeliest, or what stood there
    left         (n, *grid) bool, the cells still open
    window       where the prior looks, a slice of cells an axis
    """

    step: int
    steps: int
    tokens: Tokens
    left: Tensor
    window: tuple[slice, ...]


def refill(
    prior: Prior,
    tokens: Tokens,
    marked: Tensor,
    *,
    n: int = 1,
    wanted: str = "",
    steps: int | None = None,
    seed: int = 0,
    sampling: Sampling | None = None,
) -> Iterator[Refilled]:
    """n proposals for the cells of `tokens` (1, K, *grid) that are `marked` (K, *grid) bool; all others stay.

    steps, sampling  of each window; STEPS and what suits the prior best when missing

    Window by window, see windows.py; one seed always gives the same. A prior may know the first codebooks only: of
    the later ones a marked cell takes the code that adds least, so that nothing old is heard or seen through the
    new. Where the grid is shorter than the window, the prior imagines what lies beyond, and that is thrown away.

    Raises InputError when all cells are marked, or none, or when the prior is one for other tokens.
    """
    check_fit(prior, tokens)
    books = prior.config.trunk.grid[0]
    places = check_marked(marked[:books], prior.config.name).any(0)
    looks = cover(places, prior.config.trunk.grid[1:], past=isinstance(prior, Causal))
    if len(looks) > MOST_LOOKS:
        raise InputError("That is too much at once for “{prior}”. Mark fewer cells.", prior=prior.config.name)
    indices = quieted(prior.codec, tokens, marked, books).repeat(n, *[1] * marked.ndim)
    rounds = min(STEPS[prior.config.kind] if steps is None else steps, prior.config.trunk.length)
    left, total = marked[:books].clone(), rounds * len(looks)
    for number, look in enumerate(looks):
        given = _given(indices[:, :books], left, look, prior.config.trunk.grid)
        fills = left & look.fills
        left = left & ~look.fills
        asked = {"wanted": wanted, "steps": rounds, "seed": seed + number * NEXT, "sampling": sampling}
        for step in prior.sample(n, given=given, **asked):
            indices, still = _taken(indices, step.tokens.indices, step.filled, fills, look)
            shown = tokens.with_indices(indices)
            yield Refilled(number * rounds + step.step, total, shown, (still | left).any(1), look.window)


def longer(codec: Codec, tokens: Tokens, cells: int) -> tuple[Tokens, Tensor]:
    """Tokens (1, K, *grid) with so many more cells at the end of the last axis, and (K, *grid) bool which are open.

    What is open holds the codes that add least. A last cell that the signal filled only in part is open too: what
    it says beyond the end was never there.
    """
    length = tokens.grid[-1]
    begun = tokens.size[-1] % codec.stride > 0 and length > 1
    indices = F.pad(tokens.indices, (0, cells))
    opened = torch.zeros(indices.shape[1:], dtype=torch.bool)
    opened[..., length - begun :] = True
    size = (*tokens.size[:-1], (length + cells) * codec.stride)
    extended = replace(tokens, indices=indices, size=size)
    return extended.with_indices(quieted(codec, extended, opened, 0)), opened


def at_random(grid: tuple[int, ...], share: float, *, seed: int) -> Tensor:
    """(*grid) bool: a share of the cells, one at least and never all."""
    generator = torch.Generator().manual_seed(seed)
    return highest(torch.rand(grid, generator=generator), share)


def highest(values: Tensor, share: float) -> Tensor:
    """(*grid) bool: where the highest `values` (*grid) stand, a share of the cells, one at least and never all."""
    count = min(max(1, round(share * values.numel())), max(1, values.numel() - 1))
    chosen = torch.zeros(values.numel(), dtype=torch.bool)
    chosen[values.flatten().argsort(descending=True, stable=True)[:count]] = True
    return chosen.reshape(values.shape)


@torch.inference_mode()
def surprise(prior: Prior, tokens: Tokens, *, seed: int = 0) -> Tensor:
    """(*grid) bits of each cell of `tokens` (1, K, *grid), all codebooks that the prior knows taken together.

    A masked prior sees everything but the cell and one in PARTS of the others, a causal one what comes before.
    Raises InputError for a flow, which gives no probabilities.
    """
    check_fit(prior, tokens)
    if not isinstance(prior, (Masked, Causal)):
        raise InputError("“{prior}” does not say how probable a token is. Choose another.", prior=prior.config.name)
    shape = prior.config.trunk.grid
    bits = torch.zeros(tokens.grid)
    everything = torch.ones(tokens.grid, dtype=torch.bool)
    for look in cover(everything, shape[1:], past=isinstance(prior, Causal)):
        part = (slice(None), slice(None), *(slice(0, s.stop - s.start) for s in look.window))
        inside, codes = torch.zeros(1, *shape, dtype=torch.bool), torch.zeros(1, *shape, dtype=torch.int64)
        inside[part] = True
        codes[part] = tokens.indices[(slice(None), slice(0, shape[0]), *look.window)]
        row = _bits(prior, in_rows(codes)[0], in_rows(inside)[0], seed)
        found = on_grid(prior.config, row[None])[part][0].sum(0)  # (*window)
        bits[look.window] = torch.where(look.fills[look.window], found, bits[look.window])
    return bits


def quieted(codec: Codec, tokens: Tokens, marked: Tensor, first: int) -> Tensor:
    """Indices (1, K, *grid) of which the marked ones of codebook `first` and later are the code that adds least."""
    indices = tokens.indices.clone()
    for k in range(first, tokens.num_codebooks):
        quiet = int(codec.codebook(k).norm(dim=1).argmin())
        indices[:, k][:, marked[k]] = quiet
    return indices


def check_fit(prior: Prior, tokens: Tokens) -> None:
    """Raises InputError unless the prior can read these tokens, of one item."""
    config = prior.config
    shaped = len(config.trunk.grid) == 1 + len(tokens.grid) and config.trunk.grid[0] <= tokens.num_codebooks
    if tokens.codec not in ("", config.codec) or tokens.codebook_size != config.codebook_size or not shaped:
        raise InputError(
            "“{prior}” makes tokens of “{codec}”, not of “{other}”.",
            prior=config.name,
            codec=config.codec,
            other=tokens.codec,
        )
    if len(tokens.indices) != 1:
        raise ValueError(f"{len(tokens.indices)} items; one is refilled at a time")


def check_marked(marked: Tensor, name: str) -> Tensor:
    """`marked` (K, *grid), those codebooks that a prior knows. Raises InputError when it can do nothing with them."""
    if not marked.any():
        raise InputError("Mark the cells that “{prior}” is to make anew: none are marked.", prior=name)
    if marked.all():
        raise InputError("Every cell is marked, so “{prior}” has nothing to go by. Leave some as they are.", prior=name)
    return marked


def _given(indices: Tensor, left: Tensor, look: Look, shape: tuple[int, ...]) -> Given:
    """What the prior sees at one look: indices (n, K', *grid) but for what is `left` (K', *grid) to be filled."""
    cut = (slice(None), slice(None), *look.window)
    seen, known = indices[cut], ~left[None][cut].expand(len(indices), *[-1] * left.ndim)
    padding = [
        p for wide, have in zip(reversed(shape[1:]), reversed(seen.shape[2:]), strict=True) for p in (0, wide - have)
    ]
    return Given(F.pad(seen, padding), F.pad(known, padding, value=False))


def _taken(indices: Tensor, made: Tensor, filled: Tensor, fills: Tensor, look: Look) -> tuple[Tensor, Tensor]:
    """What the prior made in its window (n, K', *window), taken into (n, K, *grid) where it `fills` (K', *grid);
    and what of that is still open, (n, K', *grid)."""
    n, books = made.shape[:2]
    part = (slice(None), slice(None), *(slice(0, s.stop - s.start) for s in look.window))
    cut = (slice(None), slice(0, books), *look.window)
    indices, still = indices.clone(), torch.zeros(n, *fills.shape, dtype=torch.bool)
    wanted = fills[(slice(None), *look.window)]
    indices[cut] = torch.where(wanted, made[part], indices[cut])
    still[cut] = wanted & ~filled[part]
    return indices, still


def _bits(prior: Masked | Causal, codes: Tensor, inside: Tensor, seed: int) -> Tensor:
    """(T,) −log2 of the probability of each of a row of codes (T,), of which those not `inside` (T,) do not exist."""
    free = prior.config.vocabulary.row("")
    if isinstance(prior, Causal):
        logits = prior.logits(codes[None], free[None])[0]  # (T, V)
        return F.cross_entropy(logits, codes, reduction="none") / math.log(2)
    books, cells = prior.config.trunk.grid[0], len(codes) // prior.config.trunk.grid[0]
    # All codes of a cell are hidden together: of residual codes one would betray the other.
    order = torch.randperm(cells, generator=torch.Generator().manual_seed(seed)).repeat_interleave(books)
    asked = order[None] % PARTS == torch.arange(PARTS)[:, None]  # (PARTS, T)
    logits = prior.logits(codes.expand(PARTS, -1), asked | ~inside, free.expand(PARTS, -1))  # (PARTS, T, V)
    nats = F.cross_entropy(logits.transpose(1, 2), codes.expand(PARTS, -1), reduction="none")
    return (nats * asked).sum(0) / math.log(2)
