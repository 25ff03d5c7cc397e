"""Arrays of numbers as pictures."""

import numpy as np
from PIL import Image

from ..core.errors import InputError

CHANNELS = (1, 3, 4)  # grey, RGB, RGB with alpha


def picture_axes(array: np.ndarray) -> np.ndarray:
    """(H, W) or (H, W, C), of an array of one picture with its channels behind or, as PyTorch has them, before.

    Raises InputError for any other shape.
    """
    found = array
    while found.ndim > 3 and found.shape[0] == 1:  # a batch of one
        found = found[0]
    if found.ndim == 3 and found.shape[2] not in CHANNELS and found.shape[0] in CHANNELS:
        found = np.moveaxis(found, 0, 2)
    if found.ndim == 3 and found.shape[2] == 1:
        found = found[:, :, 0]
    if found.ndim != 2 and not (found.ndim == 3 and found.shape[2] in CHANNELS):
        raise InputError(
            "An array of shape {shape} is no picture: it takes (height, width), or 1, 3 or 4 channels behind or "
            "before these.",
            shape=str(array.shape),
        )
    return found


def from_array(array: np.ndarray) -> Image.Image:
    """A picture of (H, W[, 3 or 4]): uint8, uint16, or floats from 0 to 1. Raises InputError for other numbers."""
    if array.dtype.kind == "f":
        low, high = float(array.min()), float(array.max())  # NaN if any number is
        if not (low >= -1e-3 and high <= 1 + 1e-3):
            raise InputError(
                "The numbers of a float picture lie between 0 and 1; these go from {low} to {high}.",
                low=f"{low:.4g}",
                high=f"{high:.4g}",
            )
        scaled = array.astype(np.float32)
        scaled *= 255
        array = np.rint(scaled, out=scaled).clip(0, 255).astype(np.uint8)
    if array.dtype == np.uint16:
        array = eight_bits(array)
    if array.dtype != np.uint8:
        raise InputError(
            "A picture array holds uint8, uint16, or floats from 0 to 1; this one holds {dtype}.",
            dtype=str(array.dtype),
        )
    return Image.fromarray(np.ascontiguousarray(array))


def eight_bits(values: np.ndarray) -> np.ndarray:
    """Numbers of 0 to 65535 as uint8."""
    # Divided by 257, to nearest, so that 65535 becomes 255; in place, because these pictures are large.
    wide = values.astype(np.uint32)
    wide *= 255
    wide += 32895
    wide >>= 16
    return wide.astype(np.uint8)
