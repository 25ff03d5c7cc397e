"""What reaches the ears of a visitor to the sound page, and whether the playhead tells the truth about it."""

from functools import partial

import numpy as np
from playwright.sync_api import expect

from playground.core.spectrogram import RATE
from playground.ui import calls
from tests.page.bench import Gate, Visit
from tests.page.listener import Listener, alike, decoded, message_of
from tests.served import SOUND

QUANTUM = 128  # samples that an audio graph renders at a time: its clock goes in such steps
# The player's place and the place by the graph's own clock, of the voice that was handed to it last.
PLACES = """() => {
  const { when, offset } = voices.at(-1);
  const [clock, place] = [graph.currentTime - (graph.outputLatency || graph.baseLatency), player.position()];
  return [place, Math.max(0, clock - when + offset) * 16000];
}"""
# In each frame drawn: the sample it began with, where the playhead stands on the token canvas, and the sample now.
HEADS = """() => {
  window.heads = [];
  store.on("head", ({ sample }) => {
    const [head, canvas] = [".strip-head", ".strip-marks"].map((part) => document.querySelector(`.strip ${part}`));
    const shift = new DOMMatrix(getComputedStyle(head).transform).m41;
    heads.push([sample, (shift / canvas.clientWidth) * store.state.grid[1] * store.state.stride, player.position()]);
  });
}"""
AROUND, GAP, EDGE = 0.12, 0.25, 0.01  # seconds heard on either side of a cell, between two of them, and faded


# --- the playhead -------------------------------------------------------------------------


def test_the_playhead_is_where_the_clock_of_the_sound_card_says(listener: Listener) -> None:
    listener.take("man").follows()
    listener.page.evaluate(HEADS)
    voice = listener.hears(listener.part("waves", "[data-toggle]").click)
    assert alike(voice["samples"], listener.sound)
    listener.until("player.position() > 1000")
    places = [listener.page.evaluate(PLACES) for _ in range(5)]
    listener.until(f"player.position() > {places[0][0] + 2000}")  # on a busy machine the first look may be a late one
    places.append(listener.page.evaluate(PLACES))
    for place, clock in places:
        assert abs(place - clock) <= QUANTUM
    drawn = listener.page.evaluate("heads.filter(([began, , now]) => began !== null && now !== null)")
    assert len(drawn) > 2 and drawn[-1][1] > drawn[0][1]
    for began, head, now in drawn:
        assert began - QUANTUM <= head <= now + QUANTUM
    listener.part("waves", "[data-toggle]").click()
    assert listener.store("[player.position(), player.playing()]") == [None, None]
    assert listener.store("player.hearing.cursor") >= places[-1][0], "it goes on from where it was stopped"


def test_at_its_end_the_sound_stops_by_itself(listener: Listener) -> None:
    listener.take("yes")
    listener.lanes.focus()
    listener.page.keyboard.press("End")
    voice = listener.hears(lambda: listener.page.keyboard.press("Space"))
    assert voice["offset"] == (listener.store("state.size[1]") - listener.store("state.stride")) / RATE
    listener.until("player.playing() === null && player.position() === null && player.hearing.cursor === 0")


def test_a_marked_range_goes_round_and_round(listener: Listener) -> None:
    listener.take("yes").follows()
    listener.drag(listener.lanes, 1, 20, 39)
    first, end = listener.store("clip.range")
    assert 19 <= first <= 21
    assert 39 <= end <= 41
    assert listener.store("selectedCells()") == list(range(first, end))
    voice = listener.hears(listener.part("waves", "[data-toggle]").click)
    stride = listener.store("state.stride")
    assert voice["loop"] is True
    assert len(voice["samples"]) == (end - first) * stride
    listener.until(f"graph.currentTime - voices.at(-1).when > {2.5 * (end - first) * stride / RATE}")
    assert first * stride <= listener.store("player.position()") < end * stride
    listener.part("waves", "[data-clear]").click()
    assert listener.store("[clip.range, state.selection]") == [None, None]


def test_another_lane_is_heard_from_the_same_place(listener: Listener) -> None:
    listener.take("man").follows()
    before = listener.hears(listener.part("waves", "[data-toggle]").click)
    for which in ("original", "difference", "resynthesis"):
        after = listener.hears(listener.part("waves", f"[data-heard={which}]").click)
        assert abs((after["when"] - before["when"]) - (after["offset"] - before["offset"])) < 1 / RATE
        wanted = {"original": "clip.original", "resynthesis": "clip.sound"}.get(which)
        wanted = listener.samples(wanted) if wanted else listener.samples("clip.original") - listener.sound
        assert alike(after["samples"], wanted)
        before = after
    expect(listener.part("waves", "[data-lane=resynthesis]")).to_have_attribute("data-heard", "")
    listener.take("yes")
    assert listener.store("player.playing()") is None, "another sound is not begun in the middle"


def test_in_the_blind_test_x_is_one_of_the_two_and_the_answer_is_true(listener: Listener) -> None:
    listener.take("yes").follows()
    listener.part("waves", ".blind summary").click()
    answers = listener.page.locator(".blind [data-answer]")
    expect(answers.first).to_be_disabled()
    names = (listener.part("waves", f".blind [data-name={name}]") for name in "ABX")
    a, b, x = (listener.hears(name.click)["samples"] for name in names)
    assert [np.array_equal(x, a), np.array_equal(x, b)].count(True) == 1
    answers.nth(int(np.array_equal(x, b))).click()
    expect(listener.part("waves", ".blind .readout")).to_contain_text("Right")
    expect(listener.part("waves", ".blind .readout")).to_contain_text("1 of 1")
    listener.part("waves", ".blind [data-next]").click()
    assert listener.store("player.playing()") is None


# --- codes --------------------------------------------------------------------------------


def test_a_click_picks_the_cell_and_plays_it_with_and_without_its_code(short: Listener) -> None:
    stride = short.store("state.stride")
    for row, frame in ((0, 40), (2, 71)):
        code = short.bench.levels[row][frame]
        voice = short.hears(partial(short.click, short.strip, row, frame))
        short.until(f"state.level === {row} && state.cell === {frame} && state.code === {code} && state.book")
        expect(short.part("passport", ".face strong")).to_have_text(f"Code {code} of codebook {row + 1}")
        expect(short.part("tokens", ".readout")).to_contain_text(f"code {code}")
        expect(short.part("tokens", ".readout")).to_contain_text("mean code")
        tokens = short.bench.tokens()
        indices = tokens.indices.clone()
        indices[0, row, frame] = short.store("state.book.mean_code")
        without = decoded(message_of(tokens.with_indices(indices)))
        first, end = (round((frame + side) * stride + sign * AROUND * RATE) for side, sign in ((0, -1), (1, 1)))
        edge, gap = round(EDGE * RATE), round(GAP * RATE)
        kept, swapped = np.split(voice["samples"], [end - first, end - first + gap])[::2]
        assert alike(kept[edge:-edge], short.sound[first + edge : end - edge])
        assert alike(swapped[edge:-edge], without[first + edge : end - edge])
    assert short.store("history().past.length") == 0


def test_what_is_clicked_last_is_picked_even_while_another_codebook_is_on_its_way(short: Listener) -> None:
    gate = Gate(short.page, "**/bench/codebook/**")
    short.click(short.strip, 2, 71)
    gate.wait()
    code = short.bench.levels[0][40]
    short.click(short.strip, 0, 40)
    with short.page.expect_response("**/bench/codebook/*?level=2"):
        gate.open()
    short.until(f"state.level === 0 && state.cell === 40 && state.code === {code}")
    short.settles()
    assert short.store("[state.level, state.cell, state.code]") == [0, 40, code]


def test_a_stroke_is_heard_however_slowly_it_was_drawn(short: Listener) -> None:
    short.bench.pick(7)
    short.tool("paint")
    short.strip.hover(position=short.spot(short.strip, 0, 50))
    short.page.mouse.down()
    short.follows()  # the sound is there before the hand lets go
    voice = short.hears(short.page.mouse.up)
    before = 10 * short.store("state.stride")  # ten frames before the cell
    assert alike(voice["samples"][:before], short.sound[50 * short.store("state.stride") - before :][:before])


def test_what_is_edited_while_it_plays_goes_on_with_the_new_sound(short: Listener) -> None:
    short.part("waves", "[data-round]").click()
    before = short.hears(short.part("waves", "[data-toggle]").click)
    after = short.hears(lambda: short.deed("reverse", "deeds"))
    short.follows()
    place = (before["offset"] + after["when"] - before["when"]) % 1.0
    assert abs((after["offset"] - place + 0.5) % 1.0 - 0.5) < 1e-3
    assert alike(after["samples"][:15_000], short.sound[:15_000])  # its end is blended into its beginning


def test_a_code_is_heard_alone_and_in_real_moments(short: Listener) -> None:
    short.hears(lambda: short.click(short.strip, 1, 40))  # where it stands
    short.until("state.level === 1 && state.cell === 40")
    message = {"codec": SOUND, "level": 1, "code": short.bench.levels[1][40]}
    voice = short.hears(short.part("passport", "[data-alone]").click)
    assert alike(voice["samples"], np.frombuffer(calls.alone(message).data, "<i2") / 32768)
    voice = short.hears(short.part("passport", ".sound-snippets button").click)
    assert np.abs(voice["samples"]).max() > 0


def test_a_row_plays_what_its_codebook_adds(short: Listener) -> None:
    short.page.evaluate("document.querySelector('[data-raise]').click()")
    whole = [short.truth(k) for k in (1, 2, 3)]
    parts = [whole[0], whole[1] - whole[0], whole[2] - whole[1]]
    for level, part in enumerate(parts):
        voice = short.hears(short.part("tokens", f".strip-rows button:nth-child({level + 1})").click)
        assert np.abs(voice["samples"] - part).max() < 3 / 32768


def test_fewer_codebooks_make_a_coarser_sound_of_fewer_bits(short: Listener) -> None:
    rates = []
    for depth in (1, 2, 3):
        short.part("peel", "[type=range]").fill(str(depth))
        short.until(f"state.depth === {depth}")
        short.follows()
        rates.append(float(short.part("waves", "[data-chip=rate] b").inner_text()))
        assert alike(short.sound, short.truth(depth))
        chip = short.part("waves", "[data-chip=mel] b")
        figures = calls.measure(short.bench.message() | {"original": "bench/sound/yes"})
        expect(chip).to_have_text(f"{figures['mel_db']:.1f} dB")
        expect(short.part("peel", "[data-figure=mel_db] strong")).to_have_text(f"{figures['mel_db']:.1f} dB")
    assert np.allclose(rates, rates[0] * np.array([1, 2, 3]), atol=0.02)


def test_a_code_pointed_at_in_the_atlas_is_asked_for_once_the_pointer_rests(visit: Visit) -> None:
    bench = visit("sound")
    bench.page.clock.install()
    bench.reload()
    asked: list[dict] = []
    bench.page.on("request", lambda request: "/alone" in request.url and asked.append(request.post_data_json))
    atlas = bench.part("codebook", "canvas")
    side = atlas.bounding_box()["width"] / bench.store("state.book.columns")
    bench.page.clock.pause_at(bench.page.evaluate("Date.now()") / 1000 + 1)
    codes = []
    for column in range(4):
        atlas.hover(position={"x": (column + 0.5) * side, "y": side / 2})
        codes.append(bench.store("state.hover.code"))
        bench.page.clock.run_for(20)
    assert codes == bench.store("state.book.order.slice(0, 4)")
    assert not asked
    with bench.page.expect_request("**/bench/alone"):
        bench.page.clock.run_for(400)
    atlas.hover(position={"x": side / 2, "y": side / 2})
    bench.page.clock.run_for(20)
    bench.page.mouse.move(1, 1)  # away again
    bench.page.clock.run_for(400)
    bench.page.clock.resume()
    assert [message["code"] for message in asked] == [codes[-1]]
