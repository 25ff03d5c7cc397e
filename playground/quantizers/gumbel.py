"""A random choice of code that gradients can pass: training draws, use takes the likeliest."""

import math

import torch.nn.functional as F
from torch import Tensor

from ..core.codec import Quantized
from .vector import VectorQuantizer, flatten


class GumbelQuantizer(VectorQuantizer):
    """Gumbel-softmax (Jang, Gu, Poole 2017; Ramesh et al. 2021, DALL-E, section 2.1).

        p_j ∝ exp(−|z − e_j|²)      y = softmax((log p + g) / τ),  g Gumbel noise      q = Σ y_j e_j

    In training y is made one-hot, with the gradient of the soft y (straight-through Gumbel);
    in eval the likeliest code is taken, which is the nearest. The loss is the divergence
    KL(p ‖ uniform), DALL-E's, which keeps all codes in play.
    """

    def __init__(self, dim: int, codebook_size: int, *, temperature: float = 1.0, divergence: float = 5e-4) -> None:
        """temperature  τ: high is soft, low is sure. divergence  weight of the KL loss."""
        super().__init__(dim, codebook_size)
        self.temperature, self.divergence = temperature, divergence

    def straight_through(self, latents: Tensor) -> Quantized:
        """(B, D, *grid) → Quantized; in training the indices are drawn, in eval they are `nearest`."""
        vectors = flatten(latents).float()  # (N, D)
        logits = -(vectors.square().sum(1, keepdim=True) - 2 * vectors @ self.weight.t() + self.weight.square().sum(1))
        if self.training:
            choice = F.gumbel_softmax(logits, self.temperature, hard=True)  # (N, V)
        else:
            soft = logits.softmax(1)
            hard = F.one_hot(logits.argmax(1), self.codebook_size)
            choice = soft + (hard - soft).detach()
        batch, _, *grid = latents.shape
        codes = (choice @ self.weight).reshape(batch, *grid, self.dim).movedim(-1, 1)
        log_p = logits.log_softmax(1)
        loss = self.divergence * (log_p.exp() * (log_p + math.log(self.codebook_size))).sum(1).mean()
        return Quantized(codes, choice.argmax(1).reshape(batch, 1, *grid), loss)
