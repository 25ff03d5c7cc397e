"""The rotation trick: another way for gradients to get around the choice of a code."""

import torch.nn.functional as F
from torch import Tensor

from ..core.codec import Quantized
from .vector import VectorQuantizer


class RotationQuantizer(VectorQuantizer):
    """VQ whose gradient is turned as the latent is (Fifty et al. 2024, Restructuring Vector Quantization, section 4).

        q(z) = λ R z      R turns z/|z| onto e/|e|,  λ = |e| / |z|,  both constant for the gradient

    The forward pass is that of VQ. Where straight-through hands the gradient at e to z as it
    stands, here it keeps its angle to the vector: latents of one cell that lie apart are
    pushed apart or together rather than all alike.
    """

    def straight_through(self, latents: Tensor) -> Quantized:
        """(B, D, *grid) → Quantized, with the gradient λ Rᵀ g in place of g."""
        quantized = super().straight_through(latents)
        codes = quantized.latents.detach()
        return Quantized(rotate(latents, codes), quantized.indices, quantized.loss)


def rotate(latents: Tensor, codes: Tensor) -> Tensor:
    """λ R z (B, D, *grid), which equals `codes`; R and λ do not take part in the gradient.

    R is the rotation in the plane of u = z/|z| and v = e/|e|: two reflections (same paper, section 4.3),
    R z = z − 2 (z·w) w + 2 (z·u) v with w = (u + v) / |u + v|.
    """
    start, end = latents.detach(), codes.detach()
    u, v = F.normalize(start, dim=1), F.normalize(end, dim=1)
    w = F.normalize(u + v, dim=1)
    turned = latents - 2 * (latents * w).sum(1, keepdim=True) * w + 2 * (latents * u).sum(1, keepdim=True) * v
    return turned * (end.norm(dim=1, keepdim=True) / start.norm(dim=1, keepdim=True).clamp(min=1e-12))
