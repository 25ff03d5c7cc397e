"""One visitor at the sound page: what they do there, and what reaches their ears."""

import base64
import io
from collections.abc import Callable

import numpy as np
import soundfile
from playwright.sync_api import Locator

from playground import zoo
from playground.core.spectrogram import RATE
from playground.core.tokens import Tokens
from playground.ui import calls
from tests.page.bench import Bench

# The page's own clip and player; every voice that is handed to the audio graph; how often the resynthesis changed.
TAKE_SOUND = """async () => {
  const module = (name) => import(new URL(`page/sound/${name}.js`, document.baseURI));
  const [{ clip }, player] = await Promise.all(["clip", "player"].map(module));
  Object.assign(window, { clip, player, graph: null, voices: [], changes: 0 });
  window.store.on("sound", () => (window.changes += 1));
  const { start } = AudioBufferSourceNode.prototype;
  AudioBufferSourceNode.prototype.start = function (when, offset) {
    window.graph = this.context;
    window.voices.push({ when, offset, loop: this.loop, samples: this.buffer.getChannelData(0).slice() });
    start.call(this, when, offset);
  };
}"""
PACKED = """(floats) => {
  const bytes = new Uint8Array(floats.slice().buffer); // a slice has a buffer of its own
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}"""


class Listener:
    """A bench for sound. `store` and `until` know the names clip, player, voices and changes too.

    bench  the page they are at
    """

    def __init__(self, bench: Bench) -> None:
        self.bench, self.page = bench, bench.page
        self.store, self.until, self.part, self.deed = bench.store, bench.until, bench.part, bench.deed
        self.page.evaluate(TAKE_SOUND)

    # What reaches their ears.

    def samples(self, expression: str) -> np.ndarray:
        """(N,) float32, the Float32Array that a JavaScript expression gives."""
        return np.frombuffer(base64.b64decode(self.store(f"({PACKED})({expression})")), np.float32)

    @property
    def sound(self) -> np.ndarray:
        """(N,) the resynthesis as edited."""
        return self.samples("clip.sound")

    def truth(self, codebooks: int | None = None) -> np.ndarray:
        """(N,) what the tokens on the bench stand for, decoded as a whole; of the first codebooks only, if so said."""
        tokens = self.bench.tokens()
        return decoded(message_of(tokens.first(codebooks or tokens.num_codebooks)))

    def follows(self) -> None:
        """Waits until the resynthesis is the one that all the tokens on the bench stand for."""
        truth = self.truth()
        while not alike(self.sound, truth):
            changes = self.store("changes")
            if not alike(self.sound, truth):  # a look later, so that no change meanwhile is waited for
                self.until(f"changes > {changes}")

    def settles(self) -> None:
        """Waits until the page has dealt with what has arrived, and drawn it."""
        self.page.evaluate("() => new Promise((done) => setTimeout(() => requestAnimationFrame(done), 0))")

    def hears(self, deed: Callable[[], object]) -> dict:
        """Does something, and gives the first voice that sounds because of it: {when, offset, loop, samples}."""
        before = self.store("voices.length")
        deed()
        self.until(f"voices.length > {before}")
        voice = self.store(f"(({{ samples, ...rest }}) => rest)(voices[{before}])")
        return voice | {"samples": self.samples(f"voices[{before}].samples")}

    # What they do.

    def take(self, sample: str) -> "Listener":
        """Puts a sample on the bench, and waits for it."""
        self.page.locator(f"[data-sample={sample}]").click()
        self.until(f"state.facts.from.sample === '{sample}'")
        return self

    @property
    def strip(self) -> Locator:
        """The canvas of all tokens."""
        return self.part("tokens", ".strip-marks")

    @property
    def lanes(self) -> Locator:
        """The canvas over original, resynthesis and difference."""
        return self.part("waves", ".over")

    def spot(self, canvas: Locator, row: float, frame: float) -> dict[str, float]:
        """Where the middle of a cell, or of a lane at a frame, is on a canvas."""
        box = canvas.bounding_box()
        rows, frames = self.store("[state.levels.length, state.grid[1]]")
        return {"x": (frame + 0.5) / frames * box["width"], "y": (row + 0.5) / rows * box["height"]}

    def click(self, canvas: Locator, row: float, frame: float) -> None:
        """Clicks there."""
        canvas.click(position=self.spot(canvas, row, frame))

    def drag(self, canvas: Locator, row: float, first: float, last: float) -> None:
        """Drags along a row, from one frame to another."""
        canvas.hover(position=self.spot(canvas, row, first))
        self.page.mouse.down()
        box, spot = canvas.bounding_box(), self.spot(canvas, row, last)
        self.page.mouse.move(box["x"] + spot["x"], box["y"] + spot["y"], steps=4)
        self.page.mouse.up()

    def tool(self, name: str) -> None:
        """Takes a tool of the token canvas."""
        self.part("tokens", f"[data-tool={name}]").click()


def message_of(tokens: Tokens) -> dict:
    """Tokens as the page sends them to the server."""
    return calls._tokens_message(zoo.load_listed(tokens.codec), tokens)


def decoded(message: dict) -> np.ndarray:
    """(N,) float32, what the page is sent for a message of tokens."""
    return np.frombuffer(calls.decode(message).data, "<i2").astype(np.float32) / 32768


def alike(a: np.ndarray, b: np.ndarray) -> bool:
    """Whether two sounds are the same but for the rounding of a sample."""
    return a.shape == b.shape and bool(np.abs(a - b).max() < 1.5 / 32768)


def melody(seconds: float, rate: int = RATE, channels: int = 1, *, ending: str = "WAV") -> bytes:
    """A sound file: a tone that rises, in every channel another one."""
    time = np.arange(round(seconds * rate)) / rate
    tones = [0.4 * np.sin(2 * np.pi * (200 + 150 * channel + 300 * time) * time) for channel in range(channels)]
    file = io.BytesIO()
    soundfile.write(file, np.stack(tones, 1), rate, format=ending, subtype="PCM_16")
    return file.getvalue()
