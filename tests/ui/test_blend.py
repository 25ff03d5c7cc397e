"""Blend and games through the routes: what streams, what is saved, and what is refused."""

import base64
import io
import json

import numpy as np
import pytest
import torch
from gradio_client import Client, handle_file
from PIL import Image
from starlette.testclient import TestClient

from playground.edits import blends
from playground.media.sounds import RATE, read_sound
from playground.ui import answers, blend, media, mixing, samples, server, wire
from tests.served import Served
from tests.ui.streams import EACH, PICTURES, SOUNDS, TEXTS, events, unpacked


@pytest.fixture(scope="module")
def client() -> TestClient:
    return TestClient(server.make_server(), raise_server_exceptions=False)


# --- paths --------------------------------------------------------------------------------


@EACH
def test_a_plan_comes_first_then_all_frames_coarse_to_fine_then_flips(client: TestClient, question: dict) -> None:
    told = events(client, "blend", question | {"steps": 4})
    plan, *frames, flips, done = told
    assert [plan["kind"], flips["kind"], done["kind"]] == ["plan", "flips", "done"]
    assert plan["paths"] == ["signal", "latents", "snapped", "tokens"]
    assert [frame["step"] for frame in frames if frame["path"] == "tokens"] == [0, 4, 2, 1, 3]
    assert len(frames) == 5 * 4
    cells = plan["codebooks"] * np.prod(plan["grid"])
    assert [len(unpacked(tokens, "<u2")) for tokens in plan["tokens"]] == [cells, cells]
    assert len(unpacked(plan["when"], "<f4")) == cells
    assert plan["bits"]["snapped"] == plan["bits"]["tokens"] < plan["bits"]["latents"]
    columns = [unpacked(flips[name], "<u2") for name in ("steps", "levels", "cells", "codes")]
    assert len({len(column) for column in columns}) == 1
    assert flips["places"] % 4 == 0 and len(flips["far"]) == flips["places"] + 1


@EACH
def test_flips_lead_from_the_tokens_of_a_to_those_of_b(client: TestClient, question: dict) -> None:
    plan, *_, flips, _ = events(client, "blend", question | {"steps": 2, "paths": ["snapped"]})
    a, b = (unpacked(tokens, "<u2").reshape(plan["codebooks"], -1).copy() for tokens in plan["tokens"])
    levels, cells, codes = (unpacked(flips[name], "<u2") for name in ("levels", "cells", "codes"))
    for level, cell, code in zip(levels, cells, codes, strict=True):
        a[level, cell] = code
    assert np.array_equal(a, b)


@EACH
def test_frames_are_what_the_step_is_saved_as(client: TestClient, question: dict) -> None:
    medium = media.of({"image-vq": "image", "audio-rvq": "audio", "text-rvq": "text"}[question["codec"]])
    frames = events(client, "blend", question | {"steps": 2})[1:-2]
    for frame in frames:
        place = {"path": frame["path"], "share": frame["step"] / 2}
        file = client.post(f"/bench/blend/step?ending={medium.exact}", json=question | place).content
        saved = medium.modality.read(file)
        window = base64.b64decode(frame["data"])
        if medium.live[0] == "jpg":
            shown = np.asarray(Image.open(io.BytesIO(window)), float)
            assert np.abs(shown - np.asarray(Image.open(io.BytesIO(file)), float)).mean() < 6
        elif medium.live[0] == "pcm":
            assert np.abs(np.frombuffer(window, "<i2") / 32768 - saved[0, 0].numpy()).max() < 1e-3
        else:
            assert window.decode(errors="replace") == file.decode()


def test_coarse_to_fine_names_every_step_once() -> None:
    for steps in (1, 2, 3, 7, 16, 48, 64):
        order = blend.halving(steps)
        assert sorted(order) == list(range(steps + 1))
        assert set(order[:2]) == {0, steps}
    assert blend.halving(16)[2] == 8


def test_the_ends_of_the_tokens_are_a_and_b_through_codes(client: TestClient) -> None:
    for share, name in ((0, "temple"), (1, "moon")):
        file = client.post("/bench/blend/step?ending=png", json=PICTURES | {"path": "tokens", "share": share}).content
        with torch.inference_mode():
            codec = blend.zoo.load_listed("image-vq")
            truth = codec.decode(codec.encode(samples.opened(name).signal))
        assert np.array_equal(
            np.asarray(Image.open(io.BytesIO(file))), np.asarray(media.of("image").modality.write(truth))
        )


def test_sounds_are_cut_to_the_shorter_and_texts_between_characters() -> None:
    a, b = torch.zeros(1, 1, 9 * RATE), torch.zeros(1, 1, 20 * RATE)
    assert [x.shape[-1] for x in mixing.MIXING["audio"].fit(a, b)] == [mixing.LONGEST] * 2
    assert [x.shape[-1] for x in mixing.MIXING["audio"].fit(a[..., :99], b)] == [99, 99]
    texts = media.of("text").modality
    for a, b in (("abcdefgh", "我叫李雷"), ("我叫李", "abc"), ("é", "我我")):
        signals = mixing.MIXING["text"].fit(texts.read(a), texts.read(b))
        lengths = {signal.shape[-1] for signal in signals}
        assert lengths == {min(len(a.encode()), len(b.encode()))}
        for whole, signal in zip((a, b), signals, strict=True):
            text = texts.write(signal)
            assert whole.startswith(text.rstrip(" ")) and "\ufffd" not in text


def test_a_selection_runs_ahead(client: TestClient) -> None:
    region = np.zeros((64, 64), "u1")
    plan = events(client, "blend", PICTURES | {"steps": 1, "paths": ["tokens"]})[0]
    region = np.zeros(plan["grid"], "u1")
    region[:, :4] = 1
    question = PICTURES | {"steps": 1, "paths": ["tokens"], "region": wire.pack(region, "u1"), "inside": 8}
    ahead = unpacked(events(client, "blend", question)[0]["when"], "<f4").reshape(plan["grid"])
    before = unpacked(plan["when"], "<f4").reshape(plan["grid"])
    assert np.allclose(ahead[:, :4], before[:, :4] / 8) and np.allclose(ahead[:, 4:], before[:, 4:])
    never = unpacked(events(client, "blend", question | {"inside": 0})[0]["when"], "<f4").reshape(plan["grid"])
    assert np.isinf(never[:, :4]).all() and np.isfinite(never[:, 4:]).all()


@pytest.mark.parametrize(("ending", "form"), [("gif", "GIF"), ("webp", "WEBP")])
def test_a_path_is_saved_as_a_film(client: TestClient, ending: str, form: str) -> None:
    question = PICTURES | {"path": "snapped", "steps": 4}
    answer = client.post(f"/bench/blend/film?ending={ending}", json=question)
    film = Image.open(io.BytesIO(answer.content))
    assert (film.format, film.n_frames, film.size) == (form, 8, (256, 256))


def test_a_path_of_texts_is_saved_as_a_list(client: TestClient) -> None:
    answer = client.post("/bench/blend/film?ending=txt", json=TEXTS | {"path": "signal", "steps": 4})
    lines = answer.content.decode().splitlines()
    assert [line.split("\t")[0] for line in lines] == ["0.000", "0.250", "0.500", "0.750", "1.000"]


def test_a_sound_turns_into_the_other_while_it_plays(client: TestClient) -> None:
    told = client.post("/bench/blend/across", json=SOUNDS).json()
    length = samples.opened("yes", "audio").signal.shape[-1]
    assert {name: len(base64.b64decode(data)) for name, data in told.items()} == dict.fromkeys(told, 2 * length)
    ends = [samples.opened(name, "audio").signal[0, 0, :length].numpy() for name in ("yes", "man")]
    heard = unpacked(told["signal"], "<i2") / 32767
    assert np.abs(heard[:80] - ends[0][:80]).max() < 0.02 and np.abs(heard[-80:] - ends[1][-80:]).max() < 0.02
    file = client.post("/bench/blend/step?ending=wav", json=SOUNDS | {"path": "signal", "across": True}).content
    assert np.abs(read_sound(file).samples - heard).max() < 1e-3


BAD = {
    "no codec": {"codec": "nobody"},
    "no a": {"a": None},
    "an address": {"b": "https://example.org/cat.png"},
    "a path of ours": {"b": "bench/square/../../../app.py"},
    "no such curve": {"curve": "zigzag"},
    "no such order": {"order": []},
    "a boolean for steps": {"steps": True},
    "too many steps": {"steps": 65},
    "no steps": {"steps": 0},
    "half a step": {"steps": 1.5},
    "a seed that is none": {"seed": -1},
    "speeds of other codebooks": {"books": [1, 1]},
    "a speed too high": {"books": [9]},
    "a speed that is none": {"inside": "fast"},
    "not a number": {"inside": float("nan")},
    "a region of another size": {"region": wire.pack(np.zeros(5), "u1")},
    "a region that is none": {"region": 7},
    "a path that is none": {"paths": ["sideways"]},
    "paths that are none": {"paths": {"tokens": 1}},
}


@pytest.mark.parametrize("name", BAD)
def test_what_cannot_be_blended_is_said_before_anything_streams(client: TestClient, name: str) -> None:
    answer = client.post("/bench/blend", content=json.dumps(PICTURES | BAD[name]))
    assert answer.status_code == 422
    assert answer.json()["error"]["text"]


@pytest.mark.parametrize("route", ["step?ending=exe", "film?ending=exe", "film?ending=png", "step?ending=png"])
def test_what_cannot_be_saved_is_said(client: TestClient, route: str) -> None:
    bad = PICTURES | {"path": "snapped" if "exe" in route or "film" in route else "nowhere"}
    assert client.post(f"/bench/blend/{route}", json=bad).status_code == 422
    assert (
        client.post("/bench/blend/step?ending=png", json=PICTURES | {"path": "signal", "share": 2}).status_code == 422
    )


def test_two_sounds_of_full_length_fit_the_message(client: TestClient) -> None:
    noise = torch.rand(1, 1, 30 * RATE) * 0.2
    long = media.url(media.of("audio").file(noise, "wav"))
    question = SOUNDS | {"a": long, "b": long, "steps": 1, "paths": ["tokens"]}
    assert len(json.dumps(question)) > answers.LARGEST_MESSAGE
    plan = events(client, "blend", question)[0]
    assert plan["size"] == [mixing.LONGEST]


def test_a_failure_half_way_is_said_in_the_stream(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blends, "flipped_at", lambda *_: 1 / 0)
    *_, last = events(client, "blend", PICTURES | {"steps": 1})
    assert "id" in last["error"]["values"]


# --- endpoints ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def script(site: Served) -> Client:
    return Client(site.address, verbose=False)


def test_scripts_can_blend_and_play(script: Client, tmp_path) -> None:
    files = []
    for name in ("temple", "moon"):
        path = tmp_path / f"{name}.webp"
        path.write_bytes(samples.data(name))
        files.append(handle_file(str(path)))
    a, b = files
    url = script.predict(a, b, path="tokens", share=0.25, options={"order": "along"}, api_name="/blend")
    assert Image.open(io.BytesIO(wire.from_data_url(url))).size == (256, 256)
    film = script.predict(a, b, steps=2, ending="webp", api_name="/blend_film")
    assert Image.open(io.BytesIO(wire.from_data_url(film))).n_frames == 4
    told = script.predict(a, "palette", b=b, api_name="/game")
    assert told["others"] > 0 and told["codec"] == "image-vq"
    assert [trip["number"] for trip in script.predict(a, passes=2, api_name="/drift")][:1] == [1]
    assert script.predict(a, sigma=0.0, trials=1, api_name="/wobble")["agreement"] == [0]


def test_endpoints_take_no_files_that_were_not_uploaded_and_explain_themselves(script: Client) -> None:
    outside = {"path": "/etc/hostname", "meta": {"_type": "gradio.FileData"}}
    with pytest.raises(Exception, match=r"[Uu]pload|allowed|Access|does not exist|file"):
        script.predict(outside, outside, api_name="/blend")
    endpoints = script.view_api(return_format="dict")["named_endpoints"]
    assert {"/blend", "/blend_film", "/game", "/drift", "/wobble"} <= endpoints.keys()


def test_a_selection_of_a_sound_that_is_cut_to_the_shorter_is_cut_too(client: TestClient) -> None:
    cells = base64.b64encode(bytes([1]) * 475).decode()
    question = {"codec": "audio-rvq", "a": "bench/sound/woman", "b": "bench/sound/yes", "steps": 1, "paths": ["tokens"]}
    plan = events(client, "blend", question | {"region": cells, "inside": 2})[0]
    assert plan["grid"][0] < 475
