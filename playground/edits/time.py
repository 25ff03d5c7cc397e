"""Edits of time: functions from the tokens of a sound to tokens.

A frame is all K codes of one moment. `cells` is a bool mask of the T frames, all of them when missing.
"""

from dataclasses import replace
from math import floor

import torch
from torch import Tensor

from ..core.errors import InputError
from ..core.tokens import Tokens
from .cells import mask_of, mirror

SLOWEST, FASTEST = 8.0, 0.125  # factors of length


def stretch(tokens: Tokens, factor: float, stride: int) -> Tokens:
    """`factor` times as long, at the same pitch: every frame said again, or some left out.

    stride  samples a frame stands for

    T frames become T' = ⌊T · factor + ½⌋, at least 1; the new frame i is the old one
    ⌊(i + ½) · T / T'⌋. What the last frame lacks of `stride` samples it lacks afterwards too.
    Raises InputError for tokens that have no time, or a factor outside FASTEST … SLOWEST,
    ValueError for a stride that is not theirs.
    """
    length = _length(tokens)
    if not FASTEST <= factor <= SLOWEST:
        raise InputError("A sound is stretched {least} to {most} times.", least=FASTEST, most=SLOWEST)
    if -(-tokens.size[0] // stride) != length:
        raise ValueError(f"{length} frames of {stride} samples are not a sound of {tokens.size[0]}")
    longer = max(1, floor(length * factor + 0.5))
    frames = ((2 * torch.arange(longer) + 1) * length) // (2 * longer)  # in whole numbers: the page counts alike
    missing = length * stride - tokens.size[0]
    return replace(tokens, indices=tokens.indices[..., frames], size=(longer * stride - missing,))


def freeze(tokens: Tokens, frame: int, *, cells: Tensor | None = None) -> Tokens:
    """One frame in place of all in `cells`: a moment that lasts. Raises ValueError for a frame there is not."""
    if not 0 <= frame < _length(tokens):
        raise ValueError(f"frame {frame} of {_length(tokens)}")
    return tokens.with_indices(
        torch.where(mask_of(tokens, cells), tokens.indices[..., frame : frame + 1], tokens.indices)
    )


def reverse(tokens: Tokens, *, cells: Tensor | None = None) -> Tokens:
    """The frames back to front. Each by itself still runs forwards: it is no tape played backwards."""
    _length(tokens)
    return mirror(tokens, 0, cells=cells)


def _length(tokens: Tokens) -> int:
    if len(tokens.grid) != 1:
        raise InputError("Only sounds have a time to edit.")
    return tokens.grid[0]
