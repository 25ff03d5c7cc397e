"""Codebook games through the routes: what they show, and what is refused."""

import json

import numpy as np
import pytest
from starlette.testclient import TestClient

from playground.ui import games, media, mixing, server
from tests.ui.streams import EACH, PICTURES, SOUNDS, events, unpacked


@pytest.fixture(scope="module")
def client() -> TestClient:
    return TestClient(server.make_server(), raise_server_exceptions=False)


@EACH
def test_a_palette_uses_only_the_codes_of_b(client: TestClient, question: dict) -> None:
    told = client.post("/bench/game/palette", json=question).json()
    plan = events(client, "blend", question | {"a": question["b"], "steps": 1, "paths": ["tokens"]})[0]
    books = plan["codebooks"]
    used, palette = (unpacked(text, "<u2").reshape(books, -1) for text in (told["indices"], plan["tokens"][0]))
    if question is PICTURES:
        assert set(used[0]) <= set(palette[0])
    assert unpacked(told["cells"], "u1").sum() == told["others"] <= told["count"] == used.size


@EACH
def test_games_show_before_and_after(client: TestClient, question: dict) -> None:
    told = client.post("/bench/game/permute", json=question | {"seed": 2}).json()
    assert told["others"] > 0.5 * told["count"]
    assert told["before"] != told["data"]
    again = client.post("/bench/game/permute", json=question | {"seed": 2}).json()
    assert again == told


def test_two_codebooks_change_places(client: TestClient) -> None:
    told = client.post("/bench/game/levels", json=SOUNDS | {"i": 0, "j": 2}).json()
    plain = client.post("/bench/game/levels", json=SOUNDS | {"i": 1, "j": 1}).json()
    assert plain["others"] == 0 and plain["before"] == plain["data"]
    after, before = (unpacked(t["indices"], "<u2").reshape(3, -1) for t in (told, plain))
    assert np.array_equal(after, before[[2, 1, 0]])


def test_another_codec_of_another_shape_cannot_read(client: TestClient) -> None:
    for other in ("small-vq", "some-rvq", "audio-rvq", "nobody"):
        assert client.post("/bench/game/read", json=PICTURES | {"other": other}).status_code == 422
    told = client.post("/bench/game/read", json=PICTURES | {"other": "image-vq"}).json()
    assert told["others"] == 0 and told["before"] == told["data"]


@EACH
def test_round_trips_stream_and_end(client: TestClient, question: dict) -> None:
    start, *trips = events(client, "drift", question | {"passes": 5})
    assert start["kind"] == "start" and 1 <= len(trips) <= 5
    for number, trip in enumerate(trips, 1):
        assert trip["number"] == number and trip["quality"]
        assert sum(trip["away"]) == unpacked(trip["cells"], "u1").sum()
        assert all(0 <= moved <= start["count"] for moved in trip["moved"])
    assert all(trip["like"] is None for trip in trips[:-1])


@EACH
def test_wobble_tells_flips_and_margins(client: TestClient, question: dict) -> None:
    still = client.post("/bench/wobble", json=question | {"sigma": 0}).json()
    assert not unpacked(still["flipped"], "<f4").any() and still["data"] == still["before"]
    told = client.post("/bench/wobble", json=question | {"sigma": 0.4, "trials": 4}).json()
    flipped, margins = (unpacked(told[name], "<f4") for name in ("flipped", "margins"))
    assert flipped.shape == margins.shape and flipped.any() and margins.min() >= 0
    assert all(-1 <= value <= 1 for value in told["agreement"])


BAD_GAMES = [
    ("game/nothing", {}),
    ("game/permute", {"seed": "x"}),
    ("game/levels", {"i": 0, "j": 5}),
    ("game/palette", {"b": None}),
    ("drift", {"passes": 0}),
    ("drift", {"passes": 41}),
    ("wobble", {"sigma": -1}),
    ("wobble", {"sigma": float("inf")}),
    ("wobble", {"trials": 99}),
    ("wobble", {"seed": 2**40}),
    ("wobble", {"a": "bench/sound/nobody"}),
]


@pytest.mark.parametrize(("path", "more"), BAD_GAMES)
def test_a_game_that_cannot_be_played_is_refused(client: TestClient, path: str, more: dict) -> None:
    answer = client.post(f"/bench/{path}", content=json.dumps(SOUNDS | more))
    assert answer.status_code == 422, answer.text


def test_there_is_a_mixing_for_every_medium_and_a_game_for_every_name() -> None:
    assert mixing.MIXING.keys() == media.MEDIA.keys()
    assert set(games.GAMES) == {"palette", "permute", "levels", "read"}
