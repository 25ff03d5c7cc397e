"""What a request may send, and for how long: bodies that never end would otherwise be kept for ever."""

import asyncio
from collections import Counter

from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..core.errors import InputError
from .answers import LARGEST_UPLOAD, refusal
from .limits import client_of

SECONDS = 30.0  # for a whole body, however slowly it drips
MOST_BYTES = 8 * LARGEST_UPLOAD  # of all bodies together, until their requests are answered
MOST_OF_CLIENT = MOST_BYTES // 2


class BodyLimits:
    """ASGI middleware: ends requests whose body takes too long, and refuses bodies while too many bytes are held."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        seconds: float = SECONDS,
        most_bytes: int = MOST_BYTES,
        most_of_client: int = MOST_OF_CLIENT,
    ) -> None:
        self.app, self.seconds = app, seconds
        self.most_bytes, self.most_of_client = most_bytes, most_of_client
        self.held: Counter[str] = Counter()  # client → bytes of its bodies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        body = _Body(self, client_of(Request(scope)), receive, send)
        try:
            await self.app(scope, body.receive, body.send)
        except ClientDisconnect:
            pass  # by the client, or by us: nobody is left who could be told, or it is told below
        finally:
            self.held[body.client] -= body.size
            if self.held[body.client] <= 0:
                del self.held[body.client]
        if body.refusal and not body.answered:
            await body.refusal(scope, receive, send)


class _Body:
    """One request's body on its way in. A refused one ends for the application as if the client had gone away."""

    def __init__(self, limits: BodyLimits, client: str, receive: Receive, send: Send) -> None:
        self.limits, self.client = limits, client
        self._receive, self._send = receive, send
        self.deadline = asyncio.get_running_loop().time() + limits.seconds
        self.size = 0
        self.whole = self.answered = False
        self.refusal = None

    async def receive(self) -> Message:
        if self.refusal:
            return {"type": "http.disconnect"}
        if self.whole:  # what may still come is only that the client goes away
            return await self._receive()
        try:
            async with asyncio.timeout_at(self.deadline):
                message = await self._receive()
        except TimeoutError:
            seconds = round(self.limits.seconds)
            error = InputError(
                "The upload took longer than {seconds} seconds. Send something smaller.", seconds=seconds
            )
            return self._refuse(error, 408)
        self.whole = not message.get("more_body", False)
        count = len(message.get("body", b""))
        self.size += count
        self.limits.held[self.client] += count
        full = self.limits.held.total() > self.limits.most_bytes
        if full or self.limits.held[self.client] > self.limits.most_of_client:
            return self._refuse(InputError("Too many files are being sent right now. Try again in a minute."), 503)
        return message

    def _refuse(self, error: InputError, status: int) -> Message:
        self.refusal = refusal(error, status)
        self.refusal.headers["Connection"] = "close"  # or the rest of the body would still be taken in
        if status == 503:
            self.refusal.headers["Retry-After"] = "60"
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        if self.refusal and not self.answered:
            return  # what the application says of a client that, to it, has gone
        self.answered = True
        await self._send(message)
