"""A code alone is steady, exact, and the same however much of it is asked for."""

import torch

from playground.analysis.alone import added
from playground.core.codec import Codec
from playground.core.tokens import Tokens
from playground.models.config import CodecConfig


def test_a_first_code_alone_is_its_own_grid_without_a_border(codec: Codec, config: CodecConfig) -> None:
    rank = config.body.rank
    alone = added(codec, [3], (4,) * rank)
    assert alone.shape[2:] == (4 * codec.stride,) * rank
    grid = (4 + 4 * codec.reach,) * rank  # a wider border than it needs
    whole = codec.decode(Tokens(torch.full((1, 1, *grid), 3), 16, tuple(n * codec.stride for n in grid)))
    inner = slice(2 * codec.reach * codec.stride, (2 * codec.reach + 4) * codec.stride)
    torch.testing.assert_close(alone, whole[(..., *[inner] * rank)], atol=1e-4, rtol=1e-4)


def test_every_cell_of_a_code_alone_is_like_the_next(codec: Codec, config: CodecConfig) -> None:
    rank = config.body.rank
    alone, one = added(codec, [3], (4,) * rank), added(codec, [3], (1,) * rank)
    torch.testing.assert_close(alone, alone.roll(codec.stride, -1), atol=1e-4, rtol=1e-4)
    torch.testing.assert_close(one, alone[(..., *[slice(codec.stride)] * rank)], atol=1e-4, rtol=1e-4)


def test_what_a_later_code_adds_and_what_it_stands_on_make_the_whole(voice_codec: Codec) -> None:
    below, above = added(voice_codec, [3], (5,)), added(voice_codec, [3, 7], (5,))
    frames = 5 + 2 * voice_codec.reach
    indices = torch.tensor([[3], [7]]).expand(1, 2, frames)
    whole = voice_codec.decode(Tokens(indices, 16, (frames * voice_codec.stride,)))
    inner = whole[..., voice_codec.reach * voice_codec.stride :][..., : below.shape[-1]]
    torch.testing.assert_close(below + above, inner, atol=1e-4, rtol=1e-4)
    assert above.abs().max() > 0.01
