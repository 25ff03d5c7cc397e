"""What makes pictures of noise learns, resumes bit by bit, and leaves the decoder alone."""

import itertools
from pathlib import Path

import pytest
import torch
from typer.testing import CliRunner

from playground import noises
from playground.commands import app
from playground.core.errors import InputError
from playground.models.convolution import ConvolutionConfig
from playground.models.noise_folder import read_noise
from playground.training.noise_recipes import NOISE_RECIPES, NoiseRecipe
from playground.training.noise_session import open_noise_run, train_noise_in
from playground.training.noises import energy_distance
from playground.training.prior_session import train_prior_in
from playground.training.state import load_state
from tests.training.threads import another_thread_draws

KINDS = ("vae", "gan")
BODY = ConvolutionConfig(channels=1, widths=(8, 12), encoder_depths=(1, 1), decoder_depths=(1, 1), dim=4)


def recipe(kind: str, **changes) -> NoiseRecipe:
    small = {"body": BODY, "noise": 3, "batch": 16, "steps": 8, "ramp": 2, "report_every": 2, "save_every": 4}
    return NoiseRecipe(f"tiny-{kind}", kind, "tiny", "digits_image", "Tiny", **small | changes)


@pytest.mark.parametrize("kind", KINDS)
def test_pictures_come_nearer_to_the_real_ones(kind: str, digit_folder: Path) -> None:
    run, judges = open_noise_run(recipe(kind, steps=80, learning_rate=4e-3), digit_folder)
    before = run.validate(judges)
    losses = [run.advance() for _ in range(80)]
    assert run.validate(judges) < 0.6 * before
    assert kind == "gan" or sum(losses[-5:]) < 0.7 * sum(losses[:5]), "and a picture takes fewer nats"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("stop", [1, 3])
def test_a_resumed_training_equals_an_unbroken_one_bit_by_bit(
    kind: str,
    stop: int,
    digit_folder: Path,
    tmp_path: Path,
) -> None:
    whole, halves = tmp_path / "whole", tmp_path / "halves"
    for folder, stops in ((whole, (None,)), (halves, (stop, None))):
        for until in stops:
            reports = train_noise_in(folder, *open_noise_run(recipe(kind), digit_folder))
            list(itertools.islice(reports, until))
            reports.close()
    (step, expected, _), (_, found, _) = load_state(whole), load_state(halves)
    assert step == 8 and expected.keys() == found.keys()
    for name, tensor in expected.items():
        assert torch.equal(tensor, found[name]), name


def test_each_half_follows_its_own_loss_only(digit_folder: Path) -> None:
    """A decoder that also followed the critic's loss would help to give itself away."""
    run, _ = open_noise_run(recipe("gan"), digit_folder)
    before = {name: [w.clone() for w in half.parameters()] for name, half in run.halves.items()}
    pictures, wanted, noise = run.material.batch(16, run.config, unasked=0.1, generator=torch.Generator())
    for names, loss in run.losses(run.halves, pictures, wanted, noise, 0):
        run._follow(names, loss, 1e-3)
        for name, half in run.halves.items():
            moved = any(not torch.equal(a, b) for a, b in zip(half.parameters(), before[name], strict=True))
            assert moved == (name in names), name
            before[name] = [w.clone() for w in half.parameters()]


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_left_is_the_decoder_with_averaged_weights(
    kind: str,
    digit_folder: Path,
    tmp_path: Path,
) -> None:
    run, judges = open_noise_run(recipe(kind), digit_folder)
    assert [report.step for report in train_noise_in(tmp_path, run, judges)] == [2, 4, 6, 8]
    config, network = read_noise(tmp_path / "checkpoint")
    assert config == run.config and config.classes == ("0", "1", "2")
    for name, tensor in network.state_dict().items():
        assert torch.equal(tensor, run.average.values[name].half().float()), name


def test_a_batch_is_of_pictures_with_their_class_and_a_share_has_none(digit_folder: Path) -> None:
    run, _ = open_noise_run(recipe("vae"), digit_folder)
    pictures, wanted, noise = run.material.batch(2000, run.config, unasked=0.25, generator=torch.Generator())
    assert pictures.shape == (2000, 1, 32, 32) and noise.shape == (2000, 3)
    assert abs((wanted.sum(1) == 0).float().mean() - 0.25) < 0.04 and wanted.sum(1).max() == 1


def test_energy_distance_is_nothing_between_alike_and_grows_apart() -> None:
    generator = torch.Generator().manual_seed(0)
    a, b = torch.randn(2, 400, 1, 4, 4, generator=generator)
    assert abs(energy_distance(a, b)) < 0.01
    assert energy_distance(a, b + 1) > 0.5 > energy_distance(a, 0.8 * b) > 0.01


def test_recipes_are_named_as_what_they_train_and_stay_small(digit_folder: Path) -> None:
    for name, each in NOISE_RECIPES.items():
        assert name == each.name == f"{each.codec.removesuffix('-vq')}-{each.kind}"
        run, _ = open_noise_run(each, digit_folder)
        assert sum(2 * weight.numel() for weight in run.weights["decoder"].values()) < 0.75e6


def test_another_models_training_is_not_taken_up(digit_folder: Path, tmp_path: Path) -> None:
    list(train_prior_in(tmp_path, *open_noise_run(recipe("gan"), digit_folder)))
    with pytest.raises(InputError, match="another model"):
        list(train_prior_in(tmp_path, *open_noise_run(recipe("vae"), digit_folder)))


def test_without_data_one_reads_what_to_do() -> None:
    with pytest.raises(InputError, match="--data"):
        open_noise_run(recipe("gan"), None)


def test_the_command_trains_goes_on_and_puts_it_beside_the_codec(
    checkpoints: Path,
    digit_folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(NOISE_RECIPES, "tiny-gan", recipe("gan"))
    command = ["train", "tiny-gan", "--data", str(digit_folder), "--out", str(tmp_path / "run")]
    first = CliRunner().invoke(app, [*command, "--steps", "4"])
    assert first.exit_code == 0 and "step 4 of 4" in first.output
    again = CliRunner().invoke(app, command)
    assert isinstance(again.exception, InputError) and "--resume" in str(again.exception)
    assert CliRunner().invoke(app, [*command, "--resume", "--change", "--name", "mine"]).exit_code == 0
    (card,) = noises.noises()
    assert (card.name, card.kind, card.codec, card.classes) == ("mine", "gan", "tiny", ("0", "1", "2"))
    assert noises.sample("mine", 2, wanted="1").shape == (2, 3, 32, 32)
    taken = CliRunner().invoke(app, [*command, "--resume", "--change", "--name", "mine"])
    assert isinstance(taken.exception, InputError) and "already" in str(taken.exception)


@pytest.mark.parametrize("kind", KINDS)
def test_beside_other_threads_it_equals_itself_alone(kind: str, digit_folder: Path) -> None:
    def trained() -> list[torch.Tensor]:
        run, _ = open_noise_run(recipe(kind), digit_folder)
        for _ in range(3):
            run.advance()
        return [weight.detach().clone() for half in run.weights.values() for weight in half.values()]

    alone = trained()
    with another_thread_draws():
        beside = trained()
    assert all(torch.equal(a, b) for a, b in zip(alone, beside, strict=True))
