"""Little sets are always the same, and no two of their pictures are."""

import pytest
import torch
from PIL import Image

from playground.data import little


@pytest.mark.parametrize("draw", [little.shapes, little.letters], ids=lambda draw: draw.__name__)
def test_drawn_sets_are_always_the_same_and_varied(draw) -> None:
    pictures = draw()
    assert pictures.shape == (little.DRAWN, 3, little.SIDE, little.SIDE) and pictures.dtype == torch.uint8
    assert torch.equal(pictures, draw())
    assert not torch.equal(pictures, draw(seed=1))
    assert len({picture.numpy().tobytes() for picture in pictures}) == little.DRAWN
    plain = sum(len(picture.flatten(1).unique(dim=1)[0]) == 1 for picture in pictures)
    assert plain < 0.05 * little.DRAWN, "there is something to see"


def test_cuttings_come_from_all_photographs() -> None:
    colours = [(255, 0, 0), (0, 255, 0), (0, 0, 255)]
    photos = [Image.new("RGB", (140 + 60 * i, 120), colour) for i, colour in enumerate(colours)]
    cuts = little.cuttings(photos)
    assert cuts.shape == (3 * little.CUTS, 3, little.SIDE, little.SIDE)
    for channel in range(3):
        assert (cuts[:, channel, 0, 0] == 255).sum() == little.CUTS
    assert cuts[:3, :, 5, 5].tolist() == [list(colour) for colour in colours], "one of each in turn"


@pytest.mark.parametrize("size", [(200, 80), (80, 200), (9, 9)])
def test_a_picture_of_ones_own_becomes_its_centre_square(size: tuple[int, int]) -> None:
    picture = Image.new("RGB", size, "red")
    side = min(size)
    left, top = ((length - side) // 2 for length in size)
    picture.paste("blue", (left, top, left + side, top + side))
    assert little.square(picture).flatten(1).unique(dim=1).tolist() == [[0], [0], [255]]
