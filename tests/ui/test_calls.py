"""The functions behind the page: right answers to right messages, a sentence for every other one."""

import contextlib
import io
import json
import math
import random
from collections.abc import Callable

import numpy as np
import pytest
import torch
from PIL import Image

from playground.analysis.alone import added
from playground.core.errors import InputError
from playground.media import token_files
from playground.media.modalities import IMAGE
from playground.ui import calls, description, media, samples, wire
from playground.zoo import Zoo

CODEC = "image-vq"
COMMON = {"codec", "grid", "size", "codebooks", "stride", "reach", "indices", "margins", "original"}
COMMON |= {"quality", "source", "seconds"}
ENCODED = {
    "image-vq": COMMON | {"image", "png_bytes", "jpeg_bytes"},
    "some-rvq": COMMON | {"image", "png_bytes", "jpeg_bytes"},
    "audio-rvq": COMMON | {"sound", "wav_bytes", "flac_bytes"},
}
NAMES = {"image": "temple", "audio": "yes"}  # samples to try


@pytest.fixture(params=ENCODED)
def encoded(request: pytest.FixtureRequest, codecs: Zoo) -> dict:
    """What the server says of a sample, encoded by a codec for pictures, one of residual codes, one for sounds."""
    return calls.sample(request.param, NAMES[codecs.card(request.param).modality])


@pytest.fixture
def temple() -> dict:
    """What the server says of a sample picture."""
    return calls.sample(CODEC, "temple")


def message_of(encoded: dict) -> dict:
    return {name: encoded[name] for name in ("codec", "grid", "size", "indices", "codebooks")}


def kind_of(encoded: dict) -> str:
    return "image" if "image" in encoded else "audio"


def pixels(data: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB")).astype(int)


def opened(data: bytes, kind: str) -> np.ndarray:
    """(C, *size) in 0 … 255, of a JPEG, a PNG or bare samples of 16 bits."""
    if kind == "image":
        return pixels(data).transpose(2, 0, 1)
    return np.frombuffer(data, "<i2")[None] / 257 + 127.5


def written(signal: torch.Tensor) -> np.ndarray:
    """The same of a signal (1, C, *size)."""
    return (signal[0].clamp(-1, 1).numpy() + 1) * 127.5


def test_encode_says_everything_the_bench_shows(encoded: dict, codecs: Zoo) -> None:
    codec, kind = codecs.load(encoded["codec"]), kind_of(encoded)
    signal = samples.opened(NAMES[kind], kind).signal
    grid = tuple(-(-length // codec.stride) for length in signal.shape[2:])
    assert set(encoded) == ENCODED[encoded["codec"]]
    assert (tuple(encoded["grid"]), tuple(encoded["size"])) == (grid, tuple(signal.shape[2:]))
    tokens = codec.encode(signal)
    assert wire.unpack(encoded["indices"], "<u2").tolist() == tokens.indices.flatten().tolist()
    latents = torch.frombuffer(bytearray(calls.latents(encoded)), dtype=torch.float32).reshape(1, -1, *grid)
    torch.testing.assert_close(latents, codec.latents(signal))
    margins = wire.unpack(encoded["margins"], "<f4")
    assert margins.shape == (tokens.indices.numel(),)
    assert (margins >= 0).all()
    url = encoded.get("image") or "data:;base64," + encoded["sound"]
    assert np.abs(opened(wire.from_data_url(url), kind) - written(codec.decode(tokens))).mean() < 6
    assert encoded["quality"] == calls.measure(message_of(encoded) | {"original": encoded["original"]})
    json.dumps(encoded, allow_nan=False)


def test_an_upload_comes_back_exactly_and_is_measured_and_explained_as_the_sample_is(encoded: dict) -> None:
    kind = kind_of(encoded)
    sample = samples.opened(NAMES[kind], kind)
    uploaded = calls.encode(encoded["codec"], sample.file.data)
    original = media.of(kind).modality.read(wire.from_data_url(uploaded["original"]))
    assert (original - sample.signal).abs().max() < (1e-9 if kind == "image" else 5e-5)  # writing 16 bits rounds
    assert set(uploaded) == ENCODED[encoded["codec"]]
    message = message_of(uploaded) | {"original": uploaded["original"]}
    assert calls.measure(message) == uploaded["quality"], "the figures change though nothing did"


def test_what_is_shown_of_a_sample_is_near_to_what_is_encoded() -> None:
    for place, entry in enumerate(samples.listed()):
        exact = np.asarray(IMAGE.write(samples.opened(entry["name"]).signal)).astype(int)
        assert np.abs(pixels(samples.square(entry["name"])) - exact).mean() < 6
        left, side = place * samples.THUMBNAIL, samples.THUMBNAIL
        thumbnail = pixels(samples.strip())[:, left : left + side]
        assert np.abs(thumbnail.mean((0, 1)) - exact.mean((0, 1))).max() < 4


@pytest.mark.parametrize("kind", media.MEDIA)
def test_every_sample_has_a_file_and_a_credit(kind: str) -> None:
    assert len(samples.listed(kind)) >= 8
    for entry in samples.listed(kind):
        signal = samples.opened(entry["name"], kind).signal
        assert len((signal.argmax(1) if kind == "text" else signal).unique()) > (12 if kind == "text" else 100)
        assert entry["credit"]
        assert any(entry["licence"].startswith(free) for free in ("CC BY", "CC0", "Public domain", "MIT"))
        assert "CC BY-SA" not in entry["licence"]


@pytest.mark.parametrize("window", [[0, 0, 32, 32], [5, 9, 6, 10], [0, 0, 3, 4], [29, 20, 32, 32]])
def test_a_window_is_that_part_of_the_whole_picture(temple: dict, window: list[int]) -> None:
    whole = pixels(calls.file(message_of(temple), "png").data)
    top, left, bottom, right = (cell * 8 for cell in window)
    part = pixels(calls.decode(message_of(temple) | {"window": window}).data)
    assert part.shape == (bottom - top, right - left, 3)
    assert np.abs(part - whole[top:bottom, left:right]).mean() < 6


def test_a_perfect_match_has_no_psnr_and_still_fits_json(temple: dict) -> None:
    original = wire.data_url("image/png", calls.file(message_of(temple), "png").data)
    measured = calls.measure(message_of(temple) | {"original": original})
    assert measured["psnr_db"] is None or measured["psnr_db"] > 50  # a picture is rounded to 8 bits
    json.dumps(measured, allow_nan=False)


def test_explain_names_the_code_that_was_chosen(encoded: dict) -> None:
    cells = math.prod(encoded["grid"])
    chosen, margins = wire.unpack(encoded["indices"], "<u2"), wire.unpack(encoded["margins"], "<f4")
    for level in range(encoded["codebooks"]):
        latents = np.frombuffer(calls.latents(encoded | {"level": level}), "<f4").reshape(-1, cells)
        for cell in (0, cells // 2, cells - 1):
            latent = latents[:, cell].tolist()
            answer = calls.explain({"codec": encoded["codec"], "latent": latent, "level": level})
            distances = [choice["distance"] for choice in answer["nearest"]]
            assert answer["nearest"][0]["code"] == chosen[level * cells + cell]
            assert distances == sorted(distances)
            assert answer["margin"] == pytest.approx(margins[level * cells + cell], abs=1e-4)
            assert "nearest" in answer["source"]


def test_a_level_more_is_measured_as_if_it_were_all(encoded: dict) -> None:
    levels = calls.peel(message_of(encoded) | {"original": encoded["original"]})["levels"]
    assert len(levels) == encoded["codebooks"]
    assert levels[-1] == encoded["quality"]
    indices = wire.unpack(encoded["indices"], "<u2").reshape(encoded["codebooks"], -1)
    for k in range(1, encoded["codebooks"] + 1):
        fewer = message_of(encoded) | {"codebooks": k, "indices": wire.pack(indices[:k], "<u2")}
        assert levels[k - 1] == calls.measure(fewer | {"original": encoded["original"]})


def test_a_code_alone_is_what_it_adds(encoded: dict, codecs: Zoo) -> None:
    codec, kind = codecs.load(encoded["codec"]), kind_of(encoded)
    level = encoded["codebooks"] - 1
    message = {"codec": codec.name, "level": level, "code": 5, "context": [7, 9][:level]}
    heard = opened(calls.alone(message).data, kind)
    cells = tuple(length // codec.stride for length in heard.shape[1:])
    assert heard.shape[1:] == (media.of(kind).moment,) * (heard.ndim - 1)
    assert np.abs(heard - written(added(codec, [*message["context"], 5], cells))).mean() < 6
    assert (
        calls.alone(message | {"context": None}).data
        == calls.alone(message | {"context": [description.mean_code(codec.name, k) for k in range(level)]}).data
    )


@pytest.mark.parametrize("context", [[1], [1, 2, 3], [1, 24], [1, -1], [1, True], "12", {}, [1, None], [[1], [2]]])
def test_a_code_alone_needs_one_code_of_each_codebook_before(context: object) -> None:
    with pytest.raises(InputError):
        calls.alone({"codec": "audio-rvq", "level": 2, "code": 3, "context": context})


@pytest.mark.parametrize("ending", ["json", "npz"])
def test_token_files_come_back_as_they_were(encoded: dict, ending: str) -> None:
    data = calls.tokens_file(message_of(encoded), ending)
    assert calls.read_tokens(encoded["codec"], data)["indices"] == encoded["indices"]
    assert token_files.from_bytes(data).codec == encoded["codec"]


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
        "bench/sound/nobody",
        "bench/square/yes",
        "data:audio/wav;base64,UklGRg==",
    ),
]
FIELDS = ("codec", "grid", "size", "indices", "window", "codebooks", "original", "latent", "level", "code", "context")
CALLS: dict[str, Callable[[dict], object]] = {
    "decode": calls.decode,
    "file": lambda message: calls.file(message, message.get("ending", "")),
    "peel": calls.peel,
    "alone": calls.alone,
    "measure": calls.measure,
    "explain": calls.explain,
    "latents": calls.latents,
    "tokens as json": lambda message: calls.tokens_file(message, "json"),
    "tokens as npz": lambda message: calls.tokens_file(message, "npz"),
}


@pytest.mark.parametrize("name", CALLS)
def test_no_message_whatever_raises_anything_but_a_sentence(encoded: dict, codecs: Zoo, name: str) -> None:
    draw = random.Random(name)
    ending = media.of(kind_of(encoded)).exact
    good = message_of(encoded) | {"original": encoded["original"], "latent": [0.0] * 4, "ending": ending, "code": 3}
    good["window"] = [0] * len(good["grid"]) + [2] * len(good["grid"])
    CALLS[name](good)
    said = 0
    for _ in range(150):
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
    assert said > 30


@pytest.mark.parametrize("call", [calls.encode, calls.read_tokens], ids=lambda call: call.__name__)
def test_no_file_whatever_raises_anything_but_a_sentence(encoded: dict, call: Callable[[str, bytes], dict]) -> None:
    draw = random.Random(1)
    kind = kind_of(encoded)
    seeds = [calls.tokens_file(message_of(encoded), ending) for ending in ("json", "npz")]
    seeds += [calls.file(message_of(encoded), ending).data for ending in media.of(kind).files]
    seeds += [
        samples.data(NAMES[kind], kind),
        wire.jpeg(Image.new("RGB", (40, 30), "red")),
        b"GIF89a",
        b"PK\3\4",
        b"RIFF",
    ]
    for _ in range(100):
        data = bytearray(draw.choice(seeds))
        for _ in range(draw.randrange(1, 8)):
            place = draw.randrange(len(data) + 1)
            data[place : place + draw.randrange(1, 4)] = draw.randbytes(draw.randrange(3))
        with contextlib.suppress(InputError):
            call(encoded["codec"], bytes(data[: draw.randrange(len(data) + 1)] if draw.random() < 0.3 else data))
