"""Visitors do not meet, and a server that fails costs nobody their work."""

import json

from playwright.sync_api import Response, Route

from playground.ui import calls
from tests.page.bench import Bench, Visit


def answers_of(bench: Bench) -> list[Response]:
    """A list that grows with every picture the server sends to this visitor."""
    answers: list[Response] = []
    bench.page.on("response", lambda answer: "/bench/decode" in answer.url and answers.append(answer))
    return answers


def test_two_visitors_at_once_never_see_each_others_work(visit: Visit, photos: dict[str, bytes]) -> None:
    benches = [visit(), visit()]
    answers = [answers_of(bench) for bench in benches]
    for bench, name in zip(benches, ("wide.png", "tall.png"), strict=True):
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
    for bench, theirs in zip(benches, answers, strict=True):
        bench.follows()
        assert len(theirs) > 2
        for answer in theirs:
            assert answer.body() == calls.decode(json.loads(answer.request.post_data))
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
    held: list[Route] = []
    bench.page.route("**/bench/decode", held.append)
    bench.tool("paint")
    with bench.page.expect_request("**/bench/decode"):
        bench.drag((3, 3), (3, 8))
    for code, row in enumerate((9, 15, 21)):
        bench.pick(code)
        bench.tool("paint")
        bench.drag((row, 3), (row, 20))
    assert len(held) == 1, "one question at a time"
    bench.page.unroute("**/bench/decode")
    answers = answers_of(bench)
    held[0].continue_()
    bench.follows()
    assert len(answers) == 2, "the three strokes that waited went out as one"


def test_an_answer_to_an_older_picture_is_dropped(bench: Bench, photos: dict[str, bytes]) -> None:
    held: list[Route] = []
    bench.page.route("**/bench/decode", held.append)
    with bench.page.expect_request("**/bench/decode"):
        bench.deed("shuffle")
    bench.opens("red.png", photos["red.png"])
    bench.page.unroute("**/bench/decode")
    with bench.page.expect_response("**/bench/decode"):
        held[0].continue_()
    bench.follows()
    bench.tool("paint")
    bench.drag((8, 8), (9, 9))
    bench.follows()


def test_of_two_pictures_opened_at_once_the_later_stays(bench: Bench, photos: dict[str, bytes]) -> None:
    held: list[Route] = []
    bench.page.route("**/bench/encode*", held.append)
    with bench.page.expect_request("**/bench/encode*"):
        bench.upload("wide.png", photos["wide.png"])
    bench.page.unroute("**/bench/encode*")
    bench.opens("tall.png", photos["tall.png"])
    expected = bench.indices
    with bench.page.expect_response("**/bench/encode*"):
        held[0].continue_()
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
