"""How fast the sound page is, in a real browser: `python benchmarks/sound_page.py [--checkpoints DIR] [--quick]`.

Drives the page in headless Chromium on this machine and writes a Markdown table to
benchmarks/results/sound_page.md. What is timed stands in the table; "handed to the audio graph" is the call of
AudioBufferSourceNode.start with samples that hold the whole edit, and not the part of it that was decoded first.
"""

import argparse
import io
import os
import shutil
import statistics
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import soundfile
import soxr
from playwright.sync_api import Page, sync_playwright

sys.path.insert(0, str(Path(__file__).parent))
from page_speed import FLAGS, repeated, row, started, stop

EXAMPLES = Path(__file__).parents[1] / "assets" / "examples" / "sounds"
RESULTS = Path(__file__).parent / "results" / "sound_page.md"
SCREEN = {"width": 1440, "height": 1700}  # pixels: lanes and tokens are in view together, and both are drawn
SECONDS, RATE = 10, 44_100  # of the clip
PAUSE = 0.5  # seconds between two edits: the server then still measures the one before
GOALS = {"file": 1500, "stroke": (150, 400)}  # ms: median; median and p95

# The page's own modules, and the clock: `begun` is when an edit was finished, `handed` when its sound was.
LISTEN = """async () => {
  const module = (path) => import(new URL(`page/${path}.js`, document.baseURI));
  const names = ["store", "sound/clip", "sound/player", "row/books"];
  const [store, clip, player, books] = await Promise.all(names.map(module));
  Object.assign(window, { store, clip, player, books, begun: null, handed: null, ahead: null });
  const { start } = AudioBufferSourceNode.prototype;
  AudioBufferSourceNode.prototype.start = function (when, ...rest) {
    start.call(this, when, ...rest);
    if (begun === null || handed !== null || !clip.isCurrent()) return;
    handed = performance.now();
    const { currentTime, outputLatency, baseLatency } = this.context;
    ahead = 1000 * (when - currentTime + (outputLatency || baseLatency));
  };
  document.querySelector("[data-widget=tokens] .strip-marks").addEventListener("pointerup", (event) => {
    begun = event.timeStamp;
    if (clip.isCurrent() && player.playing()) handed = begun; // decoded while the hand still moved
  }, true);
}"""
# From a file's choice to the frame in which its tokens and its spectrogram were drawn.
CHOSEN = """() => {
  window.done = new Promise((done) => { const off = store.on("loaded", () => {
    off(); requestAnimationFrame(() => done(performance.now())); }); });
  document.querySelector("[data-widget=input] input[type=file]").addEventListener("change",
    () => (window.chosen = performance.now()), { once: true, capture: true });
}"""
# Whether what every codebook and every level is like has come: a visitor is still looking by then.
RESTS = """() => store.state.levels.every((_, level) => books.knownBook(level)) &&
  [...document.querySelectorAll(".peel-figure:not([hidden]) strong")].every((figure) => figure.textContent !== "…")"""
PRESS = "(name) => { begun = performance.now(); document.querySelector(`[data-deed=${name}]`).click(); }"


def main() -> None:
    """Measures everything once and writes the table. Exit code 1 when a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--checkpoints", metavar="DIR", help="another folder of codecs than the one shipped")
    parser.add_argument("--trials", type=int, default=50, help="edits of each kind; a fifth as many files")
    parser.add_argument("--quick", action="store_true", help="5 trials: to see that it runs, not to quote")
    parser.add_argument("--port", type=int, default=7897)
    options = parser.parse_args()
    trials = 5 if options.quick else options.trials
    more = ("--checkpoints", str(Path(options.checkpoints).resolve())) if options.checkpoints else ()
    program = shutil.which("chromium") or "/usr/bin/chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        page = browser.new_page(viewport=SCREEN)
        server, _ = started(options.port, page, f"http://127.0.0.1:{options.port}/sound", *more)
        try:
            page.evaluate(LISTEN)
            times = measured(page, trials)
        finally:
            browser.close()
            stop(server)
    report(times)
    sys.exit("missed" if missed(times) else 0)


def measured(page: Page, trials: int) -> dict[str, list[float]]:
    """Milliseconds of every trial, by what is timed."""
    clip = ten_seconds()
    upload(page, clip)  # once, so that everything is loaded
    times = {"file": repeated(max(trials // 5, 3), lambda: upload(page, clip))}
    times["server"] = [1000 * page.evaluate("store.state.facts.seconds")]
    page.click("[data-tool=paint]")
    stroke(page)
    times["stroke"] = repeated(trials, lambda: edit(page, lambda: stroke(page)))
    times["ahead"] = [page.evaluate("ahead")]
    page.evaluate("clip.mark([200, 250])")
    times["second"] = repeated(trials, lambda: edit(page, lambda: page.evaluate(PRESS, "shuffle")))
    page.evaluate("clip.mark(null)")
    times["clip"] = repeated(trials, lambda: edit(page, lambda: page.evaluate(PRESS, "shuffle")))
    page.evaluate("player.goRound(true)")
    times["playing"] = repeated(trials, lambda: edit(page, lambda: stroke(page), playing=True))
    return times


def upload(page: Page, clip: bytes) -> float:
    """Milliseconds from the choice of a file to its tokens and its spectrogram on screen."""
    page.evaluate(CHOSEN)
    file = {"name": "clip.wav", "mimeType": "audio/wav", "buffer": clip}
    page.set_input_files("[data-widget=input] input[type=file]", file)
    taken = page.evaluate("done.then((end) => end - chosen)")
    page.wait_for_function(RESTS, timeout=600_000)  # a codec without description describes itself, and takes minutes
    return taken


def edit(page: Page, deed: Callable[[], object], *, playing: bool = False) -> float:
    """Milliseconds from the end of an edit to its sound in the audio graph, in silence or while the clip plays."""
    page.evaluate("(playing) => { if (Boolean(player.playing()) !== playing) player.toggle(); }", playing)
    page.wait_for_timeout(1000 * PAUSE)
    page.evaluate("() => { begun = handed = null; }")
    deed()
    page.wait_for_function("handed !== null")
    return page.evaluate("handed - begun")


def stroke(page: Page) -> None:
    """Paints some cells of the codebook shown with another code, by mouse."""
    box = page.locator("[data-widget=tokens] .strip-marks").first.bounding_box()
    level, rows, code, codes = page.evaluate(
        "[store.state.level, store.state.levels.length, store.state.code, store.state.codebookSize]"
    )
    page.evaluate("(code) => store.pick(code)", (code + 37) % codes)
    x = box["x"] + np.random.default_rng().uniform(0.05, 0.9) * box["width"]
    y = box["y"] + (level + 0.5) / rows * box["height"]
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 8 / 500 * box["width"], y, steps=4)  # 8 frames of 500
    page.mouse.up()


def ten_seconds() -> bytes:
    """A WAV of speech as visitors bring it: 44.1 kHz, stereo."""
    voices = [soundfile.read(EXAMPLES / f"{name}.opus") for name in ("woman", "man")]
    samples = np.concatenate([soxr.resample(samples, rate, RATE) for samples, rate in voices])[: SECONDS * RATE]
    file = io.BytesIO()
    soundfile.write(file, np.stack([samples, samples], 1), RATE, format="WAV", subtype="PCM_16")
    return file.getvalue()


def report(times: dict[str, list[float]]) -> None:
    """Prints and writes the table."""
    names = {
        "file": f"{SECONDS} s WAV (44.1 kHz, stereo) chosen → tokens and spectrogram drawn, ms",
        "server": "of it the server's reading, encoding, decoding and measuring, ms",
        "stroke": "pointer lifted from a stroke over 8 frames, in silence → sound handed to the audio graph, ms",
        "playing": "the same while the clip goes round, ms",
        "second": "one second of all 8 codebooks shuffled → sound handed to the audio graph, ms",
        "clip": f"all {SECONDS} s shuffled → sound handed to the audio graph, ms",
        "ahead": "from there to the loudspeaker (the player's lead and the device), ms",
    }
    rows = [("what", "median", "p95", "trials"), ("---",) * 4, *(row(names[key], times[key]) for key in names)]
    lines = ["| " + " | ".join(cells) + " |" for cells in rows]
    head = f"{os.cpu_count()} cores, one visitor. Edits {PAUSE} s apart, so that the figures of one are measured "
    head += f"while the next begins. Goals: {GOALS['file']} ms for a file, {GOALS['stroke'][0]} ms (median) and "
    head += f"{GOALS['stroke'][1]} ms (p95) for a stroke."
    text = "\n".join(["# Speed of the sound page", "", head, "", *lines])
    RESULTS.write_text(text + "\n", encoding="utf-8")
    print(text)


def missed(times: dict[str, list[float]]) -> bool:
    """Whether a goal is missed."""
    median, p95 = GOALS["stroke"]
    slow = any(
        statistics.median(times[key]) > median or np.percentile(times[key], 95) > p95 for key in ("stroke", "playing")
    )
    return slow or statistics.median(times["file"]) > GOALS["file"]


if __name__ == "__main__":
    main()
