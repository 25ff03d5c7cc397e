"""Priors of several nested codebooks: what a row is, and that each codebook has codes of its own."""

import pytest
import torch

from playground.core.codec import Codec
from playground.priors.prior import Given, Prior, in_rows, on_grid
from tests.priors.conftest import last, prior_config, tiny_prior

GRID = (2, 5)


@pytest.fixture
def nested(voice_codec: Codec) -> dict[str, Prior]:
    return {kind: tiny_prior(kind, voice_codec, grid=GRID) for kind in ("causal", "masked")}


def test_a_row_goes_cell_by_cell_and_back_again(voice_codec: Codec) -> None:
    values = torch.arange(20).reshape(2, 2, 5)
    rows = in_rows(values)
    assert rows[0].tolist() == [0, 5, 1, 6, 2, 7, 3, 8, 4, 9]
    assert torch.equal(on_grid(prior_config("causal", voice_codec, grid=GRID), rows), values)


@pytest.mark.parametrize("kind", ["causal", "masked"])
def test_samples_are_tokens_of_the_first_codebooks(kind: str, nested: dict[str, Prior]) -> None:
    prior = nested[kind]
    result = last(prior.sample(3, wanted="fruit", seed=2))
    assert result.tokens.indices.shape == (3, 2, 5) and result.filled.all()
    assert result.probability.shape == result.entropy.shape == (3, 2, 5)
    assert prior.codec.decode(result.tokens).shape == (3, 1, 5 * prior.codec.stride)


def test_a_causal_prior_goes_on_in_time(nested: dict[str, Prior]) -> None:
    """All codebooks of a cell before the next: with the first cells given, only later ones are made."""
    steps = list(nested["causal"].sample(2, seed=4))
    assert [int(step.filled[0].sum()) for step in steps] == list(range(1, 11))
    assert steps[3].filled[:, :, :2].all() and not steps[3].filled[:, :, 2:].any()
    given = Given(steps[3].tokens.indices, steps[3].filled)
    result = last(nested["causal"].sample(2, seed=4, given=given))
    assert torch.equal(result.tokens.indices, steps[-1].tokens.indices)


def test_with_the_past_kept_the_guesses_are_those_made_anew(nested: dict[str, Prior]) -> None:
    causal, past = nested["causal"], None
    rows = torch.randint(16, (3, 10), generator=torch.Generator().manual_seed(0))
    wanted = causal.config.vocabulary.row("fruit").expand(3, -1)
    whole = causal.logits(rows, wanted)
    for place in range(10):
        logits, past = causal._next(rows, place, wanted, past)
        torch.testing.assert_close(logits, whole[:, place], atol=1e-4, rtol=1e-4)


def test_the_same_number_means_another_code_in_each_codebook(nested: dict[str, Prior]) -> None:
    network = nested["masked"].network
    rows = torch.full((1, 10), 3)
    vectors = network.codes(rows + network.rows * (torch.arange(10) % 2))
    assert not torch.allclose(vectors[0, 0], vectors[0, 1]) and torch.equal(vectors[0, 0], vectors[0, 2])
    x = torch.randn(1, 1, network.trunk.places.shape[1]).expand(1, 10, -1)
    guesses = network._guessed(x, torch.arange(10) % 2)
    assert not torch.allclose(guesses[0, 0], guesses[0, 1])
    torch.testing.assert_close(guesses[0, 0], guesses[0, 8])
