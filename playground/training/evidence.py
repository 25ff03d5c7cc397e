"""Corrupted evidence for a joint model, read once by its frozen senses and kept: features, opinions, what is meant.

A network for the reliability of a sense, and every figure on fusion, are computed from these.
"""

import random
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from ..data.disturb import disturbed
from ..data.triples import STROKES, Triples
from ..models.joint import Joint
from ..models.mel import seen as listened
from ..models.senses import Opinion
from . import corruptions as corrupt
from .joint_figures import noisy_pictures, noisy_sounds
from .lessons import plain

STRENGTHS = (0.0, 0.5, 1.0, 1.5, 2.0, 3.0)
HIDDEN_PIXELS, HIDDEN_SHARES = (10, 16, 22), (0.25, 0.4, 0.55)
NOTHING = -1  # the meaning of what has none
TOGETHER = 128  # signals read at a time


@dataclass(frozen=True, eq=False)
class Evidence:
    """What one sense made of N signals.

    features   (N, F)
    opinion    mean and precision (N, D)
    meanings   (N,) int64, NOTHING for what is none of those learned
    """

    features: Tensor
    opinion: Opinion
    meanings: Tensor

    def __len__(self) -> int:
        return len(self.meanings)

    def at(self, chosen: Tensor) -> "Evidence":
        """The signals with these numbers."""
        opinion = Opinion(self.opinion.mean[chosen], self.opinion.precision[chosen])
        return Evidence(self.features[chosen], opinion, self.meanings[chosen])


@torch.inference_mode()
def read(joint: Joint, sense: str, signals: Tensor, meanings: Tensor | int) -> Evidence:
    """What a sense makes of signals (N, …) as it takes them."""
    network = joint.senses[sense]
    features = torch.cat([network.features(some) for some in signals.split(TOGETHER)])
    if isinstance(meanings, int):
        meanings = torch.full((len(signals),), meanings)
    return Evidence(features, network.opining(features), meanings)


def joined(parts: list[Evidence]) -> Evidence:
    """All of them, one after the other."""
    means, precisions = ([getattr(p.opinion, name) for p in parts] for name in ("mean", "precision"))
    features, meanings = torch.cat([p.features for p in parts]), torch.cat([p.meanings for p in parts])
    return Evidence(features, Opinion(torch.cat(means), torch.cat(precisions)), meanings)


def corrupted(
    sense: str, triples: Triples, chosen: Tensor, kind: str, level: float, *, generator: torch.Generator
) -> Tensor:
    """Items (B,) of a shelf as signals, corrupted: "noise" by a strength, "occlusion" by 1, 2 or 3."""
    if sense == "pictures":
        pictures = plain(sense, triples.pictures.items[chosen])
        if kind == "noise":
            return noisy_pictures(pictures, level, generator=generator)
        return corrupt.occluded_pictures(pictures, HIDDEN_PIXELS[int(level) - 1], generator=generator)
    sounds = triples.sounds.items[chosen].float() / 32768
    if kind == "noise":
        return listened(noisy_sounds(sounds, level, generator=generator))
    return listened(corrupt.occluded_sounds(sounds, HIDDEN_SHARES[int(level) - 1], generator=generator))


def meaningless(
    sense: str, triples: Triples, data: Path, split: str, count: int, *, seed: int = 0
) -> dict[str, Tensor]:
    """Kind → signals (count or fewer, …) that mean nothing here."""
    generator, chance = torch.Generator().manual_seed(seed), random.Random(f"{seed} {split}")
    if sense == "words":
        return {
            corrupt.NONSENSE: corrupt.nonsense(triples, split, count, chance),
            corrupt.FOREIGN: corrupt.foreign(triples, data, split, count, chance),
        }
    if sense == "pictures":
        drawn = STROKES in triples.pictures.names
        return {
            corrupt.SCRIBBLES: corrupt.scribbles(count, drawn, chance),
            corrupt.LETTERS: corrupt.letters(count, drawn, chance),
            corrupt.PHOTOGRAPHS: corrupt.photographs(data, split, count, generator=generator),
            corrupt.STATIC: corrupt.static(count, generator=generator),
        }
    length = triples.sounds.items.shape[1]
    found = {
        corrupt.TONES: corrupt.tones(count, length, generator=generator),
        corrupt.STATIC: corrupt.hiss(count, length, generator=generator),
        corrupt.SILENCE: corrupt.silence(count, length, generator=generator),
    }
    if len(triples.strange):
        order = torch.randperm(len(triples.strange), generator=generator)[:count]
        found[corrupt.STRANGERS] = triples.strange[order].float() / 32768
    return {kind: listened(sounds) for kind, sounds in found.items()}


def training_evidence(
    joint: Joint, triples: Triples, data: Path, split: str, count: int, *, seed: int = 0
) -> dict[str, Evidence]:
    """Sense → up to 4 · count signals with a meaning, as the world wears them, and about as many without."""
    generator, found = torch.Generator().manual_seed(seed), {}
    for sense, shelf in zip(("pictures", "sounds", "words"), triples.shelves, strict=True):
        parts = []
        for _ in range(max(1, count // TOGETHER)):
            meanings = triples.random_meanings(TOGETHER, generator=generator)
            for signal in _worn(sense, triples, shelf.pick(meanings, generator=generator), generator):
                parts.append(read(joint, sense, signal, meanings))
        for signals in meaningless(sense, triples, data, split, count, seed=seed).values():
            parts += [read(joint, sense, signals, NOTHING)] if len(signals) else []
        found[sense] = joined(parts)
    return found


def _worn(sense: str, triples: Triples, chosen: Tensor, generator: torch.Generator) -> list[Tensor]:
    """The same items disturbed, noisy, partly hidden, and as they are."""
    shelf = dict(zip(("pictures", "sounds", "words"), triples.shelves, strict=True))[sense]
    signal = disturbed(sense, shelf, chosen, generator=generator)
    if sense == "words":
        return [signal, plain(sense, shelf.items[chosen])]
    signal = listened(signal) if sense == "sounds" else signal
    u = torch.rand(2, generator=generator).tolist()
    noisy = corrupted(sense, triples, chosen, "noise", 3.2 * u[0], generator=generator)
    hidden = corrupted(sense, triples, chosen, "occlusion", 1 + int(3 * u[1]), generator=generator)
    clean = corrupt.redrawn(triples, chosen) if sense == "pictures" else plain(sense, shelf.items[chosen])
    return [signal, noisy, hidden, clean]
