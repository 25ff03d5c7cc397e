import gzip
import io
import json
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import torch
from PIL import Image

from playground.analysis import layout
from playground.analysis.atlas import tiles, to_bytes
from playground.analysis.geometry import mean_code
from playground.models.config import CodecConfig, QuantizerConfig, build
from playground.models.convolution import ConvolutionConfig
from playground.view.colours import code_colours
from playground.view.description import describe, describe_codebook, write_description

PER_CODE = ("colours", "order", "map", "neighbours", "distances")
SEEN = ("counts", "right", "below", "exemplar_counts", "exemplar_pictures")


@pytest.fixture(autouse=True)
def no_umap(monkeypatch):
    """It takes half a minute to load, and has its own test beside `map_codes`."""
    monkeypatch.setattr(layout, "FEWEST_FOR_UMAP", 1000)


@pytest.fixture
def codec(picture_codec):
    """16 codes of width 4, stride 8."""
    return picture_codec


@pytest.fixture
def described(codec):
    pictures = torch.randn(10, 3, 64, 64, generator=torch.Generator().manual_seed(1)).tanh()
    return describe(codec, pictures.split(4))


def test_json_gives_back_every_number(described):
    facts = json.loads(described.to_json())
    assert facts["version"] == 1 and facts["codec"] == "tiny"
    for name, value in facts.items():
        if name != "version":
            assert value == json.loads(json.dumps(getattr(described, name))), name


def test_there_is_an_entry_for_every_code(described):
    assert all(len(getattr(described, name)) == 16 for name in PER_CODE + SEEN)
    assert (described.pictures, described.tokens, sum(described.counts)) == (10, 640, 640)
    assert sorted(described.order) == list(range(16)) and 0 <= described.mean_code < 16
    assert all(len(near) == 8 and code not in near for code, near in enumerate(described.neighbours))
    assert all(a <= b for row in described.distances for a, b in pairwise(row))
    assert described.exemplar_counts == [len(numbers) for numbers in described.exemplar_pictures]
    assert (described.dim, described.columns, described.tile_pixels, described.exemplar_pixels) == (4, 4, 8, 24)


def test_usage_has_its_say_in_colours_and_mean(codec, described):
    counts, tints = torch.tensor(described.counts), tiles(codec).mean((2, 3))
    assert described.mean_code == mean_code(codec.codebook(), counts)
    assert described.colours == code_colours(codec.codebook(), weights=counts, tints=tints)
    assert described.colours != describe_codebook(codec).colours


def test_without_pictures_what_needs_them_is_empty_and_the_rest_is_there(codec):
    quick = describe_codebook(codec)
    assert all(len(getattr(quick, name)) == 16 for name in PER_CODE)
    assert all(getattr(quick, name) == [] for name in SEEN)
    assert (quick.pictures, quick.tokens, quick.exemplar_sheet) == (0, 0, None)
    assert set(quick.files()) == {"codebook.json.gz", "tiles.jpg"}


@pytest.mark.parametrize("codebook_size", [1, 2])
def test_the_smallest_codebooks_can_be_described(codebook_size):
    body = ConvolutionConfig(patch=2, widths=(4,), encoder_depths=(1,), decoder_depths=(1,), dim=3)
    config = CodecConfig(name="small", body=body, quantizer=QuantizerConfig(codebook_size=codebook_size))
    small = build(config).eval()
    quick = describe_codebook(small)
    assert [len(near) for near in quick.neighbours] == [codebook_size - 1] * codebook_size
    json.loads(quick.to_json(), parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))


def test_written_files_are_the_sheets_and_nothing_else_is_left(described, codec, tmp_path):
    write_description(tmp_path, described)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["codebook.json.gz", "exemplars.webp", "tiles.jpg"]
    assert gzip.decompress((tmp_path / "codebook.json.gz").read_bytes()).decode() == described.to_json()
    sheet = np.asarray(Image.open(tmp_path / "tiles.jpg").convert("RGB"))
    for code, tile in enumerate(to_bytes(tiles(codec))):
        row, column = divmod(code, 4)
        shown = sheet[row * 8 : row * 8 + 8, column * 8 : column * 8 + 8]
        assert np.abs(shown.astype(int) - np.asarray(tile)).mean() < 8
    exemplars = Image.open(io.BytesIO((tmp_path / "exemplars.webp").read_bytes()))
    assert exemplars.size == (4 * 6 * 24, 4 * 24)


def test_a_write_that_fails_leaves_no_debris(described, tmp_path):
    (tmp_path / "tiles.jpg").mkdir()  # nothing can be renamed onto a folder
    with pytest.raises(OSError, match="tiles"):
        write_description(tmp_path, described)
    assert [path.name for path in tmp_path.iterdir()] == ["tiles.jpg"]


def test_writing_again_replaces_the_files_whole(described, tmp_path):
    write_description(tmp_path, described)
    write_description(tmp_path, replace(described, codec="another"))
    assert json.loads(gzip.decompress((tmp_path / "codebook.json.gz").read_bytes()))["codec"] == "another"
    assert len(list(tmp_path.iterdir())) == 3
