"""A prior on the bench through the routes: what streams, what is repaired, and what is refused."""

import base64
import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from gradio_client import Client, handle_file
from starlette.testclient import TestClient

from playground import zoo
from playground.core.errors import InputError
from playground.ui import calls, media, refill, samples, server
from tests.served import Served, make_checkpoints, serve, using
from tests.tiny_priors import add_priors
from tests.ui.streams import events, unpacked

BENCHES = {"image": ("image-vq", "temple"), "audio": ("audio-rvq", "yes"), "text": ("text-rvq", "verse")}
EACH = pytest.mark.parametrize("kind", BENCHES)
DAMAGES = [("image", "blocks"), ("image", "low4"), ("audio", "gap"), ("audio", "noise"), ("text", "lost")]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return add_priors(make_checkpoints(tmp_path_factory.mktemp("refill") / "checkpoints"))


@pytest.fixture(autouse=True)
def with_priors(folder: Path) -> Iterator[None]:
    with using(zoo.Zoo(folder)):
        yield


@pytest.fixture(scope="module")
def client() -> TestClient:
    return TestClient(server.make_server(), raise_server_exceptions=False)


def bench(kind: str, prior: str = "masked") -> dict:
    """What the page sends of a sample on the bench."""
    codec, name = BENCHES[kind]
    told = calls.sample(codec, name)
    kept = {key: told[key] for key in ("codec", "grid", "size", "indices", "codebooks")}
    return kept | {"prior": f"{codec}-{prior}", "count": 2}


def middle(question: dict) -> dict:
    marked = np.zeros(question["grid"], "u1")
    marked[tuple(slice(length // 4, length // 2) for length in question["grid"])] = 1
    return {"cells": base64.b64encode(marked.tobytes()).decode()}


@EACH
@pytest.mark.parametrize("prior", ["masked", "causal"])
def test_marked_cells_are_made_and_all_others_stay(client: TestClient, kind: str, prior: str) -> None:
    question = bench(kind, prior)
    question |= middle(question)
    plan, *steps, done = events(client, "refill/refill", question)
    assert (plan["kind"], done["kind"]) == ("plan", "done")
    assert {step["kind"] for step in steps} == {"step"} and steps[-1]["step"] == steps[-1]["steps"]
    mask = unpacked(question["cells"], "u1") > 0
    assert np.array_equal(unpacked(plan["mask"], "u1") > 0, mask) and plan["marked"] == mask.sum()
    assert all(not unpacked(left, "u1").any() for left in steps[-1]["left"])
    before = unpacked(question["indices"], "<u2").reshape(question["codebooks"], -1)
    assert len(done["indices"]) == len(done["data"]) == len(done["changed"]) == 2
    for indices, changed in zip(done["indices"], done["changed"], strict=True):
        after = unpacked(indices, "<u2").reshape(before.shape)
        assert np.array_equal(after[:, ~mask], before[:, ~mask])
        assert changed == (after != before).sum() > 0


@EACH
def test_one_seed_gives_the_same_again(client: TestClient, kind: str) -> None:
    question = bench(kind) | {"share": 0.3, "seed": 7}
    first, again = (events(client, "refill/variations", question)[-1] for _ in range(2))
    assert first["indices"] == again["indices"] and first["data"] == again["data"]
    other = events(client, "refill/variations", question | {"seed": 8})[-1]
    assert other["indices"] != first["indices"]


@EACH
def test_what_is_shown_at_the_end_is_what_the_tokens_stand_for(client: TestClient, kind: str) -> None:
    question = bench(kind) | {"share": 0.2}
    plan, *_, done = events(client, "refill/variations", question)
    assert plan["marked"] == max(1, round(0.2 * plan["cells"]))
    tokens = {key: plan[key] for key in ("grid", "size", "codebooks")} | {"codec": question["codec"]}
    file = calls.decode(tokens | {"indices": done["indices"][1]})
    medium = media.of(kind)
    shown = base64.b64decode(done["data"][1])
    assert shown == file.data or medium.live[0] == "jpg"  # of which a hand that moves gets a rougher one


@pytest.mark.parametrize("kind", ["audio", "text"])
def test_a_sound_and_a_text_go_on_at_their_end(client: TestClient, kind: str) -> None:
    question = bench(kind, "causal")
    plan, *_, done = events(client, "refill/extend", question | {"cells": 9})
    length, books = question["grid"][0], question["codebooks"]
    assert plan["grid"] == [length + 9]
    whole = question["size"][0] // zoo.load_listed(question["codec"]).stride
    after = unpacked(done["indices"][0], "<u2").reshape(books, -1)
    before = unpacked(question["indices"], "<u2").reshape(books, -1)
    assert np.array_equal(after[:, :whole], before[:, :whole])


def test_a_picture_has_no_end(client: TestClient) -> None:
    refused(client, "refill/extend", bench("image") | {"cells": 3}, "has an end")


def refused(client: TestClient, path: str, question: dict, part: str) -> None:
    answer = client.post(f"/bench/{path}", json=question)
    assert answer.status_code == 422 and part in answer.json()["error"]["text"], answer.text


def test_what_cannot_be_is_a_sentence_before_anything_streams(client: TestClient) -> None:
    question = bench("image")
    cells = math.prod(question["grid"])
    marked = [base64.b64encode(bytes([n]) * cells).decode() for n in (0, 1)]
    refused(client, "refill/refill", question | {"cells": marked[0]}, "none are marked")
    refused(client, "refill/refill", question | {"cells": marked[1]}, "nothing to go by")
    refused(client, "refill/refill", question | {"cells": base64.b64encode(b"123").decode()}, "3 cells")
    refused(client, "refill/refill", question, "not an array")
    refused(client, "refill/dance", question, "no such way")
    for wrong in ({"share": 0.01}, {"share": 0.96}, {"share": "half"}, {"share": True}):
        refused(client, "refill/variations", question | wrong, "0.05 to 0.95")
    good = question | {"share": 0.5}
    refused(client, "refill/variations", good | {"seed": -1}, "0 to 999999")
    refused(client, "refill/variations", good | {"count": 5}, "1 to 4")
    refused(client, "refill/variations", good | {"temperature": 0}, "0.05 to 2")
    refused(client, "refill/variations", good | {"wanted": "a horse"}, "no class")
    refused(client, "refill/variations", good | {"prior": "nobody"}, "no prior")
    refused(client, "refill/variations", good | {"prior": "audio-rvq-masked"}, "audio-rvq")
    refused(client, "refill/variations", good | {"codec": "nobody"}, "nobody")


@pytest.mark.parametrize(("kind", "damage"), DAMAGES)
def test_a_repair_says_how_near_each_stage_is(client: TestClient, kind: str, damage: str) -> None:
    question = bench(kind)
    name = BENCHES[kind][1]
    asked = {"codec": question["codec"], "prior": question["prior"], "original": samples.address(name, kind)}
    damaged, plan, *_, done, verdict = events(client, "repair", asked | {"damage": damage, "share": 0.25})
    assert [part["kind"] for part in (damaged, plan, done, verdict)] == ["damaged", "plan", "done", "verdict"]
    assert set(damaged["data"]) == {"original", "damaged", "through"} and len(done["data"]) == 1
    assert damaged["known"] == (damage in ("blocks", "gap", "lost"))
    if not damaged["known"]:
        assert plan["marked"] == round(0.25 * plan["cells"])
    codec, medium = zoo.load_listed(question["codec"]), media.of(kind)
    repaired = refill.tokens_of(done["indices"][0], plan, codec.name)
    with torch.inference_mode():
        truth = calls.quality(medium.modality, samples.opened(name, kind).signal, codec.decode(repaired))
    assert verdict["quality"]["repaired"] == pytest.approx(truth, rel=1e-4)
    assert set(damaged["quality"]) == {"damaged", "through", "undamaged"}
    assert damaged["quality"]["undamaged"] == pytest.approx(calls.sample(codec.name, name)["quality"], rel=1e-3)


def test_a_repair_of_nothing_is_a_sentence(client: TestClient) -> None:
    asked = {"codec": "image-vq", "prior": "image-vq-masked", "original": samples.address("temple", "image")}
    refused(client, "repair", asked | {"damage": "rust"}, "no such damage")
    refused(client, "repair", asked | {"damage": "blur", "amount": 2}, "from 0 to 1")
    refused(client, "repair", asked | {"damage": "blur", "prior": "image-vq-flow"}, "how probable")
    refused(client, "repair", asked | {"damage": "blur", "share": 1}, "0.05 to 0.95")


def test_only_priors_of_the_medium_are_offered(client: TestClient) -> None:
    told = client.get("/bench/refill/image").json()
    assert [prior["name"] for prior in told["priors"]] == ["image-vq-causal", "image-vq-flow", "image-vq-masked"]
    assert told["damages"][0] == "blocks" and told["priors"][0]["grid"] == [1, 8, 8]
    assert client.get("/bench/refill/smell").status_code == 422


def test_a_prior_that_is_asked_no_further_stops() -> None:
    work = refill.stream(bench("image") | {"share": 0.5}, "variations")
    assert next(work)["kind"] == "plan" and next(work)["kind"] == "step"
    work.close()
    with pytest.raises(StopIteration):
        next(work)


def test_the_named_endpoints_do_the_same(folder: Path, tmp_path: Path) -> None:
    with serve(folder) as served:
        _ask(served, tmp_path)


def _ask(served: Served, tmp_path: Path) -> None:
    client = Client(served.address, verbose=False)
    (tmp_path / "a.png").write_bytes(samples.opened("temple", "image").file.data)
    file = handle_file(tmp_path / "a.png")
    tokens = client.predict(file, "image-vq", api_name="/encode")["tokens"]
    cells = [int(i < 20) for i in range(math.prod(np.shape(tokens["indices"])[-2:]))]
    made = client.predict(tokens, cells, "image-vq-masked", {"count": 2}, api_name="/refill")
    before, after = (np.ravel(one["indices"]) for one in (tokens, made[0]))
    assert len(made) == 2 and np.array_equal(before[20:], after[20:]) and not np.array_equal(before, after)
    varied = client.predict(tokens, 0.1, "image-vq-masked", {"count": 1}, api_name="/variations")
    assert 0 < (np.ravel(varied[0]["indices"]) != before).sum() <= round(0.1 * len(before))
    told = client.predict(file, "blocks", "image-vq-masked", {"amount": 0.3}, "image-vq", api_name="/repair")
    assert set(told["quality"]) == {"damaged", "through", "undamaged", "repaired"}
    spoken = {key: bench("text")[key] for key in ("codec", "indices", "grid", "size", "codebooks")}
    text = refill.tokens_of(spoken["indices"], spoken, "text-rvq")
    longer = client.predict(_json(text), 4, "text-rvq-causal", {"count": 1}, api_name="/extend")
    assert np.shape(longer[0]["indices"])[-1] == text.grid[0] + 4
    with pytest.raises(Exception, match="none are marked"):
        client.predict(tokens, [0] * len(cells), "image-vq-masked", {}, api_name="/refill")


def _json(tokens) -> dict:
    import json

    from playground.media import token_files

    return json.loads(token_files.to_json(tokens))


def test_a_strange_way_to_call_is_a_sentence() -> None:
    with pytest.raises(InputError):
        refill.stream({"codec": None}, "refill")
