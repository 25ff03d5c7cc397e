"""How much the parts of one sequence look at each other."""

import torch
import torch.nn.functional as F
from torch import Tensor

from .dit import Trunk
from .generator import Generator
from .transformer import angles, turned


def attention(generator: Generator, indices: Tensor, hidden: Tensor) -> Tensor:
    """(S, S): how much each segment of the sequence (B, T) looks at each, the mean over layers, heads, samples and the
    places of the one who looks. Each row sums to 1."""
    x, condition = generator.placed(indices, hidden)
    looks = likenesses(generator.trunk, x, condition).mean((0, 1, 2))  # (T, T)
    edges = [slice(segment.start, segment.stop) for segment in generator.layout.segments]
    rows = torch.stack([looks[edge].mean(0) for edge in edges])  # (S, T)
    return torch.stack([rows[:, edge].sum(1) for edge in edges], 1)


def likenesses(trunk: Trunk, x: Tensor, condition: Tensor) -> Tensor:
    """(layers, B, heads, T, T): softmax(q kᵀ / √d) in every block, of x (B, T, W) under a condition (B, W)."""
    condition = F.silu(condition)
    modulation = trunk.modulate(condition).unflatten(-1, (1, 6, -1))
    turns = angles(trunk.positions(x.device), trunk.head)
    x, found = x + trunk.places, []
    for block in trunk.blocks:
        queries = turned(block.questions(x, modulation), *turns)
        x, (keys, _) = block(x, modulation, turns, None, False)
        found.append((queries @ keys.transpose(2, 3) * trunk.head**-0.5).softmax(-1))
    return torch.stack(found)
