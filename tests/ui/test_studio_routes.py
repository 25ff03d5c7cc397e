"""The Train page's routes: choose, train, look, take home; and a sentence for everything else."""

import io
import json
import time
import zipfile
from collections.abc import Iterator

import numpy as np
import pytest
from PIL import Image
from starlette.testclient import TestClient

import playground as pg
from playground import zoo
from playground.ui import server, studio, studio_routes

SMALL = {"quantizer": "rvq", "codebook_size": 8, "num_codebooks": 2, "dim": 2}


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    house = studio.Studio()
    monkeypatch.setattr(studio_routes, "STUDIO", house)
    yield TestClient(server.make_server())
    house.close()


def begin(client: TestClient, **changes: object) -> str:
    answer = client.post("/bench/train/new", json={"set": "shapes", "settings": SMALL} | changes)
    assert answer.status_code == 200, answer.text
    return answer.json()["id"]


def step(client: TestClient, name: str, count: int = 1) -> dict:
    for _ in range(count):
        status = client.post(f"/bench/train/{name}/do", json={"deed": "step"}).json()
    return status


def opened(url: str) -> Image.Image:
    return Image.open(io.BytesIO(studio_routes.wire.from_data_url(url)))


def picture(colour: object = "red") -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (70, 90), colour).save(file, "PNG")
    return file.getvalue()


def test_the_menu_says_what_may_be_chosen(client: TestClient) -> None:
    menu = client.get("/bench/train/menu").json()
    assert {each["name"]: each["pictures"] for each in menu["sets"]} == {"photos": 640, "shapes": 512, "letters": 512}
    assert menu["defaults"]["quantizer"] in menu["quantizers"]
    for name, (low, high) in menu["ranges"].items():
        assert low <= menu["defaults"][name] <= high
    for each in menu["sets"]:
        strip = Image.open(io.BytesIO(client.get(f"/bench/train/set/{each['name']}").content))
        assert strip.size == (12 * 32, 32)
    for quantizer in menu["quantizers"]:
        begin(client, settings=menu["defaults"] | {"quantizer": quantizer})


def test_what_it_shows_is_what_was_trained(client: TestClient) -> None:
    name = begin(client)
    whole = client.get(f"/bench/train/{name}").json()
    assert (whole["set"], whole["count"], whole["settings"]["quantizer"]) == ("shapes", 8, "rvq")
    assert opened(whole["originals"]).size == (8 * whole["side"], whole["side"])
    assert step(client, name, 3)["step"] == 3
    news = client.get(f"/bench/train/{name}/news?after=1").json()
    assert [frame["n"] for frame in news["frames"]] == [2, 3]
    frame = news["frames"][-1]
    assert np.shape(frame["counts"]) == (2, 8) and sum(map(sum, frame["counts"])) == 2 * 32 * 64
    assert frame["dead"] == sum(count == 0 for row in frame["counts"] for count in row)
    assert len(frame["perplexity"]) == 2 and frame["codebook_size"] == 8
    assert opened(frame["pictures"]).size == (8 * 64, 64)
    assert opened(frame["atlas"]).size == (frame["columns"] * frame["tile"], -(-8 // frame["columns"]) * frame["tile"])
    assert client.get(f"/bench/train/{name}/news?after=3").json()["frames"] == []


def test_without_codes_there_is_no_atlas(client: TestClient) -> None:
    name = begin(client, settings=SMALL | {"quantizer": "none"})
    step(client, name)
    (frame,) = client.get(f"/bench/train/{name}/news").json()["frames"]
    assert (frame["atlas"], frame["counts"], frame["perplexity"], frame["codebook_size"]) == (None, [], [], 0)


def test_pictures_of_ones_own_are_collected_and_bad_ones_named(client: TestClient) -> None:
    basket, refused = "", 0
    files = [picture((i, 40, 200)) for i in range(9)]
    for data in (files[0], b"not a picture", *files[1:], b""):
        answer = client.post(f"/bench/train/picture?basket={basket}", content=data)
        if answer.status_code == 422:
            refused += 1
            assert answer.json()["error"]["text"]
        else:
            basket = answer.json()["basket"]
    assert (answer.status_code, refused) == (422, 2)
    name = begin(client, set="own", basket=basket)
    assert len(studio_routes.STUDIO.find(name).watched.pictures) == 9
    assert step(client, name)["step"] == 1


def test_too_few_and_too_many_pictures_are_a_sentence(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(studio_routes, "MOST", 3)
    basket = client.post("/bench/train/picture", content=picture()).json()["basket"]
    answer = client.post("/bench/train/new", json={"set": "own", "basket": basket, "settings": SMALL})
    assert answer.status_code == 422 and "there are 1" in answer.json()["error"]["text"]
    answers = [client.post(f"/bench/train/picture?basket={basket}", content=picture()) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 422]


def test_a_codec_of_ones_own_is_taken_home_and_put_on_the_bench(client: TestClient, tmp_path) -> None:
    name = begin(client)
    refused = client.post(f"/bench/train/{name}/keep")
    assert refused.status_code == 422 and "nothing to save" in refused.json()["error"]["text"]
    step(client, name, 2)
    answer = client.get(f"/bench/train/{name}/checkpoint.zip")
    assert "my-codec.zip" in answer.headers["content-disposition"]
    zipfile.ZipFile(io.BytesIO(answer.content)).extractall(tmp_path)
    (folder,) = tmp_path.iterdir()
    whole = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    tokens = pg.encode(folder, whole)
    assert (tokens.num_codebooks, tokens.codebook_size, tokens.grid) == (2, 8, (16, 16))
    assert pg.decode(folder, tokens).size == (64, 64)

    address = client.post(f"/bench/train/{name}/keep").json()["address"]
    own = address.split("#c=")[1].split("&")[0]
    card = client.get(f"/bench/card/{own}").json()
    assert (card["name"], card["num_codebooks"], card["quantizer"]) == (own, 2, "RVQ")
    assert own not in json.dumps(client.get("/bench/catalogue").json()), "nobody else sees it"
    encoded = client.post(f"/bench/encode?codec={own}", content=picture())
    assert encoded.json()["codec"] == own
    assert own in {folder.name for folder in zoo._zoo._lent.values()}


def test_of_many_lent_codecs_the_oldest_are_given_up(checkpoints, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(zoo, "MOST_LENT", 2)
    source = checkpoints / "tiny"
    for i in range(3):
        (tmp_path / f"mine-{i}").mkdir()
        for file in source.iterdir():
            (tmp_path / f"mine-{i}" / file.name).write_bytes(file.read_bytes())
        zoo.lend(tmp_path / f"mine-{i}")
        assert zoo.load_listed(f"mine-{i}").name == f"mine-{i}"
    assert not (tmp_path / "mine-0").exists()
    with pytest.raises(pg.InputError):
        zoo.load_listed("mine-0")
    assert [card.name for card in pg.catalogue()] == ["tiny"]


@pytest.mark.parametrize(
    "message", [{}, {"set": "cats"}, {"set": "shapes", "settings": []}, {"set": None}, {"set": "own", "basket": [1]}]
)
def test_what_cannot_begin_is_a_sentence(client: TestClient, message: dict) -> None:
    answer = client.post("/bench/train/new", json={"settings": SMALL} | message)
    assert answer.status_code == 422 and answer.json()["error"]["text"]


def test_unknown_trainings_and_deeds_are_a_sentence(client: TestClient) -> None:
    for path in ("/bench/train/nobody", "/bench/train/nobody/news", "/bench/train/set/cats", "/bench/card/mine-nobody"):
        assert client.get(path).status_code == 422
    for path in ("do", "settings", "keep"):
        assert client.post(f"/bench/train/nobody/{path}", json={"deed": "run"}).status_code == 422
    name = begin(client)
    assert client.post(f"/bench/train/{name}/do", json={"deed": "explode"}).status_code == 422
    assert client.post(f"/bench/train/{name}/settings", json={"commitment": "much"}).status_code == 422


def test_collapse_begins_by_itself(client: TestClient) -> None:
    name = begin(client, scene="collapse")
    deadline = time.monotonic() + 30
    while not (frames := client.get(f"/bench/train/{name}/news").json()["frames"]) or frames[-1]["dead"] < 32:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    client.post(f"/bench/train/{name}/do", json={"deed": "stop"})
    assert frames[-1]["perplexity"][0] < 20
