"""Other websites: their scripts may not change anything here, and no answer is shared with a visitor's cookies."""

import json
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

READ_ONLY = ("GET", "HEAD", "OPTIONS")
# Gradio compiles its templates and our modules are mounted by inline scripts; pages may be framed (Spaces do).
POLICY = "; ".join(
    [
        "default-src 'self' data: blob:",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:",
        "style-src 'self' 'unsafe-inline'",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
    ]
)
REFUSED = "Another website's page may not do this. Open the playground itself."


class OriginGuard:
    """ASGI middleware: refuses what another origin's page sends, and completes the headers of every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
        elif scope["method"] not in READ_ONLY and is_foreign(Headers(scope=scope)):
            await _refuse(send)
        else:
            await self.app(scope, receive, lambda message: send(_completed(message)))


def is_foreign(headers: Headers) -> bool:
    """Whether a request comes from a page of another website, as far as a browser says.

    A frame without an origin of its own ("null") may be ours in a sandbox; a script without a browser names none.
    """
    origin = headers.get("origin")
    if origin in (None, "null"):
        return False
    site = headers.get("sec-fetch-site")  # browsers know it whatever a proxy makes of the host
    if site is not None:
        return site == "cross-site"
    hosts = (headers.get("host"), headers.get("x-forwarded-host"))
    return urlsplit(origin).netloc.lower() not in [host.lower() for host in hosts if host]


async def _refuse(send: Send) -> None:
    body = json.dumps({"error": {"text": REFUSED, "template": REFUSED, "values": {}}}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 403, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _completed(message: Message) -> Message:
    if message["type"] != "http.response.start":
        return message
    headers = MutableHeaders(raw=list(message["headers"]))
    if "access-control-allow-origin" in headers:
        headers["access-control-allow-origin"] = "*"  # never the asking origin, as Gradio has it
        del headers["access-control-allow-credentials"]
    headers["x-content-type-options"] = "nosniff"
    if headers.get("content-type", "").startswith("text/html"):
        headers["content-security-policy"] = POLICY
    return message | {"headers": headers.raw}
