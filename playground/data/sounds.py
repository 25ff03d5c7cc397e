"""Sounds for training: speech, notes and noises, at 16 kHz."""

import numpy as np
import torch
from torch import Tensor

from ..media.sounds import LARGEST_FILE, SUFFIXES, read_sound
from .folders import Kind
from .packs import Pack

LOUDER, QUIETER = 6.0, 12.0  # dB by which a clip is made louder or quieter at most
MIXED = 0.25  # share of clips that another one is laid over


def decoded_sound(data: bytes) -> np.ndarray:
    """A sound file, (T,) int16 at 16 kHz. Raises InputError for what holds no sound."""
    return (read_sound(data).samples * 32767).round().astype(np.int16)


SOUNDS = Kind("sounds", SUFFIXES, decoded_sound, np.int16, LARGEST_FILE)


def random_clips(sounds: Pack, count: int, length: int, *, generator: torch.Generator) -> Tensor:
    """(count, 1, length) float in [−1, 1]: random places of random sounds, louder or quieter, upside down or not.

    Every second of sound is as likely as any other: a codebook is shared out by what there is to hear.
    One in four has another laid over it, so that chords and backgrounds occur. What is too
    short stands at a random place in silence.
    """

    ends = np.cumsum(sounds.places[:, 1])

    def clip() -> Tensor:
        sample = int(torch.randint(int(ends[-1]), (), generator=generator))
        sound = sounds[int(np.searchsorted(ends, sample, side="right"))]
        u = torch.rand(3, generator=generator)
        decibels = LOUDER - (LOUDER + QUIETER) * u[0]
        sign = 1.0 if u[1] < 0.5 else -1.0
        return _placed(sound, length, float(u[2])) * (sign * 10 ** (decibels / 20))

    clips = []
    for _ in range(count):
        mixed = clip()
        if torch.rand((), generator=generator) < MIXED:
            mixed = mixed + clip()
        clips.append(mixed / mixed.abs().max().clamp(min=1))
    return torch.stack(clips)[:, None]


def middle_clips(sounds: Pack, length: int, *, limit: int | None = None) -> Tensor:
    """(N, 1, length) float in [−1, 1]: the middle of each sound, silence around it where it is shorter.

    With a limit, sounds from all over the pack.
    """
    chosen = range(len(sounds)) if limit is None else range(0, len(sounds), max(1, len(sounds) // limit))[:limit]
    return torch.stack([_placed(sounds[i], length, 0.5) for i in chosen])[:, None]


def _placed(sound: np.ndarray, length: int, at: float) -> Tensor:
    """(length,): a piece of (T,) int16 that begins at the share `at` of what is left over."""
    left = len(sound) - length
    start = int(abs(left) * at)
    if left >= 0:
        return torch.from_numpy(sound[start : start + length].astype(np.float32)) / 32768
    placed = torch.zeros(length)
    placed[start : start + len(sound)] = torch.from_numpy(sound.astype(np.float32)) / 32768
    return placed
