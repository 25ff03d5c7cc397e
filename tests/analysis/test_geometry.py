import pytest
import torch

from playground.analysis import geometry
from playground.analysis.geometry import margins, mean_code, nearest, neighbours


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch):
    monkeypatch.setattr(geometry, "CHUNK", 7)  # so that tests cross the seams


def random(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def all_distances(vectors, codebook):
    return (vectors[:, None] - codebook).norm(dim=2)


@pytest.mark.parametrize("count", [1, 5, 20])
def test_nearest_equals_brute_force(count):
    vectors, codebook = random(30, 6), random(20, 6, seed=1)
    found = nearest(vectors, codebook, count)
    distances, codes = all_distances(vectors, codebook).sort(dim=1)
    assert torch.equal(found.codes, codes[:, :count])
    torch.testing.assert_close(found.distances, distances[:, :count])


@pytest.mark.parametrize("count", [0, 21])
def test_nearest_refuses_more_codes_than_there_are(count):
    with pytest.raises(ValueError, match=str(count)):
        nearest(random(3, 6), random(20, 6), count)


def test_small_distances_survive_a_codebook_far_from_zero():
    codebook = random(8, 4) + 1000
    step = torch.tensor([0.01, 0, 0, 0])
    found = nearest(codebook + step, codebook, 1)
    assert torch.equal(found.distances, (codebook + step - codebook).norm(dim=1, keepdim=True))


def test_half_precision_around_changes_nothing():
    vectors, codebook = random(30, 6), random(20, 6, seed=1)
    expected = nearest(vectors, codebook, 20)
    with torch.autocast("cpu", torch.bfloat16):
        found = nearest(vectors, codebook, 20)
    assert torch.equal(found.codes, expected.codes) and torch.equal(found.distances, expected.distances)


def test_neighbours_equal_brute_force():
    codebook = random(20, 6)
    distances = all_distances(codebook, codebook).fill_diagonal_(torch.inf)
    found = neighbours(codebook, 8)
    assert torch.equal(found.codes, distances.sort(dim=1).indices[:, :8])
    torch.testing.assert_close(found.distances, distances.sort(dim=1).values[:, :8])


def test_no_code_is_its_own_neighbour_even_among_twins():
    codebook = random(4, 6).repeat(5, 1)  # each code five times
    found = neighbours(codebook, 4)
    assert not (found.codes == torch.arange(20)[:, None]).any()
    assert (found.codes % 4 == torch.arange(20)[:, None] % 4).all() and (found.distances == 0).all()


def test_the_last_code_has_no_more_neighbours_than_others():
    with pytest.raises(ValueError, match="5 neighbours"):
        neighbours(random(5, 6), 5)


@pytest.mark.parametrize("grid", [(5,), (3, 4)])
def test_margins_equal_brute_force(grid):
    latents, codebook = random(2, 6, *grid), random(20, 6, seed=1)
    found = margins(latents, codebook)
    assert found.shape == (2, *grid)
    best, second = all_distances(latents.movedim(1, -1).reshape(-1, 6), codebook).sort(dim=1).values[:, :2].t()
    torch.testing.assert_close(found.flatten(), second - best)
    assert (found >= 0).all()


def test_margin_vanishes_half_way_between_two_codes():
    codebook = torch.tensor([[0.0, 0.0], [2.0, 0.0], [9.0, 9.0]])
    middle, on_a_code = torch.tensor([1.0, 0.0]), torch.tensor([2.0, 0.0])
    latents = torch.stack([middle, on_a_code], dim=1)[None]  # (1, 2, 2)
    assert margins(latents, codebook).tolist() == [[0, 2]]


def test_mean_code_follows_usage():
    codebook = torch.tensor([[0.0], [1.0], [2.0], [9.0]])
    assert mean_code(codebook) == 2
    assert mean_code(codebook, torch.tensor([5, 1, 0, 0])) == 0
