"""Gumbel-softmax draws in training, decides in use, and lets gradients through to codes that were not drawn."""

import torch

from playground.quantizers.gumbel import GumbelQuantizer


def quantizer() -> GumbelQuantizer:
    torch.manual_seed(0)
    return GumbelQuantizer(2, 8, divergence=0.1)


def test_draws_follow_the_likelihoods_in_training_only() -> None:
    gumbel = quantizer()
    latents = torch.randn(1, 2, 1).expand(4000, 2, 1)
    expected = (-(latents[:1, :, 0] - gumbel.weight).square().sum(1)).softmax(0)
    drawn = torch.bincount(gumbel.train()(latents).indices.flatten(), minlength=8) / 4000
    assert (drawn - expected).abs().max() < 0.03
    assert gumbel.eval()(latents).indices.unique().tolist() == gumbel.nearest(latents[:1]).flatten().tolist()


def test_every_code_gets_a_gradient_from_a_single_draw() -> None:
    gumbel = quantizer().train()
    latents = torch.randn(1, 2, 1, requires_grad=True)
    (gumbel(latents).latents * torch.tensor([1.0, -2.0])[:, None]).sum().backward()
    assert (gumbel.weight.grad.abs().sum(1) > 0).all()
    assert latents.grad.abs().sum() > 0


def test_the_divergence_is_zero_for_a_uniform_choice_and_grows_with_certainty() -> None:
    gumbel = quantizer()
    gumbel.weight.data.copy_(torch.nn.functional.normalize(gumbel.weight.data, dim=1))
    undecided, sure = torch.zeros(1, 2, 1), 9 * gumbel.weight.detach()[:1, :, None]
    torch.testing.assert_close(gumbel(undecided).loss, torch.zeros(()), atol=1e-6, rtol=0)
    assert gumbel(sure).loss > 0.1
