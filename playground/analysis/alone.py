"""A code by itself: what it adds to a signal that is made of nothing else."""

import torch
from torch import Tensor

from ..core.codec import Codec
from ..core.tokens import Tokens


@torch.inference_mode()
def added(codec: Codec, codes: list[int], cells: tuple[int, ...]) -> Tensor:
    """(1, C, *size), a window of `cells` along each axis: what the last of `codes` adds to those before it.

    codes  one for each of the first codebooks

    A residual code means nothing alone, so two grids are decoded, one filled with all the codes
    and one without the last of them, and the difference is given. The first codebook's codes
    stand on nothing: such a code is what its own grid decodes to. The grids are larger than
    the window by the reach of the decoder, so that no border is in it.
    """
    signal = _filled(codec, codes, cells)
    return signal - _filled(codec, codes[:-1], cells) if len(codes) > 1 else signal


@torch.inference_mode()
def repeated(codec: Codec, codes: list[int], cells: tuple[int, ...]) -> Tensor:
    """(1, C, *size): a signal of that many cells along each axis, all of them with these codes.

    For signals that have no difference, such as texts, and for decoders that reach everywhere.
    """
    indices = torch.tensor(codes).reshape(1, -1, *[1] * len(cells)).expand(1, -1, *cells)
    size = tuple(count * codec.stride for count in cells)
    return codec.decode(Tokens(indices, codec.quantizer.codebook_size, size, codec.name))


def _filled(codec: Codec, codes: list[int], cells: tuple[int, ...]) -> Tensor:
    """The window in a grid whose every cell has the same codes."""
    grid = tuple(count + 2 * codec.reach for count in cells)
    indices = torch.tensor(codes).reshape(1, -1, *[1] * len(grid)).expand(1, -1, *grid)
    tokens = Tokens(indices, codec.quantizer.codebook_size, tuple(n * codec.stride for n in grid), codec.name)
    return codec.decode_window(tokens, tuple(slice(codec.reach, codec.reach + count) for count in cells))
