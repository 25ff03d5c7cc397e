"""Things that are seen, heard and written: three shelves of real items, paired by what they mean.

No photograph of a hand was taken while somebody said its number. So nothing ties one picture to one
recording but their meaning, and each time something is learned another three are drawn together.
"""

import csv
import io
import json
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor

from ..core.errors import InputError
from ..core.sounds import read_sound

SIDE = 32  # pixels of every picture
SAMPLES = 16_128  # of every sound: 1.008 s, which are 64 frames of 256
LETTERS = 16  # bytes of the longest word, and
END = 256  # what stands after the last of them
PEAK = 0.7  # to which every recording is brought
LOOKS, TONGUES = ("handwriting", "hand sign"), ("english", "chinese", "pinyin", "figure")
OTHERS = "other voices"  # the name that speakers with few recordings share
FEW = 50  # recordings of a speaker


@dataclass(frozen=True, eq=False)
class Shelf:
    """The items of one modality.

    items     (N, …) uint8 pictures (3, 32, 32), int16 sounds (16,128), or int16 bytes (16) with END behind a word
    meanings  (N,) int64
    styles    (N,) int64, the look, the voice or the tongue
    names     of the styles
    """

    items: Tensor
    meanings: Tensor
    styles: Tensor
    names: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.items)

    def pick(self, meanings: Tensor, *, generator: torch.Generator) -> Tensor:
        """(B,) numbers of random items with these meanings (B,), all styles a meaning has being equally likely.

        Raises ValueError for a meaning nothing here has.
        """
        kinds = len(self.names)
        keys = self.meanings * kinds + self.styles
        order = keys.argsort(stable=True)
        counts = keys.bincount(minlength=(int(max(self.meanings.max(), meanings.max())) + 1) * kinds)
        there = counts.reshape(-1, kinds)[meanings] > 0  # (B, kinds)
        if not there.any(1).all():
            raise ValueError("a meaning has no item")
        chosen = meanings * kinds + torch.multinomial(there.float(), 1, generator=generator)[:, 0]
        luck = (torch.rand(len(chosen), generator=generator) * counts[chosen]).long()
        return order[(counts.cumsum(0) - counts)[chosen] + luck]

    def only(self, kept: Tensor) -> "Shelf":
        """The items for which `kept` (N,) is true."""
        return Shelf(self.items[kept], self.meanings[kept], self.styles[kept], self.names)


@dataclass(frozen=True, eq=False)
class Triples:
    """One domain: what can be meant, and what there is of it to see, hear and read.

    meanings  their English names
    speakers  of each sound, as the data name them
    """

    domain: str
    meanings: tuple[str, ...]
    pictures: Shelf
    sounds: Shelf
    words: Shelf
    speakers: tuple[str, ...]

    @property
    def shelves(self) -> tuple[Shelf, Shelf, Shelf]:
        """Pictures, sounds and words."""
        return self.pictures, self.sounds, self.words

    def without(self, speakers: tuple[str, ...]) -> "Triples":
        """The same but for the recordings of some speakers."""
        return self._heard([name not in speakers for name in self.speakers])

    def spoken_by(self, speakers: tuple[str, ...]) -> "Triples":
        """The same with the recordings of some speakers only."""
        return self._heard([name in speakers for name in self.speakers])

    def _heard(self, kept: list[bool]) -> "Triples":
        names = tuple(name for name, keep in zip(self.speakers, kept, strict=True) if keep)
        sounds = self.sounds.only(torch.tensor(kept))
        return Triples(self.domain, self.meanings, self.pictures, sounds, self.words, names)


def open_digits_triples(data: Path, split: str) -> Triples:
    """The digits of one split below `data`: `digits_image`, and `digits_audio`. Everything is read once.

    Raises InputError when something is missing.
    """
    drawn, signs = _handwriting(data / "digits_image", split), _signs(data / "digits_image", split)
    pictures = _shelf([drawn, signs], LOOKS)
    rows = list(_listed(data / "digits_audio" / "digits.csv"))
    voices = _voices([row["speaker"] for row in rows])
    rows = [row for row in rows if row["split"] == split]
    heard = _sounds(data / "digits_audio", rows)
    spoken = torch.tensor([int(row["digit"]) for row in rows])
    styles = [voices.index(row["speaker"] if row["speaker"] in voices else OTHERS) for row in rows]
    sounds = Shelf(heard, spoken, torch.tensor(styles), voices)
    words = _words_of(data / "digits_image" / "words.json")
    names = tuple(json.loads((data / "digits_image" / "words.json").read_text(encoding="utf-8"))["en"])
    return Triples("digits", names, pictures, sounds, words, tuple(row["speaker"] for row in rows))


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


def _shelf(parts: list[tuple[Tensor, Tensor]], names: tuple[str, ...]) -> Shelf:
    """One shelf of (items, meanings) of each style."""
    styles = torch.cat([torch.full((len(items),), i) for i, (items, _) in enumerate(parts)])
    return Shelf(torch.cat([items for items, _ in parts]), torch.cat([m for _, m in parts]), styles, names)


def _listed(table: Path) -> list[dict[str, str]]:
    if not table.is_file():
        raise InputError("There is no table “{name}” in “{folder}”.", name=table.name, folder=table.parent)
    with open(table, encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _handwriting(folder: Path, split: str) -> tuple[Tensor, Tensor]:
    paths = sorted(folder.glob("*.npz"))
    if not paths:
        raise InputError("There are no digits below “{folder}”: a file .npz with x_train and y_train.", folder=folder)
    with np.load(paths[0], allow_pickle=False) as arrays:
        drawn, digits = torch.from_numpy(arrays[f"x_{split}"]), torch.from_numpy(arrays[f"y_{split}"])
    margin = (SIDE - drawn.shape[-1]) // 2
    return F.pad(drawn, [margin] * 4)[:, None].expand(-1, 3, -1, -1), digits.long()


def _signs(folder: Path, split: str) -> tuple[Tensor, Tensor]:
    rows = [row for row in _listed(folder / "sign_digits.csv") if row["split"] == split]
    pictures = [_square(data) for data in _members(folder, rows)]
    return torch.stack(pictures), torch.tensor([int(row["digit"]) for row in rows])


def _square(data: bytes) -> Tensor:
    picture = Image.open(io.BytesIO(data)).convert("RGB").resize([SIDE] * 2, Image.Resampling.BOX)
    return torch.from_numpy(np.array(picture)).permute(2, 0, 1)


def _members(folder: Path, rows: list[dict[str, str]]) -> list[bytes]:
    packs = {name: zipfile.ZipFile(folder / name) for name in {row["pack"] for row in rows}}
    found = [packs[row["pack"]].read(row["file"]) for row in rows]
    for pack in packs.values():
        pack.close()
    return found


def _sounds(folder: Path, rows: list[dict[str, str]]) -> Tensor:
    """(N, 16,128) int16, each brought to one peak and put in the middle of silence, or cut to its middle."""
    if not rows:
        raise InputError("There are no recordings in “{folder}”.", folder=folder)
    return torch.stack([framed(read_sound(data).samples) for data in _members(folder, rows)])


def framed(samples: np.ndarray) -> Tensor:
    """Samples (T,) in [−1, 1] → (16,128) int16: at one peak, in the middle of silence, or cut to the middle."""
    sound = torch.from_numpy(np.asarray(samples, np.float32))
    sound = sound * (PEAK / sound.abs().max().clamp(min=1e-4))
    spare = SAMPLES - len(sound)
    sound = F.pad(sound, [spare // 2, spare - spare // 2])  # less than nothing cuts
    return (sound * 32767).round().to(torch.int16)


def _voices(speakers: list[str]) -> tuple[str, ...]:
    """Those with many recordings by name, and one name for all the others."""
    many = sorted({name for name in speakers if speakers.count(name) >= FEW})
    return (*many, OTHERS)


def _words_of(path: Path) -> Shelf:
    if not path.is_file():
        raise InputError("There is no {file}.", file=path.name)
    lists = json.loads(path.read_text(encoding="utf-8"))
    forms = [lists["en"], lists["zh"], lists["pinyin"], [str(number) for number in lists["digits"]]]
    return _shelf([(spelled(words), torch.arange(len(words))) for words in forms], TONGUES)
