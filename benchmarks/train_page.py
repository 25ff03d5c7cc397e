"""How often the Train page shows something new, alone and in a class of thirty: `python benchmarks/train_page.py`.

Watches the page in headless Chromium, then begins 29 more trainings beside it and measures what the bench's
touch lane still gives. Writes a Markdown table to benchmarks/results/train_page.md.
"""

import json
import os
import shutil
import sys
import threading
import time
import urllib.request
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

sys.path.insert(0, str(Path(__file__).parent))
from page_speed import FLAGS, READY, row, started, stop

RESULTS = Path(__file__).parent / "results" / "train_page.md"
PORT = 7898
ADDRESS = f"http://127.0.0.1:{PORT}/"
WATCH = """async (seconds) => {
  const store = await import(new URL("page/store.js", document.baseURI));
  const times = [];
  const off = store.on("frames", () => requestAnimationFrame((now) => times.push(now)));
  await new Promise((done) => setTimeout(done, 1000 * seconds));
  off();
  return times.slice(1).map((time, i) => time - times[i]);
}"""
SETTINGS = {"quantizer": "vq", "codebook_size": 64, "dim": 8, "commitment": 0.25, "learning_rate": 0.002}


def main() -> None:
    """Measures everything once and writes the table."""
    rows = [("what", "median", "p95", "trials"), ("---",) * 4]
    program = shutil.which("chromium") or "/usr/bin/chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        page = browser.new_page(viewport={"width": 1440, "height": 1000})
        server, _ = started(PORT, page, ADDRESS)
        message = tokens()
        rows.append(row("decode of 8 × 8 cells over HTTP, nobody trains, ms", strokes(message)))
        page.goto(ADDRESS + "train")
        page.wait_for_selector(READY)
        page.click("[data-deed=run]")
        rows.append(row("one training: from one news on screen to the next, ms", watch(page)))
        others = [begin() for _ in range(29)]
        looking = threading.Event()
        threading.Thread(target=look_at, args=(others, looking), daemon=True).start()
        time.sleep(5)
        rows.append(row("decode of 8 × 8 cells over HTTP, thirty trainings, ms", strokes(message)))
        time.sleep(60)
        trained = sum(news(name)["status"]["step"] > 0 for name in others)
        rows.append(("of 29 other trainings, those that had a turn within 70 s", str(trained), "", "1"))
        looking.set()
        browser.close()
        stop(server)
    text = "\n".join("| " + " | ".join(cells) + " |" for cells in rows)
    RESULTS.write_text(f"# The Train page\n\n{os.cpu_count()} cores.\n\n{text}\n", encoding="utf-8")
    print(text)


def watch(page: Page) -> list[float]:
    """Milliseconds between two news of the training on screen, over 20 seconds."""
    page.wait_for_timeout(3000)
    return page.evaluate(WATCH, 20)


def strokes(message: dict, trials: int = 30) -> list[float]:
    """Milliseconds until the window of an 8 × 8 edit has come."""
    times = []
    for i in range(trials + 3):
        start = time.perf_counter()
        ask("bench/decode", message | {"window": [8, 8 * (i % 2), 24, 8 * (i % 2) + 16]})
        times.append(1000 * (time.perf_counter() - start))
    return times[3:]


def tokens() -> dict:
    """A sample picture's tokens as the page sends them."""
    encoded = json.loads(ask("bench/sample/image-vq/temple"))
    return {name: encoded[name] for name in ("codec", "grid", "size", "indices", "codebooks")}


def begin() -> str:
    """Begins a training and lets it run."""
    name = json.loads(ask("bench/train/new", {"set": "photos", "settings": SETTINGS}))["id"]
    ask(f"bench/train/{name}/do", {"deed": "run"})
    return name


def look_at(names: list[str], done: threading.Event) -> None:
    """As the pages of a class do, but more seldom."""
    while not done.wait(5):
        for name in names:
            news(name)


def news(name: str) -> dict:
    """How a training stands, without its pictures."""
    return json.loads(ask(f"bench/train/{name}/news?after=999999"))


def ask(path: str, message: dict | None = None) -> bytes:
    """The body of an answer."""
    data = None if message is None else json.dumps(message).encode()
    with urllib.request.urlopen(urllib.request.Request(ADDRESS + path, data=data), timeout=60) as answer:
        return answer.read()


if __name__ == "__main__":
    main()
