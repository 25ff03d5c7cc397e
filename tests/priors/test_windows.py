"""Looks of a fixed window: together they fill what is marked, and each sees something that stays."""

import pytest
import torch

from playground.priors.windows import cover

CASES = [((50,), (12,)), ((7,), (12,)), ((12,), (12,)), ((32, 32), (16, 16)), ((9, 20), (8, 8)), ((5, 6), (8, 4))]
EACH = pytest.mark.parametrize(("grid", "window"), CASES)
PAST = pytest.mark.parametrize("past", [False, True], ids=["around", "past"])


def masks(grid: tuple[int, ...]) -> list[torch.Tensor]:
    """Of one cell, of scattered ones, of a stretch at the end, of all."""
    generator = torch.Generator().manual_seed(0)
    one, end = torch.zeros(grid, dtype=torch.bool), torch.zeros(grid, dtype=torch.bool)
    one[tuple(length // 2 for length in grid)] = True
    end[..., grid[-1] // 2 :] = True
    scattered = [torch.rand(grid, generator=generator) < share for share in (0.1, 0.5, 0.9)]
    return [one, end, *(mask for mask in scattered if mask.any()), torch.ones(grid, dtype=torch.bool)]


@EACH
@PAST
def test_every_marked_cell_is_filled_once_and_no_other(grid: tuple[int, ...], window: tuple, past: bool) -> None:
    for marked in masks(grid):
        filled = sum(look.fills.int() for look in cover(marked, window, past=past))
        assert torch.equal(filled, marked.int())


@EACH
@PAST
def test_a_window_lies_on_the_grid_holds_what_it_fills_and_is_as_wide_as_can_be(grid, window, past) -> None:
    for marked in masks(grid):
        for look in cover(marked, window, past=past):
            inside = torch.zeros(grid, dtype=torch.bool)
            inside[look.window] = True
            assert not (look.fills & ~inside).any() and look.fills.any()
            for cells, length, wide in zip(look.window, grid, window, strict=True):
                assert 0 <= cells.start < cells.stop <= length and cells.stop - cells.start == min(wide, length)


def test_what_comes_before_is_in_view_when_only_that_is_known() -> None:
    marked = torch.zeros(60, dtype=torch.bool)
    marked[20:] = True
    looks = cover(marked, (12,), past=True)
    first = [int(look.fills.nonzero()[0, 0]) for look in looks]
    assert all(start - look.window[0].start >= 6 for start, look in zip(first, looks, strict=True))
    assert first == sorted(first)


def test_what_fits_is_filled_at_one_look_with_its_surroundings_in_view() -> None:
    marked = torch.zeros(40, 40, dtype=torch.bool)
    marked[10:24, 11:19] = True
    (look,) = cover(marked, (16, 16), past=False)
    assert torch.equal(look.fills, marked)
    assert look.window == (slice(9, 25), slice(7, 23))


def test_a_window_between_two_others_sees_an_eighth_on_either_side() -> None:
    looks = cover(torch.ones(64, dtype=torch.bool), (16,), past=False)
    for look in looks[1:-1]:
        places = look.fills.nonzero()[:, 0]
        assert places[0] - look.window[0].start >= 2 and look.window[0].stop - 1 - places[-1] >= 2


def test_nothing_marked_needs_no_look() -> None:
    assert cover(torch.zeros(9, 9, dtype=torch.bool), (4, 4), past=False) == []
