"""How every route answers: JSON or bytes under the same headers, and one sentence for what went wrong."""

import json
import logging
import secrets
from collections.abc import Awaitable, Callable
from pathlib import Path

from fastapi import Request, Response
from starlette.concurrency import run_in_threadpool

from ..core.errors import InputError
from . import limits
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
LONGEST = 300  # characters of an error
LARGEST_MESSAGE = 2 * 2**20  # bytes of JSON: a whole grid and an original fit, be it 30 s of sound
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
}


async def with_message(
    request: Request, call: Callable, respond: Callable, *, largest: int = LARGEST_MESSAGE, light: bool = False
) -> Response:
    """Answers with `respond(call(message))`, the message a JSON object in the body, at most `largest` bytes."""
    return await with_body(request, largest, lambda body: call(_message(body)), respond, light=light)


def _message(body: bytes) -> dict:
    try:
        message = json.loads(body)
    except (ValueError, RecursionError):
        raise InputError("The page sent something that is not a message.") from None
    if not isinstance(message, dict):
        raise InputError("The page sent something that is not a message.")
    return message


async def with_body(
    request: Request, largest: int, call: Callable, respond: Callable, *, light: bool = False
) -> Response:
    """Answers with `respond(call(body))`, the body at most `largest` bytes; `call` waits for a slot unless `light`."""
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > largest:
            return refusal(InputError("This file is too large: {limit} MB at most.", limit=largest // 2**20), 413)
        parts.append(part)
    if light:
        return await answer(lambda: call(b"".join(parts)), respond)
    return await compute(request, lambda: call(b"".join(parts)), respond)


async def compute(request: Request, call: Callable, respond: Callable) -> Response:
    """Answers with `respond(call())`, with a slot: for everything that decodes files or asks a network."""
    return await _said(limits.SLOTS.run(call, limits.asker_of(request), request.is_disconnected), respond)


async def answer(call: Callable, respond: Callable) -> Response:
    """Answers with `respond(call())` without waiting for a slot: `call` must neither take one nor compute for long."""
    return await _said(run_in_threadpool(call), respond)


async def _said(work: Awaitable, respond: Callable) -> Response:
    try:
        return respond(await work)
    except limits.GoneError:
        return Response(status_code=499)  # nobody reads it
    except Exception as error:
        return refused(error)


def refused(error: Exception) -> Response:
    """The one place where an error becomes a sentence for the visitor."""
    if isinstance(error, limits.BusyError):
        response = refusal(error.sentence, 503)
        response.headers["Retry-After"] = str(error.seconds)
        return response
    return refusal(error, 422) if isinstance(error, InputError) else refusal(failure(error), 500)


def failure(error: Exception) -> InputError:
    """What the visitor is told of a fault of ours; the log says more under the same number."""
    number = secrets.token_hex(2)
    log.error("failure %s", number, exc_info=error)
    return InputError("Something failed on our side (id {id}). Your work is kept.", id=number)


def refusal(error: InputError, status: int) -> Response:
    """The sentence, and what the page needs to say it in another language."""
    values = {name: value if isinstance(value, (int, float)) else short(value) for name, value in error.values.items()}
    return as_json({"error": {"template": error.template, "values": values, "text": short(error)}}, status)


def short(value: object) -> str:
    """At most LONGEST characters of a text, none of which UTF-8 could not say: what was sent to us is no book."""
    text = str(value).encode("utf-8", "replace").decode()
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


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
