"""The one guarded reader of pictures: whatever comes in, an upright RGB picture or a sentence comes out."""

import io
import os
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from math import prod
from typing import IO

import numpy as np
import torch
from PIL import Image
from PIL.BmpImagePlugin import BmpImageFile
from PIL.GifImagePlugin import GifImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.TiffImagePlugin import TiffImageFile
from PIL.WebPImagePlugin import WebPImageFile

from ..core.errors import InputError
from . import apart
from .arrays import eight_bits, from_array, picture_axes
from .containers import MEGAPIXELS, bare, format_of, orientation
from .inputs import file_bytes, plain

Picture = str | os.PathLike | bytes | IO[bytes] | Image.Image | np.ndarray | torch.Tensor

LARGEST_FILE = 24 * 2**20  # bytes
SMALLEST_SIDE = 8  # pixels; less is no picture but a line
LARGEST_SIDE = 4096  # pixels of a picture that is taken whole
LARGE = 6 * MEGAPIXELS  # more are decoded one picture at a time: three of 300 MB at once would be too much
_LARGE_ONES = threading.RLock()
Image.core.set_block_size(64 * 2**20)  # bytes; those of 16 MB stay with the process when a picture is given up
MOST_PIXELS = 110 * MEGAPIXELS  # of a picture or array that its owner opened

_READERS = {
    "PNG": PngImageFile,
    "JPEG": JpegImageFile,
    "GIF": GifImageFile,
    "WebP": WebPImageFile,
    "BMP": BmpImageFile,
    "TIFF": TiffImageFile,
}
SUFFIXES = frozenset(  # of files in a folder
    {".png", ".jpg", ".jpeg", ".jfif", ".gif", ".webp", ".bmp", ".tif", ".tiff", ".avif", ".jp2", ".j2k", ".jpx"}
)
# Others that arrive under a borrowed name, by what stands near their beginning.
_FOREIGN = {"HEIC": b"ftyphe", "HEIF": b"ftypm", "JPEG XL": b"JXL \r\n", "PDF": b"%PDF", "SVG": b"<svg"}
_MODES = {"1", "L", "LA", "La", "P", "PA", "RGB", "RGBA", "RGBa", "RGBX", "CMYK", "YCbCr", "HSV"}
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


@dataclass(frozen=True, eq=False)
class _Opened:
    """A picture whose header was read and found acceptable, and whose pixels may still be on disk."""

    picture: Image.Image
    format: str
    orientation: int

    @property
    def size(self) -> tuple[int, int]:
        """Height and width in pixels, upright."""
        width, height = self.picture.size
        return (width, height) if self.orientation >= 5 else (height, width)


def read_whole(raw: Picture) -> Image.Image:
    """The whole picture, upright, RGB, at its own size.

    raw  a path, an open file, the bytes of a file, a PIL image, or an array or tensor (H, W), (H, W, C) or
         (C, H, W), C = 1, 3 or 4, of uint8, of uint16 or of floats in [0, 1]

    Raises InputError for anything that is no picture of 8 to 4096 pixels a side.
    """
    with _opened(raw) as (opened, size):
        if max(size) > LARGEST_SIDE:
            raise InputError(
                "This picture has {width} × {height} pixels; up to {most} a side are read whole. "
                "Crop it or scale it down.",
                width=size[1],
                height=size[0],
                most=LARGEST_SIDE,
            )
        return _turned(_flat(opened.picture), opened.orientation).convert("RGB")


def read_square(raw: Picture, side: int, *, at: float = 0.5) -> tuple[Image.Image, tuple[int, int]]:
    """A square of a picture, upright, RGB, scaled to `side` pixels; and the (height, width) it was cut from.

    at  where it lies along the longer side: 0 the left or top end, 0.5 the middle, 1 the right or bottom

    A large JPEG is decoded at a fraction of its size, which is what makes a photo open fast.
    Raises InputError for anything that is no picture of at least 8 pixels a side, ValueError for a side below 1.
    """
    if side < 1:
        raise ValueError(f"a square has a side of at least 1 pixel, not {side}")
    with _opened(raw, 2 * side) as (opened, size):
        flat = _flat(opened.picture)
        edge = min(flat.size)
        # As stored, which may be upside down: its beginning is then its end.
        left = (flat.width - edge) * (1 - at if opened.orientation in (2, 3, 7, 8) else at)
        top = (flat.height - edge) * (1 - at if opened.orientation in (3, 4, 6, 7) else at)
        square = flat.resize(
            (side, side), Image.Resampling.LANCZOS, box=(left, top, left + edge, top + edge), reducing_gap=3
        )
        return _turned(square, opened.orientation).convert("RGB"), size


def read_scaled(raw: Picture, short_side: int) -> Image.Image:
    """The whole picture, upright, RGB, scaled down to `short_side` pixels along its shorter side; never scaled up.

    Raises InputError as `read_square` does: every command takes and refuses the same pictures.
    """
    with _opened(raw, 2 * short_side) as (opened, _):
        flat = _flat(opened.picture)
        scale = short_side / min(flat.size)
        if scale < 1:
            size = [max(short_side, round(length * scale)) for length in flat.size]
            flat = flat.resize(size, Image.Resampling.LANCZOS, reducing_gap=3)
        return _turned(flat, opened.orientation).convert("RGB")


def read_layered(raw: Picture) -> Image.Image:
    """The whole picture, upright, with its transparency: RGBA. For drawings that are laid on other backgrounds.

    Raises InputError for anything that is no picture of 8 pixels a side.
    """
    with _opened(raw) as (opened, _):
        transparent = opened.picture.mode in _MODES and opened.picture.has_transparency_data
        layered = (opened.picture if transparent else _flat(opened.picture)).convert("RGBA")
        return _turned(layered, opened.orientation)


@contextmanager
def _opened(raw: Picture, least: int = 0) -> Iterator[tuple[_Opened, tuple[int, int]]]:
    """A picture to be decoded, and its (height, width); large ones one after the other.

    least  pixels a side that are enough of a JPEG, 0 for all of them
    """
    with ExitStack() as held:
        opened = _open(raw, held)
        size = opened.size
        if least:
            opened.picture.draft(None, (least, least))  # does nothing but to a JPEG that is still to be decoded
        if prod(opened.picture.size) > LARGE:
            held.enter_context(_LARGE_ONES)
        held.enter_context(_decoding(opened.format))
        yield opened, size


def _open(raw: Picture, held: ExitStack) -> _Opened:
    raw = plain(raw, LARGEST_FILE)
    if isinstance(raw, str | os.PathLike):
        opened = _open_file(file_bytes(raw, LARGEST_FILE), held)
    elif isinstance(raw, bytes):
        opened = _open_file(raw, held)
    elif isinstance(raw, Image.Image):
        _check_size((raw.height, raw.width), MOST_PIXELS)
        with _decoding(raw.format or "picture"):
            raw.load()  # a TIFF turns itself upright here, and no longer says how it was held
            opened = _Opened(raw, raw.format or "picture", raw.getexif().get(274, 1))
    elif isinstance(raw, np.ndarray):
        pixels = picture_axes(raw)
        _check_size(pixels.shape[:2], MOST_PIXELS)
        opened = _Opened(from_array(pixels), "picture", 1)
    else:
        raise InputError(
            "A picture is a file, its path or its bytes, a PIL image, an array or a tensor, not {type}.",
            type=type(raw).__name__,
        )
    return opened


def _open_file(data: bytes, held: ExitStack) -> _Opened:
    if not data:
        raise InputError("This file is empty (0 bytes). Choose another, or save it anew.")
    if len(data) > LARGEST_FILE:
        raise InputError(
            "This file is larger than {limit} MB. Save the picture smaller, for example as JPEG.",
            limit=LARGEST_FILE // 2**20,
        )
    name = format_of(data)
    if name is None:
        raise _foreign(data[:1024])
    if name in apart.MOST_PIXELS:
        return _open_apart(data, name)
    if name == "WebP":  # allocates what it will need when it is opened
        held.enter_context(_LARGE_ONES)
    with _decoding(name):
        file = bare(data, name)
        # The reader by name, not Image.open, so that nothing but these formats is ever tried.
        picture = _READERS[name](io.BytesIO(file.data), "")
    opened = _Opened(picture, name, orientation(file.exif or picture.info.get("exif", b"")))
    _check_size(opened.size, file.most_pixels)
    return opened


def _open_apart(data: bytes, name: str) -> _Opened:
    with _decoding(name):
        found = apart.picture(data, name)
    turn = orientation(found.exif)
    height, width = found.size
    _check_size((width, height) if turn >= 5 else (height, width), apart.MOST_PIXELS[name])
    return _Opened(found.picture, name, turn)


def _foreign(head: bytes) -> InputError:
    for kind, mark in _FOREIGN.items():
        if mark in head:
            return InputError(
                "This is a {kind} file. PNG, JPEG, GIF, WebP, BMP, TIFF, AVIF and JPEG 2000 are read: "
                "save the picture as one of these.",
                kind=kind,
            )
    return InputError("This file is not a picture. PNG, JPEG, GIF, WebP, BMP, TIFF, AVIF and JPEG 2000 are read.")


def _check_size(size: tuple[int, int], most_pixels: int) -> None:
    """Raises InputError, before any pixel is decoded, for a picture (height, width) that is too small or too large."""
    height, width = size
    if min(height, width) < SMALLEST_SIDE:
        raise InputError(
            "This picture has {width} × {height} pixels; each side needs at least {least}. Choose a larger one.",
            width=width,
            height=height,
            least=SMALLEST_SIDE,
        )
    if height * width > most_pixels:
        raise InputError(
            "This picture has {width} × {height} pixels; files of its kind are read up to {most} megapixels. "
            "Scale it down and save it again.",
            width=width,
            height=height,
            most=most_pixels // MEGAPIXELS,
        )


@contextmanager
def _decoding(name: str) -> Iterator[None]:
    """Turns whatever a decoder stumbles over into one sentence."""
    try:
        yield
    except InputError:
        raise
    except Exception as error:  # the readers raise anything on hostile bytes, from KeyError to MemoryError
        raise InputError("This {format} file is damaged or cut off. Save or download it again.", format=name) from error


def _flat(picture: Image.Image) -> Image.Image:
    """Any mode as "L" or "RGB", 8 bits deep, on white."""
    if picture.mode.startswith("I;16"):
        return Image.fromarray(eight_bits(np.asarray(picture)))
    if picture.mode == "I":
        values = np.asarray(picture)
        if values.min() < 0 or values.max() > 65535:
            raise InputError("The numbers in this picture do not fit 16 bits. Save it with 8 or 16 bits a channel.")
        return Image.fromarray(eight_bits(values))
    if picture.mode == "F":
        return from_array(np.asarray(picture))
    if picture.mode not in _MODES:
        raise InputError(
            "The colours of this picture are stored as {mode}, which is not read here. Save it as RGB.",
            mode=picture.mode,
        )
    if picture.has_transparency_data:
        picture = picture if picture.mode == "RGBA" else picture.convert("RGBA")
        white = Image.new("RGB", picture.size, "white")
        white.paste(picture, mask=picture.getchannel("A"))
        return white
    return picture if picture.mode in ("L", "RGB") else picture.convert("RGB")


def _turned(picture: Image.Image, orientation: int) -> Image.Image:
    return picture.transpose(_TURNS[orientation]) if orientation in _TURNS else picture
