"""A training may begin with the weights, and the codes, of another codec."""

import itertools
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from playground.core.errors import InputError
from playground.models.config import QuantizerConfig
from playground.training.loop import train
from playground.training.run import Run
from playground.training.state import load_state
from tests.training.tiny import TINY, VALIDATION, batches, finish


def test_a_training_can_start_from_a_trained_codec(tmp_path: Path) -> None:
    recipe = replace(TINY, steps=60, unquantized=20, ramp=5, report_every=30, learning_rate=5e-3)
    before = finish(recipe, tmp_path / "first")[-1]
    start = Run(recipe, batches)
    start.resume(tmp_path / "first")
    further = replace(recipe, steps=30, report_every=1, learning_rate=1e-4)
    (tmp_path / "second").mkdir()
    reports = list(train(further, batches, VALIDATION, tmp_path / "second", start=start.codec))
    assert reports[0].usage > 0, "codes from the first step on"
    assert abs(reports[0].val_quality - before.val_quality) < 0.5
    assert reports[-1].val_quality >= before.val_quality - 0.1


def test_a_training_that_began_with_a_codec_goes_on_without_naming_it_again(tmp_path: Path) -> None:
    """Codes that are in use must not be thrown away where a fresh training would start them."""
    start = Run(TINY, batches).codec
    recipe = replace(TINY, unquantized=4, steps=8)
    whole, halves = tmp_path / "whole", tmp_path / "halves"
    for folder in (whole, halves):
        folder.mkdir()
    list(train(recipe, batches, VALIDATION, whole, start=start))
    list(itertools.islice(train(recipe, batches, VALIDATION, halves, start=start), 2))
    list(train(recipe, batches, VALIDATION, halves))
    (_, expected, _), (_, found, _) = load_state(whole), load_state(halves)
    assert all(torch.equal(tensor, found[name]) for name, tensor in expected.items())


def test_nothing_fresh_can_be_frozen() -> None:
    with pytest.raises(InputError, match="--start"):
        Run(replace(TINY, frozen=("encoder",)), batches)


@pytest.mark.parametrize(("codebook_size", "taken"), [(TINY.codec.quantizer.codebook_size, 1), (5, 0)])
def test_a_start_with_another_quantizer_gives_what_fits(codebook_size: int, taken: int) -> None:
    start = Run(TINY, batches).codec
    quantizer = QuantizerConfig("residual", codebook_size=codebook_size, num_codebooks=3)
    cures = ("kmeans", "moving")  # nothing revived: these codes are of a fresh codec
    other = replace(TINY, codec=replace(TINY.codec, quantizer=quantizer), seed=1, cures=cures)
    run = Run(other, batches, start=start)
    assert run.taken == taken
    for name, tensor in start.state_dict().items():
        assert name.startswith("quantizer.") or torch.equal(run.codec.state_dict()[name], tensor), name
    before = [table.weight.clone() for table in run.codec.quantizer.tables]
    run.advance()
    tables = zip(run.codec.quantizer.tables, before, strict=True)
    moved = [float((table.weight - weight).square().mean().sqrt()) for table, weight in tables]
    if taken:
        assert torch.equal(before[0], start.quantizer.weight), "VQ's codes are the first of RVQ"
        assert moved[0] < 0.1 * min(moved[1:]), "and stay about where they are, when the others are put in place"
    assert min(moved[taken:]) > 0


def test_a_start_of_another_shape_is_refused() -> None:
    other = replace(TINY, codec=replace(TINY.codec, body=replace(TINY.codec.body, widths=(6, 10))))
    with pytest.raises(InputError, match="another shape"):
        Run(TINY, batches, start=Run(other, batches).codec)
