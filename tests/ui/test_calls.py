"""The functions behind the page: right answers to right messages, a sentence for every other one."""

import contextlib
import io
import json
import random
from collections.abc import Callable

import numpy as np
import pytest
import torch
from PIL import Image

from playground.core import files
from playground.core.errors import InputError
from playground.core.modality import IMAGE
from playground.ui import calls, samples, wire
from playground.zoo import Zoo

CODEC = "image-vq"
ENCODED_KEYS = {
    *("codec", "grid", "size", "codebooks", "stride", "reach", "indices", "margins", "original", "image"),
    *("quality", "png_bytes", "jpeg_bytes", "source", "seconds"),
}


@pytest.fixture
def temple() -> dict:
    """What the server says of a sample picture."""
    return calls.sample(CODEC, "temple")


def message_of(encoded: dict) -> dict:
    return {name: encoded[name] for name in ("codec", "grid", "size", "indices")}


def pixels(data: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB")).astype(int)


def test_encode_says_everything_the_bench_shows(temple: dict, codecs: Zoo) -> None:
    codec = codecs.load(CODEC)
    signal = IMAGE.fit((samples.EXAMPLES / "temple.webp").read_bytes(), samples.BENCH_SIZE).signal
    assert set(temple) == ENCODED_KEYS
    assert (temple["grid"], temple["size"], temple["stride"]) == ([32, 32], [256, 256], 8)
    assert wire.unpack(temple["indices"], "<u2").tolist() == codec.encode(signal).indices.flatten().tolist()
    latents = torch.frombuffer(bytearray(calls.latents(temple)), dtype=torch.float32).reshape(1, -1, 32, 32)
    torch.testing.assert_close(latents, codec.latents(signal))
    margins = wire.unpack(temple["margins"], "<f4")
    assert margins.shape == (1024,)
    assert (margins >= 0).all()
    assert np.abs(pixels(wire.from_data_url(temple["image"])) - pixels(calls.picture(message_of(temple)))).mean() < 6
    assert temple["quality"] == calls.measure(message_of(temple) | {"original": temple["original"]})
    json.dumps(temple, allow_nan=False)


def test_an_uploaded_picture_comes_back_exactly_and_is_measured_and_explained_as_the_sample_is(temple: dict) -> None:
    square = IMAGE.write(samples.signal("temple", samples.BENCH_SIZE))
    uploaded = calls.encode(CODEC, wire.png(square))
    assert np.array_equal(pixels(wire.from_data_url(uploaded["original"])), np.asarray(square))
    assert set(uploaded) == ENCODED_KEYS and uploaded["indices"] == temple["indices"]
    for name in (calls.measure, calls.latents):
        assert name(message_of(temple) | {"original": uploaded["original"]}) == name(temple)


def test_what_is_shown_of_a_sample_is_near_to_what_is_encoded() -> None:
    for place, entry in enumerate(samples.listed()):
        exact = np.asarray(IMAGE.write(samples.signal(entry["name"], 256))).astype(int)
        assert np.abs(pixels(samples.square(entry["name"])) - exact).mean() < 6
        left, side = place * samples.THUMBNAIL, samples.THUMBNAIL
        thumbnail = pixels(samples.strip())[:, left : left + side]
        assert np.abs(thumbnail.mean((0, 1)) - exact.mean((0, 1))).max() < 4


def test_every_sample_has_a_picture_and_a_credit() -> None:
    assert len(samples.listed()) >= 8
    for entry in samples.listed():
        assert (samples.EXAMPLES / entry["file"]).is_file()
        assert entry["credit"] and entry["licence"]


@pytest.mark.parametrize("window", [[0, 0, 32, 32], [5, 9, 6, 10], [0, 0, 3, 4], [29, 20, 32, 32]])
def test_a_window_is_that_part_of_the_whole_picture(temple: dict, window: list[int]) -> None:
    whole = pixels(calls.picture(message_of(temple)))
    top, left, bottom, right = (cell * 8 for cell in window)
    part = pixels(calls.decode(message_of(temple) | {"window": window}))
    assert part.shape == (bottom - top, right - left, 3)
    assert np.abs(part - whole[top:bottom, left:right]).mean() < 6


def test_a_perfect_match_has_no_psnr_and_still_fits_json(temple: dict) -> None:
    original = wire.data_url("image/png", calls.picture(message_of(temple)))
    measured = calls.measure(message_of(temple) | {"original": original})
    assert measured["psnr_db"] is None or measured["psnr_db"] > 50  # a picture is rounded to 8 bits
    json.dumps(measured, allow_nan=False)


def test_explain_names_the_code_that_was_chosen(temple: dict) -> None:
    latents = np.frombuffer(calls.latents(temple), "<f4").reshape(-1, 1024)
    chosen, margins = wire.unpack(temple["indices"], "<u2"), wire.unpack(temple["margins"], "<f4")
    for cell in (0, 500, 1023):
        answer = calls.explain({"codec": CODEC, "latent": latents[:, cell].tolist()})
        distances = [choice["distance"] for choice in answer["nearest"]]
        assert answer["nearest"][0]["code"] == chosen[cell]
        assert distances == sorted(distances)
        assert answer["margin"] == pytest.approx(margins[cell], abs=1e-4)
        assert "def nearest_codes" in answer["source"]


@pytest.mark.parametrize("ending", ["json", "npz"])
def test_token_files_come_back_as_they_were(temple: dict, ending: str) -> None:
    data = calls.tokens_file(message_of(temple), ending)
    assert calls.read_tokens(CODEC, data)["indices"] == temple["indices"]
    assert files.from_bytes(data).codec == CODEC


def test_tokens_of_another_codec_are_refused_by_name(temple: dict) -> None:
    with pytest.raises(InputError, match="belong to “image-vq”, not to “small-vq”"):
        calls.read_tokens("small-vq", calls.tokens_file(message_of(temple), "json"))


@pytest.mark.parametrize("name", ["nobody", "../image-vq", "/", "", "image-vq/", "temple.webp", "IMAGE-VQ", "\0"])
def test_codecs_and_samples_are_found_by_listed_names_only(name: str) -> None:
    for call in (calls.sample, calls.encode, calls.read_tokens):
        with pytest.raises(InputError):
            call(name, "temple" if call is calls.sample else b"x")
    with pytest.raises(InputError):
        calls.sample(CODEC, name)


# Hostile messages, drawn at random from what has broken servers before.

VALUES: list[object] = [
    *(
        None,
        True,
        -1,
        0,
        1,
        63,
        64,
        65535,
        2**31,
        2**63,
        10**400,
        0.5,
        float("nan"),
        float("inf"),
        "",
        "0",
        "x" * 5000,
        "\0",
    ),
    *([], [1], [-1, -1], [32, 32], [32, 32, 32], [2**20, 2**20], [2**20] * 3, [[32], [32]], ["32", "32"], {}, {"a": 1}),
    *("AAAA", "////", "AA==", "-_-_", "AQAC" * 400, wire.pack(np.full(1024, -1), "<u2"), "nobody", "../..", "small-vq"),
    *([0, 0, 32, 32], [0, 0, 0, 0], [31, 31, 33, 33], [0] * 4, [1.0, 1, 2, 2], [0, 0, 10**30, 1], [0.0] * 4, [1e5] * 4),
    *(
        "data:image/png;base64,AAAA",
        "data:image/png;base64," + "A" * 9999,
        "http://127.0.0.1:1/x.png",
        "file:///etc/passwd",
        "bench/square/nobody",
        "bench/square/../moon",
    ),
]
FIELDS = ("codec", "grid", "size", "indices", "window", "codebooks", "original", "latent")
CALLS: dict[str, Callable[[dict], object]] = {
    "decode": calls.decode,
    "picture": calls.picture,
    "measure": calls.measure,
    "explain": calls.explain,
    "latents": calls.latents,
    "tokens as json": lambda message: calls.tokens_file(message, "json"),
    "tokens as npz": lambda message: calls.tokens_file(message, "npz"),
}


@pytest.mark.parametrize("name", CALLS)
def test_no_message_whatever_raises_anything_but_a_sentence(temple: dict, codecs: Zoo, name: str) -> None:
    draw = random.Random(name)
    good = message_of(temple) | {"original": temple["original"], "latent": [0.0] * 4, "window": [0, 0, 2, 2]}
    CALLS[name](good)
    said = 0
    for _ in range(400):
        message = dict(good)
        for field in draw.sample(FIELDS, draw.choice((1, 1, 2, 3))):
            message[field] = draw.choice(VALUES)
            if draw.random() < 0.1:
                del message[field]
        try:
            CALLS[name](message)
        except InputError as error:
            said += 1
            assert not any(str(path) in str(error) for path in (codecs.folder, samples.EXAMPLES.parents[1])), (
                "a path of ours"
            )
    assert said > 40


@pytest.mark.parametrize("call", [calls.encode, calls.read_tokens], ids=lambda call: call.__name__)
def test_no_file_whatever_raises_anything_but_a_sentence(temple: dict, call: Callable[[str, bytes], dict]) -> None:
    draw = random.Random(1)
    seeds = [calls.tokens_file(message_of(temple), ending) for ending in ("json", "npz")]
    seeds += [
        (samples.EXAMPLES / "moon.webp").read_bytes(),
        wire.jpeg(Image.new("RGB", (40, 30), "red")),
        b"GIF89a",
        b"PK\3\4",
    ]
    for _ in range(150):
        data = bytearray(draw.choice(seeds))
        for _ in range(draw.randrange(1, 8)):
            place = draw.randrange(len(data) + 1)
            data[place : place + draw.randrange(1, 4)] = draw.randbytes(draw.randrange(3))
        with contextlib.suppress(InputError):
            call(CODEC, bytes(data[: draw.randrange(len(data) + 1)] if draw.random() < 0.3 else data))
