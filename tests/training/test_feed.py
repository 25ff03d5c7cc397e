"""What a recipe is fed."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from playground.core.errors import InputError
from playground.training.feed import open_feed
from playground.training.recipes import RECIPES

RECIPE = replace(RECIPES["image-vq"], crop=16, batch=3)


def test_a_batch_depends_on_its_step_alone(photo_folder: Path, tmp_path: Path) -> None:
    first, validation = open_feed(RECIPE, photo_folder, cache=tmp_path / "cache")
    second, again = open_feed(RECIPE, photo_folder, cache=tmp_path / "cache")
    assert first(3).shape == (3, 3, 16, 16) and validation.shape[1:] == (3, 16, 16)
    assert first(3).abs().max() <= 1 and validation.abs().max() <= 1
    second(7)
    assert torch.equal(first(3), second(3)) and torch.equal(validation, again)
    assert not torch.equal(first(3), first(4))


def test_another_seed_gives_other_batches(photo_folder: Path, tmp_path: Path) -> None:
    first, _ = open_feed(RECIPE, photo_folder, cache=tmp_path / "cache")
    second, _ = open_feed(replace(RECIPE, seed=1), photo_folder, cache=tmp_path / "cache")
    assert not torch.equal(first(0), second(0))


def test_the_recipes_own_subfolder_is_found(photo_folder: Path, tmp_path: Path) -> None:
    photo_folder.rename(tmp_path / "images")
    batches, _ = open_feed(RECIPE, tmp_path, cache=tmp_path / "cache")
    assert batches(0).shape == (3, 3, 16, 16)


def test_without_data_one_reads_what_to_do() -> None:
    with pytest.raises(InputError, match="--data"):
        open_feed(RECIPE, None)
