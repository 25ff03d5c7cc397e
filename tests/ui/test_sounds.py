"""Sounds through the routes: every kind of file, bad ones too; windows that join; as much as the bench holds."""

import base64
import io
import struct

import numpy as np
import pytest
import soundfile
from starlette.testclient import TestClient

from playground.media.sounds import RATE, read_sound
from playground.ui import answers, calls, media, samples, server, wire

LONGEST = media.MEDIA["audio"].length
STRIDE = 160  # of the tiny codec


@pytest.fixture(scope="module")
def client() -> TestClient:
    return TestClient(server.make_server(), raise_server_exceptions=False)


def tone(samples: int = RATE, *, rate: int = RATE) -> np.ndarray:
    return (0.4 * np.sin(2 * np.pi * 300 * np.arange(samples) / rate)).astype(np.float32)


def file_of(samples: np.ndarray, rate: int = RATE, **form: str) -> bytes:
    data = io.BytesIO()
    soundfile.write(data, samples, rate, **({"format": "WAV", "subtype": "PCM_16"} | form))
    return data.getvalue()


def encode(client: TestClient, data: bytes, more: str = "") -> dict:
    answer = client.post(f"/bench/encode?codec=audio-rvq{more}", content=data)
    assert answer.status_code == 200, answer.text
    return answer.json()


def message_of(encoded: dict, **more: object) -> dict:
    return {name: encoded[name] for name in ("codec", "grid", "size", "indices", "codebooks")} | more


def heard(encoded: dict) -> np.ndarray:
    return np.frombuffer(base64.b64decode(encoded["sound"]), "<i2")


def promised(seconds: float) -> bytes:
    """A WAV that says it is 4 GB long."""
    data = bytearray(file_of(tone(round(seconds * RATE))))
    data[4:8] = data[40:44] = struct.pack("<I", 2**32 - 10)
    return bytes(data)


NAN = np.full(RATE, np.nan, np.float32)
REFUSED = {
    "nothing": (b"", "empty"),
    "a header without samples": (file_of(np.zeros(0, np.float32)), "no sound in this file"),
    "one sample": (file_of(np.zeros(1, np.float32)), "1 samples"),
    "a text named .wav": (b"once upon a time there was a sound " * 99, "no sound file"),
    "a picture": (wire.png(samples._square("moon", 64)), "no sound file"),
    "nothing but NaN": (file_of(NAN, subtype="FLOAT"), "no numbers"),
    "three bytes of FLAC": (file_of(tone(), format="FLAC")[:3], "no sound file"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_holds_no_sound_is_answered_with_a_sentence(client: TestClient, name: str) -> None:
    data, words = REFUSED[name]
    answer = client.post("/bench/encode?codec=audio-rvq", content=data)
    assert answer.status_code == 422
    assert words in answer.json()["error"]["text"]


TAKEN = {
    "silence": (file_of(np.zeros(RATE, np.float32)), RATE),
    "a constant": (file_of(np.full(RATE, 0.7, np.float32)), RATE),
    "some NaN": (file_of(np.where(np.arange(RATE) % 7, tone(), np.nan), subtype="FLOAT"), RATE),
    "infinite samples": (file_of(np.where(np.arange(RATE) % 7, tone(), np.inf), subtype="FLOAT"), RATE),
    "far too loud": (file_of(1e6 * tone(), subtype="FLOAT"), RATE),
    "192 kHz": (file_of(tone(192_000, rate=192_000), 192_000), RATE),
    "8 channels": (file_of(np.stack([tone()] * 8, 1)), RATE),
    "8 bits": (file_of(tone(), subtype="PCM_U8"), RATE),
    "a click": (file_of(tone(16)), 16),
    "a promise of 4 GB": (promised(1), RATE),
    "an MP3": (file_of(tone(), format="MP3", subtype="MPEG_LAYER_III"), None),
    "half a FLAC": (file_of(tone(4 * RATE), format="FLAC")[:20_000], None),
    "half an OGG": (file_of(tone(4 * RATE), format="OGG", subtype="VORBIS")[:9_000], None),
}


@pytest.mark.parametrize("name", TAKEN)
def test_every_other_file_is_encoded_shown_and_measured(client: TestClient, name: str) -> None:
    data, length = TAKEN[name]
    encoded = encode(client, data)
    (size,) = encoded["size"]
    assert length in (size, None)
    assert encoded["grid"] == [-(-size // STRIDE)]
    assert len(heard(encoded)) == size == len(read_sound(wire.from_data_url(encoded["original"])).samples)
    assert {"mel_db"} <= encoded["quality"].keys() <= {"si_sdr_db", "mel_db", "stoi"}
    measured = client.post("/bench/measure", json=message_of(encoded, original=encoded["original"]))
    assert measured.json() == encoded["quality"]


def test_the_page_is_told_what_the_file_was(client: TestClient) -> None:
    encoded = encode(client, file_of(np.stack([tone(96_000, rate=48_000)] * 2, 1), 48_000))
    assert encoded["source"] == {"seconds": 2.0, "start_s": 0.0, "rate_hz": 48_000, "channels": 2}
    assert encoded["wav_bytes"] == 44 + 2 * 2 * RATE
    assert 0 < encoded["flac_bytes"] < encoded["wav_bytes"]


def test_of_a_longer_sound_the_bench_takes_the_part_that_is_asked_for(client: TestClient) -> None:
    steps = np.repeat(np.arange(40) / 50, RATE).astype(np.float32)  # each second has a number of its own
    data = file_of(steps)
    for at, start in (("", 0), ("0", 0), ("0.5", 5), ("1", 10), ("1e0", 10)):
        encoded = encode(client, data, f"&at={at}")
        assert (encoded["size"], encoded["source"]["start_s"]) == ([LONGEST], start)
        original = read_sound(wire.from_data_url(encoded["original"])).samples
        assert np.abs(original - steps[start * RATE : start * RATE + LONGEST]).max() < 1e-3
    assert encode(client, file_of(tone()), "&at=0.7")["source"]["start_s"] == 0


@pytest.mark.parametrize("at", ["-0.1", "1.01", "nan", "inf", "-inf", "half", "0,5", "1e999", "x" * 999, "%00", " "])
def test_a_place_to_begin_that_is_none_is_refused(client: TestClient, at: str) -> None:
    answer = client.post(f"/bench/encode?codec=audio-rvq&at={at}", content=file_of(tone()))
    assert answer.status_code == 422
    assert "from 0 to 1" in answer.json()["error"]["text"]


def test_as_much_as_the_bench_holds_fits_every_message(client: TestClient) -> None:
    encoded = encode(client, file_of(tone(31 * RATE)))
    message = message_of(encoded, original=encoded["original"])
    assert encoded["size"] == [LONGEST]
    assert 1_280_000 < len(encoded["original"]) < answers.LARGEST_MESSAGE * 0.7
    assert wire.LARGEST_GRID >= 8 * LONGEST / 320, "eight codebooks at fifty frames a second"
    assert client.post("/bench/measure", json=message).json() == encoded["quality"]
    assert len(client.post("/bench/decode", json=message_of(encoded)).content) == 2 * LONGEST
    assert len(client.post("/bench/latents", json=message).content) == 4 * 4 * encoded["grid"][0]


@pytest.mark.parametrize("width", [1, 7, 50])
def test_windows_decoded_one_by_one_join_to_the_whole(client: TestClient, width: int) -> None:
    encoded = encode(client, file_of(np.random.default_rng(0).normal(0, 0.1, 12_345).astype(np.float32)))
    (cells,) = encoded["grid"]
    parts = []
    for start in range(0, cells, width):
        window = [start, min(start + width, cells)]
        parts.append(client.post("/bench/decode", json=message_of(encoded, window=window)).content)
    joined = np.frombuffer(b"".join(parts), "<i2").astype(int)
    assert len(joined) == 12_345
    assert np.abs(joined - heard(encoded)).max() <= 4, "1e-4 of full scale"  # of ±32767


def test_an_edit_changes_nothing_beyond_the_reach(client: TestClient) -> None:
    encoded = calls.sample("audio-rvq", "yes")
    indices = wire.unpack(encoded["indices"], "<u2").copy().reshape(3, -1)
    frame, reach = 50, encoded["reach"]
    indices[:, frame] = (indices[:, frame] + 7) % 24
    edited = client.post("/bench/decode", json=message_of(encoded, indices=wire.pack(indices, "<u2"))).content
    changed = np.flatnonzero(np.frombuffer(edited, "<i2") != heard(encoded)) // STRIDE
    assert frame in changed
    assert frame - reach <= changed.min() and changed.max() <= frame + reach


@pytest.mark.parametrize("ending", media.MEDIA["audio"].files)
def test_the_whole_is_saved_as_a_file_that_sounds_the_same(client: TestClient, ending: str) -> None:
    encoded = calls.sample("audio-rvq", "yes")
    answer = client.post(f"/bench/file?ending={ending}", json=message_of(encoded))
    sound = read_sound(answer.content)
    assert (sound.rate, sound.channels, len(sound.samples)) == (RATE, 1, len(heard(encoded)))
    if ending != "ogg":
        assert np.abs(sound.samples - heard(encoded) / 32767).max() < 1e-4


@pytest.mark.parametrize("ending", ["png", "mp3", "", ".wav", "wav/../x", "x" * 999])
def test_no_other_file_is_written(client: TestClient, ending: str) -> None:
    answer = client.post(f"/bench/file?ending={ending}", json=message_of(calls.sample("audio-rvq", "yes")))
    assert answer.status_code == 422
    assert ".wav, .flac, .ogg" in answer.json()["error"]["text"]


def test_a_sample_is_the_sound_behind_its_address(client: TestClient) -> None:
    encoded = client.get("/bench/sample/audio-rvq/clock").json()
    assert encoded["original"] == "bench/sound/clock"
    wav = client.get(f"/{encoded['original']}").content
    assert len(wav) == encoded["wav_bytes"] == 44 + 2 * encoded["size"][0]
    by_address, by_value = (
        client.post("/bench/measure", json=message_of(encoded, original=original)).json()
        for original in (encoded["original"], wire.data_url("audio/wav", wav))
    )
    assert by_address == by_value == encoded["quality"]


def test_media_are_not_mixed_up(client: TestClient) -> None:
    assert client.get("/bench/sample/image-vq/yes").status_code == 422
    assert client.get("/bench/sample/audio-rvq/temple").status_code == 422
    assert client.get("/bench/sound/temple").status_code == client.get("/bench/square/yes").status_code == 422
    for codec, original in (("audio-rvq", "bench/square/temple"), ("image-vq", "bench/sound/yes")):
        sample = calls.sample(codec, "yes" if codec == "audio-rvq" else "temple")
        assert client.post("/bench/measure", json=message_of(sample, original=original)).status_code == 422
