"""Edits of time move whole frames, and the size follows the grid."""

import math

import pytest
import torch

from playground.core.codec import Codec
from playground.core.errors import InputError
from playground.core.tokens import Tokens
from playground.edits import time

V, K, STRIDE = 16, 3, 8


def make(frames: int, *, missing: int = 0, seed: int = 0) -> Tokens:
    indices = torch.randint(V, (2, K, frames), generator=torch.Generator().manual_seed(seed))
    return Tokens(indices, V, (frames * STRIDE - missing,), "tiny")


@pytest.mark.parametrize("factor", [0.125, 0.3, 0.5, 0.999, 1, 1.5, 2, math.pi, 8])
@pytest.mark.parametrize("frames", [1, 2, 7, 100])
def test_a_stretched_sound_has_the_length_and_the_order_of_frames_it_should(frames: int, factor: float) -> None:
    tokens = make(frames, missing=5)
    longer = time.stretch(tokens, factor, STRIDE)
    (length,) = longer.grid
    assert length == max(1, math.floor(frames * factor + 0.5))
    assert longer.size == (length * STRIDE - 5,)
    assert longer.grid == (-(-longer.size[0] // STRIDE),), "the size is that of the grid"
    taken = [math.floor((i + 0.5) * frames / length) for i in range(length)]
    assert torch.equal(longer.indices, tokens.indices[..., taken])
    assert taken == sorted(taken)


@pytest.mark.parametrize("times", [1, 2, 3, 8])
def test_a_whole_number_of_times_says_every_frame_as_often(times: int) -> None:
    tokens = make(9)
    longer = time.stretch(tokens, times, STRIDE)
    assert torch.equal(longer.indices, tokens.indices.repeat_interleave(times, -1))
    back = time.stretch(longer, 1 / times, STRIDE)
    assert torch.equal(back.indices, tokens.indices) and back.size == tokens.size


@pytest.mark.parametrize("factor", [0, -1, 0.1, 8.1, math.nan, math.inf])
def test_a_factor_beyond_the_limits_is_refused_with_a_sentence(factor: float) -> None:
    with pytest.raises(InputError, match="stretched"):
        time.stretch(make(9), factor, STRIDE)


def test_a_frozen_moment_fills_the_frames_it_is_told_to() -> None:
    tokens = make(9)
    cells = torch.tensor([False, True, True, False, True, False, False, False, False])
    frozen = time.freeze(tokens, 7, cells=cells)
    assert (frozen.indices[..., cells] == tokens.indices[..., 7:8]).all()
    assert torch.equal(frozen.indices[..., ~cells], tokens.indices[..., ~cells])
    assert (time.freeze(tokens, 0).indices == tokens.indices[..., :1]).all()
    assert torch.equal(time.freeze(tokens, 3, cells=torch.arange(9) == 3).indices, tokens.indices)


def test_reversing_twice_changes_nothing() -> None:
    tokens, cells = make(9), torch.arange(9) < 4
    assert torch.equal(time.reverse(tokens).indices, tokens.indices.flip(-1))
    assert torch.equal(time.reverse(tokens, cells=cells).indices[..., :4], tokens.indices[..., :4].flip(-1))
    assert torch.equal(time.reverse(time.reverse(tokens, cells=cells), cells=cells).indices, tokens.indices)


def test_what_it_makes_of_a_sound_is_decoded(voice_codec: Codec) -> None:
    tokens = voice_codec.encode(torch.randn(1, 1, 45))
    edited = [time.stretch(tokens, 1.7, voice_codec.stride), time.freeze(tokens, 2), time.reverse(tokens)]
    for one in edited:
        assert voice_codec.decode(one).shape == (1, 1, *one.size)


def test_a_picture_has_no_time() -> None:
    picture = Tokens(torch.zeros(1, 1, 3, 4, dtype=torch.int64), V, (24, 32))
    for edit in (lambda: time.stretch(picture, 2, 8), lambda: time.freeze(picture, 0), lambda: time.reverse(picture)):
        with pytest.raises(InputError, match="Only sounds"):
            edit()


def test_what_only_a_programmer_can_mend_is_a_value_error() -> None:
    tokens = make(9)
    for edit in (
        lambda: time.freeze(tokens, 9),
        lambda: time.freeze(tokens, -1),
        lambda: time.freeze(tokens, 0, cells=torch.ones(8, dtype=torch.bool)),
        lambda: time.reverse(tokens, cells=torch.ones(9)),
        lambda: time.stretch(tokens, 2, STRIDE + 1),
    ):
        with pytest.raises(ValueError) as error:
            edit()
        assert not isinstance(error.value, InputError)
