"""What a recipe is fed: random pieces to train on, fixed ones to be judged by."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from ..core.errors import InputError
from ..data.folders import Kind
from ..data.images import PICTURES, centre_squares, random_crops
from ..data.labelled import DOMAINS, Domain, Labelled
from ..data.packs import Pack, open_pack
from ..data.sounds import SOUNDS, middle_clips, random_clips
from ..data.texts import Texts, first_texts, open_texts, random_texts
from .recipes import Batches, Recipe

VALIDATION = 64  # signals


@dataclass(frozen=True, eq=False)
class Source:
    """How the batches of a medium, or of a data set of its own kind, are made.

    things  as messages call them
    open    (folder, split, cache) → data; InputError when there are none
    pieces  (data, count, length, generator=…) → random signals
    judges  (data, length, limit=…) → fixed ones
    """

    things: str
    open: Callable[..., Any]
    pieces: Callable[..., Tensor]
    judges: Callable[..., Tensor]


def _open_pack(kind: Kind, folder: Path, split: str, cache: Path | None) -> Pack:
    return open_pack(folder, split, kind, cache=cache)


def _open_texts(folder: Path, split: str, cache: Path | None) -> Texts:
    return open_texts(folder, split)  # read in a moment: nothing needs to be kept


def _judging_pictures(photos: Pack, length: int, *, limit: int) -> Tensor:
    return centre_squares(photos, length, limit=limit).float() / 127.5 - 1


def _labelled(domain: Domain) -> Source:
    """Of pictures that all have one size: nothing is cut out of them."""

    def pieces(data: Labelled, count: int, length: int, *, generator: torch.Generator) -> Tensor:
        return domain.varied(data, torch.randint(len(data), (count,), generator=generator), generator=generator)

    def judges(data: Labelled, length: int, *, limit: int) -> Tensor:
        return domain.varied(data, torch.arange(min(limit, len(data))))

    return Source(domain.things, lambda folder, split, cache: domain.open(folder, split), pieces, judges)


SOURCES = {
    "image": Source("pictures", partial(_open_pack, PICTURES), random_crops, _judging_pictures),
    "audio": Source("sounds", partial(_open_pack, SOUNDS), random_clips, middle_clips),
    "text": Source("texts", _open_texts, random_texts, first_texts),
    **{name: _labelled(domain) for name, domain in DOMAINS.items()},
}


def open_feed(recipe: Recipe, data: Path | None, *, cache: Path | None = None) -> tuple[Batches, Tensor]:
    """Training batches, and (N, C, *crop) validation signals, from what is below `data`.

    `data` is a folder of pictures, sounds or texts, or one that holds the recipe's own subfolder; what
    was read is kept packed below `cache`. Raises InputError, saying what to do, when there is nothing.
    """
    source = SOURCES[recipe.data if recipe.data in SOURCES else recipe.codec.modality]
    if data is None:
        raise InputError(
            "Training needs {things}: name a folder of them with --data. The README says where ours are.",
            things=source.things,
        )
    folder = data / recipe.data if (data / recipe.data).is_dir() else data
    train, held_back = (source.open(folder, split, cache) for split in ("train", "val"))
    return partial(_batch, recipe, source, train), source.judges(held_back, recipe.crop, limit=VALIDATION)


def _batch(recipe: Recipe, source: Source, data: Any, step: int) -> Tensor:
    # Of the step alone: a resumed training sees what an unbroken one would have seen.
    generator = torch.Generator().manual_seed(recipe.seed * 1_000_003 + step)
    return source.pieces(data, recipe.batch, recipe.crop, generator=generator)
