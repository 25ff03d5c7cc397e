"""Classical codecs, whose files everybody knows: what a signal costs there, and what comes back of it.

What is counted is the whole file, its header and its tables too: without them nobody could open it.
"""

import bz2
import gzip
import io
import lzma
from collections.abc import Callable
from dataclasses import dataclass

import zstandard
from torch import Tensor

from ..media.modalities import AUDIO, IMAGE, TEXT


@dataclass(frozen=True, eq=False)
class Classic:
    """A classical codec of one medium.

    title     as people call it
    suffix    ending of its files
    settings  what its encoder can be told, from the smallest file to the largest
    setting   what those numbers are: "quality", "level"
    encode    (signal (1, C, *size), setting) → the bytes of a file
    decode    those bytes → signal (1, C, *size), of a sound perhaps some samples more or less
    """

    title: str
    suffix: str
    settings: tuple[float, ...]
    setting: str
    encode: Callable[[Tensor, float], bytes]
    decode: Callable[[bytes], Tensor]


def _picture(format: str, **how: object) -> Callable[[Tensor, float], bytes]:
    def encode(signal: Tensor, quality: float) -> bytes:
        file = io.BytesIO()
        IMAGE.write(signal).save(file, format, quality=int(quality), **how)
        return file.getvalue()

    return encode


def _sound(suffix: str) -> Callable[[Tensor, float], bytes]:
    return lambda signal, level: AUDIO.write(signal).compressed(suffix, level)


def _text(pack: Callable[[bytes, int], bytes]) -> Callable[[Tensor, float], bytes]:
    return lambda signal, level: pack(TEXT.write(signal).encode(), int(level))


def _open_text(unpack: Callable[[bytes], bytes]) -> Callable[[bytes], Tensor]:
    return lambda data: TEXT.read(unpack(data).decode())


def _pictures(title: str, format: str, settings: tuple[int, ...], **how: object) -> Classic:
    encode = _picture(format, **how)
    return Classic(title, f".{format.lower()}", settings, "quality", encode, IMAGE.read)


def _sounds(title: str, suffix: str, levels: tuple[float, ...]) -> Classic:
    return Classic(title, suffix, levels, "level", _sound(suffix), AUDIO.read)


def _texts(title: str, suffix: str, level: int, pack: Callable, unpack: Callable) -> Classic:
    return Classic(title, suffix, (level,), "level", _text(pack), _open_text(unpack))


# Encoders are asked for the smallest file they make of a quality, as far as that takes some tenths of a second.
CLASSICS: dict[str, dict[str, Classic]] = {
    "image": {
        "jpeg": _pictures("JPEG", "JPEG", (1, 4, 7, 10, 16, 25, 40, 60, 75), optimize=True),
        "webp": _pictures("WebP", "WEBP", (0, 1, 4, 10, 18, 30, 45, 65, 78), method=6),
        "avif": _pictures("AVIF", "AVIF", (0, 8, 14, 20, 28, 36, 45, 54, 64), speed=6, max_threads=1),
    },
    "audio": {
        "mp3": _sounds("MP3", ".mp3", (0.999, 0.98, 0.96, 0.94, 0.9, 0.85, 0.8)),
        "vorbis": _sounds("Vorbis", ".ogg", (1.0, 0.9, 0.8, 0.7, 0.6)),
        "opus": _sounds("Opus", ".opus", (1.0, 0.99, 0.98, 0.965, 0.95, 0.92, 0.88)),
    },
    "text": {
        "gzip": _texts("gzip", ".gz", 9, lambda data, level: gzip.compress(data, level, mtime=0), gzip.decompress),
        "zstd": _texts("zstd", ".zst", 19, zstandard.compress, zstandard.decompress),
        "bzip2": _texts("bzip2", ".bz2", 9, bz2.compress, bz2.decompress),
        "xz": _texts("xz", ".xz", 9, lambda data, level: lzma.compress(data, preset=level), lzma.decompress),
    },
}
