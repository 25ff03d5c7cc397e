"""A training leaves the bench's answers as they are: before, while it trains, and after it."""

import subprocess
import sys

SCRIPT = """
import hashlib, threading
import torch
from playground.ui.processors import compute_alone

torch.set_num_threads(2)
generator = torch.Generator().manual_seed(0)
a, b = torch.randn(300, 4097, generator=generator), torch.randn(4097, 500, generator=generator)
signal, kernel = torch.randn(1, 64, 96, 96, generator=generator), torch.randn(64, 64, 3, 3, generator=generator)

def answers():
    found = [a @ b, torch.nn.functional.conv2d(signal, kernel), a.sum(), a.square().mean(1)]
    return hashlib.sha256(b"".join(each.numpy().tobytes() for each in found)).hexdigest(), torch.get_num_threads()

def in_another_thread():
    told = []
    thread = threading.Thread(target=lambda: told.append(answers()))
    thread.start(), thread.join()
    return told[0]

begun, over, inside = threading.Event(), threading.Event(), []
def training():
    compute_alone()
    inside.append(torch.get_num_threads())
    begun.set()
    while not over.is_set():
        a @ b

before = answers(), in_another_thread()
thread = threading.Thread(target=training)
thread.start(), begun.wait()
during = answers(), in_another_thread()
over.set(), thread.join()
after = answers(), in_another_thread()
assert before == during == after, (before, during, after)
print(inside[0])
"""


def test_answers_are_equal_before_during_and_after_a_training() -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert sys.platform != "linux" or done.stdout.split() == ["1"], "and the training has one processor"
