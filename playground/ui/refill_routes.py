"""The routes of the card in which a prior refills, continues, varies and repairs what is on the bench."""

from fastapi import Request, Response
from gradio import Server

from . import refill, repair
from .answers import as_json, compute
from .events import with_events


def add(server: Server) -> None:
    """Adds them to the application."""

    @server.get("/bench/refill/{kind}")
    async def offered(request: Request, kind: str) -> Response:
        return await compute(request, lambda: refill.offered(kind) | {"damages": repair.damages(kind)}, as_json)

    @server.post("/bench/refill/{way}")
    async def run(way: str, request: Request) -> Response:
        return await with_events(request, lambda message: refill.stream(message, way))

    @server.post("/bench/repair")
    async def mend(request: Request) -> Response:
        return await with_events(request, repair.stream)
