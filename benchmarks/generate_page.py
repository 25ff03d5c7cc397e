"""How fast the Generate page's server answers: `python benchmarks/generate_page.py [--trials 5] [--checkpoints DIR]`.

Asks a server of this machine as the page does, reads the stream to its end, and writes a Markdown table to
benchmarks/results/generate_page.md. Drawing is not in it. Run it on a quiet machine.
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

RESULTS = Path(__file__).parent / "results" / "generate_page.md"
GOALS = {"masked": (16, 2.0), "flow": (1, 5.0)}  # kind → samples, seconds for all of them


def main() -> None:
    """Measures everything once and writes the table. Exit code 1 when a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--trials", type=int, default=5)
    parser.add_argument("--port", type=int, default=7896)
    parser.add_argument("--checkpoints", default=str(ROOT / "checkpoints"))
    options = parser.parse_args()
    address = f"http://127.0.0.1:{options.port}/bench/generate"
    server = started(options.port, options.checkpoints, address)
    try:
        times, missed = measured(address, options.trials)
    finally:
        stop(server)
    head = ("what", "median", "p95", "trials")
    rows = [head, ("---",) * 4, *(row(name, seconds) for name, seconds in times.items())]
    goal = f"{os.cpu_count()} cores, one visitor. Goals: 16 masked samples in 2 s, a flow of 50 steps in 5 s."
    text = "\n".join(["# Speed of Generate", "", goal, "", *("| " + " | ".join(r) + " |" for r in rows)])
    RESULTS.write_text(text + "\n", encoding="utf-8")
    print(text)
    sys.exit(", ".join(missed) if missed else 0)


def started(port: int, checkpoints: str, address: str) -> subprocess.Popen:
    """A server that has done what it does once."""
    command = [sys.executable, "app.py", "--port", str(port), "--checkpoints", checkpoints]
    server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    while True:
        try:
            urllib.request.urlopen(f"{address}/menu", timeout=60).read()
            time.sleep(5)  # what it warms up meanwhile
            return server
        except OSError:
            time.sleep(0.1)


def measured(address: str, trials: int) -> tuple[dict[str, list[float]], list[str]]:
    """Seconds of every trial, by what is timed, the first left out; and the goals that were missed."""
    times: dict[str, list[float]] = {}
    missed = []
    with urllib.request.urlopen(f"{address}/menu") as answer:
        domains = json.load(answer)["domains"]
    for domain in domains:
        if domain["kind"] != "image":
            continue
        wanted = domain["classes"][-1][0] if domain["classes"] else ""
        for kind, prior in domain["priors"].items():
            for count in (1, 16):
                message = {"runs": [{"prior": prior["name"]}], "wanted": wanted, "count": count, "seed": 7}
                told = [streamed(address, message | {"seed": seed}) for seed in range(trials + 1)][1:]
                name = f"{prior['name']}, {count} × {prior['steps']} steps, s"
                times[name] = [end for _, end in told]
                most, goal = GOALS.get(kind, (0, 0))
                if count == most and statistics.median(times[name]) > goal:
                    missed.append(f"{name}: more than {goal:g}")
        runs = [{"prior": prior["name"]} for prior in domain["priors"].values()]
        told = [streamed(address, {"runs": runs, "wanted": wanted, "seed": seed}) for seed in range(trials + 1)][1:]
        times[f"{domain['name']}: all side by side, the first three steps, s"] = [some for some, _ in told]
        times[f"{domain['name']}: all side by side, to the end, s"] = [end for _, end in told]
    return times, missed


def streamed(address: str, message: dict) -> tuple[float, float]:
    """Seconds until the third step of a streamed answer, and until its end. Raises RuntimeError for an error."""
    body = json.dumps(message).encode()
    request = urllib.request.Request(address, body, {"Content-Type": "application/json"})
    begin, events, some = time.perf_counter(), 0, 0.0
    with urllib.request.urlopen(request, timeout=300) as answer:
        for line in answer:
            if b'"error"' in line[:40]:
                raise RuntimeError(line.decode()[:300])
            if line.startswith(b"data:"):
                events += 1
                some = time.perf_counter() - begin if events <= 4 else some
    return some, time.perf_counter() - begin


if __name__ == "__main__":
    main()
