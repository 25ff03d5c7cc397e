"""Trainings of many visitors: everyone gets turns, nobody waits for ever, nothing outlives its visitor."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from playground.core.errors import InputError
from playground.data import little
from playground.training.small import COLLAPSE, Settings
from playground.ui import studio
from playground.ui.studio import Studio

PICTURES = little.letters()[:16]
SMALL = Settings(codebook_size=8, dim=2)


@pytest.fixture
def house(monkeypatch: pytest.MonkeyPatch) -> Iterator[Studio]:
    monkeypatch.setattr(studio, "SLICE", 0.02)
    house = Studio()
    yield house
    house.close()
    assert not any(servant.is_alive() for servant in house.servants)


def until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.01)


def begin(house: Studio, count: int = 1) -> list[studio.Training]:
    return [house.begin("letters", SMALL, PICTURES) for _ in range(count)]


def test_it_runs_pauses_steps_and_stops(house: Studio) -> None:
    (training,) = begin(house)
    assert house.status(training)["state"] == "paused" and training.frames == []
    house.do(training.name, "run")
    until(lambda: len(training.frames) >= 3)
    house.do(training.name, "pause")
    with training.lock:
        step, shown = training.watched.step, len(training.frames)
    assert house.status(training)["state"] == "paused"
    house.do(training.name, "step")
    assert training.watched.step == step + 1 and len(training.frames) == shown + 1
    assert [frame["n"] for frame in training.frames] == list(range(1, shown + 2))
    house.do(training.name, "stop")
    with pytest.raises(InputError, match="over"):
        house.do(training.name, "run")
    assert len(training.frames) == shown + 1, "and is still there to look at"


def test_no_more_than_its_places_train_at_a_time_and_the_others_are_told(house: Studio) -> None:
    trainings = begin(house, 5)
    for training in trainings:
        house.do(training.name, "run")
    until(lambda: sum(t.state == "running" for t in trainings) == studio.PLACES)
    waiting = [house.status(t) for t in trainings if t.state == "waiting"]
    assert [status["ahead"] for status in waiting] == list(range(5 - studio.PLACES))
    assert all(status["wait_s"] > 0 for status in waiting)
    house.do(next(t for t in trainings if t.state == "running").name, "stop")
    until(lambda: sum(t.state == "waiting" for t in trainings) == 5 - studio.PLACES - 1)


def test_everyone_gets_turns(house: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(studio, "TURN", 0.05)
    trainings = begin(house, 5)
    for training in trainings:
        house.do(training.name, "run")
    until(lambda: min(len(t.frames) for t in trainings) >= 4)
    assert any(t.why == "turn" for t in trainings)


def test_a_training_that_nobody_looks_at_pauses_and_can_go_on(house: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(studio, "UNSEEN", 0.05)
    (training,) = begin(house)
    house.do(training.name, "run")
    until(lambda: training.state == "paused")
    assert house.status(training)["why"] == "idle"
    step = training.watched.step
    monkeypatch.setattr(studio, "UNSEEN", 60.0)
    house.do(training.name, "run")
    until(lambda: training.watched.step > step)


def test_there_is_an_end_to_the_steps(house: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(studio, "MOST_STEPS", 7)
    (training,) = begin(house)
    house.do(training.name, "run")
    until(lambda: training.state == "paused")
    assert (training.watched.step, house.status(training)["why"]) == (7, "end")


def test_too_many_trainings_are_refused_until_some_are_forgotten(
    house: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(studio, "MOST", 3)
    trainings = begin(house, 3)
    with pytest.raises(InputError, match="3 trainings"):
        begin(house)
    trainings[0].seen -= studio.UNSEEN + 1
    begin(house)
    with pytest.raises(InputError, match="not here any more"):
        house.find(trainings[0].name)
    assert house.find(trainings[1].name) is trainings[1]


def begin_as(house: Studio, visitor: str, address: str = "school") -> studio.Training:
    return house.begin("letters", SMALL, PICTURES[:8], visitor=visitor, address=address)


def test_a_class_behind_one_address_begins_twice_each_and_leaves_room_for_others(house: Studio) -> None:
    for _ in range(2):
        for pupil in range(30):
            begin_as(house, f"pupil {pupil}")
    assert sum(training.state == "paused" for training in house.trainings.values()) == 60
    for number in range(studio.NEAR - 60):
        begin_as(house, f"made up {number}")
    with pytest.raises(InputError, match="trainings are on this machine"):
        begin_as(house, "another name")
    begin_as(house, "somebody", "elsewhere")


def test_a_visitor_has_a_few_places_and_is_told_what_ended(house: Studio) -> None:
    trainings = [begin_as(house, "me") for _ in range(studio.OWN)]
    other = begin_as(house, "you")
    newest = begin_as(house, "me")
    assert [each.state for each in (*trainings, other, newest)] == ["stopped", *["paused"] * 4]
    assert "newer" in house.status(house.find(trainings[0].name))["error"]["text"]
    for training in (*trainings[1:], newest):
        training.state = "waiting"
    with pytest.raises(InputError, match="Stop one"):
        begin_as(house, "me")
    house.do(newest.name, "stop")
    assert begin_as(house, "me").state == "paused", "a stopped one frees its place at once, though it is looked at"


def test_old_glimpses_are_thinned_but_no_event_is_lost(house: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(studio, "KEPT", 8)
    (training,) = begin(house)
    for turn in range(30):
        if turn == 3:
            house.do(training.name, "kmeans")
        house.do(training.name, "step")
    numbers = [frame["n"] for frame in training.frames]
    assert len(numbers) <= 9 and numbers == sorted(numbers) and numbers[-3:] == [28, 29, 30]
    assert [frame["event"] for frame in training.frames if frame["event"]] == ["kmeans"]


def test_a_cure_is_applied_while_it_runs(house: Studio) -> None:
    training = house.begin("letters", replace(COLLAPSE, codebook_size=32), PICTURES)
    house.do(training.name, "run")

    def dead() -> int:
        return training.frames[-1]["dead"] if training.frames else 0

    until(lambda: dead() > 16)
    house.do(training.name, "revive")
    until(lambda: dead() < 8)
    assert house.status(training)["cures"] == ["moving", "revive"]


def test_no_number_ends_in_a_sentence(house: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    (training,) = begin(house)

    def explode() -> None:
        raise FloatingPointError("loss nan")

    monkeypatch.setattr(training.watched, "advance", explode)
    house.do(training.name, "run")
    until(lambda: training.state == "failed")
    assert "no longer a number" in house.status(training)["error"]["text"]


@pytest.mark.parametrize("deed", ["fly", "", None, 3, ["run"]])
def test_unknown_deeds_are_a_sentence(house: Studio, deed: object) -> None:
    (training,) = begin(house)
    with pytest.raises(InputError, match="no deed"):
        house.do(training.name, deed)


def test_sliders_are_checked(house: Studio) -> None:
    (training,) = begin(house)
    with pytest.raises(InputError, match="learning_rate"):
        house.tune(training.name, {"learning_rate": 7})
    house.tune(training.name, {"learning_rate": 1e-3, "commitment": 1, "else": 3})
    settings = house.status(training)["settings"]
    assert (settings["learning_rate"], settings["commitment"]) == (1e-3, 1.0)


def test_paused_and_run_again_at_once_it_has_one_place_not_two(house: Studio) -> None:
    first, second, third = begin(house, 3)
    house.do(first.name, "run")
    until(lambda: first.state == "running")
    for _ in range(20):
        house.do(first.name, "pause")
        house.do(first.name, "run")
    until(lambda: first.state == "running")
    house.do(second.name, "run")
    until(lambda: second.state == "running")
    house.do(third.name, "run")
    assert (first.state, house.status(third)["state"]) == ("running", "waiting")
    until(lambda: len(second.frames) >= 3 and len(first.frames) >= 3)
