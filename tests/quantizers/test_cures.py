"""The cures for codebook collapse do what their formulas say."""

from itertools import pairwise

import pytest
import torch

from playground.quantizers.cures import MovingCodebook, kmeans
from playground.quantizers.vector import VectorQuantizer, nearest_codes


def generator() -> torch.Generator:
    return torch.Generator().manual_seed(0)


def moving(weight: list[list[float]], **options: float) -> MovingCodebook:
    quantizer = VectorQuantizer(len(weight[0]), len(weight))
    quantizer.weight.data.copy_(torch.tensor(weight))
    return MovingCodebook(quantizer, **options)


def spread(vectors: torch.Tensor, centres: torch.Tensor) -> float:
    return (vectors - centres[nearest_codes(vectors, centres)]).square().sum().item()


def test_kmeans_ends_where_every_centre_is_the_mean_of_its_vectors() -> None:
    vectors = torch.randn(150, 2, generator=generator())
    centres = kmeans(vectors, 5, iterations=100, generator=generator())
    nearest = nearest_codes(vectors, centres)
    for code in range(5):
        torch.testing.assert_close(centres[code], vectors[nearest == code].mean(0), atol=1e-5, rtol=0)


def test_every_round_of_kmeans_brings_the_centres_nearer() -> None:
    vectors = torch.randn(500, 6, generator=generator())
    spreads = [spread(vectors, kmeans(vectors, 20, iterations=i, generator=generator())) for i in range(6)]
    assert all(after < before for before, after in pairwise(spreads))


def test_kmeans_starts_with_codes_all_in_use() -> None:
    vectors = torch.randn(400, 4, generator=generator())
    centres = kmeans(vectors, 32, generator=generator())
    assert nearest_codes(vectors, centres).unique().numel() == 32


def test_an_empty_cluster_keeps_its_centre() -> None:
    """Of centres that stand in one place only one is chosen."""
    centres = kmeans(torch.ones(10, 2), 3, generator=generator())
    assert torch.equal(centres, torch.ones(3, 2))


def test_kmeans_wants_as_many_vectors_as_clusters() -> None:
    with pytest.raises(ValueError, match="8 clusters"):
        kmeans(torch.zeros(7, 2), 8, generator=generator())


def test_the_codebook_follows_the_formula_of_running_means() -> None:
    book = moving([[0.0, 0.0], [4.0, 4.0]], decay=0.9)
    vectors = torch.tensor([[1.0, 2.0], [3.0, 0.0], [5.0, 5.0]])
    book.update(vectors, torch.tensor([0, 0, 1]))
    counts = torch.tensor([0.9 + 0.1 * 2, 0.9 + 0.1])
    sums = torch.tensor([[0.1 * 4, 0.1 * 2], [0.9 * 4 + 0.5, 0.9 * 4 + 0.5]])
    torch.testing.assert_close(book.counts, counts)
    torch.testing.assert_close(book.quantizer.weight.data, sums / counts[:, None])
    assert not book.quantizer.weight.requires_grad


def test_codes_end_at_the_mean_of_the_latents_that_choose_them() -> None:
    book = moving([[0.0], [10.0]])
    vectors = torch.tensor([[1.0], [3.0], [8.0]])
    for _ in range(2000):
        book.update(vectors, nearest_codes(vectors, book.quantizer.weight))
    torch.testing.assert_close(book.quantizer.weight.data, torch.tensor([[2.0], [8.0]]), atol=1e-3, rtol=0)


def test_a_code_nobody_chooses_keeps_its_place_however_long() -> None:
    book = moving([[0.0, 1.0], [7.0, -3.0]])
    for _ in range(5000):  # its count falls to 1e-22
        book.update(torch.zeros(4, 2), torch.zeros(4, dtype=torch.int64))
    torch.testing.assert_close(book.quantizer.weight.data[1], torch.tensor([7.0, -3.0]), rtol=1e-3, atol=0)


def test_starting_anew_puts_codes_and_means_in_the_same_place() -> None:
    book = moving([[0.0], [1.0]])
    centres = torch.tensor([[5.0], [6.0]])
    with torch.no_grad():
        book.start(centres, torch.tensor([3.0, 3.0]))
    book.update(centres, torch.tensor([0, 1]))  # latents on the codes leave them there
    torch.testing.assert_close(book.quantizer.weight.data, centres)


def test_only_weak_codes_are_revived_and_onto_latents() -> None:
    book = moving([[0.0, 0.0], [1.0, 1.0], [2.0, 2.0]])
    book.counts.copy_(torch.tensor([5.0, 0.01, 5.0]))
    before = book.quantizer.weight.clone()
    vectors = torch.randn(20, 2, generator=generator())
    assert book.revive(vectors, least=0.1, generator=generator()) == 1
    after = book.quantizer.weight
    assert torch.equal(after[[0, 2]], before[[0, 2]])
    assert (vectors == after[1]).all(1).any()
    assert book.revive(vectors, least=0.1, generator=generator()) == 0, "a revived code has time to find its latents"
    book.update(after[1:2].detach().clone(), torch.tensor([1]))
    assert (vectors - book.quantizer.weight[1]).abs().sum(1).min() < 1e-5, "its running mean moved along"


def test_a_restored_codebook_goes_on_the_same() -> None:
    vectors = torch.randn(30, 2, generator=generator())
    book = moving([[0.0, 0.0], [1.0, 1.0]])
    book.update(vectors, nearest_codes(vectors, book.quantizer.weight))
    copy = moving(book.quantizer.weight.tolist())
    copy.restore(book.tensors())
    for each in (book, copy):
        each.update(vectors, nearest_codes(vectors, each.quantizer.weight))
    assert torch.equal(book.quantizer.weight, copy.quantizer.weight)
