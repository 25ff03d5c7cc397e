"""The routes of the Joint page."""

from fastapi import Request, Response
from gradio import Server

from . import joint, joint_book
from .answers import LARGEST_UPLOAD, answer, as_json, with_message


def add(server: Server) -> None:
    """Adds them to the application."""

    @server.get("/bench/joint/models")
    async def models() -> Response:
        return await answer(joint_book.models, as_json)

    @server.get("/bench/joint/model/{name}")
    async def book(name: str) -> Response:
        return await answer(lambda: joint_book.book(name), as_json)

    @server.get("/bench/joint/map/{name}")
    async def places(name: str) -> Response:
        return await answer(lambda: joint_book.places(name), as_json)

    @server.get("/bench/joint/examples/{name}")
    async def examples(name: str, part: str) -> Response:
        return await answer(lambda: joint_book.examples(name, part), as_json)

    @server.post("/bench/joint/place")
    async def place(request: Request) -> Response:
        return await with_message(request, joint_book.place, as_json)

    @server.post("/bench/joint/think")
    async def think(request: Request) -> Response:
        return await with_message(request, joint.think, as_json, largest=2 * LARGEST_UPLOAD)

    @server.post("/bench/joint/make")
    async def make(request: Request) -> Response:
        return await with_message(request, joint.make, as_json)
