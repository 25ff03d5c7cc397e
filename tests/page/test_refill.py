"""A prior at work as a visitor meets it: mark, see four proposals fill, take one, take it back; repair; go on."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.page.bench import Bench, eventually
from tests.page.conftest import ORDINARY
from tests.served import Served, make_checkpoints, serve, using
from tests.tiny_priors import add_priors

INDICES = "() => window.store.state.levels.map((codes) => [...codes])"
WORKED = "way => document.querySelector('[data-widget=refill]')?.dataset.done === way"
INKS = """selector => [...document.querySelectorAll(selector)].map((canvas) => {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  return new Set(new Uint32Array(data.buffer)).size;
})"""

HEIGHTS = "() => [...document.querySelectorAll('[data-widget=refill] .button')].map((button) => button.offsetHeight)"


@pytest.fixture(scope="module")
def gifted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The page with tiny priors."""
    with serve(add_priors(make_checkpoints(tmp_path_factory.mktemp("gifted") / "checkpoints"))) as served:
        yield served


@pytest.fixture
def at(gifted: Served, browser: Browser) -> Iterator:
    """at(page): a visitor at the card of one medium's bench."""
    context = browser.new_context(**ORDINARY)
    bench = Bench(context, gifted.address)
    with using(gifted.zoo):
        yield lambda page: Visitor(bench.open(page))
        bench.check()
    context.close()


class Visitor:
    def __init__(self, bench: Bench) -> None:
        self.bench, self.page = bench, bench.page
        self.page.evaluate("document.querySelector('[data-widget=refill]').scrollIntoView()")
        expect(self.part("[data-run]")).to_be_visible()

    def part(self, selector: str) -> Locator:
        return self.page.locator(f"[data-widget=refill] {selector}")

    def indices(self) -> list[list[int]]:
        return self.page.evaluate(INDICES)

    def choose(self, way: str) -> "Visitor":
        self.part(f"[data-way={way}]").click()
        return self

    def run(self, way: str) -> "Visitor":
        self.part("[data-run]").click()
        self.page.wait_for_function(WORKED, arg=way)
        return self


@pytest.mark.parametrize("page", ["", "sound", "text"])
def test_a_proposal_is_taken_with_a_click_and_taken_back(at, page: str) -> None:
    visitor = at(page)
    expect(visitor.part("[data-run]")).to_be_disabled()
    visitor.part("[data-middle]").click()
    marked = visitor.page.evaluate("() => [...window.store.state.selection]")
    before = visitor.indices()
    visitor.run("refill")
    assert visitor.indices() == before, "nothing changes before somebody chooses"
    visitor.part("[data-deed=place]").nth(2).click()
    expect(visitor.page.locator("[data-part=message]")).to_contain_text("On the bench")
    after = visitor.indices()
    assert after != before
    for old, new in zip(before, after, strict=True):
        assert all(a == b for a, b, mark in zip(old, new, marked, strict=True) if not mark)
    visitor.page.evaluate("() => window.store.undo()")
    assert visitor.indices() == before


def test_four_pictures_are_to_be_seen(at) -> None:
    visitor = at("").choose("variations").run("variations")
    expect(visitor.part(".refill-figure")).to_have_count(4)
    visitor.part(".refill-figure").first.scroll_into_view_if_needed()
    inks = partial(visitor.page.evaluate, INKS, "[data-widget=refill] .stage canvas")
    assert len(inks()) == 4 and eventually(visitor.page, lambda: min(inks()) > 20)


@pytest.mark.parametrize("page", ["", "sound", "text"])
def test_a_repair_tells_its_figures_and_its_outcome(at, page: str) -> None:
    visitor = at(page).choose("repair").run("repair")
    outcome = visitor.part(".refill-verdict")
    expect(outcome).not_to_be_empty()
    assert outcome.get_attribute("data-outcome") in ("better", "worse", "same")
    rows = visitor.part(".refill-table tbody tr")
    expect(rows).to_have_count(4)
    assert all("–" not in text for text in rows.all_inner_texts())
    before = visitor.indices()
    visitor.part(".refill-made [data-place]").click()
    assert visitor.indices() != before


def test_a_text_goes_on_and_is_opened_as_tokens(at, tmp_path: Path) -> None:
    visitor = at("text")
    before = len(visitor.indices()[0])
    visitor.choose("extend").run("extend")
    with visitor.page.expect_download() as saved:
        visitor.part("[data-deed=save]").first.click()
    assert saved.value.suggested_filename.endswith("-extend-1.txt")
    visitor.part("[data-deed=open]").first.click()
    visitor.page.wait_for_function("n => window.store.state.indices.length > n", arg=before)
    assert len(visitor.indices()[0]) > before


def test_where_there_is_no_prior_it_says_which_codecs_have_one(at) -> None:
    visitor = at("")
    visitor.page.locator("[data-part=codec]").select_option("small-vq")
    none = visitor.part("[data-none]")
    expect(none).to_be_visible()
    expect(visitor.part(".refill-open")).to_be_hidden()
    expect(none).to_contain_text("There is no prior for this codec yet")


def test_the_card_fits_a_phone(gifted: Served, browser: Browser) -> None:
    context = browser.new_context(**ORDINARY | {"viewport": {"width": 390, "height": 844}})
    with using(gifted.zoo):
        visitor = Visitor(Bench(context, gifted.address).open("text"))
        visitor.choose("repair").run("repair")
        assert visitor.page.evaluate("document.documentElement.scrollWidth") <= 390
        assert all(height == 0 or height >= 36 for height in visitor.page.evaluate(HEIGHTS))
    context.close()
