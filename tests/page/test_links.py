"""A copied link brings another visitor to the same bench."""

import pytest

from tests.page.bench import Bench, Visit


def paint_somewhere(bench: Bench) -> None:
    bench.pick(11)
    bench.tool("paint")
    bench.drag((14, 9), (18, 9))
    bench.follows()


@pytest.fixture
def first(bench: Bench) -> Bench:
    """Somebody with an edit, a selection and a picked code to share."""
    bench.tool("select")
    bench.drag((3, 3), (6, 12))
    bench.deed("shuffle")
    bench.pick(42)  # lets go of the selection
    bench.tool("select")
    bench.drag((20, 8), (25, 25))
    return bench


def test_a_link_restores_codec_tokens_selection_and_code(first: Bench, visit: Visit) -> None:
    second = visit(first.link())
    everything = "[state.codec, [...state.indices], [...state.selection], state.code, state.grid, state.size]"
    assert second.store(everything) == first.store(everything)
    second.follows()
    assert (second.screen("original") == first.screen("original")).all(), "an edited sample comes with its original"
    paint_somewhere(second)


def test_an_uploaded_picture_is_shared_as_tokens_alone(bench: Bench, visit: Visit, photos: dict[str, bytes]) -> None:
    bench.opens("tall.png", photos["tall.png"])
    second = visit(bench.link())
    assert second.indices == bench.indices
    assert second.store("state.original") is None
    second.follows()
    paint_somewhere(second)


def test_a_link_of_the_other_codec_opens_that_codec(bench: Bench, visit: Visit) -> None:
    bench.page.locator("[data-part=codec]").select_option("small-vq")
    bench.until("state.codec === 'small-vq' && state.book.codec === 'small-vq' && Math.max(...state.indices) < 40")
    bench.deed("mirror")
    bench.follows()
    second = visit(bench.link())
    assert second.store("[state.codec, state.book.codec, [...state.indices]]") == [
        "small-vq",
        "small-vq",
        bench.indices,
    ]
    assert second.page.locator("[data-part=codec]").input_value() == "small-vq"
    paint_somewhere(second)


def test_the_address_alone_survives_a_reload(bench: Bench) -> None:
    bench.deed("sort")
    sorted_indices = bench.indices
    bench.page.wait_for_function("location.hash.includes('t=')")
    assert bench.reload().indices == sorted_indices


BROKEN = {
    "cut off": "#c=image-vq&s=256x256&g=32x32&v=64&t=AAAA",
    "unknown codec": "#c=nobody&sample=temple",
    "unknown sample": "#c=image-vq&sample=nobody",
    "garbage": "#%zz&=&t",
}


def test_a_broken_link_opens_a_sample_and_says_so(bench: Bench) -> None:
    bench.forgive("status of 422")
    for name, hash in BROKEN.items():
        bench.open(hash)
        assert bench.store("state.indices.length") == 1024, name
        assert bench.said(), name
        paint_somewhere(bench)


def test_a_link_pasted_into_the_address_opens_at_once(bench: Bench) -> None:
    bench.page.evaluate("location.hash = '#c=image-vq&sample=moon&p=3'")
    bench.until("state.facts.from.sample === 'moon'")
    assert bench.store("state.code") == 3
    bench.deed("mirror")
    kept = bench.indices
    bench.page.evaluate("location.hash = '#c=image-vq&t=AA'")
    assert "incomplete or damaged" in bench.said()
    assert bench.indices == kept
    bench.follows()
    bench.page.evaluate("location.hash = '#c=small-vq&sample=moon'")  # with another codec the page loads anew
    bench.page.wait_for_function("document.querySelector('[data-part=codec]')?.value === 'small-vq'")
    bench.arrived()
    assert bench.store("[state.codec, state.facts.from.sample]") == ["small-vq", "moon"]
    bench.follows()
