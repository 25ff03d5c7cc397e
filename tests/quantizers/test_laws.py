"""What holds for every quantizer, whatever its table looks like (ARCHITECTURE: laws)."""

import pytest
import torch
from torch import Tensor, nn

from playground.models.config import QUANTIZERS

DIM, V = 4, 16
OPTIONS = {
    **{kind: {"codebook_size": V} for kind in ("vector", "cosine", "rotation", "linear", "gumbel")},
    "residual": {"codebook_size": V, "num_codebooks": 3},
    "product": {"codebook_size": V, "num_codebooks": 2},
    "scalar": {"levels": (4, 3, 3, 3)},
    "binary": {},
    "spherical": {},
}
GREEDY = {"residual"}  # their nearest(lookup(i)) need not be i
CONTINUOUS = {"gaussian"}  # no codes, no laws of codes
TURNED = {"rotation", "gumbel"}  # they have a gradient of their own
GRIDS = [(9,), (5, 7)]


@pytest.fixture(params=sorted(QUANTIZERS.keys() - CONTINUOUS))
def kind(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def quantizer(kind: str) -> nn.Module:
    torch.manual_seed(0)
    return QUANTIZERS[kind](DIM, **OPTIONS[kind]).eval()


@pytest.fixture(params=GRIDS, ids=str)
def features(request: pytest.FixtureRequest) -> Tensor:
    return torch.randn(3, DIM, *request.param, generator=torch.Generator().manual_seed(1))


def test_the_test_is_not_empty(quantizer: nn.Module, features: Tensor) -> None:
    """With all codes alike every law below would hold and mean nothing."""
    assert quantizer(features).indices.unique().numel() >= 8


def test_indices_lie_in_the_codebook_on_the_grid_of_the_latents(quantizer: nn.Module, features: Tensor) -> None:
    indices = quantizer(features).indices
    assert indices.dtype == torch.int64
    assert indices.shape == (3, quantizer.num_codebooks, *features.shape[2:])
    assert indices.min() >= 0 and indices.max() < quantizer.codebook_size


def test_looking_the_indices_up_gives_the_quantized_latents(quantizer: nn.Module, features: Tensor) -> None:
    quantized = quantizer(features)
    # To rounding: straight-through writes z + (q − z), the rotation trick λRz.
    torch.testing.assert_close(quantizer.lookup(quantized.indices), quantized.latents, atol=1e-5, rtol=0)


def test_calling_it_is_project_then_nearest(quantizer: nn.Module, features: Tensor) -> None:
    assert torch.equal(quantizer(features).indices, quantizer.nearest(quantizer.project(features)))


def test_the_gradient_passes_straight_through(kind: str, quantizer: nn.Module, features: Tensor) -> None:
    if kind in TURNED:
        return
    latents = quantizer.project(features).detach().requires_grad_()
    quantizer.straight_through(latents).latents.sum().backward()
    assert torch.equal(latents.grad, torch.ones_like(latents))


def test_a_code_is_nearest_to_itself(kind: str, quantizer: nn.Module) -> None:
    if kind in GREEDY:
        return
    indices = torch.arange(quantizer.codebook_size).reshape(1, 1, -1).expand(-1, quantizer.num_codebooks, -1)
    assert torch.equal(quantizer.nearest(quantizer.lookup(indices)), indices)


def test_commitment_reaches_the_encoder(quantizer: nn.Module, features: Tensor) -> None:
    features = features.clone().requires_grad_()
    loss = quantizer(features).loss
    assert loss.shape == ()
    if loss.requires_grad:  # some ask nothing
        loss.backward()
        assert features.grad.abs().sum() > 0


def test_every_codebook_has_a_vector_for_every_code(quantizer: nn.Module) -> None:
    for k in range(quantizer.num_codebooks):
        assert quantizer.codebook(k).shape == (quantizer.codebook_size, DIM)
        assert not quantizer.codebook(k).requires_grad
    for k in (-1, quantizer.num_codebooks):
        with pytest.raises(ValueError):
            quantizer.codebook(k)
