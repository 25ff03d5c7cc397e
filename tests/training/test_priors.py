"""The training of priors learns, resumes bit by bit, and leaves a folder that can be read."""

import itertools
from pathlib import Path

import numpy as np
import pytest
import torch
from typer.testing import CliRunner

from playground import makers, zoo
from playground.commands import app
from playground.core.codec import Codec
from playground.core.errors import InputError
from playground.data.subjects import SUBJECTS, open_voices
from playground.models.dit import TrunkConfig
from playground.priors.folder import read_prior
from playground.priors.prior import Sampling
from playground.training.material import Material, open_material
from playground.training.prior_recipes import PRIOR_RECIPES, PriorRecipe
from playground.training.prior_session import open_run, train_prior_in
from playground.training.priors import PriorReport, PriorRun, train_prior
from playground.training.state import load_state
from tests.conftest import PICTURES, tiny_codec
from tests.data.spoken import write_spoken
from tests.training.threads import another_thread_draws

KINDS = ("causal", "masked", "flow")
GRID = (1, 4, 4)


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tokens are kept where the test can see them, and nowhere else."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def voice_folder(tmp_path: Path) -> Path:
    """Eight recordings of two “digits”, a low hum and a high one; two are held back."""
    write_spoken(tmp_path / "digits_audio", count=8, held_back=2)
    return tmp_path


def recipe(kind: str, **changes) -> PriorRecipe:
    small = {
        "trunk": TrunkConfig(grid=GRID, width=32, depth=2, head=16),
        "batch": 16,
        "steps": 8,
        "ramp": 2,
        "report_every": 2,
        "save_every": 4,
    }
    named = {"codec": "tiny", "data": "digits_image", "title": "A tiny prior"}
    return PriorRecipe(f"tiny-{kind}", kind, **named | small | changes)


def run(kind: str, codec: Codec, folder: Path, **changes) -> tuple[PriorRun, Material]:
    return open_run(recipe(kind, **changes), codec, folder)


@pytest.mark.parametrize("kind", KINDS)
def test_a_few_steps_lower_the_loss(kind: str, picture_codec: Codec, digit_folder: Path, tmp_path: Path) -> None:
    changes = {"steps": 120, "report_every": 20, "save_every": 40, "learning_rate": 5e-3}
    training, judges = run(kind, picture_codec, digit_folder, **changes)
    reports = list(train_prior(training, judges, tmp_path))
    assert reports[-1].loss < 0.8 * reports[0].loss
    assert reports[-1].val_quality < 0.95 * reports[1].val_quality


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("stop", [1, 2])
def test_a_resumed_training_equals_an_unbroken_one_bit_by_bit(
    kind: str, stop: int, picture_codec: Codec, digit_folder: Path, tmp_path: Path
) -> None:
    whole, halves = tmp_path / "whole", tmp_path / "halves"
    for folder, stops in ((whole, (None,)), (halves, (stop, None))):
        folder.mkdir()
        for until in stops:
            training, judges = run(kind, picture_codec, digit_folder)
            list(itertools.islice(train_prior(training, judges, folder), until))
    (step, expected, _), (_, found, _) = load_state(whole), load_state(halves)
    assert step == 8 and expected.keys() == found.keys()
    for name, tensor in expected.items():
        assert torch.equal(tensor, found[name]), name


def test_another_priors_training_is_not_taken_up(picture_codec: Codec, digit_folder: Path, tmp_path: Path) -> None:
    list(train_prior(*run("causal", picture_codec, digit_folder), tmp_path))
    with pytest.raises(InputError, match="another prior"):
        list(train_prior(*run("masked", picture_codec, digit_folder), tmp_path))


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_left_is_a_prior_with_averaged_weights(
    kind: str, checkpoints: Path, digit_folder: Path, tmp_path: Path
) -> None:
    codec = zoo.load("tiny")
    training, judges = run(kind, codec, digit_folder)
    reports = list(train_prior_in(tmp_path / "run", training, judges))
    assert [report.step for report in reports] == [2, 4, 6, 8]
    assert len((tmp_path / "run" / "log.jsonl").read_text().splitlines()) == 4
    prior = read_prior(tmp_path / "run" / "checkpoint", codec)
    assert prior.config == training.config
    for name, tensor in prior.network.state_dict().items():
        assert torch.equal(tensor, training.average.values[name].half().float()), name
        assert not tensor.requires_grad


def test_validation_is_the_same_every_time_and_leaves_the_training_alone(
    picture_codec: Codec, digit_folder: Path
) -> None:
    training, judges = run("masked", picture_codec, digit_folder)
    training.advance()
    before = {name: tensor.clone() for name, tensor in training.network.state_dict().items()}
    assert training.validate(judges) == training.validate(judges)
    assert all(torch.equal(tensor, before[name]) for name, tensor in training.network.state_dict().items())


def test_material_is_tokens_of_the_pictures_with_what_they_are_called(picture_codec: Codec, digit_folder: Path) -> None:
    learned, judges, vocabulary = open_material(digit_folder, "digits_image", picture_codec, grid=GRID)
    assert len(learned) == 48 and len(judges) == 12 and list(vocabulary.classes) == ["0", "1", "2"]
    indices, wanted = learned.finest()
    assert indices.shape == (48, 16) and wanted.argmax(1).tolist() == [i % 3 for i in range(48)]
    again = picture_codec.quantizer.lookup(indices[:1].reshape(1, 1, 4, 4))
    assert again.shape == (1, 4, 4, 4)


def test_a_share_of_a_batch_wants_nothing(picture_codec: Codec, digit_folder: Path) -> None:
    learned, _, _ = open_material(digit_folder, "digits_image", picture_codec, grid=GRID)
    generator = torch.Generator().manual_seed(0)
    _, wanted = learned.batch(2000, unasked=0.25, generator=generator)
    assert abs((wanted.sum(1) == 0).float().mean() - 0.25) < 0.04


def test_a_share_of_a_batch_is_asked_by_all_there_is_to_say(picture_codec: Codec) -> None:
    labels = torch.tensor([[1, 0, 0], [1, 1, 1], [0, 1, 1]]).bool()  # a group, its member by name, the name's words
    learned = Material(torch.zeros(4, 16, dtype=torch.int16), torch.zeros(4, dtype=torch.int64), labels[None])
    for named, whole in ((0.0, 1 / 3), (0.6, 0.6 + 0.4 / 3)):
        _, wanted = learned.batch(3000, unasked=0.0, named=named, generator=torch.Generator().manual_seed(0))
        shares = [(wanted == row.float()).all(1).float().mean() for row in labels]
        assert abs(shares[1] - whole) < 0.04 and abs(shares[0] - shares[2]) < 0.04


def test_variants_are_other_pictures_of_the_same_items(digit_folder: Path, picture_codec: Codec) -> None:
    learned, judges, _ = open_material(digit_folder, "digits_image", picture_codec, grid=GRID, variants=2)
    assert len(learned) == 96 and learned.items.tolist() == [*range(48)] * 2 and len(judges) == 12


def test_every_recipe_is_named_as_what_it_trains() -> None:
    for name, each in PRIOR_RECIPES.items():
        assert name == each.name and name.endswith(f"-{each.kind}") and each.data in SUBJECTS


def test_tokens_are_made_once_and_kept_but_not_for_another_codec_or_other_signals(
    picture_codec: Codec, digit_folder: Path, tmp_path: Path
) -> None:
    cache = tmp_path / "tokens"

    def opened(codec: Codec = picture_codec, **changes) -> torch.Tensor:
        return open_material(digit_folder, "digits_image", codec, cache=cache, **{"grid": GRID} | changes)[0].indices

    first = opened()
    (path,) = cache.iterdir()
    np.save(path, np.zeros((48, 16), np.int16))
    assert first.any() and not opened().any(), "what is kept is read"
    assert opened(tiny_codec(PICTURES, seed=5)).any() and len(opened(variants=2)) == 96
    with np.load(digit_folder / "digits_image" / "digits.npz") as arrays:
        arrays = {name: np.flip(array, -1) for name, array in arrays.items()}
    np.savez(digit_folder / "digits_image" / "digits.npz", **arrays)
    assert opened().any() and len([*cache.iterdir()]) == 4


def test_of_nested_codes_the_first_are_learned_cell_by_cell(voice_codec: Codec, voice_folder: Path) -> None:
    for codebooks in (1, 2):
        grid = (codebooks, 10)
        learned, judges, vocabulary = open_material(voice_folder, "digits_audio", voice_codec, grid=grid)
        signals = open_voices(voice_folder / "digits_audio", "val", (10 * voice_codec.stride,)).signals(torch.arange(2))
        expected = voice_codec.encode(signals).indices[:, :codebooks]
        assert torch.equal(judges.indices.long().reshape(2, 10, codebooks).transpose(1, 2), expected)
        assert learned.indices.shape == (6, 10 * codebooks)
    assert list(vocabulary.classes) == ["0", "1", "another 0", "another 1"]


def test_what_has_no_name_is_learned_too(picture_codec: Codec, photo_folder: Path, tmp_path: Path) -> None:
    plan = recipe("masked", data="images", trunk=TrunkConfig(grid=(1, 3, 3), width=32, depth=2, head=16))
    run, judges = open_run(plan, picture_codec, photo_folder)
    assert run.config.vocabulary.labels == () and run.config.size == (3 * picture_codec.stride,) * 2
    reports = list(train_prior_in(tmp_path / "run", run, judges))
    assert reports[-1].step == 8
    prior = read_prior(tmp_path / "run" / "checkpoint", picture_codec)
    assert list(prior.sample(2))[-1].tokens.grid == (3, 3)


@pytest.mark.parametrize("kind", ["causal", "masked"])
def test_two_codebooks_are_learned(kind: str, voice_codec: Codec, voice_folder: Path, tmp_path: Path) -> None:
    trunk = TrunkConfig(grid=(2, 10), width=32, depth=2, head=16)
    changes = {"steps": 60, "report_every": 20, "save_every": 20, "learning_rate": 5e-3, "batch": 8}
    run, judges = open_run(recipe(kind, data="digits_audio", trunk=trunk, **changes), voice_codec, voice_folder)
    reports = list(train_prior(run, judges, tmp_path))
    assert reports[-1].loss < 0.8 * reports[0].loss


def test_how_a_prior_is_best_sampled_goes_with_it(picture_codec: Codec, digit_folder: Path, tmp_path: Path) -> None:
    usual = {"guidance": 2.5, "sampling": Sampling(temperature=0.7, choice_temperature=9), "rounds": 7}
    training, judges = run("masked", picture_codec, digit_folder, **usual)
    list(train_prior_in(tmp_path / "run", training, judges))
    config = read_prior(tmp_path / "run" / "checkpoint", picture_codec).config
    assert config.sampling == usual["sampling"] and config.usual_steps == 7 and config.usual_guidance == 2.5


def test_without_data_one_reads_what_to_do(picture_codec: Codec, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="--data"):
        open_material(None, "emoji", picture_codec, grid=GRID)
    with pytest.raises(InputError, match=r"emoji\.csv"):
        open_material(tmp_path, "emoji", picture_codec, grid=GRID)
    with pytest.raises(InputError, match=r"x_train"):
        open_material(tmp_path, "digits_image", picture_codec, grid=GRID)


def test_a_report_names_its_unit(picture_codec: Codec, digit_folder: Path, tmp_path: Path) -> None:
    report: PriorReport = next(train_prior(*run("flow", picture_codec, digit_folder), tmp_path))
    assert report.measure == "bits/token" and report.steps_taken == 2


def test_the_command_trains_goes_on_and_puts_a_prior_beside_its_codec(
    checkpoints: Path, digit_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(PRIOR_RECIPES, "tiny-masked", recipe("masked"))
    command = ["train", "tiny-masked", "--data", str(digit_folder), "--out", str(tmp_path / "run")]
    first = CliRunner().invoke(app, [*command, "--steps", "4"])
    assert first.exit_code == 0 and "step 4 of 4" in first.output and "bits/token" in first.output
    again = CliRunner().invoke(app, command)
    assert isinstance(again.exception, InputError) and "--resume" in str(again.exception)
    assert CliRunner().invoke(app, [*command, "--resume", "--change", "--name", "mine"]).exit_code == 0
    assert [card.name for card in makers.priors()] == ["mine"]
    assert makers.load_prior("mine").config.kind == "masked"


@pytest.mark.parametrize("kind", KINDS)
def test_beside_other_threads_it_equals_itself_alone(kind: str, picture_codec: Codec, digit_folder: Path) -> None:
    def trained() -> list[torch.Tensor]:
        training, judges = run(kind, picture_codec, digit_folder)
        for _ in range(3):
            training.advance()
        return [torch.tensor(training.validate(judges)), *(w.detach().clone() for w in training.weights.values())]

    alone = trained()
    with another_thread_draws():
        beside = trained()
    assert all(torch.equal(a, b) for a, b in zip(alone, beside, strict=True))
