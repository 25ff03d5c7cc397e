"""The sound page as a visitor meets it, and every way onto its bench."""

import io

import numpy as np
import pytest
import soundfile
from playwright.sync_api import expect

from playground.core.spectrogram import RATE
from playground.ui import samples
from tests.page.listener import Listener, melody
from tests.page.test_arrival import ALL_TEXT, RAW_KEY, WORDS, leaves

NO_MICROPHONE = """() => {
  navigator.mediaDevices.getUserMedia = async () => { throw new DOMException("", "NotFoundError"); };
}"""
NOTHING_ARRIVES = "() => { AudioNode.prototype.connect = () => {}; }"
IS_DRAWN = """canvas => canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.some(Boolean)"""


# --- arriving -----------------------------------------------------------------------------


def test_a_sound_is_on_the_bench_before_anything_is_done(listener: Listener) -> None:
    first = samples.listed("audio")[0]["name"]
    rank, grid, size, stride = listener.store("[state.rank, state.grid, state.size, state.stride]")
    assert (rank, grid[0], size[0]) == (1, 1, 1)
    assert grid[1] == -(-size[1] // stride)
    assert np.allclose(listener.samples("clip.original"), samples.opened(first, "audio").signal[0, 0], atol=1e-7)
    listener.follows()
    assert listener.store("player.playing() === null && voices.length === 0"), "nobody likes a page that sounds unasked"
    expect(listener.page.locator("[data-widget=waves] .lane:visible")).to_have_count(3)
    for canvases in (".lane canvas", ".strip > canvas:first-child", ".peel-figures canvas:visible"):
        for canvas in listener.page.locator(canvases).all():
            canvas.scroll_into_view_if_needed()
            listener.page.wait_for_function(IS_DRAWN, arg=canvas.element_handle())


def test_every_sample_is_one_click_away_and_credited(listener: Listener) -> None:
    for entry in reversed(samples.listed("audio")):
        listener.take(entry["name"])
        button = listener.page.locator(f"[data-sample={entry['name']}]")
        expect(button).to_have_attribute("aria-pressed", "true")
        expect(listener.part("input", "[data-credit]")).to_contain_text(entry["credit"])
        assert len(listener.samples("clip.original")) == samples.opened(entry["name"], "audio").signal.shape[-1]
        listener.follows()


@pytest.mark.parametrize("code", ["en", "zh"])
def test_every_word_is_there_and_the_language_is_switched_everywhere(listener: Listener, code: str) -> None:
    listener.deed("reverse", "deeds")
    if code == "zh":
        listener.page.locator("[data-part=language]").click()
    title = listener.page.locator("[data-word='sound.tokens.title']")
    expect(title).to_have_text(WORDS[code]["sound"]["tokens"]["title"])
    listener.page.evaluate("scrollTo(0, 0)")
    text = listener.page.evaluate(ALL_TEXT)
    assert not RAW_KEY.search(text), RAW_KEY.search(text)
    foreign = set(leaves(WORDS["zh" if code == "en" else "en"]["sound"])) - set(leaves(WORDS[code]))
    assert not {line for line in foreign & set(text.splitlines()) if len(line) > 3}


def test_nothing_scrolls_sideways(listener: Listener) -> None:
    listener.page.evaluate(ALL_TEXT)  # opens what is folded
    listener.deed("reverse", "deeds")
    widgets = [card.get_attribute("data-widget") for card in listener.page.locator("[data-widget]").all()]
    for width in (360, 768, 1280):
        listener.page.set_viewport_size({"width": width, "height": 800})
        assert listener.page.evaluate("document.documentElement.scrollWidth") <= width
        for widget in widgets:
            box = listener.page.locator(f"[data-widget={widget}]").bounding_box()
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= width, widget


# --- ways onto the bench ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "rate", "channels", "said"),
    [("tune.wav", 8000, 2, "8 kHz stereo"), ("tune.flac", 44100, 1, "44.1 kHz, one channel")],
)
def test_a_file_is_encoded_and_the_page_says_what_it_was(
    listener: Listener, name: str, rate: int, channels: int, said: str
) -> None:
    data = melody(1.5, rate, channels, ending=name.split(".")[1].upper())
    listener.bench.opens(name, data)
    expect(listener.part("waves", ".source")).to_contain_text(said)
    assert listener.store("state.size") == [1, round(1.5 * RATE)]
    mixed = soundfile.read(io.BytesIO(data))[0].reshape(-1, channels).mean(1)
    inner = np.arange(500, 20_000)  # samples, away from the edges
    wanted = np.interp(inner / RATE, np.arange(len(mixed)) / rate, mixed)
    assert np.abs(wanted - listener.samples("clip.original")[inner]).max() < 0.1
    listener.follows()


def test_of_a_long_sound_the_visitor_chooses_the_half_minute(listener: Listener) -> None:
    listener.bench.opens("long.wav", melody(33, 4000))
    slider = listener.part("waves", ".window input")
    first = listener.samples("clip.original")
    assert len(first) == 30 * RATE
    epoch = listener.store("state.epoch")
    slider.fill("3")
    listener.until(f"state.epoch > {epoch}")
    assert np.abs(listener.samples("clip.original")[: 27 * RATE] - first[3 * RATE :]).max() < 2 / 32768
    expect(listener.part("waves", ".window")).to_contain_text("0:03 to 0:33 of 0:33")
    listener.follows()


def test_a_bad_file_is_said_and_changes_nothing(listener: Listener) -> None:
    listener.bench.forgive("status of 422")
    listener.deed("reverse", "deeds")
    listener.follows()
    kept, heard, epoch = listener.bench.levels, listener.sound, listener.store("state.epoch")
    bad = {
        "no sound file": ("diary.wav", b"Dear diary, this is no sound."),
        "empty (0 bytes)": ("empty.ogg", b""),
        "no sound in this file": ("header.wav", melody(0.0)),
        "not valid JSON": ("tokens.json", b'{"format": "codebook-'),
    }
    for sentence, (name, data) in bad.items():
        listener.bench.upload(name, data)
        assert sentence in listener.bench.said()
        assert (listener.bench.levels, listener.store("state.epoch")) == (kept, epoch)
        assert np.array_equal(listener.sound, heard)
        expect(listener.part("waves", ".spinner")).to_be_hidden()
    listener.deed("undo", "deeds")  # the history is still there too
    listener.follows()


def test_what_the_microphone_hears_goes_onto_the_bench(listener: Listener) -> None:
    listener.page.context.grant_permissions(["microphone"])
    epoch = listener.store("state.epoch")
    listener.part("input", "[data-way=record]").click()
    said = "parseFloat(document.querySelector('.sound-recording [data-said]').textContent.split(' ')[1])"
    listener.until(f"{said} > 1.1")  # the microphone of the test beeps once a second
    listener.part("input", "[data-way=stop]").click()
    listener.until(f"state.epoch > {epoch}")
    expect(listener.part("input", ".sound-recording")).to_be_hidden()
    original = listener.samples("clip.original")
    assert len(original) / RATE >= 1.1
    assert np.abs(original).max() > 0.01, "silence was recorded"
    listener.follows()


def test_one_recording_at_a_time(listener: Listener) -> None:
    listener.page.context.grant_permissions(["microphone"])
    button = listener.part("input", "[data-way=record]")
    button.click()
    expect(listener.part("input", ".sound-recording [data-said]")).to_contain_text("of 30")
    expect(button).to_be_disabled()
    listener.part("input", "[data-way=stop]").click()
    expect(button).to_be_enabled()


def test_without_a_microphone_the_page_says_why(listener: Listener) -> None:
    listener.page.evaluate(NO_MICROPHONE)
    epoch = listener.store("state.epoch")
    listener.part("input", "[data-way=record]").click()
    assert listener.bench.said() == WORDS["en"]["sound"]["input"]["mic_none"]
    assert listener.store("state.epoch") == epoch


def test_stopped_before_anything_was_heard_the_page_says_so(listener: Listener) -> None:
    listener.page.context.grant_permissions(["microphone"])
    listener.page.evaluate(NOTHING_ARRIVES)
    epoch = listener.store("state.epoch")
    listener.part("input", "[data-way=record]").click()
    listener.part("input", "[data-way=stop]").click()
    assert listener.bench.said() == WORDS["en"]["sound"]["input"]["mic_short"]
    expect(listener.part("input", "[data-way=record]")).to_be_enabled()
    assert listener.store("state.epoch") == epoch
