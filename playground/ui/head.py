"""Puts our stylesheet and modules at the top of the page, before Gradio's own bundle arrives."""

from pathlib import Path

from starlette.types import ASGIApp, Message, Receive, Scope, Send

ASSETS = (Path(__file__).parents[2] / "assets").resolve()
SHEETS = ("style.css", "codebook.css", "forms.css")


def head() -> str:
    """What goes first into the page: its look, and all its modules at once rather than one after the other."""
    links = [f'<link rel="stylesheet" href="page/{name}">' for name in SHEETS]
    links += [f'<link rel="modulepreload" href="page/{path.name}">' for path in sorted(ASSETS.glob("*.js"))]
    return "\n".join(links)


class EarlyHead:
    """ASGI middleware: inserts `head()` right after `<head>` of every HTML page."""

    def __init__(self, app: ASGIApp) -> None:
        self.app, self.head = app, b"<head>" + head().encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "GET":
            await self.app(scope, receive, send)
            return
        start: Message | None = None
        body = b""

        async def insert(message: Message) -> None:
            nonlocal start, body
            if message["type"] == "http.response.start" and _is_page(message):
                start = message
            elif start is None:
                await send(message)
            else:
                body += message.get("body", b"")
                if not message.get("more_body"):
                    page = body.replace(b"<head>", self.head, 1)
                    headers = [(name, value) for name, value in start["headers"] if name.lower() != b"content-length"]
                    headers.append((b"content-length", str(len(page)).encode()))
                    await send(start | {"headers": headers})
                    await send({"type": "http.response.body", "body": page})

        await self.app(scope, receive, insert)


def _is_page(message: Message) -> bool:
    return any(n.lower() == b"content-type" and v.startswith(b"text/html") for n, v in message["headers"])
