"""Training learns, resumes bit by bit, and stops before it spoils anything."""

import itertools
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import Tensor

from playground.core.errors import InputError
from playground.models.config import QuantizerConfig
from playground.training.adversary import AdversaryConfig
from playground.training.loop import train
from playground.training.recipes import RECIPES, learning_rate
from playground.training.run import Run
from playground.training.state import load_state
from tests.training.tiny import TINY, VALIDATION, batches, finish


def test_some_steps_lower_the_loss_and_raise_the_quality(tmp_path: Path) -> None:
    recipe = replace(TINY, steps=120, unquantized=30, ramp=10, report_every=15, learning_rate=5e-3)
    reports = finish(recipe, tmp_path)
    assert reports[1].loss < 0.8 * reports[0].loss, "without quantization"
    assert reports[-1].loss < reports[2].loss and reports[-1].quality > reports[2].quality + 1, "with it"
    assert reports[-1].val_quality > reports[2].val_quality > reports[0].val_quality


def test_reports_say_how_the_codebook_is_used(tmp_path: Path) -> None:
    reports = finish(replace(TINY, steps=12, report_every=3), tmp_path)
    assert [report.step for report in reports] == [3, 6, 9, 12]
    for report in reports:
        assert report.usage == 1 - report.dead_codes / 16 > 0.3
        assert 1 <= report.perplexity <= 16 and report.perplexity <= 16 * report.usage + 1e-4


@pytest.mark.parametrize("stop", [1, 2, 3, 5])
def test_a_resumed_training_equals_an_unbroken_one_bit_by_bit(tmp_path: Path, stop: int) -> None:
    """Stopped before, at and after the codebook starts, and around a revival."""
    whole = finish(TINY, tmp_path / "whole")
    (tmp_path / "halves").mkdir()
    first = list(itertools.islice(train(TINY, batches, VALIDATION, tmp_path / "halves"), stop))
    second = finish(TINY, tmp_path / "halves")
    expected, found = (load_state(tmp_path / name)[1] for name in ("whole", "halves"))
    assert expected.keys() == found.keys()
    for name, tensor in expected.items():
        assert torch.equal(tensor, found[name]), name
    assert [report.val_quality for report in first + second] == [report.val_quality for report in whole]


def test_a_listener_who_leaves_after_a_report_loses_nothing(tmp_path: Path) -> None:
    training = train(replace(TINY, save_every=100), batches, VALIDATION, tmp_path)
    report = next(training)
    training.close()
    assert load_state(tmp_path)[0] == report.step


def test_saves_and_validations_are_rarer_than_reports(tmp_path: Path) -> None:
    recipe = replace(TINY, steps=9, report_every=2, save_every=4)
    for report in train(recipe, batches, VALIDATION, tmp_path):
        state = load_state(tmp_path)
        assert (state[0] if state else 0) == {2: 0, 4: 4, 6: 4, 8: 8, 9: 9}[report.step]
        assert (report.val_quality is None) == (report.step == 2)


def test_what_is_exported_and_validated_is_the_running_mean_of_the_weights() -> None:
    run = Run(replace(TINY, average=0.5, unquantized=0), batches)
    run.advance()
    mean = {name: tensor.clone() for name, tensor in run.average.values.items()}
    for step in range(2, 6):
        run.advance()
        now = {name: tensor.clone() for name, tensor in run.codec.state_dict().items()}
        decay = min(0.5, (1 + step) / (10 + step))
        mean = {name: decay * mean[name] + (1 - decay) * now[name] for name in now}
        for name, tensor in mean.items():
            torch.testing.assert_close(run.average.values[name], tensor)
    with run.average.worn() as codec:
        expected = codec.decode(codec.encode(VALIDATION)).clamp(-1, 1)
    torch.testing.assert_close(run.reconstruct(VALIDATION), expected)
    for name, tensor in run.codec.state_dict().items():
        assert torch.equal(tensor, now[name]), name


def test_a_finished_training_has_nothing_left_to_do(tmp_path: Path) -> None:
    finish(TINY, tmp_path)
    assert finish(TINY, tmp_path) == []


def test_more_steps_go_on_from_a_finished_training(tmp_path: Path) -> None:
    finish(TINY, tmp_path)
    assert [report.step for report in finish(replace(TINY, steps=8), tmp_path)] == [7, 8]


def test_no_number_stops_the_training_with_the_last_state_intact(tmp_path: Path) -> None:
    recipe = replace(TINY, steps=30, report_every=4)

    def poisoned(step: int) -> Tensor:
        return batches(step) * (torch.nan if step == 25 else 1)

    with pytest.raises(FloatingPointError, match="step 25"):
        finish(recipe, tmp_path, batches=poisoned)
    step, tensors, _ = load_state(tmp_path)
    assert step == 24
    assert all(tensor.isfinite().all() for tensor in tensors.values())
    assert finish(recipe, tmp_path)[-1].step == 30, "and goes on from there"


def test_the_training_of_another_codec_is_not_overwritten(tmp_path: Path) -> None:
    finish(TINY, tmp_path)
    other = replace(TINY, codec=replace(TINY.codec, body=replace(TINY.codec.body, dim=5)))
    with pytest.raises(InputError, match="another codec"):
        finish(other, tmp_path)


def test_states_name_their_tensors_as_they_always_did(tmp_path: Path) -> None:
    """Trainings that run for days were saved with these names."""
    finish(TINY, tmp_path)
    names = load_state(tmp_path)[1].keys()
    weights = {name.removeprefix("model.") for name in names if name.startswith("model.")}
    by_adam = {name.removeprefix("adam.exp_avg.") for name in names if name.startswith("adam.exp_avg.")}
    by_muon = {name.removeprefix("muon.momentum_buffer.") for name in names if name.startswith("muon.")}
    assert by_adam | by_muon == weights - {"quantizer.weight"} and not by_adam & by_muon
    kept = {f"adam.{key}.{name}" for key in ("step", "exp_avg", "exp_avg_sq") for name in by_adam}
    kept |= {f"muon.momentum_buffer.{name}" for name in by_muon}
    kept |= {f"{kind}.{name}" for kind in ("model", "average") for name in weights}
    assert set(names) == kept | {"book.0.counts", "book.0.sums"}


def test_the_codebook_starts_and_stays_where_the_latents_are(tmp_path: Path) -> None:
    recipe = replace(TINY, steps=40, unquantized=10, report_every=10)
    reports = finish(recipe, tmp_path)
    assert reports[0].usage == 0, "no codes yet"
    assert min(report.usage for report in reports[1:]) >= 0.75


def test_a_code_that_nothing_chooses_is_revived_until_the_cooldown() -> None:
    recipe = replace(TINY, steps=20, unquantized=1, cooldown=0.5)
    run = Run(recipe, batches)
    for lost_at, revived in ((3, True), (13, False)):
        while run.step < lost_at:
            run.advance()
        book = run.books.moving[0]
        with torch.no_grad():  # far from every latent, as if nothing had chosen it for long
            run.codec.quantizer.weight[5], book.counts[5], book.sums[5] = 100.0, 1e-4, 1e-2
        run.advance()
        run.advance()
        assert (run.codec.quantizer.weight[5].abs().max() < 50) == revived


def test_an_adversary_teaches_the_decoder_alone_and_resumes_bit_by_bit(tmp_path: Path) -> None:
    start = Run(TINY, batches).codec
    adversary = AdversaryConfig(head_start=2, width=4, depth=2)
    recipe = replace(TINY, cures=(), frozen=("encoder", "quantizer"), adversary=adversary, report_every=2, steps=8)
    whole, halves = tmp_path / "whole", tmp_path / "halves"
    for folder, stops in ((whole, (None,)), (halves, (2, None))):
        folder.mkdir()
        for stop in stops:
            list(itertools.islice(train(recipe, batches, VALIDATION, folder, start=start), stop))
    (_, expected, _), (_, found, _) = load_state(whole), load_state(halves)
    assert expected.keys() == found.keys()
    for name, tensor in expected.items():
        assert torch.equal(tensor, found[name]), name
    for name, tensor in start.state_dict().items():
        assert torch.equal(expected[f"model.{name}"], tensor) == (not name.startswith("decoder")), name


def test_in_its_head_start_only_the_critic_learns() -> None:
    start = Run(TINY, batches).codec
    adversary = AdversaryConfig(head_start=2, width=4, depth=2)
    run = Run(replace(TINY, cures=(), frozen=("encoder", "quantizer"), adversary=adversary), batches, start=start)
    critic = {name: weight.clone() for name, weight in run.adversary.weights.items()}
    for _ in range(2):
        run.advance()
    assert all(torch.equal(weight, run.codec.state_dict()[name]) for name, weight in start.state_dict().items())
    assert not any(torch.equal(weight, run.adversary.weights[name]) for name, weight in critic.items())
    run.advance()
    assert not torch.equal(run.codec.decoder.layers[0].weight, start.decoder.layers[0].weight)


KINDS = {
    "cosine": QuantizerConfig("cosine", codebook_size=16),
    "rotation": QuantizerConfig("rotation", codebook_size=16),
    "linear": QuantizerConfig("linear", codebook_size=16),
    "gumbel": QuantizerConfig("gumbel", codebook_size=16),
    "residual": QuantizerConfig("residual", codebook_size=8, num_codebooks=3),
    "product": QuantizerConfig("product", codebook_size=8, num_codebooks=2),
    "scalar": QuantizerConfig("scalar", levels=(4, 3, 3, 3)),
    "binary": QuantizerConfig("binary"),
    "spherical": QuantizerConfig("spherical"),
    "gaussian": QuantizerConfig("gaussian"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_quantizer_learns_and_resumes_bit_by_bit(tmp_path: Path, kind: str) -> None:
    cures = ("kmeans",) if kind in ("linear", "gumbel") else TINY.cures
    codec = replace(TINY.codec, quantizer=KINDS[kind])
    recipe = replace(TINY, codec=codec, cures=cures, steps=60, unquantized=10, report_every=20, learning_rate=5e-3)
    reports = finish(recipe, tmp_path / "whole")
    assert reports[-1].val_quality > 9 and (reports[-1].usage > 0.3 or kind == "gaussian")
    (tmp_path / "halves").mkdir()
    list(itertools.islice(train(recipe, batches, VALIDATION, tmp_path / "halves"), 2))
    finish(recipe, tmp_path / "halves")
    expected, found = (load_state(tmp_path / name)[1] for name in ("whole", "halves"))
    assert expected.keys() == found.keys()
    for name, tensor in expected.items():
        assert torch.equal(tensor, found[name]), name


def test_residual_codebooks_all_start_in_use(tmp_path: Path) -> None:
    quantizer = QuantizerConfig("residual", codebook_size=16, num_codebooks=3)
    run = Run(replace(TINY, codec=replace(TINY.codec, quantizer=quantizer)), batches)
    for _ in range(3):
        run.advance()
    indices = run.codec.encode(torch.cat([batches(step) for step in range(16)])).indices
    assert all(indices[:, k].unique().numel() >= 8 for k in range(3))


def test_validation_goes_through_the_codebook_once_there_is_one() -> None:
    run = Run(replace(TINY, unquantized=2), batches)
    for quantized in (False, True):
        with torch.no_grad(), run.average.worn() as codec:
            latents = codec.latents(VALIDATION)
            if quantized:
                latents = codec.quantizer.lookup(codec.quantizer.nearest(latents))
            errors = (codec.render(latents, (32, 32)).clamp(-1, 1) - VALIDATION).square().flatten(1).mean(1)
        expected = (10 * torch.log10(4 / errors)).mean().item()
        assert run.validate(VALIDATION) == pytest.approx(expected, abs=1e-3)
        for _ in range(3):
            run.advance()


def test_the_learning_rate_goes_up_stays_and_falls_as_a_cosine() -> None:
    recipe = replace(TINY, steps=100, ramp=10, cooldown=0.2, learning_rate=1.0)
    rates = [learning_rate(recipe, step) for step in range(101)]
    assert rates[0] == pytest.approx(0.1) and rates[9:81] == pytest.approx([1.0] * 72)
    assert rates[90] == pytest.approx(0.5) and rates[85] > 0.8 and rates[95] < 0.2 and rates[100] == 0


def test_every_recipe_is_named_as_its_codec() -> None:
    assert all(name == recipe.codec.name for name, recipe in RECIPES.items())
