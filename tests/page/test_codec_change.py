"""Another codec, a reload, a first edit: none of them takes from visitors what is theirs."""

import numpy as np

from tests.page.bench import Bench, Visit
from tests.page.listener import Listener

PICTURE_AT = "document.querySelector('[data-widget=picture] .wipe').value"


def choose(bench: Bench, codec: str) -> None:
    bench.page.locator("[data-part=codec]").select_option(codec)
    bench.until(f"state.codec === '{codec}' && state.book?.codec === '{codec}'")


def test_ones_own_picture_stays_when_the_codec_changes_and_undo_brings_all_back(
    bench: Bench, photos: dict[str, bytes]
) -> None:
    bench.upload("wide.png", photos["wide.png"])
    bench.until("state.facts.from.name === 'wide.png'")
    bench.pick(5)
    bench.tool("paint")
    bench.drag((2, 2), (2, 9))
    edited = bench.indices
    choose(bench, "small-vq")
    bench.follows()
    assert bench.store("state.facts.from.name") == "wide.png" and bench.store("state.original.startsWith('data:')")
    assert bench.store("history().past.length") == 2
    bench.page.keyboard.press("Control+z")
    bench.until("state.codec === 'image-vq' && history().future.length === 1")
    assert bench.indices == edited
    assert bench.page.locator("[data-part=codec]").input_value() == "image-vq"
    bench.follows()
    bench.page.keyboard.press("Control+z")
    assert not bench.page.evaluate("window.store.isEdited()")


def test_after_a_reload_ones_own_picture_is_still_the_original(bench: Bench, photos: dict[str, bytes]) -> None:
    bench.upload("wide.png", photos["wide.png"])
    bench.until("state.facts.from.name === 'wide.png'")
    original = bench.screen("original")
    bench.page.wait_for_function("location.hash.includes('&t=') && sessionStorage.length")
    bench.reload()
    bench.until("state.original")
    assert np.array_equal(bench.screen("original"), original)
    bench.page.wait_for_selector("[data-chip=psnr]")


def test_a_link_without_its_original_says_so_and_offers_no_comparison(
    bench: Bench, visit: Visit, photos: dict[str, bytes]
) -> None:
    bench.upload("wide.png", photos["wide.png"])
    bench.until("state.facts.from.name === 'wide.png'")
    second = visit(bench.link())
    for look in ("wipe", "original", "error"):
        assert second.part("picture", f"[data-word='picture.look.{look}']").is_disabled()
    assert "without an original" in second.part("picture", "[data-note]").text_content()
    assert second.part("picture", ".side.left").is_hidden()


def test_the_first_edit_is_seen_wherever_it_is(bench: Bench) -> None:
    assert bench.page.evaluate(PICTURE_AT) == "50"
    bench.pick(5)
    bench.tool("paint")
    bench.drag((2, 2), (2, 5))
    bench.page.wait_for_function(f"{PICTURE_AT} === '0'")
    assert bench.part("picture", ".side.left").is_hidden()


def test_ones_own_sound_stays_when_the_tokens_are_opened_again(short: Listener) -> None:
    bench = short.bench
    before = bench.store("[...state.levels[0]]")
    bench.deed("reverse", "deeds")
    bench.page.wait_for_function("window.store.isEdited()")
    bench.page.evaluate(
        """async () => {
          const { snapshot, state } = window.store;
          const wanted = snapshot();
          const { openSample } = await import(new URL('page/sound/clip.js', document.baseURI));
          await openSample(wanted.from.sample, { wanted });
        }"""
    )
    assert bench.page.evaluate("window.store.isEdited()") and bench.store("[...state.levels[0]]") != before
    short.follows()


def test_a_whole_sound_stretched_lasts_longer_and_undo_brings_the_original_back(short: Listener) -> None:
    bench = short.bench
    before, frames = bench.levels, bench.store("state.grid[1]")
    bench.deed("stretch", "deeds")
    bench.until(f"state.grid[1] === {2 * frames} && history().past.length === 1")
    assert bench.levels == [[code for code in level for _ in range(2)] for level in before]
    bench.deed("undo", "deeds")
    bench.until(f"state.grid[1] === {frames} && state.original && history().future.length === 1")
    assert bench.levels == before
