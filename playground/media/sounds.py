"""The one guarded reader of sounds: whatever comes in, one channel at 16 kHz or a sentence comes out."""

import io
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
import soxr

from ..core.errors import InputError
from ..core.spectrogram import RATE

LARGEST_FILE = 24 * 2**20  # bytes
LONGEST = 15 * 60  # seconds that are read of a file
FEWEST = 16  # samples; fewer are no sound but a click
SLOWEST, FASTEST = 1_000, 768_000  # samples a second of a file
MOST_CHANNELS = 64
_BLOCK = 2**12  # numbers decoded at a time: of a file that breaks off, no more than this is lost
_FORMATS = {"WAV", "WAVEX", "RF64", "W64", "FLAC", "OGG", "MP3", "AIFF", "AU", "CAF", "MPEG"}
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
            for start in range(0, len(self.samples), _BLOCK):  # Vorbis overflows its stack on minutes at once
                out.write(np.clip(self.samples[start : start + _BLOCK], -1, 1))
        return file.getvalue()


@dataclass(frozen=True, eq=False)
class Heard:
    """A sound as it was read.

    samples           (T,) float32 in [−1, 1] at 16 kHz, mixed to one channel
    rate, channels    of the file, as it says
    """

    samples: np.ndarray
    rate: int
    channels: int


def read_sound(raw: str | os.PathLike | bytes | Sound) -> Heard:
    """The whole of a file, its path, its bytes, or a Sound. Raises InputError for what holds no sound.

    A file that breaks off gives what is there of it; numbers that are no numbers count as
    silence, unless there are no others.
    """
    if isinstance(raw, Sound):
        return Heard(_at_house_rate(_checked(np.asarray(raw.samples, np.float32)), raw.rate), raw.rate, 1)
    data = raw if isinstance(raw, bytes) else _file(Path(raw))
    if not data:
        raise InputError("This file is empty (0 bytes). Choose another, or save it anew.")
    if len(data) > LARGEST_FILE:
        raise InputError("This file is too large: {limit} MB at most.", limit=LARGEST_FILE // 2**20)
    try:
        with soundfile.SoundFile(io.BytesIO(data)) as file:
            _check_header(file)
            samples, rate, channels = _decoded(file), file.samplerate, file.channels
    except (soundfile.LibsndfileError, RuntimeError, TypeError):
        raise InputError("This is no sound file that can be read here. Try WAV, FLAC, OGG or MP3.") from None
    return Heard(_at_house_rate(_checked(samples), rate), rate, channels)


def _file(path: Path) -> bytes:
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise InputError("This file is too large: {limit} MB at most.", limit=LARGEST_FILE // 2**20)
        return path.read_bytes()
    except OSError as error:
        raise InputError("“{name}” cannot be read: {reason}.", name=path.name, reason=error.strerror or "") from None


def _check_header(file: soundfile.SoundFile) -> None:
    if file.format not in _FORMATS:
        raise InputError("Sounds in {format} are not read here. Try WAV, FLAC, OGG or MP3.", format=file.format)
    if not SLOWEST <= file.samplerate <= FASTEST:
        raise InputError("This file says it has {rate} samples a second, which is no sound.", rate=file.samplerate)
    if file.channels > MOST_CHANNELS:
        raise InputError("This file has {count} channels; {most} is the most.", count=file.channels, most=MOST_CHANNELS)


def _decoded(file: soundfile.SoundFile) -> np.ndarray:
    """The mean of all channels, (T,) float32, block by block: what a header promises is not believed."""
    # Else soundfile seeks after every block, and an MP3 decoder forgets there what it keeps of the frames before.
    file.seekable = lambda: False
    parts, left = [], LONGEST * file.samplerate
    size = max(1, _BLOCK // file.channels)
    while left > 0:
        try:
            block = file.read(min(size, left), dtype="float32", always_2d=True)  # (n, channels)
        except soundfile.LibsndfileError:
            break  # the rest is missing or broken
        if not len(block):
            break
        parts.append(block.mean(1))
        left -= len(block)
    return np.concatenate(parts) if parts else np.zeros(0, np.float32)


def _checked(samples: np.ndarray) -> np.ndarray:
    if len(samples) < FEWEST:
        raise InputError("There is no sound in this file: {count} samples.", count=len(samples))
    good = np.isfinite(samples)
    if not good.any():
        raise InputError("The samples of this file are no numbers (NaN or infinite).")
    return np.where(good, samples, 0).clip(-1, 1).astype(np.float32)


def _at_house_rate(samples: np.ndarray, rate: int) -> np.ndarray:
    return samples if rate == RATE else soxr.resample(samples, rate, RATE, quality="HQ").clip(-1, 1)
