"""What the bench does otherwise for one medium than for another: one table, so that nobody else asks which it has."""

import gzip
import io
import math
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

import zstandard
from PIL import Image
from torch import Tensor

from ..analysis import alone
from ..core.codec import Codec
from ..core.errors import InputError
from ..core.modality import Modality
from ..core.spectrogram import RATE
from ..media.modalities import AUDIO, IMAGE, TEXT
from . import pace, wire
from .answers import type_of


@dataclass(frozen=True, eq=False)
class Opened:
    """A visitor's file, as far as it fits the bench.

    signal  (1, C, *size), exactly what `file` holds: against that file it is measured again later
    file    a PNG, a WAV or a UTF-8 text
    sizes   bytes of the same in formats that everybody knows, by name
    source  see modality.Fitted
    """

    signal: Tensor
    file: wire.File
    sizes: dict[str, int]
    source: dict[str, float]


@dataclass(frozen=True)
class Medium:
    """One medium on the bench.

    first   the codec a visitor begins with
    length  samples along every axis that fill the bench: pixels of a picture's side, samples of a sound, bytes
    begin   which part of something larger is taken unless told: 0 the beginning, 0.5 the middle
    moment  samples along every axis of a code that is seen or heard alone
    files   ending → how what the modality writes becomes such a file; an original is kept as the first of them
    small   formats that everybody knows for their small files: name → how what the modality writes is packed
    live    ending of what a decoded window travels as, and how a signal becomes that
    show    a whole signal → the entry of an answer that shows it
    alone   (codec, codes, cells) → the signal of such a window that shows what the last of the codes is by itself
    unit    samples a unit in which places are told: a second of sound, a byte, a pixel
    rate    bits a sample → the rate in the medium's own unit, by name
    pace    the arithmetic to decode in while a visitor's hand moves
    """

    modality: Modality
    first: str
    length: int
    begin: float
    moment: int
    files: dict[str, Callable[[Any], bytes]]
    small: dict[str, Callable[[Any], bytes]]
    live: tuple[str, Callable[[Tensor], bytes]]
    show: Callable[[Tensor], dict[str, str]]
    alone: Callable[[Codec, list[int], tuple[int, ...]], Tensor]
    unit: int
    rate: Callable[[float], dict[str, float]]
    pace: Callable[[], AbstractContextManager]

    @property
    def exact(self) -> str:
        """Ending of the files that originals are kept as."""
        return next(iter(self.files))

    def open(self, data: bytes, at: str = "") -> Opened:
        """The part of a file that fills the bench; `at` says which, a number from 0 to 1, "" for the usual one."""
        fitted = self.modality.fit(data, self.length, at=_share(at) if at else self.begin)
        file, written = self.file(fitted.signal, self.exact), self.modality.write(fitted.signal)
        sizes = {f"{self.exact}_bytes": len(file.data)}
        sizes |= {f"{name}_bytes": len(pack(written)) for name, pack in self.small.items()}
        return Opened(self.modality.read(file.data), file, sizes, fitted.source)

    def file(self, signal: Tensor, ending: str) -> wire.File:
        """A signal as a file to keep. Raises InputError for an ending that is none of `files`."""
        if ending not in self.files:
            endings = ", ".join(f".{known}" for known in self.files)
            raise InputError("This is saved as {endings}, not as “{ending}”.", endings=endings, ending=ending[:9])
        return wire.File(f"{self.modality.kind}.{ending}", self.files[ending](self.modality.write(signal)))

    def window(self, signal: Tensor) -> wire.File:
        """A decoded window as it travels."""
        ending, pack = self.live
        return wire.File(f"window.{ending}", pack(signal))


def of(kind: str) -> Medium:
    """The medium of a codec's kind. Raises InputError for one that the bench does not have."""
    if kind not in MEDIA:
        raise InputError("Codecs for “{kind}” cannot be used yet.", kind=kind[:40])
    return MEDIA[kind]


def url(file: wire.File) -> str:
    """A file as a data URL."""
    return wire.data_url(type_of(file.name), file.data)


def _share(at: str) -> float:
    try:
        share = float(at)
    except ValueError:
        share = math.nan
    if not 0 <= share <= 1:
        raise InputError("Where to begin is a number from 0 to 1, not “{at}”.", at=at[:20])
    return share


def _jpeg(signal: Tensor) -> bytes:
    return wire.jpeg(IMAGE.write(signal))


def _smallest_jpeg(picture: Image.Image) -> bytes:
    """The smallest JPEG there is of this picture: quality 1, optimised tables."""
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=1, optimize=True)
    return file.getvalue()


MEDIA = {
    "image": Medium(
        modality=IMAGE,
        first="image-vq",
        length=256,
        begin=0.5,
        moment=32,
        files={"png": wire.png},
        small={"jpeg": _smallest_jpeg},
        live=("jpg", _jpeg),
        show=lambda signal: {"image": wire.data_url("image/jpeg", _jpeg(signal))},
        alone=alone.added,
        unit=1,
        rate=lambda bits: {"bits_per_pixel": bits},
        pace=pace.fast,
    ),
    "audio": Medium(
        modality=AUDIO,
        first="audio-rvq",
        length=30 * RATE,
        begin=0.0,
        moment=2 * RATE // 5,
        files={
            "wav": lambda sound: sound.file(".wav"),
            "flac": lambda sound: sound.file(".flac"),
            "ogg": lambda sound: sound.file(".ogg"),
        },
        small={"flac": lambda sound: sound.file(".flac")},
        live=("pcm", wire.pcm),
        show=lambda signal: {"sound": wire.pack_bytes(wire.pcm(signal))},
        alone=alone.added,
        unit=RATE,
        rate=lambda bits: {"rate_kbps": bits * RATE / 1000},
        pace=nullcontext,  # half precision is a hiss that one hears
    ),
    "text": Medium(
        modality=TEXT,
        first="text-rvq",
        length=1024,
        begin=0.0,
        moment=64,
        files={"txt": str.encode},
        small={
            "gzip": lambda text: gzip.compress(text.encode(), 9, mtime=0),
            "zstd": lambda text: zstandard.compress(text.encode(), 19),
        },
        live=("bytes", wire.likeliest),
        show=lambda signal: {"text": wire.pack_bytes(wire.likeliest(signal))},
        alone=alone.repeated,  # letters have no difference
        unit=1,
        rate=lambda bits: {"bits_per_byte": bits},
        pace=nullcontext,  # in half precision two letters that are nearly as likely would change places
    ),
}
