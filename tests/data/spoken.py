"""Tiny recordings, written as a data pack has them."""

import csv
import io
import zipfile
from pathlib import Path

import numpy as np
import soundfile

RATE = 16_000


def write_spoken(folder: Path, *, count: int, held_back: int, speaker: str = "set_mia") -> None:
    """`count` hums of a tenth of a second in a zip beside `digits.csv`: "0" is low, "1" is high. The last are val."""
    folder.mkdir(parents=True, exist_ok=True)
    rows, time = [], np.arange(RATE // 10) / RATE
    with zipfile.ZipFile(folder / "pack.zip", "w") as pack:
        for i in range(count):
            digit, split = i % 2, "train" if i < count - held_back else "val"
            sound = 0.2 * np.sin(2 * np.pi * (300 + 900 * digit + 5 * i) * time)
            buffer = io.BytesIO()
            soundfile.write(buffer, sound, RATE, format="WAV", subtype="PCM_16")
            pack.writestr(f"{i}.wav", buffer.getvalue())
            rows.append({"file": f"{i}.wav", "pack": "pack.zip", "split": split, "digit": digit, "speaker": speaker})
    with open(folder / "digits.csv", "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
