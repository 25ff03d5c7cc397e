"""How long visitors wait for a page while others compute: `python benchmarks/static_under_load.py [TREE …]`.

Serves each TREE (a checkout of the project; this one when none is named) with `python app.py`, and times `/` and a
stylesheet alone and while CLIENTS requests of the Compare page run at once. Prints a Markdown table. With several
trees they take turns, ROUNDS times, so that a busy machine is equally unfair to all.
"""

import argparse
import json
import statistics
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parents[1]
CLIENTS = 60
PATHS = ("", "page/style.css", "page/store.js")
LOADED_S = 20.0  # seconds of load in a round
PAUSE_S = 0.1  # seconds between two probes
MESSAGE = json.dumps({"kind": "image", "original": "bench/square/temple"}).encode()


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser()
    parser.add_argument("trees", nargs="*", type=Path, default=[ROOT])
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--port", type=int, default=7931)
    options = parser.parse_args()
    times: dict[tuple, list[float]] = {}
    for _ in range(options.rounds):
        for tree in options.trees:
            measure(tree, options.port, times)
    print("| tree | address | state | p50 ms | p95 ms | max ms | answers |\n" + "|---" * 7 + "|")
    for (tree, path, state), found in times.items():
        p50, p95 = statistics.median(found), float(np.percentile(found, 95))
        print(f"| {tree} | /{path} | {state} | {p50:.0f} | {p95:.0f} | {max(found):.0f} | {len(found)} |", flush=True)


def measure(tree: Path, port: int, times: dict[tuple, list[float]]) -> None:
    """One round with one tree."""
    address = f"http://127.0.0.1:{port}/"
    server = subprocess.Popen([sys.executable, "app.py", "--port", str(port)], cwd=tree, stdout=subprocess.DEVNULL)
    try:
        wait_for(address)
        run(address)  # reads all weights
        probe(address, 10.0, lambda path, ms: times.setdefault((tree.name, path, "idle"), []).append(ms))
        stop, outcomes = threading.Event(), []
        clients = [threading.Thread(target=keep_asking, args=(address, stop, outcomes)) for _ in range(CLIENTS)]
        for client in clients:
            client.start()
        time.sleep(2.0)
        probe(address, LOADED_S, lambda path, ms: times.setdefault((tree.name, path, "loaded"), []).append(ms))
        stop.set()
        counts = {outcome: outcomes.count(outcome) for outcome in sorted(set(outcomes), key=str)}
        print(f"{tree.name}: requests of the Compare page that ended meanwhile: {counts}", file=sys.stderr)
    finally:
        server.kill()
        server.wait()


def wait_for(address: str) -> None:
    """Returns when the server answers."""
    while True:
        try:
            urllib.request.urlopen(address, timeout=5).read()
            return
        except OSError:
            time.sleep(0.1)


def run(address: str, stop: threading.Event | None = None) -> object:
    """One race to its end, or until `stop`; gives the status."""
    request = urllib.request.Request(f"{address}bench/compare", MESSAGE, {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=300) as answer:
            while answer.readline():
                if stop and stop.is_set():
                    return "stopped"
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code
    except OSError as error:
        return type(error).__name__


def keep_asking(address: str, stop: threading.Event, outcomes: list) -> None:
    """One race after the other; who is refused asks again after a second."""
    while not stop.is_set():
        outcome = run(address, stop)
        if not stop.is_set():
            outcomes.append(outcome)
        if outcome != 200:
            stop.wait(1.0)


def probe(address: str, seconds: float, note) -> None:
    """Fetches PATHS in turn for so long; `note(path, milliseconds)` for each answer."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        for path in PATHS:
            begin = time.perf_counter()
            urllib.request.urlopen(address + path, timeout=120).read()
            note(path, (time.perf_counter() - begin) * 1000)
            time.sleep(PAUSE_S)


if __name__ == "__main__":
    main()
