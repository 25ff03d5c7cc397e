"""Two processes that share each batch train the codec that one process trains."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from playground.training.state import load_state

ROOT = Path(__file__).parents[2]
PROGRAM = """
import sys, torch
from pathlib import Path
torch.set_num_threads(1)
from dataclasses import replace
from playground.training.loop import train
from tests.training.tiny import TINY, VALIDATION, batches
folder = Path(sys.argv[1])
folder.mkdir(exist_ok=True)
for report in train(replace(TINY, steps=8, learning_rate=1e-3), batches, VALIDATION, folder):
    pass
"""


def run(folder: Path, processes: int) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    shared = {"WORLD_SIZE": processes, "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port, "ACCELERATE_USE_CPU": "true"}
    running = []
    for rank in range(processes):
        own = {"RANK": rank, "LOCAL_RANK": rank} | shared if processes > 1 else {"ACCELERATE_USE_CPU": "true"}
        environment = os.environ | {name: str(value) for name, value in own.items()} | {"PYTHONPATH": str(ROOT)}
        running.append(subprocess.Popen([sys.executable, "-c", PROGRAM, str(folder)], env=environment, cwd=ROOT))
    assert [process.wait(timeout=240) for process in running] == [0] * processes


def test_two_processes_train_what_one_trains(tmp_path: Path) -> None:
    run(tmp_path / "one", 1)
    run(tmp_path / "two", 2)
    (step, one, _), (_, two, _) = load_state(tmp_path / "one"), load_state(tmp_path / "two")
    assert step == 8 and one.keys() == two.keys()
    # In half precision a token between two codes may fall otherwise. Without each other they would count half of 64.
    assert (two["book.0.counts"] - one["book.0.counts"]).abs().sum() < 2
    torch.testing.assert_close(two["model.quantizer.weight"], one["model.quantizer.weight"], rtol=0.05, atol=0.02)


def test_a_batch_that_does_not_divide_is_refused() -> None:
    from playground.training.team import Team

    team = Team()
    team.accelerator = type("Three", (), {"num_processes": 3, "process_index": 0})()
    with pytest.raises(ValueError, match="3 processes"):
        team.share(torch.zeros(4, 1))
