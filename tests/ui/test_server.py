"""The routes: what is there, what is not, what is too much, and what a failure says."""

import json
import logging
from http.client import HTTPConnection
from pathlib import Path

import numpy as np
import pytest
import torch
from starlette.testclient import TestClient

from playground.core.errors import InputError
from playground.media.sounds import RATE, read_sound
from playground.ui import answers, calls, description, samples, server, wire
from playground.zoo import Zoo
from tests.served import Served

ROOT = Path(server.__file__).parents[2]


@pytest.fixture(scope="module")
def client() -> TestClient:
    return TestClient(server.make_server(), raise_server_exceptions=False)


@pytest.fixture
def message(client: TestClient) -> dict:
    """The tokens of a sample, as the page sends them."""
    return tokens_of(client.get("/bench/sample/image-vq/temple").json())


@pytest.fixture
def sound(client: TestClient) -> dict:
    """The tokens of a sample sound."""
    return tokens_of(client.get("/bench/sample/audio-rvq/yes").json())


def tokens_of(encoded: dict) -> dict:
    return {name: encoded[name] for name in ("codec", "grid", "size", "indices", "codebooks")}


def test_every_route_answers_with_its_own_type(client: TestClient, message: dict, sound: dict) -> None:
    photo = (samples.EXAMPLES / "moon.webp").read_bytes()
    tokens = client.post("/bench/tokens?ending=npz", json=message)
    answers = {
        "text/javascript": client.get("/page/page.js"),
        "text/css": client.get("/page/style.css"),
        "font/woff2": client.get("/page/fonts/codebook-sans-400.woff2"),
        "image/jpeg": client.post("/bench/decode", json=message | {"window": [0, 0, 2, 2]}),
        "image/png": client.post("/bench/file?ending=png", json=message),
        "image/webp": client.get("/bench/strip"),
        "application/octet-stream": client.get("/bench/vectors/image-vq"),
        "audio/pcm": client.post("/bench/decode", json=sound | {"window": [0, 2]}),
        "audio/wav": client.get("/bench/sound/yes"),
        "audio/flac": client.post("/bench/file?ending=flac", json=sound),
        "audio/ogg": client.get("/bench/reel/audio-rvq"),
    }
    for mime, answer in answers.items():
        assert answer.status_code == 200
        assert answer.headers["content-type"].split(";")[0] == mime
    for answer in (
        client.get("/bench/catalogue"),
        client.get("/bench/catalogue?kind=audio"),
        client.get("/bench/codebook/audio-rvq?level=2"),
        client.get("/bench/map/audio-rvq?level=1"),
        client.get("/bench/code/audio-rvq/5?level=1"),
        client.get("/bench/exemplars/audio-rvq?level=1"),
        client.get("/bench/codebook/small-vq"),
        client.get("/bench/code/image-vq/63"),
        client.get("/bench/map/image-vq"),
        client.get("/bench/words/zh"),
        client.post("/bench/encode?codec=image-vq", content=photo),
        client.post("/bench/read?codec=image-vq", content=tokens.content),
        client.post("/bench/explain", json={"codec": "image-vq", "latent": [0, 0, 0, 0]}),
    ):
        assert answer.status_code == 200
        assert isinstance(answer.json(), dict)


def test_the_vectors_are_the_codebook(client: TestClient, codecs: Zoo) -> None:
    vectors = np.frombuffer(client.get("/bench/vectors/image-vq").content, "<f4").reshape(64, 4)
    assert np.array_equal(vectors, codecs.load("image-vq").codebook().numpy())


def test_what_a_codebook_first_says_and_what_it_says_later_is_all_of_it(client: TestClient) -> None:
    first = client.get("/bench/codebook/image-vq").json()
    whole = description.book("image-vq")
    later = client.get("/bench/map/image-vq").json()
    code = client.get("/bench/code/image-vq/7").json()
    seen_by_nobody = {"exemplar_pictures": whole["exemplar_pictures"], "places": []}
    assert first.pop("nearest") == [near[0] for near in whole["neighbours"]]
    assert first | later | {name: whole[name] for name in code} | seen_by_nobody == whole
    assert not first.keys() & (later.keys() | code.keys())
    assert code == {name: whole[name][7] if whole[name] else [] for name in code}
    assert client.get("/bench/code/image-vq/64").status_code == 422
    assert client.get("/bench/code/image-vq/-1").status_code == 422


def test_a_page_gets_its_own_words_and_the_links_to_the_others(client: TestClient) -> None:
    whole = json.loads((server.WORDS / "zh.json").read_text(encoding="utf-8"))
    for page, section in server.SIDES.items() | {("", ""), ("nothing", "")}:
        told = client.get(f"/bench/words/zh?page={page}").json()
        sides = {other for other in server.SIDES.values() if other != section}
        assert all(told[other] == {"link": whole[other]["link"]} for other in sides)
        assert told.keys() == whole.keys() and "over" not in told.get(section, {})
        over = whole.get(section, {}).get("over", {})
        for name in whole.keys() - sides - over.keys() - {section}:
            assert told[name] == whole[name]
        for name, words in over.items():
            assert told[name] == whole[name] | words


def test_the_second_language_is_chinese_and_any_other_english(client: TestClient) -> None:
    assert (
        client.get("/bench/words/zh").json()["grid"]["title"] != client.get("/bench/words/en").json()["grid"]["title"]
    )
    for language in ("fr", "..", "zh.json", "%2e%2e%2fen"):
        answer = client.get(f"/bench/words/{language}")
        assert answer.status_code == 404 or answer.json() == client.get("/bench/words/en").json()


@pytest.mark.parametrize("path", ["/page/page.js", "/page/style.css", "/bench/words/en"])
def test_a_file_is_sent_once_and_again_only_when_it_changed(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    assert (headers["cache-control"], headers["x-content-type-options"]) == ("no-cache", "nosniff")
    again = client.get(path, headers={"If-None-Match": f"W/{headers['etag']}"})  # what stands behind a proxy
    assert (again.status_code, again.content) == (304, b"")
    assert client.get(path, headers={"If-None-Match": '"0"'}).content == client.get(path).content != b""


@pytest.mark.parametrize("path", ["/bench/catalogue", "/bench/sample/image-vq/moon", "/bench/sample/a/b"])
def test_no_answer_may_be_sniffed_shared_or_stored_unasked(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["cache-control"] in ("no-store", "no-cache")


def test_answers_are_compressed_for_those_who_can_read_that(client: TestClient) -> None:
    for path in ("/page/store.js", "/bench/codebook/image-vq", "/bench/words/zh"):
        assert client.get(path, headers={"Accept-Encoding": "gzip"}).headers["content-encoding"] == "gzip"
        assert "content-encoding" not in client.get(path, headers={"Accept-Encoding": "identity"}).headers


def test_no_other_website_gets_an_answer_with_the_visitors_cookies(client: TestClient) -> None:
    headers = client.get(
        "/bench/catalogue", headers={"Origin": "https://elsewhere.example", "Host": "play.example"}
    ).headers
    assert headers.get("access-control-allow-origin") in (None, "*")
    assert "access-control-allow-credentials" not in headers


OUTSIDE = ["../app.py", "../../etc/passwd", "..%2fapp.py", "%2e%2e/app.py", "%2e%2e%2fapp.py", "fonts/../../app.py"]
OUTSIDE += [
    "....//app.py",
    "..%5capp.py",
    "%252e%252e%252fapp.py",
    "/etc/passwd",
    "%2fetc%2fpasswd",
    "",
    ".",
    "fonts",
    "%00",
    "a" * 5000,
]


@pytest.mark.parametrize("path", OUTSIDE, ids=lambda path: path[:20] or "nothing")
@pytest.mark.parametrize(
    "prefix", ["/page/", "/bench/sheet/image-vq/", "/bench/codebook/", "/bench/sample/image-vq/", "/bench/sound/"]
)
def test_no_path_leads_out_of_the_folders(site: Served, prefix: str, path: str) -> None:
    connection = HTTPConnection(site.address.removeprefix("http://").strip("/"), timeout=20)
    connection.request("GET", prefix + path)  # as written: other clients tidy it up
    answer = connection.getresponse()
    text = answer.read().decode(errors="replace")
    assert answer.status in (404, 405, 422), text[:200]
    for secret in ("import argparse", "root:", str(ROOT), str(site.zoo.folder)):
        assert secret not in text


def test_what_cannot_be_said_otherwise_is_said_as_a_sentence(client: TestClient) -> None:
    answer = client.post("/bench/encode?codec=image-vq", content=b"no picture")
    error = answer.json()["error"]
    assert answer.status_code == 422
    assert set(error) == {"template", "values", "text"}
    assert InputError(error["template"], **error["values"]).args == (error["text"],)


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"7", b"null", b'"text"', b"\xff\xfe", b"[" * 200_000, b"NaN", b'{"codec": 1e999}']
)
@pytest.mark.parametrize(
    "route", ["decode", "file?ending=png", "measure", "peel", "alone", "explain", "tokens?ending=json"]
)
def test_no_body_whatever_is_answered_by_a_failure(client: TestClient, route: str, body: bytes) -> None:
    answer = client.post(f"/bench/{route}", content=body)
    assert answer.status_code == 422
    assert answer.json()["error"]["text"]


def test_each_medium_has_its_own_codecs_and_samples(client: TestClient) -> None:
    found = {}
    for kind in ("image", "audio", "text"):
        told = client.get(f"/bench/catalogue?kind={kind}").json()
        found[kind] = [codec["name"] for codec in told["codecs"]]
        assert told["samples"] == list(samples.listed(kind))
    assert found == {"image": ["image-vq", "small-vq", "some-rvq"], "audio": ["audio-rvq"], "text": ["text-rvq"]}
    assert client.get("/bench/catalogue").json() == client.get("/bench/catalogue?kind=image").json()
    for kind in ("video", "", "../image", "x" * 999):
        assert client.get(f"/bench/catalogue?kind={kind}").status_code == 422


def test_examples_lie_within_the_reel(client: TestClient, codecs: Zoo) -> None:
    reel = read_sound(client.get("/bench/reel/audio-rvq").content).samples
    codec = codecs.load("audio-rvq")
    for level in (0, 1):
        places = client.get(f"/bench/exemplars/audio-rvq?level={level}").json()["places"]
        assert len(places) == 24 and any(places)
        assert all(0 <= start < len(reel) / RATE for starts in places for start in starts)
    heard = codec.encode(torch.from_numpy(reel)[None, None]).indices[0, level]
    right = [int(heard[round(t * RATE / codec.stride)]) == code for code, row in enumerate(places) for t in row]
    assert np.mean(right) > 0.3, "an OGG is near to the reel, not equal"
    assert client.get("/bench/exemplars/audio-rvq?level=2").json() == {"places": []}
    assert client.get("/bench/reel/image-vq").status_code == 422


@pytest.mark.parametrize("ending", ["pkl", "", "json/../npz", "py"])
def test_tokens_are_saved_in_two_formats_only(client: TestClient, message: dict, ending: str) -> None:
    assert client.post(f"/bench/tokens?ending={ending}", json=message).status_code == 422


@pytest.mark.parametrize(
    ("route", "limit"),
    [
        ("encode?codec=image-vq", answers.LARGEST_UPLOAD),
        ("read?codec=image-vq", answers.LARGEST_UPLOAD),
        ("decode", answers.LARGEST_MESSAGE),
    ],
)
def test_a_body_is_cut_off_at_the_limit(client: TestClient, route: str, limit: int) -> None:
    sent = 0

    def endless():
        nonlocal sent
        while sent < 4 * limit:
            sent += 2**20
            yield bytes(2**20)

    answer = client.post(f"/bench/{route}", content=endless())
    assert answer.status_code == 413
    assert str(limit // 2**20) in answer.json()["error"]["text"]


def test_a_failure_of_ours_names_a_number_and_nothing_else(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(codec: str, data: bytes, at: str) -> dict:
        raise RuntimeError(f"a secret of {ROOT}")

    monkeypatch.setattr(calls, "encode", fail)
    with caplog.at_level(logging.ERROR):
        answer = client.post("/bench/encode?codec=image-vq", content=b"anything")
    assert answer.status_code == 500
    number = answer.json()["error"]["values"]["id"]
    assert answer.json()["error"]["text"] == f"Something failed on our side (id {number}). Your work is kept."
    assert "secret" not in answer.text
    assert number in caplog.text, "so that we find it"
    assert "secret" in caplog.text


def test_numbers_that_json_cannot_say_never_leave(client: TestClient, message: dict) -> None:
    original = wire.data_url("image/png", client.post("/bench/file?ending=png", json=message).content)
    answer = client.post("/bench/measure", json=message | {"original": original})
    assert json.loads(answer.text, parse_constant=lambda name: pytest.fail(f"{name} in JSON"))
