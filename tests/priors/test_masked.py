"""All tokens at once, the surest first."""

import math

import torch

from playground.priors.masked import _hide
from playground.priors.prior import Given, Prior, Sampling


def test_as_many_cells_stay_hidden_as_the_cosine_says(masked: Prior) -> None:
    hidden = [12 - int(step.filled[0].sum()) for step in masked.sample(1, steps=6, seed=1)]
    assert hidden == [min(math.floor(12 * math.cos(math.pi / 2 * (i + 1) / 6)), 11 - i) for i in range(5)] + [0]


def test_every_round_settles_one_cell_at_least(masked: Prior) -> None:
    """Until there are none: more rounds than cells change nothing any more."""
    filled = [int(step.filled[0].sum()) for step in masked.sample(1, steps=12, seed=1)]
    assert filled == sorted(set(filled)) and filled[-1] == 12
    assert int(next(iter(masked.sample(1, steps=40, seed=1))).filled.sum()) == 1


def test_what_is_settled_stays(masked: Prior) -> None:
    before = None
    for step in masked.sample(3, steps=8, seed=1):
        if before:
            assert torch.equal(step.tokens.indices[before.filled], before.tokens.indices[before.filled])
            assert step.filled[before.filled].all()
        before = step


def test_without_luck_the_surest_are_settled_first(masked: Prior) -> None:
    (step, *_) = masked.sample(4, steps=2, seed=1, sampling=Sampling(choice_temperature=0))
    for probability, filled in zip(step.probability.flatten(1), step.filled.flatten(1), strict=True):
        assert probability[filled].min() >= probability[~filled].max()


def test_what_is_hidden_is_not_seen_and_what_is_given_is(masked: Prior) -> None:
    indices = torch.randint(16, (2, 12), generator=torch.Generator().manual_seed(0))
    hidden = torch.zeros(2, 12, dtype=torch.bool)
    hidden[:, 3] = True
    wanted = torch.zeros(2, len(masked.config.vocabulary.labels))
    before = masked.logits(indices, hidden, wanted)
    for place, felt in ((3, False), (4, True)):
        other = indices.clone()
        other[:, place] = (other[:, place] + 1) % 16
        change = (masked.logits(other, hidden, wanted) - before).abs().amax()
        assert (change > 1e-3) == felt


def test_a_share_of_the_places_is_hidden_in_training_one_at_least() -> None:
    indices, share = torch.zeros(4, 12), torch.tensor([0.0, 0.3, 0.5, 1.0])
    assert _hide(indices, share).sum(1).tolist() == [1, 4, 6, 12]


def test_a_single_open_cell_is_filled_at_once(masked: Prior) -> None:
    indices = torch.randint(16, (1, 1, 3, 4), generator=torch.Generator().manual_seed(0))
    known = torch.ones_like(indices, dtype=torch.bool)
    known[..., 2, 1] = False
    steps = list(masked.sample(2, steps=5, seed=1, given=Given(indices, known)))
    assert steps[0].filled.all() and (steps[-1].tokens.indices == indices).sum(1).sum() >= 22
