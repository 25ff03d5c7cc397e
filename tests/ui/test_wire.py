"""What travels between page and server arrives as it was sent, or is refused in a sentence."""

import io

import numpy as np
import pytest
import torch
from PIL import Image

from playground.core.errors import InputError
from playground.ui import wire

GRID = [2, 3]
MESSAGE = {"grid": GRID, "size": [16, 24], "indices": wire.pack(np.arange(6), "<u2")}


@pytest.mark.parametrize("dtype", ["<u2", "<f4"])
def test_arrays_come_back_as_they_were(dtype: str) -> None:
    values = np.random.default_rng(0).integers(0, 2**16, 50).astype(dtype)
    assert np.array_equal(wire.unpack(wire.pack(values, dtype), dtype), values)


def test_packed_indices_are_little_endian_in_reading_order() -> None:
    assert wire.pack(np.array([[1, 258]]), "<u2") == "AQACAQ=="


@pytest.mark.parametrize("text", ["*", "A", "AQ==", "é", "AQAC\n", None, 7, [], b"\xff", {}])
def test_what_is_no_array_is_refused(text: object) -> None:
    with pytest.raises(InputError):
        wire.unpack(text, "<u2")


def test_tokens_keep_order_codec_and_size() -> None:
    tokens = wire.tokens_from(MESSAGE, 6, "tiny")
    assert tokens.indices.tolist() == [[[[0, 1, 2], [3, 4, 5]]]]
    assert (tokens.codebook_size, tokens.size, tokens.codec) == (6, (16, 24), "tiny")


def test_several_codebooks_are_told_apart_from_rows() -> None:
    message = MESSAGE | {"codebooks": 2, "grid": [3], "size": [24]}
    assert wire.tokens_from(message, 6, "tiny").indices.tolist() == [[[0, 1, 2], [3, 4, 5]]]


@pytest.mark.parametrize(
    "changes",
    [
        {"grid": [2, 2]},
        {"grid": [6]},
        {"grid": [-2, -3]},
        {"grid": [0, 3], "indices": ""},
        {"grid": [2.0, 3]},
        {"grid": [True, 6]},
        {"grid": "23"},
        {"grid": [[2], [3]]},
        {"grid": None},
        {"size": [16]},
        {"size": [16, 24, 8]},
        {"size": [16, 10**30]},
        {"codebooks": 0},
        {"codebooks": 3},
        {"codebooks": -1},
        {"codebooks": "1"},
        {"codebooks": 10**9},
        {"indices": ""},
        {"indices": wire.pack(np.full(6, 65535), "<u2")},  # −1 of somebody who thinks in 16 bits
        {"grid": [2**20, 2**20, 2**18], "size": [8, 8, 8], "codebooks": 64, "indices": ""},  # 2⁶⁴ cells: 0 in 64 bits
        {"grid": [128, 129], "size": [1024, 1032], "indices": wire.pack(np.zeros(128 * 129), "<u2")},  # too large
    ],
    ids=lambda changes: str(changes)[:60],
)
def test_tokens_of_the_wrong_shape_or_range_are_refused(changes: dict) -> None:
    with pytest.raises(InputError):
        wire.tokens_from(MESSAGE | changes, 6, "tiny")


def test_a_window_is_taken_as_named_and_everything_where_none_is() -> None:
    assert wire.window_from({"window": [1, 0, 2, 3]}, (2, 3)) == (slice(1, 2), slice(0, 3))
    assert wire.window_from({}, (2, 3)) == (slice(0, 2), slice(0, 3))


@pytest.mark.parametrize(
    "window",
    [
        [0, 0, 3, 3],
        [-1, 0, 1, 1],
        [1, 1, 1, 2],
        [2, 0, 1, 3],
        [0, 0, 2],
        [0, 0, 2.0, 3],
        [0, 0, None, 3],
        "0023",
        {},
        7,
    ],
    ids=str,
)
def test_a_window_that_is_none_is_refused(window: object) -> None:
    with pytest.raises(InputError):
        wire.window_from({"window": window}, (2, 3))


def test_pictures_travel_exactly_as_png_and_nearly_as_jpeg() -> None:
    picture = Image.radial_gradient("L").resize((64, 48)).convert("RGB")
    exact = Image.open(io.BytesIO(wire.from_data_url(wire.data_url("image/png", wire.png(picture)))))
    assert np.array_equal(np.asarray(exact), np.asarray(picture))
    close = np.asarray(Image.open(io.BytesIO(wire.jpeg(picture))), int)
    assert np.abs(close - np.asarray(picture, int)).mean() < 2


def test_samples_travel_as_numbers_of_16_bits_little_endian() -> None:
    signal = torch.tensor([[[0.0, 1.0, -1.0, 0.5, 7.0, -7.0, 1 / 32767]]])
    assert np.frombuffer(wire.pcm(signal), "<i2").tolist() == [0, 32767, -32767, 16384, 32767, -32767, 1]


@pytest.mark.parametrize(
    "text",
    [
        "http://127.0.0.1/a.png",
        "data:image/png,abc",
        "data:image/png;base64,*",
        "bench/sound/woman",
        "file:///etc/hosts",
        "",
        None,
        5,
        ["data:"],
    ],
    ids=str,
)
def test_only_data_urls_are_read(text: object) -> None:
    with pytest.raises(InputError):
        wire.from_data_url(text)
