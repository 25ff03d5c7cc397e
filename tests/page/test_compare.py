"""The Compare page as a stranger uses it: look at the plot, take a point, see, hear or read it, guess, take it home."""

import csv
import io
import re
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from playground.analysis.classics import CLASSICS
from playground.media.modalities import TEXT
from playground.ui import samples
from tests.page.bench import PATIENCE, Visit
from tests.page.test_arrival import ALL_TEXT, RAW_KEY, WORDS
from tests.priors_on_disk import add_priors
from tests.served import Served

SAID = WORDS["en"]["compare"]
PIXELS = """([pane, x]) => {
  const canvas = document.querySelector(`.compare-wall [data-pane=${pane}] canvas`);
  return [...canvas.getContext("2d").getImageData(Math.round(x * canvas.width), canvas.height >> 1, 1, 1).data];
}"""


def raced(page: Page) -> Page:
    """Waits until everybody has come in, and the panes show what they should."""
    expect(page.locator(".compare-plot")).to_have_attribute("aria-busy", "false", timeout=3 * PATIENCE)
    expect(page.locator("[data-point]").first).to_be_attached()
    settled(page)
    return page


def settled(page: Page) -> None:
    for name in ("original", "A", "B"):
        expect(page.locator(f".compare-wall [data-pane={name}]")).to_have_attribute("aria-busy", "false")


def letter(page: Page, name: str) -> str:
    """The family and setting of the point in a pane."""
    return page.locator(f"[data-pane={name}] select").input_value()


@pytest.fixture
def page(visit: Visit) -> Page:
    """Somebody who has just come, and the race of the first picture is over."""
    return raced(visit("compare").page)


@pytest.fixture
def words(visit: Visit) -> Page:
    """The same with texts, whose race is over in a second."""
    return raced(visit("compare#text").page)


def test_the_first_sample_races_by_itself_and_the_answer_is_said(page: Page) -> None:
    families = {"image-vq", "small-vq", "some-rvq", *CLASSICS["image"]}
    shown = page.locator("[data-point]").evaluate_all(
        "points => points.map((point) => point.dataset.point.split(' ')[0])"
    )
    assert set(shown) == families
    assert shown.count("some-rvq") == 3 and shown.count("jpeg") == len(CLASSICS["image"]["jpeg"].settings)
    expect(page.locator(".compare-verdict")).to_contain_text("JPEG")
    assert letter(page, "A").startswith("image-vq ") and letter(page, "B").startswith("jpeg ")
    expect(page.locator("[data-pane=A] .pane-facts")).to_contain_text("PSNR")
    expect(page.locator("[data-pane=original] .pane-facts")).to_have_text("196,608 bytes uncompressed")
    expect(page.locator("[data-lpips]")).to_be_visible()


def test_a_click_on_the_plot_puts_a_point_into_the_pane_that_is_next(page: Page) -> None:
    point = page.locator("[data-point='webp 30']")
    box = point.locator(".plot-halo").bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(page.locator(".plot-tip")).to_contain_text("WebP, quality 30")
    page.mouse.down()
    page.mouse.up()
    assert letter(page, "B") == "webp 30"
    expect(point).to_have_attribute("aria-pressed", "true")
    page.locator("[data-pane=A] .pane-letter").click()
    page.locator("[data-point='some-rvq 2']").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("[data-point='some-rvq 3']")).to_be_focused()
    page.keyboard.press("Enter")
    assert (letter(page, "A"), letter(page, "B")) == ("some-rvq 3", "webp 30")
    settled(page)


def test_families_measures_and_bits_are_a_switch_each(words: Page) -> None:
    page = words
    expect(page.locator(".compare-verdict")).to_contain_text("zstd")
    page.locator("[data-family=zstd]").click()
    expect(page.locator("[data-point^='zstd ']")).to_have_count(0)
    expect(page.locator(".compare-verdict")).to_contain_text("gzip")
    point = page.locator("[data-point='text-rvq 1']")
    before = point.get_attribute("aria-label")
    page.locator("[data-choice=chrf]").click()
    expect(point).to_have_attribute("aria-label", re.compile(r"chrF \d"))
    page.locator("[data-choice=coded]").click()
    expect(page.locator("[data-choice=coded]")).to_have_attribute("aria-pressed", "true")
    assert point.get_attribute("aria-label") != before
    expect(page.locator(".plot-rules")).to_contain_text(SAID["rate"]["coded"])


def test_the_wipe_shows_the_original_on_its_left(page: Page) -> None:
    page.locator(".compare-wall").scroll_into_view_if_needed()
    page.locator("[data-pane=B] select").select_option("jpeg 1")
    settled(page)
    page.locator("[data-look=wipe]").click()
    page.locator("[data-for=wipe] input").fill("0.5")
    page.wait_for_function(f"{SAME}('B', 0.25)")
    assert page.evaluate(PIXELS, ["B", 0.25]) == page.evaluate(PIXELS, ["original", 0.25])
    page.locator("[data-look=difference]").click()
    page.locator("[data-for=zoom] input").fill("1")
    expect(page.locator("[data-for=zoom] output")).to_have_text("12.0 ×")


SAME = f"((pane, x) => String(({PIXELS})([pane, x])) === String(({PIXELS})(['original', x])))"


def test_ones_own_picture_takes_part(page: Page, photos: dict[str, bytes]) -> None:
    file = {"name": "wide.png", "mimeType": "image/png", "buffer": photos["wide.png"]}
    page.locator(".compare-input input[type=file]").set_input_files(file)
    expect(page.locator(".input-foot")).to_contain_text("wide.png")
    raced(page)
    with page.expect_download() as download:
        page.locator("[data-pane=B] .pane-file").click()
    assert re.fullmatch(r"wide-jpeg-\d+\.jpg", download.value.suggested_filename)
    assert Path(download.value.path()).read_bytes()[:2] == b"\xff\xd8"


def test_what_is_no_picture_is_said_and_the_race_before_stays(visit: Visit) -> None:
    bench = visit("compare")
    bench.forgive("422")
    page = raced(bench.page)
    file = {"name": "no.png", "mimeType": "image/png", "buffer": b"no picture"}
    page.locator(".compare-input input[type=file]").set_input_files(file)
    expect(page.locator("[data-part=message]")).to_be_visible()
    assert page.locator("[data-point]").count() > 20


def test_sounds_change_over_while_they_play(visit: Visit) -> None:
    page = raced(visit("compare#audio").page)
    page.locator("[data-sample=yes]").click()
    raced(page)
    hear = {name: page.locator(f".compare-wall [data-pane={name}] .pane-play") for name in ("original", "A", "B")}
    hear["A"].click()
    expect(hear["A"]).to_have_attribute("aria-pressed", "true")
    hear["original"].click()
    expect(hear["original"]).to_have_attribute("aria-pressed", "true")
    expect(hear["A"]).to_have_attribute("aria-pressed", "false")
    hear["original"].click()
    expect(hear["original"]).to_have_attribute("aria-pressed", "false")


def test_a_text_that_is_written_is_raced_and_its_errors_are_marked(words: Page) -> None:
    page = words
    text = "A sentence that nobody trained on: <b>xyzzy</b>."
    page.locator("textarea").fill(text)
    expect(page.locator("[data-pane=original] .pane-text")).to_have_text(text)
    raced(page)
    page.locator("[data-pane=B] select").select_option("gzip 9")
    expect(page.locator("[data-pane=B] .pane-text")).to_have_text(text)
    expect(page.locator("[data-pane=B] .note")).to_have_text(SAID["equal"])
    page.locator("[data-pane=A] select").select_option("text-rvq 1")
    expect(page.locator("[data-pane=A] ins").first).to_be_attached()
    page.locator("[data-choice='bits/character']").click()
    expect(page.locator("[data-pane=A] .pane-size")).to_contain_text("bits/character")


@pytest.mark.parametrize("mode", ["nearer", "original"])
def test_a_blind_trial_hides_the_names_until_it_is_answered(words: Page, mode: str) -> None:
    card = words.locator(".compare-blind")
    card.locator(f"[data-mode={mode}]").first.click()
    card.locator("button[data-next]").click()
    expect(card.locator("figure")).to_have_count(3 if mode == "nearer" else 2)
    expect(card.locator(".blind-said")).to_be_empty()
    card.locator("[data-answer='1']").click()
    expect(card.locator(".blind-said")).to_contain_text("bits/byte")
    expect(card.locator(".blind-said")).to_contain_text("Nearer to you:" if mode == "nearer" else "of 1 originals")
    card.locator("button[data-next]").click()
    expect(card.locator("[data-answer='0']")).to_be_visible()


def test_all_numbers_can_be_read_and_taken_home(words: Page) -> None:
    words.locator(".compare-table summary").click()
    expect(words.locator(".compare-table tbody tr")).to_have_count(3 + len(CLASSICS["text"]))
    with words.expect_download() as download:
        words.locator("[data-csv]").click()
    rows = list(csv.DictReader(io.StringIO(Path(download.value.path()).read_text())))
    assert [row["family"] for row in rows].count("text-rvq") == 3
    size = len(TEXT.write(samples.opened(samples.listed("text")[0]["name"], "text").signal).encode())
    gzip = next(row for row in rows if row["family"] == "gzip")
    assert float(gzip["bits/byte"]) == pytest.approx(8 * int(gzip["bytes"]) / size)


def test_under_a_prior_who_has_none_is_said_and_a_little_picture_keeps_its_size(visit: Visit, site: Served) -> None:
    add_priors(site.zoo.folder, site.zoo.load("small-vq"), "tiny", kinds=("causal",), grid=(1, 4, 4))
    try:
        page = raced(visit("compare").page)
        expect(page.locator("[data-family=small-vq]")).to_have_attribute("aria-pressed", "false")
        page.locator("[data-sample=five]").click()
        raced(page)
        expect(page.locator("[data-family=small-vq]")).to_have_attribute("aria-pressed", "true")
        expect(page.locator("[data-pane=A] select")).to_have_value("small-vq 1")
        expect(page.locator("[data-pane=original] .pane-facts")).to_have_text("3,072 bytes uncompressed")
        page.locator("[data-choice=prior]").click()
        expect(page.locator(".compare-prior")).to_contain_text("under its prior tiny-causal")
        expect(page.locator(".compare-prior")).to_contain_text("image-vq, some-rvq")
        expect(page.locator(".plot-rules")).to_contain_text(SAID["rate"]["prior"])
        page.locator(".compare-table summary").click()
        expect(page.locator(".compare-table thead")).to_contain_text("under a prior")
    finally:
        shutil.rmtree(site.zoo.folder / "small-vq" / "priors")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_nothing_scrolls_sideways_and_every_word_is_there(visit: Visit, language: str) -> None:
    page = visit("compare", viewport={"width": 390, "height": 844}, locale=language).page
    for kind in ("image", "audio", "text"):
        page.locator(f"[data-kind={kind}]").first.click()
        raced(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        assert not RAW_KEY.search(page.evaluate(ALL_TEXT))
