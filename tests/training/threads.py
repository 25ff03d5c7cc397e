"""Other threads at work, against which a training has to hold."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import torch


@contextmanager
def another_thread_draws() -> Iterator[None]:
    """Somebody draws from torch's global generator, and seeds it, as often as the processor lets them."""
    over = threading.Event()

    def draw() -> None:
        while not over.is_set():
            torch.manual_seed(1)
            torch.rand(3)

    thread = threading.Thread(target=draw)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
