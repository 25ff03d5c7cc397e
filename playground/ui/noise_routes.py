"""The routes of what makes pictures out of plain noise, on the Generate page."""

from fastapi import Request, Response
from gradio import Server

from . import noises
from .answers import as_json, compute, with_message


def add(server: Server) -> None:
    """Adds them to the application."""

    @server.get("/bench/noises")
    async def menu(request: Request) -> Response:
        return await compute(request, noises.menu, as_json)

    @server.post("/bench/noises/rows")
    async def rows(request: Request) -> Response:
        return await with_message(request, noises.rows, as_json)

    @server.post("/bench/noises/paths")
    async def paths(request: Request) -> Response:
        return await with_message(request, noises.paths, as_json)
