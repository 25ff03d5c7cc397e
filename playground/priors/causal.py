"""One token after another, each with all before it in view."""

import math
from collections.abc import Iterator

import torch
import torch.nn.functional as F
from torch import Tensor

from ..core.codec import Codec
from ..models.dit import Past
from .network import TokenNetwork, entropy_bits, narrowed
from .prior import Given, PriorConfig, Sampling, Step, noise, shown, start_cells
from .request import Request


class Causal:
    """p(tokens) = Π p(token | those before it), in reading order (Esser, Rombach, Ommer 2021, section 3.2).

    Cell by cell, and of several codebooks all of one cell before the next, the coarse one first: plainly
    interleaved, so that a sound or a text is gone on with in time, every fine code knows the coarse one of its
    own cell, and the product is exact. `in_rows` puts tokens in this order; MusicGen's delay (Copet et al. 2023,
    section 2.1) would take fewer steps, but its fine codes could not know of each other.

    The only one of the three that says how probable given tokens are, and so the one that can compress.
    """

    def __init__(self, config: PriorConfig, codec: Codec) -> None:
        self.config, self.codec = config, codec
        self.network = TokenNetwork(config)

    def logits(self, indices: Tensor, wanted: Tensor) -> Tensor:
        """Rows of indices (B, T) → (B, T, V): the guess at every place, from those before it alone."""
        return self.network(self._shifted(indices), wanted, causal=True, before=1)[0].float()

    def loss(self, indices: Tensor, wanted: Tensor, *, astray: float = 0.0) -> Tensor:
        """Mean cross-entropy () in nats a token, of (B, T) where (B, N) is wanted.

        astray  up to which share of what comes before is not what was there: see `_astray`
        """
        seen = _astray(indices, astray, self.config.codebook_size)
        return F.cross_entropy(self.logits(seen, wanted).transpose(1, 2), indices)

    def bits(self, indices: Tensor, wanted: Tensor) -> Tensor:
        """(B,) bits that each item would take, coded with these probabilities."""
        nats = F.cross_entropy(self.logits(indices, wanted).transpose(1, 2), indices, reduction="none")
        return nats.sum(1) / math.log(2)

    def cost(self, indices: Tensor, wanted: Tensor) -> Tensor:
        """The same: (B,) bits."""
        return self.bits(indices, wanted)

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
        """Fills n grids in reading order, shown `steps` times, by default and at most after every token.

        Given cells stay, but what comes before them cannot know of them. Stopping and going on with what was
        `given` so far leads to the same. Raises InputError for what cannot be.
        """
        asked = Request.of(self.config, n, wanted=wanted, steps=steps, seed=seed, given=given, sampling=sampling)
        length = self.config.trunk.length
        steps = min(asked.steps, length)
        indices, known = start_cells(self.config, n, given)
        chance = noise(n, (length, self.config.codebook_size), seed=seed)
        probability, entropy = known.float(), torch.zeros(n, length)
        pictures = {math.ceil((i + 1) * length / steps): i + 1 for i in range(steps)}
        past, filled = None, known.clone()
        for place in range(length):
            logits, past = self._next(indices, place, asked.condition, past)
            logits = narrowed(asked.guided(logits), asked.sampling)
            drawn = (logits + chance[:, place]).argmax(-1)
            indices[:, place] = torch.where(known[:, place], indices[:, place], drawn)
            filled[:, place] = True
            probability[:, place] = logits.softmax(-1).gather(1, indices[:, place, None])[:, 0]
            entropy[:, place] = entropy_bits(logits)
            if place + 1 in pictures:
                yield shown(self.config, (pictures[place + 1], steps), indices, filled, probability, entropy)

    def _next(self, indices: Tensor, place: int, condition: Tensor, past: Past | None) -> tuple[Tensor, Past]:
        """Logits (n or 2 n, V) of the token at `place`: only the one before it is new, the rest is in the past."""
        newest = self._shifted(indices[:, : place + 1])[:, -1:]
        newest = newest.repeat(len(condition) // len(newest), 1)
        logits, past = self.network(newest, condition, past=past, causal=True, before=1)
        return logits[:, 0].float(), past

    def _shifted(self, indices: Tensor) -> Tensor:
        """(B, T) → (B, T): at every place the token before it, at the first the beginning."""
        return F.pad(indices, (1, 0), value=self.config.codebook_size)[:, :-1]


def _astray(indices: Tensor, most: float, codes: int) -> Tensor:
    """Indices (B, T) of which each item's own share, between none and `most`, are any of the codes.

    A prior that has only been shown true tokens knows an item by them, hardly looks at what is wanted, and is lost
    after its own first odd choice; shown these it has to go by what is wanted (as in the code of Esser et al. 2021,
    whose `pkeep` is the share that stays).
    """
    if not most:
        return indices
    share = most * torch.rand(len(indices), 1, device=indices.device)
    others = torch.randint(codes, indices.shape, device=indices.device)
    return torch.where(torch.rand(indices.shape, device=indices.device) < share, others, indices)
