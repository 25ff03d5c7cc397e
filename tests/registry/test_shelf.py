"""A shelf reads each thing once, again when it changes, and lets nobody wait for what somebody else wants."""

import logging
import threading
from pathlib import Path

import pytest

from playground import joints, makers, noises, seen, zoo
from playground.core.errors import InputError
from playground.registry.shelf import Shelf, cards, file_stamp, scan


def test_what_is_in_memory_is_answered_while_another_is_read() -> None:
    shelf: Shelf[str] = Shelf(len)
    reading, go_on = threading.Event(), threading.Event()
    found = []

    def slow() -> str:
        reading.set()
        go_on.wait()
        return "slow"

    shelf.fetch("known", lambda: 1, lambda: "known")
    thread = threading.Thread(target=lambda: found.append(shelf.fetch("slow", lambda: 1, slow)))
    thread.start()
    reading.wait()
    assert shelf.fetch("known", lambda: 1, lambda: "read again") == "known"
    assert shelf.fetch("new", lambda: 1, lambda: "new") == "new"
    go_on.set()
    thread.join()
    assert found == ["slow"]


def test_the_registries_answer_while_a_codec_is_read(checkpoints: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Through the zoo: the codec in memory is loaded while another is still being read."""
    known = zoo.load_listed("tiny")
    (checkpoints / "slow").mkdir()
    for path in (checkpoints / "tiny").glob("*.*"):
        (checkpoints / "slow" / path.name).write_bytes(path.read_bytes())
    reading, go_on, read = threading.Event(), threading.Event(), zoo.read_weights

    def slowly(folder: Path, network: object) -> object:
        reading.set()
        go_on.wait()
        return read(folder, network)

    monkeypatch.setattr(zoo, "read_weights", slowly)
    thread = threading.Thread(target=zoo.load_listed, args=("slow",))
    thread.start()
    reading.wait()
    assert zoo.load_listed("tiny") is known
    go_on.set()
    thread.join()
    assert zoo.load_listed("slow").name == "slow"


def test_all_registries_use_the_one_shelf() -> None:
    shelves = (zoo._zoo._shelf, makers._shelf, joints._shelf, noises._shelf, seen._tokens, seen._pictures)
    assert all(isinstance(shelf, Shelf) for shelf in shelves)


def test_who_asks_for_the_same_at_once_gets_the_same() -> None:
    shelf: Shelf[object] = Shelf(lambda _: 1)
    start, found = threading.Barrier(8), []

    def ask() -> None:
        start.wait()
        found.append(shelf.fetch("x", lambda: 1, object))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8 and len(set(found)) == 1


def test_what_changed_is_read_again_and_what_broke_stays(caplog: pytest.LogCaptureFixture) -> None:
    shelf: Shelf[str] = Shelf(len)

    def broken() -> str:
        raise InputError("It is damaged.")

    with pytest.raises(InputError):
        shelf.fetch("x", lambda: 1, broken)
    assert shelf.fetch("x", lambda: 1, lambda: "old") == "old"
    assert shelf.fetch("x", lambda: 2, lambda: "new") == "new"
    with caplog.at_level(logging.WARNING):
        assert shelf.fetch("x", lambda: 3, broken) == "new" == shelf.fetch("x", lambda: 3, broken)
    assert caplog.text.count("stays in use") == 1
    with pytest.raises(InputError):
        shelf.fetch("x", lambda: 4, broken, may_stay=lambda _: False)


def test_when_memory_is_short_those_go_that_were_used_longest_ago() -> None:
    shelf: Shelf[str] = Shelf(len, most_bytes=10)
    for key in ("a", "b"):
        shelf.fetch(key, lambda: 1, lambda: "12345")
    shelf.fetch("a", lambda: 1, lambda: pytest.fail("read again"))
    shelf.fetch("c", lambda: 1, lambda: "12345")
    assert shelf.held() == ["a", "c"]
    shelf.fetch("huge", lambda: 1, lambda: "x" * 99)
    assert shelf.held() == ["huge"], "the last one read always has room"
    shelf.drop("huge")
    assert shelf.held() == []


def test_folders_are_found_by_name_and_stamped_by_their_files(tmp_path: Path) -> None:
    for name in ("b", "a", ".hidden"):
        (tmp_path / name).mkdir()
    (tmp_path / "file").write_text("")
    found = scan(tmp_path.iterdir(), str.isalpha)
    assert list(found) == ["a", "b"]
    before = file_stamp(tmp_path, "file", "missing")
    (tmp_path / "file").write_text("longer")
    assert before != file_stamp(tmp_path, "file", "missing") and before[1] is None


def test_a_broken_folder_is_left_out_with_a_warning(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    def card(name: str, folder: Path) -> str:
        if name == "bad":
            raise InputError("It is damaged.")
        return name

    with caplog.at_level(logging.WARNING):
        assert cards({"bad": tmp_path, "good": tmp_path}, card) == ["good"]
    assert "bad is left out: It is damaged." in caplog.text
