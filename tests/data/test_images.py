"""Pictures for training: every one is found, none is in two splits, none is stretched or stale."""

import csv
import io
import os
import warnings
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from playground.core.errors import InputError
from playground.data.folders import list_files, read_files
from playground.data.images import PICTURES, SHORT_SIDE, centre_squares, random_crops
from playground.data.packs import Pack, open_pack
from playground.media.modalities import IMAGE


def open_photos(folder: Path, split: str, *, cache: Path | None = None) -> Pack:
    return open_pack(folder, split, PICTURES, cache=cache)


def picture(height: int, width: int, seed: int = 0) -> Image.Image:
    pixels = np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)
    return Image.fromarray(pixels)


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """Two zips and the table that lists them, as the project's own packs."""
    folder = tmp_path / "pack"
    folder.mkdir()
    rows = [
        {"file": f"{split}/{i}.png", "pack": f"photos_{i % 2}.zip", "split": split, "key": f"{split}-{i}"}
        for split, count in (("train", 5), ("val", 2))
        for i in range(count)
    ]
    for row in rows:
        data = io.BytesIO()
        picture(20, 30, seed=int(row["key"][-1])).save(data, "PNG")
        with zipfile.ZipFile(folder / row["pack"], "a") as archive:
            archive.writestr(row["file"], data.getvalue())
    with open(folder / "images.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
    return folder


def test_a_pack_is_read_by_its_splits(pack: Path, tmp_path: Path) -> None:
    train, val = (open_photos(pack, split, cache=tmp_path / "cache") for split in ("train", "val"))
    assert train.keys == tuple(f"train-{i}" for i in range(5)) and val.keys == ("val-0", "val-1")
    assert np.array_equal(train[3], np.asarray(picture(20, 30, seed=3))), "pixels as they were"
    assert len(list_files(pack, PICTURES)) == 7


def test_of_a_handful_of_pictures_one_is_kept_for_validation(tmp_path: Path) -> None:
    for i in range(8):
        Image.new("RGB", (20, 20), (i, 0, 0)).save(tmp_path / f"{i}.png")
    splits = {split: [file.key for file in list_files(tmp_path, PICTURES, split)] for split in ("train", "val")}
    assert (len(splits["train"]), len(splits["val"])) == (7, 1)
    assert sorted(splits["train"] + splits["val"]) == [file.key for file in list_files(tmp_path, PICTURES)]


def test_loose_pictures_are_in_one_split_each_and_always_the_same(photo_folder: Path, tmp_path: Path) -> None:
    train, val = (open_photos(photo_folder, split, cache=tmp_path / "cache") for split in ("train", "val"))
    everything = {file.key for file in list_files(photo_folder, PICTURES)}
    assert len(everything) == 120 and "more/000.png" in everything
    assert set(train.keys) | set(val.keys) == everything and not set(train.keys) & set(val.keys)
    assert 0 < len(val) < 10
    (photo_folder / "000 another.png").write_bytes((photo_folder / "001.png").read_bytes())
    after = open_photos(photo_folder, "val", cache=tmp_path / "cache")
    assert set(val.keys) <= set(after.keys), "more data moves no picture into another split"


def test_files_are_read_one_by_one(pack: Path, photo_folder: Path) -> None:
    assert [file.key for file, _ in read_files(list_files(pack, PICTURES, "val"), PICTURES)] == ["val-0", "val-1"]
    for file, data in read_files(list_files(photo_folder, PICTURES), PICTURES, bytes):
        assert data == (photo_folder / file.key).read_bytes()


def test_a_changed_folder_is_packed_anew(photo_folder: Path, tmp_path: Path) -> None:
    """An empty folder too, whose pictures come later."""
    (tmp_path / "late").mkdir()
    with pytest.raises(InputError, match="no pictures"):
        open_photos(tmp_path / "late", "train", cache=tmp_path / "cache")
    for name in "ab":
        picture(20, 20).save(tmp_path / "late" / f"{name}.png")
    first = open_photos(tmp_path / "late", "train", cache=tmp_path / "cache")
    for seed in range(1, 4):
        picture(20, 20, seed=seed).save(tmp_path / "late" / f"{seed}.png")
    assert len(first) == 1
    assert len(open_photos(tmp_path / "late", "train", cache=tmp_path / "cache")) == 4, "and one for validation"


def test_an_unchanged_folder_is_packed_once(pack: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    open_photos(pack, "train", cache=tmp_path / "cache")
    monkeypatch.setattr(zipfile.ZipFile, "open", lambda *_: pytest.fail("read again"))
    assert len(open_photos(pack, "train", cache=tmp_path / "cache")) == 5


def test_a_pack_that_was_cut_off_is_never_seen(pack: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(zipfile.ZipFile, "open", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            open_photos(pack, "train", cache=tmp_path / "cache")
    assert len(open_photos(pack, "train", cache=tmp_path / "cache")) == 5


def test_large_pictures_keep_their_shape_and_small_ones_their_size(tmp_path: Path) -> None:
    folder = tmp_path / "sizes"
    folder.mkdir()
    for name, (height, width) in {"a": (400, 800), "b": (1000, 500), "d": (30, 70)}.items():
        picture(height, width).save(folder / f"{name}.png")
    splits = [open_photos(folder, split, cache=tmp_path / "cache") for split in ("train", "val")]
    sizes = {key: photos[i].shape for photos in splits for i, key in enumerate(photos.keys)}
    assert sizes == {"a.png": (SHORT_SIDE, 320, 3), "b.png": (320, SHORT_SIDE, 3), "d.png": (30, 70, 3)}


def test_photos_stand_upright(tmp_path: Path) -> None:
    folder = tmp_path / "turned"
    folder.mkdir()
    exif = Image.Exif()
    exif[274] = 6  # held upright, stored lying
    for name in "ab":
        picture(20, 40).save(folder / f"{name}.png", exif=exif)
    assert open_photos(folder, "train", cache=tmp_path / "cache")[0].shape == (40, 20, 3)


def test_a_picture_is_trained_on_as_it_is_measured(tmp_path: Path) -> None:
    """16 bits, hidden colours under what is clear, an orientation: the bench and training see the same."""
    folder = tmp_path / "odd"
    folder.mkdir()
    deep = np.tile(np.linspace(0, 65535, 64).astype(np.uint16), (64, 1))
    Image.fromarray(deep).save(folder / "deep.png")
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (64, 64, 4), dtype=np.uint8)).save(folder / "clear.png")
    Image.fromarray(np.linspace(0, 1, 4096, dtype=np.float32).reshape(64, 64)).save(folder / "real.tif")
    exif = Image.Exif()
    exif[274] = 6
    picture(64, 64).save(folder / "turned.jpg", exif=exif)
    for split in ("train", "val"):
        photos = open_photos(folder, split, cache=tmp_path / "cache")
        for key, pixels in zip(photos.keys, photos, strict=True):
            assert np.array_equal(pixels, np.asarray(IMAGE.write(IMAGE.read(folder / key)))), key
            if key == "deep.png":
                assert 127 <= pixels.mean() <= 128


def test_a_broken_picture_is_left_out_with_a_warning(photo_folder: Path, tmp_path: Path) -> None:
    (photo_folder / "broken.png").write_bytes(b"no picture")
    with pytest.warns(UserWarning, match=r"broken\.png"):
        photos = open_photos(photo_folder, "train", cache=tmp_path / "cache")
    assert "broken.png" not in photos.keys and len(photos) > 100


def spoiled(folder: Path) -> dict[str, str]:
    """Puts everything into a folder that once ended a training; the names under which it is reported, and why."""
    (folder / "truncated.png").write_bytes((folder / "001.png").read_bytes()[:60])
    (folder / "dangling.png").symlink_to(folder / "nowhere")
    (folder / "folder.png").mkdir()
    (folder / "empty.jpg").touch()
    Image.new("L", (9000, 9000)).save(folder / "bomb.png")
    Image.new("RGB", (7, 100)).save(folder / "slim.png")
    (folder / os.fsdecode(b"caf\xe9.png")).write_bytes(b"no picture")
    (folder / "notes.txt").write_text("no picture")
    reasons = {"truncated": "damaged", "dangling": "no file", "folder": "a folder", "bomb": "megapixels"}
    reasons |= {"slim": "at least 8", r"caf\xe9": "not a picture"}
    return {f"{name}.png": reason for name, reason in reasons.items()} | {"empty.jpg": "empty"}


def test_one_bad_entry_ends_nothing(photo_folder: Path, tmp_path: Path) -> None:
    """It is named, left out, and counted with the others in one closing line, as are those of other suffixes."""
    reasons = spoiled(photo_folder)
    with pytest.warns(UserWarning) as caught:
        splits = [open_photos(photo_folder, split, cache=tmp_path / "cache") for split in ("train", "val")]
    said = [str(warning.message) for warning in caught]
    for name, reason in reasons.items():
        assert [line for line in said if line.startswith(f"{name} is left out") and reason in line], name
    closing = "7 of 127 pictures could not be read and are left out. 1 other files are skipped: .txt 1."
    assert said[7] == closing and len(said) == 9, "once for each split"
    assert sum(map(len, splits)) == 120


def test_validation_items_are_chosen_among_those_that_can_be_read(tmp_path: Path) -> None:
    """The only one that would be held back is truncated: another takes its place, in training and in evaluation."""
    for i in range(6):
        picture(20, 20, seed=i).save(tmp_path / f"{i}.png")
    (first,) = list_files(tmp_path, PICTURES, "val")
    first.path.write_bytes(first.path.read_bytes()[:50])
    with pytest.warns(UserWarning, match=f"{first.key} is left out"):
        train, val = (open_photos(tmp_path, split, cache=tmp_path / "cache") for split in ("train", "val"))
    assert len(val) == 1 and len(train) == 4 and not {first.key} & {*val.keys, *train.keys}
    assert [file.key for file in list_files(tmp_path, PICTURES, "val")] == list(val.keys)


def test_of_a_single_picture_one_reads_that_two_are_needed(tmp_path: Path) -> None:
    picture(20, 20).save(tmp_path / "only.png")
    (tmp_path / "broken.png").write_bytes(b"no picture")
    for split in ("train", "val"):
        with pytest.raises(InputError, match="two are needed"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            open_photos(tmp_path, split, cache=tmp_path / "cache")


def test_a_damaged_zip_ends_nothing(pack: Path, tmp_path: Path) -> None:
    (pack / "photos_1.zip").write_bytes(b"no zip file")
    with pytest.warns(UserWarning, match="train-1 is left out"):
        train = open_photos(pack, "train", cache=tmp_path / "cache")
    assert train.keys == ("train-0", "train-2", "train-4")


def test_a_table_of_something_else_is_no_pack(photo_folder: Path) -> None:
    (photo_folder / "images.csv").write_text("name,price\napple,3\n")
    assert len(list_files(photo_folder, PICTURES)) == 120


def test_a_missing_folder_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="--data"):
        open_photos(tmp_path / "{nowhere}", "train")


def test_crops_have_their_size_whatever_the_picture(tmp_path: Path) -> None:
    folder = tmp_path / "odd"
    folder.mkdir()
    for i, (height, width) in enumerate([(20, 90), (90, 20), (64, 64), (33, 32)]):
        picture(height, width, seed=i).save(folder / f"{i}.png")
    photos = open_photos(folder, "train", cache=tmp_path / "cache")
    crops = random_crops(photos, 60, 32, generator=torch.Generator().manual_seed(0))
    assert crops.shape == (60, 3, 32, 32) and -1 <= crops.min() < -0.9 and 0.9 < crops.max() <= 1


def test_half_of_the_crops_are_mirrored_and_every_place_is_taken(tmp_path: Path) -> None:
    folder = tmp_path / "ramp"
    folder.mkdir()
    ramp = np.tile(np.arange(60, dtype=np.uint8)[None, :, None], (60, 1, 3))
    for i in range(2):
        Image.fromarray(ramp).save(folder / f"{i}.png")
    photos = open_photos(folder, "train", cache=tmp_path / "cache")
    crops = random_crops(photos, 400, 32, generator=torch.Generator().manual_seed(0))[:, 0, 0]
    mirrored = (crops[:, 0] > crops[:, -1]).float().mean().item()
    assert 0.4 < mirrored < 0.6
    values = ((crops + 1) * 127.5).round()
    assert values.min() == 0 and values.max() == 59


def test_centre_squares_are_the_centre(tmp_path: Path) -> None:
    folder = tmp_path / "bands"
    folder.mkdir()
    pixels = np.zeros((40, 120, 3), dtype=np.uint8)
    pixels[:, 40:80] = 200
    for i in range(3):
        Image.fromarray(pixels).save(folder / f"{i}.png")
    photos = open_photos(folder, "train", cache=tmp_path / "cache")
    squares = centre_squares(photos, 20, limit=2)
    assert squares.shape == (2, 3, 20, 20) and squares.dtype == torch.uint8
    assert (squares == 200).all()
