"""Spoken digits, and who says them."""

import csv
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from ..core.errors import InputError
from .sounds import decoded_sound

FEW = 50  # recordings of a speaker: those with fewer share a name
OTHERS = "another"
PEAK = 0.6  # to which every recording is brought
EARLIEST, LATEST = 1 / 48, 5 / 48  # silence before a digit, as a share of the window
LOUDER, QUIETER = 3.0, 9.0  # dB by which a recording is made louder or quieter at most


@dataclass(frozen=True, eq=False)
class Spoken:
    """Recordings of single digits.

    sounds  (N,) arrays (t,) int16 at 16 kHz
    digits  (N,) "0" … "9"
    voices  (N,) names of the speakers
    """

    sounds: tuple[np.ndarray, ...]
    digits: tuple[str, ...]
    voices: tuple[str, ...]


def open_spoken(folder: Path, split: str) -> Spoken:
    """The digits of one split that `digits.csv` in `folder` lists. Raises InputError when there are none."""
    table = Path(folder) / "digits.csv"
    if not table.is_file():
        raise InputError("There is no table “{name}” in “{folder}”.", name=table.name, folder=folder)
    with open(table, encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    speakers = [row["speaker"] for row in rows]
    known = {name: name.partition("_")[2] or name for name in set(speakers) if speakers.count(name) >= FEW}
    rows = [row for row in rows if row["split"] == split]
    if not rows:
        raise InputError(
            "“{name}” in “{folder}” lists nothing for {split}.", name=table.name, folder=folder, split=split
        )
    archives = {pack: zipfile.ZipFile(table.parent / pack) for pack in {row["pack"] for row in rows}}
    sounds = tuple(decoded_sound(archives[row["pack"]].read(row["file"])) for row in rows)
    voices = tuple(known.get(row["speaker"], OTHERS) for row in rows)
    return Spoken(sounds, tuple(row["digit"] for row in rows), voices)


def placed(spoken: Spoken, length: int, chosen: Tensor, *, generator: torch.Generator | None = None) -> Tensor:
    """(n, 1, length) in [−1, 1]: the recordings numbered `chosen` (n,), at one peak, silence around them.

    With a generator some begin later than others, and some are louder. What is too long is cut.
    """
    u = torch.tensor([[0.5, LOUDER / (LOUDER + QUIETER)]]).expand(len(chosen), 2)
    u = u if generator is None else torch.rand(len(chosen), 2, generator=generator)
    signals = torch.zeros(len(chosen), 1, length)
    for signal, i, (late, quiet) in zip(signals, chosen.tolist(), u.tolist(), strict=True):
        sound = torch.from_numpy(spoken.sounds[i].astype(np.float32))
        start = round(length * (EARLIEST + (LATEST - EARLIEST) * late))
        sound = sound[: length - start] * (PEAK / sound.abs().max().clamp(min=1))
        decibels = LOUDER - (LOUDER + QUIETER) * quiet
        signal[0, start : start + len(sound)] = sound * 10 ** (decibels / 20)
    return signals
