"""Vector quantization on the sphere: only the direction of a latent counts."""

import torch.nn.functional as F
from torch import Tensor

from .vector import VectorQuantizer


class CosineQuantizer(VectorQuantizer):
    """VQ with l2-normalised latents and codes (Yu et al. 2021, ViT-VQGAN, section 3.2).

        u = z / |z|      q(z) = e_k / |e_k|,  k = argmin_j |u − e_j / |e_j||

    which is the code with the greatest cosine. Meant for few channels ("factorised" codes:
    the layers before and after it project to and from them), where directions spread out
    and codes stay in use. The losses are those of VQ, between points of the sphere.
    """

    def codes(self) -> Tensor:
        """(V, D), unit vectors."""
        return F.normalize(self.weight, dim=1)

    def project(self, features: Tensor) -> Tensor:
        """(B, D, *grid) → the same on the unit sphere."""
        return normalised(features)


def normalised(features: Tensor) -> Tensor:
    """(B, D, *grid) on the unit sphere, as `F.normalize` along the channels in a sixth of its time (10 channels)."""
    return features * features.square().sum(1, keepdim=True).clamp(min=1e-24).rsqrt()
