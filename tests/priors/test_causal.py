"""One token after another."""

import math

import torch

from playground.priors.causal import _astray
from playground.priors.prior import Given, Prior, Sampling
from tests.priors.conftest import last

SEEDED = torch.Generator().manual_seed(0)
INDICES = torch.randint(16, (3, 12), generator=SEEDED)


def test_with_the_past_kept_the_guesses_are_those_made_anew(causal: Prior) -> None:
    wanted = causal.config.vocabulary.row("red apple").expand(3, -1)
    whole, past = causal.logits(INDICES, wanted), None
    for place in range(12):
        logits, past = causal._next(INDICES, place, wanted, past)
        torch.testing.assert_close(logits, whole[:, place], atol=1e-4, rtol=1e-4)


def test_no_guess_knows_what_comes_after_it(causal: Prior) -> None:
    wanted = torch.zeros(3, len(causal.config.vocabulary.labels))
    other = INDICES.clone()
    other[:, 5] = (other[:, 5] + 1) % 16
    before, after = causal.logits(INDICES, wanted), causal.logits(other, wanted)
    torch.testing.assert_close(before[:, :6], after[:, :6])
    assert (before[:, 6:] - after[:, 6:]).abs().amax((0, 2)).min() > 1e-3, "all later ones do"


def test_stopping_and_going_on_equals_going_through(causal: Prior) -> None:
    """So a page may keep nothing, and a token overwritten by hand changes only what follows."""
    steps = list(causal.sample(2, seed=4, wanted="fruit"))
    for stopped in (0, 4, 10):
        given = Given(steps[stopped].tokens.indices, steps[stopped].filled)
        result = last(causal.sample(2, seed=4, wanted="fruit", given=given))
        assert torch.equal(result.tokens.indices, steps[-1].tokens.indices)


def test_bits_are_those_of_the_probabilities_that_were_shown(causal: Prior) -> None:
    wanted = causal.config.vocabulary.row("red apple")
    result = last(causal.sample(3, seed=4, wanted="red apple", sampling=Sampling(guidance=1)))
    shown = -result.probability.log2().flatten(1).sum(1)
    bits = causal.bits(result.tokens.indices.flatten(1), wanted.expand(3, -1))
    torch.testing.assert_close(bits, shown, atol=1e-2, rtol=1e-3)


def test_bits_sum_up_to_one_over_all_there_could_be(causal: Prior) -> None:
    """The last token's probabilities, whatever went before it."""
    indices = INDICES[:1].repeat(16, 1)
    wanted = torch.zeros(16, len(causal.config.vocabulary.labels))
    indices[:, -1] = torch.arange(16)
    bits = causal.bits(indices, wanted)
    before = causal.logits(indices[:1], wanted[:1])[:, :-1].log_softmax(-1)
    nats = -before.gather(2, indices[:1, :-1, None]).sum()
    assert math.isclose(torch.exp2(-(bits - nats / math.log(2))).sum().item(), 1, abs_tol=1e-3)


def test_of_each_item_a_share_of_its_own_is_led_astray(causal: Prior) -> None:
    torch.manual_seed(0)
    indices = torch.full((400, 200), 3)
    seen = _astray(indices, 0.6, 16)
    shares = (seen != indices).float().mean(1) * 16 / 15  # one in sixteen others is the same by chance
    assert abs(shares.mean() - 0.3) < 0.02 and shares.min() < 0.05 and 0.55 < shares.max() < 0.72
    assert set(seen.flatten().tolist()) == set(range(16))
    wanted = torch.zeros(3, len(causal.config.vocabulary.labels))
    assert causal.loss(INDICES, wanted, astray=0.6) != causal.loss(INDICES, wanted, astray=0.0)


def test_top_k_of_one_takes_the_likeliest_whatever_the_seed(causal: Prior) -> None:
    sampling = Sampling(top_k=1)
    first, other = (last(causal.sample(1, seed=seed, sampling=sampling)).tokens.indices for seed in (1, 2))
    assert torch.equal(first, other)
    assert torch.equal(first, last(causal.sample(1, seed=3, sampling=Sampling(top_p=0.01))).tokens.indices)
    assert torch.equal(first, last(causal.sample(1, seed=3, sampling=Sampling(temperature=0.01))).tokens.indices)


def test_samples_follow_the_probabilities(causal: Prior) -> None:
    """The first token, drawn a thousand times."""
    shares = causal.logits(INDICES[:1], torch.zeros(1, len(causal.config.vocabulary.labels)))[0, 0].softmax(-1)
    first = next(iter(causal.sample(1000, seed=1))).tokens.indices[:, 0, 0, 0]
    found = first.bincount(minlength=16) / 1000
    assert (found - shares).abs().max() < 0.05
