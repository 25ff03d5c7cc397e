"""The buttons under the token canvas: each does to the tokens what it says, and the picture follows."""

from collections import Counter

from playwright.sync_api import expect

from playground import zoo
from playground.edits import cells
from playground.ui import wire
from tests.page.bench import Bench


def rows(indices: list[int], width: int = 32) -> list[list[int]]:
    return [indices[start : start + width] for start in range(0, len(indices), width)]


def test_replacing_a_code_changes_every_cell_that_holds_it(bench: Bench) -> None:
    before = bench.indices
    a, b = (code for code, _ in Counter(before).most_common(2))
    for field, code in (("a", a), ("b", b)):
        bench.part("actions", f"[data-field={field}] input").fill(str(code))
    bench.deed("replace")
    assert bench.indices == [b if code == a else code for code in before]
    bench.follows()
    bench.deed("undo")
    bench.deed("exchange")
    assert bench.indices == [{a: b, b: a}.get(code, code) for code in before]
    expect(bench.page.locator(".edit").first).to_contain_text(f"Exchange codes {a} and {b}")
    bench.follows()


def test_a_neighbour_in_the_passport_replaces_the_picked_code(bench: Bench) -> None:
    before = bench.indices
    a, b = bench.store("[state.code, state.book.nearest[state.code]]")
    bench.part("passport", ".swap").click()
    assert bench.indices == [b if code == a else code for code in before]
    bench.follows()


def test_moving_edits_keep_the_histogram(bench: Bench) -> None:
    before = bench.indices
    bench.deed("mirror")
    assert rows(bench.indices) == [row[::-1] for row in rows(before)]
    bench.deed("undo")
    bench.part("actions", ".actions-more summary").click()
    bench.deed("flip")
    assert rows(bench.indices) == rows(before)[::-1]
    bench.deed("undo")
    bench.deed("right")
    assert rows(bench.indices) == [row[-1:] + row[:-1] for row in rows(before)]
    bench.deed("down")
    bench.deed("sort")
    places = bench.store("state.book.order.reduce((places, code, place) => ((places[code] = place), places), [])")
    assert bench.indices == sorted(before, key=places.__getitem__)
    bench.deed("shuffle")
    assert bench.indices != before
    assert Counter(bench.indices) == Counter(before)
    bench.follows()


def test_restricting_keeps_the_commonest_codes_as_python_does(bench: Bench) -> None:
    tokens = bench.tokens()
    bench.part("actions", ".actions-more summary").click()
    slider = bench.part("actions", "[type=range]")
    slider.fill("4")
    bench.deed("restrict")
    bench.until("history().past.length === 1")
    wanted = cells.restrict_to_count(tokens, 5, zoo.load("image-vq").codebook())
    assert bench.indices == wanted.indices.flatten().tolist()
    bench.follows()
    slider.fill("15")  # all 64 codes: back up again, from the grid before the restriction
    bench.deed("restrict")
    bench.until("history().past.length === 2")
    assert bench.indices == tokens.indices.flatten().tolist()


def test_a_rectangle_of_a_second_picture_is_copied(bench: Bench) -> None:
    before = rows(bench.indices)
    other = rows(tokens_of(bench, "lizard"))
    bench.part("actions", ".actions-more summary").click()
    bench.part("actions", "select").select_option("lizard")
    view = bench.part("actions", ".second-view")
    expect(view).to_be_visible()
    view.focus()
    bench.page.keyboard.press("Shift+ArrowDown")  # from rows 12 … 19 to 12 … 20
    bench.page.keyboard.press("Enter")
    bench.until("state.tool === 'paste'")
    bench.drag((1, 3))
    for row in range(9):
        before[1 + row][3:11] = other[12 + row][12:20]
    assert rows(bench.indices) == before
    bench.follows()


def test_only_the_codes_of_a_second_picture_stay(bench: Bench) -> None:
    allowed = set(tokens_of(bench, "moon"))
    assert not set(bench.indices) <= allowed
    bench.part("actions", ".actions-more summary").click()
    bench.part("actions", "select").select_option("moon")
    bench.part("actions", "[data-codes]").click()
    bench.until("history().past.length === 1")
    assert set(bench.indices) <= allowed
    bench.follows()


def test_the_halo_shows_no_pixel_beyond_the_reach_of_an_edit(bench: Bench) -> None:
    bench.pick((bench.indices[16 * 32 + 16] + 9) % 64)
    bench.tool("paint")
    bench.drag((16, 16))
    bench.follows()
    moved = bench.screen("halo").max(2) > 0
    reach, stride = bench.store("[state.reach, state.stride]")
    inside = slice((16 - reach) * stride, (17 + reach) * stride)
    assert moved[inside, inside].any()
    moved[inside, inside] = False
    assert not moved.any()


def tokens_of(bench: Bench, sample: str) -> list[int]:
    """The tokens of a sample picture, as the server gives them to anyone."""
    answer = bench.page.request.get(f"{bench.address}bench/sample/image-vq/{sample}").json()
    return wire.unpack(answer["indices"], "<u2").tolist()
