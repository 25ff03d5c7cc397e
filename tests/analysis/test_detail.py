"""Detail is 1 for the same, less for blur, more for noise."""

import math

import torch
import torch.nn.functional as F

from playground.analysis.detail import kept_detail

NOISE = torch.rand(1, 3, 40, 40, generator=torch.Generator().manual_seed(0)) * 2 - 1


def test_the_same_picture_keeps_all_of_it() -> None:
    assert kept_detail(NOISE, NOISE) == 1
    assert math.isclose(kept_detail(NOISE, NOISE / 2 + 0.3), 0.25, rel_tol=1e-4), "a variance"


def test_blur_takes_detail_and_noise_adds_it() -> None:
    blurred = F.avg_pool2d(NOISE, 3, stride=1, padding=1)
    assert kept_detail(NOISE, blurred) < 0.2
    assert kept_detail(blurred, NOISE) > 5


def test_of_a_flat_original_nothing_can_be_said() -> None:
    assert not math.isfinite(kept_detail(torch.zeros(1, 3, 9, 9), NOISE))
