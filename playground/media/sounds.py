"""The one guarded reader of sounds: whatever comes in, one channel at 16 kHz or a sentence comes out."""

import io
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import soundfile
import soxr

from ..core.errors import InputError
from ..core.spectrogram import RATE
from . import decoders
from .arrays import sound_from_pair
from .inputs import file_bytes, plain

LARGEST_FILE = 24 * 2**20  # bytes
LONGEST = 15 * 60  # seconds that are read of a file
CANCELLED = 0.01  # of the loudest channel's energy: a mean of less has lost the sound (opposite phase)
MOST_NUMBERS = 90 * 10**6  # samples times channels decoded of a file: 15 minutes of a stereo recording
FEWEST = 16  # samples; fewer are no sound but a click
LEAD = RATE // 10  # samples decoded before a window, which a decoder and a filter need to come in
SUFFIXES = frozenset(  # of files in a folder
    {".wav", ".flac", ".ogg", ".oga", ".opus", ".mp3", ".aif", ".aiff", ".au", ".caf", ".w64"}
    | {".m4a", ".aac", ".mp4", ".webm", ".weba", ".mka"}
)
_AT_ONCE = 2**12  # samples
WRITTEN = {".wav": ("WAV", "PCM_16"), ".flac": ("FLAC", "PCM_16"), ".ogg": ("OGG", "VORBIS"), ".opus": ("OGG", "OPUS")}
# Of MP3 a mean rate: frames of a low constant one have no room for the note of how many samples its encoder put first.
LOSSY = {
    ".mp3": ("MP3", "MPEG_LAYER_III", "AVERAGE"),
    ".ogg": (*WRITTEN[".ogg"], None),
    ".opus": (*WRITTEN[".opus"], None),
}


@dataclass(frozen=True, eq=False)
class Sound:
    """What a sound codec takes and gives.

    samples  (T,) float32 in [−1, 1], one channel
    rate     samples a second
    """

    samples: np.ndarray
    rate: int = RATE

    def save(self, path: str | os.PathLike) -> None:
        """Writes WAV, FLAC, OGG (Vorbis) or Opus by the ending of `path`. Raises ValueError for any other ending."""
        Path(path).write_bytes(self.file(Path(path).suffix.lower()))

    def file(self, suffix: str) -> bytes:
        """The bytes of a file with that ending. Raises ValueError for one that is not in WRITTEN."""
        if suffix not in WRITTEN:
            raise ValueError(f"a sound is written as one of {', '.join(WRITTEN)}, not {suffix!r}")
        container, coding = WRITTEN[suffix]
        return self._packed(format=container, subtype=coding)

    def compressed(self, suffix: str, level: float) -> bytes:
        """The bytes of a lossy file, from level 0, the largest, to 1, the smallest. ValueError for other formats."""
        if suffix not in LOSSY:
            raise ValueError(f"a sound is compressed as one of {', '.join(LOSSY)}, not {suffix!r}")
        container, coding, mode = LOSSY[suffix]
        return self._packed(format=container, subtype=coding, compression_level=level, bitrate_mode=mode)

    def _packed(self, **how: object) -> bytes:
        file = io.BytesIO()
        with soundfile.SoundFile(file, "w", self.rate, 1, **how) as out:
            for start in range(0, len(self.samples), _AT_ONCE):  # Vorbis overflows its stack on minutes at once
                out.write(np.clip(self.samples[start : start + _AT_ONCE], -1, 1))
        return file.getvalue()


@dataclass(frozen=True, eq=False)
class Heard:
    """A sound as it was read, or the part of it that was asked for.

    samples           (T,) float32 in [−1, 1] at 16 kHz, mixed to one channel
    rate, channels    of the file, as it says
    seconds           how long the whole is, as far as it is read
    start             sample of the whole that the part begins at
    channel           the one channel that was taken, from 0, where all together cancel each other; None for their mean
    """

    samples: np.ndarray
    rate: int
    channels: int
    seconds: float
    start: int = 0
    channel: int | None = None

    def part(self, length: int, at: float) -> "Heard":
        """At most `length` samples, beginning at the share `at`, 0 … 1, of what is left over."""
        start = _start(len(self.samples), length, at)
        return replace(self, samples=self.samples[start : start + length], start=start)


def read_sound(raw: object) -> Heard:
    """The whole of a sound: a file, open or not, its path, its bytes, a Sound, or (rate, array) in either order.

    An array is (T,), (T, C) or (C, T), of whole numbers, scaled by their type, or of floats in [−1, 1]. A file that
    breaks off gives what is there of it; numbers that are no numbers count as silence, unless there are no others.
    Raises InputError for what holds no sound.
    """
    return _whole(_source(raw))


def read_part(raw: object, length: int, *, at: float = 0.0) -> Heard:
    """`read_sound(raw).part(length, at)`, decoding no more of a long file than that part where this can be done."""
    source = _source(raw)
    frames = min(source.frames, LONGEST * source.rate)
    count = round(frames * RATE / source.rate)  # samples of the whole at our rate
    if count > length and source.is_complete():
        start = _start(count, length, at)
        lead = min(start, LEAD)
        samples, channel = _read(source, round((start - lead) * source.rate / RATE), lead + length)
        if len(samples) == lead + length:
            return Heard(samples[lead:], source.rate, source.channels, frames / source.rate, start, channel)
    return _whole(source).part(length, at)  # short, or of a length that only decoding tells


def _start(count: int, length: int, at: float) -> int:
    return round(max(0, count - length) * min(max(at, 0.0), 1.0))


def _source(raw: object) -> decoders.Source:
    raw = plain(raw, LARGEST_FILE)
    if isinstance(raw, Sound):
        return Samples(raw.rate, np.asarray(raw.samples, np.float32)[:, None])
    if isinstance(raw, tuple | list):
        return Samples(*sound_from_pair(raw))
    if isinstance(raw, str | os.PathLike):
        raw = file_bytes(raw, LARGEST_FILE)
    if not isinstance(raw, bytes):
        raise InputError(
            "A sound is a file, its path or its bytes, a Sound, or (rate, array), not {type}.", type=type(raw).__name__
        )
    if not raw:
        raise InputError("This file is empty (0 bytes). Choose another, or save it anew.")
    if len(raw) > LARGEST_FILE:
        raise InputError("This file is too large: {limit} MB at most.", limit=LARGEST_FILE // 2**20)
    return decoders.opened(raw)


@dataclass(frozen=True, eq=False)
class Samples:
    """Samples (T, C) float32 that are there already, as a Source."""

    rate: int
    samples: np.ndarray

    @property
    def channels(self) -> int:
        return self.samples.shape[1]

    @property
    def frames(self) -> int:
        return len(self.samples)

    def blocks(self, first: int = 0) -> Iterator[np.ndarray]:
        for start in range(first, self.frames, _AT_ONCE):
            yield self.samples[start : start + _AT_ONCE]

    def is_complete(self) -> bool:
        return True


def _whole(source: decoders.Source) -> Heard:
    samples, channel = _read(source, 0, LONGEST * RATE)
    if len(samples) < FEWEST:
        raise InputError("There is no sound in this file: {count} samples.", count=len(samples))
    return Heard(samples, source.rate, source.channels, len(samples) / RATE, channel=channel)


def _read(source: decoders.Source, first: int, length: int) -> tuple[np.ndarray, int | None]:
    """(T,) float32 at 16 kHz of one channel: T = `length` from sample `first` of the file, fewer where it ends.

    The mean of all channels or, where these cancel each other, the loudest one: then its number comes with it.
    """
    energies = np.zeros(1 + source.channels)
    samples = _taken(_mixed(source, first, energies), source.rate, length)
    if energies[0] >= CANCELLED * energies[1:].max():
        return samples, None
    loudest = int(energies[1:].argmax())
    return _taken(_mixed(source, first, energies, channel=loudest), source.rate, length), loudest


def _taken(blocks: Iterator[np.ndarray], rate: int, length: int) -> np.ndarray:
    parts, found = [], 0
    for part in _at_house_rate(blocks, rate):
        parts.append(part)
        found += len(part)
        if found >= length:
            break
    return np.concatenate(parts)[:length].clip(-1, 1) if parts else np.zeros(0, np.float32)


def _mixed(
    source: decoders.Source, first: int, energies: np.ndarray, *, channel: int | None = None
) -> Iterator[np.ndarray]:
    """The mean of all channels, or one of them, (n,) float32 in [−1, 1], block by block.

    energies  takes up the energy of what is given and, after it, of each channel
    """
    left, finite, total = MOST_NUMBERS // source.channels, 0, 0
    for block in source.blocks(first):
        mixed = block[:left].mean(1) if channel is None else block[:left, channel]
        whole = np.nan_to_num(np.column_stack([mixed, block[:left]]), posinf=0, neginf=0)
        energies += np.einsum("nc,nc->c", whole, whole, dtype=np.float64)
        good = np.isfinite(mixed)
        finite, total = finite + int(good.sum()), total + len(mixed)
        yield np.where(good, mixed, 0).clip(-1, 1).astype(np.float32)
        left -= len(mixed)
        if left <= 0:
            break
    if total and not finite:
        raise InputError("The samples of this file are no numbers (NaN or infinite).")


def _at_house_rate(blocks: Iterator[np.ndarray], rate: int) -> Iterator[np.ndarray]:
    if rate == RATE:
        yield from blocks
        return
    stream = soxr.ResampleStream(rate, RATE, 1, dtype="float32", quality="HQ")
    for block in blocks:
        yield stream.resample_chunk(block)
    yield stream.resample_chunk(np.zeros(0, np.float32), last=True)
