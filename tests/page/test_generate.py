"""The Generate page as a stranger uses it: watch, ask for something, take over, dissolve, look for copies."""

import json
import re
import shutil
from collections.abc import Callable, Iterator

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from playground.core.tokens import Tokens
from tests.page.bench import Visit, drawn, eventually
from tests.page.test_arrival import WORDS
from tests.priors_on_disk import add_priors, add_seen
from tests.served import Served

SAID = WORDS["en"]["generate"]
GRID = (1, 4, 4)
CELLS = 16
ALL = ["tiny-causal", "tiny-masked", "tiny-flow"]


@pytest.fixture(scope="module", autouse=True)
def priors(site: Served) -> Iterator[None]:
    """Three tiny priors of 4 × 4 tokens beside the served pictures' codec, for as long as these tests last."""
    codec = site.zoo.load("image-vq")
    add_priors(site.zoo.folder, codec, "tiny", grid=GRID)
    add_seen(site.zoo.folder, codec, grid=GRID)
    yield
    shutil.rmtree(site.zoo.folder / "image-vq" / "priors")
    (site.zoo.folder / "image-vq" / "seen.safetensors").unlink()


@pytest.fixture
def page(visit: Visit) -> Page:
    """Somebody who has just come and wants nothing to move: all three stand at their end."""
    return whole(visit("generate").page)


def lane(page: Page, kind: str) -> Locator:
    return page.locator(f".gen-lane[data-kind={kind}]")


def said(page: Page, kind: str) -> Locator:
    return lane(page, kind).locator(".gen-said")


def whole(page: Page) -> Page:
    """Waits until every lane there is has come to its end."""
    expect(page.locator(".gen-lane").first).to_be_visible()
    for one in page.locator(".gen-lane").all():
        expect(one.locator(".gen-said")).to_contain_text(re.compile(r"^(16 of 16|100 %)"))
    return page


def made(page: Page, deed: Callable[[], None]) -> dict:
    """Does what makes the priors begin, waits until they are done, and gives what they were asked for."""
    with page.expect_response("**/bench/generate") as answer:
        deed()
    whole(page)
    return answer.value.request.post_data_json


def point(page: Page, kind: str, row: int, column: int) -> None:
    """Clicks a cell of a lane's tokens."""
    canvas = lane(page, kind).locator(".gen-tokens")
    box = canvas.bounding_box()
    canvas.click(position={"x": (column - 0.5) / 4 * box["width"], "y": (row - 0.5) / 4 * box["height"]})


def scrub(page: Page, share: float) -> None:
    page.locator(".gen-player input").fill(str(share))


def tokens(page: Page, kind: str) -> list[int]:
    """What stands in a lane, as its file says."""
    with page.expect_download() as download:
        lane(page, kind).locator("[data-keep=json]").click()
    return Tokens.load(download.value.path()).indices.flatten().tolist()


def test_three_priors_stand_side_by_side_and_say_how_they_differ(page: Page) -> None:
    for kind in ("causal", "masked", "flow"):
        expect(lane(page, kind).locator(".gen-how")).to_have_text(SAID["kind"][kind]["how"])
    expect(page.locator("#gen-what")).to_have_value("red apple")
    scrub(page, 0.5)
    expect(said(page, "causal")).to_contain_text("8 of 16 tokens, step 8 of 16")
    expect(said(page, "masked")).to_contain_text("step 6 of 12")
    expect(said(page, "flow")).to_contain_text("50 % of the way, step 25 of 50")
    page.locator("[data-deed=forth]").click()
    expect(said(page, "flow")).to_contain_text("step 26 of 50")
    page.locator("[data-deed=back]").click(click_count=2)
    expect(said(page, "flow")).to_contain_text("step 24 of 50")


def test_it_plays_by_itself_unless_nothing_shall_move(visit: Visit) -> None:
    page = visit("generate", reduced_motion="no-preference").page
    expect(page.locator("[data-deed=play]")).to_have_text(SAID["deed"]["pause"])
    page.locator(".gen-speed select").select_option("8")
    whole(page)
    expect(page.locator("[data-deed=play]")).to_have_text(SAID["deed"]["replay"])
    page.locator("[data-deed=play]").click()
    whole(page)


def test_classes_are_found_by_typing_and_near_ones_offered(page: Page) -> None:
    field = page.locator("#gen-what")
    field.fill("ham")
    expect(page.locator(".gen-classes li")).to_have_text(["red hammerlong"])
    page.keyboard.press("ArrowDown")
    assert made(page, lambda: page.keyboard.press("Enter"))["wanted"] == "red hammer"
    expect(field).to_have_value("red hammer")
    hammer = tokens(page, "masked")
    field.fill("red aple")
    page.keyboard.press("Enter")
    near = page.locator(".gen-near")
    expect(near).to_contain_text("There is no “red aple”")
    assert tokens(page, "masked") == hammer, "what was made stays"
    asked = made(page, near.locator("button", has_text="red apple").click)
    assert asked["wanted"] == "red apple" and [run["prior"] for run in asked["runs"]] == ALL
    expect(field).to_have_value("red apple")
    expect(near).to_be_hidden()


def test_a_seed_gives_the_same_again_and_the_die_another(page: Page) -> None:
    first = tokens(page, "masked")
    seed = page.locator(".gen-seed input")
    rolled = made(page, page.locator("[data-deed=die]").click)["seed"]
    expect(seed).to_have_value(str(rolled))
    for number in ("11", "22"):  # of so few codes two seeds may give the same by chance, but not these
        seed.fill(number)
        made(page, lambda: seed.press("Enter"))
        assert (tokens(page, "masked") == first) == (number == "22")


@pytest.mark.parametrize("kind", ("causal", "masked"))
def test_a_cell_is_overwritten_and_the_prior_goes_on(page: Page, kind: str) -> None:
    before = tokens(page, kind)
    scrub(page, 0.5)
    point(page, kind, 1, 1)
    codes = page.locator(".gen-code")
    expect(codes.first).to_be_visible()
    expect(page.locator(".gen-cell-said")).to_contain_text("Undecided by")
    other = codes.locator("b").evaluate_all(
        "(all, was) => all.map((one) => one.textContent).find((code) => code !== was)", str(before[0])
    )
    codes.filter(has=page.locator("b", has_text=re.compile(f"^{other}$"))).first.click()
    assert tokens(page, kind)[0] == int(other)
    made(page, page.locator("[data-deed=on]").click)
    after = tokens(page, kind)
    assert after[0] == int(other) and after != before
    for _ in range(2):
        page.locator("[data-deed=undo]").click()
    scrub(page, 1)
    assert tokens(page, kind) == before


def test_cells_are_emptied_and_filled_anew(page: Page) -> None:
    before = tokens(page, "masked")
    point(page, "masked", 2, 3)
    expect(page.locator("[data-deed=on]")).to_be_disabled()
    page.locator("[data-deed=empty]").click()
    expect(said(page, "masked")).to_contain_text("15 of 16")
    made(page, page.locator("[data-deed=on]").click)
    after = tokens(page, "masked")
    assert [after[i] for i in range(CELLS) if i != 6] == [before[i] for i in range(CELLS) if i != 6]


def test_a_flow_is_led_through_a_cell(page: Page) -> None:
    point(page, "flow", 1, 2)
    expect(page.locator(".gen-cell-said")).to_contain_text(SAID["cell"]["heading"].partition("{")[0])
    expect(page.locator(".gen-code span").first).to_contain_text("%")
    expect(page.locator(".gen-code b").first).to_have_text(str(tokens(page, "flow")[1]))
    page.locator(".gen-any input").fill("33")
    page.locator(".gen-any button").click()
    expect(page.locator("[data-deed=on]")).to_be_enabled()
    made(page, page.locator("[data-deed=on]").click)
    assert tokens(page, "flow")[1] == 33


def test_a_flow_grows_sure_while_it_flows(page: Page) -> None:
    """Undecided cells are bright: at first most are, at the end none is."""
    page.locator(".gen-looks button", has_text=SAID["look"]["entropy"]["name"]).click()
    canvas = lane(page, "flow").locator(".gen-tokens")

    def undecided() -> int:
        picture = drawn(canvas)
        side = picture.shape[1] // 4
        return (picture[side // 8 :: side, side // 8 :: side, 1] > 20).sum()  # certain is (68, 1, 84)

    scrub(page, 0.02)
    assert eventually(page, lambda: undecided() > 8)
    scrub(page, 1)
    assert eventually(page, lambda: undecided() == 0)
    expect(lane(page, "flow").locator("[data-keep=codes]")).to_be_disabled()


def test_early_cells_of_a_causal_prior_are_told_from_late_ones(page: Page) -> None:
    scrub(page, 0.25)
    point(page, "causal", 4, 4)
    expect(page.locator(".gen-cell-said")).to_have_text(SAID["cell"]["early"])
    lane(page, "causal").locator(".gen-tokens").focus()
    for key in ("ArrowUp", "ArrowUp", "ArrowLeft"):
        page.keyboard.press(key)
    expect(page.locator(".gen-cell-open h3")).to_contain_text("row 2, column 3")
    page.keyboard.press("Escape")
    expect(page.locator(".gen-cell-open")).to_be_hidden()


def test_sixteen_samples_are_chosen_from(page: Page) -> None:
    made(page, page.locator(".gen-shown button", has_text=SAID["kind"]["masked"]["name"]).click)
    expect(page.locator(".gen-lane")).to_have_count(1)
    page.locator(".gen-settings summary").click()
    assert made(page, page.locator("[data-counts] button").nth(1).click)["count"] == 16
    first = tokens(page, "masked")
    picture = lane(page, "masked").locator(".gen-picture")
    box = picture.bounding_box()
    picture.click(position={"x": 0.9 * box["width"], "y": 0.9 * box["height"]})
    assert tokens(page, "masked") != first
    with page.expect_download() as download:
        lane(page, "masked").locator("[data-keep=png]").click()
    assert Image.open(download.value.path()).size == (32, 32)


def test_a_sample_opens_on_the_bench(visit: Visit, page: Page) -> None:
    link = lane(page, "causal").locator("[data-keep=bench]")
    expect(link).to_have_text(SAID["deed"]["bench"])
    bench = visit(link.get_attribute("href").removeprefix("./"))
    assert (bench.indices, bench.store("state.size")) == (tokens(page, "causal"), [32, 32])
    scrub(page, 0.5)
    expect(link).to_be_hidden()


def test_settings_are_a_slider_each_and_the_link_keeps_them(visit: Visit, page: Page) -> None:
    page.locator(".gen-settings summary").click()
    made(page, lambda: page.locator("#gen-masked_steps").fill("5"))
    expect(said(page, "masked")).to_contain_text("step 5 of 5")
    page.locator(".gen-looks button", has_text=SAID["look"]["order"]["name"]).click()
    page.wait_for_function("location.hash.includes('masked_steps=5') && location.hash.includes('l=order')")
    address = page.evaluate("location.hash")
    again = whole(visit(f"generate{address}").page)
    expect(said(again, "masked")).to_contain_text("step 5 of 5")
    expect(again.locator(".gen-looks [aria-pressed=true]")).to_have_text(SAID["look"]["order"]["name"])
    assert tokens(again, "masked") == tokens(page, "masked")
    made(page, page.locator("[data-deed=usual]").click)
    expect(said(page, "masked")).to_contain_text("step 12 of 12")


def test_the_nearest_training_pictures_are_found(page: Page) -> None:
    page.locator(".gen-copies [data-deed=look]").click()
    rows = page.locator(".gen-near-row")
    expect(rows).to_have_count(3)
    expect(rows.first.locator("figure")).to_have_count(4)
    expect(rows.first).to_contain_text("% apart")


def test_a_picture_goes_into_noise_and_comes_back(page: Page, photos: dict[str, bytes]) -> None:
    card = page.locator(".gen-noise")
    card.scroll_into_view_if_needed()
    expect(card.locator(".gen-seen button")).to_have_count(10)
    filled = """name => { const canvas = document.querySelector(`[data-figure=${name}] canvas`);
      const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
      return data.some(Boolean); }"""
    page.wait_for_function(filled, arg="returned")
    page.locator("#gen-noise").fill("10")
    expect(card.locator("output")).to_have_text("50 % noise")
    with page.expect_request("**/bench/generate/back") as asked:
        card.locator(".chip", has_text="red hammer").click()
    assert asked.value.post_data_json["wanted"] == "red hammer" and asked.value.post_data_json["time"] == 0.5
    file = {"name": "wide.png", "mimeType": "image/png", "buffer": photos["wide.png"]}
    with page.expect_request("**/bench/generate/noising"):
        card.locator("input[type=file]").set_input_files(file)
    page.wait_for_function(filled, arg="decoded")


def test_the_page_speaks_chinese_and_knows_chinese_names(page: Page) -> None:
    page.locator("[data-part=language]").click()
    expect(lane(page, "flow").locator("h3")).to_have_text(WORDS["zh"]["generate"]["kind"]["flow"]["name"])
    expect(page.locator("#gen-what")).to_have_value("红苹果")
    page.locator("#gen-what").fill("苹")
    expect(page.locator(".gen-classes li").first).to_contain_text("红苹果")


def test_a_phone_sees_it_without_scrolling_sideways(visit: Visit) -> None:
    page = whole(visit("generate", viewport={"width": 390, "height": 844}).page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    small = page.evaluate(
        """[...document.querySelectorAll('.generate button, .generate input, .generate select')]
          .filter((one) => one.offsetParent && one.type !== 'file' && one.getBoundingClientRect().height < 36)
          .map((one) => one.outerHTML.slice(0, 120))"""
    )
    assert not small, json.dumps(small, indent=1)


def test_side_pages_link_to_each_other(page: Page) -> None:
    names = page.locator(".masthead a").evaluate_all("all => all.map((a) => a.getAttribute('href'))")
    assert {"./", "compare", "train", "lab"} <= set(names) and "generate" not in names
    page.wait_for_function("location.hash.includes('s=22')")
    assert "/generate#" in page.url
