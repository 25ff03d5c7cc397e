"""Puts our stylesheet and modules at the top of the page, before Gradio's own bundle arrives."""

import re
from pathlib import Path

from starlette.types import ASGIApp, Message, Receive, Scope, Send

ASSETS = (Path(__file__).parents[2] / "assets").resolve()
BENCH, LATER = ("style.css", "codebook.css", "forms.css"), ("blend/*.css", "refill/*.css")
# Page → the module that fills it, and its sheets; what that module imports is found in the source.
PAGES = {
    "": ("page.js", (*BENCH, *LATER)),
    "sound": ("sound/sound.js", (*BENCH, "row/*.css", "sound/*.css", *LATER)),
    "text": ("text/text.js", (*BENCH, "row/*.css", "text/*.css", *LATER)),
    "lab": ("lab/lab.js", ("style.css", "lab/*.css")),
    "train": ("train/train.js", ("style.css", "train/*.css")),
    "compare": ("compare/compare.js", ("style.css", "forms.css", "compare/*.css")),
    "joint": ("joint/joint.js", ("style.css", "forms.css", "joint/*.css")),
    "generate": ("generate/generate.js", ("style.css", "forms.css", "generate/*.css")),
}
IMPORT = re.compile(r'^(?:import|export)\b[^;"]*?"(\.[^"]+)";', re.MULTILINE)


def head(page: str) -> str:
    """What goes first into a page: its look, and all its modules at once rather than one after the other."""
    entry, sheets = PAGES[page]
    found = [path for sheet in sheets for path in sorted(ASSETS.glob(sheet))]
    return _links(found + modules(ASSETS / entry))


def modules(entry: Path) -> list[Path]:
    """A module and all that it imports at once, directly or not; not what waits until somebody comes near."""
    found, waiting = [], [entry]
    while waiting:
        path = waiting.pop()
        if path not in found:
            found.append(path)
            names = IMPORT.findall(path.read_text(encoding="utf-8"))
            waiting += [(path.parent / name).resolve() for name in names]
    return sorted(found)


def _links(paths: list[Path]) -> str:
    kinds = {".css": "stylesheet", ".js": "modulepreload"}
    return "\n".join(f'<link rel="{kinds[p.suffix]}" href="page/{p.relative_to(ASSETS).as_posix()}">' for p in paths)


class EarlyHead:
    """ASGI middleware: inserts the links of the page that is asked for right after `<head>` of its HTML."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.heads = {page: b"<head>" + head(page).encode() for page in PAGES}

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
