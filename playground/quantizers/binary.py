"""Binary quantization: each channel gives one bit, its sign."""

from collections.abc import Iterator

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..core.codec import Quantized
from .cosine import normalised
from .vector import along, flatten

MOST_BITS = 20  # up to which the use of all codes together is measured
SUREST, LEAST = 15.0, 1e-12  # log-odds, a probability: beyond them an entropy has no gradient in 32 bits


class LookupFreeQuantizer(nn.Module):
    """LFQ (Yu et al. 2023, Language Model Beats Diffusion: Tokenizer Is Key, MAGVIT-v2, section 3.1).

        q_i = sign(z_i)      index = Σ 2^(D−1−i) [z_i > 0]
        loss = β |z − sg(q)|²  +  w (E[H(p)] − γ H(E[p]))

    D channels make 2^D codes without a table. p is the soft choice softmax(−s |z − c|²) over
    all codes c; it falls apart into bits, so its entropy is a sum over channels. A low E[H(p)]
    makes each choice sure, a high H(E[p]) makes all codes be used alike.
    """

    num_codebooks = 1
    tables = ()  # nothing is looked up, so there is nothing to move

    def __init__(
        self,
        dim: int,
        *,
        commitment: float = 0.25,
        entropy: float = 0.1,
        diversity: float = 1.0,
        sharpness: float = 1.0,
    ) -> None:
        """entropy, diversity, sharpness  w, γ and s of the loss."""
        super().__init__()
        if not 1 <= dim <= 30:
            raise ValueError(f"{dim} bits: from 1 to 30 make a codebook")
        self.dim, self.codebook_size, self.scale = dim, 2**dim, 1.0
        self.commitment, self.entropy, self.diversity = commitment, entropy, diversity
        self.sharpness = sharpness
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
            sure, diverse = entropies(4 * self.scale * self.sharpness * latents)  # the log-odds of −s |z − c|²
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

    def __init__(self, dim: int, *, sharpness: float = 10.0, **options: float) -> None:
        """Options are those of LFQ; on the sphere latents are small, so s is larger."""
        super().__init__(dim, sharpness=sharpness, **options)
        self.scale = dim**-0.5

    def project(self, features: Tensor) -> Tensor:
        """(B, D, *grid) → the same on the unit sphere."""
        return normalised(features)


def entropies(logits: Tensor) -> tuple[Tensor, Tensor]:
    """E[H(p)] and H(E[p]) in nats, () each, of codes made of independent bits: (B, D, *grid) log-odds that a bit is 1.

    Beyond MOST_BITS the second is a sum over bits, its upper bound (Zhao et al. 2024, BSQ, section 4.2).
    """
    p = torch.sigmoid(flatten(logits.float()).clamp(-SUREST, SUREST))  # (N, D)
    sure = _bit_entropy(p).sum(1).mean()
    if p.shape[1] > MOST_BITS:
        return sure, _bit_entropy(p.mean(0)).sum()
    # A code's probability is that of its first bits times that of the others: the mean of all is one product.
    left, right = (_choices(half) for half in p.tensor_split(2, 1))
    joint = left.t() @ right / len(p)  # (2^(D/2), 2^(D/2))
    return sure, -(joint * joint.clamp(min=LEAST).log()).sum()


def _choices(p: Tensor) -> Tensor:
    """(N, d) probabilities of bits → (N, 2^d), of each way they can fall."""
    ways = torch.ones_like(p[:, :1])
    for bit in p.split(1, 1):
        ways = torch.cat([ways * (1 - bit), ways * bit], 1)
    return ways


def _bit_entropy(p: Tensor) -> Tensor:
    return -(torch.xlogy(p, p) + torch.xlogy(1 - p, 1 - p))
