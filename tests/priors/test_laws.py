"""What holds of every prior, whatever it does inside."""

from dataclasses import replace

import pytest
import torch

from playground.core.errors import InputError
from playground.priors.prior import Given, Prior, PriorConfig, Sampling
from tests.priors.conftest import last


def test_the_result_is_tokens_of_the_codec_and_every_cell_is_filled(prior: Prior) -> None:
    result = last(prior.sample(5, seed=3))
    assert result.tokens.indices.shape == (5, 1, 3, 4) and result.filled.all()
    assert result.tokens.codebook_size == 16 and result.tokens.codec == "tiny"
    assert prior.codec.decode(result.tokens).shape == (5, 3, 3 * prior.codec.stride, 4 * prior.codec.stride)
    assert result.tokens.indices.unique().numel() > 2


def test_the_same_seed_gives_the_same_sample_and_another_another(prior: Prior) -> None:
    first, again, other = (last(prior.sample(3, seed=seed)).tokens.indices for seed in (7, 7, 8))
    assert torch.equal(first, again) and not torch.equal(first, other)


def test_the_world_around_has_no_part_in_the_chance(prior: Prior) -> None:
    first = last(prior.sample(2, seed=7)).tokens.indices
    torch.manual_seed(123)
    torch.rand(5)
    assert torch.equal(first, last(prior.sample(2, seed=7)).tokens.indices)


def test_a_picture_is_the_same_however_many_are_made_with_it(prior: Prior) -> None:
    many, one = (last(prior.sample(n, seed=7)).tokens.indices for n in (4, 1))
    assert torch.equal(many[:1], one) and not torch.equal(many[1:2], one)


def test_as_many_pictures_are_shown_as_were_asked_for(prior: Prior) -> None:
    for steps in (1, 5, 12):
        shown = list(prior.sample(2, steps=steps, seed=1))
        assert [step.step for step in shown] == list(range(1, steps + 1)) and shown[-1].steps == steps
        filled = [int(step.filled.sum()) for step in shown]
        assert filled == sorted(filled) and filled[-1] == 24


def test_a_picture_shown_stays_as_it_was_shown(prior: Prior) -> None:
    """Whoever keeps the steps can go back among them."""
    kept, copies = [], []
    for step in prior.sample(2, steps=6, seed=1):
        kept.append(step)
        copies.append((step.tokens.indices.clone(), step.filled.clone()))
    for step, (indices, filled) in zip(kept, copies, strict=True):
        assert torch.equal(step.tokens.indices, indices) and torch.equal(step.filled, filled)


def test_given_cells_stay_and_the_others_are_filled(prior: Prior) -> None:
    indices = torch.arange(12).reshape(1, 1, 3, 4)
    known = torch.zeros_like(indices, dtype=torch.bool)
    known[..., 1, :] = True
    for step in prior.sample(3, seed=2, given=Given(indices, known)):
        assert torch.equal(step.tokens.indices[:, :, 1], indices[:, :, 1].expand(3, -1, -1))
        assert step.filled[:, :, 1].all()
    assert not torch.equal(step.tokens.indices[0], indices[0])


def test_guidance_of_one_is_the_class_itself_and_of_none_no_class(prior: Prior) -> None:
    def made(wanted: str, guidance: float) -> torch.Tensor:
        result = last(prior.sample(4, seed=5, wanted=wanted, sampling=Sampling(guidance=guidance)))
        return result.tokens.indices if result.latents is None else result.latents

    assert torch.equal(made("red apple", 0), made("", 1))
    assert not torch.equal(made("red apple", 1), made("red hammer", 1))
    # A hair off 1 goes the long way, through both guesses, to the same.
    assert ((made("red apple", 1) - made("red apple", 1 + 1e-6)).abs() < 1e-3).float().mean() > 0.95


def test_what_cannot_be_is_said_in_a_sentence(prior: Prior) -> None:
    indices = torch.zeros(1, 1, 3, 4, dtype=torch.int64)
    for wrong in (
        lambda: last(prior.sample(2, wanted="aple")),
        lambda: last(prior.sample(2, steps=0)),
        lambda: last(prior.sample(2, steps=100_000)),
        lambda: last(prior.sample(0)),
        lambda: last(prior.sample(1, seed=-1)),
        lambda: Sampling(temperature=0),
        lambda: Sampling(top_p=0),
        lambda: Sampling(top_k=-1),
        lambda: Sampling(guidance=float("nan")),
        lambda: Given(indices, torch.ones_like(indices, dtype=torch.bool)),
    ):
        with pytest.raises(InputError):
            wrong()


def test_cells_of_another_grid_are_refused(prior: Prior) -> None:
    indices = torch.zeros(1, 1, 4, 4, dtype=torch.int64)
    with pytest.raises(ValueError, match="grids"):
        last(prior.sample(1, given=Given(indices, torch.zeros_like(indices, dtype=torch.bool))))


def test_a_loss_has_a_gradient_for_every_weight(prior: Prior) -> None:
    learned = [p for name, p in prior.network.named_parameters() if name not in ("middle", "spread")]
    for parameter in learned:
        parameter.requires_grad_(True)
    indices = torch.randint(16, (8, 12), generator=torch.Generator().manual_seed(0))
    wanted = torch.stack([prior.config.vocabulary.row(name) for name in ("red apple", "")]).repeat(4, 1)
    prior.loss(indices, wanted).backward()
    assert all(parameter.grad is not None and parameter.grad.abs().sum() > 0 for parameter in learned)


def test_without_being_told_a_prior_is_sampled_as_its_config_says(prior: Prior) -> None:
    kept = prior.config
    try:
        usual = Sampling(temperature=0.4, top_p=0.8, choice_temperature=2.0)
        prior.config = replace(kept, sampling=usual, steps=3, guidance=2.0)
        plain = list(prior.sample(4, wanted="fruit", seed=1))
        told = replace(usual, guidance=2.0)
        prior.config = kept
        same = list(prior.sample(4, wanted="fruit", seed=1, steps=3, sampling=told))
    finally:
        prior.config = kept
    assert len(plain) == len(same) == 3
    assert torch.equal(plain[-1].tokens.indices, same[-1].tokens.indices)


def test_a_config_comes_back_from_plain_values_and_an_older_one_too(prior: Prior) -> None:
    config = replace(prior.config, sampling=Sampling(temperature=0.4), steps=9)
    plain = config.to_dict()
    assert PriorConfig.from_dict(plain) == config
    older = {name: value for name, value in prior.config.to_dict().items() if name not in ("sampling", "steps")}
    assert PriorConfig.from_dict(older) == prior.config
