"""What priors learn from: the tokens of pictures, made once, and what the pictures are called."""

from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from ..core.codec import Codec
from ..core.errors import InputError
from ..data.labelled import DOMAINS, Domain, Labelled
from ..priors.labels import Vocabulary

TOGETHER = 64  # pictures encoded at a time


@dataclass(frozen=True, eq=False)
class Material:
    """Tokens with names.

    indices  (M, T) int16
    items    (M,) int64, which item each is a picture of
    asked    (items, L, N) bool: labels by which an item may be asked for, from coarse to fine, and by its words alone
    """

    indices: Tensor
    items: Tensor
    asked: Tensor

    def __len__(self) -> int:
        return len(self.indices)

    def batch(self, count: int, *, unasked: float, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """Indices (count, T) int64 of random pictures and what is wanted (count, N) float: zeros for a share."""
        chosen = torch.randint(len(self), (count,), generator=generator)
        level = torch.randint(self.asked.shape[1], (count,), generator=generator)
        free = torch.rand(count, 1, generator=generator) < unasked
        wanted = self.asked[self.items[chosen], level] & ~free
        return self.indices[chosen].long(), wanted.float()

    def finest(self) -> tuple[Tensor, Tensor]:
        """All indices (M, T) and all there is to say of each (M, N)."""
        return self.indices.long(), self.asked[self.items].any(1).float()


def open_material(
    data: Path | None, domain: str, codec: Codec, *, variants: int = 1
) -> tuple[Material, Material, Vocabulary]:
    """Tokens to train on, tokens to be judged by, and what they can be asked for.

    variants  how often each training picture is encoded: once as it is, then moved about

    Raises InputError, saying what to do, when there are no data.
    """
    source = DOMAINS[domain]
    if data is None:
        raise InputError(
            "Training needs {things}: name a folder of them with --data. The README says where ours are.",
            things=source.things,
        )
    folder = data / domain if (data / domain).is_dir() else data
    train, held_back = source.open(folder, "train"), source.open(folder, "val")
    vocabulary = Vocabulary.of(train.labels)
    learned = _material(train, source, codec, vocabulary, variants)
    return learned, _material(held_back, source, codec, vocabulary, 1), vocabulary


def _material(data: Labelled, domain: Domain, codec: Codec, vocabulary: Vocabulary, variants: int) -> Material:
    asked = torch.stack([_rows(labels, vocabulary) for labels in data.labels])
    generator = torch.Generator().manual_seed(0)
    items = torch.arange(len(data)).repeat(variants)
    parts = []
    for i, chosen in enumerate(items.split(TOGETHER)):
        plain = (i + 1) * TOGETHER <= len(data) or variants == 1
        pictures = domain.usual(data, chosen, generator=None if plain else generator)
        with torch.inference_mode():
            parts.append(codec.encode(pictures).indices.flatten(1).to(torch.int16))
    return Material(torch.cat(parts).clone(), items, asked)


def _rows(labels: tuple[str, ...], vocabulary: Vocabulary) -> Tensor:
    """(L, N) bool: what one item may be asked for by."""
    rows, above = [], torch.zeros(len(vocabulary.labels))
    for label in labels:
        if label in vocabulary.classes:
            row = vocabulary.row(label)
        else:  # a name that no training picture has: by those of its words that some have
            known = [n for n, word in enumerate(vocabulary.labels) if word in label.casefold().split()]
            row = above.clone()
            row[known] = 1
        rows.append(row)
        above = torch.maximum(above, row) if len(rows) < len(labels) else above
    if len(labels) > 1:
        words = rows[-1] - above
        rows.append(words if words.any() else rows[-1])
    return torch.stack(rows) > 0
