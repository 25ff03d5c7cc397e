"""How fast the Joint page answers: `python benchmarks/joint_page.py [--trials 9] [--checkpoints FOLDER]`.

Asks a server of this machine as the page does, for every joint model there is, and writes a Markdown table to
benchmarks/results/joint_page.md. Drawing is not in it. Run it on a quiet machine.
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

RESULTS = Path(__file__).parent / "results" / "joint_page.md"
GOAL = 1.5  # seconds for four pictures, four sounds and four words
MADE = "four pictures, sounds and words, s"


def main() -> None:
    """Measures everything once and writes the table. Exit code 1 when the goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--trials", type=int, default=9)
    parser.add_argument("--port", type=int, default=7894)
    parser.add_argument("--checkpoints", default="checkpoints")
    options = parser.parse_args()
    address = f"http://127.0.0.1:{options.port}/bench/joint/"
    command = [sys.executable, "app.py", "--port", str(options.port), "--checkpoints", options.checkpoints]
    server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    try:
        times = measured(address, options.trials)
    finally:
        stop(server)
    head = ("what", "median", "p95", "trials")
    rows = [head, ("---",) * 4, *(row(name, seconds) for name, seconds in times.items())]
    goal = f"{os.cpu_count()} cores, one visitor. Goal: {GOAL:g} s for what is made."
    text = "\n".join(["# Speed of the Joint page", "", goal, "", *("| " + " | ".join(r) + " |" for r in rows)])
    RESULTS.write_text(text + "\n", encoding="utf-8")
    print(text)
    slowest = max(statistics.median(seconds) for name, seconds in times.items() if name.endswith(MADE))
    sys.exit("missed" if slowest > GOAL else 0)


def measured(address: str, trials: int) -> dict[str, list[float]]:
    """Seconds of every trial, by what is timed; the first, which loads weights, left out."""
    times: dict[str, list[float]] = {}
    for card in first_models(address)["models"]:
        name, meanings = card["name"], card["meanings"]
        given = {"words": meanings[1], "pictures": fetched(f"{address}examples/{name}?part=pictures")[0]["url"]}
        given["sounds"] = fetched(f"{address}examples/{name}?part=sounds")[0]["url"]
        question = {"model": name, "given": given}
        concept = asked(address + "think", question)[1]["concept"]
        wishes = [{"model": name, "concept": concept, "seed": seed, "count": 4} for seed in range(trials + 1)]
        times[f"{name}: what is believed of all three, s"] = [
            asked(address + "think", question)[0] for _ in range(trials)
        ]
        times[f"{name}: {MADE}"] = [asked(address + "make", wish)[0] for wish in wishes][1:]
    return times


def first_models(address: str) -> dict:
    """The models, as soon as the server answers. Raises SystemExit when there are none."""
    while True:
        try:
            with urllib.request.urlopen(address + "models", timeout=60) as answer:
                found = json.load(answer)
            break
        except OSError:
            time.sleep(0.1)
    if not found["models"]:
        sys.exit("There is no joint model in that folder.")
    time.sleep(5)  # what the server warms up meanwhile
    return found


def fetched(address: str) -> list[dict]:
    """Examples."""
    with urllib.request.urlopen(address, timeout=300) as answer:
        return json.load(answer)["examples"]


def asked(address: str, message: dict) -> tuple[float, dict]:
    """Seconds, and the answer."""
    request = urllib.request.Request(address, json.dumps(message).encode(), {"Content-Type": "application/json"})
    begin = time.perf_counter()
    with urllib.request.urlopen(request, timeout=300) as answer:
        told = json.load(answer)
    return time.perf_counter() - begin, told


if __name__ == "__main__":
    main()
