"""One token after another, each with all before it in view."""

import math
from collections.abc import Iterator

import torch
import torch.nn.functional as F
from torch import Tensor

from ..core.codec import Codec
from ..models.dit import Past
from .network import TokenNetwork, both_ways, entropy_bits, guided, narrowed
from .prior import Given, PriorConfig, Sampling, Step, as_tokens, check_request, noise, start_cells


class Causal:
    """p(tokens) = Π p(token | those before it), in reading order (Esser, Rombach, Ommer 2021, section 3.2).

    The only one of the three that says how probable given tokens are, and so the one that can compress.
    """

    def __init__(self, config: PriorConfig, codec: Codec) -> None:
        self.config, self.codec = config, codec
        self.network = TokenNetwork(config)

    def logits(self, indices: Tensor, wanted: Tensor) -> Tensor:
        """Indices (B, T) → (B, T, V): the guess at every place, from those before it alone."""
        return self.network(self._shifted(indices), wanted, causal=True)[0].float()

    def loss(self, indices: Tensor, wanted: Tensor) -> Tensor:
        """Mean cross-entropy () in nats a token, of (B, T) where (B, N) is wanted."""
        return F.cross_entropy(self.logits(indices, wanted).transpose(1, 2), indices)

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
        sampling: Sampling = Sampling(),
    ) -> Iterator[Step]:
        """Fills n grids in reading order, shown `steps` times, by default and at most after every token.

        Given cells stay, but what comes before them cannot know of them. Stopping and going on with what was
        `given` so far leads to the same. Raises InputError for what cannot be.
        """
        length = self.config.trunk.length
        steps = length if steps is None else steps
        check_request(self.config, n, steps, seed, given)
        steps = min(steps, length)
        guidance = self.config.guidance if sampling.guidance is None else sampling.guidance
        condition = both_ways(self.config.vocabulary.row(wanted).expand(n, -1), guidance)
        indices, known = start_cells(self.config, n, given)
        chance = noise(n, (length, self.config.codebook_size), seed=seed)
        probability, entropy = known.float(), torch.zeros(n, length)
        shown = {math.ceil((i + 1) * length / steps): i + 1 for i in range(steps)}
        past, filled = None, known.clone()
        for place in range(length):
            logits, past = self._next(indices, place, condition, past)
            logits = narrowed(guided(logits, n, guidance), sampling)
            drawn = (logits + chance[:, place]).argmax(-1)
            indices[:, place] = torch.where(known[:, place], indices[:, place], drawn)
            filled[:, place] = True
            probability[:, place] = logits.softmax(-1).gather(1, indices[:, place, None])[:, 0]
            entropy[:, place] = entropy_bits(logits)
            if place + 1 in shown:
                yield self._step(shown[place + 1], steps, indices, filled, probability, entropy)

    def _next(self, indices: Tensor, place: int, condition: Tensor, past: Past | None) -> tuple[Tensor, Past]:
        """Logits (n or 2 n, V) of the token at `place`: only the one before it is new, the rest is in the past."""
        newest = self._shifted(indices[:, : place + 1])[:, -1:]
        newest = newest.repeat(len(condition) // len(newest), 1)
        logits, past = self.network(newest, condition, past=past, causal=True)
        return logits[:, 0].float(), past

    def _shifted(self, indices: Tensor) -> Tensor:
        """(B, T) → (B, T): at every place the token before it, at the first the beginning."""
        return F.pad(indices, (1, 0), value=self.config.codebook_size)[:, :-1]

    def _step(
        self, step: int, steps: int, indices: Tensor, filled: Tensor, probability: Tensor, entropy: Tensor
    ) -> Step:
        grid = (len(indices), *self.config.trunk.grid)
        seen = [values.clone().reshape(grid) for values in (filled, probability, entropy)]
        return Step(step, steps, as_tokens(self.config, indices.clone()), *seen)
