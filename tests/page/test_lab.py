"""The plane lab as a lecturer uses it: it runs, collapses, is cured, and takes nothing from anybody."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.page.bench import Bench, Visit
from tests.page.test_arrival import ALL_TEXT, RAW_KEY, WORDS

PERPLEXITY = "() => parseFloat(document.querySelector('[data-racer=vq] [data-number=perplexity]').textContent)"
CODES = 16  # of VQ when the page opens


def perplexity(page: Page, condition: str) -> None:
    """Waits until the number on the page meets a condition, such as "< 2"."""
    page.wait_for_function(f"() => ({PERPLEXITY})() {condition}")


def deed(page: Page, name: str) -> None:
    page.locator(f"[data-deed={name}]").click()


def image(page: Page, racer: str = "vq") -> str:
    return page.locator(f"[data-racer={racer}] canvas").evaluate("canvas => canvas.toDataURL()")


@pytest.fixture
def lab(visit: Visit) -> Page:
    """The lab, as somebody meets it who does not want motion."""
    return visit("lab").page


def test_a_codebook_collapses_before_your_eyes_and_is_cured(lab: Page) -> None:
    deed(lab, "run")
    perplexity(lab, f"> {0.6 * CODES}")
    for cure in ("[data-toggle=revival]", "[data-deed=kmeans]"):
        deed(lab, "collapse")
        perplexity(lab, "< 2")
        expect(lab.locator("[data-verdict]")).to_have_text(WORDS["en"]["plane"]["verdict"]["collapsed"])
        expect(lab.locator("[data-racer=vq] [data-number=dead]")).to_have_text(str(CODES - 1))
        lab.locator(cure).click()
        perplexity(lab, f"> {0.7 * CODES}")


def test_it_stands_still_for_those_who_want_no_motion_and_runs_for_the_others(visit: Visit) -> None:
    still = visit("lab").page
    expect(still.locator("[data-deed=run]")).to_have_text(WORDS["en"]["plane"]["deed"]["run"])
    before = image(still)
    deed(still, "step")
    still.wait_for_function(
        "before => document.querySelector('[data-racer=vq] canvas').toDataURL() !== before", arg=before
    )
    moving = visit("lab", reduced_motion="no-preference").page
    expect(moving.locator("[data-deed=run]")).to_have_text(WORDS["en"]["plane"]["deed"]["pause"])
    deed(moving, "run")
    expect(moving.locator("[data-deed=run]")).to_have_text(WORDS["en"]["plane"]["deed"]["run"])


def test_points_are_drawn_by_mouse_and_by_keys(lab: Page) -> None:
    lab.locator("[value=drawing]").click()
    expect(lab.locator("[data-verdict]")).to_have_text(WORDS["en"]["plane"]["verdict"]["empty"])
    canvas = lab.locator("[data-racer=fsq] canvas")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    lab.mouse.move(box["x"] + 40, box["y"] + 40)
    lab.mouse.down()
    lab.mouse.move(box["x"] + 150, box["y"] + 90, steps=8)
    lab.mouse.up()
    expect(lab.locator("[data-verdict]")).not_to_have_text(WORDS["en"]["plane"]["verdict"]["empty"])
    deed(lab, "clear")
    expect(lab.locator("[data-verdict]")).to_have_text(WORDS["en"]["plane"]["verdict"]["empty"])
    lab.locator("[data-racer=vq] canvas").focus()
    for key in ("ArrowRight", "ArrowUp", " "):
        lab.keyboard.press(key)
    expect(lab.locator("[data-verdict]")).not_to_have_text(WORDS["en"]["plane"]["verdict"]["empty"])


def test_every_slider_says_what_its_value_means(lab: Page) -> None:
    slider = lab.locator("#slider-size")
    slider.focus()
    slider.press("End")
    expect(lab.locator("#means-size")).to_contain_text("6 bits per point. RVQ spends them as 8 + 8 codes")
    expect(lab.locator("[data-racer=vq] [data-number=perplexity]")).to_contain_text("of 64")
    lab.locator("#slider-decay").press("End")
    expect(lab.locator("#means-decay")).to_contain_text("1,000 batches")
    lab.locator("[value=gradient]").click()
    expect(lab.locator("#means-decay")).to_contain_text("No effect")
    expect(lab.locator("#means-beta")).to_contain_text("No effect")
    lab.locator("[data-toggle=moving]").click()
    expect(lab.locator("#means-beta")).to_contain_text("20 %")


def test_gradient_arrows_are_drawn_and_explained(lab: Page) -> None:
    before = image(lab)
    lab.locator("[data-toggle=arrows]").click()
    expect(lab.locator("[data-toggle=arrows]")).to_have_attribute("aria-pressed", "true")
    lab.wait_for_function(
        "before => document.querySelector('[data-racer=vq] canvas').toDataURL() !== before", arg=before
    )


@pytest.mark.parametrize("code", ["en", "zh"])
def test_nothing_scrolls_sideways_and_every_word_is_there(visit: Visit, code: str) -> None:
    page = visit("lab", locale={"en": "en-GB", "zh": "zh-CN"}[code]).page
    page.locator("[value=drawing]").click()
    page.locator("[data-toggle=arrows]").click()
    for width in (360, 768, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        for card in page.locator(".lab .card").all():
            box = card.bounding_box()
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= width
    text = page.evaluate(ALL_TEXT)
    assert not RAW_KEY.search(text), RAW_KEY.search(text)
    chinese = {line for line in text.splitlines() if re.search("[一-鿿]", line)}
    assert (chinese == {WORDS["en"]["page"]["otherLanguage"]}) == (code == "en")


def test_light_and_language_are_switched_here_too(lab: Page) -> None:
    lab.locator("[data-part=theme]").click()
    expect(lab.locator("body")).to_have_css("background-color", "rgb(19, 19, 22)")
    lab.locator("[data-part=language]").click()
    expect(lab.locator("[data-deed=collapse]")).to_have_text(WORDS["zh"]["plane"]["deed"]["collapse"])
    expect(lab.locator("[data-racer=vq] canvas")).to_have_attribute("aria-label", re.compile("困惑度"))


def test_the_bench_and_the_lab_lead_to_each_other_and_load_nothing_of_each_other(bench: Bench) -> None:
    loaded = "performance.getEntriesByType('resource').map((entry) => entry.name)"
    assert not [name for name in bench.page.evaluate(loaded) if "/lab/" in name]
    bench.page.get_by_role("link", name=WORDS["en"]["plane"]["link"]).click()
    bench.page.wait_for_url(re.compile("/lab$"))
    bench.arrived()
    names = bench.page.evaluate(loaded)
    assert [name for name in names if name.endswith("/lab/lab.js")]
    assert not [name for name in names if re.search(r"/page/page\.js|/bench/(?!words)", name)]
    assert not bench.page.locator(".nav-holder").is_visible()
    bench.page.get_by_role("link", name=WORDS["en"]["plane"]["back"]).click()
    bench.page.wait_for_url(bench.address)
    bench.arrived()
