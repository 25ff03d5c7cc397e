"""Blend and the codebook games as a visitor meets them: pictures first, then a sound and a text."""

import base64
import io
from collections.abc import Iterator

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Locator, expect

from playground.ui import blend, games, media, samples
from tests.page.bench import Bench
from tests.page.test_arrival import WORDS
from tests.served import Served, using

SAID = WORDS["en"]["blend"]
WHOLE = "steps => document.querySelector('[data-widget=blend]')?.dataset.whole === String(steps)"
PIXELS = """path => {
  const canvas = document.querySelector(`[data-widget=blend] [data-path=${path}] .stage canvas`);
  return canvas.toDataURL();
}"""
INK = """selector => {
  const canvas = document.querySelector(selector);
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  return new Set(new Uint32Array(data.buffer)).size;
}"""


class Blender:
    """A visitor at the card of one medium's bench."""

    def __init__(self, bench: Bench) -> None:
        self.bench, self.page = bench, bench.page

    def part(self, selector: str) -> Locator:
        return self.bench.part("blend", selector)

    def arrive(self, steps: int = 16) -> "Blender":
        """Scrolls to the card, and waits until the path to the B that it chooses is laid."""
        self.page.evaluate("document.querySelector('[data-widget=blend]').scrollIntoView()")
        return self.laid(steps)

    def laid(self, steps: int = 16) -> "Blender":
        self.page.wait_for_function(WHOLE, arg=steps)
        self.page.wait_for_function("() => !document.querySelector('[data-widget=blend][data-laying]')")
        return self

    def go(self, step: int) -> None:
        """Moves the slider."""
        self.part("[data-word-label='blend.slider']").evaluate(
            "(slider, step) => { slider.value = step; slider.dispatchEvent(new Event('input')); }", step
        )
        self.page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")

    def screen(self, path: str) -> np.ndarray:
        """(32, 32, 3) what a path shows, in small: a canvas is no multiple of a picture's pixels."""
        self.part(f"[data-path={path}]").scroll_into_view_if_needed()
        self.page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        data = base64.b64decode(self.page.evaluate(PIXELS, path).split(",")[1])
        return small(data)


@pytest.fixture
def blender(bench: Bench) -> Blender:
    return Blender(bench).arrive()


@pytest.fixture
def at(site: Served, only_tab: Bench) -> Iterator:
    """at(page): a visitor of another medium's page."""
    with using(site.zoo):
        yield lambda page: Blender(only_tab.begin_anew(page))
        only_tab.check()


def truth(path: str, share: float, b: str = "lizard") -> np.ndarray:
    """(32, 32, 3) what a path is at a share, from the server itself, in small."""
    a = samples.listed()[0]["name"]
    message = {"codec": "image-vq", "a": f"bench/square/{a}", "b": f"bench/square/{b}", "path": path, "share": share}
    return small(blend.step_file(message, "png").data)


def small(picture: bytes) -> np.ndarray:
    """(32, 32, 3) the means of 8 × 8 pixels."""
    return np.asarray(Image.open(io.BytesIO(picture)).convert("RGB").resize((32, 32), Image.Resampling.BOX), float)


def test_the_card_lays_a_path_by_itself_and_the_slider_shows_every_step_of_it(blender: Blender) -> None:
    asked = []
    blender.page.on("request", lambda request: asked.append(request.url))
    for step in (0, 8, 11, 16):
        blender.go(step)
        expect(blender.part(".blend-road output")).to_have_text(f"{round(100 * step / 16)} %")
        for path in ("signal", "latents", "snapped", "tokens"):
            assert np.abs(blender.screen(path) - truth(path, step / 16)).mean() < 9, (path, step)
    assert not [url for url in asked if "blend" in url], "the frames are kept"


def test_another_b_and_another_order_change_what_they_say(blender: Blender) -> None:
    blender.part("[data-second=moon]").click()
    blender.page.wait_for_function("() => !document.querySelector('[data-widget=blend][data-whole]')")
    blender.laid().go(8)
    assert np.abs(blender.screen("snapped") - truth("snapped", 0.5, "moon")).mean() < 9
    before = blender.screen("tokens")
    with blender.page.expect_response("**/bench/blend"):
        blender.part("[data-order]").select_option("along")
    blender.page.wait_for_function("() => !document.querySelector('[data-widget=blend][data-laying]')")
    blender.page.wait_for_function("() => true")
    after = blender.screen("tokens")
    assert np.abs(before - after).mean() > 3
    assert np.abs(after[:, :14] - truth("tokens", 1, "moon")[:, :14]).mean() < 9


def test_a_mark_and_its_cell_light_up_together(blender: Blender) -> None:
    lane = blender.part("[data-lane=tokens] canvas")
    lane.scroll_into_view_if_needed()
    box = lane.bounding_box()
    for x in range(40, int(box["width"]) - 40, 7):
        blender.page.mouse.move(box["x"] + x, box["y"] + box["height"] / 2)
        if blender.bench.store("state.hover.cell") >= 0:
            break
    cell = blender.bench.store("state.hover.cell")
    assert cell >= 0
    expect(blender.part("[data-cell]")).to_contain_text(f"Cell {cell + 1:,}")
    assert blender.page.evaluate(INK, "[data-widget=blend] [data-lane=snapped] canvas") > 8


def test_a_step_is_put_on_the_bench_and_can_be_undone(blender: Blender) -> None:
    bench = blender.bench
    before = bench.indices
    blender.go(16)
    blender.part("[data-place]").click()
    assert "tokens changed" in bench.said()
    a, b = (bench.store(f"[...state.{name}]") for name in ("indices", "encoded"))
    assert a != before and b == before
    bench.store("window.store.undo()")
    assert bench.indices == before


def test_paths_are_taken_away_as_films(blender: Blender) -> None:
    for ending, form in (("gif", "GIF"), ("webp", "WEBP")):
        with blender.page.expect_download() as waiting:
            blender.part(f"[data-film={ending}]").click()
        film = Image.open(io.BytesIO(waiting.value.path().read_bytes()))
        assert (film.format, film.n_frames) == (form, 32)
        assert waiting.value.suggested_filename.endswith(f"-lizard-snapped.{ending}")


def test_it_plays_and_stops(blender: Blender) -> None:
    button = blender.part("[data-play]")
    blender.go(0)
    button.click()
    expect(button).to_have_text(SAID["stop"])
    blender.page.wait_for_function("() => document.querySelector('[data-widget=blend] [type=range]').value > 2")
    button.click()
    expect(button).to_have_text(SAID["play"])


def test_a_selection_runs_ahead_at_a_speed_one_chooses(blender: Blender) -> None:
    inside = blender.part("[data-inside]")
    expect(inside).to_be_hidden()
    with blender.page.expect_response("**/bench/blend"):
        blender.bench.store(
            "window.store.select(Uint8Array.from(state.indices, (_, cell) => Number(cell % state.grid[1] < 8)))"
        )
    blender.laid()
    expect(inside).to_be_visible()
    blender.go(8)
    columns = blender.bench.store("state.stride") - 1
    assert np.abs(blender.screen("tokens")[:, :columns] - truth("tokens", 1)[:, :columns]).mean() < 12


@pytest.mark.parametrize("name", ["permute", "drift", "wobble"])
def test_games_play(bench: Bench, name: str) -> None:
    bench.page.evaluate("document.querySelector('[data-widget=games]').scrollIntoView()")
    bench.page.wait_for_selector("[data-widget=games][data-done=palette]")
    bench.part("games", f"[data-game={name}]").click()
    bench.page.wait_for_selector(f"[data-widget=games][data-done={name}]")
    a = samples.listed()[0]["name"]
    message = {"codec": "image-vq", "a": f"bench/square/{a}"}
    verdict = bench.part("games", ".blend-verdict")
    if name == "permute":
        expect(verdict).to_contain_text(f"{games.play('permute', message | {'seed': 1})['others']:,} of")
        bench.part("games", "[data-place]").click()
        assert "tokens changed" in bench.said()
    elif name == "drift":
        trips = [trip for trip in games.drift(message | {"passes": 16}) if trip["kind"] == "pass"]
        expect(bench.page.locator("[data-widget=games] .games-plot button")).to_have_count(len(trips))
        expect(verdict).to_contain_text(f"Pass {len(trips)}:")
        bench.part("games", ".games-plot button").click()
        expect(verdict).to_contain_text(f"Pass 1: {sum(trips[0]['moved']):,} of")
    else:
        expect(verdict).to_contain_text("Rank correlation")
        expect(bench.part("games", "[data-view=margins] canvas")).to_be_visible()


def test_sounds_are_heard_while_the_slider_moves(at) -> None:
    blender = at("sound").arrive(8)
    blender.part("[data-path=snapped] [data-hear]").click()
    expect(blender.part("[data-path=snapped] [data-hear]")).to_have_attribute("aria-pressed", "true")
    blender.go(6)
    expect(blender.part("[data-path=snapped] [data-hear]")).to_have_attribute("aria-pressed", "true")
    with blender.page.expect_response("**/bench/blend/across"):
        blender.part("[data-path=tokens] [data-way]").click()
    expect(blender.part("[data-path=tokens] [data-hear]")).to_have_attribute("aria-pressed", "true")
    expect(blender.part("[data-path=snapped] [data-hear]")).to_have_attribute("aria-pressed", "false")
    blender.part("[data-path=tokens] [data-hear]").click()
    expect(blender.part("[data-path=tokens] [data-hear]")).to_have_attribute("aria-pressed", "false")


def test_texts_show_whose_letters_they_are(at) -> None:
    blender = at("text").arrive()
    field = blender.part("textarea")
    with blender.page.expect_response("**/bench/blend"):
        field.fill("我叫李雷，住在上海。<b>and</b> more")
    blender.laid().go(16)
    text = blender.part("[data-path=signal] .blend-text")
    expect(text).to_have_text("我叫李雷，住在上海。<b>and</b> more")
    assert set(text.evaluate("p => [...p.children].map((span) => span.dataset.whose)")) <= {"b", "both"}
    expect(blender.page.locator("[data-widget=blend] .blend-list li")).to_have_count(17)
    with blender.page.expect_download() as waiting:
        blender.part("[data-film=txt]").click()
    assert len(waiting.value.path().read_text(encoding="utf-8").splitlines()) == 17


@pytest.mark.parametrize("page", ["", "sound", "text"])
@pytest.mark.parametrize("width", [390, 1440])
def test_nothing_is_wider_than_the_screen(at, page: str, width: int) -> None:
    blender = at(page)
    blender.page.set_viewport_size({"width": width, "height": 800})
    blender.arrive({"sound": 8}.get(page, 16))
    blender.page.evaluate("document.querySelector('[data-widget=games]').scrollIntoView()")
    blender.page.wait_for_selector("[data-widget=games][data-done]")
    assert blender.page.evaluate("document.documentElement.scrollWidth") <= width


def test_every_medium_is_asked_for_as_its_samples_are_addressed() -> None:
    for kind, address in samples.ADDRESSES.items():
        source = "".join(path.read_text() for path in (samples.EXAMPLES.parent / "blend").glob("*.js"))
        assert f'"{address}"' in source, kind
    assert set(media.MEDIA) == set(samples.ADDRESSES)
