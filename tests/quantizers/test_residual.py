"""RVQ: codes are nested, each codebook helps, and quantizer dropout is for training alone."""

import itertools

import pytest
import torch
from torch import Tensor

from playground.quantizers.residual import ResidualQuantizer

K = 4


@pytest.fixture
def quantizer() -> ResidualQuantizer:
    """Each codebook half as large as the one before, as after training."""
    torch.manual_seed(0)
    quantizer = ResidualQuantizer(3, 32, num_codebooks=K, dropout=0.5)
    for k, stage in enumerate(quantizer.stages):
        stage.weight.data.mul_(2.0**-k)
    return quantizer


@pytest.fixture
def latents() -> Tensor:
    """(64, 3, 5, 5), of the size of the codes."""
    return torch.randn(64, 3, 5, 5, generator=torch.Generator().manual_seed(1)) / 3**0.5


def test_every_codebook_brings_the_sum_nearer(quantizer: ResidualQuantizer, latents: Tensor) -> None:
    indices = quantizer.nearest(latents)
    errors = [(quantizer.lookup(indices[:, :k]) - latents).square().mean() for k in range(1, K + 1)]
    assert all(after < 0.7 * before for before, after in itertools.pairwise(errors))


@pytest.mark.parametrize("count", [0, K + 1])
def test_no_codebook_and_more_than_there_are_cannot_be_looked_up(quantizer: ResidualQuantizer, count: int) -> None:
    with pytest.raises(ValueError, match=str(K)):
        quantizer.lookup(torch.zeros(1, count, 2, 2, dtype=torch.int64))


def test_dropout_decodes_some_items_from_a_prefix_in_training_only(
    quantizer: ResidualQuantizer, latents: Tensor
) -> None:
    quantized = quantizer.train()(latents)
    prefixes = torch.stack([quantizer.lookup(quantized.indices[:, :k]) for k in range(1, K + 1)])
    distances = (prefixes - quantized.latents).abs().amax((2, 3, 4))  # (K, B)
    assert (distances.min(0).values < 1e-5).all(), "each item is one of its prefixes"
    shares = torch.bincount(distances.argmin(0), minlength=K) / len(latents)
    assert shares[-1] > 0.4 and (shares[:-1] > 0).all()
    whole = quantizer.eval()(latents)
    torch.testing.assert_close(whole.latents, quantizer.lookup(whole.indices))


def test_the_commitment_of_each_codebook_reaches_the_encoder(quantizer: ResidualQuantizer, latents: Tensor) -> None:
    """The gradient is the sum of 2β (r_k − q_k) over all codebooks, each undiminished."""
    latents = latents.clone().requires_grad_()
    quantizer.eval()(latents).loss.backward()
    expected = torch.zeros_like(latents)
    for residual, stage in zip(quantizer.given(latents), quantizer.stages, strict=True):
        expected += 2 * quantizer.commitment * (residual - stage.lookup(stage.nearest(residual))).detach()
    torch.testing.assert_close(latents.grad, expected / latents.numel() / K)


def test_each_codebook_is_given_what_those_before_it_left_over(quantizer: ResidualQuantizer, latents: Tensor) -> None:
    left, indices = latents, quantizer.nearest(latents)
    known = quantizer.given(latents, indices)
    for k, (residual, again) in enumerate(zip(quantizer.given(latents), known, strict=True)):
        torch.testing.assert_close(residual, left)
        torch.testing.assert_close(again, left)
        left = latents - quantizer.lookup(indices[:, : k + 1])
