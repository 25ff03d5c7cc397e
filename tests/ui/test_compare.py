"""What the Compare page asks: everybody takes part, every point can be had again, and bad questions get a sentence."""

import io
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import numpy as np
import pytest
import torch
from PIL import Image

from playground import makers, packing, zoo
from playground.analysis.classics import CLASSICS
from playground.core.errors import InputError
from playground.media.modalities import IMAGE
from playground.ui import api_compare, compare, samples, wire
from tests.priors_on_disk import add_priors
from tests.served import Served, using

FIRSTS = {"image": "bench/square/moon", "audio": "bench/sound/yes", "text": None}


def question(kind: str, **more: object) -> dict:
    address = FIRSTS[kind] or samples.address(samples.listed(kind)[0]["name"], kind)
    return {"kind": kind, "original": address, **more}


@pytest.mark.parametrize("kind", FIRSTS)
def test_everybody_takes_part_with_every_setting(kind: str) -> None:
    begin, *rest = compare.run(question(kind))
    families = {one["family"]: one for one in begin["begin"]["families"]}
    codecs = {card.name for card in zoo.catalogue() if card.modality == kind}
    assert families.keys() == codecs | CLASSICS[kind].keys()
    points = [message["point"] for message in rest]
    for name, one in families.items():
        own = [point for point in points if point["family"] == name]
        assert len(own) == one["settings"]
        assert (one["sort"] == "classic") == (name in CLASSICS[kind])
    assert [point["family"] for point in points[: len(families)]] == list(families), "everybody in turn"
    json.dumps(points, allow_nan=False)
    assert all(point["bits"] > 0 and point["coded_bits"] > 0 for point in points)


def test_rates_are_told_in_the_mediums_own_units() -> None:
    (unit,) = next(iter(compare.run(question("image"))))["begin"]["units"]
    assert unit == {"unit": "bits/pixel", "per_bit": 1 / 256**2}
    original = wire.data_url("text/plain", "字 字".encode())
    units = next(iter(compare.run({"kind": "text", "original": original})))["begin"]["units"]
    assert units == [{"unit": "bits/byte", "per_bit": 1 / 7}, {"unit": "bits/character", "per_bit": 1 / 3}]


@pytest.mark.parametrize("kind", FIRSTS)
def test_every_point_can_be_had_again(kind: str) -> None:
    medium = compare.media.of(kind)
    signal = samples.original(question(kind), kind)
    for one in compare.entrants(kind):
        setting = one.settings[0]
        found = compare.output(question(kind, family=one.family, setting=setting))
        assert found.data == medium.file(one.output(signal, setting), medium.exact).data
    original = compare.output(question(kind, family="original", setting=0))
    assert original.data == medium.file(signal, medium.exact).data


def test_the_file_that_was_counted_can_be_kept() -> None:
    points = [message["point"] for message in compare.run(question("image")) if "point" in message]
    jpeg = next(point for point in points if point["family"] == "jpeg")
    data = compare.file(question("image", family="jpeg", setting=jpeg["setting"])).data
    assert 8 * len(data) == jpeg["bits"]
    assert Image.open(io.BytesIO(data)).format == "JPEG"


@pytest.mark.parametrize("kind", FIRSTS)
@pytest.mark.parametrize(("count", "field"), [("raw", "bits"), ("coded", "coded_bits")])
def test_what_is_counted_of_a_codec_is_what_is_saved(kind: str, count: str, field: str) -> None:
    points = [message["point"] for message in compare.run(question(kind)) if "point" in message]
    for point in points:
        if point["family"] in CLASSICS[kind]:
            continue
        asked = {"family": point["family"], "setting": point["setting"]}
        data = compare.file(question(kind, **asked, count=count)).data
        assert 8 * len(data) == point[field]
        tokens = packing.from_bytes(data)
        assert (tokens.num_codebooks, tokens.codec) == (point["setting"], point["family"])
        assert tokens.indices.numel() == point["tokens"]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"kind": "smell"}, "smell"),
        ({"original": "bench/square/nobody"}, "no sample"),
        ({"original": "http://127.0.0.1/x"}, "not a file"),
        ({"family": "nobody"}, "nobody"),
        ({"family": "jpeg", "setting": 5000}, "can be set to"),
        ({"family": "some-rvq", "setting": 4}, "can be set to"),
        ({"family": "jpeg", "setting": ["x"]}, "can be set to"),
    ],
)
def test_bad_questions_get_a_sentence(more: dict, said: str) -> None:
    with pytest.raises(InputError, match=said):
        compare.output(question("image", family="jpeg", setting=1) | more)


def test_what_is_larger_than_a_bench_is_refused() -> None:
    picture = wire.png(IMAGE.write(IMAGE.read(np.zeros((8, 257, 3), np.uint8))))
    with pytest.raises(InputError, match="256"):
        list(compare.run({"kind": "image", "original": wire.data_url("image/png", picture)}))


def test_a_file_is_fitted_to_the_bench_first() -> None:
    file = io.BytesIO()
    Image.radial_gradient("L").resize((400, 200)).convert("RGB").save(file, "PNG")
    told = compare.open_file("image", file.getvalue())
    assert told["source"] == {"height": 200, "width": 400}
    begin = next(iter(compare.run({"kind": "image", "original": told["original"]})))["begin"]
    assert begin["raw_bytes"] == 3 * 256**2


# --- under a prior ------------------------------------------------------------------------


@pytest.fixture
def priors(tiny_folder: Path, tmp_path: Path) -> Iterator[None]:
    """Causal priors beside two of the codecs: one of 12-pixel pictures, one of sounds by their first two codebooks."""
    shutil.copytree(tiny_folder, tmp_path / "checkpoints")
    codecs = zoo.Zoo(tmp_path / "checkpoints")
    add_priors(codecs.folder, codecs.load("image-vq"), "tiny")
    add_priors(codecs.folder, codecs.load("audio-rvq"), "notes", kinds=("masked", "causal"), grid=(2, 6))
    with using(codecs):
        yield


def little(side: int) -> dict:
    picture = Image.radial_gradient("L").resize((side, side)).convert("RGB")
    return {"kind": "image", "original": wire.data_url("image/png", wire.png(picture))}


@pytest.mark.usefixtures("priors")
def test_a_codec_with_a_causal_prior_is_counted_under_it_too() -> None:
    begin, *rest = compare.run(question("audio"))
    assert {one["family"]: one["prior"] for one in begin["begin"]["families"]}["audio-rvq"] == "notes-causal"
    first, second, third = [each["point"] for each in rest if each["point"]["family"] == "audio-rvq"]
    assert first["prior_bits"] is None, "of one codebook a prior of two knows nothing"
    assert 0 < second["prior_bits"] < third["prior_bits"]
    signal = samples.original(question("audio"), "audio")
    prior = makers.load_prior("notes-causal")
    tokens = prior.codec.encode(signal).first(2)
    assert second["tokens"] == tokens.indices.numel()
    assert second["prior_bits"] - second["side_bits"][2] == pytest.approx(packing.prior_bits(prior, tokens), rel=0.02)
    for point, count in ((second, 2), (third, 3)):
        asked = question("audio", family="audio-rvq", setting=count, count="prior")
        data = compare.file(asked).data
        assert 8 * len(data) == point["prior_bits"]
        assert torch.equal(packing.from_bytes(data).indices, prior.codec.encode(signal).first(count).indices)
    with pytest.raises(InputError, match="raw, coded, prior"):
        compare.file(asked | {"count": ["x"]})
    assert all(each["point"]["prior_bits"] is None for each in rest if each["point"]["family"] == "opus")


@pytest.mark.usefixtures("priors")
@pytest.mark.parametrize(("side", "home", "apart"), [(32, True, False), (64, False, False), (72, False, True)])
def test_a_codec_of_little_pictures_is_at_home_among_them_and_apart_from_large_ones(
    side: int, home: bool, apart: bool
) -> None:
    begin = next(iter(compare.run(little(side))))["begin"]
    told = {one["family"]: (one["home"], one["apart"]) for one in begin["families"]}
    assert told.pop("image-vq") == (home, apart) and set(told.values()) == {(False, False)}


# --- over HTTP -----------------------------------------------------------------------------


def test_points_come_one_by_one(site: Served) -> None:
    with httpx.stream("POST", f"{site.address}bench/compare", json=question("text"), timeout=60) as answer:
        assert answer.headers["Content-Type"].startswith("text/event-stream")
        lines = [line for line in answer.iter_lines() if line]
    messages = [json.loads(line.removeprefix("data: ")) for line in lines]
    assert "begin" in messages[0] and all("point" in message for message in messages[1:])
    broken = httpx.post(f"{site.address}bench/compare", json={"kind": "text", "original": "x"}, timeout=60)
    assert "error" in json.loads(broken.text.removeprefix("data: "))


def test_outputs_and_files_are_served(site: Served) -> None:
    message = question("image", family="jpeg", setting=1)
    picture = httpx.post(f"{site.address}bench/compare/output", json=message, timeout=60)
    assert picture.headers["Content-Type"] == "image/png" and Image.open(io.BytesIO(picture.content)).size == (256, 256)
    assert httpx.post(f"{site.address}bench/compare/file", json=message, timeout=60).content[:2] == b"\xff\xd8"
    refused = httpx.post(f"{site.address}bench/compare/output", json=message | {"setting": 7.5}, timeout=60)
    assert refused.status_code == 422 and "can be set to" in refused.json()["error"]["text"]
    opened = httpx.post(f"{site.address}bench/compare/open?kind=text", content=b"Eins zwei", timeout=60).json()
    assert wire.from_data_url(opened["original"]) == b"Eins zwei"


def test_scripts_race_too(site: Served, tmp_path) -> None:
    from gradio_client import Client, handle_file

    path = tmp_path / "note.txt"
    path.write_text("One word after another.")
    client = Client(site.address, verbose=False, download_files=str(tmp_path))
    told = client.predict(handle_file(str(path)), "text", api_name="/compare")
    assert {point["family"] for point in told["points"]} == {one["family"] for one in told["families"]}
    again = client.predict(handle_file(str(path)), "gzip", 9, "text", api_name="/compare_output")
    assert wire.from_data_url(again) == path.read_bytes()
    for function in (api_compare.compare, api_compare.compare_output):
        assert function.__doc__
