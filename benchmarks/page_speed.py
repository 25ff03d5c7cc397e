"""How fast the page is, in a real browser: `python benchmarks/page_speed.py [--trials 30] [--quick]`.

Drives the shipped page in headless Chromium on this machine and writes a Markdown table to
benchmarks/results/page_speed.md. A time ends with the animation frame after the new picture was drawn.
"""

import argparse
import io
import os
import shutil
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image
from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "benchmarks" / "results" / "page_speed.md"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
FLAGS += ["--disable-component-update", "--disable-sync"]
READY = "body[data-ready=yes]"
# Runs `deed` of the page's store and gives the milliseconds until its picture is on screen.
TIMED = """async (deed) => {
  const store = await import(new URL("page/store.js", document.baseURI));
  const edits = await import(new URL("page/edits.js", document.baseURI));
  const drawn = new Promise((done) => {
    const off = store.on("picture", () => { off(); requestAnimationFrame(done); }); });
  const start = performance.now();
  new Function("store", "edits", deed)(store, edits);
  await drawn;
  return performance.now() - start;
}"""
STROKE = """
  const [h, w] = store.state.grid;
  const top = Math.floor(Math.random() * (h - 8)), left = Math.floor(Math.random() * (w - 8));
  const cells = []; for (let r = 0; r < 8; r++) for (let c = 0; c < 8; c++) cells.push((top + r) * w + left + c);
  store.beginStroke({ key: "edit.paint", values: { code: 0 } });
  store.paint(cells, Math.floor(Math.random() * store.state.codebookSize)); store.endStroke();"""
# From the last pointer event of a stroke to the frame that shows the picture of all its cells. The strokes
# before may still be decoding when it comes, so this is longer than TIMED, and what a hand feels.
HAND = """async () => {
  const store = await import(new URL("page/store.js", document.baseURI));
  const ask = window.fetch;
  let asked = 0;
  window.fetch = async (address, options) => {
    const mine = Number(String(address).includes("/bench/decode"));
    asked += mine;
    try { return await ask(address, options); } finally { asked -= mine; }
  };
  document.querySelector("[data-widget=grid] canvas").addEventListener("pointermove", (event) => {
    if (event.buttons) Object.assign(window, { last_: event.timeStamp, ended_: null }); }, true);
  store.on("picture", () => requestAnimationFrame(() => { if (!asked) window.ended_ ??= performance.now(); }));
}"""
SHUFFLE = """
  const { indices } = store.state;
  store.commit({ key: "edit.shuffle" }, edits.shuffle(indices, [...indices.keys()]));"""
FRAMES = """() => { window.frames_ = []; let last = performance.now(); window.pictures_ = 0; window.measuring_ = true;
  import(new URL("page/store.js", document.baseURI)).then((store) => store.on("picture", () => window.pictures_++));
  const tick = (now) => {
    window.frames_.push(now - last); last = now; if (window.measuring_) requestAnimationFrame(tick); };
  requestAnimationFrame(tick); }"""


def main() -> None:
    """Measures everything once and writes the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--trials", type=int, default=30)
    parser.add_argument("--quick", action="store_true", help="5 trials: to see that it runs, not to quote")
    parser.add_argument("--port", type=int, default=7899)
    options = parser.parse_args()
    options.trials = 5 if options.quick else options.trials
    rows = [("what", "median", "p95", "trials"), ("---",) * 4]
    address = f"http://127.0.0.1:{options.port}/"
    program = shutil.which("chromium") or "/usr/bin/chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        page = browser.new_page(viewport={"width": 1440, "height": 1000})
        starts = []
        for _ in range(3):
            server, seconds = started(options.port, page, address)
            starts.append(seconds)
            if len(starts) < 3:
                stop(server)
        rows.append(row("`python app.py` → page usable, s", starts))
        rows.append(row("reload → usable, s", repeated(10, lambda: reload(page))))
        rows += on_the_bench(page, options.trials)
        rows.append(("resident memory of the server, MB", f"{resident(server.pid):.0f}", "", "1"))
        rows += first_page(browser, address)
        browser.close()
        stop(server)
    rows += window_decode(options.trials)
    text = "\n".join("| " + " | ".join(cells) + " |" for cells in rows)
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(f"# Speed of the page\n\n{os.cpu_count()} cores, one visitor.\n\n{text}\n", encoding="utf-8")
    print(text)


def on_the_bench(page: Page, trials: int) -> list[tuple[str, ...]]:
    """Strokes, dragging, whole-picture edits and uploads, on the page as it stands."""
    for _ in range(3):
        page.evaluate(TIMED, STROKE)
    rows = [row("stroke of 8 × 8 cells → picture, ms", repeated(trials, lambda: page.evaluate(TIMED, STROKE)))]
    page.evaluate(HAND)
    page.click("button[data-tool=paint]")
    rows.append(row("last movement of such a stroke by hand → picture, ms", repeated(trials, lambda: by_hand(page))))
    rows += dragging(page)
    rows.append(
        row("shuffle of the whole picture → picture, ms", repeated(trials, lambda: page.evaluate(TIMED, SHUFFLE)))
    )
    photo = twelve_megapixels()
    rows.append(row("upload of 12 megapixels → tokens and picture, ms", repeated(trials, lambda: upload(page, photo))))
    return rows


def by_hand(page: Page) -> float:
    """Milliseconds from the last pointer event of a stroke over 8 × 8 cells to its picture."""
    box = page.locator("[data-widget=grid] canvas").bounding_box()
    side = box["width"] / 32
    top, left = np.random.default_rng().integers(0, 24, 2)
    page.evaluate("import(new URL('page/store.js', document.baseURI)).then((s) => s.pick((s.state.code + 37) % 1024))")
    corners = [(row, column) for row in range(8) for column in ((0, 7) if row % 2 == 0 else (7, 0))]
    spots = [(box["x"] + (left + c + 0.5) * side, box["y"] + (top + r + 0.5) * side) for r, c in corners]
    page.mouse.move(*spots[0])
    page.mouse.down()
    for spot in spots[1:]:
        page.mouse.move(*spot)
    page.mouse.up()
    page.wait_for_function("window.ended_ > window.last_")
    return page.evaluate("ended_ - last_")


def dragging(page: Page) -> list[tuple[str, ...]]:
    """Paints for three seconds with the mouse."""
    frame = page.locator("[data-widget=grid] canvas").bounding_box()
    page.evaluate(FRAMES)
    page.mouse.move(frame["x"] + 40, frame["y"] + 40)
    page.mouse.down()
    start, turn = time.perf_counter(), 0
    while (seconds := time.perf_counter() - start) < 3:
        turn += 1
        x = 0.5 + 0.4 * np.cos(turn / 9) * (0.3 + 0.7 * seconds / 3)
        y = 0.5 + 0.4 * np.sin(turn / 9) * (0.3 + 0.7 * seconds / 3)
        page.mouse.move(frame["x"] + x * frame["width"], frame["y"] + y * frame["height"])
        if turn % 20 == 0:  # another code, so that a painted cell changes again
            page.evaluate(
                "import(new URL('page/store.js', document.baseURI)).then((s) => s.pick((s.state.code + 37) % 1024))"
            )
        page.wait_for_timeout(8)
    frames, pictures = page.evaluate("() => { measuring_ = false; return [frames_.slice(2), pictures_]; }")
    page.mouse.up()
    page.click("button[data-tool=pick]")
    rate = 1000 / statistics.median(frames)
    slow = sum(frame > 20 for frame in frames) / len(frames)
    return [
        ("pictures a second while dragging", f"{pictures / seconds:.0f}", "", "3 s"),
        ("frames a second meanwhile", f"{rate:.0f}", f"{slow:.0%} slower than 20 ms", f"{len(frames)}"),
    ]


def upload(page: Page, photo: bytes) -> float:
    """Milliseconds from the choice of a file to its tokens and its picture."""
    page.evaluate(
        """() => import(new URL("page/store.js", document.baseURI)).then((store) => {
          window.done_ = new Promise((done) => { const off = store.on("picture", () => { off(); requestAnimationFrame(
            () => done(performance.now())); }); });
          document.querySelector("[data-widget=input] input[type=file]").addEventListener("change",
            () => (window.begun_ = performance.now()), { once: true, capture: true }); })"""
    )
    file = {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": photo}
    page.set_input_files("[data-widget=input] input[type=file]", file)
    return page.evaluate("() => done_.then((end) => end - begun_)")


def twelve_megapixels() -> bytes:
    """A JPEG of 4000 × 3000 pixels with slopes and texture."""
    generator = np.random.default_rng(0)
    small = generator.integers(0, 255, (75, 100, 3), dtype=np.uint8)
    picture = Image.fromarray(small).resize((4000, 3000), Image.Resampling.BICUBIC)
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=90)
    return file.getvalue()


def started(port: int, page: Page, address: str, *options: str) -> tuple[subprocess.Popen, float]:
    """A server process, and the seconds until its page could be used."""
    begin = time.perf_counter()
    command = [sys.executable, "app.py", "--port", str(port), *options]
    server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    while True:
        try:
            urllib.request.urlopen(address, timeout=5).read(1)
            break
        except OSError:
            time.sleep(0.05)
    page.goto(address)
    page.wait_for_selector(READY, timeout=120_000)
    return server, time.perf_counter() - begin


def stop(server: subprocess.Popen) -> None:
    """Ends a server of ours and waits for it."""
    server.terminate()
    server.wait()


def reload(page: Page) -> float:
    """Seconds until a reloaded page can be used."""
    begin = time.perf_counter()
    page.reload()
    page.wait_for_selector(READY)
    return time.perf_counter() - begin


def first_page(browser, address: str) -> list[tuple[str, ...]]:
    """Bytes over the wire for a visitor's first page, ours and Gradio's apart, and who was asked."""
    context = browser.new_context()
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    urls: dict[str, str] = {}
    sizes: dict[str, float] = {}
    session.on("Network.requestWillBeSent", lambda event: urls.update({event["requestId"]: event["request"]["url"]}))
    session.on("Network.loadingFinished", lambda event: sizes.update({event["requestId"]: event["encodedDataLength"]}))
    page.goto(address)
    page.wait_for_selector(READY)
    page.wait_for_timeout(1500)
    outside = [url for url in urls.values() if url.startswith("http") and not url.startswith(address)]
    own = [key for key, url in urls.items() if url == address or any(part in url for part in ("/page/", "/bench/"))]
    total, ours = sum(sizes.values()), sum(sizes.get(key, 0) for key in own)
    context.close()
    return [
        (
            "first page: HTML, modules, styles, fonts, words, sample, codebook, kB",
            f"{ours / 1000:.0f}",
            "",
            f"{len(own)} requests",
        ),
        ("first page: Gradio's bundle, kB", f"{(total - ours) / 1000:.0f}", "", f"{len(urls) - len(own)} requests"),
        ("requests to the outside", str(len(outside)), "", ""),
    ]


def window_decode(trials: int) -> list[tuple[str, ...]]:
    """Decoding the window of an edit against decoding all, in one run, and how far they differ."""
    sys.path.insert(0, str(ROOT))
    import torch

    import playground as pg

    codec = pg.load("image-vq")
    generator = torch.Generator().manual_seed(0)
    tokens = pg.Tokens(torch.randint(1024, (1, 1, 32, 32), generator=generator), 1024, (256, 256))
    rows, whole = [], codec.decode(tokens)
    for name, cells in (("1 cell", slice(16, 17)), ("8 × 8 cells", slice(12, 20)), ("all", slice(0, 32))):
        wide = slice(max(cells.start - codec.reach, 0), min(cells.stop + codec.reach, 32))
        part = codec.decode_window(tokens, (wide, wide))
        pixels = slice(wide.start * codec.stride, wide.stop * codec.stride)
        apart = float((part - whole[..., pixels, pixels]).abs().max())
        times = repeated(trials, lambda wide=wide: clocked(lambda: codec.decode_window(tokens, (wide, wide))))
        rows.append(row(f"decode what {name} can reach, ms (differs by {apart:.0e} of 2)", times))
    rows.append(row("decode all, ms", repeated(trials, lambda: clocked(lambda: codec.decode(tokens)))))
    return rows


def clocked(deed: Callable[[], object]) -> float:
    """Milliseconds of one call."""
    begin = time.perf_counter()
    deed()
    return (time.perf_counter() - begin) * 1000


def repeated(trials: int, measure: Callable[[], float]) -> list[float]:
    """`trials` measurements."""
    return [measure() for _ in range(trials)]


def row(name: str, values: list[float]) -> tuple[str, ...]:
    """A line of the table."""
    digits = 2 if name.endswith("s") and not name.endswith("ms") else 0
    p95 = float(np.percentile(values, 95))
    return (name, f"{statistics.median(values):.{digits}f}", f"{p95:.{digits}f}", str(len(values)))


def resident(pid: int) -> float:
    """Resident memory of a process in MB (Linux)."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    raise ValueError(f"no memory figure for process {pid}")


if __name__ == "__main__":
    main()
