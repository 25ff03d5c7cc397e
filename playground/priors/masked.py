"""All tokens at once, the surest first."""

import math
from collections.abc import Iterator

import torch
import torch.nn.functional as F
from torch import Tensor

from ..core.codec import Codec
from .network import TokenNetwork, entropy_bits, narrowed
from .prior import STEPS as USUAL
from .prior import Given, PriorConfig, Sampling, Step, noise, shown, start_cells
from .request import Request

STEPS = USUAL["masked"]


class Masked:
    """Guesses every hidden token, keeps the surest, hides the rest again (Chang et al. 2022, MaskGIT, section 3.2).

    After a share r of the steps cos(π r / 2) of the cells are still hidden: few are settled at first, while
    little is known, and many at the end.
    """

    def __init__(self, config: PriorConfig, codec: Codec) -> None:
        self.config, self.codec = config, codec
        self.network = TokenNetwork(config)

    def logits(self, indices: Tensor, hidden: Tensor, wanted: Tensor) -> Tensor:
        """Indices (B, T), of which `hidden` (B, T) are not seen → (B, T, V), the guess at every place."""
        seen = torch.where(hidden, self.config.codebook_size, indices)
        return self.network(seen, wanted)[0].float()

    def loss(self, indices: Tensor, wanted: Tensor) -> Tensor:
        """Mean cross-entropy () in nats of the hidden tokens of (B, T), of which cos(π u / 2) are hidden."""
        hidden = _hide(indices, torch.cos(torch.rand(len(indices), device=indices.device) * math.pi / 2))
        nats = F.cross_entropy(self.logits(indices, hidden, wanted).transpose(1, 2), indices, reduction="none")
        return (nats * hidden).sum() / hidden.sum()

    def cost(self, indices: Tensor, wanted: Tensor) -> Tensor:
        """(B,) an upper bound of the bits of each item, from one random share of hidden tokens; the mean of many holds.

        With all shares equally likely the mean loss of a hidden token bounds that of a token coded in random
        order (Hoogeboom et al. 2022, Autoregressive Diffusion Models, eq. 6).
        """
        hidden = _hide(indices, torch.rand(len(indices), device=indices.device))
        nats = F.cross_entropy(self.logits(indices, hidden, wanted).transpose(1, 2), indices, reduction="none")
        return (nats * hidden).sum(1) / hidden.sum(1) * indices.shape[1] / math.log(2)

    @torch.inference_mode()
    def sample(
        self,
        n: int,
        *,
        wanted: str = "",
        steps: int | None = None,
        seed: int = 0,
        given: Given | None = None,
        sampling: Sampling | None = None,
    ) -> Iterator[Step]:
        """Fills n grids in `steps` rounds. Given cells stay, and all others see them.

        Raises InputError for what cannot be.
        """
        asked = Request.of(self.config, n, wanted=wanted, steps=steps, seed=seed, given=given, sampling=sampling)
        indices, known = start_cells(self.config, n, given)
        hidden, open_cells = ~known, (~known).sum(1)
        probability, entropy = known.float(), torch.zeros(known.shape)
        for step in range(asked.steps):
            guess = self.logits(asked.twice(indices), asked.twice(hidden), asked.condition)
            logits = narrowed(asked.guided(guess), asked.sampling)
            chance = noise(n, logits.shape[1:], seed=seed * 4099 + 2 * step)
            drawn = torch.where(hidden, (logits + chance).argmax(-1), indices)
            shares = logits.softmax(-1).gather(2, drawn[..., None])[..., 0]
            probability = torch.where(hidden, shares, probability)
            entropy = torch.where(hidden, entropy_bits(logits), entropy)
            left = (step + 1) / asked.steps
            luck = noise(n, (known.shape[1],), seed=seed * 4099 + 2 * step + 1)
            surety = shares.log() + asked.sampling.choice_temperature * (1 - left) * luck
            hidden = least_sure(surety, hidden, still_hidden(open_cells, hidden, left))
            indices = drawn
            yield shown(self.config, (step + 1, asked.steps), indices, ~hidden, probability, entropy)


def _hide(indices: Tensor, share: Tensor) -> Tensor:
    """(B, T) bool: of each item the share (B,) of places at random, one at least."""
    count = (share * indices.shape[1]).ceil().clamp(min=1)
    order = torch.rand(indices.shape, device=indices.device).argsort(1).argsort(1)
    return order < count[:, None]


def still_hidden(open_cells: Tensor, hidden: Tensor, left: float) -> Tensor:
    """(n,) how many cells stay hidden after a share `left` of the steps: each step settles one at least."""
    wanted = (open_cells * math.cos(math.pi / 2 * left)).floor() if left < 1 else torch.zeros(len(open_cells))
    return torch.minimum(wanted.long(), (hidden.sum(1) - 1).clamp(min=0))


def least_sure(surety: Tensor, hidden: Tensor, count: Tensor) -> Tensor:
    """(n, T) bool: the `count` (n,) least sure of the hidden cells."""
    order = surety.masked_fill(~hidden, torch.inf).argsort(1).argsort(1)
    return (order < count[:, None]) & hidden
