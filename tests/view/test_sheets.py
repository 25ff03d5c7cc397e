import io

import numpy as np
import pytest
from PIL import Image

from playground.analysis.atlas import Exemplar
from playground.view.sheets import block_jpeg, exemplar_blocks, sheet, sheet_columns, small_webp

RANDOM = np.random.default_rng(0)


def opened(data):
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))


@pytest.mark.parametrize(("codes", "columns"), [(1, 1), (2, 2), (16, 4), (17, 5), (1024, 32), (4096, 32)])
def test_sheets_are_square_up_to_32_columns(codes, columns):
    assert sheet_columns(codes) == columns


def test_block_c_stands_in_row_c_over_columns():
    blocks = RANDOM.integers(0, 256, (7, 2, 4, 3), dtype=np.uint8)
    picture = sheet(blocks, 3)
    assert picture.shape == (6, 12, 3)
    for c in range(7):
        row, column = divmod(c, 3)
        assert np.array_equal(picture[row * 2 : row * 2 + 2, column * 4 : column * 4 + 4], blocks[c])
    assert not picture[4:, 4:].any()


def test_missing_exemplars_are_grey():
    patch = RANDOM.integers(0, 256, (6, 6, 3), dtype=np.uint8)
    blocks = exemplar_blocks(((), (Exemplar(0, 1, 1, patch),)), per_code=2, pixels=6)
    assert blocks.shape == (2, 6, 12, 3) and (blocks[0] == 128).all()
    assert np.array_equal(blocks[1, :, :6], patch) and (blocks[1, :, 6:] == 128).all()


def test_a_tile_does_not_colour_the_next_one():
    blocks = np.tile(np.arange(0, 256, 50, dtype=np.uint8)[:, None, None, None], (1, 8, 8, 3))
    blocks[1::2] = 255 - blocks[1::2]
    assert np.abs(opened(block_jpeg(sheet(blocks, 3))).astype(int) - sheet(blocks, 3)).max() <= 2


def test_small_webp_gives_up_quality_only_where_it_must():
    picture = RANDOM.integers(0, 256, (96, 96, 3), dtype=np.uint8)
    best = small_webp(picture, 10**6)
    smaller = small_webp(picture, len(best) - 1)
    assert len(smaller) < len(best)
    assert opened(smaller).shape == picture.shape
    assert len(small_webp(picture, 1)) < len(smaller)  # as small as it is willing to go


def test_a_sheet_no_webp_can_hold_is_refused():
    with pytest.raises(ValueError, match="16383"):
        small_webp(np.zeros((1, 16384, 3), dtype=np.uint8), 1)
