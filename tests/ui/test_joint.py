"""What the Joint page asks: every subset is understood, everything can be made, and bad input gets a sentence."""

import io
import json
import math

import httpx
import numpy as np
import pytest
from PIL import Image

from playground import joints
from playground.core.errors import InputError
from playground.media.sounds import Sound
from playground.models.joint import SENSES
from playground.ui import api_joint, joint, joint_book, wire
from tests.served import JOINT, Served


def picture(mode: str = "L", ink: int = 255) -> str:
    pixels = np.zeros((60, 60), np.uint8)
    pixels[10:50, 25:32] = ink
    file = io.BytesIO()
    Image.fromarray(pixels).convert(mode).save(file, "PNG")
    return wire.data_url("image/png", file.getvalue())


def sound(loudness: float = 0.5, seconds: float = 0.6) -> str:
    samples = loudness * np.sin(np.arange(int(16_000 * seconds)) / 9).astype(np.float32)
    return wire.data_url("audio/wav", Sound(samples).file(".wav"))


GIVEN = {"pictures": picture(), "sounds": sound(), "words": "two"}


def thought(**more: object) -> dict:
    return joint.think({"model": JOINT, **more})


@pytest.mark.parametrize("senses", [["pictures"], ["sounds"], ["words"], ["pictures", "words"], list(SENSES)], ids=str)
def test_any_subset_is_understood(senses: list[str]) -> None:
    told = thought(given={sense: GIVEN[sense] for sense in senses})
    config = joints.load_joint(JOINT).config
    assert told["senses"].keys() == set(senses) and not told["problems"]
    for belief in (told["belief"], told["spoken"], *(own["belief"] for own in told["senses"].values())):
        assert len(belief) == len(config.meanings) and sum(belief) == pytest.approx(1, abs=1e-3)
    assert len(told["latents"]) == config.dim and len(told["concept"]) == config.num_codebooks
    assert sum(own["share"] for own in told["senses"].values()) < 1
    json.dumps(told, allow_nan=False)


def test_a_weight_of_nothing_mutes_a_sense_and_a_large_one_outvotes_the_others() -> None:
    both = {"pictures": GIVEN["pictures"], "words": GIVEN["words"]}
    alone = thought(given={"words": GIVEN["words"]})
    assert thought(given=both, weights={"pictures": 0})["belief"] == alone["belief"]
    shares = [thought(given=both, weights={"pictures": w})["senses"]["pictures"]["share"] for w in (0.5, 1.0, 5.0)]
    assert shares == sorted(shares) and shares[0] < shares[2]


def test_words_are_known_or_said_to_be_unknown() -> None:
    assert thought(given={"words": "Two "})["senses"]["words"]["known"]
    told = thought(given={"words": "zwei"})["senses"]["words"]
    assert not told["known"] and told["tongue"] is None


def test_noise_is_seen_and_heard_and_the_same_every_time() -> None:
    given = {"pictures": GIVEN["pictures"], "sounds": GIVEN["sounds"]}
    plain, noisy, again = (thought(given=given, noise=noise) for noise in ({}, *2 * [{"pictures": 1, "sounds": 1.5}]))
    assert noisy["senses"] == again["senses"]
    assert plain["senses"]["pictures"]["seen"] != noisy["senses"]["pictures"]["seen"]
    assert plain["senses"]["sounds"]["heard"] != noisy["senses"]["sounds"]["heard"]
    assert Image.open(io.BytesIO(wire.from_data_url(noisy["senses"]["pictures"]["seen"]))).size == (32, 32)


@pytest.mark.parametrize(
    ("sense", "value", "said"),
    [
        ("pictures", picture(ink=0), "nothing drawn"),
        ("pictures", wire.data_url("image/png", b"no picture"), "picture"),
        ("sounds", sound(0.0), "silence"),
        ("sounds", wire.data_url("audio/wav", b"no sound"), "no sound file"),
        ("words", "   ", "no word"),
    ],
)
def test_what_cannot_be_understood_is_said_of_its_sense_and_the_others_go_on(sense: str, value: str, said: str) -> None:
    told = thought(given={sense: value})
    assert told["belief"] is None and said in told["problems"][sense]["text"]
    other = "words" if sense != "words" else "pictures"
    told = thought(given={sense: value, other: GIVEN[other]})
    assert told["belief"] and told["senses"].keys() == {other} and told["problems"].keys() == {sense}


def test_codes_points_and_dreams_are_thoughts_too() -> None:
    first = thought(given=GIVEN)
    edited = thought(concept=[(first["concept"][0] + 1) % 4, *first["concept"][1:]])
    assert edited["concept"] != first["concept"] and edited["belief"] == edited["spoken"]
    again = thought(latents=first["latents"])
    assert again["concept"] == first["concept"] and again["belief"] == pytest.approx(first["belief"], abs=1e-2)
    assert thought(nothing=5) == thought(nothing=5)
    assert len({str(thought(nothing=seed)["latents"]) for seed in range(4)}) > 1


def test_samples_are_made_by_seed_and_in_the_styles_that_are_asked_for() -> None:
    concept = thought(given=GIVEN)["concept"]
    wish = {"model": JOINT, "concept": concept, "seed": 3, "count": 3}
    made = joint.make(wish | {"styles": {"pictures": "hand sign", "words": "pinyin"}})
    assert made["styles"]["pictures"] == ["hand sign"] * 3 and made["styles"]["words"] == ["pinyin"] * 3
    assert len(made["pictures"]) == len(made["sounds"]) == len(made["words"]) == len(made["rows"]) == 3
    assert all(row[: len(concept)] == concept for row in made["rows"])
    assert Image.open(io.BytesIO(wire.from_data_url(made["pictures"][0]))).size == (32, 32)
    assert len(wire.unpack(made["sounds"][0], "<i2")) > 10_000
    assert joint.make(wish) == joint.make(wish)
    assert joint.make(wish)["rows"] != joint.make(wish | {"seed": 4})["rows"]


def test_attention_joins_different_parts_only() -> None:
    (card,) = joint_book.models()["models"]
    made = joint.make({"model": JOINT, "concept": [0] * card["num_codebooks"], "count": 1})
    length = card["segments"][-1]["stop"]
    looks = wire.unpack(made["attention"][0], "u1").reshape(length, length)
    assert looks.max() == 255 and len(made["rows"][0]) == length
    for part in {segment["part"] for segment in card["segments"]}:
        own = [s for s in card["segments"] if s["part"] == part]
        here = slice(own[0]["start"], own[-1]["stop"])
        assert not looks[here, here].any()


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ({"given": {}}, "Nothing is given"),
        ({"given": GIVEN, "weights": {"pictures": 99}}, "from 0 to"),
        ({"given": GIVEN, "weights": {"smells": 1}}, "from 0 to"),
        ({"given": GIVEN, "noise": {"pictures": math.nan}}, "from 0 to"),
        ({"given": {"pictures": "http://127.0.0.1/x.png"}}, None),
        ({"given": "all"}, "not a message"),
        ({"concept": [0]}, "shared codes"),
        ({"concept": [0, 0, 0, 99]}, "codebook goes"),
        ({"latents": [1, 2]}, "wrong shape"),
        ({"nothing": -1}, "seed"),
        ({"model": "image-vq", "given": GIVEN}, "no joint model"),
    ],
)
def test_bad_questions_get_a_sentence(message: dict, said: str | None) -> None:
    if said is None:  # of one sense alone
        assert "not a file" in thought(**message)["problems"]["pictures"]["text"]
        return
    with pytest.raises(InputError, match=said):
        joint.think({"model": JOINT} | message)


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ({"count": 99}, "samples"),
        ({"seed": "x"}, "seed"),
        ({"styles": {"pictures": "oil"}}, "no style"),
        ({"styles": {"smells": "sweet"}}, "styles"),
        ({"concept": None}, "shared codes"),
    ],
)
def test_bad_wishes_get_a_sentence(message: dict, said: str) -> None:
    with pytest.raises(InputError, match=said):
        joint.make({"model": JOINT, "concept": [0, 0, 0, 0]} | message)


def test_the_book_knows_colours_centres_and_use() -> None:
    config, book = joints.load_joint(JOINT).config, joint_book.book(JOINT)
    assert [len(level) for level in book["colours"]["concept"]] == [config.codebook_size] * config.num_codebooks
    assert len(book["centres"]) == len(config.meanings)
    assert book["usage"].keys() >= set(SENSES) and book["lesson"]
    json.dumps(book, allow_nan=False)


def test_a_point_stands_on_the_map_among_those_like_it() -> None:
    places, cloud = joint_book.places(JOINT), joints.cloud(joints.load_joint(JOINT))
    assert len(places["points"]) == len(places["senses"]) == len(places["meanings"]) == len(cloud.latents)
    found = joint_book.place({"model": JOINT, "latents": cloud.latents[0].tolist()})
    assert found["point"] == pytest.approx(places["points"][0], abs=0.02)
    assert found["near"][0] == int(cloud.meanings[0])
    with pytest.raises(InputError, match="wrong shape"):
        joint_book.place({"model": JOINT, "latents": "x"})


@pytest.mark.parametrize("part", ["pictures", "sounds"])
def test_there_is_an_example_of_every_meaning(part: str) -> None:
    (card,) = joint_book.models()["models"]
    found = joint_book.examples(JOINT, part)["examples"]
    looks = card["styles"]["pictures"] if part == "pictures" else [None]
    assert [one["meaning"] for one in found] == list(range(len(card["meanings"]))) * len(looks)
    assert all(joint.think({"model": JOINT, "given": {part: one["url"]}}) for one in found)
    with pytest.raises(InputError, match="examples"):
        joint_book.examples(JOINT, "words")


# --- over HTTP -----------------------------------------------------------------------------


def test_the_page_is_answered(site: Served) -> None:
    ask = f"{site.address}bench/joint/"
    (card,) = httpx.get(f"{ask}models", timeout=60).json()["models"]
    assert card["name"] == JOINT and card["drawn"] and card["mapped"]
    for path in (f"model/{JOINT}", f"map/{JOINT}", f"examples/{JOINT}?part=pictures"):
        assert httpx.get(ask + path, timeout=60).status_code == 200
    told = httpx.post(f"{ask}think", json={"model": JOINT, "given": GIVEN}, timeout=60).json()
    place = httpx.post(f"{ask}place", json={"model": JOINT, "latents": told["latents"]}, timeout=60)
    made = httpx.post(f"{ask}make", json={"model": JOINT, "concept": told["concept"]}, timeout=60)
    assert len(place.json()["point"]) == 2 and len(made.json()["words"]) == 4
    refused = httpx.post(f"{ask}think", json={"model": JOINT, "given": {}}, timeout=60)
    assert refused.status_code == 422 and "Nothing is given" in refused.json()["error"]["text"]


def test_scripts_think_and_make_too(site: Served, tmp_path) -> None:
    from gradio_client import Client, handle_file

    path = tmp_path / "drawn.png"
    path.write_bytes(wire.from_data_url(picture()))
    client = Client(site.address, verbose=False, download_files=str(tmp_path))
    (card,) = client.predict(api_name="/joint_models")
    told = client.predict(card["name"], handle_file(str(path)), None, "two", {"words": 2}, api_name="/joint_think")
    assert told["senses"].keys() == {"pictures", "words"} and sum(told["belief"]) == pytest.approx(1, abs=1e-3)
    made = client.predict(card["name"], told["concept"], {}, 1, 2, api_name="/joint_make")
    assert len(made["pictures"]) == 2
    for function in (api_joint.joint_models, api_joint.joint_think, api_joint.joint_make):
        assert function.__doc__


def test_a_word_nobody_taught_changes_no_verdict() -> None:
    alone = thought(given={"pictures": GIVEN["pictures"]})
    both = thought(given={"pictures": GIVEN["pictures"], "words": "xyzzy"})
    assert both["belief"] == alone["belief"] and both["concept"] == alone["concept"]
    assert both["senses"]["words"]["share"] == 0 and sum(both["senses"]["words"]["belief"]) == pytest.approx(
        1, abs=1e-3
    )
    assert thought(given={"words": "xyzzy"})["senses"]["words"]["share"] > 0
