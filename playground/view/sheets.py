"""Many small pictures in one file: the sheets of tiles and of exemplars."""

import io
from math import ceil, sqrt

import numpy as np
from PIL import Image

from ..analysis.atlas import Exemplar

BOOK = "codebook.json.gz"  # what is known of a codebook, in numbers
WIDEST = 16383  # pixels, along either side of a WebP
QUALITIES = (80, 64, 48, 32, 20, 12)


def part_name(name: str, k: int) -> str:
    """The file that holds a part of the description of codebook k: "tiles.jpg", "tiles-1.jpg", …"""
    stem, ending = name.split(".", 1)
    return f"{stem}-{k}.{ending}" if k else name


def sheet_columns(codebook_size: int) -> int:
    """How many codes stand in a row of every sheet and of the atlas: a square, at most 32 wide."""
    return min(32, ceil(sqrt(codebook_size)))


def sheet(blocks: np.ndarray, columns: int) -> np.ndarray:
    """(V, height, width, 3) uint8 → one picture; block c at column c % columns, row c // columns."""
    count, height, width, channels = blocks.shape
    rows = -(-count // columns)
    full = np.zeros((rows * columns, height, width, channels), dtype=np.uint8)
    full[:count] = blocks
    grid = full.reshape(rows, columns, height, width, channels).transpose(0, 2, 1, 3, 4)
    return grid.reshape(rows * height, columns * width, channels)


def exemplar_blocks(exemplars: tuple[tuple[Exemplar, ...], ...], *, per_code: int, pixels: int) -> np.ndarray:
    """(V, pixels, per_code · pixels, 3) uint8: the exemplars of a code side by side, grey where there are too few."""
    blocks = np.full((len(exemplars), pixels, per_code * pixels, 3), 128, dtype=np.uint8)
    for block, chosen in zip(blocks, exemplars, strict=True):
        for place, exemplar in enumerate(chosen):
            block[:, place * pixels : (place + 1) * pixels] = exemplar.pixels
    return blocks


def block_jpeg(picture: np.ndarray) -> bytes:
    """(H, W, 3) uint8 → a JPEG file in which no 8 × 8 block, and so no tile of that side, colours the next.

    A third of a lossless file; pixels are one level off on average.
    """
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "JPEG", quality=88, subsampling=0, optimize=True)
    return file.getvalue()


def small_webp(picture: np.ndarray, largest: int) -> bytes:
    """(H, W, 3) uint8 → a WebP file of at most `largest` bytes if quality 12 allows, at the best quality that does."""
    for quality in QUALITIES:
        data = _webp(picture, quality)
        if len(data) <= largest:
            break
    return data


def _webp(picture: np.ndarray, quality: int) -> bytes:
    if max(picture.shape[:2]) > WIDEST:
        raise ValueError(f"a WebP picture has at most {WIDEST} pixels a side, not {picture.shape[:2]}")
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "WEBP", quality=quality, method=6)
    return file.getvalue()
