"""The network of every prior: a transformer that is told at each layer what is wanted."""

from dataclasses import dataclass
from math import prod

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .transformer import angles, turned

Past = list[tuple[Tensor, Tensor]]  # of each block the keys and values (B, heads, T, head) of what came before


@dataclass(frozen=True)
class TrunkConfig:
    """The shape of a trunk.

    grid   its positions: (K, h, w) or (K, t); K codebooks, the coarse one first
    width  channels
    depth  blocks
    head   channels of one attention head
    """

    grid: tuple[int, ...] = (1, 8, 8)
    width: int = 160
    depth: int = 5
    head: int = 32

    @property
    def length(self) -> int:
        """T, positions in all."""
        return prod(self.grid)


class Block(nn.Module):
    """x + a·attention(norm(x)), then x + a·MLP(norm(x)), both norms shifted and scaled by what is wanted.

    adaLN-zero (Peebles, Xie 2023, Scalable Diffusion Models with Transformers, section 3.2): the
    shifts, scales and gates a are made of the condition, and the gates begin at zero.
    """

    def __init__(self, width: int, head: int) -> None:
        super().__init__()
        if width % head:
            raise ValueError(f"a width of {width} is not a number of heads of {head} channels")
        self.head = head
        self.ask, self.tell = nn.Linear(width, 3 * width, bias=False), nn.Linear(width, width, bias=False)
        self.widen, self.narrow = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)
        self.own = nn.Parameter(torch.zeros(6 * width))  # added to the modulation that all blocks share

    def forward(
        self, x: Tensor, modulation: Tensor, turns: tuple[Tensor, Tensor], past: tuple | None, causal: bool
    ) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        """x (B, T, W), modulation (B, 1, 6, W) → the same x further on, and its keys and values with the past's."""
        rows = modulation + self.own.to(modulation.dtype).unflatten(0, (6, -1))
        shift, scale, gate, shift_after, scale_after, gate_after = rows.unbind(2)  # each (B, 1, W)
        mixed, kept = self._mixed(_even(x) * (1 + scale) + shift, turns, past, causal)
        x = x + gate * self.tell(mixed)
        after = _even(x) * (1 + scale_after) + shift_after
        return x + gate_after * self.narrow(F.silu(self.widen(after))), kept

    def questions(self, x: Tensor, modulation: Tensor) -> Tensor:
        """(B, heads, T, head), what each place of x asks of the others, before it is turned by its place."""
        rows = modulation + self.own.to(modulation.dtype).unflatten(0, (6, -1))
        asked = self.ask(_even(x) * (1 + rows[:, :, 1]) + rows[:, :, 0]).chunk(3, -1)[0]
        return asked.unflatten(-1, (-1, self.head)).transpose(1, 2)

    def _mixed(
        self, x: Tensor, turns: tuple[Tensor, Tensor], past: tuple | None, causal: bool
    ) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        batch, length, width = x.shape
        parts = self.ask(x).reshape(batch, length, 3, width // self.head, self.head).permute(2, 0, 3, 1, 4)
        queries, keys, values = parts.unbind(0)  # (B, heads, T, head)
        queries, keys = (turned(part, *turns) for part in (queries, keys))
        if past:
            keys, values = (torch.cat([old, new], 2) for old, new in zip(past, (keys, values), strict=True))
        mixed = _attention(queries, keys, values, causal and past is None)  # with a past the new one may see it all
        return mixed.transpose(1, 2).reshape(batch, length, width), (keys, values)


def _attention(queries: Tensor, keys: Tensor, values: Tensor, causal: bool) -> Tensor:
    """softmax(q kᵀ / √d) v, each (B, heads, T, d); causal: nothing sees what comes after it.

    Written out, since of the fused kernels the one for processors takes five times as long backwards.
    """
    likeness = queries @ keys.transpose(2, 3) * queries.shape[-1] ** -0.5  # (B, heads, T, T)
    if causal:
        after = torch.ones(likeness.shape[2:], dtype=torch.bool, device=likeness.device).triu(1)
        likeness = likeness.masked_fill(after, -torch.inf)
    return likeness.softmax(-1).to(values.dtype) @ values


def _even(x: Tensor) -> Tensor:
    """Root mean square norm over channels, with no gain of its own: the condition gives it one."""
    return F.rms_norm(x, x.shape[-1:], eps=1e-6)


class Trunk(nn.Module):
    """(B, T, W) → (B, T, W) by blocks that all see the same condition (B, W).

    What makes six rows of modulation of the condition is shared by all blocks, each of which only
    adds rows of its own (Chen et al. 2023, PixArt-α, section 2.3): half the weights, hardly worse.
    """

    def __init__(self, config: TrunkConfig) -> None:
        super().__init__()
        width = config.width
        self.places = nn.Parameter(0.02 * torch.randn(config.length, width))
        self.modulate = nn.Linear(width, 6 * width)
        self.blocks = nn.ModuleList(Block(width, config.head) for _ in range(config.depth))
        self.finish = nn.Linear(width, 2 * width)
        self.grid, self.head = config.grid, config.head
        for layer in (self.modulate, self.finish):
            nn.init.zeros_(layer.weight)  # every block starts as the identity: adaLN-zero
            nn.init.zeros_(layer.bias)

    def forward(
        self, x: Tensor, condition: Tensor, *, past: Past | None = None, causal: bool = False
    ) -> tuple[Tensor, Past]:
        """x (B, T, W), at the places after the `past`'s → the same further on, and what is past then."""
        start = past[0][0].shape[2] if past else 0
        here = slice(start, start + x.shape[1])
        condition = F.silu(condition)
        modulation = self.modulate(condition).unflatten(-1, (1, 6, -1))  # (B, 1, 6, W)
        # In training all of it runs in half precision, or the layers would mostly wait for conversions.
        cosines, sines = (each.to(modulation.dtype) for each in angles(self.positions(x.device)[here], self.head))
        x, kept = (x + self.places[here]).to(modulation.dtype), []
        for i, block in enumerate(self.blocks):
            x, pair = block(x, modulation, (cosines, sines), past[i] if past else None, causal)
            kept.append(pair)
        shift, scale = self.finish(condition).unflatten(-1, (1, 2, -1)).unbind(2)
        return _even(x) * (1 + scale) + shift, kept

    def positions(self, device: torch.device) -> Tensor:
        """(T, axes): codebook, row and column of each position, without axes along which there is only one."""
        axes = [torch.arange(length, device=device) for length in self.grid if length > 1]
        axes = axes or [torch.arange(1, device=device)]
        return torch.stack(torch.meshgrid(*axes, indexing="ij"), -1).reshape(-1, len(axes))


class Wanted(nn.Module):
    """Labels (B, N), a share of each, → (B, W). A row of zeros wants nothing in particular."""

    def __init__(self, labels: int, width: int, *, narrow: int = 64) -> None:
        super().__init__()
        self.labels = nn.Linear(labels, narrow, bias=False)  # many labels, so few channels
        self.widen = nn.Sequential(nn.Linear(narrow, width), nn.SiLU(), nn.Linear(width, width))
        nn.init.normal_(self.labels.weight)

    def forward(self, wanted: Tensor) -> Tensor:
        size = wanted.square().sum(1, keepdim=True).sqrt().clamp(min=1e-6)
        return self.widen(self.labels(wanted / size))


class Moment(nn.Module):
    """Times (B,) in [0, 1] → (B, W), by waves of many lengths (Vaswani et al. 2017, section 3.5)."""

    def __init__(self, width: int, *, waves: int = 64) -> None:
        super().__init__()
        self.waves = waves
        self.widen = nn.Sequential(nn.Linear(2 * waves, width), nn.SiLU(), nn.Linear(width, width))

    def forward(self, time: Tensor) -> Tensor:
        paces = 1000 * 10_000 ** (-torch.arange(self.waves, device=time.device) / self.waves)
        turns = time[:, None] * paces
        return self.widen(torch.cat([turns.cos(), turns.sin()], -1))
