"""Sound files as blocks of samples: libsndfile where it can, FFmpeg in a process of its own where it cannot.

Nothing is allocated on the word of a header, and nothing is decoded that nobody asks for.
"""

import io
import re
import struct
from collections.abc import Iterator
from typing import Protocol

import numpy as np
import soundfile

from ..core.errors import InputError
from . import apart
from .arrays import FASTEST, MOST_A_SECOND, MOST_EARS, SLOWEST

TAKEN = "WAV, FLAC, OGG, MP3, M4A and WebM"
_BLOCK = 2**14  # numbers decoded at a time: of a file that breaks off, no more than this is lost
_LAST = 2_048  # samples at the end that are read to see whether a file is as long as it says
_FORMATS = {"WAV", "WAVEX", "RF64", "W64", "FLAC", "OGG", "MP3", "AIFF", "AU", "CAF", "MPEG"}
# What FFmpeg decodes, by the first bytes: which of its demuxers, and no other.
_CONTAINERS = {"mov": rb"....ftyp", "matroska": rb"\x1aE\xdf\xa3", "aac": rb"\xff[\xf0\xf1\xf8\xf9]"}
_MP3 = re.compile(rb"\0+(?=ID3|\xff[\xe2-\xe7\xf2-\xf7\xfa-\xff])")


class Source(Protocol):
    """A sound file that was opened.

    rate, channels  as its header says, within bounds
    frames          how many samples a channel it says it has; 0 where it does not say
    """

    rate: int
    channels: int
    frames: int

    def blocks(self, first: int = 0) -> Iterator[np.ndarray]:
        """(n, channels) float32 from sample `first` to where the file ends or breaks off; nothing raises."""

    def is_complete(self) -> bool:
        """Whether the file is as long as its header says."""


def opened(data: bytes) -> Source:
    """The sound in a file's bytes. Raises InputError for what holds none, or more than is read here."""
    data = _repaired(data)
    for demuxer, mark in _CONTAINERS.items():
        if re.match(mark, data, re.DOTALL):
            return _checked(Container(data, demuxer))
    try:
        return _checked(SoundFile(data))
    except (soundfile.LibsndfileError, RuntimeError, TypeError):
        raise InputError("This is no sound file that can be read here. Try WAV, FLAC, OGG, MP3, M4A or WebM.") from None


class SoundFile:
    """A file that libsndfile reads."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        with soundfile.SoundFile(io.BytesIO(data)) as file:
            if file.format not in _FORMATS:
                raise InputError(
                    "Sounds in {format} are not read here. Try WAV, FLAC, OGG, MP3, M4A or WebM.", format=file.format
                )
            self.rate, self.channels, self.frames = file.samplerate, file.channels, file.frames

    def blocks(self, first: int = 0) -> Iterator[np.ndarray]:
        size = max(1, _BLOCK // self.channels)
        with soundfile.SoundFile(io.BytesIO(self._data)) as file:
            try:
                if first:
                    file.seek(first)
                # Else soundfile seeks after every block, and an MP3 decoder forgets what it keeps of the frames before.
                file.seekable = lambda: False
                while len(block := file.read(size, dtype="float32", always_2d=True)):
                    yield block
            except (soundfile.LibsndfileError, RuntimeError):
                return  # the rest is missing or broken

    def is_complete(self) -> bool:
        last = min(_LAST, self.frames)
        return sum(map(len, self.blocks(self.frames - last))) == last


class Container:
    """A file that FFmpeg reads, in a process of its own: M4A, MP4, WebM, Matroska, bare AAC."""

    def __init__(self, data: bytes, demuxer: str) -> None:
        self._data, self._demuxer = data, demuxer
        with apart.sound(data, demuxer, 0) as (told, _):
            if told is None:
                raise InputError("There is no sound in this file that can be read: {formats} are.", formats=TAKEN)
            self.rate, self.channels = told["rate"], told["channels"]
            self.frames = round(told["seconds"] * self.rate)

    def blocks(self, first: int = 0) -> Iterator[np.ndarray]:
        with apart.sound(self._data, self._demuxer, first / self.rate) as (told, pipe):
            if told is None:
                return
            ahead = max(0, first - round(told["start"] * self.rate)) if first else 0  # it seeks to a packet before
            width = 4 * self.channels
            while data := pipe.read(max(1, _BLOCK // self.channels) * width):
                block = np.frombuffer(data[: len(data) // width * width], np.float32).reshape(-1, self.channels)
                yield block[ahead:]
                ahead = max(0, ahead - len(block))

    def is_complete(self) -> bool:
        return self.frames > 0  # whoever finds nothing there reads from the beginning


def _checked(source: Source) -> Source:
    if not SLOWEST <= source.rate <= FASTEST:
        raise InputError("This file says it has {rate} samples a second, which is no sound.", rate=source.rate)
    if source.channels > MOST_EARS:
        raise InputError("This file has {count} channels; {most} is the most.", count=source.channels, most=MOST_EARS)
    if source.rate * source.channels > MOST_A_SECOND:
        raise InputError(
            "This file has {rate} samples a second in {count} channels, which is too much. Save it with fewer.",
            rate=source.rate,
            count=source.channels,
        )
    return source


def _repaired(data: bytes) -> bytes:
    """A file without zeros before its first MP3 frame; a WAV whose header says 0, as one that runs to its end."""
    if zeros := _MP3.match(data):
        return data[zeros.end() :]
    if data[:4] != b"RIFF" or data[8:12] != b"WAVE":
        return data
    at = 12
    while at + 8 < len(data):
        label, size = struct.unpack_from("<4sI", data, at)
        if label == b"data":
            left = len(data) - at - 8
            return data if size else data[: at + 4] + struct.pack("<I", left) + data[at + 8 :]
        at += 8 + size + size % 2
    return data
