"""Questions to Blend in every medium, and how its streams are read."""

import base64
import json

import numpy as np
import pytest
from starlette.testclient import TestClient

PICTURES = {"codec": "image-vq", "a": "bench/square/temple", "b": "bench/square/moon"}
SOUNDS = {"codec": "audio-rvq", "a": "bench/sound/yes", "b": "bench/sound/man"}
TEXTS = {"codec": "text-rvq", "a": "bench/text/verse", "b": "bench/text/both"}
MEDIA = {"image": PICTURES, "audio": SOUNDS, "text": TEXTS}
EACH = pytest.mark.parametrize("question", MEDIA.values(), ids=MEDIA)


def events(client: TestClient, path: str, question: dict) -> list[dict]:
    answer = client.post(f"/bench/{path}", json=question)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert "content-encoding" not in answer.headers, "held back to be compressed, it would not stream"
    return [json.loads(line.removeprefix("data: ")) for line in answer.text.split("\n\n") if line]


def unpacked(text: str, dtype: str) -> np.ndarray:
    return np.frombuffer(base64.b64decode(text), dtype)
