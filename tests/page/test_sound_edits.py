"""Hands on the tokens of a sound: what is painted, moved, left out, mixed, taken away and brought back."""

from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import expect

from playground.media.sounds import read_sound
from playground.ui import calls, wire
from tests.page.bench import Gate, Visit
from tests.page.listener import Listener, melody
from tests.served import SOUND

MAGIC = {"wav": b"RIFF", "flac": b"fLaC", "ogg": b"OggS", "json": b"{", "npz": b"PK"}


def changed(before: list[list[int]], after: list[list[int]]) -> set[tuple[int, int]]:
    """(codebook, frame) of the cells that differ."""
    return {
        (level, frame)
        for level, (a, b) in enumerate(zip(before, after, strict=True))
        for frame in range(len(a))
        if a[frame] != b[frame]
    }


def levels_of(answer: dict) -> list[list[int]]:
    """The tokens of every codebook in an answer of the server."""
    return wire.unpack(answer["indices"], "<u2").reshape(answer["codebooks"], -1).tolist()


def edits(listener: Listener) -> int:
    return listener.store("history().past.length")


def choose(listener: Listener, name: str, place: int) -> None:
    """Moves a slider."""
    listener.part("deeds", f"[data-{name}]").fill(str(place))


# --- picking and painting -----------------------------------------------------------------


@pytest.mark.parametrize(("sample", "first", "last"), [("yes", 30, 36), ("singing", 101, 107)])  # the last frame too
def test_a_stroke_changes_the_sound_within_reach_and_undo_restores_it_to_the_bit(
    listener: Listener, sample: str, first: int, last: int
) -> None:
    short = listener.take(sample)
    levels, before = short.bench.levels, short.sound
    short.bench.pick(7)
    short.tool("paint")
    short.drag(short.strip, 0, first, last)
    painted = changed(levels, short.bench.levels)
    assert painted
    assert painted <= {(0, frame) for frame in range(first, last + 1)}
    assert set(short.bench.levels[0][first : last + 1]) == {7}
    short.follows()
    stride, reach = short.store("[state.stride, state.reach]")
    touched = np.flatnonzero(short.sound != before) // stride
    assert len(touched)
    assert touched.min() >= first - reach
    assert touched.max() <= last + reach
    short.page.route("**/bench/decode", lambda route: route.abort())  # what stood there before is known
    short.deed("undo", "deeds")
    assert short.bench.levels == levels
    assert np.array_equal(short.sound, before)


def test_a_range_marked_on_the_tokens_is_looped_and_alone_is_edited(short: Listener) -> None:
    before = short.bench.levels
    short.tool("mark")
    voice = short.hears(lambda: short.drag(short.strip, 1, 60, 79))
    assert short.store("clip.range") == [60, 80]
    assert voice["loop"] is True
    assert len(voice["samples"]) == 20 * 160
    short.deed("reverse", "deeds")
    assert short.bench.levels == [row[:60] + row[60:80][::-1] + row[80:] for row in before]
    short.follows()
    short.click(short.strip, 1, 10)
    assert short.store("clip.range") is None


def test_the_keyboard_does_what_hands_do(short: Listener) -> None:
    before = short.bench.levels
    short.strip.focus()
    press = short.page.keyboard.press
    for key in ("ArrowDown", "PageUp", "PageDown", "ArrowRight"):  # it begins in the middle, at what is picked
        press(key)
    press("Enter")
    short.until(f"state.level === 1 && state.cell === 51 && state.code === {before[1][51]}")
    mean = short.store("state.book.mean_code")
    wanted = next(code for code in range(24) if code not in (mean, before[1][51]))
    short.tool("paint")
    short.strip.focus()
    for key in (*f"{wanted:02}", "Enter"):
        press(key)
    assert changed(before, short.bench.levels) == {(1, 51)}
    assert short.bench.levels[1][51] == wanted
    press("Delete")
    short.until(f"state.levels[1][51] === {mean}")
    press("Control+z")
    press("Shift+ArrowRight")
    assert short.store("clip.range") == [51, 53]
    press("Control+z")
    assert short.bench.levels == before
    press("Escape")
    assert short.store("clip.range") is None
    short.follows()


def test_a_finger_paints_and_does_not_scroll_the_page(visit: Visit) -> None:
    short = Listener(visit("sound", has_touch=True, is_mobile=True, viewport={"width": 390, "height": 844})).take("yes")
    short.bench.pick(7)
    short.tool("paint")
    box = short.strip.bounding_box()
    spots = [short.spot(short.strip, 0, frame) for frame in (20, 40, 60)]
    scrolled = short.page.evaluate("scrollY")
    touch = short.page.context.new_cdp_session(short.page)
    for kind, points in [("Start", spots[:1]), *(("Move", [spot]) for spot in spots[1:]), ("End", [])]:
        at = [{"x": box["x"] + spot["x"], "y": box["y"] + spot["y"]} for spot in points]
        touch.send("Input.dispatchTouchEvent", {"type": f"touch{kind}", "touchPoints": at})
    short.until("history().past.length === 1")
    assert set(short.bench.levels[0][20:61]) == {7}
    assert short.page.evaluate("scrollY") == scrolled
    short.follows()


# --- codebooks ----------------------------------------------------------------------------


def test_every_edit_is_one_entry_and_is_taken_back(short: Listener) -> None:
    expect(short.part("deeds", "[data-deed=freeze]")).to_be_disabled()  # of what?
    short.drag(short.lanes, 1, 20, 59)
    grids = [short.bench.levels]
    first, end = short.store("clip.range")
    short.click(short.strip, 0, 30)  # a code within, to be exchanged
    choose(short, "keep", 1)
    for deed in ("reverse", "shuffle", "sort", "later10", "exchange", "stretch", "restrict", "freeze", "erase"):
        entries = edits(short)
        short.deed(deed, "deeds")
        short.until(f"history().past.length === {entries + 1}")
        outside = {frame for _, frame in changed(grids[-1], short.bench.levels)} - set(range(first, end))
        assert not outside or deed == "stretch", f"{deed} touched what is not marked"
        grids.append(short.bench.levels)
        short.follows()
    for grid in reversed(grids[:-1]):
        short.deed("undo", "deeds")
        assert short.bench.levels == grid
    expect(short.part("deeds", "[data-deed=undo]")).to_be_disabled()
    short.follows()


def test_a_codebook_is_left_out_and_says_again_what_it_said(short: Listener) -> None:
    before = short.bench.levels
    button = short.part("deeds", "[data-out] button:nth-child(2)")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    after = short.bench.levels
    assert (after[0], after[2]) == (before[0], before[2])
    assert set(after[1]) == {short.store("state.levels[1][0]")}
    assert edits(short) == 1
    short.follows()
    button.click()
    expect(button).to_have_attribute("aria-pressed", "false")
    assert short.bench.levels == before
    short.follows()


def test_the_first_codebooks_of_one_clip_and_the_rest_of_another(short: Listener) -> None:
    own = short.bench.levels
    short.part("deeds", "section:last-of-type select").select_option("cymbal")
    other = [row[:100] for row in levels_of(calls.sample(SOUND, "cymbal"))]
    short.part("deeds", "#mix-count").fill("1")
    short.part("deeds", "[data-mix]").click()
    assert short.bench.levels == [own[0], other[1], other[2]]
    short.part("deeds", "#mix-count").fill("2")
    short.part("deeds", "#mix-count").evaluate("slider => slider.dispatchEvent(new Event('change'))")
    assert short.bench.levels == [own[0], own[1], other[2]]
    assert edits(short) == 2
    short.follows()
    short.part("deeds", "[data-way=ba]").click()
    assert short.bench.levels == [other[0], other[1], own[2]]
    for _ in range(3):
        short.deed("undo", "deeds")
    assert short.bench.levels == own


def test_a_clip_says_only_what_another_could_say(short: Listener) -> None:
    short.part("deeds", "section:last-of-type [type=file]").set_input_files(
        {"name": "tune.wav", "mimeType": "audio/wav", "buffer": melody(0.5)}
    )
    short.part("deeds", "[data-codes]").click()
    short.until("history().past.length === 1")
    for row, codes in zip(short.bench.levels, levels_of(calls.encode(SOUND, melody(0.5))), strict=True):
        assert set(row) <= set(codes)
    short.follows()


# --- files and servers --------------------------------------------------------------------


def downloaded(listener: Listener, deed: str, folder: Path) -> Path:
    with listener.page.expect_download() as waiting:
        listener.deed(deed, "output")
    path = folder / waiting.value.suggested_filename
    waiting.value.save_as(path)
    return path


def test_downloads_hold_what_is_on_the_bench_and_tokens_come_back(short: Listener, tmp_path: Path) -> None:
    short.deed("reverse", "deeds")
    short.follows()
    edited = short.bench.levels
    for ending in ("wav", "flac", "ogg"):
        path = downloaded(short, ending, tmp_path)
        assert path.name == f"yes-{SOUND}.{ending}"
        assert path.read_bytes().startswith(MAGIC[ending])
        samples = read_sound(path).samples
        assert len(samples) == 16_000
        # A file's loudest sample is 32767, the page's 32768.
        assert ending == "ogg" or np.abs(samples - short.sound).max() < 2.5 / 32768
    for ending in ("json", "npz"):
        path = downloaded(short, ending, tmp_path)
        assert path.read_bytes().startswith(MAGIC[ending])
        short.deed("undo", "deeds")
        assert short.bench.levels != edited
        short.bench.opens(path.name, path.read_bytes(), {"json": "output", "npz": "input"}[ending])
        assert short.bench.levels == edited
        short.follows()
        assert short.store("clip.original") is None
        expect(short.part("waves", "[data-chip=mel]")).to_have_count(0)
        expect(short.part("waves", "[data-heard=original]")).to_be_disabled()
        short.take("yes").deed("reverse", "deeds")


def test_a_link_restores_all_codebooks_beside_their_original(short: Listener, visit: Visit) -> None:
    short.deed("reverse", "deeds")
    short.follows()
    second = Listener(visit(short.bench.link()))
    assert second.bench.levels == short.bench.levels
    second.follows()
    assert np.array_equal(second.samples("clip.original"), short.samples("clip.original"))
    assert np.abs(second.sound - short.sound).max() < 2.5 / 32768


def test_when_the_server_does_not_answer_the_work_is_kept_and_catches_up(short: Listener) -> None:
    short.bench.forgive("Failed to load resource")
    short.page.route("**/bench/decode", lambda route: route.abort())
    short.bench.pick(7)
    short.tool("paint")
    short.drag(short.strip, 0, 10, 20)
    assert "Your work is kept" in short.bench.said()
    assert set(short.bench.levels[0][10:21]) == {7}
    short.page.unroute("**/bench/decode")
    short.drag(short.strip, 0, 80, 84)  # far away: what was missed has to come too
    short.follows()
    short.deed("undo", "deeds")
    short.deed("undo", "deeds")
    short.follows()


def test_an_answer_to_another_clip_is_dropped(short: Listener) -> None:
    gate = Gate(short.page, "**/bench/decode")
    short.deed("reverse", "deeds")
    gate.wait()
    short.take("cymbal")
    arrived = short.sound
    with short.page.expect_response("**/bench/decode"):
        gate.open()
    short.settles()
    assert np.array_equal(short.sound, arrived)
    short.deed("shuffle", "deeds")
    short.follows()
