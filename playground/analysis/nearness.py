"""How near a picture comes to any of many others: is it new, or a copy?"""

import torch
import torch.nn.functional as F
from torch import Tensor

TOGETHER = 256  # pictures compared at a time
STEP = 2  # pixels between two places at which a picture that may have moved is looked for


def nearest_pictures(
    pictures: Tensor, known: Tensor, *, count: int = 1, shift: int = 0, mirrored: bool = False
) -> tuple[Tensor, Tensor]:
    """Pictures (N, C, H, W) in [−1, 1] and known ones (M, C, H, W) uint8 → distances (N, count) and which (N, count).

    A distance is the root of the mean squared difference, 0 … 1 of the whole range. With a `shift` the
    picture is also compared moved by up to so many pixels, `mirrored` the other way round too, and the least counts:
    a copy that was moved is still a copy.
    """
    queries = torch.stack(
        [view.flatten(1) for view in _views(pictures.float() / 2 + 0.5, shift, mirrored)]
    )  # (v, N, P)
    size = queries.square().sum(-1)  # (v, N)
    parts = []
    for part in known.flatten(1).split(TOGETHER):
        part = part.float() / 255  # (m, P)
        apart = size[..., None] + part.square().sum(1) - 2 * queries @ part.t()  # (v, N, m)
        parts.append(apart.amin(0))
    apart = (torch.cat(parts, 1).clamp(min=0) / queries.shape[-1]).sqrt()  # (N, M)
    found = apart.topk(min(count, apart.shape[1]), largest=False)
    return found.values, found.indices


def _views(pictures: Tensor, shift: int, mirrored: bool) -> list[Tensor]:
    """The pictures, moved and mirrored in all the ways that count as the same; what moves in repeats the edge."""
    height, width = pictures.shape[2:]
    wide = F.pad(pictures, [shift] * 4, mode="replicate") if shift else pictures
    places = range(0, 2 * shift + 1, STEP)
    moved = [wide[..., y : y + height, x : x + width] for y in places for x in places]
    return moved + [view.flip(-1) for view in moved] if mirrored else moved
