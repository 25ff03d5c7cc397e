"""Distances of pictures: exact, and of a copy that was moved or mirrored none."""

import pytest
import torch

from playground.analysis.nearness import nearest_pictures

KNOWN = torch.randint(0, 256, (600, 3, 8, 8), generator=torch.Generator().manual_seed(0)).to(torch.uint8)


def signals(pictures: torch.Tensor) -> torch.Tensor:
    return pictures.float() / 127.5 - 1


def test_distances_are_the_root_of_the_mean_squared_difference() -> None:
    some = signals(torch.randint(0, 256, (2, 3, 8, 8), generator=torch.Generator().manual_seed(1)))
    distances, items = nearest_pictures(some, KNOWN, count=4)
    truth = (some[:, None] / 2 + 0.5 - KNOWN.float() / 255).square().flatten(2).mean(2).sqrt()
    expected = truth.topk(4, largest=False)
    assert torch.allclose(distances, expected.values, atol=1e-4) and torch.equal(items, expected.indices)


def test_a_copy_is_found_however_many_there_are() -> None:
    distances, items = nearest_pictures(signals(KNOWN[[5, 590]]), KNOWN)
    assert items.flatten().tolist() == [5, 590] and distances.max() < 2e-3
    assert nearest_pictures(signals(KNOWN[:1]), KNOWN[:2], count=9)[0].shape == (1, 2)


@pytest.mark.parametrize(("shift", "mirrored"), [(2, False), (0, True), (2, True)])
def test_a_copy_that_was_moved_or_mirrored_is_still_one(shift: int, mirrored: bool) -> None:
    plain = torch.full((4, 3, 16, 16), 255, dtype=torch.uint8)
    plain[:, :, 5:11, 4:9] = KNOWN[:4, :, :6, :5]
    moved = plain.roll((shift, -shift), (2, 3))
    moved = moved.flip(3) if mirrored else moved
    straight = nearest_pictures(signals(moved), plain)[0]
    distances, items = nearest_pictures(signals(moved), plain, shift=shift, mirrored=mirrored)
    assert items.flatten().tolist() == [0, 1, 2, 3] and distances.max() < 2e-3
    assert straight.min() > 0.05
