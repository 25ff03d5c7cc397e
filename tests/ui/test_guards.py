"""No address that a visitor names is ever fetched, and no file is read that was not uploaded."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import httpx
import pytest
import safehttpx

from playground.ui import guards
from tests.served import Served

PIXEL = b"GIF89a\1\0\1\0\0\0\0;"


class Listener:
    """A web server that remembers what it was asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        listener = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                listener.asked.append(self.path)
                self.send_response(200)
                self.send_header("Content-Type", "image/gif")
                self.end_headers()
                self.wfile.write(PIXEL)

            def log_message(self, *_: object) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}/"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def listener(monkeypatch: pytest.MonkeyPatch) -> Iterator[Listener]:
    """A listener that Gradio takes for a public one: private addresses it refuses by itself, and the rest is ours."""

    async def taken_for_public(hostname: str) -> str:
        return hostname

    monkeypatch.setattr(safehttpx, "async_validate_url", taken_for_public)
    listening = Listener()
    yield listening
    listening.server.shutdown()
    listening.server.server_close()


def ask_for(site: Served, file: dict) -> str:
    """What /encode says to a file argument as no client would send it, which has to be an error."""
    call = f"{site.address}gradio_api/call/encode"
    event = httpx.post(call, json={"data": [file, "image-vq"]}).json()["event_id"]
    answer = httpx.get(f"{call}/{event}", timeout=20).text
    assert "event: error" in answer
    return answer


def test_a_file_that_is_an_address_is_refused_and_not_fetched(site: Served, listener: Listener) -> None:
    address = f"{listener.address}photo.png"
    meta = {"_type": "gradio.FileData"}
    assert guards.REFUSAL in ask_for(site, {"path": address, "meta": meta, "orig_name": "photo.png"})
    ask_for(site, {"path": address})
    ask_for(site, {"path": "photo.png", "url": address, "meta": meta})
    assert listener.asked == []


def test_the_file_route_fetches_no_address(site: Served, listener: Listener) -> None:
    for prefix in ("gradio_api/file=", "file=", "gradio_api/proxy="):
        answer = httpx.get(f"{site.address}{prefix}{listener.address}photo.gif")
        assert answer.status_code >= 400
        assert answer.content != PIXEL
    assert listener.asked == []


def test_the_picture_of_a_message_is_never_an_address(site: Served, listener: Listener) -> None:
    sample = httpx.get(f"{site.address}bench/sample/image-vq/temple").json()
    message = {name: sample[name] for name in ("codec", "grid", "size", "indices")} | {"original": listener.address}
    assert httpx.post(f"{site.address}bench/measure", json=message).status_code == 422
    assert listener.asked == []


def test_only_uploaded_files_are_read(site: Served, tmp_path: Path) -> None:
    secret = tmp_path / "secret.png"
    secret.write_bytes(PIXEL)
    for path in (str(secret), "/etc/passwd", "../../etc/passwd", __file__, ""):
        for file in ({"path": path}, {"path": path, "meta": {"_type": "gradio.FileData"}}):
            assert "root:" not in ask_for(site, file)
        assert httpx.get(f"{site.address}gradio_api/file={path}").status_code in (403, 404, 405)


def test_gradio_keeps_no_links_and_shows_no_monitoring(site: Served) -> None:
    assert httpx.get(f"{site.address}gradio_api/deep_link?session_hash=a").status_code == 404
    assert httpx.get(f"{site.address}monitoring").status_code == 403
    assert httpx.get(f"{site.address}monitoring/summary").status_code == 403
