"""The stage of a joint model in which its generator learns to write with shared codes."""

from math import log

import torch
from torch import Tensor

from ..data.triples import Shelf, Triples
from ..models.generator import PARTS, Layout
from ..models.joint import SENSES, Joint
from ..models.senses import fused
from .joint_recipes import StageRecipe
from .lessons import draw_lesson, plain

JUDGED = 4  # batches of validation sequences


class Writing:
    """The generator shall fill what is hidden of a sequence: shared codes, a picture, a sound and a word.

    The shared codes come from other items than those to be written, seen through noise and with senses missing: they
    say what is meant, how surely, and nothing else. A pool of them is made once, since the senses learn no more.
    """

    name, measure = "generator", "bits/code"

    def __init__(self, joint: Joint, triples: Triples, judges: Triples, recipe: StageRecipe) -> None:
        self.joint, self.triples, self.recipe = joint, triples, recipe
        self.network = joint.generator
        self.codes = _all_codes(joint, triples)
        self.pool = concept_pool(joint, triples, recipe.pool, generator=torch.Generator().manual_seed(recipe.seed))
        generator = torch.Generator().manual_seed(1)
        pool, codes = concept_pool(joint, judges, JUDGED, generator=generator), _all_codes(joint, judges)
        self.judging = [_sequences(pool, codes, judges, recipe.batch, generator) for _ in range(JUDGED)]

    def loss(self, step: int, generator: torch.Generator) -> Tensor:
        """() of one random batch, each part by its weight."""
        indices = _sequences(self.pool, self.codes, self.triples, self.recipe.batch, generator)
        return self._bits(indices, generator)

    def after(self, step: int, generator: torch.Generator) -> None:
        """Nothing is left to do."""

    def tensors(self) -> dict[str, Tensor]:
        """Nothing but the weights is needed."""
        return {}

    def restore(self, tensors: dict[str, Tensor]) -> None:
        """Nothing to take back."""

    @torch.no_grad()
    def judge(self) -> float:
        """The same loss on validation items, with the same hidden every time."""
        generator = torch.Generator().manual_seed(0)
        return torch.stack([self._bits(indices, generator) for indices in self.judging]).mean().item()

    def _bits(self, indices: Tensor, generator: torch.Generator) -> Tensor:
        nats = self.network.nats(indices, hidden_at_random(self.network.layout, len(indices), generator))
        return sum(self.recipe.weights[part] * nats[part] for part in PARTS) / log(2)


@torch.no_grad()
def encoded(joint: Joint, part: str, items: Tensor) -> Tensor:
    """(N, places) int16: the codes of all items of a shelf."""
    return torch.cat([joint.codes(part, plain(part, some)).to(torch.int16) for some in items.split(256)])


def _all_codes(joint: Joint, triples: Triples) -> list[Tensor]:
    return [encoded(joint, part, shelf.items) for part, shelf in zip(SENSES, triples.shelves, strict=True)]


@torch.no_grad()
def concept_pool(joint: Joint, triples: Triples, batches: int, *, generator: torch.Generator) -> Shelf:
    """Shared codes (N, K) of random lessons in which all that speak mean the same."""
    codes, meanings = [], []
    for _ in range(batches):
        lesson = draw_lesson(triples, 64, generator=generator, odd=0.0)
        opinions = [joint.opinion(sense, signal) for sense, signal in lesson.signals.items()]
        weights = [lesson.present[:, i].float() for i in range(len(SENSES))]
        codes.append(joint.snap(fused(opinions, weights)[..., None]))
        meanings.append(lesson.meanings)
    return Shelf(torch.cat(codes), torch.cat(meanings), torch.zeros(64 * batches, dtype=torch.int64), ("",))


def _sequences(pool: Shelf, codes: list[Tensor], triples: Triples, count: int, generator: torch.Generator) -> Tensor:
    """(count, T) whole sequences, of parts that mean the same and share nothing else."""
    meanings = pool.meanings[torch.randint(len(pool), (count,), generator=generator)]
    parts = [pool.items[pool.pick(meanings, generator=generator)]]
    for own, shelf in zip(codes, triples.shelves, strict=True):
        chosen = shelf.pick(meanings, generator=generator)
        parts += [shelf.styles[chosen, None], own[chosen].long()]
    return torch.cat(parts, 1)


def hidden_at_random(layout: Layout, count: int, generator: torch.Generator) -> Tensor:
    """(B, T) bool. Shared codes mostly stay; each other part is a quarter of the time hidden whole, else by a share
    cos(π u / 2) of it, u being random, so that every stage of writing is practised."""
    hidden = torch.zeros(count, layout.length, dtype=torch.bool)
    hidden[:, layout.places("concept")] = torch.rand(count, 1, generator=generator) < 0.12
    for part in PARTS[1:]:
        places = layout.places(part)
        u = torch.rand(count, 2, generator=generator)
        share = torch.where(u[:, 0] < 0.25, 1.0, torch.cos(u[:, 1] * torch.pi / 2))
        length = places.stop - places.start
        order = torch.rand(count, length, generator=generator).argsort(1).argsort(1)
        hidden[:, places] = order < (share * length).ceil().clamp(min=1)[:, None]
    return hidden
