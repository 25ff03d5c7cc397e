"""What a reconstruction is asked for."""

import math

import pytest
import torch

from playground.media.modalities import IMAGE
from playground.training.losses import picture_error, picture_loss, psnr, structural_similarity


def noise(seed: int) -> torch.Tensor:
    return torch.rand(2, 3, 64, 64, generator=torch.Generator().manual_seed(seed)) * 2 - 1


def test_a_perfect_reconstruction_costs_nothing() -> None:
    assert structural_similarity(noise(0), noise(0)).item() == pytest.approx(1, abs=1e-5)
    assert picture_loss(noise(0), noise(0)).item() == pytest.approx(0, abs=1e-5)


def test_the_farther_the_dearer() -> None:
    losses = [picture_loss(noise(0) * (1 - share) + noise(1) * share, noise(0)).item() for share in (0, 0.1, 0.3, 1)]
    assert losses == sorted(losses) and losses[1] > losses[0] + 0.01


def test_training_similarity_follows_the_one_that_is_shown() -> None:
    """Flat sparse windows against Gaussian windows everywhere, on noise of growing strength."""
    waves = torch.sin(torch.arange(64.0) / 3).expand(1, 3, 64, 64)
    for strength in (0.05, 0.2, 0.6):
        blurred = waves + strength * noise(1)[:1]
        ours, shown = structural_similarity(waves, blurred).item(), IMAGE.quality(waves, blurred)["ssim"]
        assert ours == pytest.approx(shown, abs=0.1)


def test_the_loss_has_a_gradient_even_where_it_is_least() -> None:
    output = noise(0).requires_grad_()
    picture_loss(output, noise(0)).backward()
    assert output.grad.isfinite().all()


def test_the_error_of_pictures_is_their_mean_psnr() -> None:
    """Not the PSNR of their mean error, in which the worst picture counts most."""
    outputs = torch.stack([noise(0)[0] + 0.01 * noise(2)[0], noise(0)[1] + 0.3 * noise(3)[0]])
    errors = (outputs - noise(0)).square().flatten(1).mean(1).tolist()
    decibels = -10 / math.log(10) * (picture_error(outputs, noise(0)).item() - math.log(4))
    assert decibels == pytest.approx(sum(map(psnr, errors)) / 2, abs=1e-4)
    assert abs(decibels - psnr(sum(errors) / 2)) > 3
