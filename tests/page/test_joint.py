"""The Joint page as a stranger uses it: draw, type, disagree, change a code, listen, look inside."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.page.bench import Bench, Visit
from tests.page.test_arrival import ALL_TEXT, RAW_KEY, WORDS

SAID = WORDS["en"]["joint"]


def settled(page: Page) -> Page:
    """Waits until what is believed has been made."""
    expect(page.locator(".joint-outputs")).to_have_attribute("data-state", "made")
    return page


def made(page: Page) -> str:
    """All that came out, as one text."""
    return page.locator(".joint-out").evaluate_all("cards => cards.map((card) => card.innerHTML).join()")


def codes(page: Page) -> list[str]:
    return page.locator(".joint-shared .joint-code").all_inner_texts()


def drawn(page: Page) -> None:
    box = page.locator(".joint-board canvas").bounding_box()
    page.mouse.move(box["x"] + 40, box["y"] + 30)
    page.mouse.down()
    page.mouse.move(box["x"] + 120, box["y"] + 140, steps=6)
    page.mouse.up()


@pytest.fixture
def page(visit: Visit) -> Page:
    """Somebody who has just come; the seven on the board has been understood."""
    return settled(visit("joint").page)


def test_a_seven_is_on_the_board_and_something_comes_out_of_all_three(page: Page) -> None:
    expect(page.locator(".joint-verdict p").first).to_contain_text("%")
    expect(page.locator(".joint-bars")).to_have_count(3)
    assert len(codes(page)) == 4
    for sense in ("pictures", "sounds", "words"):
        expect(page.locator(f".joint-out[data-sense={sense}] .joint-sample:enabled")).to_have_count(4)
    expect(page.locator(".joint-eye img")).to_be_visible()


def test_drawing_moves_the_belief_and_an_empty_board_asks_for_something(page: Page) -> None:
    before = page.locator(".joint-eye img").get_attribute("src")
    drawn(page)
    expect(page.locator(".joint-eye img")).not_to_have_attribute("src", before)
    settled(page)
    page.locator("[data-way=clear]").click()
    expect(page.locator(".joint-verdict p").first).to_have_text(SAID["say"]["nothing"])
    page.locator("[data-deed=nothing]").click()
    expect(page.locator(".joint-verdict p").first).to_contain_text("Nobody asked")
    settled(page)


def test_a_word_nobody_taught_is_said_to_be_unknown_with_what_it_is_taken_for(page: Page) -> None:
    page.locator(".joint-word").fill("sieben")
    expect(page.locator(".joint-known")).to_have_text(
        re.compile(r"The model does not know “sieben”\. It believes “\w+” at \d+ %\.")
    )
    page.locator(".joint-pick").first.click()
    expect(page.locator(".joint-known")).to_be_empty()
    expect(page.locator(".joint-word")).to_have_value("one")
    expect(page.locator(".joint-key").first).to_contain_text(SAID["sense"]["words"])


def test_a_muted_sense_is_not_heeded(page: Page) -> None:
    card = page.locator(".joint-sense[data-sense=pictures]")
    page.locator(".joint-word").fill("two")
    expect(page.locator(".joint-key").first).to_contain_text(SAID["sense"]["words"])
    card.locator(".joint-mute").click()
    expect(page.locator(".joint-key").first).not_to_contain_text(SAID["sense"]["pictures"])
    expect(card.locator(".joint-opinion")).to_have_text(SAID["muted"])
    card.locator(".joint-mute").click()
    expect(page.locator(".joint-key").first).to_contain_text(SAID["sense"]["pictures"])


def test_weights_and_noise_change_what_is_believed(page: Page) -> None:
    card = page.locator(".joint-sense[data-sense=pictures]")
    told, eye = card.locator(".joint-opinion").inner_text(), page.locator(".joint-eye img").get_attribute("src")
    card.locator("[data-weight]").fill("3")
    expect(card.locator(".joint-opinion")).not_to_have_text(told)
    card.locator("[data-noise]").fill("2")
    expect(page.locator(".joint-eye img")).not_to_have_attribute("src", eye)


def test_another_shared_code_makes_everything_anew_and_there_is_a_way_back(page: Page) -> None:
    before, was = made(page), codes(page)
    page.locator(".joint-shared .joint-code").first.click()
    page.locator(".joint-codes .joint-code:not([aria-pressed=true])").first.click()
    expect(page.locator(".joint-shared .joint-code").first).not_to_have_text(was[0])
    page.wait_for_function(
        "before => [...document.querySelectorAll('.joint-out')].map((c) => c.innerHTML).join() !== before", arg=before
    )
    settled(page)
    page.locator("[data-deed=back]").click()
    expect(page.locator(".joint-shared .joint-code").first).to_have_text(was[0])


def test_seeds_and_styles_are_kept_to(page: Page) -> None:
    settled(page)
    select = page.locator(".joint-out[data-sense=pictures] select")
    select.select_option("hand sign")
    expect(page.locator(".joint-out[data-sense=pictures] .joint-tag")).to_have_text([SAID["style"]["hand_sign"]] * 4)
    image = page.locator(".joint-out[data-sense=pictures] img").first
    before = image.get_attribute("src")
    page.locator(".joint-seed input").fill("77")
    page.locator(".joint-seed input").press("Enter")
    expect(image).not_to_have_attribute("src", before)
    page.locator(".joint-seed input").fill("1")
    page.locator(".joint-seed input").press("Enter")
    expect(image).to_have_attribute("src", before)


def test_the_microphone_is_listened_to(visit: Visit) -> None:
    page = settled(visit("joint", permissions=["microphone"]).page)
    page.locator("[data-way=record]").click()
    expect(page.locator("[data-way=record]")).to_have_text(SAID["stop"])
    expect(page.locator("[data-way=record]")).to_have_text(SAID["record"])  # by itself, once the word is over
    card = page.locator(".joint-sense[data-sense=sounds]")
    expect(card.locator(".joint-opinion, .joint-problem").filter(has_text=re.compile(r"%|silence"))).to_be_visible()


def test_listening_can_be_ended(visit: Visit) -> None:
    page = settled(visit("joint", permissions=["microphone"]).page)
    page.locator("[data-way=record]").click()
    expect(page.locator("[data-way=record]")).to_have_text(SAID["stop"])
    page.locator("[data-way=record]").click()
    expect(page.locator("[data-way=record]")).to_have_text(SAID["record"])


def test_sounds_that_come_out_are_played(page: Page) -> None:
    sample = page.locator(".joint-out[data-sense=sounds] .joint-sample").nth(1)
    sample.click()
    expect(sample).to_have_attribute("data-playing", "")
    expect(sample).to_have_attribute("aria-pressed", "true")
    sample.click()
    expect(sample).not_to_have_attribute("data-playing", "")


def test_a_walk_between_two_meanings_changes_the_belief(page: Page) -> None:
    card = page.locator(".joint-between")
    card.scroll_into_view_if_needed()
    card.locator("[data-end=a]").select_option("0")
    card.locator("[data-end=b]").select_option("2")
    card.locator("[type=range]").fill("1")
    expect(card.locator(".joint-step")).to_contain_text("100 %")
    expect(page.locator("[data-deed=back]")).to_be_visible()


def test_a_code_can_be_looked_at_and_put_into_the_strip(page: Page) -> None:
    card = page.locator(".joint-inspector")
    card.scroll_into_view_if_needed()
    expect(card.locator(".joint-tile")).to_have_count(16)
    tile = card.locator(".joint-tile:not([data-now])").first
    level, code = (tile.get_attribute(f"data-{name}") for name in ("level", "code"))
    tile.click()
    expect(card.locator(".joint-about")).to_contain_text(re.compile(r"\w+ \d+ %"))
    card.locator(".joint-about button").click()
    expect(page.locator(f".joint-shared [data-level='{level}']")).to_have_text(code)


def test_map_and_lesson_are_drawn_when_somebody_comes_near(page: Page) -> None:
    page.locator(".joint-map").scroll_into_view_if_needed()
    expect(page.locator(".joint-points")).to_have_attribute("aria-label", re.compile("12 points"))
    expect(page.locator(".joint-near")).to_contain_text("near")
    page.locator(".joint-lesson").scroll_into_view_if_needed()
    expect(page.locator(".joint-lesson tbody tr")).to_have_count(3)


def test_samples_are_the_models_own(page: Page) -> None:
    card = page.locator(".joint-sense[data-sense=pictures]")
    card.locator("summary").click()
    expect(card.locator(".joint-thumb")).to_have_count(6)
    before = page.locator(".joint-eye img").get_attribute("src")
    card.locator(".joint-thumb").nth(4).click()
    expect(page.locator(".joint-eye img")).not_to_have_attribute("src", before)


def test_what_is_no_picture_or_no_sound_is_said(visit: Visit) -> None:
    bench: Bench = visit("joint")
    page = settled(bench.page)
    file = {"name": "no.png", "mimeType": "image/png", "buffer": b"no picture"}
    page.locator("[data-sense=pictures] input[type=file]").set_input_files(file)
    expect(page.locator("[data-part=message]")).to_have_text(SAID["no_picture"])
    file = {"name": "no.wav", "mimeType": "audio/wav", "buffer": b"no sound"}
    page.locator(".joint-sense[data-sense=sounds] input[type=file]").set_input_files(file)
    expect(page.locator("[data-sense=sounds] .joint-problem")).to_contain_text("no sound file")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_nothing_scrolls_sideways_and_every_word_is_there(visit: Visit, language: str) -> None:
    page = settled(visit("joint", viewport={"width": 390, "height": 844}, locale=language).page)
    for tab in ("sounds", "words", "pictures"):
        page.locator(f"[data-tab={tab}]").click()
        expect(page.locator(f".joint-sense[data-sense={tab}]")).to_be_visible()
    page.locator(".joint-map").scroll_into_view_if_needed()
    expect(page.locator(".joint-points")).to_have_attribute("aria-label", re.compile("12"))
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert not RAW_KEY.search(page.evaluate(ALL_TEXT))
