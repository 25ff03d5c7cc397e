"""Bodies that never end are ended, and many at once are not all kept."""

import asyncio
import json
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import Message, Receive, Scope, Send

from playground.ui.bodies import BodyLimits
from tests import coroutines

PART: Message = {"type": "http.request", "body": b"x" * 100, "more_body": True}
LAST: Message = {"type": "http.request", "body": b"x" * 100, "more_body": False}


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers with the length of the body."""
    body = await Request(scope, receive).body()
    await PlainTextResponse(str(len(body)))(scope, receive, send)


class Sender:
    """One request whose body is `parts`, and after these nothing, ever. `sent`: what was answered."""

    def __init__(self, parts: list[Message], client: str = "a") -> None:
        self.scope = {"type": "http", "method": "POST", "path": "/", "headers": [], "client": (client, 1)}
        self.parts, self.sent = list(parts), []
        self.stuck = asyncio.Event()

    async def receive(self) -> Message:
        await asyncio.sleep(0)
        if not self.parts:
            self.stuck.set()
            await asyncio.Event().wait()
        return self.parts.pop(0)

    async def send(self, message: Message) -> None:
        self.sent.append(message)

    @property
    def status(self) -> int:
        return self.sent[0]["status"]

    @property
    def body(self) -> bytes:
        return self.sent[1]["body"]


def run(scenario: Callable) -> None:
    coroutines.run(scenario())


def test_a_whole_body_is_passed_on() -> None:
    async def scenario() -> None:
        limits, sender = BodyLimits(echo), Sender([PART, LAST])
        await limits(sender.scope, sender.receive, sender.send)
        assert (sender.status, sender.body) == (200, b"200")
        assert not limits.held

    run(scenario)


def test_a_body_that_stops_or_drips_is_ended_when_its_time_is_up() -> None:
    class Dripping(Sender):
        async def receive(self) -> Message:
            await asyncio.sleep(0)
            return PART

    async def scenario() -> None:
        limits = BodyLimits(echo, seconds=0.05)
        for sender in (Sender([PART]), Dripping([])):
            await limits(sender.scope, sender.receive, sender.send)
            assert sender.status == 408 and (b"connection", b"close") in sender.sent[0]["headers"]
            assert "longer" in json.loads(sender.body)["error"]["text"]
        assert not limits.held, "what had come of it is let go"

    run(scenario)


def test_bytes_in_flight_are_bounded_together_and_of_each_client() -> None:
    async def scenario() -> None:
        limits = BodyLimits(echo, most_bytes=450, most_of_client=200)
        halves = [Sender([PART, PART]), Sender([PART, PART], "b")]
        tasks = [asyncio.create_task(limits(half.scope, half.receive, half.send)) for half in halves]
        for half in halves:
            await half.stuck.wait()
        for client, status in (("a", 503), ("c", 200)):
            sender = Sender([{**LAST, "body": b"x" * 50}], client)
            await limits(sender.scope, sender.receive, sender.send)
            assert sender.status == status
        sender = Sender([LAST], "c")
        await limits(sender.scope, sender.receive, sender.send)
        assert sender.status == 503, "all together"
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        sender = Sender([LAST], "c")
        await limits(sender.scope, sender.receive, sender.send)
        assert sender.status == 200 and not limits.held

    run(scenario)
