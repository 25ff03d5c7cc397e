"""The routes of the Generate page."""

from fastapi import Request, Response
from gradio import Server

from . import closer, generate
from .answers import LARGEST_UPLOAD, as_json, compute, with_body, with_message
from .events import with_events


def add(server: Server) -> None:
    """Adds them to the application."""

    @server.get("/bench/generate/menu")
    async def menu(request: Request) -> Response:
        return await compute(request, generate.menu, as_json)

    @server.post("/bench/generate")
    async def run(request: Request) -> Response:
        return await with_events(request, generate.run)

    @server.post("/bench/generate/cell")
    async def cell(request: Request) -> Response:
        return await with_message(request, closer.probabilities, as_json)

    @server.post("/bench/generate/class")
    async def known_class(request: Request) -> Response:
        return await with_message(request, generate.known_class, as_json)

    @server.post("/bench/generate/picture")
    async def picture(request: Request) -> Response:
        return await with_message(request, closer.picture, as_json)

    @server.post("/bench/generate/neighbours")
    async def neighbours(request: Request) -> Response:
        return await with_message(request, closer.neighbours, as_json)

    _add_noise(server)


def _add_noise(server: Server) -> None:
    @server.get("/bench/generate/seen/{codec}")
    async def some_seen(request: Request, codec: str, seed: int = 0) -> Response:
        return await compute(request, lambda: closer.some_seen(codec, seed), as_json)

    @server.post("/bench/generate/open")
    async def open_file(request: Request, prior: str) -> Response:
        return await with_body(request, LARGEST_UPLOAD, lambda body: closer.open_file(prior, body), as_json)

    @server.post("/bench/generate/noising")
    async def noising(request: Request) -> Response:
        return await with_events(request, closer.noising)

    @server.post("/bench/generate/back")
    async def back(request: Request) -> Response:
        return await with_events(request, closer.back)
