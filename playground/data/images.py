"""Photographs for training: read once, kept as one packed array on disk."""

import csv
import hashlib
import io
import json
import os
import shutil
import tempfile
import warnings
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageOps
from torch import Tensor
from torchvision.transforms import v2

from ..core.errors import InputError

SUFFIXES = {".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff"}
HELD_BACK = 50  # one loose picture in so many is kept for validation
SHORT_SIDE = 160  # pixels; larger photos are scaled down to it once, smaller ones stay


@dataclass(frozen=True, eq=False)
class Photos:
    """Many pictures in one array.

    pixels   (N,) uint8, all pictures one after the other, each (H, W, 3)
    places   (M, 3) int64: where each begins, its height, its width
    keys     (M,) names, for the report and the exemplars
    """

    pixels: np.ndarray
    places: np.ndarray
    keys: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.places)

    def __getitem__(self, i: int) -> np.ndarray:
        """Picture i, (H, W, 3) uint8."""
        start, height, width = self.places[i]
        return self.pixels[start : start + height * width * 3].reshape(height, width, 3)


@dataclass(frozen=True)
class PictureFile:
    """A picture on disk: a file of its own, or the member of a zip.

    key  its name in reports; loose pictures are split by it
    """

    key: str
    path: Path
    member: str = ""


def open_photos(folder: str | os.PathLike, split: str, *, cache: Path | None = None) -> Photos:
    """The photos of one split ("train" or "val") below `folder`, packed on first use.

    The folder holds either packs (`images.csv` beside its zip files) or any pictures,
    of which one in fifty, chosen by name, is kept for validation. Raises InputError
    when there is nothing to read.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise InputError("There is no data folder “{folder}”. Name one with --data.", folder=folder)
    cache = cache or Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "codebook-playground"
    place = cache / f"{_fingerprint(folder)}-{split}"
    if not place.exists():
        _pack(_pictures(folder, split), place)
    index = json.loads((place / "places.json").read_text(encoding="utf-8"))
    if not index["keys"]:
        raise InputError(
            "There are no pictures for {split} below “{folder}” (one in fifty is kept for val). Add more.",
            split=split,
            folder=folder,
        )
    pixels = np.fromfile(place / "pixels.bin", dtype=np.uint8)  # mapped, a busy machine would drop and reread it
    return Photos(pixels, np.array(index["places"]), tuple(index["keys"]))


def random_crops(photos: Photos, count: int, size: int, *, generator: torch.Generator) -> Tensor:
    """(count, 3, size, size) float in [−1, 1]: random places of random photos, half of them mirrored.

    One crop in four shows up to twice the area, scaled down, so that detail varies.
    """
    chosen = torch.randint(len(photos), (count,), generator=generator).tolist()
    crops = []
    for i in chosen:
        height, width, _ = photos[i].shape
        u = torch.rand(5, generator=generator).tolist()
        side = min(int(size * (1 + 0.4 * u[1])) if u[0] < 0.25 else size, height, width)
        top, left = int(u[2] * (height - side + 1)), int(u[3] * (width - side + 1))
        crop = torch.from_numpy(photos[i][top : top + side, left : left + side].copy()).permute(2, 0, 1)
        if side != size:
            crop = v2.functional.resize(crop, [size, size], antialias=True)
        crops.append(crop.flip(-1) if u[4] < 0.5 else crop)
    return torch.stack(crops).float() / 127.5 - 1


def centre_squares(photos: Photos, size: int, *, limit: int | None = None) -> Tensor:
    """(N, 3, size, size) uint8: the centre square of each photo, scaled to `size`."""
    squares = []
    for i in range(min(len(photos), limit or len(photos))):
        picture = torch.from_numpy(photos[i].copy()).permute(2, 0, 1)
        picture = v2.functional.center_crop(picture, [min(picture.shape[1:])] * 2)
        squares.append(v2.functional.resize(picture, [size, size], antialias=True))
    return torch.stack(squares)


def list_pictures(folder: Path, split: str | None = None) -> list[PictureFile]:
    """The picture files of a split below `folder`, of all of them when it is missing."""
    if is_pack(folder):
        with open(folder / "images.csv", encoding="utf-8") as file:
            rows = [row for row in csv.DictReader(file) if split in (None, row["split"])]
        return [PictureFile(row["key"], folder / row["pack"], row["file"]) for row in rows]
    files = [PictureFile(path.relative_to(folder).as_posix(), path) for path in _loose_pictures(folder)]
    kept = {file for file in files if _number(file.key) % HELD_BACK == 0}
    if len(files) > 1:  # of a handful of pictures, one at least
        kept = kept or {min(files, key=lambda file: _number(file.key))}
    return [file for file in files if split is None or (file in kept) == (split == "val")]


def read_files(files: list[PictureFile]) -> Iterator[tuple[str, bytes]]:
    """Key and content of each file, read when its turn comes."""
    archives: dict[Path, zipfile.ZipFile] = {}
    for file in files:
        if file.member and file.path not in archives:
            archives[file.path] = zipfile.ZipFile(file.path)
        yield file.key, archives[file.path].read(file.member) if file.member else file.path.read_bytes()


def _number(key: str) -> int:
    return int(hashlib.md5(key.encode()).hexdigest()[:8], 16)


def is_pack(folder: Path) -> bool:
    """Whether `folder` holds zip files of pictures and the `images.csv` that lists them."""
    path = folder / "images.csv"
    if not path.is_file():
        return False
    with open(path, encoding="utf-8") as file:
        return {"file", "pack", "split", "key"} <= set(next(csv.reader(file), []))


def _loose_pictures(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES)


def _pictures(folder: Path, split: str) -> Iterator[tuple[str, np.ndarray]]:
    """Key and (H, W, 3) uint8 pixels of every picture of a split."""
    for key, data in read_files(list_pictures(folder, split)):
        try:
            yield key, _decoded(data)
        except (OSError, SyntaxError, ValueError) as error:
            # One broken file among thousands must not end a night's work before it begins.
            warnings.warn(f"{key} is left out: {error}", stacklevel=2)


def _fingerprint(folder: Path) -> str:
    """Changes whenever a file of the folder does, so that no old pack is taken for a new one."""
    files = sorted(folder.iterdir()) if is_pack(folder) else _loose_pictures(folder)
    states = [(str(file), file.stat().st_size, file.stat().st_mtime_ns) for file in files]
    return hashlib.md5(repr((folder.resolve(), states)).encode()).hexdigest()[:12]


def _decoded(data: bytes) -> np.ndarray:
    picture = ImageOps.exif_transpose(Image.open(io.BytesIO(data))).convert("RGB")
    scale = SHORT_SIDE / min(picture.size)
    if scale < 1:
        picture = picture.resize([max(SHORT_SIDE, round(n * scale)) for n in picture.size], Image.Resampling.LANCZOS)
    return np.asarray(picture)


def _pack(pictures: Iterator[tuple[str, np.ndarray]], place: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(dir=place.parent))
    places, keys, start = [], [], 0
    with open(temporary / "pixels.bin", "wb") as file:
        for key, pixels in pictures:
            file.write(pixels.tobytes())
            places.append((start, *pixels.shape[:2]))
            keys.append(key)
            start += pixels.size
    (temporary / "places.json").write_text(json.dumps({"places": places, "keys": keys}), encoding="utf-8")
    try:
        temporary.rename(place)  # last, so that nobody ever sees half a pack
    except OSError:
        shutil.rmtree(temporary)
        if not place.exists():  # else another process was faster, and its pack is as good
            raise
