"""What is pointed at in one view lights up in all the others."""

import numpy as np
from playwright.sync_api import Locator, expect

from tests.page.bench import Bench, drawn, eventually


def colours(bench: Bench) -> np.ndarray:
    """(32, 32, 3) the middle pixel of every cell of the token canvas."""
    picture = drawn(bench.part("grid", "canvas"))
    side = picture.shape[1] // 32
    return picture[side // 2 :: side, side // 2 :: side]


def place_on(canvas: Locator, script: str) -> dict[str, float]:
    """The place on a canvas that `script` computes."""
    return dict(zip("xy", canvas.evaluate(script), strict=True))


def pointed(bench: Bench, canvas: Locator, script: str, wanted: list) -> None:
    """Points at a place until [code, view] is `wanted`: what loads above may move the page under the mouse."""

    def is_lit() -> bool:
        canvas.hover(position=place_on(canvas, script))
        return bench.store("[state.hover.code, state.hover.from]") == wanted

    assert eventually(bench.page, is_lit), f"pointing at {wanted} lights {bench.store('state.hover')}"


def test_a_code_has_its_one_colour_in_every_cell(bench: Bench) -> None:
    bench.page.mouse.move(0, 0)
    table = bench.store("state.book.colours")
    wanted = np.array([[int(table[code][i : i + 2], 16) for i in (1, 3, 5)] for code in bench.indices], np.uint8)
    assert eventually(bench.page, lambda: np.array_equal(colours(bench), wanted.reshape(32, 32, 3)))


def test_pointing_at_a_cell_dims_every_other_code_and_lights_its_row_in_the_table(bench: Bench) -> None:
    bench.page.evaluate("document.querySelector('.codebook-table').open = true")
    plain = colours(bench)
    bench.point((20, 11))
    code = bench.indices[20 * 32 + 11]
    assert bench.store("[state.hover.code, state.hover.cell]") == [code, 20 * 32 + 11]
    same = np.array(bench.indices).reshape(32, 32) == code
    assert eventually(bench.page, lambda: np.array_equal((colours(bench) == plain).all(2), same))
    search = "(field, code) => { field.value = code; field.dispatchEvent(new Event('input')); }"
    bench.part("codebook", "input[type=search]").evaluate(search, code)  # not by hand: the mouse has to stay
    assert bench.part("codebook", f"tr[data-code='{code}']").get_attribute("data-lit") is not None
    expect(bench.part("grid", ".readout")).to_contain_text(f"Row 21, column 12: code {code}, {int(same.sum())} × here")
    bench.page.mouse.move(2, 2)
    assert eventually(bench.page, lambda: np.array_equal(colours(bench), plain))


def test_atlas_map_usage_and_table_point_at_the_same_codes_and_pick_them(bench: Bench) -> None:
    bench.page.evaluate("document.querySelector('.codebook-table').open = true")
    code = bench.indices[0]
    places = {
        "atlas": f"""async (canvas) => {{
            const {{ order, columns }} = store.state.book, side = canvas.clientWidth / columns;
            const place = order.indexOf({code});
            return [(place % columns + 0.5) * side, (Math.floor(place / columns) + 0.5) * side]; }}""",
        "map": f"""async (canvas) => (await import(new URL("page/codebook/map.js", document.baseURI)))
            .project(store.state.book.map[{code}], canvas.clientWidth, {{ zoom: 1, x: 0, y: 0 }})""",
        "usage": f"""async (canvas) => {{
            const {{ ranking }} = await import(new URL("page/counts.js", document.baseURI));
            const order = ranking(store.state.book.counts);
            return [(order.indexOf({code}) + 0.5) / order.length * canvas.clientWidth, canvas.clientHeight / 2]; }}""",
    }
    for number, (view, script) in enumerate(places.items()):
        canvas = bench.page.locator("[data-widget=codebook] section canvas:not(.tile)").nth(number)
        canvas.scroll_into_view_if_needed()
        bench.until("state.book.map?.length")
        pointed(bench, canvas, script, [code, view])
        expect(bench.page.locator("[data-widget=codebook] .tip:visible")).to_contain_text(str(code))
        bench.page.evaluate("store.pick(1)")
        canvas.click(position=place_on(canvas, script))
        assert bench.store("state.code") == code
        expect(bench.part("passport", ".face strong")).to_have_text(str(code))
    row = bench.part("codebook", f"tr[data-code='{1}']")
    row.scroll_into_view_if_needed()
    row.hover()
    assert bench.store("[state.hover.code, state.hover.from]") == [1, "table"]
    row.locator(".number").click()
    assert bench.store("state.code") == 1


def test_the_passport_tells_where_its_code_is_and_how_the_picked_cell_got_it(bench: Bench) -> None:
    bench.drag((7, 30))
    code = bench.indices[7 * 32 + 30]
    cells = bench.indices.count(code)
    expect(bench.part("passport", ".usage")).to_contain_text(f"In this picture: {cells} cell")
    expect(bench.part("quantized", "[data-why]")).to_have_text("Row 8, column 31")
    expect(bench.part("quantized", ".choice strong")).to_have_text(str(code))
    expect(bench.part("quantized", "pre code")).to_contain_text("def nearest_codes")
    bench.part("passport", ".patches button").evaluate("button => button.click()")
    expect(bench.part("passport", ".patch-row")).to_have_attribute("data-drawn", "")
