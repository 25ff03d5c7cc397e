"""Where vector-quantize-pytorch has the same quantizer, both say the same."""

import pytest
import torch
import vector_quantize_pytorch as reference
from torch import Tensor

from playground.quantizers.binary import LookupFreeQuantizer, SphericalQuantizer, entropies
from playground.quantizers.cosine import CosineQuantizer
from playground.quantizers.linear import LinearQuantizer
from playground.quantizers.residual import ResidualQuantizer
from playground.quantizers.rotation import RotationQuantizer
from playground.quantizers.scalar import ScalarQuantizer

DIM, V, K = 8, 64, 4


@pytest.fixture
def latents() -> Tensor:
    """(2, DIM, 6, 7)."""
    return torch.randn(2, DIM, 6, 7, generator=torch.Generator().manual_seed(3))


def rows(latents: Tensor) -> Tensor:
    """(B, D, h, w) → (B, N, D), as the reference takes them."""
    return latents.flatten(2).transpose(1, 2)


def same(quantized: Tensor, indices: Tensor, theirs: tuple[Tensor, Tensor]) -> None:
    assert indices.unique().numel() > 10
    assert torch.equal(indices.flatten(), theirs[1].flatten())
    torch.testing.assert_close(rows(quantized), theirs[0], atol=1e-5, rtol=0)


def test_cosine(latents: Tensor) -> None:
    ours, theirs = CosineQuantizer(DIM, V), reference.VectorQuantize(DIM, V, use_cosine_sim=True).eval()
    theirs.codebook = ours.codebook()
    found = ours(latents)
    same(found.latents, found.indices, theirs(rows(latents))[:2])


def test_rotation_in_values_and_gradients(latents: Tensor) -> None:
    ours = RotationQuantizer(DIM, V)
    theirs = reference.VectorQuantize(DIM, V, rotation_trick=True, commitment_weight=0.0)
    theirs.codebook = ours.codebook().clone()
    slope = torch.randn(latents.shape, generator=torch.Generator().manual_seed(4))
    a, b = latents.clone().requires_grad_(), latents.clone().requires_grad_()
    (ours(a).latents * slope).sum().backward()
    (theirs(rows(b))[0] * rows(slope)).sum().backward()
    torch.testing.assert_close(a.grad, b.grad, atol=1e-5, rtol=1e-4)


def test_residual_with_every_prefix(latents: Tensor) -> None:
    ours = ResidualQuantizer(DIM, V, num_codebooks=K).eval()
    theirs = reference.ResidualVQ(dim=DIM, num_quantizers=K, codebook_size=V).eval()
    for k, layer in enumerate(theirs.layers):
        layer.codebook = ours.codebook(k)
    found = ours(latents)
    quantized, indices, _ = theirs(rows(latents))
    assert torch.equal(found.indices.flatten(2).transpose(1, 2), indices)
    torch.testing.assert_close(rows(found.latents), quantized, atol=1e-5, rtol=0)
    for k in range(1, K + 1):
        shorter = reference.ResidualVQ(dim=DIM, num_quantizers=k, codebook_size=V).eval()
        for stage, layer in enumerate(shorter.layers):
            layer.codebook = ours.codebook(stage)
        prefix = ours.lookup(found.indices[:, :k])
        torch.testing.assert_close(rows(prefix), shorter(rows(latents))[0], atol=1e-5, rtol=0)


@pytest.mark.parametrize("levels", [(8, 5, 5, 5), (7, 5, 5, 5, 5), (4, 3, 6)])
def test_finite_scalar(levels: tuple[int, ...]) -> None:
    features = 2 * torch.randn(2, len(levels), 6, 7, generator=torch.Generator().manual_seed(5))
    ours, theirs = ScalarQuantizer(len(levels), levels=levels), reference.FSQ(list(levels))
    found = ours(features)
    same(found.latents, found.indices, theirs(rows(features)))


@pytest.mark.parametrize("spherical", [False, True])
def test_binary_and_its_entropy(latents: Tensor, spherical: bool) -> None:
    ours = (SphericalQuantizer if spherical else LookupFreeQuantizer)(DIM).eval()
    theirs = reference.LFQ(dim=DIM, codebook_size=2**DIM, spherical=spherical).eval()
    found = ours(latents)
    same(found.latents, found.indices, theirs(rows(latents))[:2])
    theirs.train()
    _, parts = theirs(rows(latents), inv_temperature=1.0, return_loss_breakdown=True)
    sure, diverse = entropies(4 * ours.scale * ours.project(latents))
    torch.testing.assert_close(sure, parts.per_sample_entropy, atol=0, rtol=1e-3)  # it clamps its logarithms
    torch.testing.assert_close(diverse, parts.batch_entropy, atol=0, rtol=1e-3)


def test_linear(latents: Tensor) -> None:
    ours = LinearQuantizer(DIM, V)
    theirs = reference.SimVQ(dim=DIM, codebook_size=V, rotation_trick=False).eval()
    with torch.no_grad():
        ours.map.copy_(torch.randn(DIM, DIM, generator=torch.Generator().manual_seed(6)))
        theirs.frozen_codebook.copy_(ours.weight)
        theirs.code_transform.weight.copy_(ours.map)
    found = ours(latents)
    same(found.latents, found.indices, theirs(rows(latents))[:2])
