"""Out of noise, and into it."""

from dataclasses import replace

import pytest
import torch
import torch.nn.functional as F

from playground.priors.folder import build_prior
from playground.priors.prior import Prior, Sampling, noise
from tests.priors.conftest import last


def latents_of(prior: Prior) -> torch.Tensor:
    indices = torch.randint(16, (2, 1, 3, 4), generator=torch.Generator().manual_seed(0))
    return prior.codec.quantizer.lookup(indices)


class Opinion(torch.nn.Module):
    """Expects the same (1, V, 3, 4) of everything, in latents that are even as they are."""

    def __init__(self, logits: torch.Tensor) -> None:
        super().__init__()
        self.logits, self.middle, self.spread = logits, torch.zeros(4), torch.ones(4)

    def forward(self, x: torch.Tensor, time: torch.Tensor, wanted: torch.Tensor) -> torch.Tensor:
        return self.logits.expand(len(x), -1, -1, -1)


def test_the_way_into_noise_begins_at_the_latents_and_ends_at_noise(flow: Prior) -> None:
    flow.network.middle.copy_(torch.tensor([1.0, -2.0, 0.5, 0.0]))
    flow.network.spread.copy_(torch.tensor([2.0, 0.5, 1.0, 3.0]))
    latents = latents_of(flow)
    torch.testing.assert_close(flow.noised(latents, 1.0, seed=3), latents)
    pure = (flow.noised(latents, 0.0, seed=3) - flow.network.middle[:, None, None]) / flow.network.spread[:, None, None]
    torch.testing.assert_close(pure, noise(2, (4, 3, 4), seed=3, gaussian=True))
    half = (flow.noised(latents, 0.0, seed=3) + latents) / 2
    torch.testing.assert_close(flow.noised(latents, 0.5, seed=3), half, msg="in a straight line")


def test_the_way_back_from_pure_noise_is_a_sample(flow: Prior) -> None:
    start = flow.noised(latents_of(flow), 0.0, seed=3)
    back = last(flow.denoise(start, 0.0, wanted="fruit", steps=7))
    sample = last(flow.sample(2, wanted="fruit", steps=7, seed=3))
    torch.testing.assert_close(back.latents, sample.latents)


def test_what_comes_out_is_snapped_to_codes(flow: Prior) -> None:
    result = last(flow.sample(3, steps=5, seed=1))
    assert torch.equal(flow.codec.snap(result.latents, result.tokens.size).indices, result.tokens.indices)


@pytest.mark.parametrize("steps", [1, 4, 9])
def test_what_it_is_sure_of_is_reached_in_a_straight_line(flow: Prior, steps: int) -> None:
    """A network that always expects one picture arrives there, in however few steps."""
    target, start = latents_of(flow)[:1], noise(2, (4, 3, 4), seed=6, gaussian=True)
    wanted = flow.codec.quantizer.nearest(target)[:, 0]
    flow.network = Opinion(50 * F.one_hot(wanted, 16).movedim(-1, 1).float())
    pictures = list(flow.sample(2, steps=steps, seed=6))
    for i, picture in enumerate(pictures):
        torch.testing.assert_close(picture.latents, torch.lerp(start, target, (i + 1) / steps), atol=1e-5, rtol=1e-5)
        assert (picture.probability > 0.999).all() and (picture.entropy < 0.01).all()


def test_what_it_is_in_two_minds_about_is_the_mean_of_both(flow: Prior) -> None:
    logits = torch.full((1, 16, 3, 4), -50.0)
    logits[:, [2, 5]] = 0
    flow.network = Opinion(logits)
    picture = last(flow.sample(2, steps=1, seed=1))
    mean = flow.codec.codebook()[[2, 5]].mean(0)
    torch.testing.assert_close(picture.latents, mean[None, :, None, None].expand(2, -1, 3, 4), atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(picture.entropy, torch.ones(2, 1, 3, 4))


def test_a_latent_speaks_for_its_own_code_as_bayes_rule_says(flow: Prior) -> None:
    """With a network that knows nothing, a code is as probable as the noise that must have been added to it."""
    flow.network = Opinion(torch.zeros(1, 16, 3, 4))
    latents, codes = flow.noised(latents_of(flow), 0.7, seed=2), flow.codec.codebook()
    density = torch.distributions.Normal(0.7 * codes, 0.3).log_prob(latents.movedim(1, -1)[..., None, :]).sum(-1)
    shares = flow.logits(latents, 0.7, torch.zeros(2, 0)).softmax(1)
    torch.testing.assert_close(shares, density.softmax(-1).movedim(-1, 1), atol=1e-4, rtol=1e-4)


def test_from_little_noise_everything_comes_back(flow: Prior) -> None:
    latents = latents_of(flow)
    for steps in (1, 5):
        back = last(flow.denoise(flow.noised(latents, 0.99, seed=4), 0.99, wanted="tool", steps=steps))
        torch.testing.assert_close(back.latents, latents, atol=1e-3, rtol=1e-3)


def test_of_nested_codes_there_is_no_flow(flow: Prior) -> None:
    trunk = replace(flow.config.trunk, grid=(2, 3, 4))
    with pytest.raises(ValueError, match="one codebook"):
        build_prior(replace(flow.config, trunk=trunk), flow.codec)


def test_noise_is_scaled_by_the_temperature(flow: Prior) -> None:
    flow.network.middle.zero_()
    flow.network.spread.fill_(1)
    cold, warm = (
        next(iter(flow.sample(1, steps=1000, seed=2, sampling=Sampling(temperature=t)))).latents for t in (0.01, 1.0)
    )
    assert cold.std() < 0.1 * warm.std()


def test_settling_measures_the_codes_in_use(flow: Prior) -> None:
    indices = torch.randint(16, (50, 12), generator=torch.Generator().manual_seed(0))
    flow.settle(indices)
    even = flow._even(flow.codec.quantizer.lookup(indices.reshape(50, 1, 3, 4)))
    torch.testing.assert_close(even.mean((0, 2, 3)), torch.zeros(4), atol=1e-4, rtol=0)
    torch.testing.assert_close(even.std((0, 2, 3)), torch.ones(4), atol=1e-2, rtol=0)
