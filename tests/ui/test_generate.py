"""What the Generate page asks: steps, cells, noise, neighbours; and bad questions get a sentence."""

import json
import shutil
from pathlib import Path

import httpx
import numpy as np
import pytest
import torch

from playground import makers, zoo
from playground.core.errors import InputError
from playground.ui import api_generate, closer, generate
from tests.priors_on_disk import GRID, KINDS, add_priors, packed, zoo_with_priors
from tests.served import Served, using
from tests.ui.asking import CELLS, CODES, cells, picture, question, steps_of
from tests.ui.streams import unpacked


@pytest.fixture(scope="module")
def made(tiny_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> zoo.Zoo:
    """The tiny codecs with priors beside two of them."""
    return zoo_with_priors(tiny_folder, tmp_path_factory.mktemp("priors") / "checkpoints")


@pytest.fixture(autouse=True)
def priors(made: zoo.Zoo, codecs: zoo.Zoo):
    with using(made):
        yield made


def test_the_menu_says_what_can_be_made_and_asked_for() -> None:
    domains = {domain["name"]: domain for domain in generate.menu()["domains"]}
    assert domains.keys() == {"tiny", "notes", "words"}
    tiny = domains["tiny"]
    assert (tiny["codec"], tiny["kind"], tiny["grid"], tiny["codebook_size"]) == ("image-vq", "image", [1, 3, 4], CODES)
    assert tiny["priors"].keys() == set(KINDS) and tiny["seen"] == 30
    assert tiny["priors"]["masked"]["steps"] == 12 and tiny["priors"]["masked"]["sampling"]["guidance"] == 1.5
    names = [name for name, _, _ in tiny["classes"]]
    for name, level, group in tiny["classes"]:
        above = {"red apple": "round", "fruit": "round", "red hammer": "long", "tool": "long"}.get(name)
        assert above is None or names[group] == above
        assert level == {"round": 0, "long": 0, "fruit": 1, "tool": 1}.get(name, 2), name
    assert tiny["chinese"] == {"red apple": "红苹果"}
    json.dumps(domains, allow_nan=False)


def test_what_is_new_in_the_folder_is_on_the_menu(priors: zoo.Zoo) -> None:
    add_priors(priors.folder, priors.load("small-vq"), "later", kinds=("masked",))
    assert "later" in {domain["name"] for domain in generate.menu()["domains"]}
    shutil.rmtree(priors.folder / "small-vq" / "priors")
    assert "later" not in {domain["name"] for domain in generate.menu()["domains"]}


@pytest.mark.parametrize("kind", KINDS)
def test_every_step_is_a_picture_and_the_last_is_the_sample(kind: str) -> None:
    begin, *steps = generate.run(question(kind, count=2))
    names = ["red apple"] * 2
    assert begin["begin"] == [{"prior": f"tiny-{kind}", "steps": len(steps), "count": 2, "names": names}]
    prior = makers.load_prior(f"tiny-{kind}")
    *_, last = prior.sample(2, wanted="red apple", seed=7)
    assert unpacked(steps[-1]["indices"], "<u2").tolist() == last.tokens.indices.flatten().tolist()
    size = prior.config.size
    for told in steps:
        assert picture(told["picture"]).size == (size[1], 2 * size[0])
        assert len(unpacked(told["filled"], "u1")) == 2 * CELLS
        assert (told["latents"] is None) == (kind != "flow")
        assert len(unpacked(told["probability"], "u1")) == len(unpacked(told["entropy"], "u1")) == 2 * CELLS
    shown = np.asarray(picture(steps[-1]["picture"])).astype(float)
    truth = prior.codec.decode(last.tokens).clamp(-1, 1)
    truth = ((truth + 1) * 127.5).permute(0, 2, 3, 1).flatten(0, 1).numpy()
    assert np.abs(shown - truth).max() <= 1
    json.dumps(steps, allow_nan=False)


def test_of_a_group_it_says_what_it_drew() -> None:
    begin, *_, last = generate.run(question("masked", wanted="fruit", count=8))
    names = begin["begin"][0]["names"]
    assert set(names) == {"red apple", "green apple"}
    *_, alone = generate.run(question("masked", wanted=names[0], count=1))
    assert unpacked(last["indices"], "<u2")[:CELLS].tolist() == unpacked(alone["indices"], "<u2").tolist()


def test_a_flow_shows_where_it_is_and_where_it_is_heading() -> None:
    *before, last = steps_of(question("flow"))
    size = makers.load_prior("tiny-flow").config.size
    assert picture(last["picture"]).size == (size[1], 2 * size[0])
    now, heading = np.split(np.asarray(picture(last["picture"])), 2)
    assert (now == heading).all(), "at the end it is where it was heading"
    first = np.split(np.asarray(picture(before[0]["picture"])), 2)
    assert (first[0] != first[1]).any()
    where = unpacked(last["where"], "<f2").reshape(-1, 3, 4)
    codec = zoo.load("image-vq")
    nearest = codec.quantizer.nearest(torch.from_numpy(where.astype(np.float32))[None])
    assert nearest.flatten().tolist() == unpacked(last["indices"], "<u2").tolist()


def test_all_three_take_turns_and_arrive_together() -> None:
    lanes = [told["lane"] for told in steps_of(question(*KINDS))]
    assert set(lanes[:3]) == {0, 1, 2}
    assert all(len(lanes) - 1 - lanes[::-1].index(i) > 0.8 * len(lanes) for i in range(3))
    assert [lanes.count(i) for i in range(3)] == [CELLS, 12, 50]


@pytest.mark.parametrize("kind", ("causal", "masked"))
def test_it_goes_on_from_the_cells_there_are(kind: str) -> None:
    whole = steps_of(question(kind))
    part = whole[len(whole) // 2]
    known, indices = unpacked(part["filled"], "u1").astype(bool), unpacked(part["indices"], "<u2").copy()
    indices[np.flatnonzero(known)[0]] = 5
    message = question(kind)
    message["runs"][0]["given"] = cells(indices.tolist(), known.tolist())
    gone_on = steps_of(message)
    assert int(unpacked(gone_on[0]["filled"], "u1").sum()) > known.sum(), "nothing that only passes by"
    end = unpacked(gone_on[-1]["indices"], "<u2")
    assert (end[known] == indices[known]).all() and unpacked(gone_on[-1]["filled"], "u1").all()


def test_a_flow_is_led_through_cells_set_by_hand() -> None:
    known = [cell in (0, 7) for cell in range(CELLS)]
    message = question("flow")
    message["runs"][0]["given"] = cells([9] * CELLS, known)
    end = unpacked(steps_of(message)[-1]["indices"], "<u2")
    assert end[0] == end[7] == 9


def test_sounds_come_at_the_end_and_texts_at_every_step() -> None:
    *before, last = steps_of({"runs": [{"prior": "notes-masked"}], "count": 2})
    assert not any("sounds" in told for told in before) and len(last["sounds"]) == 2
    assert last["sounds"][0].startswith("data:audio/wav")
    told = steps_of({"runs": [{"prior": "words-causal"}]})
    assert len(told) == 8 and all(isinstance(one["texts"][0], str) for one in told)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"wanted": "red aple"}, "red apple"),
        ({"wanted": 3}, "name"),
        ({"count": 17}, "16"),
        ({"count": 0}, "At least one"),
        ({"count": 1.5}, "whole number"),
        ({"temperature": 0}, "temperature must lie"),
        ({"temperature": "hot"}, "must be a number"),
        ({"top_p": 1.5}, "top p must lie"),
        ({"top_k": -1}, "top k"),
        ({"guidance": 99}, "guidance must lie"),
        ({"steps": 0}, "number of steps"),
        ({"steps": True}, "whole number"),
        ({"seed": -1}, "seed"),
        ({"runs": []}, "priors work"),
        ({"runs": "all"}, "priors work"),
        ({"runs": [{"prior": "nobody"}]}, "tiny-masked"),
        ({"given": cells([1] * CELLS, [True] * CELLS)}, "filled already"),
        ({"given": cells([1] * 3, [True] * 3)}, "not of this prior"),
        ({"given": cells([CODES] * CELLS, [False] * CELLS)}, "not of this prior"),
        ({"given": {"indices": "%"}}, "not an array"),
    ],
)
def test_bad_questions_get_a_sentence(more: dict, said: str) -> None:
    with pytest.raises(InputError, match=said):
        list(generate.run(question("masked") | more))


def test_an_unknown_class_is_answered_by_those_near_to_it() -> None:
    assert generate.known_class({"prior": "tiny-flow", "wanted": "Red Apple"}) == {"known": True, "near": []}
    assert generate.known_class({"prior": "tiny-flow", "wanted": "green hammer"})["known"], "words of several classes"
    told = generate.known_class({"prior": "tiny-flow", "wanted": "red aple"})
    assert not told["known"] and "red apple" in told["near"]


# --- over HTTP, and for scripts ------------------------------------------------------------


def test_steps_come_one_by_one_and_refusals_as_sentences(site: Served) -> None:
    with httpx.stream("POST", f"{site.address}bench/generate", json=question("masked", "flow"), timeout=60) as answer:
        assert answer.headers["Content-Type"].startswith("text/event-stream")
        lines = [line for line in answer.iter_lines() if line]
    messages = [json.loads(line.removeprefix("data: ")) for line in lines]
    assert len(messages[0]["begin"]) == 2 and len(messages) == 1 + 12 + 50
    refused = httpx.post(f"{site.address}bench/generate", json=question("masked", wanted="red aple"), timeout=60)
    assert refused.status_code == 422 and "red apple" in refused.json()["error"]["text"]


def test_every_route_answers(site: Served) -> None:
    at = f"{site.address}bench/generate"
    flow = {"prior": "tiny-flow", "indices": packed([1] * CELLS)}
    cell = cells([3] * CELLS, [True] * CELLS) | {"prior": "tiny-masked", "cell": 2}
    assert len(httpx.get(f"{at}/menu", timeout=60).json()["domains"]) == 3
    assert httpx.post(f"{at}/class", json={"prior": "tiny-flow", "wanted": "fruit"}, timeout=60).json()["known"]
    assert httpx.post(f"{at}/cell", json=cell, timeout=60).json()["codes"]
    assert httpx.post(f"{at}/picture", json=cell, timeout=60).json()["picture"].startswith("data:image/png")
    assert httpx.get(f"{at}/seen/image-vq?seed=2", timeout=60).json()["items"]
    found = {"codec": "image-vq", "grid": list(GRID), "indices": packed([1] * CELLS)}
    assert httpx.post(f"{at}/neighbours", json=found, timeout=60).json()["nearest"]
    assert httpx.post(f"{at}/noising", json=flow, timeout=60).text.count("data: {") == closer.NOISES + 1
    assert httpx.post(f"{at}/back", json=flow | {"time": 0.5, "steps": 3}, timeout=60).text.count("data: {") == 4
    assert httpx.post(f"{at}/open?prior=tiny-flow", content=b"x", timeout=60).status_code == 422


def test_scripts_generate_too(site: Served, tmp_path: Path) -> None:
    from gradio_client import Client

    client = Client(site.address, verbose=False, download_files=str(tmp_path))
    assert {domain["name"] for domain in client.predict(api_name="/priors")} >= {"tiny", "notes", "words"}
    told = client.predict("tiny-masked", "red apple", 7, 2, {"steps": 5}, api_name="/generate")
    *_, last = makers.load_prior("tiny-masked").sample(2, wanted="red apple", seed=7, steps=5)
    assert told["tokens"]["indices"] == last.tokens.indices.tolist() and len(told["outputs"]) == 2
    assert told["names"] == ["red apple"] * 2
    one = told["tokens"] | {"indices": told["tokens"]["indices"][:1]}
    assert client.predict(one, api_name="/neighbours")["looked"] == 30
    given = {"indices": one["indices"][0], "known": [[[True] * 4, [False] * 4, [False] * 4]]}
    cell = client.predict("tiny-masked", given, 6, "red apple", {}, api_name="/cell_probabilities")
    assert cell["possible"] == CODES
    again = api_generate.generate("tiny-causal", options={"given": given})
    assert again["tokens"]["indices"][0][0][0] == one["indices"][0][0][0]
    with pytest.raises(InputError, match="One sample"):
        api_generate.neighbours(told["tokens"])
    for bad in ({}, {"indices": [[["x"]]], "known": [[[1]]]}, {"indices": [[[-1]]], "known": [[[1]]]}):
        with pytest.raises(InputError, match="not of this prior"):
            api_generate.cell_probabilities("tiny-masked", bad, 0)
