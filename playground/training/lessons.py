"""What a joint model learns from: triples drawn anew every time, disturbed, some with senses missing or at odds."""

from collections.abc import Iterator
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from ..data.disturb import disturbed_pictures, disturbed_sounds, disturbed_words
from ..data.triples import END, Triples
from ..models.joint import SENSES, Joint, listened

ODD = 0.15  # share of the triples in which one of the three means something else
BLANK = 0.04  # share of what is given to each sense that means nothing


@dataclass(frozen=True, eq=False)
class Lesson:
    """A batch of triples.

    signals   what each sense is given, (B, …)
    meant     (B, M) of each sense, the probability of each meaning: one, or all alike where nothing is meant
    present   (B, 3) bool, of each triple at least one
    meanings  (B,) of those of which all three speak of one thing
    """

    signals: dict[str, Tensor]
    meant: dict[str, Tensor]
    present: Tensor
    meanings: Tensor

    @property
    def target(self) -> Tensor:
        """(B, M) what is meant by all that is present: of a disagreement, each by its share."""
        meant = torch.stack([self.meant[sense] for sense in SENSES], 1) * self.present[..., None]
        return meant.sum(1) / self.present.sum(1, keepdim=True)


def draw_lesson(triples: Triples, count: int, *, generator: torch.Generator, odd: float = ODD) -> Lesson:
    """Random triples, paired by meaning alone, disturbed; some senses of each are left out, and some disagree."""
    number = len(triples.meanings)
    meanings = torch.randint(number, (count,), generator=generator)
    strays = torch.randint(number, (count,), generator=generator)
    stray = (torch.rand(count, generator=generator) < odd)[:, None] & (
        torch.randint(3, (count, 1), generator=generator) == torch.arange(3)
    )
    signals, meant = {}, {}
    for i, (sense, shelf) in enumerate(zip(SENSES, triples.shelves, strict=True)):
        own = torch.where(stray[:, i], strays, meanings)
        chosen = shelf.pick(own, generator=generator)
        signal = _disturbed(sense, shelf.items[chosen], shelf.styles[chosen], generator)
        blank = torch.rand(count, generator=generator) < BLANK
        signals[sense] = _blanked(sense, signal, blank, generator)
        meant[sense] = torch.where(blank[:, None], 1 / number, F.one_hot(own, number).float())
    return Lesson(signals, meant, _present(count, generator), meanings)


def _present(count: int, generator: torch.Generator) -> Tensor:
    """(B, 3) bool: every one of the seven subsets is as likely as any other."""
    subsets = torch.randint(1, 8, (count, 1), generator=generator)
    return (subsets >> torch.arange(3)) & 1 == 1


def _disturbed(sense: str, items: Tensor, styles: Tensor, generator: torch.Generator) -> Tensor:
    if sense == "pictures":
        return disturbed_pictures(items.float() / 127.5 - 1, styles == 0, generator=generator)
    if sense == "sounds":
        return disturbed_sounds(items.float() / 32768, generator=generator)
    return disturbed_words(items.long(), end=END, generator=generator)


def _blanked(sense: str, signal: Tensor, blank: Tensor, generator: torch.Generator) -> Tensor:
    """Nothing but noise for some: grey or black pictures, hiss, letters at random."""
    blank = blank.reshape(-1, *[1] * (signal.ndim - 1))
    size = torch.rand(len(signal), *[1] * (signal.ndim - 1), generator=generator)
    if sense == "words":
        letters = torch.randint(ord("a"), ord("z") + 1, signal.shape, generator=generator)
        letters = torch.where(torch.arange(signal.shape[1]) < 1 + 9 * size, letters, END)
        return torch.where(blank, letters, signal)
    noise = size * torch.randn(signal.shape, generator=generator)
    return torch.where(blank, (noise - 1).clamp(-1, 1) if sense == "pictures" else 0.1 * noise, signal)


def shown(lesson: Lesson) -> dict[str, Tensor]:
    """What the senses take of a lesson: sounds as spectrograms."""
    pictures = lesson.signals["pictures"].contiguous(memory_format=torch.channels_last)
    return lesson.signals | {"pictures": pictures, "sounds": listened(lesson.signals["sounds"])}


@torch.no_grad()
def beliefs(joint: Joint, sense: str, items: Tensor) -> Iterator[tuple[slice, Tensor]]:
    """What one sense alone believes (b, M) of items as shelves hold them, some at a time."""
    for start in range(0, len(items), 64):
        some = slice(start, start + 64)
        latents = joint.latents({sense: plain(sense, items[some])}, {})
        yield some, joint.belief(latents)


def plain(sense: str, items: Tensor) -> Tensor:
    """Items of a shelf as a sense takes them, undisturbed."""
    if sense == "pictures":
        return (items.float() / 127.5 - 1).contiguous(memory_format=torch.channels_last)
    return listened(items.float() / 32768) if sense == "sounds" else items.long()
