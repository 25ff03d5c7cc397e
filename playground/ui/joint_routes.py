"""The routes of the Joint page."""

from fastapi import Request, Response
from gradio import Server

from . import joint, joint_book
from .answers import LARGEST_UPLOAD, as_json, compute, with_message


def add(server: Server) -> None:
    """Adds them to the application."""

    @server.get("/bench/joint/models")
    async def models(request: Request) -> Response:
        return await compute(request, joint_book.models, as_json)

    @server.get("/bench/joint/model/{name}")
    async def book(request: Request, name: str) -> Response:
        return await compute(request, lambda: joint_book.book(name), as_json)

    @server.get("/bench/joint/map/{name}")
    async def places(request: Request, name: str) -> Response:
        return await compute(request, lambda: joint_book.places(name), as_json)

    @server.get("/bench/joint/examples/{name}")
    async def examples(request: Request, name: str, part: str) -> Response:
        return await compute(request, lambda: joint_book.examples(name, part), as_json)

    @server.post("/bench/joint/place")
    async def place(request: Request) -> Response:
        return await with_message(request, joint_book.place, as_json)

    @server.post("/bench/joint/think")
    async def think(request: Request) -> Response:
        return await with_message(request, joint.think, as_json, largest=2 * LARGEST_UPLOAD)

    @server.post("/bench/joint/make")
    async def make(request: Request) -> Response:
        return await with_message(request, joint.make, as_json)
