"""What a visitor meets: a living page, in their language, light or dark, on a phone too."""

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from playground.ui import server
from playground.ui.head import PAGES
from tests.page.bench import Bench, Visit

IN_GRADIO = True
WORDS = {code: json.loads((Path(server.WORDS) / f"{code}.json").read_text(encoding="utf-8")) for code in ("en", "zh")}
RAW_KEY = re.compile(rf"\b({'|'.join(WORDS['en'])})(\.\w+)+\b|\{{\w+\}}")  # "grid.title", or a gap nobody filled

ALL_TEXT = """() => {
  for (const details of document.querySelectorAll("details")) details.open = true;
  for (const source of document.querySelectorAll("pre")) source.style.display = "none"; // full of dots and braces
  const texts = [document.body.innerText];
  for (const element of document.querySelectorAll(".mount *"))
    for (const name of ["title", "aria-label", "placeholder", "alt"]) texts.push(element.getAttribute(name) ?? "");
  return texts.join("\\n");
}"""


def test_the_page_is_alive_before_anything_is_done(bench: Bench) -> None:
    assert bench.store("[state.codec, state.grid, state.size]") == ["image-vq", [32, 32], [256, 256]]
    bench.follows()
    expect(bench.part("grid", ".readout")).to_contain_text("Row 17, column 17")
    expect(bench.part("passport", ".face strong")).to_have_text(str(bench.indices[16 * 32 + 16]))
    expect(bench.part("picture", "[data-chip=rate]")).to_have_text("0.094 bits/pixel")  # 6 bits in 64 pixels
    expect(bench.page.locator("[data-widget=picture] .chip")).to_have_count(8)
    expect(bench.page.locator("[data-sample]")).to_have_count(10)
    assert bench.page.title() == "Codebook Playground"
    assert bench.page.locator("h1").count() == 1


def test_samples_are_one_click_away_and_credited(bench: Bench) -> None:
    before = bench.indices
    button = bench.page.locator("[data-sample=moon]")
    button.click()
    bench.until("state.facts.from.sample === 'moon'")
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(bench.part("input", "[data-credit]")).to_contain_text("Photo:")
    assert bench.indices != before
    bench.follows()


@pytest.mark.parametrize("code", ["en", "zh"])
def test_every_word_is_there_in_both_languages(visit: Visit, code: str) -> None:
    bench = visit(locale={"en": "fr-FR", "zh": "zh-TW"}[code])  # a language we do not speak gets English
    expect(bench.page.locator("html")).to_have_attribute("lang", code)
    bench.deed("shuffle")
    text = bench.page.evaluate(ALL_TEXT)
    assert not RAW_KEY.search(text), RAW_KEY.search(text)
    assert WORDS[code]["grid"]["title"] in text
    left = [line for line in text.splitlines() if re.search("[一-鿿]", line)]
    if code == "en":
        assert set(left) == {WORDS["en"]["page"]["otherLanguage"]}
    else:
        assert len(left) > 100


def test_the_language_is_switched_everywhere_and_remembered(bench: Bench) -> None:
    button = bench.page.locator("[data-part=language]")
    expect(button).to_have_text("中文")
    bench.deed("mirror")
    button.click()
    expect(bench.page.locator("[data-word='grid.title']")).to_have_text(WORDS["zh"]["grid"]["title"])
    expect(bench.page.locator(".edit").first).to_contain_text(WORDS["zh"]["edit"]["mirror"])
    english = {text for text in leaves(WORDS["en"]) if re.search("[A-Za-z]{3}", text)} - set(leaves(WORDS["zh"]))
    left = english & set(bench.page.evaluate(ALL_TEXT).splitlines())
    assert not left
    bench.reload()
    expect(bench.page.locator("[data-word='grid.title']")).to_have_text(WORDS["zh"]["grid"]["title"])
    bench.page.locator("[data-part=language]").click()
    expect(bench.page.locator("[data-word='grid.title']")).to_have_text(WORDS["en"]["grid"]["title"])


def leaves(table: dict) -> list[str]:
    return [leaf for entry in table.values() for leaf in (leaves(entry) if isinstance(entry, dict) else [entry])]


@pytest.mark.parametrize("system", ["light", "dark"])
def test_light_or_dark_follows_the_system_until_the_visitor_chooses(visit: Visit, system: str) -> None:
    bench = visit(color_scheme=system)
    paper = {"light": "rgb(246, 244, 239)", "dark": "rgb(19, 19, 22)"}
    other = {"light": "dark", "dark": "light"}[system]
    expect(bench.page.locator("body")).to_have_css("background-color", paper[system])
    bench.page.locator("[data-part=theme]").click()
    expect(bench.page.locator("body")).to_have_css("background-color", paper[other])
    bench.reload()
    expect(bench.page.locator("body")).to_have_css("background-color", paper[other])


# Gradio's container hides what is wider than itself, so the scroll width alone would not show it.
BEYOND = """() => [...document.querySelectorAll(".masthead, .masthead *, .card")]
  .filter((element) => element.offsetParent && element.getBoundingClientRect().right > innerWidth + 1)
  .map((element) => element.outerHTML.slice(0, 90))"""


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("code", ["en", "zh"])
def test_nothing_is_wider_than_the_screen(bench: Bench, page: str, code: str) -> None:
    bench.page.evaluate("code => localStorage.setItem('language', code)", code)
    bench.page.goto(bench.address + page)
    bench.page.wait_for_selector("body[data-ready=yes]", state="attached")
    for width in (360, 390, 768, 1000, 1280):
        bench.page.set_viewport_size({"width": width, "height": 800})
        assert bench.page.evaluate("document.documentElement.scrollWidth") <= width
        assert bench.page.evaluate(BEYOND) == [], width


def test_another_codec_takes_over_the_whole_page(bench: Bench) -> None:
    bench.page.locator("[data-part=codec]").select_option("small-vq")
    bench.until("state.codec === 'small-vq' && state.book.codec === 'small-vq' && Math.max(...state.indices) < 40")
    bench.follows()
    expect(bench.part("picture", "[data-chip=used]")).to_contain_text("of 40")
    expect(bench.part("codebook", ".health")).to_contain_text("not known")  # it came without reference pictures
    bench.pick(39)
    bench.tool("paint")
    bench.drag((2, 2), (9, 9))
    bench.follows()
    expect(bench.part("passport", ".face strong")).to_have_text("39")


def test_a_browser_that_remembers_nothing_still_shows_the_page(visit: Visit) -> None:
    bench = visit(locale="en-US")  # a context of its own: what is added to it stays
    refuse = (
        "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError'); } });"
    )
    bench.page.context.add_init_script(refuse)  # so browsers do within another website's frame
    bench.reload()
    bench.page.locator("[data-part=theme]").click()
    bench.page.locator("[data-part=language]").click()
    expect(bench.page.locator("[data-word='grid.title']")).to_have_text(WORDS["zh"]["grid"]["title"])
    bench.follows()


def test_the_language_stays_when_the_server_is_away(bench: Bench) -> None:
    bench.forgive("Failed to load resource")
    bench.page.route("**/bench/words/**", lambda route: route.abort())
    bench.page.locator("[data-part=language]").click()
    assert bench.said() == WORDS["en"]["message"]["offline"]
    expect(bench.page.locator("[data-word='grid.title']")).to_have_text(WORDS["en"]["grid"]["title"])
