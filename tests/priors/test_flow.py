"""Out of noise, and into it."""

import pytest
import torch

from playground.priors.prior import Prior, Sampling, noise
from tests.priors.conftest import last


def latents_of(prior: Prior) -> torch.Tensor:
    indices = torch.randint(16, (2, 1, 3, 4), generator=torch.Generator().manual_seed(0))
    return prior.codec.quantizer.lookup(indices)


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
def test_a_learned_straight_line_is_followed_to_its_end(flow: Prior, steps: int) -> None:
    """A network that always points from the noise to one picture arrives there, in however few steps."""
    target = latents_of(flow)[:1]
    start = noise(2, (4, 3, 4), seed=6, gaussian=True)

    class Line(torch.nn.Module):
        middle, spread = torch.zeros(4), torch.ones(4)

        def forward(self, x: torch.Tensor, time: torch.Tensor, wanted: torch.Tensor) -> torch.Tensor:
            return target - start

    flow.network = Line()
    result = last(flow.sample(2, steps=steps, seed=6))
    torch.testing.assert_close(result.latents, target.expand(2, -1, -1, -1), atol=1e-5, rtol=1e-5)


def test_noise_is_scaled_by_the_temperature(flow: Prior) -> None:
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
