"""What a joint model learns from: triples drawn anew every time, disturbed, some with senses missing or at odds."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import torch
import torch.nn.functional as F
from torch import Tensor

from ..core.framing import END
from ..data.disturb import disturbed, disturbed_sounds
from ..data.triples import Triples
from ..models.joint import SENSES, Joint
from ..models.mel import LOWEST
from ..models.mel import seen as listened

ODD = 0.15  # share of the triples in which one of the three means something else
BLANK = 0.04  # share of what is given to each sense that means nothing
STRANGE = 0.08  # share of the sounds that are words and noises of no meaning here


@dataclass(frozen=True, eq=False)
class Lesson:
    """A batch of triples.

    signals   what each sense is given, (B, …), as it takes it
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
    meanings = triples.random_meanings(count, generator=generator)
    strays = triples.random_meanings(count, generator=generator)
    stray = (torch.rand(count, generator=generator) < odd)[:, None] & (
        torch.randint(3, (count, 1), generator=generator) == torch.arange(3)
    )
    signals, meant = {}, {}
    for i, (sense, shelf) in enumerate(zip(SENSES, triples.shelves, strict=True)):
        own = torch.where(stray[:, i], strays, meanings)
        chosen = shelf.pick(own, generator=generator)
        signal = disturbed(sense, shelf, chosen, generator=generator)
        luck = torch.rand(count, generator=generator)
        blank, strange = luck < BLANK, luck > 1 - STRANGE
        signal = _blanked(sense, signal, blank, generator)
        if sense == "sounds" and len(triples.strange):
            signal, blank = _strangely(signal, triples.strange, strange, generator), blank | strange
        signals[sense] = signal
        meant[sense] = torch.where(blank[:, None], 1 / number, F.one_hot(own, number).float())
    signals["sounds"] = listened(signals["sounds"])
    signals["pictures"] = signals["pictures"].contiguous(memory_format=torch.channels_last)
    return Lesson(signals, meant, _present(count, generator), meanings)


def _present(count: int, generator: torch.Generator) -> Tensor:
    """(B, 3) bool: every one of the seven subsets is as likely as any other."""
    subsets = torch.randint(1, 8, (count, 1), generator=generator)
    return (subsets >> torch.arange(3)) & 1 == 1


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


def _strangely(sounds: Tensor, strange: Tensor, where: Tensor, generator: torch.Generator) -> Tensor:
    """Sounds (B, T) with others in their place where told (B,): words and noises that mean nothing here."""
    chosen = torch.randint(len(strange), (len(sounds),), generator=generator)
    others = disturbed_sounds(strange[chosen].float() / 32768, generator=generator)
    return torch.where(where[:, None], others, sounds)


class Course:
    """Lessons, one for each step: all different, or so many that come again and again, which is quicker."""

    def __init__(self, triples: Triples, batch: int, different: int) -> None:
        self.triples, self.batch, self.different = triples, batch, different
        self.drawn: dict[int, Lesson] = {}

    def lesson(self, step: int, *, generator: torch.Generator) -> Lesson:
        """That of a step; one that comes again has other parts of its spectrograms covered."""
        if not self.different:
            return draw_lesson(self.triples, self.batch, generator=generator)
        number = step % self.different
        if number not in self.drawn:
            seeded = torch.Generator().manual_seed(number)  # the same again in a training that is resumed
            lesson = draw_lesson(self.triples, self.batch, generator=seeded)
            self.drawn[number] = replace(lesson, signals=lesson.signals | {"sounds": lesson.signals["sounds"].half()})
        lesson = self.drawn[number]
        sounds = covered(lesson.signals["sounds"].float(), generator=generator)
        return replace(lesson, signals=lesson.signals | {"sounds": sounds})


def covered(levels: Tensor, *, generator: torch.Generator) -> Tensor:
    """Levels (B, 80, N) with some bands and a moment of each silenced (Park et al. 2019, SpecAugment, section 2)."""
    for axis, most in ((1, 10), (2, 14)):
        length = levels.shape[axis]
        start, width = (torch.rand(len(levels), 2, generator=generator) * torch.tensor([length, most])).unbind(1)
        places = torch.arange(length)
        inside = (places >= start[:, None]) & (places < (start + width)[:, None])
        levels = levels.masked_fill(inside[:, :, None] if axis == 1 else inside[:, None], LOWEST)
    return levels


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
