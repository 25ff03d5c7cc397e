"""A training state on disk survives whatever happens to the machine."""

import multiprocessing
from pathlib import Path

import pytest
import torch

from playground.core.errors import InputError
from playground.training.state import KEEP, load_state, locked, save_state, write_safely


def save(folder: Path, step: int) -> Path:
    return save_state(folder, step, {"model.w": torch.full((3, 2), float(step))}, {"step": step})


def test_the_newest_state_comes_back_as_it_was(tmp_path: Path) -> None:
    for step in (5, 100, 20):
        save(tmp_path, step)
    step, tensors, notes = load_state(tmp_path)
    assert (step, notes) == (100, {"step": 100})
    assert torch.equal(tensors["model.w"], torch.full((3, 2), 100.0))


def test_an_empty_folder_holds_no_state(tmp_path: Path) -> None:
    assert load_state(tmp_path) is None


def test_only_the_newest_states_stay(tmp_path: Path) -> None:
    for step in range(5):
        save(tmp_path, step)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        f"state-{step:08d}.safetensors" for step in range(5 - KEEP, 5)
    ]


@pytest.mark.parametrize("damage", ["cut", "empty", "flipped"])
def test_a_damaged_newest_state_falls_back_with_a_warning(tmp_path: Path, damage: str) -> None:
    save(tmp_path, 1)
    newest = save(tmp_path, 2)
    data = bytearray(newest.read_bytes())
    data[-1] ^= 1
    newest.write_bytes({"cut": newest.read_bytes()[:-5], "empty": b"", "flipped": bytes(data)}[damage])
    with pytest.warns(UserWarning, match="damaged"):
        step, tensors, _ = load_state(tmp_path)
    assert step == 1 and tensors["model.w"][0, 0] == 1


def test_all_states_damaged_is_said(tmp_path: Path) -> None:
    for step in (1, 2):
        save(tmp_path, step).write_bytes(b"nothing")
    with pytest.warns(UserWarning), pytest.raises(InputError, match="damaged"):
        load_state(tmp_path)


@pytest.mark.parametrize("written", [0, 10, 200])
def test_killed_while_writing_leaves_the_last_state(tmp_path: Path, written: int) -> None:
    whole = save(tmp_path, 1).read_bytes()
    (tmp_path / "state-00000002.tmp").write_bytes(whole[:written])
    assert load_state(tmp_path)[0] == 1
    save(tmp_path, 2)
    assert load_state(tmp_path)[0] == 2
    assert not list(tmp_path.glob("*.tmp"))


@pytest.mark.parametrize("stage", ["fsync", "rename"])
def test_a_full_disk_costs_neither_the_last_state_nor_more_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stage: str
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    save(tmp_path, 1)
    with monkeypatch.context() as patch:
        patch.setattr(*(("os.fsync", full) if stage == "fsync" else (Path, "rename", full)))
        with pytest.raises(OSError, match="No space"):
            save(tmp_path, 2)
    assert [path.name for path in tmp_path.iterdir()] == ["state-00000001.safetensors"]
    assert load_state(tmp_path)[0] == 1


def test_the_old_state_is_dropped_only_after_the_new_one_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for step in range(KEEP):
        save(tmp_path, step)
    seen = []
    monkeypatch.setattr(Path, "unlink", lambda path, **_: seen.append(load_state(tmp_path)[0]))
    save(tmp_path, KEEP)
    assert seen == [KEEP]


def test_files_are_exchanged_in_one_move(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, seen = tmp_path / "file.json", []
    write_safely(path, b"old")
    rename = Path.rename
    monkeypatch.setattr(Path, "rename", lambda a, b: seen.append((b.read_bytes(), a.read_bytes())) or rename(a, b))
    write_safely(path, b"new")
    assert seen == [(b"old", b"new")] and path.read_bytes() == b"new"


def hold(folder: Path, connection) -> None:
    try:
        with locked(folder):
            connection.send("held")
            connection.recv()
    except InputError as error:
        connection.send(str(error))


def test_the_lock_keeps_two_writers_apart(tmp_path: Path) -> None:
    context = multiprocessing.get_context("fork")  # a fresh interpreter would import torch once more
    ours, theirs = context.Pipe()
    with locked(tmp_path / "a {run}"):
        other = context.Process(target=hold, args=(tmp_path / "a {run}", theirs), daemon=True)
        other.start()
        assert "already" in ours.recv()
        other.join()
    other = context.Process(target=hold, args=(tmp_path / "a {run}", theirs), daemon=True)
    other.start()
    assert ours.recv() == "held", "a lock that was given back is free"
    ours.send("done")
    other.join()
