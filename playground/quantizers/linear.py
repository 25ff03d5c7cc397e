"""A codebook that moves as one: every code is a learned linear image of a fixed point."""

import torch
from torch import Tensor, nn

from .vector import VectorQuantizer


class LinearQuantizer(VectorQuantizer):
    """SimVQ (Zhu et al. 2024, Addressing Representation Collapse in Vector Quantized Models, section 4).

        e_j = W c_j      C frozen, W (D × D) learned

    The gradient of one chosen code moves W, and with it all codes, so that none is left
    behind. Search and losses are those of VQ; the codebook is moved by its loss alone.
    """

    def __init__(self, dim: int, codebook_size: int, *, commitment: float = 0.25) -> None:
        super().__init__(dim, codebook_size, commitment=commitment)
        self.weight.requires_grad_(False)  # C
        self.map = nn.Parameter(torch.eye(dim))  # W

    def codes(self) -> Tensor:
        """(V, D), the images of the points."""
        return self.weight @ self.map.t()
