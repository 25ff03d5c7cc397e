"""Data little enough to train on in a test."""

from pathlib import Path

import numpy as np
import pytest


@pytest.fixture
def digit_folder(tmp_path: Path) -> Path:
    """Sixty “digits” of three kinds: a bar that stands, one that lies, and a square."""
    generator = np.random.default_rng(0)
    arrays = {}
    for split, count in (("train", 48), ("val", 12)):
        digits = np.arange(count) % 3
        pictures = np.zeros((count, 28, 28), np.uint8)
        for picture, digit in zip(pictures, digits, strict=True):
            y, x = generator.integers(4, 8, 2)
            picture[y : y + (16 if digit != 1 else 4), x : x + (16 if digit != 0 else 4)] = 255
        arrays |= {f"x_{split}": pictures, f"y_{split}": digits}
    (tmp_path / "digits_image").mkdir()
    np.savez(tmp_path / "digits_image" / "digits.npz", **arrays)
    return tmp_path
