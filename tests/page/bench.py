"""One visitor at the page: what they do, and what they see."""

import base64
import io
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from PIL import Image
from playwright.sync_api import BrowserContext, Locator, Page, Request, Route, expect

from playground.core.tokens import Tokens
from playground.ui import calls, wire

TAKE_STORE = "async () => { window.store = await import(new URL('page/store.js', document.baseURI)); }"
FAR_DOWN = ("codebook", "output")  # what arrives when somebody comes near
NEAR_NOW = "name => document.querySelector(`[data-widget=${name}]`)?.scrollIntoView()"
HAS_COME = """name => {
  const card = document.querySelector(`[data-widget=${name}]`);
  return !card || card.firstChild || !card.offsetParent;
}"""
SCREEN = {"width": 1280, "height": 900}  # pixels
PATIENCE = 60_000  # milliseconds for which a condition is waited for: a machine with other work can be that slow
NEAR = 7.0  # of 255, the mean difference of two patches that a JPEG explains; those of two codes are farther apart
expect.set_options(timeout=PATIENCE)


class Bench:
    """A page in a browser context of its own.

    page      Playwright's page
    problems  everything that went wrong in it so far
    """

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.address, self.problems = address, []
        self._forgiven: list[str] = []
        context.set_default_timeout(PATIENCE)
        context.on("request", self._look_at)
        self.page = context.new_page()
        self.page.on("pageerror", lambda error: self.problems.append(f"threw {error}"))
        self.page.on("console", lambda m: m.type == "error" and self.problems.append(f"logged {m.text} {m.location}"))

    def _look_at(self, request: Request) -> None:
        if not request.url.startswith((self.address, "data:", "blob:")):
            self.problems.append(f"asked for {request.url}")

    def begin_anew(self, hash: str = "") -> "Bench":
        """Opens the page as somebody who was never here, whatever the tab was used for before."""
        self.page.unroute_all(behavior="ignoreErrors")
        self.page.set_viewport_size(SCREEN)
        self.page.context.clear_permissions()
        self.page.mouse.up()
        if self.page.url.startswith(self.address):
            self.page.evaluate("localStorage.clear(), sessionStorage.clear()")
        self.problems.clear()
        self._forgiven.clear()
        return self.open(hash)

    def open(self, hash: str = "") -> "Bench":
        """Opens the page anew, with `hash` behind its address, until it can be used."""
        self.page.goto("about:blank")  # with another hash alone the page would not load again
        self.page.goto(self.address + hash, wait_until="commit")
        return self.arrived()

    def reload(self) -> "Bench":
        """Loads the page again, as it is addressed now."""
        self.page.reload(wait_until="commit")
        return self.arrived()

    def arrived(self) -> "Bench":
        """Waits until the page can be used."""
        self.page.wait_for_selector("body[data-ready=yes]", state="attached")
        self.page.evaluate(TAKE_STORE)  # the page's own: a module is loaded once per address
        for name in FAR_DOWN:
            self.page.evaluate(NEAR_NOW, name)
            self.page.wait_for_function(HAS_COME, arg=name)
        self.page.evaluate("scrollTo(0, 0)")
        return self

    def forgive(self, text: str) -> None:
        """Problems that contain `text` belong to the test."""
        self._forgiven.append(text)

    def check(self) -> None:
        """Raises AssertionError when something went wrong that the test did not bring about."""
        left = [problem for problem in self.problems if not any(text in problem for text in self._forgiven)]
        assert not left, left

    # What they see.

    def store(self, expression: str) -> Any:
        """A JavaScript expression of the store's names: state, history(), countOf(code) …"""
        return self.page.evaluate(_in(expression))

    def until(self, expression: str) -> None:
        """Waits until an expression of the store's names is true."""
        self.page.wait_for_function(_in(expression))

    @property
    def indices(self) -> list[int]:
        """The tokens on the bench, in reading order."""
        return self.store("[...state.indices]")

    @property
    def levels(self) -> list[list[int]]:
        """The tokens of every codebook."""
        return self.store("state.levels.map((level) => [...level])")

    def message(self) -> dict:
        """The tokens on the bench as the page sends them to the server."""
        size = "grid: state.grid.slice(-state.rank), size: state.size.slice(-state.rank)"
        message = self.store(f"({{codec: state.codec, {size}, codebooks: state.depth}})")
        levels = self.levels[: message["codebooks"]]
        return message | {"indices": wire.pack(np.array(levels), "<u2")}

    def tokens(self) -> Tokens:
        """The tokens on the bench."""
        return calls._codec_and_tokens(self.message())[1]

    def resynthesis(self) -> np.ndarray:
        """(H, W, 3) the picture that is on screen for the tokens."""
        return self.screen("resynthesis")

    def screen(self, look: str) -> np.ndarray:
        """(H, W, 3) what the picture card shows under one of its looks."""
        # Not with the mouse: it may be in the middle of a stroke.
        self.part("picture", f"[data-word='picture.look.{look}']").evaluate("button => button.click()")
        return drawn(self.part("picture", "canvas"))

    def follows(self) -> None:
        """Waits until the picture on screen is the one that all the tokens on the bench stand for."""
        truth = pixels(calls.file(self.message(), "png").data)
        while not near(self.resynthesis(), truth):
            drawn = self.revision()
            if not near(self.resynthesis(), truth):  # a look later, so that nothing drawn meanwhile is waited for
                self.page.wait_for_function(
                    "drawn => document.querySelector('[data-widget=picture] canvas').dataset.revision > drawn",
                    arg=drawn,
                )

    def revision(self) -> int:
        """How many pictures have been drawn."""
        return int(self.part("picture", "canvas").get_attribute("data-revision") or 0)

    def said(self) -> str:
        """Waits for the sentence that the page says, takes it away, and gives it."""
        toast = self.page.locator("[data-part=message]")
        toast.wait_for(state="visible")
        text = toast.inner_text()
        toast.click()
        return text

    # What they do.

    def link(self) -> str:
        """Copies the link of the bench, and gives what follows the page's own address."""
        self.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        self.page.locator("[data-part=share]").click()
        assert "clipboard" in self.said()
        return self.page.evaluate("navigator.clipboard.readText()").removeprefix(self.address)

    def part(self, widget: str, selector: str) -> Locator:
        """The first such element of a card."""
        return self.page.locator(f"[data-widget={widget}] {selector}").first

    def tool(self, name: str) -> None:
        """Takes a tool of the token canvas."""
        self.part("grid", f"button[data-tool={name}]").click()

    def deed(self, name: str, widget: str = "actions") -> None:
        """Presses a button of the edits, or of another card."""
        self.part(widget, f"[data-deed={name}]").click()

    def pick(self, code: int) -> None:
        """Makes `code` the one to paint with."""
        self.page.evaluate("code => window.store.pick(code)", code)

    def spot(self, row: float, column: float) -> tuple[float, float]:
        """Where the middle of a cell is on screen."""
        box = self.part("grid", "canvas").bounding_box()
        x, y = self._offset(row, column)
        return box["x"] + x, box["y"] + y

    def _offset(self, row: float, column: float) -> tuple[float, float]:
        box = self.part("grid", "canvas").bounding_box()
        height, width = self.store("state.grid")
        return (column + 0.5) / width * box["width"], (row + 0.5) / height * box["height"]

    def point(self, place: tuple[float, float]) -> None:
        """Moves the mouse to a (row, column), once the page stands still there."""
        x, y = self._offset(*place)
        self.part("grid", "canvas").hover(position={"x": x, "y": y})

    def press(self, place: tuple[float, float]) -> None:
        """Presses the mouse at a (row, column), and keeps it down."""
        self.point(place)
        self.page.mouse.down()

    def drag(self, *places: tuple[float, float], steps: int = 4) -> None:
        """Presses the mouse at the first (row, column), and lets go at the last."""
        self.press(places[0])
        for place in places[1:]:
            self.page.mouse.move(*self.spot(*place), steps=steps)
        self.page.mouse.up()

    def upload(self, name: str, data: bytes, widget: str = "input") -> None:
        """Chooses a file, in the card for pictures or in another one."""
        files = {"name": name, "mimeType": "application/octet-stream", "buffer": data}
        self.part(widget, "input[type=file]").set_input_files(files)

    def opens(self, name: str, data: bytes, widget: str = "input") -> None:
        """Chooses a file, and waits until it is on the bench."""
        epoch = self.store("state.epoch")
        self.upload(name, data, widget)
        self.until(f"state.epoch > {epoch}")


MOST_FRAMES = 600  # that a gate waits


class Gate:
    """Holds back what a page asks of one address, until it is opened."""

    def __init__(self, page: Page, address: str) -> None:
        self.held: list[Route] = []
        self._page, self._is_open = page, False
        page.route(address, self._keep)

    def _keep(self, route: Route) -> None:
        if self._is_open:
            route.continue_()
        else:
            self.held.append(route)

    def wait(self) -> None:
        """Until something is held. Raises TimeoutError when nothing comes."""
        for _ in range(MOST_FRAMES):
            if self.held:
                return
            self._page.evaluate("() => new Promise(requestAnimationFrame)")
        raise TimeoutError("nothing was asked")

    def open(self) -> None:
        """Lets through what was held, and all that follows."""
        self._is_open = True
        for route in self.held:
            route.continue_()


Visit = Callable[..., Bench]


def eventually(page: Page, is_so: Callable[[], bool]) -> bool:
    """Whether something comes to be so, looked at anew every few frames: canvases draw in their own time."""
    until = time.monotonic() + PATIENCE / 1000
    while not is_so():
        if time.monotonic() > until:
            return False
        page.wait_for_timeout(50)
    return True


def _in(expression: str) -> str:
    return f"() => {{ const {{ state, history, selectedCells }} = window.store; return {expression}; }}"


def pixels(data: bytes) -> np.ndarray:
    """(H, W, 3) of a picture file."""
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))


def drawn(canvas: Locator) -> np.ndarray:
    """(H, W, 3) what is on a canvas."""
    return pixels(base64.b64decode(canvas.evaluate("canvas => canvas.toDataURL()").split(",")[1]))


def near(a: np.ndarray, b: np.ndarray) -> bool:
    """Whether two pictures are the same but for a JPEG, everywhere: no 8 × 8 patch may be another one."""
    if a.shape != b.shape:
        return False
    apart = np.abs(a.astype(float) - b).mean(2)
    patches = apart.reshape(a.shape[0] // 8, 8, a.shape[1] // 8, 8).mean((1, 3))
    return bool(patches.max() < NEAR)
