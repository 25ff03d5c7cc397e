"""Things that are seen, heard and written: three shelves of real items, paired by what they mean.

No photograph of a hand was taken while somebody said its number. So nothing ties one picture to one
recording but their meaning, and each time something is learned another three are drawn together.
"""

import csv
import json
import zipfile
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor

from ..core.errors import InputError
from ..core.framing import SAMPLES, SIDE, framed, spelled
from ..media.pictures import read_whole
from ..media.sounds import read_sound

STROKES, PHOTOGRAPHS, SIGNS = "handwriting", "hand sign", "emoji"  # looks: their ink, their light, neither may change
LOOKS, TONGUES = (STROKES, PHOTOGRAPHS), ("english", "chinese", "pinyin", "figure")
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

    def styled(self, chosen: Tensor, name: str) -> Tensor:
        """(B,) bool: which of the items with these numbers (B,) have the style of that name."""
        return self.styles[chosen] == (self.names.index(name) if name in self.names else -1)

    def only(self, kept: Tensor) -> "Shelf":
        """The items for which `kept` (N,) is true."""
        return Shelf(self.items[kept], self.meanings[kept], self.styles[kept], self.names)


@dataclass(frozen=True, eq=False)
class Triples:
    """One domain: what can be meant, and what there is of it to see, hear and read.

    meanings  their English names
    speakers  of each sound, as the data name them
    strange   (N, samples) int16, sounds that mean none of it: a model shall learn to say that it does not know
    """

    domain: str
    meanings: tuple[str, ...]
    pictures: Shelf
    sounds: Shelf
    words: Shelf
    speakers: tuple[str, ...]
    strange: Tensor

    @property
    def shelves(self) -> tuple[Shelf, Shelf, Shelf]:
        """Pictures, sounds and words."""
        return self.pictures, self.sounds, self.words

    @cached_property
    def whole(self) -> Tensor:
        """(n,) the meanings that can be seen, heard and read: not all of them need have a recording kept back."""
        there = [set(shelf.meanings.tolist()) for shelf in self.shelves]
        return torch.tensor(sorted(set.intersection(*there)))

    def random_meanings(self, count: int, *, generator: torch.Generator) -> Tensor:
        """(count,) of `whole`, all equally likely."""
        return self.whole[torch.randint(len(self.whole), (count,), generator=generator)]

    def without(self, speakers: tuple[str, ...]) -> "Triples":
        """The same but for the recordings of some speakers."""
        return self._heard([name not in speakers for name in self.speakers])

    def spoken_by(self, speakers: tuple[str, ...]) -> "Triples":
        """The same with the recordings of some speakers only."""
        return self._heard([name in speakers for name in self.speakers])

    def _heard(self, kept: list[bool]) -> "Triples":
        names = tuple(name for name, keep in zip(self.speakers, kept, strict=True) if keep)
        sounds = self.sounds.only(torch.tensor(kept))
        return replace(self, sounds=sounds, speakers=names)


def open_digits_triples(data: Path, split: str) -> Triples:
    """The digits of one split below `data`: `digits_image`, `digits_audio`, and words from `audio` if it is there.

    Raises InputError when something is missing.
    """
    drawn, signs = _handwriting(data / "digits_image", split), _signs(data / "digits_image", split)
    pictures = shelved([drawn, signs], LOOKS)
    rows = list(listed(data / "digits_audio" / "digits.csv"))
    voices = _voices([row["speaker"] for row in rows])
    rows = [row for row in rows if row["split"] == split]
    heard = _sounds(data / "digits_audio", rows)
    spoken = torch.tensor([int(row["digit"]) for row in rows])
    styles = [voices.index(row["speaker"] if row["speaker"] in voices else OTHERS) for row in rows]
    sounds = Shelf(heard, spoken, torch.tensor(styles), voices)
    words = _words_of(data / "digits_image" / "words.json")
    names = tuple(json.loads((data / "digits_image" / "words.json").read_text(encoding="utf-8"))["en"])
    speakers = tuple(row["speaker"] for row in rows)
    return Triples("digits", names, pictures, sounds, words, speakers, _other_words(data / "audio", split))


def _other_words(folder: Path, split: str) -> Tensor:
    """Single words that are no digits, as many as there are."""
    if not (folder / "speech.csv").is_file():
        return torch.empty(0, SAMPLES, dtype=torch.int16)
    rows = [row for row in listed(folder / "speech.csv") if (row["split"], row["label"]) == (split, "word")]
    return _sounds(folder, rows)


def shelved(parts: list[tuple[Tensor, Tensor]], names: tuple[str, ...]) -> Shelf:
    """One shelf of (items (n, …), meanings (n,)) of each style."""
    styles = torch.cat([torch.full((len(items),), i) for i, (items, _) in enumerate(parts)])
    return Shelf(torch.cat([items for items, _ in parts]), torch.cat([m for _, m in parts]), styles, names)


def listed(table: Path) -> list[dict[str, str]]:
    """The rows of a table. Raises InputError when there is none."""
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
    rows = [row for row in listed(folder / "sign_digits.csv") if row["split"] == split]
    pictures = [_square(data) for data in members(folder, rows)]
    return torch.stack(pictures), torch.tensor([int(row["digit"]) for row in rows])


def _square(data: bytes) -> Tensor:
    picture = read_whole(data).resize([SIDE] * 2, Image.Resampling.BOX)
    return torch.from_numpy(np.array(picture)).permute(2, 0, 1)


def members(folder: Path, rows: list[dict[str, str]]) -> list[bytes]:
    """The content of the files that rows name, out of their zip files."""
    packs = {name: zipfile.ZipFile(folder / name) for name in {row["pack"] for row in rows}}
    found = [packs[row["pack"]].read(row["file"]) for row in rows]
    for pack in packs.values():
        pack.close()
    return found


def _sounds(folder: Path, rows: list[dict[str, str]]) -> Tensor:
    """(N, 16,128) int16, each brought to one peak and put in the middle of silence, or cut to its middle."""
    if not rows:
        raise InputError("There are no recordings in “{folder}”.", folder=folder)
    return torch.stack([framed(read_sound(data).samples) for data in members(folder, rows)])


def _voices(speakers: list[str]) -> tuple[str, ...]:
    """Those with many recordings by name, and one name for all the others."""
    many = sorted({name for name in speakers if speakers.count(name) >= FEW})
    return (*many, OTHERS)


def _words_of(path: Path) -> Shelf:
    if not path.is_file():
        raise InputError("There is no {file}.", file=path.name)
    lists = json.loads(path.read_text(encoding="utf-8"))
    forms = [lists["en"], lists["zh"], lists["pinyin"], [str(number) for number in lists["digits"]]]
    return shelved([(spelled(words), torch.arange(len(words))) for words in forms], TONGUES)
