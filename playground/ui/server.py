"""The HTTP side: routes for the touch lane, static files, headers, limits. No model is known here."""

import json
import logging
import secrets
import socket
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from zlib import crc32

from fastapi import Request, Response
from gradio import Server
from starlette.concurrency import run_in_threadpool
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware

from .. import zoo
from ..core.errors import InputError
from . import calls, description, samples
from .head import ASSETS, EarlyHead

log = logging.getLogger(__name__)

WORDS = Path(__file__).parent / "words"
LANGUAGES = ("en", "zh")
TYPES = {  # ours, since what the system knows of endings differs from machine to machine
    ".css": "text/css",
    ".jpg": "image/jpeg",
    ".js": "text/javascript",
    ".json": "application/json",
    ".png": "image/png",
    ".txt": "text/plain",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
}
LARGEST_UPLOAD = 24 * 2**20  # bytes: a 48-megapixel phone JPEG fits
LARGEST_MESSAGE = 2 * 2**20  # bytes of JSON: a whole grid and an original picture fit
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def make_server() -> Server:
    """The application the page is mounted on, with every route of the bench."""
    server = Server(docs_url=None, redoc_url=None, openapi_url=None)
    # Gradio would answer any website's script with the visitor's cookies; nothing here needs them.
    server.add_middleware(CORSMiddleware, allow_origins=["*"], allow_credentials=False, allow_methods=["GET", "POST"])
    server.add_middleware(EarlyHead)
    server.add_middleware(GZipMiddleware, minimum_size=1000)
    _add_files(server)
    _add_books(server)
    _add_calls(server)
    return server


def _add_files(server: Server) -> None:
    @server.get("/page/{path:path}")
    def asset(path: str, request: Request) -> Response:
        return _file(ASSETS / path, ASSETS, request)

    @server.get("/gradio_api/deep_link")
    def deep_link() -> Response:
        return Response(status_code=404)  # Gradio's own would write a file for every request

    @server.get("/bench/words/{language}")
    def words(language: str, request: Request) -> Response:
        return _file(WORDS / f"{language if language in LANGUAGES else 'en'}.json", WORDS, request)

    @server.get("/bench/catalogue")
    def catalogue() -> Response:
        return _json({"codecs": [asdict(card) for card in zoo.catalogue()], "samples": samples.listed()})

    @server.get("/bench/strip")
    async def strip() -> Response:
        return await _answer(samples.strip, _typed("strip.webp"))

    @server.get("/bench/square/{name}")
    async def square(name: str) -> Response:
        return await _answer(lambda: samples.square(name), _typed("square.webp"))

    @server.get("/bench/sample/{codec}/{name}")
    async def sample(codec: str, name: str) -> Response:
        return await _answer(lambda: calls.sample(codec, name), _json)


def _add_books(server: Server) -> None:
    """What is known of one codebook of a codec: the one of number `level`."""

    @server.get("/bench/codebook/{codec}")
    async def codebook(codec: str, level: int = 0) -> Response:
        return await _answer(lambda: description.facts(codec, level), _json)

    @server.get("/bench/map/{codec}")
    async def places(codec: str, level: int = 0) -> Response:
        return await _answer(lambda: description.places(codec, level), _json)

    @server.get("/bench/code/{codec}/{code}")
    async def relatives(codec: str, code: int, level: int = 0) -> Response:
        return await _answer(lambda: description.relatives(codec, code, level), _json)

    @server.get("/bench/sheet/{codec}/{name}")
    async def sheet(codec: str, name: str, level: int = 0) -> Response:
        return await _answer(lambda: description.part(codec, name, level), _typed(name))

    @server.get("/bench/vectors/{codec}")
    async def vectors(codec: str, level: int = 0) -> Response:
        return await _answer(lambda: calls.vectors(codec, level), _typed("vectors.bin"))


def _add_calls(server: Server) -> None:
    @server.post("/bench/encode")
    async def encode(request: Request, codec: str) -> Response:
        return await _with_body(request, LARGEST_UPLOAD, lambda body: calls.encode(codec, body), _json)

    @server.post("/bench/read")
    async def read(request: Request, codec: str) -> Response:
        return await _with_body(request, LARGEST_UPLOAD, lambda body: calls.read_tokens(codec, body), _json)

    @server.post("/bench/tokens")
    async def tokens(request: Request, ending: str) -> Response:
        return await _with_message(request, lambda message: calls.tokens_file(message, ending), _typed("tokens.bin"))

    @server.post("/bench/decode")
    async def decode(request: Request) -> Response:
        return await _with_message(request, calls.decode, _typed("picture.jpg"))

    @server.post("/bench/picture")
    async def picture(request: Request) -> Response:
        return await _with_message(request, calls.picture, _typed("picture.png"))

    @server.post("/bench/measure")
    async def measure(request: Request) -> Response:
        return await _with_message(request, calls.measure, _json)

    @server.post("/bench/latents")
    async def latents(request: Request) -> Response:
        return await _with_message(request, calls.latents, _typed("latents.bin"))

    @server.post("/bench/explain")
    async def explain(request: Request) -> Response:
        return await _with_message(request, calls.explain, _json)


async def _with_message(request: Request, call: Callable, respond: Callable) -> Response:
    def parse_and_call(body: bytes):
        try:
            message = json.loads(body)
        except (ValueError, RecursionError):
            raise InputError("The page sent something that is not a message.") from None
        if not isinstance(message, dict):
            raise InputError("The page sent something that is not a message.")
        return call(message)

    return await _with_body(request, LARGEST_MESSAGE, parse_and_call, respond)


async def _with_body(request: Request, largest: int, call: Callable, respond: Callable) -> Response:
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > largest:
            return _error(InputError("This file is too large: {limit} MB at most.", limit=largest // 2**20), 413)
        parts.append(part)
    return await _answer(lambda: call(b"".join(parts)), respond)


async def _answer(call: Callable, respond: Callable) -> Response:
    """Runs `call` beside the event loop. The one place where an error becomes a sentence for the visitor."""
    try:
        return respond(await run_in_threadpool(call))
    except InputError as error:
        return _error(error, 422)
    except Exception:
        number = secrets.token_hex(2)
        log.exception("failure %s", number)
        return _error(InputError("Something failed on our side (id {id}). Your work is kept.", id=number), 500)


def _error(error: InputError, status: int) -> Response:
    values = {name: value if isinstance(value, (int, float)) else str(value) for name, value in error.values.items()}
    return _json({"error": {"template": error.template, "values": values, "text": str(error)}}, status)


def _json(value: object, status: int = 200) -> Response:
    body = json.dumps(value, allow_nan=False)
    return Response(body, status, media_type="application/json", headers=HEADERS | {"Cache-Control": "no-store"})


def _typed(name: str) -> Callable[[bytes], Response]:
    """Answers with bytes of the type that `name` ends with."""
    mime = _type(name)
    return lambda data: Response(data, media_type=mime, headers=HEADERS | {"Cache-Control": "no-store"})


def _type(name: str) -> str:
    return TYPES.get(Path(name).suffix, "application/octet-stream")


def _file(path: Path, root: Path, request: Request) -> Response:
    """A file of ours, with few headers since there are many files; nothing but a 304 when the browser has it."""
    try:
        path = path.resolve()
        body = path.read_bytes() if path.is_relative_to(root) else None
    except (OSError, ValueError):  # a folder, or a name that no file can have
        body = None
    if body is None:
        return Response(status_code=404)
    headers = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-cache", "ETag": f'"{crc32(body):08x}"'}
    if headers["ETag"] in request.headers.get("If-None-Match", ""):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=_type(path.name), headers=headers)


def is_free(host: str, port: int) -> bool:
    """Whether nobody listens there yet."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True
