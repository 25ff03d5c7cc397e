"""The Train page as a class uses it: a codebook dies, is cured, and somebody's own pictures become a codec."""

import io
import re
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from playground import zoo
from playground.models.config import QuantizerConfig, build
from playground.training.checkpoint import export
from tests.conftest import LABEL, PICTURES
from tests.page.bench import Visit
from tests.page.test_arrival import ALL_TEXT, RAW_KEY, WORDS

NUMBER = "name => parseFloat(document.querySelector(`[data-number=${name}]`).textContent)"


def number(page: Page, name: str, condition: str) -> None:
    """Waits until a number on the page meets a condition, such as "> 40"."""
    page.wait_for_function(f"([name]) => ({NUMBER})(name) {condition}", arg=[name])


def deed(page: Page, name: str) -> None:
    page.locator(f"[data-deed={name}]").click()


@pytest.fixture
def train(visit: Visit) -> Page:
    return visit("train").page


def test_a_codebook_dies_before_your_eyes_and_is_cured(train: Page) -> None:
    train.locator("[data-collapse]").click()
    number(train, "dead", "> 40")
    expect(train.locator("[data-narration]")).to_contain_text("are dead")
    train.locator("[data-cure=revive]").click()
    number(train, "dead", "< 12")
    deed(train, "run")
    expect(train.locator("[data-deed=run]")).to_have_text(WORDS["en"]["train"]["deed"]["continue"])


def test_it_steps_rewinds_and_survives_a_reload(train: Page) -> None:
    for step in (1, 2, 3):
        deed(train, "step")
        expect(train.locator("[data-number=step]")).to_have_text(str(step))
    train.locator("#train-scrub").focus()
    train.keyboard.press("Home")
    expect(train.locator("[data-number=step]")).to_have_text("1")
    train.reload(wait_until="commit")
    train.wait_for_selector("body[data-ready=yes]", state="attached")
    expect(train.locator("[data-number=step]")).to_have_text("3")
    train.locator("#train-scrub").focus()
    train.keyboard.press("Home")
    expect(train.locator("[data-number=step]")).to_have_text("1")


def test_ones_own_pictures_become_a_codec_on_the_bench(visit: Visit) -> None:
    bench = visit("train")
    bench.forgive("422")
    train, files = bench.page, []
    for i in range(9):
        file = io.BytesIO()
        Image.effect_mandelbrot((80, 70), (-2 + i / 9, -1.2, 1, 1.2), 60).save(file, "PNG")
        files.append({"name": f"{i}.png", "mimeType": "image/png", "buffer": file.getvalue()})
    files.insert(4, {"name": "broken <b>.png", "mimeType": "image/png", "buffer": b"no picture"})
    train.locator("[data-own] input[type=file]").set_input_files(files)
    expect(train.locator("[data-own]")).to_contain_text("broken <b>.png")
    expect(train.locator("[data-own] [data-line]")).to_contain_text("9")
    deed(train, "step")
    expect(train.locator("[data-number=step]")).to_have_text("1")
    with train.expect_download() as download:
        deed(train, "save")
    assert Path(download.value.path()).read_bytes()[:2] == b"PK"
    deed(train, "keep")
    train.wait_for_url(re.compile("#c=mine-"))
    train.wait_for_selector("body[data-ready=yes]", state="attached")
    expect(train.locator("[data-widget=grid] canvas")).to_be_visible()
    expect(train.locator(".codec-choice select")).to_contain_text(WORDS["en"]["page"]["own_codec"])


@pytest.mark.parametrize("language", ["en", "zh"])
def test_nothing_scrolls_sideways_and_every_word_is_there(visit: Visit, language: str) -> None:
    page = visit("train", viewport={"width": 360, "height": 740}, locale=language).page
    deed(page, "step")
    expect(page.locator("[data-number=step]")).to_have_text("1")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert not RAW_KEY.search(page.evaluate(ALL_TEXT))


def test_a_codec_without_codes_has_a_card_of_its_own(visit: Visit, tmp_path: Path) -> None:
    config = PICTURES.__class__(name="mine-vae", body=PICTURES.body, quantizer=QuantizerConfig("gaussian"))
    bench = visit()
    export(build(config), tmp_path / "mine-vae", config=config, label=LABEL)
    zoo.lend(tmp_path / "mine-vae")
    page = bench.open("#c=mine-vae&sample=moon").page
    expect(page.locator("[data-widget=continuous] [data-bits]")).to_contain_text("bits")
    for widget in ("grid", "passport", "actions", "codebook"):
        expect(page.locator(f"[data-widget={widget}]")).to_be_hidden()
    picture = page.locator("[data-widget=picture] canvas")
    revision = picture.get_attribute("data-revision")
    page.locator("[data-widget=continuous] input").fill("1")
    expect(picture).not_to_have_attribute("data-revision", revision)
    page.locator(".codec-choice select").select_option("image-vq")
    expect(page.locator("[data-widget=grid]")).to_be_visible()
    expect(page.locator("[data-widget=continuous]")).to_be_hidden()
