"""Arrays of numbers as pictures and sounds."""

from collections.abc import Callable

import numpy as np
from PIL import Image

from ..core.errors import InputError
from .inputs import plain

BAND = 64  # rows
CHANNELS = (1, 3, 4)  # grey, RGB, RGB with alpha
SLOWEST, FASTEST = 1_000, 768_000  # samples a second of a sound
MOST_EARS = 64  # channels of a sound
MOST_A_SECOND = 3_000_000  # samples times channels
LOUDEST = 8.0  # largest number of a float sound; what is a little above 1 is clipped, as players do


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
        array = _in_bands(array, lambda band: np.rint(band.astype(np.float32) * 255).clip(0, 255))
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
    # Divided by 257, to nearest, so that 65535 becomes 255.
    return _in_bands(values, lambda band: (band.astype(np.uint32) * 255 + 32895) >> 16)


def _in_bands(array: np.ndarray, values: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    """uint8 of an array (H, …), some rows at a time: what lies between would be many times as large."""
    found = np.empty(array.shape, np.uint8)
    for top in range(0, len(array), BAND):
        found[top : top + BAND] = values(array[top : top + BAND])
    return found


def sound_from_pair(pair: tuple | list) -> tuple[int, np.ndarray]:
    """The rate and (T, C) float32 in about [−1, 1] of (rate, array) as SciPy and Gradio give it, or (array, rate).

    array  (T,), (T, C) or (C, T), NumPy or PyTorch; whole numbers are scaled by their type

    Raises InputError for anything else.
    """
    rates = [item for item in pair if isinstance(item, int | float | np.integer | np.floating)]
    arrays = [array for item in pair if isinstance(array := plain(item, 0), np.ndarray) and array.size]
    if len(pair) != 2 or len(rates) != 1 or len(arrays) != 1 or rates[0] % 1:
        raise InputError("A sound as a pair is (rate, array): samples a second, and an array of samples.")
    samples, rate = _sound_axes(arrays[0]), int(rates[0])
    if not SLOWEST <= rate <= FASTEST:
        raise InputError(
            "A sound has {least} to {most} samples a second, not {rate}.", least=SLOWEST, most=FASTEST, rate=rate
        )
    return rate, _floats(samples)


def _sound_axes(array: np.ndarray) -> np.ndarray:
    """(T, C): the shorter axis are the channels."""
    found = array
    while found.ndim > 2 and found.shape[0] == 1:  # a batch of one
        found = found[0]
    found = found[:, None] if found.ndim == 1 else found
    if found.ndim == 2 and found.shape[1] > found.shape[0]:
        found = found.T
    if found.ndim != 2 or found.shape[1] > MOST_EARS:
        raise InputError(
            "An array of shape {shape} is no sound: it takes (samples,), (samples, channels) or (channels, samples).",
            shape=str(array.shape),
        )
    return found


def _floats(samples: np.ndarray) -> np.ndarray:
    kind, bits = samples.dtype.kind, 8 * samples.dtype.itemsize
    if kind in "iu" and bits <= 32:
        middle = 2.0 ** (bits - 1)
        return ((samples - middle if kind == "u" else samples) / middle).astype(np.float32)
    if kind != "f":
        raise InputError(
            "A sound array holds int16, int32, uint8 or floats; this one holds {dtype}.", dtype=str(samples.dtype)
        )
    finite = samples[np.isfinite(samples)]
    if finite.size and (loudest := float(np.abs(finite).max())) > LOUDEST:
        raise InputError(
            "The numbers of a float sound lie between −1 and 1; these go up to {loudest}. Divide them, or give them "
            "as whole numbers.",
            loudest=f"{loudest:.4g}",
        )
    return samples.astype(np.float32)
