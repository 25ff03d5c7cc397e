"""Texts through the routes: whatever somebody writes comes back as it was, or is answered with a sentence."""

import base64
import gzip
import json
from itertools import pairwise

import numpy as np
import pytest
from starlette.testclient import TestClient

from playground.ui import calls, media, samples, server, wire

LONGEST = media.MEDIA["text"].length


@pytest.fixture(scope="module")
def client() -> TestClient:
    return TestClient(server.make_server(), raise_server_exceptions=False)


def encode(client: TestClient, text: str | bytes, more: str = "") -> dict:
    data = text.encode() if isinstance(text, str) else text
    answer = client.post(f"/bench/encode?codec=text-rvq{more}", content=data)
    assert answer.status_code == 200, answer.text
    return answer.json()


def message_of(encoded: dict, **more: object) -> dict:
    return {name: encoded[name] for name in ("codec", "grid", "size", "indices", "codebooks")} | more


def original(encoded: dict) -> bytes:
    return wire.from_data_url(encoded["original"])


WRITTEN = {
    "one letter": "a",
    "Chinese": "霍布斯认为社会若要和平就必需要有社会契约。",
    "emoji joined": "👩‍🚀👨‍👩‍👧‍👦🏳️‍🌈",
    "right to left": "\u202eabc\u202c שלום עולם",
    "NULs and controls": "a\x00b\x07\x1b[31m\x7f\x85",
    "line ends of three kinds": "a\r\nb\rc\n",
    "a flood of marks": "Z" + "\u0300\u0489" * 200,
    "markup": "<script>alert(1)</script>&amp;<img src=x onerror=alert(1)>",
    "nothing but spaces": "   ",
    "as much as fits": "ab é" * 204 + "abcd",
}


@pytest.mark.parametrize("name", WRITTEN)
def test_a_text_comes_to_the_bench_as_it_was_written(client: TestClient, name: str) -> None:
    text = WRITTEN[name]
    encoded = encode(client, text)
    assert original(encoded) == text.encode()
    size = len(text.encode())
    assert (encoded["size"], encoded["grid"], encoded["txt_bytes"]) == ([size], [-(-size // 4)], size)
    assert len(base64.b64decode(encoded["text"])) == size
    assert encoded["source"] == {"bytes": size, "characters": len(text), "start_byte": 0}
    assert encoded["gzip_bytes"] == len(gzip.compress(text.encode(), 9)) and encoded["zstd_bytes"] > 0
    assert encoded["quality"].keys() == {"byte_accuracy", "edit_distance", "chrf", "bleu", "rouge_l"}
    measured = client.post("/bench/measure", json=message_of(encoded, original=encoded["original"]))
    assert measured.json() == encoded["quality"]


MENDED = {
    "half a character at the end": ("学而时习之，不亦说乎".encode()[:-1], "学而时习之，不亦说�"),
    "a byte order mark": (b"\xef\xbb\xbfabc", "abc"),
    "Chinese Windows": ("今天天气很好。".encode("gb18030"), "今天天气很好。"),
    "what Windows calls Unicode": ("Hello, 世界".encode("utf-16"), "Hello, 世界"),
}


@pytest.mark.parametrize("name", MENDED)
def test_a_text_in_another_encoding_is_read(client: TestClient, name: str) -> None:
    data, text = MENDED[name]
    assert original(encode(client, data)).decode() == text


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "no text"),
        (b"\xef\xbb\xbf", "no text"),
        (b"a" * (2**21 + 1), "2 MB"),
        (b"caf\xe9 ol\xe9", "UTF-8"),
        (bytes(range(256)), "UTF-8"),
    ],
)
def test_nothing_and_too_much_are_answered_with_a_sentence(client: TestClient, data: bytes, words: str) -> None:
    answer = client.post("/bench/encode?codec=text-rvq", content=data)
    assert answer.status_code == 422
    assert words in answer.json()["error"]["text"]


@pytest.mark.parametrize("at", ["", "0", "0.3", "0.77", "1"])
def test_of_a_longer_text_whole_characters_are_taken(client: TestClient, at: str) -> None:
    data = ("学而时习之，a" * 40_000).encode()  # a megabyte in one line
    encoded = encode(client, data, f"&at={at}")
    start, taken = encoded["source"]["start_byte"], original(encoded)
    assert LONGEST - 3 <= len(taken) <= LONGEST
    assert taken.decode() and data[start : start + len(taken)] == taken
    assert start == pytest.approx(float(at or 0) * (len(data) - LONGEST), abs=3)


def test_whatever_codes_are_sent_bytes_come_back_and_a_valid_file(client: TestClient) -> None:
    encoded = encode(client, WRITTEN["Chinese"])
    generator = np.random.default_rng(0)
    for _ in range(5):
        indices = wire.pack(generator.integers(0, 24, encoded["codebooks"] * encoded["grid"][0]), "<u2")
        message = message_of(encoded, indices=indices)
        assert len(client.post("/bench/decode", json=message).content) == encoded["size"][0]
        assert client.post("/bench/file?ending=txt", json=message).content.decode()
        assert client.post("/bench/measure", json=message | {"original": encoded["original"]}).status_code == 200


def test_a_window_of_a_text_is_that_part_of_the_whole(client: TestClient) -> None:
    encoded = encode(client, "Attention lets every cell have a say in every letter.")
    whole = client.post("/bench/decode", json=message_of(encoded)).content
    assert whole == base64.b64decode(encoded["text"])
    part = client.post("/bench/decode", json=message_of(encoded, window=[3, 7])).content
    assert part == whole[12:28]


def test_each_further_codebook_has_figures_of_its_own(client: TestClient) -> None:
    encoded = encode(client, "Call me Ishmael.")
    levels = client.post("/bench/peel", json=message_of(encoded, original=encoded["original"])).json()["levels"]
    assert len(levels) == encoded["codebooks"] and levels[-1] == encoded["quality"]


def test_a_code_alone_spells_sixteen_cells(client: TestClient) -> None:
    answer = client.post("/bench/alone", json={"codec": "text-rvq", "level": 1, "code": 3})
    assert len(answer.content) == 64
    other = client.post("/bench/alone", json={"codec": "text-rvq", "level": 1, "code": 3, "context": [5]})
    assert len(other.content) == 64


@pytest.mark.parametrize("text", [*WRITTEN.values(), "lone \ud800 surrogate", "x" * 5000])
def test_pieces_join_to_the_text(client: TestClient, text: str) -> None:
    answer = client.post("/bench/pieces", content=json.dumps({"text": text}).encode())
    told = answer.json()
    data = text.encode("utf-8", "replace" if "\ud800" not in text else "surrogatepass")
    pieces = told["pieces"]
    assert pieces[0]["start_byte"] == 0 and all(a["end_byte"] == b["start_byte"] for a, b in pairwise(pieces))
    assert pieces[-1]["end_byte"] == min(LONGEST, len(data))
    assert all(0 <= piece["entry"] < told["vocabulary"] == 4096 for piece in pieces)


@pytest.mark.parametrize("text", [None, 3, ["a"], ""])
def test_pieces_of_what_is_no_text_are_refused(client: TestClient, text: object) -> None:
    assert client.post("/bench/pieces", json={"text": text}).status_code == 422


def test_frequent_words_are_one_piece(client: TestClient) -> None:
    told = client.post("/bench/pieces", json={"text": "The sea and the sky"}).json()
    assert [piece["text"] for piece in told["pieces"]][-2:] == [" the", " sky"]


def test_a_sample_is_the_text_behind_its_address(client: TestClient) -> None:
    for entry in samples.listed("text"):
        encoded = client.get(f"/bench/sample/text-rvq/{entry['name']}").json()
        text = client.get(f"/{encoded['original']}")
        assert text.content == samples.data(entry["name"], "text") and len(text.content) == encoded["txt_bytes"]
        assert text.headers["content-type"].startswith("text/plain")


def test_examples_are_places_of_the_reel(client: TestClient) -> None:
    reel = client.get("/bench/reel/text-rvq").content
    indices = {}
    for level in range(3):
        places = client.get(f"/bench/exemplars/text-rvq?level={level}").json()["places"]
        assert len(places) == 24 and any(places)
        assert all(start % 4 == 0 and start + 4 <= len(reel) for starts in places for start in starts)
        indices[level] = places
    piece = reel[:64]  # a piece is encoded by itself
    told = encode(client, piece) if piece.decode(errors="ignore").encode() == piece else None
    if told:
        codes = wire.unpack(told["indices"], "<u2").reshape(told["codebooks"], -1)
        for code, starts in enumerate(indices[0]):
            assert all(codes[0][int(start) // 4] == code for start in starts if start < 64)


def test_media_are_not_mixed_up(client: TestClient) -> None:
    assert client.get("/bench/sample/text-rvq/temple").status_code == 422
    assert client.get("/bench/text/yes").status_code == 422
    sample = calls.sample("text-rvq", "name")
    assert client.post("/bench/measure", json=message_of(sample, original="bench/sound/yes")).status_code == 422
    assert client.post("/bench/file?ending=wav", json=message_of(sample)).status_code == 422
