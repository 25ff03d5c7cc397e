"""A codec of several codebooks: each is shown and edited for itself, and the first few make a picture too."""

import pytest
from playwright.sync_api import expect

from tests.page.bench import Bench, Visit, near


@pytest.fixture
def levels(bench: Bench) -> Bench:
    """The bench with three residual codebooks of 24 codes."""
    expect(bench.part("grid", ".levels")).to_be_hidden()
    bench.page.locator("[data-part=codec]").select_option("some-rvq")
    bench.until("state.levels.length === 3 && state.book.codec === 'some-rvq' && state.depth === 3")
    bench.follows()
    return bench


def turn_to(bench: Bench, level: int) -> None:
    bench.part("grid", f".levels button:nth-child({level + 1})").click()
    bench.until(f"state.level === {level}")


def test_each_codebook_is_shown_with_its_own_tokens_and_its_own_description(levels: Bench) -> None:
    seen = []
    for level in range(3):
        turn_to(levels, level)
        seen.append(levels.store("[[...state.indices], state.book.nearest, state.book.colours]"))
        assert levels.store(f"state.indices === state.levels[{level}] && state.margins.length === 1024")
        expect(levels.part("grid", ".levels [aria-pressed=true]")).to_have_text(str(level + 1))
    assert seen[0] != seen[1] and seen[1] != seen[2]


def test_a_stroke_changes_the_codebook_that_is_shown_and_undo_goes_back_there(levels: Bench) -> None:
    before = levels.levels
    turn_to(levels, 1)
    levels.pick(7)
    levels.tool("paint")
    levels.drag((2, 2), (9, 9))
    levels.follows()
    after = levels.levels
    assert after[0] == before[0] and after[2] == before[2] and after[1] != before[1]
    turn_to(levels, 0)
    levels.page.keyboard.press("Control+z")
    levels.until("state.level === 1")
    assert levels.levels == before
    levels.follows()


def test_fewer_codebooks_make_a_coarser_picture_of_fewer_bits(levels: Bench) -> None:
    whole, bits = levels.screen("resynthesis"), levels.part("picture", "[data-chip=bits]").inner_text()
    levels.part("grid", ".levels input").fill("1")
    levels.until("state.depth === 1")
    levels.follows()
    assert not near(levels.screen("resynthesis"), whole)
    assert levels.part("picture", "[data-chip=bits]").inner_text() != bits
    levels.part("grid", ".levels input").fill("3")
    levels.follows()
    assert near(levels.screen("resynthesis"), whole)


def test_a_link_restores_all_codebooks(levels: Bench, visit: Visit) -> None:
    turn_to(levels, 2)
    levels.pick(5)
    levels.tool("paint")
    levels.drag((3, 3), (6, 6))
    levels.follows()
    second = visit(levels.link())
    second.until("state.levels.length === 3 && state.book.codec === 'some-rvq'")
    assert second.levels == levels.levels
    second.follows()


def test_how_a_cell_was_quantized_is_told_of_the_codebook_that_is_shown(levels: Bench) -> None:
    turn_to(levels, 1)
    levels.tool("pick")
    levels.press((4, 4))
    levels.page.mouse.up()
    levels.part("quantized", ".choices").scroll_into_view_if_needed()
    chosen = levels.store("String(state.levels[1][4 * 32 + 4])")
    expect(levels.part("quantized", ".choice strong").first).to_have_text(chosen)


def test_cells_move_with_all_their_codes_and_reset_brings_all_back(levels: Bench) -> None:
    before = levels.levels
    levels.deed("mirror")
    mirrored = [[level[row * 32 + 31 - column] for row in range(32) for column in range(32)] for level in before]
    assert levels.levels == mirrored
    levels.follows()
    assert levels.store("history().past.length") == 2  # the change of codec and the mirroring
    levels.deed("reset")
    assert levels.levels == before
