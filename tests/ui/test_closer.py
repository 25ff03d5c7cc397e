"""What the Generate page asks when it looks closer: one cell, a picture into noise and back, training items near it."""

import io
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from playground import makers, seen, zoo
from playground.core.errors import InputError
from playground.core.tokens import Tokens
from playground.ui import closer, wire
from tests.priors_on_disk import GRID, packed, zoo_with_priors
from tests.served import using
from tests.ui.asking import CELLS, CODES, cells, picture, question, steps_of
from tests.ui.streams import unpacked


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


# --- one cell ------------------------------------------------------------------------------


def test_the_list_of_a_cell_is_what_the_prior_draws_from() -> None:
    known = [cell < 5 for cell in range(CELLS)]
    message = {"wanted": "red apple"} | cells([3] * CELLS, known)
    for kind in ("causal", "masked"):
        told = closer.probabilities(message | {"prior": f"tiny-{kind}", "cell": 5})
        assert told["probabilities"] == sorted(told["probabilities"], reverse=True) and told["possible"] == CODES
        assert 0 <= told["entropy"] <= 6 and sum(told["probabilities"]) <= 1 + 1e-5
        few = closer.probabilities(message | {"prior": f"tiny-{kind}", "cell": 5, "top_k": 3})
        assert few["possible"] == 3 == len(few["codes"]) and few["codes"] == told["codes"][:3]
        assert sum(few["probabilities"]) == pytest.approx(1, abs=1e-5)


def test_the_list_is_of_the_very_draw() -> None:
    """With one code left to choose, what a causal prior puts there is that code."""
    steps = steps_of(question("causal", top_k=1))
    at = steps[4]
    state = {"indices": at["indices"], "known": at["filled"]}
    told = closer.probabilities({"prior": "tiny-causal", "wanted": "red apple", "cell": 5, "top_k": 1} | state)
    assert told["codes"] == [int(unpacked(steps[5]["indices"], "<u2")[5])]


def test_the_list_of_a_flows_cell_is_where_its_latent_is_heading() -> None:
    """Nobody chooses there: the list says what the next step was computed from, and what the page shows as sureness."""
    at, after = steps_of(question("flow"))[9:11]
    where = unpacked(at["where"], "<f2").astype("<f4")
    message = {"prior": "tiny-flow", "wanted": "red apple", "where": wire.pack(where, "<f4"), "time": 10 / 50}
    for cell in (0, 7):
        told = closer.probabilities(message | {"cell": cell, "top_k": 3, "temperature": 5.0})
        assert told["possible"] == CODES and told["probabilities"] == sorted(told["probabilities"], reverse=True)
        bits = unpacked(after["entropy"], "u1")[cell] / 255 * np.log2(CODES)
        assert told["entropy"] == pytest.approx(bits, abs=0.05)
        sure = unpacked(after["probability"], "u1")[cell] / 255
        assert min(abs(share - sure) for share in told["probabilities"]) < 0.01


@pytest.mark.parametrize("change", [{"where": wire.pack(np.zeros(5), "<f4")}, {"where": 3}, {"time": 1}, {"time": "x"}])
def test_latents_that_cannot_be_are_refused(change: dict) -> None:
    dim = makers.load_prior("tiny-flow").config.dim
    message = {"prior": "tiny-flow", "cell": 0, "where": wire.pack(np.zeros(dim * CELLS), "<f4"), "time": 0.5}
    assert closer.probabilities(message)["codes"]
    with pytest.raises(InputError):
        closer.probabilities(message | change)


def test_of_several_codebooks_a_cell_is_counted_codebook_by_codebook() -> None:
    steps = steps_of({"runs": [{"prior": "notes-causal", "top_k": 1}]})
    filled = [unpacked(told["filled"], "u1") for told in steps]
    for place in range(1, len(steps)):
        (cell,) = np.flatnonzero(filled[place] != filled[place - 1])
        state = {"indices": steps[place - 1]["indices"], "known": steps[place - 1]["filled"]}
        told = closer.probabilities({"prior": "notes-causal", "cell": int(cell), "top_k": 1} | state)
        assert told["codes"] == [int(unpacked(steps[place]["indices"], "<u2")[cell])]


@pytest.mark.parametrize(
    ("prior", "cell", "said"),
    [("causal", 6, "left to right"), ("masked", 12, "no cell"), ("masked", -1, "no cell"), ("flow", 12, "no cell")],
)
def test_where_there_is_no_list_a_sentence_says_so(prior: str, cell: int, said: str) -> None:
    message = cells([3] * CELLS, [one < 5 for one in range(CELLS)])
    with pytest.raises(InputError, match=said):
        closer.probabilities(message | {"prior": f"tiny-{prior}", "cell": cell})


def test_cells_set_by_hand_have_a_picture() -> None:
    message = cells([3] * CELLS, [True] * CELLS)
    told = closer.picture(message | {"prior": "tiny-masked"})
    codec = zoo.load("image-vq")
    tokens = Tokens(torch.full((1, *GRID), 3), CODES, makers.load_prior("tiny-masked").config.size, "image-vq")
    truth = ((codec.decode(tokens)[0].clamp(-1, 1) + 1) * 127.5).permute(1, 2, 0).numpy()
    assert np.abs(np.asarray(picture(told["picture"])).astype(float) - truth).max() <= 1
