"""Models read from checkpoint folders and kept in memory: read once, again when their files change."""

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from pathlib import Path
from typing import Generic, TypeVar
from weakref import WeakValueDictionary

from torch import nn

from ..core.errors import InputError

log = logging.getLogger(__name__)
T = TypeVar("T")
C = TypeVar("C")
MOST_BYTES = 2**30  # of one shelf; the models used last stay
UNREADABLE = (InputError, OSError, ValueError, TypeError, LookupError)  # what a broken folder may raise


class Shelf(Generic[T]):
    """Values by key, each with the stamp of what it was read from. Safe to ask from several threads at once.

    Only those who want the same value wait while it is read: there is a lock for each key.

    size        bytes of a value in memory
    most_bytes  of all values; beyond it those go that were used longest ago, but never the last one read
    """

    def __init__(self, size: Callable[[T], int], *, most_bytes: int = MOST_BYTES) -> None:
        self._size, self._most_bytes = size, most_bytes
        self._held: OrderedDict[Hashable, tuple[Hashable, T]] = OrderedDict()  # key → stamp, value; used last is last
        self._lock = threading.Lock()  # of the two tables, never held while a file is read
        self._reading: WeakValueDictionary[Hashable, threading.Lock] = WeakValueDictionary()

    def fetch(
        self,
        key: Hashable,
        stamp: Callable[[], Hashable],
        read: Callable[[], T],
        *,
        may_stay: Callable[[T], bool] = lambda _: True,
    ) -> T:
        """The value of a key, read anew when its stamp has changed.

        Should that raise InputError, the value in memory stays, if it `may_stay`, and the log says why.
        """
        held = self._get(key)
        if held and held[0] == stamp():
            return held[1]
        with self._lock:
            reading = self._reading.setdefault(key, threading.Lock())
        with reading:
            now = stamp()  # before reading: files that change meanwhile are read again
            held = self._get(key)
            if held and held[0] == now:
                return held[1]
            try:
                value = read()
            except InputError as error:
                if held is None or not may_stay(held[1]):
                    raise
                log.warning("%s; what was read before stays in use", error)
                value = held[1]
            self._put(key, now, value)
            return value

    def held(self) -> list[Hashable]:
        """The keys of the values in memory."""
        with self._lock:
            return list(self._held)

    def drop(self, key: Hashable) -> None:
        """Forgets a value, if there is one."""
        with self._lock:
            self._held.pop(key, None)

    def _get(self, key: Hashable) -> tuple[Hashable, T] | None:
        with self._lock:
            if key in self._held:
                self._held.move_to_end(key)
            return self._held.get(key)

    def _put(self, key: Hashable, stamp: Hashable, value: T) -> None:
        with self._lock:
            self._held[key] = stamp, value
            self._held.move_to_end(key)
            total = sum(self._size(value) for _, value in self._held.values())
            while total > self._most_bytes and len(self._held) > 1:
                _, (_, oldest) = self._held.popitem(last=False)
                total -= self._size(oldest)


def scan(paths: Iterable[Path], is_name: Callable[[str], object]) -> dict[str, Path]:
    """Name → folder, by name: those of `paths` that are folders with a proper name."""
    found = [path for path in paths if is_name(path.name) and path.is_dir()]
    return {path.name: path for path in sorted(found, key=lambda path: path.name)}


def cards(folders: dict[str, Path], card: Callable[[str, Path], C]) -> list[C]:
    """`card(name, folder)` of each; broken folders are left out with a logged warning."""
    found = []
    for name, folder in folders.items():
        try:
            found.append(card(name, folder))
        except UNREADABLE as error:
            log.warning("%s is left out: %s", name, error)
    return found


def file_stamp(folder: Path, *names: str) -> tuple:
    """Changes whenever one of the files of a folder does."""
    stamps = []
    for name in names:
        path = folder / name
        status = path.stat() if path.is_file() else None
        stamps.append(status and (status.st_mtime_ns, status.st_size, status.st_ino))
    return tuple(stamps)


def module_bytes(module: nn.Module) -> int:
    """Bytes of a network's parameters and buffers."""
    return sum(t.numel() * t.element_size() for t in (*module.parameters(), *module.buffers()))
