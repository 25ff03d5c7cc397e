"""Plain noise on the Generate page: rows that answer to a wish and a seed, and a slider that goes along the paths."""

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.page.bench import Visit, eventually
from tests.page.test_arrival import ALL_TEXT, RAW_KEY
from tests.priors_on_disk import add_priors
from tests.served import Served
from tests.test_noises import put

STRIPS = "strips => strips.map((strip) => strip.src.length + strip.src.slice(-400))"
PIXELS = "canvas => [...canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data].join()"


@pytest.fixture(scope="module", autouse=True)
def models(site: Served) -> Iterator[None]:
    """A prior, a GAN and a VAE beside the served pictures' codec, for as long as these tests last."""
    add_priors(site.zoo.folder, site.zoo.load("image-vq"), "tiny", kinds=("masked",), grid=(1, 4, 4))
    for kind in ("gan", "vae"):
        put(site.zoo.folder, kind, codec="image-vq", classes=("fruit", "tool"))
    yield
    for part in ("priors", "noises"):
        shutil.rmtree(site.zoo.folder / "image-vq" / part)


def come(visit: Visit, **how: object) -> Page:
    page = visit("generate", **how).page
    page.locator(".gen-noises").scroll_into_view_if_needed()
    expect(page.locator(".gen-noises")).to_have_attribute("aria-busy", "false")
    return page


def test_four_rows_answer_to_a_wish_and_to_a_seed(visit: Visit) -> None:
    page = come(visit)
    kinds = page.locator(".plain-rows .plain-row").evaluate_all("rows => rows.map((row) => row.dataset.kind)")
    assert kinds == ["random", "prior", "vae", "gan"]
    strips = page.locator(".plain-rows img")
    before = strips.evaluate_all(STRIPS)
    with page.expect_response("**/bench/noises/paths"):
        page.locator(".gen-noises [data-wanted=tool]").click()
    expect(page.locator(".gen-noises [data-wanted=tool]")).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".gen-noises")).to_have_attribute("aria-busy", "false")
    wished = strips.evaluate_all(STRIPS)
    assert wished[0] == before[0] and wished[3] != before[3]
    with page.expect_response("**/bench/noises/paths"):
        page.locator(".gen-noises [data-deed=die]").click()
    expect(page.locator(".gen-noises")).to_have_attribute("aria-busy", "false")
    assert all(a != b for a, b in zip(wished, strips.evaluate_all(STRIPS), strict=True))


def test_the_slider_goes_along_all_paths_without_asking(visit: Visit) -> None:
    page = come(visit)
    frames = page.locator(".plain-frame")
    expect(frames).to_have_count(3)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    slider = page.locator("#plain-way")
    slider.fill("0")
    begin = [frames.nth(i).evaluate(PIXELS) for i in range(3)]
    expect(frames.first).to_have_attribute("aria-label", "Codes from a prior, 0 % of the way")
    slider.fill("1")
    assert eventually(page, lambda: all(frames.nth(i).evaluate(PIXELS) != begin[i] for i in range(3)))
    assert not asked


@pytest.mark.parametrize("language", ["en", "zh"])
def test_it_fits_a_phone_and_every_word_is_there(visit: Visit, language: str) -> None:
    page = come(visit, viewport={"width": 390, "height": 844}, locale=language)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert not RAW_KEY.search(page.evaluate(ALL_TEXT))
