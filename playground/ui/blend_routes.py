"""The routes of the Blend card and of the codebook games."""

from collections.abc import Callable

from fastapi import Request, Response
from gradio import Server

from . import blend, games
from .answers import LARGEST_MESSAGE, as_file, as_json, with_message
from .events import with_events

TWICE = 2 * LARGEST_MESSAGE  # bytes: A and B, each of which an ordinary message must hold


def add(server: Server) -> None:
    """Adds them to the application."""
    _add_paths(server)
    _add_games(server)


def _add_paths(server: Server) -> None:
    @server.post("/bench/blend")
    async def path(request: Request) -> Response:
        return await with_events(request, blend.stream, largest=TWICE)

    @server.post("/bench/blend/across")
    async def across(request: Request) -> Response:
        return await _with_two(request, blend.across, as_json)

    @server.post("/bench/blend/step")
    async def step(request: Request, ending: str) -> Response:
        return await _with_two(request, lambda message: blend.step_file(message, ending), as_file)

    @server.post("/bench/blend/film")
    async def film(request: Request, ending: str) -> Response:
        return await _with_two(request, lambda message: blend.film_file(message, ending), as_file)


def _add_games(server: Server) -> None:
    @server.post("/bench/game/{name}")
    async def game(name: str, request: Request) -> Response:
        return await _with_two(request, lambda message: games.play(name, message), as_json)

    @server.post("/bench/drift")
    async def drift(request: Request) -> Response:
        return await with_events(request, games.drift, largest=TWICE)

    @server.post("/bench/wobble")
    async def wobble(request: Request) -> Response:
        return await _with_two(request, games.wobbled, as_json)


async def _with_two(request: Request, call: Callable, respond: Callable) -> Response:
    return await with_message(request, call, respond, largest=TWICE)
