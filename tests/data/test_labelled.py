"""Little pictures with names."""

import csv
import io
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from playground.core.errors import InputError
from playground.data.labelled import digit_pictures, emoji_pictures, open_digits, open_emoji


@pytest.fixture
def emoji_folder(tmp_path: Path) -> Path:
    """A red disc's left half, on nothing; three times to learn, once to judge by."""
    pixels = np.zeros((128, 128, 4), np.uint8)
    pixels[32:96, 32:64] = (255, 0, 0, 255)
    data = io.BytesIO()
    Image.fromarray(pixels).save(data, "WEBP", lossless=True)
    with zipfile.ZipFile(tmp_path / "pack.zip", "w") as archive:
        for name in "abcd":
            archive.writestr(f"{name}.webp", data.getvalue())
    groups = {"a": "objects", "b": "symbols", "c": "objects", "d": "objects"}
    with open(tmp_path / "emoji.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["file", "pack", "split", "group", "subgroup", "name_en"])
        for name, group in groups.items():
            writer.writerow(
                [f"{name}.webp", "pack.zip", "val" if name == "d" else "train", group, "tools", f"half {name}"]
            )
    return tmp_path


def test_emoji_are_read_by_split_with_their_names(emoji_folder: Path) -> None:
    train, val = open_emoji(emoji_folder, "train"), open_emoji(emoji_folder, "val")
    assert train.labels[1] == ("symbols", "tools", "half b") and len(train) == 3 and len(val) == 1
    assert train.pictures.shape == (3, 4, 128, 128)
    with pytest.raises(InputError, match="lists nothing"):
        open_emoji(emoji_folder, "test")


def test_emoji_lie_on_white(emoji_folder: Path) -> None:
    pictures = emoji_pictures(open_emoji(emoji_folder, "train"), torch.tensor([0, 2]))
    assert pictures.shape == (2, 3, 64, 64)
    assert pictures[0, :, 0, 0].tolist() == [1, 1, 1], "white"
    assert pictures[0, :, 30, 20].tolist() == [1, -1, -1], "red"


def test_moved_emoji_are_others_each_time_but_of_the_generator_alone(emoji_folder: Path) -> None:
    emoji, chosen = open_emoji(emoji_folder, "train"), torch.zeros(20, dtype=torch.int64)
    first, again = (emoji_pictures(emoji, chosen, generator=torch.Generator().manual_seed(3)) for _ in range(2))
    assert torch.equal(first, again) and not torch.equal(first[0], first[1])
    assert first.abs().max() <= 1
    corners = first[:, :, 0, 0]
    assert 0.5 < (corners == 1).all(1).float().mean() < 0.95, "most on white, others on a light colour"
    assert corners.min() >= 0.5
    plain = emoji_pictures(emoji, chosen, generator=torch.Generator().manual_seed(3), plain=1.0)
    assert (plain[:, :, 0, 0] == 1).all()


def test_what_is_written_is_never_mirrored(emoji_folder: Path) -> None:
    emoji = open_emoji(emoji_folder, "train")
    for item, mirrored in ((0, True), (1, False)):
        chosen = torch.full((30,), item)
        pictures = emoji_pictures(emoji, chosen, generator=torch.Generator().manual_seed(1), plain=1.0)
        left, right = pictures[:, 1, :, :32].mean((1, 2)), pictures[:, 1, :, 32:].mean((1, 2))
        assert bool((right < left).any()) == mirrored


def test_digits_have_a_margin_and_three_channels(tmp_path: Path) -> None:
    pictures = np.full((2, 28, 28), 255, np.uint8)
    np.savez(tmp_path / "a.npz", x_train=pictures, y_train=np.array([7, 1]), x_val=pictures[:1], y_val=np.array([3]))
    digits = open_digits(tmp_path, "train")
    assert digits.labels == (("7",), ("1",)) and open_digits(tmp_path, "val").labels == (("3",),)
    shown = digit_pictures(digits, torch.tensor([1]))
    assert shown.shape == (1, 3, 32, 32) and shown[0, 0, 0, 0] == -1 and shown[0, 2, 2, 2] == 1
