"""Puts our stylesheet and modules at the top of the page, before Gradio's own bundle arrives."""

from pathlib import Path

from starlette.types import ASGIApp, Message, Receive, Scope, Send

ASSETS = (Path(__file__).parents[2] / "assets").resolve()
SHEETS = ("style.css", "codebook.css", "forms.css")
# The lab and the Train page have folders of their own, and take these from the bench.
COMMON = ("style.css", "counts.js", "masthead.js", "memory.js", "stage.js", "store.js", "words.js")
SHARED = {"lab": COMMON, "train": (*COMMON, "files.js", "lane.js")}


def head() -> str:
    """What goes first into the page: its look, and all its modules at once rather than one after the other."""
    return _links([ASSETS / name for name in SHEETS] + sorted(ASSETS.glob("*.js")))


def side_head(name: str) -> str:
    """The same for the lab or the Train page."""
    return _links([ASSETS / shared for shared in SHARED[name]] + sorted((ASSETS / name).glob("*.*s")))


def _links(paths: list[Path]) -> str:
    kinds = {".css": "stylesheet", ".js": "modulepreload"}
    return "\n".join(f'<link rel="{kinds[p.suffix]}" href="page/{p.relative_to(ASSETS).as_posix()}">' for p in paths)


class EarlyHead:
    """ASGI middleware: inserts the links of the page that is asked for right after `<head>` of its HTML."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        heads = {name: side_head(name) for name in SHARED} | {"": head()}
        self.heads = {name: b"<head>" + text.encode() for name, text in heads.items()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "GET":
            await self.app(scope, receive, send)
            return
        start: Message | None = None
        body = b""
        page = scope["path"].rstrip("/").rsplit("/", 1)[-1]
        first = self.heads.get(page, self.heads[""])

        async def insert(message: Message) -> None:
            nonlocal start, body
            if message["type"] == "http.response.start" and _is_page(message):
                start = message
            elif start is None:
                await send(message)
            else:
                body += message.get("body", b"")
                if not message.get("more_body"):
                    html = body.replace(b"<head>", first, 1)
                    headers = [(name, value) for name, value in start["headers"] if name.lower() != b"content-length"]
                    headers.append((b"content-length", str(len(html)).encode()))
                    await send(start | {"headers": headers})
                    await send({"type": "http.response.body", "body": html})

        await self.app(scope, receive, insert)


def _is_page(message: Message) -> bool:
    return any(n.lower() == b"content-type" and v.startswith(b"text/html") for n, v in message["headers"])
