"""How far each sense of a joint model can be relied on for what it is given: weight, confidence, in-domain score.

The senses learned from clean and from mildly disturbed items, so their own precision says little of a scribble, a tone
or a nonsense word. A small network for each sense reads the same features and corrects that; the senses stay frozen.
"""

from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from ..core.errors import InputError
from .folder import shown
from .joint import Joint
from .senses import Opinion

RELIABILITY = "reliability.safetensors"
HIDDEN = 48
SUREST = 2.0  # largest factor of the logits
LEAST_WEIGHT = 1e-4  # of a sense among others


@dataclass(frozen=True, eq=False)
class Trust:
    """Of one sense, each (B,).

    weight      0 … 1, the factor of its precision in the product of experts
    confidence  0 … 2, the factor of the logits of its belief
    known       0 … 1, probability that what it is given is of a kind that was learned (in-domain)
    """

    weight: Tensor
    confidence: Tensor
    known: Tensor


class Reliability(nn.Module):
    """Features (B, F) of a sense → Trust: standardised, one hidden layer, three outputs.

    sizes  sense → F
    """

    def __init__(self, sizes: dict[str, int]) -> None:
        super().__init__()
        self.heads = nn.ModuleDict()
        for sense, size in sizes.items():
            layers = [nn.Linear(size, HIDDEN), nn.SiLU(), nn.Dropout(0.2), nn.Linear(HIDDEN, 3)]
            self.heads[sense] = nn.Sequential(*layers)
            self.register_buffer(f"mean_{sense}", torch.zeros(size))
            self.register_buffer(f"scale_{sense}", torch.ones(size))

    def standardise(self, sense: str, features: Tensor) -> None:
        """Takes mean and standard deviation of (N, F) features."""
        getattr(self, f"mean_{sense}").copy_(features.mean(0))
        getattr(self, f"scale_{sense}").copy_(features.std(0).clamp(min=1e-3))

    def forward(self, sense: str, features: Tensor) -> Trust:
        x = (features.float() - getattr(self, f"mean_{sense}")) / getattr(self, f"scale_{sense}")
        weight, confidence, known = self.heads[sense](x.clamp(-10, 10)).unbind(1)
        known = torch.sigmoid(known)
        weight = (
            LEAST_WEIGHT + (1 - LEAST_WEIGHT) * torch.sigmoid(weight + 3) * known
        )  # what is not known counts little
        return Trust(weight, SUREST * torch.sigmoid(confidence), known)


def full_trust(count: int) -> Trust:
    """What every sense had before any was measured."""
    ones = torch.ones(count)
    return Trust(ones, ones, ones)


def relative(trust: dict[str, Trust]) -> dict[str, Tensor]:
    """Sense → weight (B,) as a share of the greatest of each item: nothing is lost of a sense that is alone. What it
    says stays the same, only how sure it is does not."""
    greatest = torch.stack([each.weight for each in trust.values()]).amax(0)
    return {sense: each.weight / greatest for sense, each in trust.items()}


def weighted(opinions: dict[str, Opinion], weights: dict[str, Tensor], trust: dict[str, Trust]) -> Tensor:
    """(B,) confidence of what is fused: the mean of the senses' own, each by what it contributes to the precision."""
    parts = {sense: weights[sense] * opinion.precision.mean(1) for sense, opinion in opinions.items()}
    total = sum(parts.values()).clamp(min=1e-9)
    return sum(parts[sense] / total * trust[sense].confidence for sense in parts)


def sizes_of(joint: Joint) -> dict[str, int]:
    """Sense → number of its features."""
    return {sense: network.opining.last.in_features for sense, network in joint.senses.items()}


def write_reliability(folder: Path, reliability: Reliability) -> None:
    """Writes reliability.safetensors, in half precision."""
    tensors = {name: tensor.half().contiguous() for name, tensor in reliability.state_dict().items()}
    save_file(tensors, folder / RELIABILITY)


def read_reliability(folder: Path, joint: Joint) -> Reliability | None:
    """What `write_reliability` wrote, frozen; None where there is no such file. Raises InputError for a broken one."""
    path = folder / RELIABILITY
    if not path.is_file():
        return None
    reliability = Reliability(sizes_of(joint))
    try:
        reliability.load_state_dict({name: tensor.float() for name, tensor in load_file(path).items()})
    except (OSError, SafetensorError, RuntimeError):
        raise InputError("{file} belongs to another model.", file=shown(path)) from None
    return reliability.eval().requires_grad_(False)
