"""Where on a path each token flips, and how far from every code the path runs."""

from collections.abc import Iterable
from dataclasses import dataclass

import torch
from torch import Tensor

from ..core.codec import Codec


@dataclass(frozen=True, eq=False)
class Flips:
    """Every change of a token along a path, in the order of the path.

    steps   (N,) int64, the place at which the token is another one for the first time, from 1 on
    levels  (N,) int64, its codebook
    cells   (N,) int64, its cell in reading order
    codes   (N,) int64, what it is from then on
    far     (places,) mean distance of a latent to its code, in units of code space
    """

    steps: Tensor
    levels: Tensor
    cells: Tensor
    codes: Tensor
    far: Tensor


def find_flips(codec: Codec, path: Iterable[Tensor], size: tuple[int, ...]) -> Flips:
    """What happens to the tokens along latents (1, D, *grid) that follow each other, at least one."""
    before, found, far = None, [], []
    for step, latents in enumerate(path):
        tokens = codec.snap(latents, size)
        far.append((latents - codec.embed(tokens)).norm(dim=1).mean())
        now = tokens.indices[0].flatten(1)  # (K, cells)
        if before is not None:
            levels, cells = (now != before).nonzero(as_tuple=True)
            found.append(torch.stack([torch.full_like(cells, step), levels, cells, now[levels, cells]]))
        before = now
    steps, levels, cells, codes = torch.cat([torch.empty(4, 0, dtype=torch.int64), *found], 1)
    return Flips(steps, levels, cells, codes, torch.stack(far))
