"""The page in a real browser: one server and one Chromium for all tests, a fresh visitor for each.

A module of tests that sets `IN_GRADIO = True` has the pages as `python app.py` serves them; the others have the same
templates, modules and routes without Gradio's own bundle around them, which opens in less than half the time.

A test fails when its page throws, logs an error, or asks anybody but our server for anything.
Nothing sleeps: every wait is for a condition.
"""

import io
import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from tests.page.bench import SCREEN, Bench, Visit
from tests.page.listener import Listener
from tests.served import Served, make_checkpoints, serve, serve_bare, using

ARGUMENTS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    "--use-fake-device-for-media-stream",  # a microphone that beeps
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",  # nothing outside can be reached
]
ORDINARY = {"reduced_motion": "reduce", "locale": "en-GB", "viewport": SCREEN}


@pytest.fixture(scope="session")
def checkpoints_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Tiny codecs of every medium."""
    return make_checkpoints(tmp_path_factory.mktemp("site") / "checkpoints")


@pytest.fixture(scope="session")
def app_site(checkpoints_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The pages with Gradio around them."""
    os.environ["GRADIO_TEMP_DIR"] = str(tmp_path_factory.mktemp("uploads"))
    with serve(checkpoints_folder) as served:
        yield served


@pytest.fixture(scope="session")
def bare_site(checkpoints_folder: Path) -> Iterator[Served]:
    """The pages alone."""
    with serve_bare(checkpoints_folder) as served:
        yield served


@pytest.fixture(scope="module")
def site(request: pytest.FixtureRequest) -> Served:
    """The pages, served with tiny codecs."""
    return request.getfixturevalue("app_site" if getattr(request.module, "IN_GRADIO", False) else "bare_site")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One headless Chromium."""
    program = shutil.which("chromium") or shutil.which("google-chrome") or "/usr/bin/chromium"
    if not Path(program).is_file():
        pytest.skip("chromium is not installed (Debian: apt-get install chromium)")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture
def visit(request: pytest.FixtureRequest, site: Served, browser: Browser) -> Iterator[Visit]:
    """Opens a bench: visit(hash="", **options of the browser context).

    The first one without options has the tab that is used again, where the test does not have it already; every other
    one a browser context of its own.
    """
    benches: list[Bench] = []
    tab_is_free = "only_tab" not in request.fixturenames
    with using(site.zoo), ExitStack() as contexts:

        def visit(hash: str = "", **options: object) -> Bench:
            if tab_is_free and not benches and not options:
                benches.append(request.getfixturevalue("only_tab"))
                return benches[-1].begin_anew(hash)
            context = browser.new_context(**ORDINARY | options)
            contexts.callback(context.close)
            benches.append(Bench(context, site.address))
            return benches[-1].open(hash)

        yield visit
        for bench in benches:
            bench.check()


@pytest.fixture(scope="module")
def only_tab(site: Served, browser: Browser) -> Iterator[Bench]:
    """A tab that is used again and again: the second time, the browser need not compile the page anew."""
    context = browser.new_context(**ORDINARY)
    yield Bench(context, site.address)
    context.close()


@pytest.fixture
def bench(site: Served, only_tab: Bench) -> Iterator[Bench]:
    """A visitor who has just arrived, for the first time."""
    with using(site.zoo):
        yield only_tab.begin_anew()
        only_tab.check()


@pytest.fixture
def listener(site: Served, only_tab: Bench) -> Iterator[Listener]:
    """A visitor who has just arrived at the sound page, for the first time."""
    with using(site.zoo):
        yield Listener(only_tab.begin_anew("sound"))
        only_tab.check()


@pytest.fixture
def short(listener: Listener) -> Listener:
    """The same with a second of speech: 3 codebooks × 100 frames."""
    listener.take("yes").follows()
    return listener


@pytest.fixture(scope="session")
def photos() -> dict[str, bytes]:
    """PNG files that no codec can mistake for each other or for a sample: a wide one, a tall one, another square."""
    return {
        "wide.png": _png(Image.radial_gradient("L").resize((400, 200)).convert("RGB")),
        "tall.png": _png(Image.linear_gradient("L").rotate(45).resize((120, 300)).convert("RGB")),
        "red.png": _png(Image.merge("RGB", [Image.linear_gradient("L"), *[Image.radial_gradient("L")] * 2])),
    }


def _png(picture: Image.Image) -> bytes:
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()
