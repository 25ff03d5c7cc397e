"""The critic learns to tell apart, and pulls at a decoder as strongly as the pixels do."""

import math

import torch
import torch.nn.functional as F
from torch import nn

from playground.models.discriminator import PatchDiscriminator, feature_distance, hinge
from playground.training.adversary import (
    SHIFT,
    Adversary,
    AdversaryConfig,
    colouring,
    dotting,
    fine,
    moved,
    regularity,
    repeated,
    rhythm,
    surplus,
)


def pictures(smooth: bool, seed: int) -> torch.Tensor:
    noise = torch.rand(8, 3, 32, 32, generator=torch.Generator().manual_seed(seed)) * 2 - 1
    return F.avg_pool2d(noise, 5, 1, 2) * 3 if smooth else noise


def test_the_critic_learns_to_tell_sharp_from_smooth() -> None:
    torch.manual_seed(0)
    adversary = Adversary(AdversaryConfig(width=8, depth=2, learning_rate=2e-3), torch.device("cpu"))
    for step in range(40):
        generator = torch.Generator().manual_seed(step)
        adversary.loss(pictures(True, step), pictures(False, step), generator=generator).backward()
        adversary.step()
    with torch.no_grad():
        sharp, smooth = (adversary.critic(pictures(kind, 99))[0].mean() for kind in (False, True))
    assert sharp > smooth + 0.5


def test_the_hinge_is_zero_for_a_sure_critic_and_one_for_one_that_says_nothing() -> None:
    assert hinge(torch.tensor([1.0, 13.0]), torch.tensor([-1.0, 12.0])) == 0
    assert hinge(torch.zeros(4), torch.zeros(4)) == 1
    assert hinge(torch.zeros(1), torch.ones(1)) == 2


def test_only_what_is_fine_is_judged_as_light_and_dark() -> None:
    original = pictures(True, 0)
    colour = torch.tensor([0.2, -0.1, -0.1]).view(3, 1, 1) * pictures(False, 1)[0, 0]
    assert fine(original + colour, original).sub(original).abs().max() < 1e-5, "coloured dots are not seen"
    assert fine(original + 0.3, original).sub(original).abs().max() < 1e-5, "another colour is not seen"
    dots = 0.1 * torch.where(torch.arange(32) % 2 == 0, 1.0, -1.0)
    torch.testing.assert_close(fine(original + dots, original), original + dots, atol=0.02, rtol=0)


def test_light_and_dark_are_no_colour() -> None:
    original = pictures(True, 0)
    assert colouring(original + 0.3, original) < 1e-6
    red = torch.tensor([0.3, 0.0, 0.0]).view(3, 1, 1)
    torch.testing.assert_close(colouring(original + red, original), torch.tensor((0.2 + 0.1 + 0.1) / 3))


def test_a_grid_is_regular_and_noise_is_not_however_faint() -> None:
    original = torch.zeros(4, 3, 64, 64)
    noise = torch.randn(original.shape, generator=torch.Generator().manual_seed(0))
    grid = noise[:1, ..., :8, :8].repeat(4, 1, 8, 8)
    for size in (1.0, 0.02):
        assert abs(repeated(size * noise).mean() - 1) < 0.05 and regularity(original + size * noise, original) == 0
        assert abs(repeated(size * grid).mean() - 9) < 0.05 and regularity(original + size * grid, original) > 7
    assert regularity(original, original) == 0


def test_dots_along_an_edge_are_a_rhythm_and_the_edge_is_none() -> None:
    edge = torch.zeros(1, 3, 64, 72)
    edge[..., 30:32, :] = 0.5
    dots = edge * torch.tensor([1.0, 0.0, 0.0, 0.0]).repeat(18)
    wave = torch.cos(torch.arange(72.0) * math.pi / 2).expand_as(edge)
    noise = torch.randn(edge.shape, generator=torch.Generator().manual_seed(0))
    assert rhythm(wave).mean() > 0.4 and rhythm(0.05 * wave.mT).mean() > 0.4
    assert rhythm(edge).max() < 0.05 and rhythm(edge.mT).max() < 0.05 and rhythm(noise).mean().abs() < 0.03
    assert dotting(edge, noise) < 0.03 and dotting(dots, edge) > 0.1 and dotting(dots.mT, edge.mT) > 0.1
    assert dotting(wave, wave) == dotting(edge, wave) == 0, "what has it may keep it"


def test_detail_counts_where_there_is_more_than_twice_as_much() -> None:
    noise = torch.randn(4, 1, 64, 64, generator=torch.Generator().manual_seed(0)).expand(4, 3, 64, 64)
    assert surplus(noise, noise) == surplus(0.1 * noise, noise) == surplus(1.4 * noise, noise) == 0
    torch.testing.assert_close(surplus(4 * noise, noise), torch.tensor(math.log(16 / 2)), atol=0.01, rtol=0)
    faint = surplus(0.01 * noise, torch.zeros_like(noise))
    assert 1 < faint < surplus(0.1 * noise, torch.zeros_like(noise)), "dots in a sky count, the clearer the more"
    assert surplus(0.002 * noise, torch.zeros_like(noise)) == 0, "but not what nobody sees"
    coarse = torch.linspace(-1, 1, 64).expand_as(noise)
    assert surplus(noise + coarse, noise) < 0.01


def test_a_verdict_sees_no_farther_than_it_says() -> None:
    torch.manual_seed(0)
    critic = PatchDiscriminator(width=4, depth=3).eval()
    picture = torch.randn(1, 3, 96, 96, requires_grad=True)
    verdicts, _ = critic(picture)
    verdicts[0, 0, 6, 6].backward()
    touched = (picture.grad.abs().sum((0, 1)) > 0).nonzero()
    assert (touched.max(0).values - touched.min(0).values + 1).tolist() == [38, 38]


def test_its_pull_at_the_last_layer_is_that_of_the_pixels_times_the_weight() -> None:
    torch.manual_seed(0)
    adversary = Adversary(
        AdversaryConfig(weight=0.5, matching=0.0, regular=0.0, dots=0.0, surplus=0.0, colour=0.0, width=4, depth=2),
        torch.device("cpu"),
    )
    last = nn.Parameter(torch.randn(3, 3, 1, 1))
    target = pictures(False, 0)
    output = F.conv2d(pictures(True, 1), last)
    reconstruction = F.l1_loss(output, target)
    extra = adversary.extra(output, target, reconstruction, last, generator=torch.Generator())
    pull = torch.autograd.grad(reconstruction, last, retain_graph=True)[0].norm()
    push = torch.autograd.grad(extra, last)[0].norm()
    torch.testing.assert_close(push, 0.5 * pull, rtol=1e-2, atol=0)
    assert all(weight.grad is None and weight.requires_grad for weight in adversary.weights.values())


def test_equal_features_have_no_distance() -> None:
    features = [torch.ones(1, 2, 3, 3), torch.full((1, 4, 2, 2), -2.0)]
    assert feature_distance(features, features) == 0
    assert feature_distance(features, [2 * f for f in features]) == 1


def test_what_it_judges_is_moved_alike_and_to_every_place() -> None:
    rows = torch.arange(20.0).view(1, 1, 20, 1).expand(1, 1, 20, 24)
    generator, places = torch.Generator().manual_seed(0), set()
    for _ in range(400):
        a, b, columns = moved(rows, -rows, torch.arange(24.0).expand(1, 1, 20, 24), generator=generator)
        assert a.shape == (1, 1, 28, 32) and torch.equal(a, -b)
        assert set(a.flatten().tolist()) == set(range(20)), "the rims are judged too"
        places.add((a[0, 0, 0, 0].item(), columns[0, 0, 0, 0].item()))
    assert len(places) == SHIFT**2
