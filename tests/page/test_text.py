"""The text page as a visitor meets it: typing, in Chinese too, the letters, edits, and what is beside them."""

import base64
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from playground.ui import calls, samples
from tests.page.bench import Bench
from tests.page.test_arrival import ALL_TEXT, RAW_KEY, WORDS
from tests.served import Served, using

TAKE_TEXT = """async () => {
  window.passage = (await import(new URL("page/text/passage.js", document.baseURI))).passage;
  window.glyphs = await import(new URL("page/text/glyphs.js", document.baseURI));
}"""
CHINESE = "我叫李雷，住在上海。"
CELL = """([row, cell]) => {
  const canvases = [...document.querySelectorAll(".letters canvas")];
  const each = Math.max(1, Math.floor((canvases[0].clientWidth - 20) / 50));
  const canvas = canvases[Math.floor(cell / each)];
  canvas.scrollIntoView({ block: "center" });
  const cells = window.store.state.grid[1];
  const column = Math.min(17, (canvas.clientWidth - 20) / (4 * Math.min(each, cells)));
  const box = canvas.getBoundingClientRect();
  return [box.left + 20 + ((cell % each) + 0.5) * 4 * column, box.top + 46 + 21 * row + 10];
}"""


class Reader:
    """A bench for text. `store` and `until` know the names passage and glyphs too."""

    def __init__(self, bench: Bench) -> None:
        self.bench, self.page = bench, bench.page
        self.store, self.until, self.part, self.deed = bench.store, bench.until, bench.part, bench.deed
        self.page.evaluate(TAKE_TEXT)

    @property
    def spelled(self) -> bytes:
        """What the codes spell on the page."""
        return bytes(self.store("[...passage.bytes]"))

    def follows(self) -> None:
        """Waits until what is spelled is what all the tokens on the bench stand for."""
        truth = calls.decode(self.bench.message()).data
        self.until(f"String(passage.bytes) === '{','.join(map(str, truth))}'")

    def write(self, text: str) -> "Reader":
        """Types a text in place of the one that is there, and waits until it is on the bench."""
        epoch = self.store("state.epoch")
        self.page.locator("[data-widget=input] textarea").fill(text)
        self.until(f"state.epoch > {epoch} && glyphs.textOf(passage.original) === {text!r}")
        return self

    def click(self, row: int, cell: int) -> None:
        """Clicks a cell."""
        self.page.mouse.click(*self.page.evaluate(CELL, [row, cell]))


@pytest.fixture
def reader(site: Served, only_tab: Bench) -> Iterator[Reader]:
    """A visitor who has just arrived at the text page, for the first time."""
    with using(site.zoo):
        yield Reader(only_tab.begin_anew("text"))
        only_tab.check()


# --- arriving and typing ------------------------------------------------------------------


def test_a_text_is_on_the_bench_before_anything_is_done(reader: Reader) -> None:
    first = samples.data(samples.listed("text")[0]["name"], "text").decode()
    expect(reader.page.locator("[data-widget=input] textarea")).to_have_value(first)
    rank, grid, size = reader.store("[state.rank, state.grid, state.size]")
    assert (rank, grid, size) == (1, [1, -(-len(first) // 4)], [1, len(first)])
    assert reader.store("state.cell") >= 0
    reader.follows()


def test_what_is_typed_is_encoded_at_once(reader: Reader) -> None:
    field = reader.page.locator("[data-widget=input] textarea")
    field.fill("")
    field.press_sequentially("My name", delay=5)
    reader.until("state.size[1] === 7 && glyphs.textOf(passage.original) === 'My name'")
    reader.follows()
    field.fill("")
    expect(reader.part("input", "[data-count]")).to_have_text(WORDS["en"]["text"]["input"]["empty"])
    assert reader.store("state.size[1]") == 7, "what was last on the bench stays"


def test_an_answer_to_earlier_keys_does_not_stop_the_last_one(reader: Reader) -> None:
    reader.write("My nam")
    reader.page.evaluate("""() => {
      const field = document.querySelector("[data-widget=input] textarea");
      field.value += "e";
      field.dispatchEvent(new Event("input", { bubbles: true }));
      window.store.emit("loaded");
    }""")
    reader.until("glyphs.textOf(passage.original) === 'My name'")


def test_a_chinese_character_spans_three_bytes(reader: Reader) -> None:
    reader.write(CHINESE).follows()
    assert reader.store("state.size[1]") == len(CHINESE.encode()) == 30
    expect(reader.part("input", "[data-count]")).to_contain_text("10 characters, 30 bytes")
    spans = reader.store("glyphs.charactersOf(passage.original).map(({ from, to }) => to - from)")
    assert spans == [3] * 10
    reader.click(0, 1)
    reader.until("state.cell === 1 && state.level === 0")
    expect(reader.part("letters", ".readout")).to_contain_text("“叫李”")


STRANGE = {
    "controls": "a\x00b\x07\x1b[31m\x7f",
    "bidi": "abc\u202edef\u2066",
    "marks": "Z" + "\u0300" * 120,
    "emoji": "👩‍🚀👨‍👩‍👧‍👦",
    "markup": "<img src=x onerror=document.title='owned'>",
    "lines": "one\ntwo\n\n\tthree",
    "spaces": "   ",
}


@pytest.mark.parametrize("name", STRANGE)
def test_whatever_is_written_is_shown_and_does_nothing(reader: Reader, name: str) -> None:
    text = STRANGE[name]
    epoch = reader.store("state.epoch")
    reader.page.evaluate(
        """text => {
          const field = document.querySelector("[data-widget=input] textarea");
          field.value = text;
          field.dispatchEvent(new Event("input", { bubbles: true }));
        }""",
        text,
    )
    reader.until(f"state.epoch > {epoch}")
    assert bytes(reader.store("[...passage.original]")) == text.encode()
    reader.follows()
    reader.page.locator("[data-widget=pieces]").scroll_into_view_if_needed()
    expect(reader.part("pieces", "[data-bpe] span")).to_be_visible()
    shown = reader.page.locator(".bench").inner_text()
    assert not set("\x00\x07\x1b\x7f\u202e\u2066") & set(shown)
    assert reader.page.title() != "owned"
    assert reader.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_of_a_long_text_a_window_is_chosen(reader: Reader) -> None:
    reader.bench.opens("long.txt", ("学而时习之，a" * 40_000).encode())
    assert 1021 <= reader.store("state.size[1]") <= 1024
    slider = reader.part("letters", ".source input")
    epoch = reader.store("state.epoch")
    slider.fill(slider.get_attribute("max"))
    reader.until(f"state.epoch > {epoch}")
    assert reader.store("state.facts.source.start_byte") > 700_000
    assert reader.store("glyphs.textOf(passage.original)").endswith("，a")


def test_a_file_that_is_too_long_or_empty_is_answered_with_a_sentence(reader: Reader) -> None:
    reader.bench.upload("big.txt", b"a" * (2**21 + 1))
    assert "2 MB" in reader.bench.said()
    reader.bench.forgive("422")
    reader.bench.upload("empty.txt", b"")
    assert "no text" in reader.bench.said()
    reader.follows()


# --- editing ------------------------------------------------------------------------------


def test_a_painted_cell_changes_the_text_and_can_be_undone(reader: Reader) -> None:
    before = reader.spelled
    reader.page.evaluate("store.pick((store.state.indices[2] + 7) % 24)")
    reader.part("letters", "[data-tool=paint]").click()
    reader.click(0, 2)
    reader.until("history().past.length === 1")
    reader.follows()
    assert reader.spelled != before
    if reader.spelled != bytes(reader.store("[...passage.original]")):
        expect(reader.part("compare", "ins, del")).to_be_visible()
    reader.deed("undo", "deeds")
    reader.until("history().past.length === 0")
    reader.until(f"String(passage.bytes) === '{','.join(map(str, before))}'")


def test_a_click_in_another_row_takes_up_that_codebook(reader: Reader) -> None:
    reader.click(2, 3)
    reader.until("state.level === 2 && state.cell === 3 && state.code === state.levels[2][3]")
    expect(reader.part("passport", ".face strong")).to_contain_text("of codebook 3")


def test_fewer_codebooks_spell_another_text(reader: Reader) -> None:
    reader.page.locator("[data-widget=peel]").scroll_into_view_if_needed()
    rows = reader.page.locator(".peel-row")
    expect(rows.locator(".peel-figures-text b").nth(0)).to_be_visible()
    assert rows.count() == 3
    rows.nth(0).click()
    reader.until("state.depth === 1")
    reader.follows()


def test_marked_cells_alone_are_edited(reader: Reader) -> None:
    before = reader.bench.levels
    (x0, _), (x1, y1) = (reader.page.evaluate(CELL, [0, cell]) for cell in (2, 4))
    reader.page.mouse.move(x0, y1)
    reader.page.mouse.down()
    reader.page.mouse.move(x1, y1, steps=4)
    reader.page.mouse.up()
    reader.until("String(passage.range) === '2,5'")
    reader.part("deeds", "[data-books=all]").click()
    reader.deed("reverse", "deeds")
    for old, new in zip(before, reader.bench.levels, strict=True):
        assert new == old[:2] + old[2:5][::-1] + old[5:]
    reader.follows()


def test_the_keys_move_mark_and_change_codes(reader: Reader) -> None:
    reader.click(0, 2)
    reader.until("state.cell === 2")
    for key in ("ArrowRight", "Shift+ArrowRight", "Shift+ArrowRight"):
        reader.page.keyboard.press(key)
    reader.until("String(passage.range) === '3,6'")
    reader.page.keyboard.press("Shift+ArrowLeft")
    reader.until("String(passage.range) === '3,5'")
    reader.page.keyboard.press("ArrowDown")
    reader.page.keyboard.press("Enter")
    reader.until("state.level === 1 && state.cell === 4")
    reader.page.keyboard.press("Escape")
    reader.until("passage.range === null")
    mean = reader.store("state.book.mean_code")
    reader.page.keyboard.press("Delete")
    reader.until(f"state.levels[1][4] === {mean}")
    reader.page.keyboard.press("Control+z")
    reader.until("history().past.length === 0")
    reader.follows()


def test_a_second_text_lends_its_first_codebooks(reader: Reader) -> None:
    own = reader.bench.levels
    reader.part("deeds", "[data-second]").fill("Something else altogether, long enough to cover all of it, and more.")
    expect(reader.part("deeds", "[data-cells] [data-cell]")).to_be_visible()
    reader.part("deeds", "[data-exchange]").click()
    reader.until("history().past.length === 1")
    mixed = reader.bench.levels
    assert mixed[0] != own[0] and mixed[1:] == own[1:]
    reader.deed("undo", "deeds")
    reader.part("deeds", "[data-copy]").click()
    reader.until("history().past.length === 1")
    at = reader.store("state.cell")
    assert [level[:at] for level in reader.bench.levels] == [level[:at] for level in own]
    reader.follows()


# --- words and files ----------------------------------------------------------------------


@pytest.mark.parametrize("code", ["en", "zh"])
def test_every_word_is_there(reader: Reader, code: str) -> None:
    reader.deed("shuffle", "deeds")
    if code == "zh":
        reader.page.locator("[data-part=language]").click()
    expect(reader.page.locator("[data-word='text.letters.title']")).to_have_text(
        WORDS[code]["text"]["letters"]["title"]
    )
    text = reader.page.evaluate(ALL_TEXT)
    assert not RAW_KEY.search(text), RAW_KEY.search(text)


def test_the_text_and_its_tokens_go_out_and_come_back(reader: Reader) -> None:
    reader.write(CHINESE)
    with reader.page.expect_download() as waiting:
        reader.part("output", "[data-deed=txt]").click()
    assert waiting.value.path().read_bytes().decode() == reader.spelled.decode(errors="replace")
    with reader.page.expect_download() as waiting:
        reader.part("output", "[data-deed=json]").click()
    levels, spelled = reader.bench.levels, reader.spelled
    reader.write("something else")
    reader.bench.opens("tokens.json", waiting.value.path().read_bytes(), "output")
    assert reader.bench.levels == levels
    reader.until(f"String(passage.bytes) === '{','.join(map(str, spelled))}'")
    assert base64.b64encode(spelled) and reader.store("passage.original") is None


@pytest.mark.parametrize("width", [390, 1440])
def test_nothing_is_wider_than_the_screen(reader: Reader, width: int) -> None:
    reader.page.set_viewport_size({"width": width, "height": 800})
    reader.write("nothingthatcouldbebroken" * 20)
    assert reader.page.evaluate("document.documentElement.scrollWidth") <= width
