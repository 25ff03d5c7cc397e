import pytest
import torch

from playground.analysis.layout import flat_map, map_codes, principal_axes, similarity_layout


def random(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def neighbour_distances(codebook, order, columns):
    """Mean distance across and mean distance down, over a full grid."""
    grid = codebook[order].reshape(-1, columns, codebook.shape[1])
    return [float(grid.diff(dim=axis).norm(dim=2).mean()) for axis in (1, 0)]


@pytest.mark.parametrize(("codes", "columns"), [(1, 1), (2, 2), (7, 3), (16, 4), (65, 9)])
def test_layout_is_a_permutation(codes, columns):
    order = similarity_layout(random(codes, 6), columns)
    assert order.sort().values.tolist() == list(range(codes))


def test_layout_does_not_depend_on_where_zero_is():
    codebook = random(23, 6)  # with 5 columns two places stay empty, and must not pull at anything
    far = codebook + torch.tensor([100.0, 0, 0, -50, 0, 0])
    assert torch.equal(similarity_layout(codebook, 5), similarity_layout(far, 5))


def test_layout_beats_a_random_order_across_and_down():
    codebook = random(144, 6)
    shuffled = neighbour_distances(codebook, torch.randperm(144, generator=torch.Generator().manual_seed(2)), 12)
    arranged = neighbour_distances(codebook, similarity_layout(codebook, 12), 12)
    for found, chance in zip(arranged, shuffled, strict=True):
        assert found < 0.75 * chance


def test_layout_spreads_a_flat_sheet_of_codes_without_folds():
    row, column = torch.meshgrid(torch.arange(8.0), torch.arange(8.0), indexing="ij")
    codebook = torch.stack([row, 1.1 * column], dim=2).reshape(64, 2)[torch.randperm(64)]
    assert max(neighbour_distances(codebook, similarity_layout(codebook, 8), 8)) < 1.5


def test_principal_axes_are_uncorrelated_and_widest_first():
    axes = principal_axes(random(200, 6) * torch.tensor([1, 5, 2, 1, 1, 3.0]), 3)
    covariance = axes.t() @ axes / 200
    torch.testing.assert_close(covariance, covariance.diag().diag(), atol=1e-4, rtol=0)
    assert covariance.diag().tolist() == sorted(covariance.diag().tolist(), reverse=True)
    assert axes.mean(0).abs().max() < 1e-5


def test_axes_do_not_depend_on_the_order_of_the_codes():
    codebook = random(40, 6)
    for seed in range(10):
        order = torch.randperm(40, generator=torch.Generator().manual_seed(seed))
        torch.testing.assert_close(principal_axes(codebook[order], 3), principal_axes(codebook, 3)[order])


def test_weights_count_as_repetitions():
    codebook, weights = random(5, 3), torch.tensor([1, 4, 2, 1, 3])
    repeated = principal_axes(codebook.repeat_interleave(weights, dim=0), 2)
    first = torch.cat([torch.zeros(1, dtype=torch.int64), weights.cumsum(0)[:-1]])
    torch.testing.assert_close(principal_axes(codebook, 2, weights=weights), repeated[first])


@pytest.mark.parametrize("codes", [1, 2])
def test_missing_axes_are_zero(codes):
    axes = principal_axes(random(codes, 6), 3)
    assert axes.shape == (codes, 3) and (axes[:, codes:] == 0).all()


@pytest.mark.parametrize("codes", [1, 2, 9, 300])
def test_flat_map_lies_in_the_unit_square(codes):
    places = flat_map(random(codes, 6))
    assert places.shape == (codes, 2) and places.min() >= 0 and places.max() <= 1


@pytest.mark.parametrize("codes", [1, 9])
def test_few_codes_are_mapped_without_umap(codes):
    codebook = random(codes, 6)
    assert torch.equal(map_codes(codebook), flat_map(codebook))


def test_umap_keeps_clusters_apart_and_repeats_itself():
    centres = 20 * random(3, 6)
    codebook = centres.repeat_interleave(12, dim=0) + random(36, 6, seed=1)
    places = map_codes(codebook)
    assert places.shape == (36, 2) and places.min() >= 0 and places.max() <= 1
    assert torch.equal(places, map_codes(codebook))
    near = torch.cdist(places, places).fill_diagonal_(torch.inf).argmin(1)
    assert (near // 12 == torch.arange(36) // 12).all()


def test_umap_leaves_the_threads_of_torch_alone():
    """With another number of threads everything after it runs at another speed."""
    before = torch.get_num_threads()
    map_codes(torch.randn(12, 3, generator=torch.Generator().manual_seed(0)))
    assert torch.get_num_threads() == before
