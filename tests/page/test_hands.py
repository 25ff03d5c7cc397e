"""Hands on the token canvas: mouse, keyboard and finger change the tokens, and the picture follows."""

from playwright.sync_api import expect

from tests.page.bench import Bench, Visit


def cells(rows: range, columns: range, width: int = 32) -> set[int]:
    return {row * width + column for row in rows for column in columns}


def changed(before: list[int], after: list[int]) -> set[int]:
    return {cell for cell, (a, b) in enumerate(zip(before, after, strict=True)) if a != b}


def test_a_stroke_paints_the_cells_it_crosses_and_the_picture_follows(bench: Bench) -> None:
    before = bench.indices
    bench.pick(7)
    bench.tool("paint")
    bench.drag((3, 2), (3, 12), steps=2)  # faster than the mouse reports: the gaps are filled
    painted = cells(range(3, 4), range(2, 13))
    assert {bench.indices[cell] for cell in painted} == {7}
    assert changed(before, bench.indices) <= painted
    bench.follows()


def test_undo_and_redo_restore_exactly(bench: Bench) -> None:
    grids = [bench.indices]
    bench.tool("paint")
    for code, place in enumerate([(4, 4), (9, 20), (30, 30)]):
        bench.pick(code)
        bench.tool("paint")
        bench.drag(place, (place[0], 2))
        grids.append(bench.indices)
    assert len({tuple(grid) for grid in grids}) == 4
    for grid in reversed(grids[:-1]):
        bench.deed("undo")
        assert bench.indices == grid
    expect(bench.part("actions", "[data-deed=undo]")).to_be_disabled()
    bench.follows()
    for grid in grids[1:]:
        bench.deed("redo")
        assert bench.indices == grid
    bench.deed("reset")
    assert bench.indices == grids[0]
    bench.follows()


def test_the_picture_follows_while_the_button_is_still_down(bench: Bench) -> None:
    bench.pick(3)
    bench.tool("paint")
    bench.press((10, 5))
    bench.page.mouse.move(*bench.spot(10, 25), steps=8)
    bench.follows()
    assert bench.store("history().past.length") == 0, "the stroke is one edit, and it is not over"
    bench.page.mouse.up()
    assert bench.store("history().past.length") == 1


def test_a_rectangle_is_filled_and_an_edit_list_entry_takes_it_back(bench: Bench) -> None:
    before = bench.indices
    bench.pick(9)
    bench.tool("rectangle")
    bench.drag((20, 6), (11, 17))
    inside = cells(range(11, 21), range(6, 18))
    assert bench.indices == [9 if cell in inside else code for cell, code in enumerate(before)]
    bench.follows()
    bench.page.locator(".edit").last.click()  # as it came
    assert bench.indices == before
    bench.follows()


def test_selections_grow_with_shift_and_edits_stay_inside(bench: Bench) -> None:
    before = bench.indices
    bench.tool("select")
    bench.drag((2, 2), (5, 9))
    bench.tool("pick")
    bench.page.keyboard.down("Shift")
    bench.drag((20, 20), (21, 29))
    bench.page.keyboard.up("Shift")
    inside = cells(range(2, 6), range(2, 10)) | cells(range(20, 22), range(20, 30))
    assert set(bench.store("selectedCells()")) == inside
    expect(bench.part("actions", "[data-scope]")).to_contain_text(str(len(inside)))
    bench.deed("erase")
    mean = bench.store("state.book.mean_code")
    assert bench.indices == [mean if cell in inside else code for cell, code in enumerate(before)]
    bench.follows()
    bench.deed("everything")
    assert bench.store("state.selection") is None


def test_a_lasso_selects_the_cells_it_surrounds(bench: Bench) -> None:
    bench.tool("lasso")
    bench.drag((8.5, 7.5), (8.5, 17.5), (18.5, 17.5), (18.5, 7.5), (8.5, 7.5), steps=6)
    assert set(bench.store("selectedCells()")) == cells(range(9, 19), range(8, 18))


def test_the_keyboard_moves_picks_paints_and_takes_back(bench: Bench) -> None:
    before = bench.indices
    line = bench.part("grid", ".readout")
    assert line.get_attribute("aria-live") == "polite"
    bench.part("grid", "canvas").focus()
    press = bench.page.keyboard.press
    for key in ["ArrowDown", "ArrowDown", "ArrowRight"]:
        press(key)
    expect(line).to_contain_text(f"Row 3, column 2: code {before[2 * 32 + 1]},")
    press("Enter")
    assert bench.store("[state.cell, state.code]") == [65, before[65]]
    wanted = (before[65] + 1) % 64
    for digit in f"{wanted:04}":
        press(digit)
    press("Space")
    assert changed(before, bench.indices) == {65}
    assert bench.indices[65] == wanted
    expect(line).to_contain_text(f"the encoder chose {before[65]}")
    press("Control+z")
    assert bench.indices == before
    press("Control+y")
    assert bench.indices[65] == wanted
    press("Control+Shift+z")  # nothing left to redo
    assert bench.indices[65] == wanted
    bench.follows()


def test_the_keyboard_selects_and_escape_lets_go(bench: Bench) -> None:
    bench.tool("paint")
    bench.part("grid", "canvas").focus()
    for key in ["Shift+ArrowRight", "Shift+ArrowRight", "Shift+ArrowDown"]:
        bench.page.keyboard.press(key)
    assert set(bench.store("selectedCells()")) == {1, 2, 34}
    bench.page.keyboard.press("Escape")
    assert bench.store("[state.selection, state.tool]") == [None, "pick"]


def test_a_finger_paints_and_does_not_scroll_the_page(visit: Visit) -> None:
    bench = visit(has_touch=True, is_mobile=True, viewport={"width": 390, "height": 844})
    before = bench.indices
    bench.pick(5)
    bench.tool("paint")
    path = [bench.spot(6, column) for column in (3, 9, 15, 21)]
    assert bench.page.evaluate("document.documentElement.scrollWidth") == 390
    scrolled = bench.page.evaluate("scrollY")
    touch = bench.page.context.new_cdp_session(bench.page)
    for kind, points in [("Start", path[:1]), *(("Move", [point]) for point in path[1:]), ("End", [])]:
        at = [{"x": x, "y": y} for x, y in points]
        touch.send("Input.dispatchTouchEvent", {"type": f"touch{kind}", "touchPoints": at})
    painted = cells(range(6, 7), range(3, 22))
    assert {bench.indices[cell] for cell in painted} == {5}
    assert changed(before, bench.indices) <= painted
    assert bench.page.evaluate("scrollY") == scrolled
    assert bench.store("history().past.length") == 1
    bench.follows()
