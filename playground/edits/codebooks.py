"""Edits of whole codebooks: functions from tokens of several codebooks to tokens."""

from collections.abc import Mapping
from dataclasses import replace

import torch
from torch import Tensor

from ..core.tokens import Tokens
from .cells import check_alike, erase, mask_of


def drop(tokens: Tokens, mean_codes: Mapping[int, int], *, cells: Tensor | None = None) -> Tokens:
    """Some codebooks say as little as they can: each cell of codebook k takes `mean_codes[k]`.

    mean_codes  number of a codebook → its code nearest to the mean latent
    cells       (*grid) bool, all when missing

    Tokens of which the last codebooks are cut off are `tokens.first(k)`. One in the middle cannot
    be cut out, since the later ones build on it, and has no code for “nothing”: its mean code is
    as near to that as it comes. Raises ValueError for a codebook there is not.
    """
    for k, code in mean_codes.items():
        tokens = erase(tokens, mask_of(tokens, cells), code, k=k)
    return tokens


def graft(a: Tokens, b: Tokens, m: int) -> Tokens:
    """Codebooks 1 … m from `a`, the rest from `b`, as far as both reach: one voice's words with the other's detail.

    Residual codes of b's later codebooks were chosen for what b's first ones left over, so in
    this company they are off by as much as the two differ. Raises InputError when a and b are
    not of one codec, ValueError unless 0 ≤ m ≤ K.
    """
    check_alike(a, b)
    if not 0 <= m <= a.num_codebooks:
        raise ValueError(f"{m} of {a.num_codebooks} codebooks")
    both = tuple(slice(0, min(lengths)) for lengths in zip(a.grid, b.grid, strict=True))
    first, rest = a.indices[(..., *both)][:, :m], b.indices[(..., *both)][:, m:]
    return replace(a, indices=torch.cat([first, rest], 1), size=tuple(map(min, a.size, b.size)))
