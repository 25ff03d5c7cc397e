"""A training that is asked to stop saves what it has; one that goes on is the one that was begun."""

import os
import signal
from dataclasses import replace
from pathlib import Path

import pytest
import torch
import typer
from torch import Tensor

from playground.commands.training import _finish, _line, _prior_line
from playground.core.errors import InputError
from playground.training import loop
from playground.training.changes import changes, check_unchanged
from playground.training.noise_session import open_noise_run, train_noise_in
from playground.training.state import load_state
from tests.training import test_noises
from tests.training.tiny import TINY, VALIDATION, batches, finish

RARELY = replace(TINY, report_every=100, save_every=100)


def assert_equal_states(one: Path, other: Path) -> None:
    (step, expected, _), (again, found, _) = load_state(one), load_state(other)
    assert step == again and expected.keys() == found.keys()
    assert [name for name in expected if not torch.equal(expected[name], found[name])] == []


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_codec_asked_to_stop_saves_and_resumes_bit_by_bit(
    number: int, code: int, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    def interrupted(step: int) -> Tensor:
        if step == 3:
            os.kill(os.getpid(), number)
        return batches(step)

    whole, halves = tmp_path / "whole", tmp_path / "halves"
    finish(RARELY, whole)
    halves.mkdir()
    before = signal.getsignal(number)
    with pytest.raises(typer.Exit) as stopped:
        _finish(loop.train(RARELY, interrupted, VALIDATION, halves), halves, _line)
    assert stopped.value.exit_code == code and signal.getsignal(number) == before
    told = " ".join(capsys.readouterr().err.split())
    assert "Stopped at step 3" in told and told.endswith("Go on with --resume.")
    assert load_state(halves)[0] == 3, "between two reports: the start of the codebooks asks for later batches too"
    finish(RARELY, halves)
    assert_equal_states(whole, halves)


def test_so_does_what_makes_pictures_of_noise(digit_folder: Path, tmp_path: Path) -> None:
    whole, halves = tmp_path / "whole", tmp_path / "halves"
    recipe = test_noises.recipe("vae", report_every=100, save_every=100)
    list(train_noise_in(whole, *open_noise_run(recipe, digit_folder)))
    run, judges = open_noise_run(recipe, digit_folder)
    advance = run.advance

    def interrupted() -> float:
        if run.step == 3:
            os.kill(os.getpid(), signal.SIGTERM)
        return advance()

    run.advance = interrupted
    with pytest.raises(typer.Exit):
        _finish(train_noise_in(halves, run, judges), halves, _prior_line)
    assert load_state(halves)[0] == 4
    list(train_noise_in(halves, *open_noise_run(recipe, digit_folder)))
    assert_equal_states(whole, halves)


def test_another_recipe_is_refused_and_said(tmp_path: Path) -> None:
    finish(TINY, tmp_path)
    check_unchanged(tmp_path, replace(TINY, save_every=2))
    with pytest.raises(InputError, match=r"learning_rate 0\.5 instead of") as error:
        check_unchanged(tmp_path, replace(TINY, learning_rate=0.5, batch=8))
    assert "batch 8 instead of 4" in str(error.value) and "--change" in str(error.value)
    check_unchanged(tmp_path / "nothing", TINY)


def test_entries_of_entries_are_compared_and_unknown_ones_are_not() -> None:
    assert changes({"a": {"b": (1, 2)}, "old": 1}, {"a": {"b": (1, 3)}, "new": 2}) == ["a.b [1, 3] instead of [1, 2]"]
