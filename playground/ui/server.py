"""The HTTP side: routes for the touch lane, static files, headers, limits. No model is known here."""

import json
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from zlib import crc32

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from gradio import Server
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp

from .. import zoo
from ..core.errors import InputError
from . import (
    blend_routes,
    calls,
    compare_routes,
    continuous,
    description,
    generate_routes,
    joint_routes,
    noise_routes,
    refill_routes,
    samples,
    studio_routes,
)
from .answers import LARGEST_UPLOAD, answer, as_file, as_json, compute, refusal, type_of, typed, with_body, with_message
from .bodies import BodyLimits
from .head import ASSETS, EarlyHead
from .origins import OriginGuard

WORDS = Path(__file__).parent / "words"
LANGUAGES = ("en", "zh")
SIDES = {
    "lab": "plane",
    "train": "train",
    "compare": "compare",
    "generate": "generate",
    "joint": "joint",
    "sound": "sound",
    "text": "text",
}  # page → its section of the words


class GuardedServer(Server):
    """A server whose outermost layer is ours: at launch Gradio adds one of its own, outside of those before."""

    def build_middleware_stack(self) -> ASGIApp:
        return OriginGuard(super().build_middleware_stack())


def make_server() -> Server:
    """The application the page is mounted on, with every route of the bench."""
    server = GuardedServer(docs_url=None, redoc_url=None, openapi_url=None)
    # Gradio would answer any website's script with the visitor's cookies; nothing here needs them.
    server.add_middleware(CORSMiddleware, allow_origins=["*"], allow_credentials=False, allow_methods=["GET", "POST"])
    server.add_middleware(EarlyHead)
    server.add_middleware(GZipMiddleware, minimum_size=1000)
    server.add_middleware(BodyLimits)
    server.add_exception_handler(RequestValidationError, _unfit)
    _add_files(server)
    _add_choices(server)
    _add_books(server)
    _add_doors(server)
    _add_calls(server)
    studio_routes.add(server)
    blend_routes.add(server)
    compare_routes.add(server)
    generate_routes.add(server)
    refill_routes.add(server)
    joint_routes.add(server)
    noise_routes.add(server)
    return server


def _add_files(server: Server) -> None:
    @server.get("/page/{path:path}")
    def asset(path: str, request: Request) -> Response:
        return _file(ASSETS / path, ASSETS, request)

    @server.get("/gradio_api/deep_link")
    def deep_link() -> Response:
        return Response(status_code=404)  # Gradio's own would write a file for every request

    @server.get("/bench/words/{language}")
    def words(language: str, request: Request, page: str = "") -> Response:
        return _sent_once(_words(language if language in LANGUAGES else "en", page), ".json", request)


def _add_choices(server: Server) -> None:
    """What there is to begin with: codecs and samples."""

    @server.get("/bench/catalogue")
    async def catalogue(kind: str = "image") -> Response:
        return await answer(lambda: calls.catalogue(kind), as_json)

    @server.get("/bench/card/{codec}")
    async def card(codec: str) -> Response:
        return await answer(lambda: asdict(zoo.card(zoo.listed_folder(codec).name)), as_json)

    @server.get("/bench/strip")
    async def strip() -> Response:
        return await answer(samples.strip, typed("strip.webp"))

    @server.get("/bench/square/{name}")
    async def square(name: str) -> Response:
        return await answer(lambda: samples.square(name), typed("square.webp"))

    @server.get("/bench/sound/{name}")
    async def sound(name: str) -> Response:
        return await answer(lambda: samples.sound(name), as_file)

    @server.get("/bench/text/{name}")
    async def text(name: str) -> Response:
        return await answer(lambda: samples.text(name), as_file)

    @server.get("/bench/sample/{codec}/{name}")
    async def sample(request: Request, codec: str, name: str) -> Response:
        return await compute(request, lambda: calls.sample(codec, name), as_json)


def _add_books(server: Server) -> None:
    """What is known of one codebook of a codec: the one of number `level`."""

    @server.get("/bench/codebook/{codec}")
    async def codebook(request: Request, codec: str, level: int = 0) -> Response:
        return await compute(request, lambda: description.facts(codec, level), as_json)

    @server.get("/bench/map/{codec}")
    async def places(request: Request, codec: str, level: int = 0) -> Response:
        return await compute(request, lambda: description.places(codec, level), as_json)

    @server.get("/bench/code/{codec}/{code}")
    async def relatives(request: Request, codec: str, code: int, level: int = 0) -> Response:
        return await compute(request, lambda: description.relatives(codec, code, level), as_json)

    @server.get("/bench/sheet/{codec}/{name}")
    async def sheet(request: Request, codec: str, name: str, level: int = 0) -> Response:
        return await compute(request, lambda: description.part(codec, name, level), typed(name))

    @server.get("/bench/reel/{codec}")
    async def reel(request: Request, codec: str) -> Response:
        return await compute(request, lambda: description.reel(codec), as_file)

    @server.get("/bench/exemplars/{codec}")
    async def exemplars(request: Request, codec: str, level: int = 0) -> Response:
        return await compute(request, lambda: description.exemplars(codec, level), as_json)

    @server.get("/bench/vectors/{codec}")
    async def vectors(request: Request, codec: str, level: int = 0) -> Response:
        return await compute(request, lambda: calls.vectors(codec, level), typed("vectors.bin"))


def _add_doors(server: Server) -> None:
    """Files in, and files to keep."""

    @server.post("/bench/encode")
    async def encode(request: Request, codec: str, at: str = "") -> Response:
        return await with_body(request, LARGEST_UPLOAD, lambda body: calls.encode(codec, body, at), as_json)

    @server.post("/bench/read")
    async def read(request: Request, codec: str) -> Response:
        return await with_body(request, LARGEST_UPLOAD, lambda body: calls.read_tokens(codec, body), as_json)

    @server.post("/bench/tokens")
    async def tokens(request: Request, ending: str) -> Response:
        return await with_message(request, lambda message: calls.tokens_file(message, ending), typed("tokens.bin"))

    @server.post("/bench/file")
    async def file(request: Request, ending: str) -> Response:
        return await with_message(request, lambda message: calls.file(message, ending), as_file)


def _add_calls(server: Server) -> None:
    """What the page asks while somebody looks at it."""

    @server.post("/bench/decode")
    async def decode(request: Request) -> Response:
        return await with_message(request, calls.decode, as_file)

    @server.post("/bench/alone")
    async def alone(request: Request) -> Response:
        return await with_message(request, calls.alone, as_file)

    @server.post("/bench/measure")
    async def measure(request: Request) -> Response:
        return await with_message(request, calls.measure, as_json)

    @server.post("/bench/peel")
    async def peel(request: Request) -> Response:
        return await with_message(request, calls.peel, as_json)

    @server.post("/bench/pieces")
    async def pieces(request: Request) -> Response:
        return await with_message(request, calls.pieces, as_json)

    @server.post("/bench/latents")
    async def latents(request: Request) -> Response:
        return await with_message(request, calls.latents, typed("latents.bin"))

    @server.post("/bench/shaken")
    async def shaken(request: Request) -> Response:
        return await with_message(request, continuous.shaken, as_file)

    @server.post("/bench/explain")
    async def explain(request: Request) -> Response:
        return await with_message(request, calls.explain, as_json)


async def _unfit(request: Request, error: RequestValidationError) -> Response:
    """What is said of an address whose parts have the wrong type: without repeating them."""
    name = str(error.errors()[0]["loc"][-1])
    return refusal(InputError("“{name}” is missing, or is not of the kind that belongs there.", name=name), 422)


def _file(path: Path, root: Path, request: Request) -> Response:
    """A file of ours, with few headers since there are many files; nothing but a 304 when the browser has it."""
    try:
        path = path.resolve()
        body = path.read_bytes() if path.is_relative_to(root) else None
    except (OSError, ValueError):  # a folder, or a name that no file can have
        body = None
    if body is None:
        return Response(status_code=404)
    return _sent_once(body, path.name, request)


def _sent_once(body: bytes, name: str, request: Request) -> Response:
    headers = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-cache", "ETag": f'"{crc32(body):08x}"'}
    if headers["ETag"] in request.headers.get("If-None-Match", ""):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=type_of(name), headers=headers)


@lru_cache(maxsize=16)
def _words(language: str, page: str) -> bytes:
    """The words of one page as JSON: of the pages beside it only their links.

    A page's own section may say under "over" what widgets that it shares with others are called there.
    """
    table = json.loads((WORDS / f"{language}.json").read_text(encoding="utf-8"))
    for other, section in SIDES.items():
        if other == page:
            _lay_over(table, table[section].pop("over", {}))
        else:
            table[section] = {"link": table[section]["link"]}
    return json.dumps(table, ensure_ascii=False, separators=(",", ":")).encode()


def _lay_over(table: dict, over: dict) -> None:
    for key, value in over.items():
        if isinstance(value, dict):
            _lay_over(table[key], value)
        else:
            table[key] = value
