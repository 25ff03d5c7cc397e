"""Every edit gives new tokens, changes only the cells it says, and changes them as it says."""

import random
from collections.abc import Callable, Iterator

import pytest
import torch
from torch import Tensor

from playground.core.errors import InputError
from playground.core.tokens import Tokens
from playground.edits import cells as edits

V, K = 16, 2
CODEBOOK = torch.randn(V, 4, generator=torch.Generator().manual_seed(7))
GRIDS = [(5, 7), (9,), (1, 1), (3, 4, 2)]

# What each edit does with a selection; r is a source of random numbers.
EDITS: dict[str, Callable[[Tokens, Tensor | None, random.Random], Tokens]] = {
    "paint": lambda t, cells, r: edits.paint(t, everywhere(t, cells), r.randrange(V), k=1),
    "erase": lambda t, cells, r: edits.erase(t, everywhere(t, cells), r.randrange(V), k=1),
    "replace": lambda t, cells, r: edits.replace(t, r.randrange(V), r.randrange(V), cells=cells, k=1),
    "exchange": lambda t, cells, r: edits.exchange(t, r.randrange(V), r.randrange(V), cells=cells, k=1),
    "restrict": lambda t, cells, r: edits.restrict(t, torch.tensor(r.sample(range(V), 3)), CODEBOOK, cells=cells, k=1),
    "restrict to count": lambda t, cells, r: edits.restrict_to_count(t, r.randrange(1, V), CODEBOOK, cells=cells, k=1),
    "shuffle": lambda t, cells, r: edits.shuffle(t, r.randrange(99), cells=cells),
    "sort": lambda t, cells, r: edits.sort(t, cells=cells, order=torch.randperm(V), k=1),
    "mirror": lambda t, cells, r: edits.mirror(t, r.randrange(len(t.grid)), cells=cells),
    "shift": lambda t, cells, r: edits.shift(t, tuple(r.randrange(-9, 9) for _ in t.grid), cells=cells),
}
MOVES = {"shuffle", "sort", "mirror", "shift"}


def everywhere(tokens: Tokens, cells: Tensor | None) -> Tensor:
    return torch.ones(tokens.grid, dtype=torch.bool) if cells is None else cells


def make(grid: tuple[int, ...], *, seed: int = 0, batch: int = 2) -> Tokens:
    generator = torch.Generator().manual_seed(seed)
    indices = torch.randint(V, (batch, K, *grid), generator=generator)
    return Tokens(indices, V, tuple(8 * length for length in grid), "tiny")


def cases() -> Iterator[tuple[Tokens, Tensor, random.Random]]:
    """Random tokens of every rank with random selections, some of them empty or complete."""
    for seed in range(40):
        tokens = make(GRIDS[seed % len(GRIDS)], seed=seed)
        share = [0.0, 0.2, 0.5, 0.8, 1.0][seed % 5]
        mask = torch.rand(tokens.grid, generator=torch.Generator().manual_seed(seed)) < share
        yield tokens, mask, random.Random(seed)


def histogram(indices: Tensor) -> list[int]:
    return indices.flatten().sort().values.tolist()


@pytest.mark.parametrize("name", EDITS)
def test_an_edit_touches_only_the_cells_it_says(name: str) -> None:
    for tokens, mask, r in cases():
        before = tokens.indices.clone()
        edited = EDITS[name](tokens, mask, r)
        assert torch.equal(edited.indices[:, :, ~mask], before[:, :, ~mask])
        assert torch.equal(tokens.indices, before), "the tokens given were changed"
        assert (edited.size, edited.codec, edited.grid) == (tokens.size, tokens.codec, tokens.grid)
        if name not in MOVES:
            assert torch.equal(edited.indices[:, 0], before[:, 0]), "another codebook was changed"


@pytest.mark.parametrize("name", EDITS)
def test_no_selection_means_all_cells(name: str) -> None:
    for tokens, mask, _ in cases():
        torch.manual_seed(0)
        free = EDITS[name](tokens, None, random.Random(5))
        torch.manual_seed(0)
        full = EDITS[name](tokens, torch.ones_like(mask), random.Random(5))
        assert torch.equal(free.indices, full.indices)


@pytest.mark.parametrize("name", ["shuffle", "sort"])
def test_cells_moved_about_are_the_same_cells(name: str) -> None:
    for tokens, mask, r in cases():
        edited = EDITS[name](tokens, mask, r)
        together = tokens.indices[:, 0] * V + tokens.indices[:, 1]  # the K codes of a cell travel together
        moved = edited.indices[:, 0] * V + edited.indices[:, 1]
        for a, b in zip(together, moved, strict=True):
            assert histogram(a[mask]) == histogram(b[mask])


def test_editing_nothing_changes_nothing() -> None:
    for tokens, mask, _ in cases():
        none = torch.zeros_like(mask)
        steps = (0,) * len(tokens.grid)
        unchanged = [
            *(edit(tokens, none, random.Random(1)) for edit in EDITS.values()),
            edits.replace(tokens, 3, 3),
            edits.exchange(tokens, 3, 3),
            edits.shift(tokens, steps),
            edits.shift(tokens, tokens.grid),
            edits.restrict(tokens, torch.arange(V), CODEBOOK),
            edits.restrict_to_count(tokens, V, CODEBOOK),
            edits.paste(tokens, tokens, tuple(slice(0, length) for length in tokens.grid), steps),
        ]
        for edited in unchanged:
            assert torch.equal(edited.indices, tokens.indices)


def test_doing_it_twice_undoes_a_mirror_an_exchange_and_a_shift() -> None:
    for tokens, _, r in cases():
        a, b, axis = r.randrange(V), r.randrange(V), r.randrange(len(tokens.grid))
        steps = tuple(r.randrange(-9, 9) for _ in tokens.grid)
        back = tuple(-step for step in steps)
        assert torch.equal(edits.exchange(edits.exchange(tokens, a, b), b, a).indices, tokens.indices)
        assert torch.equal(edits.mirror(edits.mirror(tokens, axis), axis).indices, tokens.indices)
        assert torch.equal(edits.shift(edits.shift(tokens, steps), back).indices, tokens.indices)


def test_painted_and_erased_cells_hold_the_code() -> None:
    for tokens, mask, _ in cases():
        assert (edits.paint(tokens, mask, 5).indices[:, 0][:, mask] == 5).all()
        assert (edits.erase(tokens, mask, 6, k=1).indices[:, 1][:, mask] == 6).all()


def test_a_rectangle_is_filled_to_its_edges() -> None:
    edited = edits.fill_rectangle(
        edits.paint(make((4, 5)), torch.ones(4, 5, dtype=torch.bool), 0), (slice(1, 3), slice(0, 2)), 9
    )
    expected = torch.tensor([[0, 0, 0, 0, 0], [9, 9, 0, 0, 0], [9, 9, 0, 0, 0], [0, 0, 0, 0, 0]])
    assert torch.equal(edited.indices[0, 0], expected)


def test_replaced_codes_are_gone_and_exchanged_ones_have_changed_places() -> None:
    tokens = make((8, 9))
    plane = tokens.indices[:, 0]
    replaced = edits.replace(tokens, 3, 4).indices[:, 0]
    assert (plane == 3).any() and not (replaced == 3).any()
    assert torch.equal(replaced == 4, (plane == 3) | (plane == 4))
    exchanged = edits.exchange(tokens, 3, 4).indices[:, 0]
    assert torch.equal(exchanged == 3, plane == 4) and torch.equal(exchanged == 4, plane == 3)


def test_restricted_tokens_are_the_nearest_allowed_codes() -> None:
    for tokens, _, r in cases():
        allowed = torch.tensor(r.sample(range(V), r.randrange(1, 5)))
        edited = edits.restrict(tokens, allowed, CODEBOOK, k=1).indices[:, 1]
        for before, after in zip(tokens.indices[:, 1].flatten().tolist(), edited.flatten().tolist(), strict=True):
            distances = (CODEBOOK[allowed] - CODEBOOK[before]).norm(dim=1)
            assert after == allowed[distances.argmin()]


def test_an_allowed_code_stays_even_beside_its_twin() -> None:
    twins = CODEBOOK.clone()
    twins[9] = twins[2]
    tokens = edits.paint(make((4, 4)), torch.ones(4, 4, dtype=torch.bool), 9)
    assert torch.equal(edits.restrict(tokens, torch.tensor([2, 9]), twins).indices, tokens.indices)


def test_the_most_used_codes_stay() -> None:
    indices = torch.tensor([5, 5, 5, 2, 2, 7, 7, 1])[None, None]
    edited = edits.restrict_to_count(Tokens(indices, V, (64,)), 2, CODEBOOK)
    assert edited.indices[0, 0, :5].tolist() == [5, 5, 5, 2, 2], "of 2 and 7, used alike, the lower stays"
    assert set(edited.indices[0, 0, 5:].tolist()) <= {2, 5}


def test_of_codes_used_alike_the_lower_ones_stay() -> None:
    tokens = Tokens(torch.randperm(300)[None, None], 300, (2400,))
    edited = edits.restrict_to_count(tokens, 100, torch.randn(300, 4))
    assert edited.indices.unique().tolist() == list(range(100))


def test_a_shuffle_is_the_same_for_the_same_seed_only() -> None:
    tokens = make((8, 8))
    first, again, other = (edits.shuffle(tokens, seed).indices for seed in (1, 1, 2))
    assert torch.equal(first, again) and not torch.equal(first, other)


def test_sorted_cells_ascend_in_the_given_order() -> None:
    tokens = make((6, 6))
    assert (edits.sort(tokens).indices[:, 0].flatten(1).diff(dim=1) >= 0).all()
    order = torch.randperm(V, generator=torch.Generator().manual_seed(3))
    places = order.argsort()[edits.sort(tokens, order=order, k=1).indices[:, 1].flatten(1)]
    assert (places.diff(dim=1) >= 0).all()


def test_mirrors_and_shifts_turn_about_the_selection() -> None:
    row = Tokens(torch.arange(6)[None, None, None], V, (8, 48))
    chosen = torch.tensor([[False, True, True, True, False, False]])
    assert edits.mirror(row, 1).indices.flatten().tolist() == [5, 4, 3, 2, 1, 0]
    assert edits.mirror(row, 1, cells=chosen).indices.flatten().tolist() == [0, 3, 2, 1, 4, 5]
    assert edits.shift(row, (0, 2)).indices.flatten().tolist() == [4, 5, 0, 1, 2, 3]
    assert edits.shift(row, (0, 1), cells=chosen).indices.flatten().tolist() == [0, 3, 1, 2, 4, 5]


def test_a_pasted_rectangle_is_cut_off_at_the_border() -> None:
    for seed in range(20):
        r = random.Random(seed)
        target, source = make((5, 7), seed=seed), make((6, 4), seed=seed + 100)
        top, left = r.randrange(5), r.randrange(7)
        height, width = r.randrange(1, 7), r.randrange(1, 5)
        edited = edits.paste(target, source, (slice(0, height), slice(0, width)), (top, left)).indices
        expected = target.indices.clone()
        for i in range(min(height, 5 - top)):
            for j in range(min(width, 7 - left)):
                expected[:, :, top + i, left + j] = source.indices[:, :, i, j]
        assert torch.equal(edited, expected)


def test_what_a_visitor_can_mend_is_said() -> None:
    tokens = make((3, 3))
    mask = torch.ones(3, 3, dtype=torch.bool)
    other = Tokens(tokens.indices, V, tokens.size, "another")
    for attempt in (
        lambda: edits.paint(tokens, mask, V),
        lambda: edits.paint(tokens, mask, -1),
        lambda: edits.replace(tokens, 0, V),
        lambda: edits.replace(tokens, -1, 0),
        lambda: edits.exchange(tokens, V, 0),
        lambda: edits.exchange(tokens, 0, -1),
        lambda: edits.restrict(tokens, torch.tensor([], dtype=torch.int64), CODEBOOK),
        lambda: edits.restrict(tokens, torch.tensor([0, V]), CODEBOOK),
        lambda: edits.restrict(tokens, torch.tensor([-1]), CODEBOOK),
        lambda: edits.restrict_to_count(tokens, 0, CODEBOOK),
        lambda: edits.paste(tokens, other, (slice(0, 1), slice(0, 1)), (0, 0)),
        lambda: edits.paste(tokens, tokens.first(1), (slice(0, 1), slice(0, 1)), (0, 0)),
    ):
        with pytest.raises(InputError):
            attempt()


def test_what_only_a_programmer_can_mend_is_a_value_error() -> None:
    tokens = make((3, 4))
    one = slice(0, 1)
    for attempt in (
        lambda: edits.paint(tokens, torch.ones(4, 3, dtype=torch.bool), 0),
        lambda: edits.paint(tokens, torch.ones(3, 4), 0),
        lambda: edits.replace(tokens, 0, 1, k=K),
        lambda: edits.replace(tokens, 0, 1, k=-1),
        lambda: edits.restrict(tokens, torch.tensor([0]), CODEBOOK[:-1]),
        lambda: edits.fill_rectangle(tokens, (one,), 0),
        lambda: edits.fill_rectangle(tokens, (one, slice(0, 5)), 0),
        lambda: edits.fill_rectangle(tokens, (one, slice(2, 2)), 0),
        lambda: edits.fill_rectangle(tokens, (one, slice(-1, 2)), 0),
        lambda: edits.sort(tokens, order=torch.zeros(V, dtype=torch.int64)),
        lambda: edits.sort(tokens, order=torch.arange(V - 1)),
        lambda: edits.mirror(tokens, 2),
        lambda: edits.mirror(tokens, -1),
        lambda: edits.shift(tokens, (1,)),
        lambda: edits.paste(tokens, tokens, (one, one), (3, 0)),
        lambda: edits.paste(tokens, tokens, (one, slice(0, 9)), (0, 0)),
    ):
        with pytest.raises(ValueError) as error:
            attempt()
        assert not isinstance(error.value, InputError)
