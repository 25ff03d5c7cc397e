"""What the Generate page asks when it looks closer: a picture into noise and back, and the training items near it."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from playground import seen, zoo
from playground.core.errors import InputError
from playground.ui import closer, wire
from tests.priors_on_disk import GRID, packed, zoo_with_priors
from tests.served import using
from tests.ui.streams import unpacked

CELLS = 12


@pytest.fixture(scope="module")
def made(tiny_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> zoo.Zoo:
    """The tiny codecs with priors beside some."""
    return zoo_with_priors(tiny_folder, tmp_path_factory.mktemp("priors") / "checkpoints")


@pytest.fixture(autouse=True)
def priors(made: zoo.Zoo, codecs: zoo.Zoo):
    with using(made):
        yield made


def test_the_way_into_noise_begins_at_the_picture_and_ends_in_noise_alone() -> None:
    origin = list(range(CELLS))
    told = list(closer.noising({"prior": "tiny-flow", "indices": packed(origin), "seed": 3}))
    assert [one["time"] for one in told] == pytest.approx(np.linspace(1, 0, closer.NOISES + 1).tolist())
    assert unpacked(told[0]["indices"], "<u2").tolist() == origin
    other = list(closer.noising({"prior": "tiny-flow", "indices": packed([40] * CELLS), "seed": 3}))
    assert told[-1]["indices"] == other[-1]["indices"], "of noise nobody knows what it was"
    assert unpacked(told[5]["latents"], "u1").shape == (3 * CELLS,)


def test_the_way_back_ends_at_codes_and_from_little_noise_at_the_picture_itself() -> None:
    message = {"prior": "tiny-flow", "indices": packed(list(range(CELLS))), "seed": 3, "steps": 4}
    begin, *steps = closer.back(message | {"time": 0.5})
    assert begin["begin"][0]["steps"] == 4 == len(steps)
    *_, end = closer.back(message | {"time": 0.999})
    assert unpacked(end["indices"], "<u2").tolist() == list(range(CELLS))


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"time": 1}, "from 0"),
        ({"time": "half"}, "from 0"),
        ({"time": float("nan")}, "from 0"),
        ({"time": 0.5, "prior": "tiny-masked"}, "Only a flow"),
        ({"time": 0.5, "indices": packed([1] * 5)}, "grid"),
        ({"time": 0.5, "indices": packed([99] * CELLS)}, "out of range"),
        ({"time": 0.5, "wanted": "nothing known"}, "no class"),
    ],
)
def test_impossible_ways_get_a_sentence(more: dict, said: str) -> None:
    message = {"prior": "tiny-flow", "indices": packed([1] * CELLS)}
    with pytest.raises(InputError, match=said):
        list(closer.back(message | more))


def test_ones_own_picture_must_be_one(made: zoo.Zoo, tmp_path: Path) -> None:
    with pytest.raises(InputError):
        closer.open_file("tiny-flow", b"no picture")
    with pytest.raises(InputError, match="no pictures"):
        closer.open_file("notes-masked", b"")
    file = io.BytesIO()
    Image.radial_gradient("L").save(file, "PNG")
    with pytest.raises(InputError, match="not of this prior"):  # its grid is no square
        closer.open_file("tiny-flow", file.getvalue())


# --- how new a sample is -------------------------------------------------------------------


def test_a_training_picture_is_nearest_to_itself_and_a_moved_one_still_near() -> None:
    known = seen.load_seen("image-vq")
    message = {"codec": "image-vq", "grid": list(GRID), "indices": wire.pack(known.indices[4], "<u2")}
    told = closer.neighbours(message)
    assert told["nearest"][0] == {"name": known.names[4], "item": 4, "distance": pytest.approx(0, abs=5e-3)}
    assert told["usual"] == 0.2 and told["looked"] == 30
    distances = [one["distance"] for one in told["nearest"]]
    assert distances == sorted(distances) and distances[1] > 0.01


def test_some_training_pictures_can_be_taken() -> None:
    told = closer.some_seen("image-vq", 5)
    assert len(told["items"]) == closer.SHOWN and told == closer.some_seen("image-vq", 5)
    assert told["items"] != closer.some_seen("image-vq", 6)["items"]
    with pytest.raises(InputError, match="small-vq"):
        closer.some_seen("small-vq")


@pytest.mark.parametrize(
    "more", [{"grid": "all"}, {"grid": [1]}, {"grid": [2, 3, 4]}, {"indices": "%"}, {"codec": "x"}]
)
def test_bad_neighbours_get_a_sentence(more: dict) -> None:
    message = {"codec": "image-vq", "grid": list(GRID), "indices": packed([1] * CELLS)}
    with pytest.raises(InputError):
        closer.neighbours(message | more)
