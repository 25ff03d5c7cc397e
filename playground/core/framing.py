"""How pictures, sounds and words are brought to one size: what a joint model learns from, and what a visitor gives."""

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

SIDE = 32  # pixels of every picture
SAMPLES = 16_128  # of every sound: 1.008 s, which are 64 frames of 256
LETTERS = 16  # bytes of the longest word, and
END = 256  # what stands after the last of them
PEAK = 0.7  # to which every recording is brought


def framed(samples: np.ndarray, length: int = SAMPLES) -> Tensor:
    """Samples (T,) in [−1, 1] → (length,) int16: at one peak, in the middle of silence, or cut to the middle."""
    sound = torch.from_numpy(np.asarray(samples, np.float32))
    sound = sound * (PEAK / sound.abs().max().clamp(min=1e-4))
    spare = length - len(sound)
    sound = F.pad(sound, [spare // 2, spare - spare // 2])  # less than nothing cuts
    return (sound * 32767).round().to(torch.int16)


def loudest(samples: np.ndarray, length: int) -> np.ndarray:
    """(T,) → the loudest part of so many samples, or all of what is shorter."""
    if len(samples) <= length:
        return samples
    energy = np.concatenate([[0.0], np.cumsum(np.square(samples, dtype=np.float64))])
    start = int((energy[length:] - energy[:-length]).argmax())
    return samples[start : start + length]


def spelled(words: list[str]) -> Tensor:
    """(N, 16) int16: the bytes of each word, END behind it. Longer ones are cut between two characters."""
    rows = torch.full((len(words), LETTERS), END, dtype=torch.int16)
    for row, word in zip(rows, words, strict=True):
        letters = word.encode()[:LETTERS].decode(errors="ignore").encode()
        row[: len(letters)] = torch.tensor(list(letters), dtype=torch.int16)
    return rows


def written(rows: Tensor) -> list[str]:
    """What `spelled` was given. Bytes that are no text become �."""
    cut = [list(row)[: [*list(row), END].index(END)] for row in rows.tolist()]
    return [bytes(letters).decode(errors="replace") for letters in cut]
