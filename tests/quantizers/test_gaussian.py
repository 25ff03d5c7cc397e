"""The continuous twin: noise in training only, the divergence of the textbook, and no codes."""

import pytest
import torch
from torch.distributions import Normal, kl_divergence

from playground.quantizers.gaussian import GaussianBottleneck


@pytest.fixture
def bottleneck() -> GaussianBottleneck:
    bottleneck = GaussianBottleneck(3, divergence=0.5)
    bottleneck.log_variance.data.copy_(torch.tensor([-4.0, 0.0, 1.0]))
    return bottleneck


def test_noise_is_added_in_training_only_and_is_as_large_as_it_says(bottleneck: GaussianBottleneck) -> None:
    torch.manual_seed(0)
    means = torch.randn(4000, 3, 2)
    noise = bottleneck.train()(means).latents - means
    torch.testing.assert_close(noise.std((0, 2)), (bottleneck.log_variance / 2).exp(), rtol=0.05, atol=0)
    assert torch.equal(bottleneck.eval()(means).latents, means)


def test_the_loss_is_the_divergence_from_the_standard_normal(bottleneck: GaussianBottleneck) -> None:
    means = torch.randn(2, 3, 5, generator=torch.Generator().manual_seed(0))
    deviation = (bottleneck.log_variance / 2).exp()[:, None].expand_as(means)
    expected = 0.5 * kl_divergence(Normal(means, deviation), Normal(0.0, 1.0)).mean()
    torch.testing.assert_close(bottleneck(means).loss, expected)


def test_a_position_carries_more_the_farther_its_mean_is_from_the_noise(bottleneck: GaussianBottleneck) -> None:
    bits = bottleneck.information(torch.tensor([[[0.0, 1.0], [0.0, 1.0], [0.0, 1.0]]]))
    assert bits.shape == (1, 2) and bits[0, 0] == 0 and bits[0, 1] > 3


def test_there_is_nothing_to_look_up(bottleneck: GaussianBottleneck) -> None:
    assert bottleneck.nearest(torch.zeros(2, 3, 4, 4)).shape == (2, 0, 4, 4)
    for call in (bottleneck.codebook, lambda: bottleneck.lookup(torch.zeros(1, 1, 2, 2))):
        with pytest.raises(ValueError):
            call()
