"""Answers that come bit by bit: server-sent events, each a JSON object."""

from collections.abc import AsyncIterator, Callable, Iterable, Iterator

from fastapi import Request, Response
from fastapi.responses import StreamingResponse

from . import limits
from .answers import HEADERS, LARGEST_MESSAGE, as_json, refused, with_message


async def with_events(
    request: Request, call: Callable[[dict], Iterable[dict]], *, largest: int = LARGEST_MESSAGE
) -> Response:
    """Answers with the messages that `call(message)` gives, as they come; of one that fails the last is {error}.

    The type is that of server-sent events, since these alone nobody on the way holds back to compress them.
    """
    headers = HEADERS | {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}

    def respond(messages: Iterable[dict]) -> Response:
        lines = _lines(iter(messages), limits.asker_of(request))
        return StreamingResponse(lines, media_type="text/event-stream", headers=headers)

    return await with_message(request, call, respond, largest=largest)


async def _lines(messages: Iterator[dict], asker: limits.Asker) -> AsyncIterator[bytes]:
    """Each message is made with a slot, for which the stream waits anew: others have their turns in between."""
    while True:
        try:
            line = await limits.SLOTS.run(lambda: _next(messages), asker)
        except Exception as error:
            yield _event(refused(error).body)
            return
        if not line:
            return
        yield line


def _next(messages: Iterator[dict]) -> bytes:
    """The next message as it travels, b"" after the last."""
    message = next(messages, None)
    return b"" if message is None else _event(as_json(message).body)


def _event(body: bytes) -> bytes:
    return b"data: " + body + b"\n\n"
