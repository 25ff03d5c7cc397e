"""Where a prior of a fixed window looks, one place after another, until every marked cell has been seen to."""

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True, eq=False)
class Look:
    """One place at which the prior looks.

    window  a slice of cells an axis, as long as the prior's own, or as the grid where that is shorter
    fills   (*grid) bool, the cells that are filled there; all lie in the window
    """

    window: tuple[slice, ...]
    fills: Tensor


def cover(marked: Tensor, window: tuple[int, ...], *, past: bool) -> list[Look]:
    """Looks that together fill every cell of `marked` (*grid) bool once, in reading order.

    window  cells the prior sees, along every axis
    past    whether it only knows what comes before: then of every window the first half along the first axis is
            left to what is there already; otherwise an eighth on either side is

    Without `past` what fits into one window with a cell around it is filled at one look.

    What one look fills the next ones see. A window lies so that what it fills stands in its middle, or with
    `past` at its end: there is as much to go by as fits.
    """
    looks, left = [], marked.clone()
    while left.any():
        core = _core(left, window, past)
        fills = torch.zeros_like(left)
        fills[core] = left[core]
        looks.append(Look(_around(fills, window, past), fills))
        left &= ~fills
    return looks


def _core(left: Tensor, window: tuple[int, ...], past: bool) -> tuple[slice, ...]:
    """The stretch, from the first marked cell on, that one window can fill and still see what is around it."""
    core: tuple[slice, ...] = ()
    for axis, (length, wide) in enumerate(zip(left.shape, window, strict=True)):
        places = _marked(left[core], axis)
        first, last = places[0], places[-1]
        leans = past and axis == 0
        start = _within(first - wide // (2 if leans else 8), length, wide)
        end = start + wide - (0 if leans else wide // 8)
        fits = not leans and last - first < wide - 2  # all that is left of it, with a cell on either side
        end = last + 1 if fits or start + wide >= length else end
        core += (slice(first, end),)
    return core


def _around(fills: Tensor, window: tuple[int, ...], past: bool) -> tuple[slice, ...]:
    """The window for what is filled."""
    slices = []
    for axis, (length, wide) in enumerate(zip(fills.shape, window, strict=True)):
        places = _marked(fills, axis)
        first, end = places[0], places[-1] + 1
        start = _within(end - wide if past and axis == 0 else (first + end - wide) // 2, length, wide)
        slices.append(slice(start, min(start + wide, length)))
    return tuple(slices)


def _marked(cells: Tensor, axis: int) -> list[int]:
    """Places along an axis at which something is marked."""
    other = [i for i in range(cells.ndim) if i != axis]
    return (cells.any(other) if other else cells).nonzero()[:, 0].tolist()


def _within(start: int, length: int, wide: int) -> int:
    """The beginning of a window that does not stick out, or 0 where the grid is shorter than it."""
    return max(0, min(start, length - wide))
