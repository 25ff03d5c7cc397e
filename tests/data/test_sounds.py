"""Laws of the pieces that a sound codec is trained on."""

import numpy as np
import torch

from playground.data.packs import Pack
from playground.data.sounds import middle_clips, random_clips

SHORT, LONG = 1_000, 9_000  # samples


def packed() -> Pack:
    """A short sound that is +1 and −1 in turn, and a long one of ones."""
    short, long = np.tile([9_000, -9_000], SHORT // 2), np.full(LONG, 9_000)
    values = np.concatenate([short, long]).astype(np.int16)
    return Pack(values, np.array([[0, SHORT], [SHORT, LONG]]), ("short", "long"))


def test_every_second_of_sound_is_as_likely_as_any_other() -> None:
    pieces = random_clips(packed(), 2_000, 100, generator=torch.Generator().manual_seed(0))
    turns = pieces[:, 0, 1:].sign() != pieces[:, 0, :-1].sign()
    of_short = turns.float().mean(1) > 0.5
    assert abs(of_short.float().mean().item() - 0.1) < 0.03


def test_pieces_are_within_the_range_of_a_signal_and_of_the_length_wanted() -> None:
    pieces = random_clips(packed(), 200, 1_500, generator=torch.Generator().manual_seed(1))
    assert pieces.shape == (200, 1, 1_500)
    assert pieces.abs().max() <= 1


def test_the_same_generator_gives_the_same_pieces() -> None:
    one, two = (random_clips(packed(), 8, 100, generator=torch.Generator().manual_seed(3)) for _ in range(2))
    assert torch.equal(one, two)


def test_middle_clips_are_the_middle_with_silence_around_what_is_shorter() -> None:
    middles = middle_clips(packed(), 2_000)
    assert middles.shape == (2, 1, 2_000)
    assert middles[0, 0, :500].abs().max() == 0
    assert middles[0, 0, 500:1_500].abs().min() > 0
    assert middles[1, 0].min() > 0
