"""What the Generate page shows of plain noise: rows of one wish and one seed, and the paths between two of each."""

import io
import shutil
from itertools import pairwise
from pathlib import Path

import httpx
import numpy as np
import pytest
from PIL import Image

from playground import noises as makers_of_noise
from playground import zoo
from playground.core.errors import InputError
from playground.ui import noises, wire
from tests.priors_on_disk import add_priors
from tests.served import Served, using
from tests.test_noises import put

GRID = (1, 4, 4)


@pytest.fixture(scope="module")
def made(tiny_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> zoo.Zoo:
    """The tiny codecs; beside one of them a masked prior, a GAN and a VAE."""
    folder = tmp_path_factory.mktemp("noises") / "checkpoints"
    shutil.copytree(tiny_folder, folder)
    codecs = zoo.Zoo(folder)
    add_priors(folder, codecs.load("image-vq"), "tiny", kinds=("causal", "masked"), grid=GRID)
    for kind in ("gan", "vae"):
        put(folder, kind, codec="image-vq", classes=("fruit", "tool"))
    return codecs


@pytest.fixture(autouse=True)
def models(made: zoo.Zoo, codecs: zoo.Zoo):
    with using(made):
        yield made


def strip(row: dict) -> np.ndarray:
    """(pictures, side, side, 3) uint8."""
    image = np.array(Image.open(io.BytesIO(wire.from_data_url(row["strip"]))))
    return image.reshape(image.shape[0], -1, image.shape[0], 3).swapaxes(0, 1)


def by_name(told: dict) -> dict[str, dict]:
    return {row["who"]: row for row in told["rows"]}


def test_the_menu_names_the_models_and_the_quickest_prior() -> None:
    told = noises.menu()
    assert [model["kind"] for model in told["models"]] == ["gan", "vae"]
    assert told["models"][0]["classes"] == ("fruit", "tool") and told["models"][0]["side"] == 32
    assert told["prior"] == {"name": "tiny-masked", "codec": "image-vq", "kind": "masked"}


def test_all_rows_are_of_one_seed_and_one_wish() -> None:
    rows = by_name(noises.rows({"seed": 5, "wanted": "fruit"}))
    assert rows.keys() == {"some-gan", "some-vae", "random", "prior"}
    assert all(strip(row).shape == (noises.SHOWN, 32, 32, 3) for row in rows.values())
    again = by_name(noises.rows({"seed": 5, "wanted": "fruit"}))
    assert rows == again
    for changed in ({"seed": 6, "wanted": "fruit"}, {"seed": 5, "wanted": "tool"}):
        other = by_name(noises.rows(changed))
        same = {who for who in rows if rows[who] == other[who]}
        assert same <= (set() if changed["seed"] == 6 else {"random", "prior"}), "a tiny prior may not care for wishes"
        assert changed["seed"] == 6 or "random" in same, "and random codes cannot"


def test_paths_lead_from_the_first_of_a_row_to_its_second() -> None:
    question = {"seed": 5, "wanted": "fruit"}
    rows, paths = by_name(noises.rows(question)), by_name(noises.paths(question))
    assert paths.keys() == {"some-gan", "some-vae", "prior"}
    for who, path in paths.items():
        frames, ends = strip(path), strip(rows[who])
        assert len(frames) == noises.FRAMES
        for frame, end in ((0, 0), (-1, 1)):
            assert np.abs(frames[frame].astype(int) - ends[end]).max() <= 1, "but for the rounding of a turn"


def test_noise_glides_and_codes_jump() -> None:
    paths = by_name(noises.paths({"seed": 5}))
    changed, frames = paths["prior"]["changed"], strip(paths["prior"])
    assert len(changed) == noises.FRAMES - 1 and sum(changed) > 0 and paths["prior"]["cells"] == 16
    for count, (before, after) in zip(changed, pairwise(frames), strict=True):
        assert (count == 0) == np.array_equal(before, after), "what has the same codes is the same picture"
    glided = strip(paths["some-gan"]).astype(int)
    whole = np.abs(glided[-1] - glided[0]).mean()
    assert max(np.abs(after - before).mean() for before, after in pairwise(glided)) < 0.4 * whole


def test_without_models_there_is_nothing_and_without_a_prior_no_codes(
    made: zoo.Zoo, tiny_zoo: zoo.Zoo, tmp_path: Path
) -> None:
    with using(tiny_zoo):
        assert noises.menu() == {"models": [], "prior": None} and noises.rows({}) == {"rows": []}
    shutil.copytree(made.folder, tmp_path / "alone")
    shutil.rmtree(tmp_path / "alone" / "image-vq" / "priors")
    with using(zoo.Zoo(tmp_path / "alone")):
        assert by_name(noises.rows({})).keys() == by_name(noises.paths({})).keys() == {"some-gan", "some-vae"}
        assert len(makers_of_noise.noises()) == 2


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ({"seed": -1}, "from 0 to"),
        ({"seed": 0.5}, "from 0 to"),
        ({"seed": True}, "from 0 to"),
        ({"wanted": "nothing like it"}, "no class"),
        ({"wanted": 7}, "not a message"),
    ],
)
def test_bad_questions_get_a_sentence(message: dict, said: str) -> None:
    with pytest.raises(InputError, match=said):
        noises.rows(message)


def test_the_routes_answer(site: Served, made: zoo.Zoo) -> None:
    assert httpx.get(f"{site.address}bench/noises", timeout=60).json()["models"][0]["name"] == "some-gan"
    rows = httpx.post(f"{site.address}bench/noises/rows", json={"seed": 1}, timeout=60).json()
    assert len(rows["rows"]) == 4
    refused = httpx.post(f"{site.address}bench/noises/paths", json={"wanted": "x"}, timeout=60)
    assert refused.status_code == 422 and "no class" in refused.json()["error"]["text"]
