"""Bits taught by levels: what is asked, what is undone, and what comes of it."""

from dataclasses import replace

import pytest
import torch

from playground.core.errors import InputError
from playground.models.config import QuantizerConfig, build
from playground.training.run import Run
from playground.training.taught import Teacher

from .tiny import TINY, batches

LEVELS = replace(
    TINY,
    codec=replace(
        TINY.codec,
        body=replace(TINY.codec.body, dim=2),
        quantizer=QuantizerConfig("scalar", levels=(8, 4)),
    ),
    unquantized=0,
    cures=(),
)
BITS = replace(
    LEVELS,
    codec=replace(TINY.codec, body=replace(TINY.codec.body, dim=5), quantizer=QuantizerConfig("spherical")),
    lessons=150,
    steps=170,
    ramp=5,
    learning_rate=5e-3,
)


@pytest.fixture(scope="module")
def start():
    run = Run(replace(LEVELS, steps=30, ramp=5, learning_rate=5e-3), batches)
    for _ in range(30):
        run.advance()
    return run.codec.eval().requires_grad_(False)


def test_neighbouring_levels_differ_in_one_bit(start) -> None:
    levels = start.quantizer.lookup(torch.arange(32)[None, None])[0].t()  # (V, D)
    bits = Teacher(start).asks(torch.arange(32)[:, None])
    assert bits.shape == (32, 5) and len(bits.unique(dim=0)) == 32
    close = (levels[:, None] - levels[None]).abs() * torch.tensor([4.0, 2.0])  # in levels
    neighbours = close.sum(2) == 1
    assert neighbours.sum() == 2 * (7 * 4 + 3 * 8)
    assert ((bits[:, None] - bits[None]).abs().sum(2)[neighbours] == 1).all()


def test_a_pupil_learns_the_bits_and_then_goes_on_by_itself(start) -> None:
    run = Run(BITS, batches, start=start)
    right = []
    for step in range(BITS.steps):
        if step in (0, BITS.lessons):
            bits = run.teacher.asks(start.quantizer.nearest(start.latents(batches(900))))
            right.append(((run.codec.encoder(batches(900)) > 0) == (bits > 0.5)).float().mean().item())
        _, _, indices = run.advance()
        assert len(indices) == (0 if step < BITS.lessons else 4)
    assert right[1] > max(0.8, right[0] + 0.1), right


def test_lessons_need_a_teacher_that_fits(start) -> None:
    with pytest.raises(InputError, match="--start"):
        Run(BITS, batches)
    with pytest.raises(InputError, match="teaches 5 bits, the recipe has 4"):
        narrow = replace(BITS.codec, body=replace(BITS.codec.body, dim=4))
        Run(replace(BITS, codec=narrow), batches, start=start)
    odd = QuantizerConfig("scalar", levels=(5, 4))
    with pytest.raises(InputError, match="4, 8 or 16 levels"):
        Run(BITS, batches, start=build(replace(LEVELS.codec, quantizer=odd)))
    with pytest.raises(InputError, match="4, 8 or 16 levels"):
        Run(BITS, batches, start=build(TINY.codec))
