"""Puts our stylesheet and modules at the top of the page, before Gradio's own bundle arrives."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

# The theme and the language are chosen before the first paint, so nothing flashes.
HEAD = """
<link rel="stylesheet" href="page/style.css">
<link rel="stylesheet" href="page/codebook.css">
<link rel="stylesheet" href="page/forms.css">
<link rel="preload" href="page/fonts/ibm-plex-sans-latin-400-normal.woff2" as="font" type="font/woff2" crossorigin>
<link rel="modulepreload" href="page/page.js">
<script>
  document.documentElement.lang = localStorage.getItem("language") || (navigator.language.startsWith("zh") ? "zh" : "en");
</script>
"""


class EarlyHead:
    """ASGI middleware: inserts HEAD right after `<head>` of every HTML page."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

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
                    page = body.replace(b"<head>", b"<head>" + HEAD.encode(), 1)
                    headers = [(name, value) for name, value in start["headers"] if name.lower() != b"content-length"]
                    headers.append((b"content-length", str(len(page)).encode()))
                    await send(start | {"headers": headers})
                    await send({"type": "http.response.body", "body": page})

        await self.app(scope, receive, insert)


def _is_page(message: Message) -> bool:
    return any(n.lower() == b"content-type" and v.startswith(b"text/html") for n, v in message["headers"])
