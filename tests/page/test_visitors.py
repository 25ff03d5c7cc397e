"""Visitors do not meet, and a server that fails costs nobody their work."""

import base64
import json

from playground.ui import calls
from tests.page.bench import Bench, Gate, Visit

# Keeps what is asked of the server and what it answers; the browser itself forgets an answer once it is read.
KEEP_ANSWERS = """() => {
  const ask = window.fetch;
  window.answers = [];
  window.fetch = async (address, options) => {
    const answer = await ask(address, options);
    if (String(address).includes("/bench/decode")) {
      const bytes = new Uint8Array(await answer.clone().arrayBuffer());
      window.answers.push([options.body, btoa(String.fromCharCode(...bytes))]);
    }
    return answer;
  };
}"""


def answers_of(bench: Bench) -> list[tuple[dict, bytes]]:
    """What this visitor asked since KEEP_ANSWERS, and the pictures that came."""
    return [(json.loads(asked), base64.b64decode(came)) for asked, came in bench.page.evaluate("window.answers")]


def test_two_visitors_at_once_never_see_each_others_work(visit: Visit, photos: dict[str, bytes]) -> None:
    benches = [visit(), visit()]
    for bench, name in zip(benches, ("wide.png", "tall.png"), strict=True):
        bench.page.evaluate(KEEP_ANSWERS)
        bench.opens(name, photos[name])
    for code, bench in enumerate(benches):
        bench.pick(code)
        bench.tool("paint")
        bench.press((4 + code, 3))
    for column in range(4, 29, 3):  # both drag at the same time
        for row, bench in enumerate(benches, 4):
            bench.page.mouse.move(*bench.spot(row, column))
    for bench in benches:
        bench.page.mouse.up()
    for bench in benches:
        bench.deed("shuffle")
    assert benches[0].indices != benches[1].indices
    for bench in benches:
        bench.follows()
        answers = answers_of(bench)
        assert len(answers) > 2
        for asked, came in answers:
            assert came == calls.decode(asked).data
    first, second = (bench.store("history().past.map((edit) => edit.cells)") for bench in benches)
    assert all(cell // 32 == 4 for cell in first[0])
    assert all(cell // 32 == 5 for cell in second[0])


def test_when_the_server_does_not_answer_the_work_is_kept_and_catches_up(bench: Bench) -> None:
    bench.forgive("Failed to load resource")
    bench.page.route("**/bench/decode", lambda route: route.abort())
    bench.pick(20)
    bench.tool("paint")
    bench.drag((2, 2), (2, 20))
    assert "Your work is kept" in bench.said()
    assert {bench.indices[2 * 32 + column] for column in range(2, 21)} == {20}
    bench.page.unroute("**/bench/decode")
    bench.drag((28, 28), (29, 28))  # far away: what was missed has to come too
    bench.follows()
    bench.deed("undo")
    bench.deed("undo")
    bench.follows()


def test_an_answer_that_is_no_picture_does_not_stop_the_page(bench: Bench) -> None:
    bench.page.route("**/bench/decode", lambda route: route.fulfill(status=200, body="<h1>Please log in</h1>"))
    bench.tool("paint")
    bench.drag((5, 5), (5, 9))
    assert bench.said()
    bench.page.unroute("**/bench/decode")
    bench.drag((20, 5), (20, 9))
    bench.follows()


def test_while_the_server_is_slow_strokes_wait_for_each_other_and_the_newest_wins(bench: Bench) -> None:
    gate = Gate(bench.page, "**/bench/decode")
    bench.page.evaluate(KEEP_ANSWERS)
    bench.tool("paint")
    for code, row in enumerate((3, 9, 15, 21)):
        bench.pick(code)
        bench.drag((row, 3), (row, 20))
    gate.wait()
    assert len(gate.held) == 1, "one question at a time"
    gate.open()
    bench.follows()
    assert len(answers_of(bench)) == 2, "the strokes that waited went out as one"


def test_an_answer_to_an_older_picture_is_dropped(bench: Bench, photos: dict[str, bytes]) -> None:
    gate = Gate(bench.page, "**/bench/decode")
    bench.deed("shuffle")
    gate.wait()
    bench.opens("red.png", photos["red.png"])
    with bench.page.expect_response("**/bench/decode"):
        gate.open()
    bench.follows()
    bench.pick(5)
    bench.tool("paint")
    bench.drag((8, 8), (9, 9))
    bench.follows()


def test_of_two_pictures_opened_at_once_the_later_stays(bench: Bench, photos: dict[str, bytes]) -> None:
    gate = Gate(bench.page, "**/bench/encode*")
    bench.upload("wide.png", photos["wide.png"])
    gate.wait()
    bench.page.locator("[data-sample=moon]").click()
    bench.until("state.facts.from.sample === 'moon'")
    expected = bench.indices
    with bench.page.expect_response("**/bench/encode*"):
        gate.open()
    bench.deed("mirror")
    bench.deed("undo")
    assert bench.indices == expected
    bench.follows()


def test_a_codec_that_cannot_be_opened_leaves_the_bench_as_it_is(bench: Bench) -> None:
    bench.forgive("Failed to load resource")
    bench.deed("mirror")
    before = bench.indices
    bench.page.route("**/bench/sample/**", lambda route: route.abort())
    bench.page.locator("[data-part=codec]").select_option("small-vq")
    assert "Your work is kept" in bench.said()
    bench.until("state.codec === 'image-vq' && state.book.codec === 'image-vq'")
    assert bench.indices == before
    assert bench.page.locator("[data-part=codec]").input_value() == "image-vq"
    bench.deed("undo")
    bench.follows()
