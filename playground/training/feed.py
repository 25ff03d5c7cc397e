"""What a recipe is fed: random crops to train on, fixed pictures to be judged by."""

from functools import partial
from pathlib import Path

import torch
from torch import Tensor

from ..core.errors import InputError
from ..data.images import Photos, centre_squares, open_photos, random_crops
from .recipes import Batches, Recipe

VALIDATION = 64  # pictures


def open_feed(recipe: Recipe, data: Path | None, *, cache: Path | None = None) -> tuple[Batches, Tensor]:
    """Training batches, and (N, 3, crop, crop) validation pictures in [−1, 1], from the pictures below `data`.

    `data` is a folder of pictures, or one that holds the recipe's own subfolder; packed
    pictures are kept below `cache`. Raises InputError, saying what to do, when there are none.
    """
    if data is None:
        raise InputError(
            "Training needs pictures: name a folder of photos with --data. The README says where ours are."
        )
    folder = data / recipe.data if (data / recipe.data).is_dir() else data
    photos = open_photos(folder, "train", cache=cache)
    judges = centre_squares(open_photos(folder, "val", cache=cache), recipe.crop, limit=VALIDATION)
    return partial(_batch, recipe, photos), judges.float() / 127.5 - 1


def _batch(recipe: Recipe, photos: Photos, step: int) -> Tensor:
    # Of the step alone: a resumed training sees what an unbroken one would have seen.
    generator = torch.Generator().manual_seed(recipe.seed * 1_000_003 + step)
    return random_crops(photos, recipe.batch, recipe.crop, generator=generator)
