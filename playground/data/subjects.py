"""What priors learn of: signals of every medium, and what each may be asked for by."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from .images import PICTURES, crops
from .labelled import DOMAINS, Domain
from .packs import open_pack
from .spoken import open_spoken, placed
from .texts import Texts, one_hot, open_texts

PASSAGES = 64_000  # pieces of text to train on, of all files together
JUDGED = 100  # pieces of each file to be judged by
LANGUAGES = {"en": "english", "zh": "chinese"}  # by how the names of files begin


@dataclass(frozen=True, eq=False)
class Named:
    """Signals, and what they are called.

    labels   (N,) from coarse to fine: ("7", "george 7"); () of what has no name
    signals  (chosen (n,), generator=…) → (n, C, *size) in [−1, 1]: as they are, or with a generator moved about
    """

    labels: tuple[tuple[str, ...], ...]
    signals: Callable[..., Tensor]

    def __len__(self) -> int:
        return len(self.labels)


@dataclass(frozen=True)
class Subject:
    """A data set that a prior can learn of.

    things  as messages call them
    open    (folder, split, size of a signal) → Named; InputError when there are none
    """

    things: str
    open: Callable[[Path, str, tuple[int, ...]], Named]


def _little(domain: Domain, folder: Path, split: str, size: tuple[int, ...]) -> Named:
    """Little pictures, all of one size, by their names."""
    data = domain.open(folder, split)
    return Named(data.labels, partial(domain.usual, data))


def open_photos(folder: Path, split: str, size: tuple[int, ...]) -> Named:
    """Windows of photographs, which have no names: the middle, or with a generator any place, mirrored or not."""
    photos = open_pack(folder, split, PICTURES)
    return Named(((),) * len(photos), partial(crops, photos, size[0]))


def open_voices(folder: Path, split: str, size: tuple[int, ...]) -> Named:
    """Spoken digits by digit, and by digit and voice: "7" and "george 7"."""
    spoken = open_spoken(folder, split)
    labels = tuple((digit, f"{voice} {digit}") for digit, voice in zip(spoken.digits, spoken.voices, strict=True))
    return Named(labels, partial(placed, spoken, size[0]))


def open_passages(folder: Path, split: str, size: tuple[int, ...]) -> Named:
    """Pieces of texts that begin with lines, by language and file: "english" and "books".

    To train on are PASSAGES of them; files count by the root of their size, so that small ones are heard.
    """
    texts = open_texts(folder, split)
    usable = [
        starts[starts + size[0] <= len(content)] for content, starts in zip(texts.bytes, texts.starts, strict=True)
    ]
    weights = np.array([len(content) ** 0.5 for content in texts.bytes])
    counts = weights / weights.sum() * PASSAGES if split == "train" else np.full(len(weights), JUDGED)
    places = [(i, spread) for i, starts in enumerate(usable) for spread in _spread(starts, int(counts[i]))]
    labels = tuple(_genre(texts.names[i]) for i, _ in places)
    return Named(labels, partial(_passages, texts, places, size[0]))


def _spread(starts: np.ndarray, count: int) -> list[int]:
    """`count` of the starts, or all, evenly from all over."""
    return starts[np.linspace(0, len(starts) - 1, min(count, len(starts))).astype(int)].tolist()


def _passages(
    texts: Texts,
    places: list[tuple[int, int]],
    length: int,
    chosen: Tensor,
    *,
    generator: torch.Generator | None = None,
) -> Tensor:
    """(n, 256, length) one-hot bytes; the generator changes nothing: there are enough of them."""
    found = [places[i] for i in chosen.tolist()]
    pieces = [torch.from_numpy(texts.bytes[file][start : start + length].copy()) for file, start in found]
    return one_hot(torch.stack(pieces))


def _genre(name: str) -> tuple[str, str]:
    """ "en_books" → ("english", "books"); a name without a known language stands for itself."""
    language, _, rest = name.partition("_")
    return LANGUAGES.get(language, name.replace("_", " ")), (rest or name).replace("_", " ")


SUBJECTS: dict[str, Subject] = {  # by the name of their folder
    **{name: Subject(domain.things, partial(_little, domain)) for name, domain in DOMAINS.items()},
    "digits_audio": Subject("spoken digits", open_voices),
    "text": Subject("texts", open_passages),
    "images": Subject("pictures", open_photos),
}
