"""No quantization: the continuous twin of every codec here, a variational autoencoder."""

from collections.abc import Iterator

import torch
from torch import Tensor, nn

from ..core.codec import Quantized
from .vector import along


class GaussianBottleneck(nn.Module):
    """VAE (Kingma, Welling 2014, Auto-Encoding Variational Bayes, section 3; noise as in Rybkin et al. 2021, σ-VAE).

        z = μ + σ ε,  ε ~ N(0, 1)      loss = w · ½ (μ² + σ² − 1 − log σ²)

    Features are μ; σ is one learned number a channel, the same at every position. The loss is
    the divergence of N(μ, σ²) from N(0, 1), a mean over all numbers. There are no codes: what
    a position carries is bounded by the noise alone, ½ log₂(1 + μ²/σ²) bits a channel.
    """

    num_codebooks = 0
    codebook_size = 0
    tables = ()

    def __init__(self, dim: int, *, divergence: float = 1e-3) -> None:
        """divergence  w, the weight of the loss."""
        super().__init__()
        self.dim, self.divergence = dim, divergence
        self.log_variance = nn.Parameter(torch.full((dim,), -4.0))

    def project(self, features: Tensor) -> Tensor:
        """Features are the means: (B, D, *grid) both."""
        return features

    def given(self, latents: Tensor, indices: Tensor | None = None) -> Iterator[Tensor]:
        """What each table is given: there is none."""
        yield from ()

    def nearest(self, latents: Tensor) -> Tensor:
        """(B, D, *grid) → (B, 0, *grid): no code is chosen."""
        return torch.empty(len(latents), 0, *latents.shape[2:], dtype=torch.int64)

    def lookup(self, indices: Tensor) -> Tensor:
        """Raises ValueError: there is nothing to look up."""
        raise ValueError("a continuous codec has no codes")

    def codebook(self, k: int = 0) -> Tensor:
        """Raises ValueError: there is none."""
        raise ValueError("a continuous codec has no codebook")

    def straight_through(self, latents: Tensor) -> Quantized:
        """(B, D, *grid) → Quantized: in training with noise, in eval the means as they are."""
        log_variance = along(self.log_variance, latents)
        loss = self.divergence * (latents.square() + log_variance.exp() - 1 - log_variance).mean() / 2
        noisy = latents + (log_variance / 2).exp() * torch.randn_like(latents) if self.training else latents
        return Quantized(noisy, self.nearest(latents), loss)

    def forward(self, features: Tensor) -> Quantized:
        """(B, D, *grid) → Quantized."""
        return self.straight_through(self.project(features))

    def information(self, latents: Tensor) -> Tensor:
        """(B, D, *grid) → (B, *grid), the bits that a position carries at most: ½ Σ log₂(1 + μ²/σ²)."""
        log_variance = along(self.log_variance, latents)
        return torch.log2(1 + latents.square() / log_variance.exp()).sum(1) / 2
