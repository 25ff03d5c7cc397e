"""How fast Blend and Compare answer: `python benchmarks/blend_compare.py [--trials 7]`.

Asks a server of this machine as the page does, reads the stream to its end, and writes a Markdown table to
benchmarks/results/blend_compare.md. Drawing is not in it. Run it on a quiet machine.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from page_speed import ROOT, row, stop

RESULTS = Path(__file__).parent / "results" / "blend_compare.md"
GOAL = 3.0  # seconds for a path of 16 steps of a 256 × 256 picture
PAIRS = {"image": ("square/temple", "square/lizard"), "audio": ("sound/woman", "sound/man")}
BLENDS = (("image-vq", "image"), ("image-vqgan", "image"), ("image-fsq", "image"), ("image-rvq", "image"))


def main() -> None:
    """Measures everything once and writes the table. Exit code 1 when the goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--trials", type=int, default=7)
    parser.add_argument("--port", type=int, default=7895)
    options = parser.parse_args()
    address = f"http://127.0.0.1:{options.port}/"
    server = started(options.port, address)
    try:
        times = measured(address, options.trials)
    finally:
        stop(server)
    head = ("what", "median", "p95", "trials")
    rows = [head, ("---",) * 4, *(row(name, seconds) for name, seconds in times.items())]
    goal = f"{os.cpu_count()} cores, one visitor. Goal: {GOAL:g} s for 16 steps of image-vq."
    text = "\n".join(["# Speed of Blend and Compare", "", goal, "", *("| " + " | ".join(r) + " |" for r in rows)])
    RESULTS.write_text(text + "\n", encoding="utf-8")
    print(text)
    sys.exit("missed" if statistics.median(times[whole("image-vq")]) > GOAL else 0)


def started(port: int, address: str) -> subprocess.Popen:
    """A server that has done what it does once."""
    command = [sys.executable, "app.py", "--port", str(port)]
    server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    while True:
        try:
            urllib.request.urlopen(address + "bench/catalogue", timeout=5).read()
            time.sleep(5)  # what it warms up meanwhile
            return server
        except OSError:
            time.sleep(0.1)


def whole(codec: str) -> str:
    """What a line of the table is called."""
    return f"blend, {codec}: all paths of 17 frames and where tokens flip, s"


def measured(address: str, trials: int) -> dict[str, list[float]]:
    """Seconds of every trial, by what is timed; the first, which loads weights, left out."""
    times: dict[str, list[float]] = {}
    for codec, kind in BLENDS:
        a, b = (f"bench/{name}" for name in PAIRS[kind])
        message = {"codec": codec, "a": a, "b": b, "steps": 16}
        told = [streamed(address + "bench/blend", message) for _ in range(trials + 1)][1:]
        times[f"blend, {codec}: the first five frames of each path, s"] = [some for some, _ in told]
        times[whole(codec)] = [end for _, end in told]
    for kind, (a, _) in PAIRS.items():
        message = {"kind": kind, "original": f"bench/{a}"}
        told = [streamed(address + "bench/compare", message) for _ in range(max(3, trials // 2) + 1)][1:]
        times[f"compare, {kind}: all points, s"] = [end for _, end in told]
    return times


def streamed(address: str, message: dict) -> tuple[float, float]:
    """Seconds until the 25th event of a streamed answer, and until its end. Raises RuntimeError for an error."""
    body = json.dumps(message).encode()
    request = urllib.request.Request(address, body, {"Content-Type": "application/json"})
    begin, events, some = time.perf_counter(), 0, 0.0
    with urllib.request.urlopen(request, timeout=300) as answer:
        for line in answer:
            if b'"error"' in line[:40]:
                raise RuntimeError(line.decode()[:300])
            if line.startswith(b"data:"):
                events += 1
                some = time.perf_counter() - begin if events <= 25 else some
    return some, time.perf_counter() - begin


if __name__ == "__main__":
    main()
