"""How values travel between the page and the server: base64 for arrays, data URLs for files."""

import base64
import io
from dataclasses import dataclass
from math import prod

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from ..core.codec import Codec
from ..core.errors import InputError
from ..core.tokens import Tokens

LARGEST_GRID = 128 * 128  # tokens the bench decodes: a 1024 × 1024 picture at stride 8; 30 s of sound take 12,000


@dataclass(frozen=True)
class File:
    """Bytes on their way to the page, and a name whose ending says what they are."""

    name: str
    data: bytes


def pack(array: Tensor | np.ndarray, dtype: str) -> str:
    """Base64 of the values in C order, little-endian; dtype as numpy writes it ("<u2", "<f4")."""
    return pack_bytes(np.asarray(array).astype(dtype).tobytes())


def pack_bytes(data: bytes) -> str:
    """Base64 of bytes as they are."""
    return base64.b64encode(data).decode("ascii")


def unpack(text: object, dtype: str) -> np.ndarray:
    """The flat array of a base64 text. Raises InputError for anything else."""
    try:
        return np.frombuffer(base64.b64decode(text, validate=True), dtype)
    except (TypeError, ValueError):
        raise InputError("The page sent something that is not an array.") from None


def tokens_from(message: dict, codebook_size: int, codec: str) -> Tokens:
    """Tokens of one item from {grid, size, indices, codebooks?}. Raises InputError unless all of it fits."""
    grid, size = _lengths(message.get("grid")), _lengths(message.get("size"))
    codebooks = message.get("codebooks", 1)
    if not isinstance(codebooks, int) or not 1 <= codebooks <= 64 or len(grid) != len(size):
        raise InputError("The page sent tokens without a usable shape.")
    indices = unpack(message.get("indices"), "<u2").astype(np.int64)
    if len(indices) != codebooks * prod(grid) or len(indices) > LARGEST_GRID:
        raise InputError("The page sent {count} tokens for a grid of {grid}.", count=len(indices), grid=grid)
    if indices.max() >= codebook_size:
        raise InputError(
            "Token {token} is out of range: the codebook goes from 0 to {last}.",
            token=int(indices.max()),
            last=codebook_size - 1,
        )
    return Tokens(torch.from_numpy(indices).reshape(1, codebooks, *grid), codebook_size, size, codec)


def window_from(message: dict, grid: tuple[int, ...]) -> tuple[slice, ...]:
    """The cells to decode, {"window": [starts…, stops…]}; all of them where none is named."""
    window = message.get("window")
    if window is None:
        return tuple(slice(0, length) for length in grid)
    if not isinstance(window, list) or len(window) != 2 * len(grid) or not all(isinstance(n, int) for n in window):
        raise InputError("The page asked for a window that is not one.")
    starts, stops = window[: len(grid)], window[len(grid) :]
    if not all(0 <= a < b <= length for a, b, length in zip(starts, stops, grid, strict=True)):
        raise InputError("The page asked for a window outside the grid.")
    return tuple(slice(a, b) for a, b in zip(starts, stops, strict=True))


def level_from(value: object, codec: Codec) -> int:
    """A codebook's number, 0 … K − 1. Raises InputError for one that does not exist."""
    last = codec.quantizer.num_codebooks - 1
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= last:
        raise InputError("There is no codebook of that number: they go from 0 to {last}.", last=last)
    return value


def codes_from(value: object, codec: Codec) -> list[int]:
    """A list of codes, one for each of the first codebooks. Raises InputError for any other."""
    last, most = codec.quantizer.codebook_size - 1, codec.quantizer.num_codebooks
    if not isinstance(value, list) or not all(isinstance(n, int) and not isinstance(n, bool) for n in value):
        raise InputError("The page sent codes that are none.")
    if len(value) > most or not all(0 <= code <= last for code in value):
        raise InputError("The codebook goes from 0 to {last}.", last=last)
    return value


def pcm(signal: Tensor) -> bytes:
    """(1, 1, T) → T samples, 16 bits little-endian: ±1 is ±32767, and what lies beyond is cut off."""
    return (signal[0, 0].clamp(-1, 1) * 32767).round().numpy().astype("<i2").tobytes()


def likeliest(signal: Tensor) -> bytes:
    """(1, 256, T) → T bytes, at every place the likeliest one; they need not be valid UTF-8."""
    return bytes(signal[0].argmax(0).tolist())


def jpeg(picture: Image.Image) -> bytes:
    """A JPEG made in a fraction of a millisecond, near enough to the truth to look at."""
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=93, subsampling=0)
    return file.getvalue()


def webp(picture: Image.Image, quality: int) -> bytes:
    """A WebP of half a JPEG's bytes, made in some milliseconds, for what is sent once."""
    file = io.BytesIO()
    picture.save(file, "WEBP", quality=quality, method=2)
    return file.getvalue()


def png(picture: Image.Image) -> bytes:
    """A PNG, exact."""
    file = io.BytesIO()
    picture.save(file, "PNG", compress_level=4)
    return file.getvalue()


def data_url(mime: str, data: bytes) -> str:
    """Bytes as a URL the browser can show or play."""
    return f"data:{mime};base64,{pack_bytes(data)}"


def from_data_url(text: object) -> bytes:
    """The bytes of a base64 data URL. Raises InputError for any other text: no address is ever fetched."""
    if not isinstance(text, str) or not text.startswith("data:") or ";base64," not in text[:100]:
        raise InputError("The page sent something that is not a file.")
    try:
        return base64.b64decode(text.split(";base64,", 1)[1], validate=True)
    except ValueError:
        raise InputError("The page sent something that is not a file.") from None


def _lengths(value: object) -> tuple[int, ...]:
    if not isinstance(value, list) or not 1 <= len(value) <= 3:
        raise InputError("The page sent tokens without a usable shape.")
    if not all(isinstance(n, int) and not isinstance(n, bool) and 1 <= n <= 2**20 for n in value):
        raise InputError("The page sent tokens without a usable shape.")
    return tuple(value)
