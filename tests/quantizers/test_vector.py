"""VQ: the search is exact, and the two losses are those of the paper."""

import pytest
import torch
from vector_quantize_pytorch import VectorQuantize

from playground.quantizers.vector import CHUNK, VectorQuantizer, flatten, nearest_codes


@pytest.mark.parametrize("count", [1, 5, CHUNK, CHUNK + 1, 2 * CHUNK + 7])
def test_the_nearest_code_is_the_nearest(count: int) -> None:
    generator = torch.Generator().manual_seed(count)
    vectors, codebook = torch.randn(count, 8, generator=generator), torch.randn(50, 8, generator=generator)
    distances = (vectors[:, None].double() - codebook.double()).square().sum(2)
    assert torch.equal(nearest_codes(vectors, codebook), distances.argmin(1))


def test_far_from_the_origin_the_search_still_ranks_by_distance() -> None:
    vectors, codebook = torch.full((3, 2), 10.0), torch.tensor([[0.0, 0.0], [11.0, 11.0], [60.0, 60.0]])
    assert nearest_codes(vectors, codebook).tolist() == [1, 1, 1]


def test_half_precision_around_it_does_not_blur_the_search() -> None:
    codebook = torch.tensor([[1.0], [1.001]])
    with torch.autocast("cpu", torch.bfloat16):
        assert nearest_codes(torch.tensor([[1.0011]]), codebook).tolist() == [1]


def test_indices_equal_those_of_vector_quantize_pytorch() -> None:
    torch.manual_seed(0)
    reference = VectorQuantize(dim=16, codebook_size=128).eval()
    codebook = torch.randn(128, 16)
    reference.codebook = codebook
    latents = torch.randn(2, 16, 24, 24)
    _, expected, _ = reference(latents.flatten(2).transpose(1, 2))  # it takes (B, N, D)
    quantizer = VectorQuantizer(16, 128)
    quantizer.weight.data.copy_(codebook)
    assert expected.unique().numel() > 100
    assert torch.equal(quantizer.nearest(latents).flatten(1), expected)


def test_vectors_are_flattened_in_reading_order() -> None:
    latents = torch.arange(2 * 3 * 4 * 5).reshape(2, 3, 4, 5)
    assert torch.equal(flatten(latents)[1 * 20 + 2 * 5 + 3], latents[1, :, 2, 3])


def test_the_losses_are_the_two_of_the_paper() -> None:
    """One vector moves the code by the codebook loss alone, the encoder by β times the commitment loss alone."""
    quantizer = VectorQuantizer(2, 1, commitment=0.5)
    quantizer.weight.data.copy_(torch.tensor([[1.0, 0.0]]))
    latents = torch.tensor([[[3.0], [0.0]]], requires_grad=True)
    loss = quantizer.straight_through(latents).loss
    loss.backward()
    assert loss.item() == pytest.approx((4 / 2) * (1 + 0.5))
    torch.testing.assert_close(quantizer.weight.grad, torch.tensor([[-2.0, 0.0]]))  # towards the latent
    torch.testing.assert_close(latents.grad.flatten(), torch.tensor([1.0, 0.0]))  # half as strongly, towards the code


def test_tokens_of_two_codebooks_are_refused() -> None:
    with pytest.raises(ValueError, match="2"):
        VectorQuantizer(4, 8).lookup(torch.zeros(1, 2, 5, dtype=torch.int64))
