"""A wish to stop a training from outside: it is obeyed between two steps, so that what is saved is whole."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_requested = threading.Event()
_received: list[int] = []


def requested() -> bool:
    """Whether the training of this process shall end after the step it is in."""
    return _requested.is_set()


def received() -> int | None:
    """The signal that asked for it, None while none has."""
    return _received[-1] if _received else None


@contextmanager
def stopping_on_signals() -> Iterator[None]:
    """Within it SIGTERM (a cluster sends it) and SIGINT (Ctrl+C) ask the training to end; a second one ends at once."""
    _requested.clear()
    _received.clear()
    before = {}

    def request(number: int, frame: object) -> None:
        _received.append(number)
        _requested.set()
        signal.signal(number, signal.SIG_DFL)

    if threading.current_thread() is threading.main_thread():
        before = {number: signal.signal(number, request) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        _requested.clear()
