"""Binary quantization: each channel gives one bit, its sign."""

from collections.abc import Iterator

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..core.codec import Quantized
from .cosine import normalised
from .vector import along


class LookupFreeQuantizer(nn.Module):
    """LFQ (Yu et al. 2023, Language Model Beats Diffusion: Tokenizer Is Key, MAGVIT-v2, section 3.1).

        q_i = sign(z_i)      index = Σ 2^(D−1−i) [z_i > 0]
        loss = β |z − sg(q)|²  +  w (E[H(p)] − γ H(E[p]))

    D channels make 2^D codes without a table. p is the soft choice softmax(−|z − c|²) over
    all codes c; it falls apart into bits, so its entropy is a sum over channels. A low E[H(p)]
    makes each choice sure, a high H(E[p]) makes all codes be used; the latter is taken per
    bit as well (Zhao et al. 2024, BSQ, section 4.2), which is its upper bound.
    """

    num_codebooks = 1
    tables = ()  # nothing is looked up, so there is nothing to move

    def __init__(self, dim: int, *, commitment: float = 0.25, entropy: float = 0.1, diversity: float = 1.0) -> None:
        """entropy, diversity  w and γ of the loss."""
        super().__init__()
        if not 1 <= dim <= 30:
            raise ValueError(f"{dim} bits: from 1 to 30 make a codebook")
        self.dim, self.codebook_size, self.scale = dim, 2**dim, 1.0
        self.commitment, self.entropy, self.diversity = commitment, entropy, diversity
        self.register_buffer("powers", 2 ** torch.arange(dim - 1, -1, -1, device="cpu"), persistent=False)

    def project(self, features: Tensor) -> Tensor:
        """Features are the latents here: (B, D, *grid) both."""
        return features

    def given(self, latents: Tensor, indices: Tensor | None = None) -> Iterator[Tensor]:
        """What each table is given: there is none."""
        yield from ()

    def nearest(self, latents: Tensor) -> Tensor:
        """(B, D, *grid) → (B, 1, *grid) int64, the first channel the highest bit."""
        return ((latents > 0) * along(self.powers, latents)).sum(1, keepdim=True)

    def lookup(self, indices: Tensor) -> Tensor:
        """(B, 1, *grid) → (B, D, *grid) of ± scale."""
        if indices.shape[1] != 1:
            raise ValueError(f"one codebook, not {indices.shape[1]}")
        bits = (indices & along(self.powers, indices)) != 0
        return torch.where(bits, self.scale, -self.scale)

    def straight_through(self, latents: Tensor) -> Quantized:
        """(B, D, *grid) → Quantized."""
        indices = self.nearest(latents)
        codes = torch.where(latents > 0, self.scale, -self.scale).to(latents.dtype)
        loss = self.commitment * F.mse_loss(latents, codes)
        if self.entropy:
            sure, diverse = bit_entropies(4 * self.scale * latents)  # the log-odds of −|z − c|²
            loss = loss + self.entropy * (sure - self.diversity * diverse)
        return Quantized(latents + (codes - latents).detach(), indices, loss)

    def forward(self, features: Tensor) -> Quantized:
        """(B, D, *grid) → Quantized."""
        return self.straight_through(self.project(features))

    def codebook(self, k: int = 0) -> Tensor:
        """(V, D): all corners of the cube."""
        if k != 0:
            raise ValueError(f"there is one codebook; number {k} does not exist")
        return self.lookup(torch.arange(self.codebook_size)[None, None])[0].t()


class SphericalQuantizer(LookupFreeQuantizer):
    """BSQ (Zhao, Xiong, Krähenbühl 2024, Binary Spherical Quantization, section 4.1).

        u = z / |z|      q_i = sign(u_i) / √D

    LFQ on the unit sphere: the error of every latent is bounded, and the soft choice with it.
    """

    def __init__(self, dim: int, *, commitment: float = 0.25, entropy: float = 0.1, diversity: float = 1.0) -> None:
        super().__init__(dim, commitment=commitment, entropy=entropy, diversity=diversity)
        self.scale = dim**-0.5

    def project(self, features: Tensor) -> Tensor:
        """(B, D, *grid) → the same on the unit sphere."""
        return normalised(features)


def bit_entropies(logits: Tensor) -> tuple[Tensor, Tensor]:
    """E[H(p)] and H(E[p]) in nats, () each, of independent bits: (B, D, *grid) log-odds that a bit is 1."""
    p = torch.sigmoid(logits.float())
    mean = p.mean([0, *range(2, p.ndim)])  # (D,)
    sure = _entropy(p).sum(1).mean()
    return sure, _entropy(mean).sum()


def _entropy(p: Tensor) -> Tensor:
    return -(torch.xlogy(p, p) + torch.xlogy(1 - p, 1 - p))
