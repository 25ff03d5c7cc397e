"""Little sets of pictures to train on in a minute: cut from photographs, or drawn."""

from collections.abc import Iterable

import numpy as np
import torch
from PIL import Image, ImageDraw, ImageFont
from torch import Tensor

SIDE = 64  # pixels of every picture
DRAWN = 512  # pictures in a drawn set
CUTS = 64  # pictures cut from one photograph
SMALLEST_CUT = 96  # pixels of the photograph, scaled down to SIDE
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"


def square(picture: Image.Image) -> Tensor:
    """The centre square of a picture, (3, SIDE, SIDE) uint8."""
    side = min(picture.size)
    left, top = ((length - side) // 2 for length in picture.size)
    return _tensor(picture, (left, top, left + side, top + side))


def cuttings(photos: Iterable[Image.Image], *, seed: int = 0) -> Tensor:
    """(CUTS · n, 3, SIDE, SIDE) uint8: squares of n photographs, one of each in turn.

    First the largest there are, then others of many sizes from all over.
    """
    random, photos = np.random.default_rng(seed), list(photos)
    cuts = [square(photo) for photo in photos]
    for _ in range(CUTS - 1):
        for photo in photos:
            side = int(random.integers(min(SMALLEST_CUT, *photo.size), min(photo.size) + 1))
            left, top = (int(random.integers(0, length - side + 1)) for length in photo.size)
            cuts.append(_tensor(photo, (left, top, left + side, top + side)))
    return torch.stack(cuts)


def shapes(*, seed: int = 0) -> Tensor:
    """(DRAWN, 3, SIDE, SIDE) uint8: a disc, a square or a triangle or two, in plain colours."""
    random = np.random.default_rng(seed)
    return torch.stack([_drawn(random, _shape, count=int(random.integers(1, 4))) for _ in range(DRAWN)])


def letters(*, seed: int = 0) -> Tensor:
    """(DRAWN, 3, SIDE, SIDE) uint8: a few letters and digits in plain colours."""
    random = np.random.default_rng(seed)
    return torch.stack([_drawn(random, _letter, count=int(random.integers(1, 4))) for _ in range(DRAWN)])


def _drawn(random: np.random.Generator, draw, *, count: int) -> Tensor:
    picture = Image.new("RGB", (SIDE * 2, SIDE * 2), _colour(random))  # twice as large: scaled down, edges are smooth
    pen = ImageDraw.Draw(picture)
    for _ in range(count):
        draw(pen, random, tuple(random.integers(SIDE // 2, SIDE * 3 // 2, 2).tolist()), _colour(random))
    return _tensor(picture, (0, 0, *picture.size))


def _shape(pen: ImageDraw.ImageDraw, random: np.random.Generator, middle: tuple, colour: tuple) -> None:
    circle = (*middle, int(random.integers(SIDE // 5, SIDE // 2)))
    corners = int(random.choice([3, 4, 0]))
    if corners:
        pen.regular_polygon(circle, corners, rotation=int(random.integers(360)), fill=colour)
    else:
        x, y, radius = circle
        pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=colour)


def _letter(pen: ImageDraw.ImageDraw, random: np.random.Generator, middle: tuple, colour: tuple) -> None:
    font = ImageFont.load_default(int(random.integers(SIDE * 2 // 3, SIDE * 3 // 2)))
    pen.text(middle, str(random.choice(list(LETTERS))), fill=colour, font=font, anchor="mm")


def _colour(random: np.random.Generator) -> tuple[int, ...]:
    return tuple(random.integers(0, 256, 3).tolist())


def _tensor(picture: Image.Image, box: tuple) -> Tensor:
    small = picture.convert("RGB").crop(box).resize((SIDE, SIDE), Image.Resampling.LANCZOS)
    return torch.from_numpy(np.array(small)).permute(2, 0, 1).contiguous()
