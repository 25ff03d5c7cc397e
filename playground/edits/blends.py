"""Paths from A to B: through the signal, through the latents, through the tokens.

A place on a path is a share, 0 at A and 1 at B: one number, or a map over the grid, so that
some cells may be farther along than others. Orders say when each token flips, `when`
(K, *grid) in (0, 1): a token is B's from that share on.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor

from ..core.codec import Codec
from ..core.tokens import Tokens
from .cells import check_alike

LEAST_ANGLE = 1e-4  # radians: below it, and as near to opposite, two directions span no plane to turn in

Between = Callable[[Tensor, Tensor, Tensor | float], Tensor]


@dataclass(frozen=True, eq=False)
class Ends:
    """A and B, of one codec and one size.

    signals  two of (1, C, *size)
    latents  two of (1, D, *grid)
    tokens   two of K codebooks; none of a codec without codes
    """

    codec: Codec
    signals: tuple[Tensor, Tensor]
    latents: tuple[Tensor, Tensor]
    tokens: tuple[Tokens, ...]


@dataclass(frozen=True, eq=False)
class Way:
    """How one gets from A to B.

    between  `straight` or `spherical`
    when     (K, *grid) the share at which each token flips
    books    K speeds: 1 arrives with the path, 2 half way, 0 stays A; what no code says goes as the last codebook
    region   (*grid) speeds of the cells, by which those of the codebooks are multiplied
    """

    between: Between
    when: Tensor
    books: tuple[float, ...]
    region: Tensor


def ends(codec: Codec, a: Tensor, b: Tensor) -> Ends:
    """What a path between two signals (1, C, *size) runs between. Raises ValueError for two sizes."""
    if a.shape != b.shape:
        raise ValueError(f"signals of shapes {tuple(a.shape)} and {tuple(b.shape)} have no path between them")
    latents = codec.latents(a), codec.latents(b)
    size = tuple(a.shape[2:])
    tokens = tuple(codec.snap(z, size) for z in latents) if codec.quantizer.num_codebooks else ()
    return Ends(codec, (a, b), latents, tokens)


# Between two tensors.


def straight(a: Tensor, b: Tensor, share: Tensor | float) -> Tensor:
    """a + share · (b − a): of signals a cross-fade, of latents a line."""
    return a + share * (b - a)


def spherical(a: Tensor, b: Tensor, share: Tensor | float) -> Tensor:
    """(B, D, *grid): at every position the direction turns from a's to b's, the length goes straight.

    Slerp (Shoemake 1985, Animating rotation with quaternion curves, section 3.3). Half way along
    the straight line two latents have lost some of their length; here they keep it.
    """
    lengths = [z.norm(dim=1, keepdim=True) for z in (a, b)]  # (B, 1, *grid)
    ways = [z / length.clamp_min(1e-12) for z, length in zip((a, b), lengths, strict=True)]
    angle = (ways[0] * ways[1]).sum(1, keepdim=True).clamp(-1, 1).acos()
    share = torch.as_tensor(share, dtype=a.dtype)
    turned = (((1 - share) * angle).sin() * ways[0] + (share * angle).sin() * ways[1]) / angle.sin()
    # Between two that point the same way, or opposite ways, or of which one points nowhere, there is no one arc.
    flat = (angle < LEAST_ANGLE) | (angle > torch.pi - LEAST_ANGLE) | (lengths[0] == 0) | (lengths[1] == 0)
    return torch.where(flat, straight(a, b, share), turned * straight(*lengths, share))


def by_places(a: Tensor, b: Tensor, share: Tensor | float, when: Tensor) -> Tensor:
    """(B, C, *size): each place is a's until its own share `when` (*size), and b's from then on."""
    return torch.where(torch.as_tensor(share) >= when, b, a)


# Orders: when each token flips.


def at_random(grid: tuple[int, ...], seed: int) -> Tensor:
    """(*grid): cells in an order drawn from `seed`."""
    return _spread(torch.rand(grid, generator=torch.Generator().manual_seed(seed)))


def alike_first(ends: Ends) -> Tensor:
    """(*grid): cells whose codes lie near each other first, so that what is seen changes as late as can be."""
    a, b = (ends.codec.embed(tokens) for tokens in ends.tokens)
    return _spread((a - b).norm(dim=1)[0])


def along(grid: tuple[int, ...]) -> Tensor:
    """(*grid): along the last axis: left to right, or from the beginning on."""
    return _spread(torch.arange(grid[-1]).float().expand(grid))


def outwards(grid: tuple[int, ...]) -> Tensor:
    """(*grid): from the middle to the ends."""
    axes = [torch.arange(length) - (length - 1) / 2 for length in grid]
    return _spread(sum(axis**2 for axis in torch.meshgrid(*axes, indexing="ij")))


def together(cells: Tensor, codebooks: int) -> Tensor:
    """(*grid) → (K, *grid): all codes of a cell flip at once; residual codes mean little apart."""
    return cells.expand(codebooks, *cells.shape)


def coarse_first(cells: Tensor, codebooks: int) -> Tensor:
    """(*grid) → (K, *grid): codebook by codebook from the first on, within each in the order of `cells`."""
    return torch.stack([(k + cells) / codebooks for k in range(codebooks)])


def _spread(values: Tensor) -> Tensor:
    """Any numbers → evenly spaced shares in (0, 1), in the same order; equal ones in reading order."""
    order = values.flatten().argsort(stable=True)
    ranks = torch.empty_like(order)
    ranks[order] = torch.arange(len(order))
    return ((ranks + 0.5) / len(order)).reshape(values.shape)


def crossing(grid: tuple[int, ...]) -> Tensor:
    """(*grid), a share for every cell: A at the beginning of the last axis, B at its end, all of the path in one."""
    return ((torch.arange(grid[-1]) + 0.5) / grid[-1]).expand(grid)


# Places on the way.


def pace(share: Tensor | float, speed: Tensor | float) -> Tensor:
    """How far something of its own speed is when the path is at `share`: 1 at most."""
    return (torch.as_tensor(share) * speed).clamp(0, 1)


def signal_at(ends: Ends, way: Way, share: Tensor | float) -> Tensor:
    """(1, C, *size): a cross-fade of the signals themselves. `share` is one number or (*grid), in all of these."""
    return straight(*ends.signals, _stretched(pace(share, way.region), ends))


def letters_at(ends: Ends, way: Way, share: Tensor | float) -> Tensor:
    """(1, C, *size) of signals that have nothing in between, such as bytes: each place flips with its cell."""
    when = _spread(way.when.mean(0))
    flipped = (pace(share, way.region) >= when).float()
    return by_places(*ends.signals, _stretched(flipped, ends, mode="nearest"), torch.tensor(0.5))


def _stretched(cells: Tensor, ends: Ends, *, mode: str = "") -> Tensor:
    """(*grid) → (*size): every cell's number for all of its samples, softly from cell to cell unless told."""
    size, stride = ends.signals[0].shape[2:], ends.codec.stride
    soft = {1: "linear", 2: "bilinear"}[cells.ndim]
    wide = F.interpolate(cells[None, None], scale_factor=float(stride), mode=mode or soft)[0, 0]
    return wide[tuple(slice(0, length) for length in size)]


def latents_at(ends: Ends, way: Way, share: Tensor | float) -> Tensor:
    """(1, D, *grid), not quantized."""
    if len(set(way.books)) <= 1:
        return way.between(*ends.latents, pace(share, way.region * (way.books[0] if way.books else 1)))
    speeds = (*way.books, way.books[-1])
    both = [parts(ends.codec, latents, tokens) for latents, tokens in zip(ends.latents, ends.tokens, strict=True)]
    return sum(way.between(a, b, pace(share, way.region * s)) for a, b, s in zip(*both, speeds, strict=True))


def snapped_at(ends: Ends, way: Way, share: Tensor | float) -> Tokens:
    """The codes nearest to `latents_at`."""
    return ends.codec.snap(latents_at(ends, way, share), ends.tokens[0].size)


def flipped_at(ends: Ends, way: Way, share: Tensor | float) -> Tokens:
    """A's tokens and B's, and none of anybody else."""
    speeds = torch.stack([way.region * speed for speed in way.books])  # (K, *grid)
    return flip(*ends.tokens, pace(share, speeds), way.when)


def flip(a: Tokens, b: Tokens, shares: Tensor, when: Tensor) -> Tokens:
    """b's tokens wherever `shares` has reached `when`, both (K, *grid). Raises InputError for two codecs."""
    check_alike(a, b)
    return a.with_indices(torch.where(shares >= when, b.indices, a.indices))


def parts(codec: Codec, latents: Tensor, tokens: Tokens) -> list[Tensor]:
    """What each codebook adds to (B, D, *grid), and last what none of them says: K + 1 such tensors, in sum `latents`.

    Of a codec whose codebooks are nested, or that has one.
    """
    sums = [codec.embed(tokens.first(k)) for k in range(1, tokens.num_codebooks + 1)]
    return [sums[0], *(b - a for a, b in pairwise(sums)), latents - sums[-1]]
