"""Damage on purpose: determinate, of the amount that is asked for, and known where it can be."""

import pytest
import torch
from torch import Tensor

from playground.core.errors import InputError
from playground.core.spectrogram import RATE
from playground.data.damage import DAMAGES, damage, damaged_cells
from playground.media.modalities import TEXT

SENTENCE = "The 周 quick, brown foxes jump over lazy dogs."
SIGNALS = {
    "image": torch.rand(1, 3, 70, 96, generator=torch.Generator().manual_seed(0)) * 2 - 1,
    "audio": 0.5 * torch.sin(torch.arange(3 * RATE) * 0.3)[None, None],
    "text": TEXT.read(SENTENCE),
}
ALL = [(kind, name) for kind, names in DAMAGES.items() for name in names]
KNOWN = [("image", "blocks"), ("audio", "gap"), ("text", "lost")]


@pytest.mark.parametrize(("kind", "name"), ALL)
def test_damage_is_of_the_same_size_in_range_and_determinate(kind: str, name: str) -> None:
    signal = SIGNALS[kind]
    for amount in (0, 0.5, 1):
        first, again = (damage(kind, name, signal, amount, seed=3) for _ in range(2))
        assert first.signal.shape == signal.shape and torch.equal(first.signal, again.signal)
        assert first.signal.isfinite().all() and first.signal.abs().max() <= 1.01
    assert not torch.equal(first.signal, signal)


@pytest.mark.parametrize(("kind", "name"), ALL)
def test_more_damage_is_farther_from_the_original(kind: str, name: str) -> None:
    signal = SIGNALS[kind]
    errors = [(damage(kind, name, signal, amount, seed=1).signal - signal).square().mean() for amount in (0, 1)]
    assert errors[0] < errors[1] or (name in ("low2", "low4") and errors[0] == errors[1])


@pytest.mark.parametrize(("kind", "name"), KNOWN)
def test_where_it_is_known_nothing_else_is_touched(kind: str, name: str) -> None:
    signal = SIGNALS[kind]
    done = damage(kind, name, signal, 0.5, seed=2)
    assert done.where.shape == signal.shape[2:] and 0 < done.where.float().mean() < 1
    changed = (done.signal != signal).any(1)[0]
    assert not (changed & ~done.where).any()


@pytest.mark.parametrize("amount", [0.0, 0.5, 1.0])
def test_letters_are_lost_whole(amount: float) -> None:
    done = damage("text", "lost", SIGNALS["text"], amount, seed=5)
    text = TEXT.write(done.signal)
    assert "\ufffd" not in text and len(text.encode()) == len(SENTENCE.encode())
    assert text.count(" ") == SENTENCE.count(" ")


def test_a_cell_is_damaged_when_one_of_its_samples_is() -> None:
    where = torch.zeros(10, 12, dtype=torch.bool)
    where[9, 0] = where[0, 7] = True
    cells = damaged_cells(where, 4)
    assert cells.shape == (3, 3) and cells.nonzero().tolist() == [[0, 1], [2, 0]]
    line: Tensor = torch.zeros(9, dtype=torch.bool)
    line[8] = True
    assert damaged_cells(line, 4).tolist() == [False, False, True]


def test_an_unknown_damage_or_amount_is_a_sentence() -> None:
    with pytest.raises(InputError, match="blocks, low2"):
        damage("image", "rust", SIGNALS["image"], 0.5)
    for amount in (-0.1, 2, "much", True, None):
        with pytest.raises(InputError, match="from 0 to 1"):
            damage("image", "blur", SIGNALS["image"], amount)


def test_tiny_signals_survive() -> None:
    for name in DAMAGES["image"]:
        assert damage("image", name, SIGNALS["image"][..., :8, :8], 1).signal.shape == (1, 3, 8, 8)
    for name in DAMAGES["audio"]:
        assert damage("audio", name, SIGNALS["audio"][..., :16], 1).signal.shape == (1, 1, 16)
    for name in DAMAGES["text"]:
        assert damage("text", name, TEXT.read("a"), 1).signal.shape == (1, 256, 1)
