"""The routes of the Generate page."""

from fastapi import Request, Response
from gradio import Server

from . import closer, generate
from .answers import LARGEST_UPLOAD, answer, as_json, with_body, with_message
from .events import as_events


def add(server: Server) -> None:
    """Adds them to the application."""

    @server.get("/bench/generate/menu")
    async def menu() -> Response:
        return await answer(generate.menu, as_json)

    @server.post("/bench/generate")
    async def run(request: Request) -> Response:
        return await with_message(request, generate.run, as_events)

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
    async def some_seen(codec: str, seed: int = 0) -> Response:
        return await answer(lambda: closer.some_seen(codec, seed), as_json)

    @server.post("/bench/generate/open")
    async def open_file(request: Request, prior: str) -> Response:
        return await with_body(request, LARGEST_UPLOAD, lambda body: closer.open_file(prior, body), as_json)

    @server.post("/bench/generate/noising")
    async def noising(request: Request) -> Response:
        return await with_message(request, closer.noising, as_events)

    @server.post("/bench/generate/back")
    async def back(request: Request) -> Response:
        return await with_message(request, closer.back, as_events)
