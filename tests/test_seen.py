"""What priors learned from, written down beside a codec: kept, found again, and said to be damaged when it is."""

import csv
import io
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from typer.testing import CliRunner

from playground import seen, zoo
from playground.commands import app
from playground.core.errors import InputError

CLI = CliRunner()


def some(indices: torch.Tensor, **more: object) -> seen.Seen:
    told = {"names": ("one", "two", "two"), "chinese": {"one": "一"}, "shift": 4, "mirrored": True, "usual": 0.25}
    return seen.Seen(indices, **told | more)


@pytest.fixture
def written(checkpoints: Path) -> seen.Seen:
    """Three pictures of 2 × 3 tokens beside the tiny codec."""
    codec = zoo.load("tiny")
    kept = some(torch.randint(codec.quantizer.codebook_size, (3, 1, 2, 3)))
    seen.write_seen(checkpoints / "tiny", kept)
    return kept


def test_what_was_written_is_read_again(written: seen.Seen) -> None:
    read = seen.load_seen("tiny")
    assert torch.equal(read.indices, written.indices) and len(read) == 3
    for name in ("names", "chinese", "shift", "mirrored", "usual"):
        assert getattr(read, name) == getattr(written, name)
    assert seen.is_known("tiny") and seen.load_seen("tiny") is read


def test_its_pictures_are_those_the_codec_shows(written: seen.Seen) -> None:
    codec, pictures = zoo.load("tiny"), seen.decoded("tiny")
    assert pictures.shape == (3, 3, 2 * codec.stride, 3 * codec.stride) and pictures.dtype == torch.uint8
    assert seen.decoded("tiny") is pictures, "decoded once"


def test_a_new_file_is_read_anew(written: seen.Seen, checkpoints: Path) -> None:
    before = seen.decoded("tiny")
    seen.write_seen(checkpoints / "tiny", some((written.indices + 1) % 8))
    assert not torch.equal(seen.load_seen("tiny").indices, written.indices)
    assert seen.decoded("tiny") is not before


def test_what_is_missing_or_damaged_is_said(written: seen.Seen, checkpoints: Path) -> None:
    path = checkpoints / "tiny" / seen.FILE
    for data in (b"", b"nonsense", path.read_bytes()[:-5]):
        path.write_bytes(data)
        with pytest.raises(InputError, match="damaged"):
            seen.load_seen("tiny")
    seen.write_seen(checkpoints / "tiny", some(written.indices, names=("one",)))
    with pytest.raises(InputError, match="damaged"):
        seen.load_seen("tiny")
    path.unlink()
    assert not seen.is_known("tiny")
    with pytest.raises(InputError, match="Nobody has written down"):
        seen.load_seen("tiny")


def test_the_command_writes_emoji_with_their_names(checkpoints: Path, tmp_path: Path) -> None:
    rows = [(f"{i}.png", "val" if i > 4 else "train", f"thing {i}", f"东西{i}") for i in range(7)]
    with zipfile.ZipFile(tmp_path / "pack.zip", "w") as pack, open(tmp_path / "emoji.csv", "w", newline="") as table:
        writer = csv.writer(table)
        writer.writerow(("file", "pack", "split", "name_en", "name_zh", "group", "subgroup"))
        for file, split, name, chinese in rows:
            data = io.BytesIO()
            Image.fromarray(np.random.default_rng(len(file)).integers(0, 255, (16, 16, 4), np.uint8)).save(data, "PNG")
            pack.writestr(file, data.getvalue())
            writer.writerow((file, "pack.zip", split, name, chinese, "things", "few"))
    result = CLI.invoke(app, ["seen", "--data", str(tmp_path), "--domain", "emoji", "--codec", "tiny"])
    assert result.exit_code == 0, result.output
    read = seen.load_seen("tiny")
    assert read.names == tuple(f"thing {i}" for i in range(5)) and read.chinese["thing 2"] == "东西2"
    assert read.indices.shape[0] == 5 and read.shift and read.mirrored and read.usual >= 0
    wrong = CLI.invoke(app, ["seen", "--data", str(tmp_path), "--domain", "stones", "--codec", "tiny"])
    assert isinstance(wrong.exception, InputError) and "digits_image" in str(wrong.exception)
