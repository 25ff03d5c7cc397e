"""The optimiser of every training: Muon for the matrices within a network, AdamW for everything else."""

import torch
from torch import Tensor, nn

ADAM = ("step", "exp_avg", "exp_avg_sq")
MUON = ("momentum_buffer",)


class Optimizer:
    """Muon (Jordan et al. 2024) with AdamW (Loshchilov, Hutter 2019) at one learning rate.

    A convolution inside the network is a matrix (out, in · window); Muon moves it by the
    nearest orthogonal matrix to its momentum, scaled to the size of an AdamW step (Liu et
    al. 2025, section 2.2). Gains, biases, and the first and last layer of each half, whose
    sides are samples or codes rather than features, stay with AdamW. Measured on photographs,
    600 steps from the same weights: 0.04 dB more than AdamW alone, for 9 % more time a step.
    """

    def __init__(self, weights: dict[str, nn.Parameter]) -> None:
        """weights  by name, "half.….weight": encoder and decoder each in the order of their layers."""
        inner = _inner(weights)
        self.matrices = {name: _Matrix(weights[name]) for name in inner}
        self.others = {name: weight for name, weight in weights.items() if name not in inner}
        self.parts: list[torch.optim.Optimizer] = [
            torch.optim.AdamW(self.others.values(), betas=(0.9, 0.99), weight_decay=0.01, fused=True)
        ]
        if inner:
            flat = [matrix.flat for matrix in self.matrices.values()]
            self.parts.append(torch.optim.Muon(flat, weight_decay=0.01, adjust_lr_fn="match_rms_adamw"))

    def step(self, learning_rate: float) -> None:
        """Moves the weights along their gradients, and forgets those."""
        for matrix in self.matrices.values():
            matrix.take_gradient()
        for part in self.parts:
            for group in part.param_groups:
                group["lr"] = learning_rate
            part.step()
            part.zero_grad(set_to_none=True)

    def tensors(self) -> dict[str, Tensor]:
        """What a resumed training needs, "adam.….weight" and "muon.….weight"."""
        adam, *muon = self.parts
        kept = {f"adam.{key}.{name}": adam.state[w][key] for name, w in self.others.items() for key in ADAM}
        for part in muon:
            for name, matrix in self.matrices.items():
                kept |= {f"muon.{key}.{name}": part.state[matrix.flat][key] for key in MUON}
        return kept

    def restore(self, tensors: dict[str, Tensor]) -> None:
        """Takes back what `tensors` gave."""
        adam, *muon = self.parts
        for name, weight in self.others.items():
            adam.state[weight] = {key: _like(weight, tensors[f"adam.{key}.{name}"]) for key in ADAM}
        for part in muon:
            for name, matrix in self.matrices.items():
                part.state[matrix.flat] = {key: tensors[f"muon.{key}.{name}"].clone() for key in MUON}


class _Matrix:
    """A convolution's weight seen as a matrix, in the same memory."""

    def __init__(self, weight: nn.Parameter) -> None:
        self.weight = weight
        self.flat = nn.Parameter(_flat(weight.detach(), weight.is_contiguous()))
        if self.flat.data_ptr() != weight.data_ptr():
            raise ValueError("a weight in this memory format has no flat view")

    def take_gradient(self) -> None:
        self.flat.grad, self.weight.grad = _flat(self.weight.grad, self.weight.is_contiguous()), None


def _flat(tensor: Tensor, contiguous: bool) -> Tensor:
    # The order of the columns means nothing here, so it may be that of the memory.
    return tensor.flatten(1) if contiguous else tensor.movedim(1, -1).flatten(1)


def _inner(weights: dict[str, nn.Parameter]) -> set[str]:
    """The convolutions and linear layers that are neither the first nor the last of encoder or decoder."""
    halves: dict[str, list[str]] = {}
    for name, weight in weights.items():
        if weight.ndim >= 2 and not name.startswith("quantizer."):
            halves.setdefault(name.split(".")[0], []).append(name)
    return {name for names in halves.values() for name in names[1:-1]}


def _like(weight: Tensor, saved: Tensor) -> Tensor:
    """A copy in the memory layout of the weight, without which every step is slower."""
    return torch.empty_like(weight).copy_(saved) if saved.shape == weight.shape else saved.clone()
