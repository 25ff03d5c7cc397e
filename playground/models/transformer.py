"""Transformer blocks: every position looks at every other (Vaswani et al. 2017, Attention Is All You Need)."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

HEAD = 64  # channels of one head


class Attention(nn.Module):
    """Self-attention among the positions of (B, C, T), with rotary positions and before-norm.

        x + W softmax(q kᵀ / √d) v, then x + MLP(x)

    Queries and keys are turned by an angle that grows with their place, so that only distances
    count (Su et al. 2021, RoFormer, eq. 34): what was learned on short texts holds for long ones.
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        if width % HEAD:
            raise ValueError(f"a width of {width} is not a number of heads of {HEAD} channels")
        self.heads = width // HEAD
        self.norm, self.norm_after = nn.Parameter(torch.ones(width)), nn.Parameter(torch.ones(width))
        self.ask = nn.Linear(width, 3 * width, bias=False)
        self.tell = nn.Linear(width, width, bias=False)
        self.widen, self.narrow = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)
        for last in (self.tell.weight, self.narrow.weight, self.narrow.bias):
            nn.init.zeros_(last)  # starts as the identity, so depth costs nothing at first

    def forward(self, x: Tensor) -> Tensor:
        x = x.transpose(1, 2)  # (B, T, C)
        x = x + self.tell(self._mixed(_normed(x, self.norm)))
        x = x + self.narrow(F.silu(self.widen(_normed(x, self.norm_after))))
        return x.transpose(1, 2)  # (B, C, T)

    def _mixed(self, x: Tensor) -> Tensor:
        batch, length, width = x.shape
        parts = self.ask(x).reshape(batch, length, 3, self.heads, HEAD).permute(2, 0, 3, 1, 4)
        queries, keys, values = parts.unbind(0)  # (B, heads, T, HEAD)
        cosines, sines = angles(torch.arange(length, device=x.device)[:, None], HEAD)
        queries, keys = (turned(part, cosines, sines) for part in (queries, keys))
        mixed = F.scaled_dot_product_attention(queries, keys, values)
        return mixed.transpose(1, 2).reshape(batch, length, width)


def _normed(x: Tensor, weight: Tensor) -> Tensor:
    """Root mean square norm over channels (Zhang, Sennrich 2019)."""
    return F.rms_norm(x, weight.shape, weight.to(x.dtype), eps=1e-6)  # a weight of another type misses the fused kernel


def angles(places: Tensor, width: int) -> tuple[Tensor, Tensor]:
    """(T, width / 2) cosines and sines of places (T, axes): each pair of channels turns at a pace of its own.

    With several axes (row, column) each has an equal share of the pairs. Raises ValueError where they cannot share.
    """
    axes = places.shape[1]
    if width % (2 * axes):
        raise ValueError(f"{width} channels are no equal pairs for {axes} axes")
    paces = 10_000 ** (-torch.arange(0, width, 2 * axes, device=places.device) / width)
    turns = (places[:, :, None] * paces).flatten(1)  # (T, width / 2)
    return turns.cos(), turns.sin()


def turned(x: Tensor, cosines: Tensor, sines: Tensor) -> Tensor:
    """(…, T, width), each pair of channels turned by its angle, as precisely as that is given."""
    a, b = x.to(cosines.dtype).chunk(2, -1)
    return torch.cat([a * cosines - b * sines, a * sines + b * cosines], -1).to(x.dtype)
