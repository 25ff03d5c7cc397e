"""Puts our stylesheet and modules at the top of the page, before Gradio's own bundle arrives."""

from pathlib import Path

from starlette.types import ASGIApp, Message, Receive, Scope, Send

ASSETS = (Path(__file__).parents[2] / "assets").resolve()
SHEETS = ("style.css", "codebook.css", "forms.css")
# The lab has a folder of its own, and takes these from the bench.
LAB = ("style.css", "counts.js", "masthead.js", "memory.js", "stage.js", "store.js", "words.js")


def head() -> str:
    """What goes first into the page: its look, and all its modules at once rather than one after the other."""
    return _links([ASSETS / name for name in SHEETS] + sorted(ASSETS.glob("*.js")))


def lab_head() -> str:
    """The same for the plane lab."""
    return _links([ASSETS / name for name in LAB] + sorted((ASSETS / "lab").glob("*.*s")))


def _links(paths: list[Path]) -> str:
    kinds = {".css": "stylesheet", ".js": "modulepreload"}
    return "\n".join(f'<link rel="{kinds[p.suffix]}" href="page/{p.relative_to(ASSETS).as_posix()}">' for p in paths)


class EarlyHead:
    """ASGI middleware: inserts `head()` or `lab_head()` right after `<head>` of every HTML page."""

    def __init__(self, app: ASGIApp) -> None:
        self.app, self.head, self.lab_head = app, b"<head>" + head().encode(), b"<head>" + lab_head().encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "GET":
            await self.app(scope, receive, send)
            return
        start: Message | None = None
        body = b""
        first = self.lab_head if scope["path"].rstrip("/").endswith("/lab") else self.head

        async def insert(message: Message) -> None:
            nonlocal start, body
            if message["type"] == "http.response.start" and _is_page(message):
                start = message
            elif start is None:
                await send(message)
            else:
                body += message.get("body", b"")
                if not message.get("more_body"):
                    page = body.replace(b"<head>", first, 1)
                    headers = [(name, value) for name, value in start["headers"] if name.lower() != b"content-length"]
                    headers.append((b"content-length", str(len(page)).encode()))
                    await send(start | {"headers": headers})
                    await send({"type": "http.response.body", "body": page})

        await self.app(scope, receive, insert)


def _is_page(message: Message) -> bool:
    return any(n.lower() == b"content-type" and v.startswith(b"text/html") for n, v in message["headers"])
