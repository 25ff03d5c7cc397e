"""Games with codebooks: other vectors behind the same numbers, or fewer codes to choose from."""

from collections.abc import Sequence

import torch
from torch import Tensor

from ..core.codec import Codec
from ..core.errors import InputError
from ..core.tokens import Tokens

CHUNK = 4096  # rows of distances at a time


def permute(tokens: Tokens, seed: int) -> Tokens:
    """Every codebook is renumbered in an order drawn from `seed`, and nobody tells the decoder."""
    generator = torch.Generator().manual_seed(seed)
    renamed = [
        torch.randperm(tokens.codebook_size, generator=generator)[tokens.indices[:, k]]
        for k in range(tokens.num_codebooks)
    ]
    return tokens.with_indices(torch.stack(renamed, 1))


def exchange_levels(tokens: Tokens, i: int, j: int) -> Tokens:
    """What codebook i says is read in codebook j, and the other way round. Raises ValueError for one there is not."""
    if not (0 <= i < tokens.num_codebooks and 0 <= j < tokens.num_codebooks):
        raise ValueError(f"codebooks {i} and {j} of {tokens.num_codebooks}")
    order = list(range(tokens.num_codebooks))
    order[i], order[j] = j, i
    return tokens.with_indices(tokens.indices[:, order])


def read_by(other: Codec, tokens: Tokens) -> Tokens:
    """The same numbers as tokens of another codec. Raises InputError where its codebooks have another shape."""
    quantizer = other.quantizer
    if (quantizer.codebook_size, quantizer.num_codebooks) != (tokens.codebook_size, tokens.num_codebooks):
        raise InputError("“{codec}” has codebooks of another shape.", codec=other.name)
    if tuple(-(-length // other.stride) for length in tokens.size) != tokens.grid:
        raise InputError("“{codec}” has cells of another size.", codec=other.name)
    return Tokens(tokens.indices, tokens.codebook_size, tokens.size, other.name)


def with_palette(codec: Codec, latents: Tensor, allowed: Sequence[Tensor], size: tuple[int, ...]) -> Tokens:
    """(1, D, *grid) quantized with some of the codes only: for each codebook the numbers that may be used, (A,) int64.

    Greedy, as residual codes are: each codebook takes the nearest of its allowed codes to what those before left over.
    Of a codec whose codebooks are nested, or that has one. Raises ValueError where a codebook may use none.
    """
    grid = latents.shape[2:]
    left, chosen = latents[0].flatten(1).T, []  # (cells, D)
    for k, codes in enumerate(allowed):
        if codes.numel() == 0:
            raise ValueError(f"codebook {k} may use no code")
        vectors = codec.codebook(k)[codes]  # (A, D)
        nearest = torch.cat([torch.cdist(rows, vectors).argmin(1) for rows in left.split(CHUNK)])
        chosen.append(codes[nearest])
        left = left - vectors[nearest]
    return Tokens(torch.stack(chosen).reshape(1, -1, *grid), codec.quantizer.codebook_size, tuple(size), codec.name)
