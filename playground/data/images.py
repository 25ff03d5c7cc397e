"""Photographs for training."""

import numpy as np
import torch
from torch import Tensor
from torchvision.transforms import v2

from ..media.pictures import LARGEST_FILE, SUFFIXES, read_scaled
from .folders import Kind
from .packs import Pack

SHORT_SIDE = 160  # pixels; larger photos are scaled down to it once, smaller ones stay


def random_crops(photos: Pack, count: int, size: int, *, generator: torch.Generator) -> Tensor:
    """(count, 3, size, size) float in [−1, 1]: random places of random photos, see `crops`."""
    return crops(photos, size, torch.randint(len(photos), (count,), generator=generator), generator=generator)


def crops(photos: Pack, size: int, chosen: Tensor, *, generator: torch.Generator | None = None) -> Tensor:
    """(n, 3, size, size) float in [−1, 1]: a square of each of the photos numbered `chosen` (n,).

    Without a generator the middle. With one any place, half of them mirrored; two in five are scaled,
    between 0.8 and 1.6 times as large, so that detail varies.
    """
    found = []
    for i in chosen.tolist():
        height, width, _ = photos[i].shape
        u = [1.0, 0.0, 0.5, 0.5, 1.0] if generator is None else torch.rand(5, generator=generator).tolist()
        side = min(int(size * (0.62 + 0.6 * u[1])) if u[0] < 0.4 else size, height, width)
        top, left = int(u[2] * (height - side + 1)), int(u[3] * (width - side + 1))
        crop = torch.from_numpy(photos[i][top : top + side, left : left + side].copy()).permute(2, 0, 1)
        if side != size:
            crop = v2.functional.resize(crop, [size, size], v2.InterpolationMode.BICUBIC, antialias=True)
        found.append(crop.flip(-1) if u[4] < 0.5 else crop)
    return torch.stack(found).float() / 127.5 - 1


def centre_squares(photos: Pack, size: int, *, limit: int | None = None) -> Tensor:
    """(N, 3, size, size) uint8: the centre square of each photo, scaled to `size`."""
    squares = []
    for i in range(min(len(photos), limit or len(photos))):
        picture = torch.from_numpy(photos[i].copy()).permute(2, 0, 1)
        picture = v2.functional.center_crop(picture, [min(picture.shape[1:])] * 2)
        squares.append(v2.functional.resize(picture, [size, size], antialias=True))
    return torch.stack(squares)


def decoded_picture(data: bytes) -> np.ndarray:
    """A picture file as the bench reads it, (H, W, 3) uint8. Raises InputError for what the bench refuses."""
    return np.asarray(read_scaled(data, SHORT_SIDE))


PICTURES = Kind("pictures", SUFFIXES, decoded_picture, np.uint8, LARGEST_FILE)
