"""Bits taught by levels: what is asked, what is undone, and what comes of it."""

from dataclasses import replace

import pytest
import torch

from playground.core.errors import InputError
from playground.models.config import QuantizerConfig
from playground.training.recipes import Lessons
from playground.training.run import Run
from playground.training.taught import Teacher, levels

from .tiny import TINY, batches

LEVELS = replace(
    TINY,
    codec=replace(
        TINY.codec,
        body=replace(TINY.codec.body, dim=2),
        quantizer=QuantizerConfig("scalar", levels=(4, 4)),
    ),
    unquantized=0,
    cures=(),
)
BITS = replace(
    LEVELS,
    codec=replace(TINY.codec, body=replace(TINY.codec.body, dim=5), quantizer=QuantizerConfig("spherical")),
    lessons=Lessons(bits=(3, 2), steps=60),
    steps=80,
    ramp=5,
    learning_rate=5e-3,
)


@pytest.fixture(scope="module")
def start():
    run = Run(replace(LEVELS, steps=30, ramp=5, learning_rate=5e-3), batches)
    for _ in range(30):
        run.advance()
    return run.codec.eval().requires_grad_(False)


def test_levels_lie_where_the_values_are() -> None:
    values = torch.tensor([-2.0, 0.5, 4.0, 9.0]).repeat(25)
    assert levels(values, 4).tolist() == [-2.0, 0.5, 4.0, 9.0]


def test_neighbouring_levels_differ_in_one_bit(start) -> None:
    teacher = Teacher(BITS.lessons, start, batches)
    ramp = torch.linspace(-2, 2, 2001)
    bits, snapped = teacher.asks(torch.stack([ramp, torch.zeros_like(ramp)])[None])
    assert bits.shape == (1, 5, 2001) and snapped.shape == (1, 2, 2001)
    changes = bits[0, :3].diff(dim=1).abs().sum(0)
    assert changes.max() == 1 and changes.sum() == 7, "eight levels, one bit between two of them"
    assert len(bits[0, :3].t().unique(dim=0)) == 8


def test_a_pupil_learns_the_bits_and_then_goes_on_by_itself(start) -> None:
    run = Run(BITS, batches, start=start)
    right = []
    for step in range(BITS.steps):
        if step in (0, BITS.lessons.steps):
            bits, _ = run.teacher.asks(start.latents(batches(900)))
            right.append(((run.codec.encoder(batches(900)) > 0) == (bits > 0.5)).float().mean().item())
        _, _, indices = run.advance()
        assert len(indices) == (0 if step < BITS.lessons.steps else 4)
    assert right[1] > max(0.8, right[0] + 0.1), right


def test_lessons_need_a_teacher_that_fits(start) -> None:
    with pytest.raises(InputError, match="--start"):
        Run(BITS, batches)
    with pytest.raises(InputError, match="2 channels, the lessons are for 3"):
        Run(replace(BITS, lessons=Lessons(bits=(2, 2, 1), steps=3)), batches, start=start)
