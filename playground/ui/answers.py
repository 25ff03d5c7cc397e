"""How every route answers: JSON or bytes under the same headers, and one sentence for what went wrong."""

import json
import logging
import secrets
from collections.abc import Callable
from pathlib import Path

from fastapi import Request, Response
from starlette.concurrency import run_in_threadpool

from ..core.errors import InputError
from .wire import File

log = logging.getLogger(__name__)
TYPES = {  # ours, since what the system knows of endings differs from machine to machine
    ".css": "text/css",
    ".flac": "audio/flac",
    ".gz": "application/gzip",
    ".jpg": "image/jpeg",
    ".js": "text/javascript",
    ".json": "application/json",
    ".ogg": "audio/ogg",
    ".pcm": "audio/pcm",  # and no octet-stream, which would be compressed in vain
    ".png": "image/png",
    ".txt": "text/plain",
    ".wav": "audio/wav",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
}
LARGEST_UPLOAD = 24 * 2**20  # bytes: a 48-megapixel phone JPEG fits
LARGEST_MESSAGE = 2 * 2**20  # bytes of JSON: a whole grid and an original fit, be it 30 s of sound
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
}


async def with_message(
    request: Request, call: Callable, respond: Callable, *, largest: int = LARGEST_MESSAGE
) -> Response:
    """Answers with `respond(call(message))`, the message a JSON object in the body, at most `largest` bytes."""

    def parse_and_call(body: bytes):
        try:
            message = json.loads(body)
        except (ValueError, RecursionError):
            raise InputError("The page sent something that is not a message.") from None
        if not isinstance(message, dict):
            raise InputError("The page sent something that is not a message.")
        return call(message)

    return await with_body(request, largest, parse_and_call, respond)


async def with_body(request: Request, largest: int, call: Callable, respond: Callable) -> Response:
    """Answers with `respond(call(body))`, the body at most `largest` bytes."""
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > largest:
            return refusal(InputError("This file is too large: {limit} MB at most.", limit=largest // 2**20), 413)
        parts.append(part)
    return await answer(lambda: call(b"".join(parts)), respond)


async def answer(call: Callable, respond: Callable) -> Response:
    """Runs `call` beside the event loop. The one place where an error becomes a sentence for the visitor."""
    try:
        return respond(await run_in_threadpool(call))
    except InputError as error:
        return refusal(error, 422)
    except Exception:
        number = secrets.token_hex(2)
        log.exception("failure %s", number)
        return refusal(InputError("Something failed on our side (id {id}). Your work is kept.", id=number), 500)


def refusal(error: InputError, status: int) -> Response:
    """The sentence, and what the page needs to say it in another language."""
    values = {name: value if isinstance(value, (int, float)) else str(value) for name, value in error.values.items()}
    return as_json({"error": {"template": error.template, "values": values, "text": str(error)}}, status)


def as_json(value: object, status: int = 200) -> Response:
    """Answers with JSON that nobody keeps."""
    body = json.dumps(value, allow_nan=False)
    return Response(body, status, media_type="application/json", headers=HEADERS | {"Cache-Control": "no-store"})


def typed(name: str) -> Callable[[bytes], Response]:
    """Answers with bytes of the type that `name` ends with."""
    mime = type_of(name)
    return lambda data: Response(data, media_type=mime, headers=HEADERS | {"Cache-Control": "no-store"})


def as_file(file: File) -> Response:
    """Answers with a file's bytes."""
    return typed(file.name)(file.data)


def type_of(name: str) -> str:
    """The media type that belongs to a file's name."""
    return TYPES.get(Path(name).suffix, "application/octet-stream")
