"""Who computes when: two slots, for which everybody waits in one queue, in coroutines without holding a thread.

Waiting clients take turns (round robin), so that one who asks sixty times delays another by one turn. A route for
which too many wait answers `BusyError`; should most of these be one client's, that client's newest request gives way.
Code that runs with a slot may enter `with SLOTS` again: that takes no second one, but lets others go first.
"""

import asyncio
import contextvars
import ipaddress
import math
import threading
import time
from collections import Counter, OrderedDict, deque
from collections.abc import Awaitable, Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TypeVar

from starlette.requests import Request

from ..core.errors import InputError

T = TypeVar("T")
MOST_WAITING = 64  # requests of one route
MOST_THREADS = 128  # two compute; each of the others has let somebody go first and waits for its next turn
FIRST_GUESS_S = 0.3  # seconds a turn takes, before any was measured


class BusyError(Exception):
    """Too many requests of one route wait. `sentence` is for the visitor, `seconds` until it is worth trying again."""

    def __init__(self, position: int, seconds: int) -> None:
        self.seconds = seconds
        self.sentence = InputError(
            "The server is busy: your request would be number {position} in the queue. Try again in {seconds} s.",
            position=position,
            seconds=seconds,
        )
        super().__init__(str(self.sentence))


class GoneError(Exception):
    """The client closed the connection while it waited."""


@dataclass(frozen=True)
class Asker:
    """Whose turn it is about. `patient` ones are never refused."""

    client: str = ""
    route: str = ""
    patient: bool = False


@dataclass(eq=False)
class _Waiter:
    asker: Asker
    turn: Future = field(default_factory=Future)


@dataclass(eq=False)
class _Hold:
    """A slot in use. own: taken by `with SLOTS`; depth: of these, nested; used: whether one of them has ended."""

    asker: Asker
    own: bool = False
    began: float = field(default_factory=time.monotonic)
    depth: int = 0
    used: bool = False


_held: contextvars.ContextVar[_Hold | None] = contextvars.ContextVar("held", default=None)


class Slots:
    """`count` computations at a time. Safe to use from threads and from coroutines of any event loop."""

    def __init__(self, count: int, *, most_waiting: int = MOST_WAITING) -> None:
        self.count, self.most_waiting = count, most_waiting
        self._free = count
        self._queues: OrderedDict[str, deque[_Waiter]] = OrderedDict()  # client → its waiting requests; next first
        self._lock = threading.Lock()
        self._turn_s = FIRST_GUESS_S
        self._threads = ThreadPoolExecutor(MOST_THREADS, thread_name_prefix="compute")

    @property
    def waiting(self) -> int:
        """Requests that wait for a slot."""
        with self._lock:
            return sum(map(len, self._queues.values()))

    async def run(self, call: Callable[[], T], asker: Asker, is_gone: Callable[[], Awaitable[bool]] | None = None) -> T:
        """`call()` in a thread, with a slot. Raises BusyError, or GoneError when its turn comes and nobody is there."""
        turn = self._ask(asker)
        try:
            await asyncio.wrap_future(turn)
        except asyncio.CancelledError:
            self._withdraw(turn)
            raise
        hold = _Hold(asker)
        try:
            if is_gone and await is_gone():
                raise GoneError
            context = contextvars.copy_context()
            context.run(_held.set, hold)
            work = self._threads.submit(context.run, call)
        except BaseException:
            self._release(hold)
            raise
        work.add_done_callback(lambda _: self._release(hold))  # cancelled or not: when the thread is done
        return await asyncio.wrap_future(work)

    def __enter__(self) -> None:
        hold = _held.get()
        if hold is None:
            self._ask(Asker(patient=True)).result()
            hold = _Hold(Asker(), own=True)
            _held.set(hold)
        elif hold.depth == 0 and hold.used:
            self._let_others_go_first(hold)
        hold.depth += 1

    def __exit__(self, *_: object) -> None:
        hold = _held.get()
        hold.depth -= 1
        hold.used = True
        if hold.depth == 0 and hold.own:
            _held.set(None)
            self._release(hold)

    def _let_others_go_first(self, hold: _Hold) -> None:
        with self._lock:
            if not self._queues:
                return
            self._note(hold)
            waiter = self._append(Asker(hold.asker.client, hold.asker.route, patient=True))
            self._free += 1
            self._grant()
        waiter.turn.result()
        hold.began = time.monotonic()

    def _ask(self, asker: Asker) -> Future:
        """A future that ends when the slot is the asker's. Raises BusyError."""
        with self._lock:
            if not asker.patient:
                self._admit(asker)
            waiter = self._append(asker)
            self._grant()
            return waiter.turn

    def _admit(self, asker: Asker) -> None:
        """Makes room in the queue of a route, or raises BusyError."""
        counts = Counter({client: sum(w.asker.route == asker.route for w in q) for client, q in self._queues.items()})
        if counts.total() < self.most_waiting:
            return
        heaviest, most = counts.most_common(1)[0]
        own = (w for w in reversed(self._queues[heaviest]) if w.asker.route == asker.route and not w.asker.patient)
        newest = next(own, None)
        if newest is None or most <= counts[asker.client] + 1:
            raise self._busy()
        self._remove(newest)
        if newest.turn.set_running_or_notify_cancel():
            newest.turn.set_exception(self._busy())

    def _busy(self) -> BusyError:
        position = sum(map(len, self._queues.values())) + 1
        return BusyError(position, math.ceil(position * self._turn_s / self.count))

    def _append(self, asker: Asker) -> _Waiter:
        waiter = _Waiter(asker)
        self._queues.setdefault(asker.client, deque()).append(waiter)
        return waiter

    def _remove(self, waiter: _Waiter) -> None:
        queue = self._queues[waiter.asker.client]
        queue.remove(waiter)
        if not queue:
            del self._queues[waiter.asker.client]

    def _grant(self) -> None:
        """Gives free slots to the next waiting; a client that got one goes behind the other clients."""
        while self._free and self._queues:
            client, queue = next(iter(self._queues.items()))
            waiter = queue.popleft()
            self._queues.move_to_end(client)
            if not queue:
                del self._queues[client]
            if waiter.turn.set_running_or_notify_cancel():
                self._free -= 1
                waiter.turn.set_result(None)

    def _withdraw(self, turn: Future) -> None:
        """Takes back a request for a slot; one that was granted meanwhile is given on."""
        with self._lock:
            for queue in list(self._queues.values()):
                for waiter in [waiter for waiter in queue if waiter.turn is turn]:
                    self._remove(waiter)
            if turn.done() and not turn.cancelled() and turn.exception() is None:
                self._free += 1
            self._grant()

    def _release(self, hold: _Hold) -> None:
        with self._lock:
            self._note(hold)
            self._free += 1
            self._grant()

    def _note(self, hold: _Hold) -> None:
        self._turn_s += 0.1 * (time.monotonic() - hold.began - self._turn_s)


SLOTS = Slots(2)  # more at a time would only slow each other down


def asker_of(request: Request, *, patient: bool = False) -> Asker:
    """The client and the route of a request."""
    route = request.scope.get("route")
    return Asker(client_of(request), getattr(route, "path", request.url.path), patient)


def client_of(request: Request) -> str:
    """The address a request comes from. Of a proxy in our own network we believe which address it passes on."""
    host = request.client.host if request.client else ""
    passed_on = request.headers.get("x-forwarded-for", "").rpartition(",")[2].strip()[:64]
    return passed_on if passed_on and _is_private(host) else host


def _is_private(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return False
