"""Who may train when: the small trainings of all visitors, a few at a time, in turns.

Every training has an unguessable name, which only the browser that began it knows. A few
threads serve them: who has trained for a turn while others wait goes to the end of the queue,
who is not looked at pauses, who is not asked for at all is forgotten. So a class of thirty
gets thirty trainings, each slower, and the machine is never more than PLACES trainings busy.
"""

import atexit
import logging
import secrets
import threading
import time
from collections import deque
from dataclasses import asdict, dataclass, field

import torch
from torch import Tensor

from ..core.errors import InputError
from ..training.small import MOST_STEPS, RANGES, Settings, check
from ..training.watched import CURES, Watched, tile_pictures
from .glimpses import frame_of
from .processors import compute_alone

log = logging.getLogger(__name__)
PLACES = 2  # trainings at a time
MOST = 90  # trainings altogether that are not over
NEAR = 66  # of them from one address: a class of thirty behind one, in which everyone begins twice
OWN = 3  # of them of one visitor
OVER = 30  # trainings that are over, kept to look at
TURN = 4.0  # seconds, while others wait
UNSEEN = 20.0  # seconds after which a training pauses that nobody asks about
FORGOTTEN = 30 * 60.0  # seconds after which it is gone
SLICE = 0.3  # seconds of training between two glimpses
BREATH = 0.002  # seconds between two slices, for those who wait to change something
KEPT = 300  # frames of one training: 5 MB


@dataclass(eq=False)
class Training:
    """One visitor's training. `lock` is held by whoever changes `watched` or `frames`.

    frames  what the page draws, oldest first, each with its number "n"
    state  "paused", "waiting" for a place, "running", "stopped" for good, or "failed"
    why    it paused: "idle" nobody looked, "end" all steps are done; "turn" why it waits
    """

    name: str
    set: str
    watched: Watched
    visitor: str = ""
    address: str = ""
    state: str = "paused"
    why: str | None = None
    error: InputError | None = None
    seconds: float = 0.0
    seen: float = field(default_factory=time.monotonic)
    frames: list[dict] = field(default_factory=list)
    taken: int = 0  # frames so far
    turns: int = 0  # times it was lined up: who serves an older one stops, should it be paused and run again at once
    lock: threading.RLock = field(default_factory=threading.RLock)

    def show(self) -> None:
        """Adds a frame; when there are too many, every second of the older half goes."""
        if not self.watched.losses:
            return
        glimpse = self.watched.glimpse()
        with torch.inference_mode(), self.watched.run.average.worn() as codec:
            tiles = tile_pictures(codec) if len(glimpse.counts) else None
        self.taken += 1
        self.frames.append({"n": self.taken} | frame_of(glimpse, tiles))
        if len(self.frames) > KEPT:
            older, newer = self.frames[: KEPT // 2], self.frames[KEPT // 2 :]
            self.frames = [frame for i, frame in enumerate(older) if i % 2 == 0 or frame["event"]] + newer

    def train_for(self, seconds: float) -> None:
        """Steps until the time is up, then shows itself."""
        began = time.monotonic()
        while time.monotonic() - began < seconds and self.watched.step < MOST_STEPS:
            self.watched.advance()
        self.seconds += time.monotonic() - began
        self.show()
        if self.watched.step >= MOST_STEPS:
            self.state, self.why = "paused", "end"


class Studio:
    """All trainings. Safe to ask from several threads at once."""

    def __init__(self) -> None:
        self.trainings: dict[str, Training] = {}
        self.queue: deque[Training] = deque()
        self.changed = threading.Condition()
        self.servants: list[threading.Thread] = []
        self.closed = False
        atexit.register(self.close)  # a thread that ends in the middle of a step takes the process with it

    def close(self) -> None:
        """Ends all trainings and waits for the threads that serve them."""
        with self.changed:
            self.closed = True
            for training in self.trainings.values():
                training.state = "stopped"
            self.changed.notify_all()
        for servant in self.servants:
            servant.join()

    def begin(
        self, set: str, settings: Settings, pictures: Tensor, *, visitor: str = "", address: str = ""
    ) -> Training:
        """A new training, paused. A visitor's oldest paused one ends where they have OWN of them.

        visitor  who begins it, as their page says; anyone may say anything, so
        address  they come from bounds them too

        Raises InputError when there are too many.
        """
        with self.changed:
            self._make_room(visitor, address)
            training = Training(secrets.token_urlsafe(12), set, Watched(settings, pictures), visitor, address)
            self.trainings[training.name] = training
        return training

    def find(self, name: str) -> Training:
        """The training of that name, which somebody is looking at. Raises InputError when it is forgotten."""
        training = self.trainings.get(name)
        if training is None:
            raise InputError("This training is not here any more. Begin a new one.")
        training.seen = time.monotonic()
        return training

    def do(self, name: str, deed: str) -> Training:
        """Runs, pauses, steps, stops or cures a training. Raises InputError for what cannot be done."""
        training = self.find(name)
        if deed not in ("run", "pause", "step", "stop", *CURES):
            raise InputError("There is no deed “{deed}”.", deed=str(deed)[:40])
        if training.state in ("stopped", "failed") and deed != "stop":
            raise InputError("This training is over. Begin a new one.")
        if deed in ("pause", "stop"):
            training.state, training.why = {"pause": "paused", "stop": "stopped"}[deed], None
        elif deed == "run":
            self._line_up(training)
        elif deed == "step":
            self._step(training)
        else:
            with training.lock:
                training.watched.cure(deed)
        return training

    def tune(self, name: str, values: dict) -> Training:
        """Sets the learning rate or the commitment. Raises InputError for impossible ones."""
        training = self.find(name)
        for key in ("learning_rate", "commitment"):
            if key in values:
                check(key, values[key], *RANGES[key])
                with training.lock:
                    training.watched.tune(key, float(values[key]))
        return training

    def status(self, training: Training) -> dict:
        """What the page is told of it at any moment."""
        with self.changed:
            ahead = list(self.queue).index(training) if training in self.queue else 0
        watched, error = training.watched, training.error
        settings = asdict(watched.settings)
        said = error and {"template": error.template, "values": error.values, "text": str(error)}
        return {
            "state": training.state,
            "ahead": ahead,
            "wait_s": round(TURN * (ahead + 1) / PLACES) if training.state == "waiting" else None,
            "step": watched.step,
            "seconds": training.seconds,
            "steps_per_second": watched.step / training.seconds if training.seconds else 0.0,
            "settings": settings,
            "cures": [name for name in ("kmeans", "moving", "revive") if settings[name]],
            "error": said,
            "why": training.why,
        }

    def _line_up(self, training: Training) -> None:
        with self.changed:
            if training.state in ("running", "waiting"):
                return
            training.state, training.why = "waiting", None
            training.turns += 1
            if training not in self.queue:
                self.queue.append(training)
            while len(self.servants) < PLACES:
                self.servants.append(threading.Thread(target=self._serve, daemon=True))
                self.servants[-1].start()
            self.changed.notify()

    def _step(self, training: Training) -> None:
        if training.state == "running":
            raise InputError("Pause the training first: then it can be led step by step.")
        with training.lock:
            training.watched.advance()
            training.show()

    def _serve(self) -> None:
        compute_alone()
        while True:
            with self.changed:
                while not self.queue and not self.closed:
                    self.changed.wait()
                if self.closed:
                    return
                training = self.queue.popleft()
                if training.state != "waiting":
                    continue
                training.state, training.why = "running", None
            self._train(training)

    def _train(self, training: Training) -> None:
        began, turn = time.monotonic(), training.turns
        try:
            while training.state == "running" and training.turns == turn:
                with training.lock:
                    training.train_for(SLICE)
                time.sleep(BREATH)
                now = time.monotonic()
                with self.changed:
                    if training.state != "running" or training.turns != turn:
                        break
                    if now - training.seen > UNSEEN:
                        training.state, training.why = "paused", "idle"
                    elif self.queue and now - began > TURN:
                        training.state, training.why = "waiting", "turn"
                        self.queue.append(training)
        except FloatingPointError:
            step = training.watched.step
            training.error = InputError(
                "The loss was no longer a number at step {step}. A lower learning rate helps.", step=step
            )
            training.state = "failed"
        except Exception:
            number = secrets.token_hex(2)
            log.exception("failure %s", number)
            training.error = InputError("Something failed on our side (id {id}). Your work is kept.", id=number)
            training.state = "failed"

    def _make_room(self, visitor: str, address: str) -> None:
        now = time.monotonic()
        for name, training in list(self.trainings.items()):
            resting = training.state not in ("running", "waiting")
            most = UNSEEN if len(self._alive()) >= MOST and resting else FORGOTTEN
            if now - training.seen > most and resting:
                del self.trainings[name]
        self._forget_over()
        own = [training for training in self._alive() if visitor and training.visitor == visitor]
        if len(own) >= OWN:
            paused = [training for training in own if training.state == "paused"]
            if not paused:
                raise InputError("You have {most} trainings already. Stop one of them first.", most=OWN)
            paused[0].state, paused[0].error = "stopped", InputError("This training ended: you began a newer one.")
        near = [training for training in self._alive() if address and training.address == address]
        if len(self._alive()) >= MOST or len(near) >= NEAR:
            most = NEAR if len(near) >= NEAR else MOST
            raise InputError("{most} trainings are on this machine already. Try again in some minutes.", most=most)

    def _alive(self) -> list[Training]:
        return [training for training in self.trainings.values() if training.state not in ("stopped", "failed")]

    def _forget_over(self) -> None:
        """Of trainings that are over, and still there to look at, the oldest go where there are many."""
        over = [name for name, training in self.trainings.items() if training.state in ("stopped", "failed")]
        for name in over[: max(0, len(over) - OVER)]:
            del self.trainings[name]
