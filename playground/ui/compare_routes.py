"""The routes of the Compare page."""

from fastapi import Request, Response
from gradio import Server

from . import compare
from .answers import LARGEST_UPLOAD, as_file, as_json, with_body, with_message
from .events import with_events


def add(server: Server) -> None:
    """Adds them to the application."""

    @server.post("/bench/compare")
    async def run(request: Request) -> Response:
        return await with_events(request, compare.run)

    @server.post("/bench/compare/open")
    async def open_file(request: Request, kind: str, at: str = "") -> Response:
        return await with_body(request, LARGEST_UPLOAD, lambda body: compare.open_file(kind, body, at), as_json)

    @server.post("/bench/compare/output")
    async def output(request: Request) -> Response:
        return await with_message(request, compare.output, as_file)

    @server.post("/bench/compare/file")
    async def file(request: Request) -> Response:
        return await with_message(request, compare.file, as_file)
