"""All that can be asked of a joint model, as functions without a state: what a page needs.

Reading what a visitor gives: `picture`, `sound`, `word`. Thinking: `fuse`, `believed`, `meant`. Looking: `segments`,
`attended`. Each takes the `Known` that joints.load_joint gives.
"""

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from ..core.errors import InputError
from ..core.framing import spelled
from ..media.pictures import Picture
from .attention import attention
from .findings import Known
from .generator import Segment
from .given import bare_word, drawing, photograph, plain_word, recording, typed
from .reliability import Trust, full_trust, relative, weighted
from .senses import fused as product

DRAWN = "handwriting"  # the look whose pictures are strokes


@dataclass(frozen=True, eq=False)
class Word:
    """A word somebody typed.

    letters  (1, 16) int64, what the reader takes as signal "words"; of a known word as it was learned
    meaning  its number when it is a word that was learned, None for a word nobody taught: ask `fuse` what it believes
    tongue   in which it was learned: "english", "chinese" …; None as above
    """

    letters: Tensor
    meaning: int | None
    tongue: str | None


@dataclass(frozen=True, eq=False)
class Fused:
    """What some senses believe together. B is the number of things given, mostly 1.

    latents  (B, D, 1) the fused point, before the shared codes
    belief   (B, M) probability of each meaning there, calibrated
    concept  (B, K) the shared codes it snaps to
    spoken   (B, M) probability of each meaning read off the shared codes alone: what will be written
    alone    sense → (B, M) what it would believe without the others
    shares   sense → (B,) how much it counted, 0 … 1; what is left to 1 is the doubt everybody starts with
    known    sense → (B,) probability that what was given is of the kind that was learned, calibrated against scribbles,
             tones, other words …; 1 of a model without `reliability.safetensors`
    """

    latents: Tensor
    belief: Tensor
    concept: Tensor
    spoken: Tensor
    alone: dict[str, Tensor]
    shares: dict[str, Tensor]
    known: dict[str, Tensor]


# What a visitor gives.


def picture(known: Known, raw: Picture, *, look: str | None = None) -> Tensor:
    """(1, 3, 32, 32), the signal "pictures": a file's bytes, a path, a PIL image or an array, of any size.

    look  "handwriting" finds strokes, dark on light or light on dark, and brings them to size; any other takes the
          middle square as it is. The domain's first look unless told.

    Raises InputError for what is no picture or shows nothing.
    """
    looks = known.config.styles["pictures"]
    if look is not None and look not in looks:
        raise InputError("There is no style “{name}”. There are: {names}.", name=look[:80], names=", ".join(looks))
    return drawing(raw) if (look or looks[0]) == DRAWN else photograph(raw)


def sound(known: Known, raw: Any) -> Tensor:
    """(1, 80, N), the signal "sounds": a file's bytes, a path, or a core Sound, of any length.

    Raises InputError for what is no sound, and for silence.
    """
    return recording(raw, known.config.heard)


def word(known: Known, text: str) -> Word:
    """A word as it was typed, in capitals or not, with accents or without. Raises InputError when there is none."""
    letters = typed(text)
    for alike in (plain_word, bare_word):
        for tongue, learned in words(known).items():
            for meaning, own in enumerate(learned):
                if alike(own) == alike(text):
                    return Word(typed(own), meaning, tongue)
    return Word(letters, None, None)


def words(known: Known) -> dict[str, list[str]]:
    """Tongue → the word it knows for each meaning."""
    return known.findings.words or {"english": list(known.config.meanings)}


# What is thought of it.


@torch.inference_mode()
def fuse(known: Known, signals: dict[str, Tensor], weights: dict[str, float]) -> Fused:
    """What is meant by all that is given; each sense counts by its weight, 1 unless told, and 0 mutes it.

    signals  of any of "pictures", "sounds" and "words"; each (B, …)

    Raises InputError when nothing is given or all of it is muted.
    """
    heeded = {sense: signal for sense, signal in signals.items() if weights.get(sense, 1.0) > 0}
    if not heeded:
        raise InputError("Nothing is given: draw, speak or type something, or ask for what comes of nothing.")
    joint, own = known.joint, {sense: weights.get(sense, 1.0) for sense in heeded}
    opinions = {sense: joint.opinion(sense, signal) for sense, signal in heeded.items()}
    trust = trusted(known, heeded)
    reliance = {sense: own[sense] * weight for sense, weight in relative(trust).items()}
    latents = product(list(opinions.values()), list(reliance.values()))[..., None]
    confidence = weighted(opinions, reliance, trust)
    counted = {s: (own[s] * trust[s].weight)[:, None] * opinion.precision for s, opinion in opinions.items()}
    total = 1 + sum(counted.values())
    concept = joint.snap(latents)
    ones = torch.ones_like(confidence)
    alone = {s: product([o], [ones])[..., None] for s, o in opinions.items()}
    return Fused(
        latents=latents,
        belief=believed(known, latents, confidence),
        concept=concept,
        spoken=believed(known, joint.embed(concept)),
        alone={s: believed(known, point, trust[s].confidence) for s, point in alone.items()},
        shares={s: (precision / total).mean(1) for s, precision in counted.items()},
        known={s: each.known for s, each in trust.items()},
    )


@torch.inference_mode()
def trusted(known: Known, signals: dict[str, Tensor]) -> dict[str, Trust]:
    """How far each sense can be relied on for what it is given; fully, where nobody measured it."""
    if known.reliability is None:
        return {sense: full_trust(len(signal)) for sense, signal in signals.items()}
    senses = known.joint.senses
    return {sense: known.reliability(sense, senses[sense].features(signal)) for sense, signal in signals.items()}


@torch.inference_mode()
def believed(known: Known, latents: Tensor, confidence: Tensor | None = None) -> Tensor:
    """(B, D, 1) → (B, M), calibrated probability of each meaning; of shared codes, of `known.joint.embed(codes)`.

    confidence  (B,) by which the logits are multiplied, 1 unless told
    """
    logits = known.joint.believe(latents[..., 0]) / known.findings.temperature
    return (logits if confidence is None else logits * confidence[:, None]).softmax(1)


@torch.inference_mode()
def meant(known: Known, meaning: str) -> Tensor:
    """(1, D, 1), the point of a meaning, by its English name: what its written word says. Lines between two such
    points lead from one meaning to the other: `a.lerp(b, 0.5)`, then `known.joint.snap`. InputError for no meaning."""
    if meaning not in known.config.meanings:
        names = ", ".join(known.config.meanings)
        raise InputError("“{name}” is no meaning here. There are: {names}.", name=meaning[:80], names=names)
    return known.joint.latents({"words": spelled([meaning]).long()}, {})


# What there is to look at.


def segments(known: Known) -> list[tuple[str, Segment]]:
    """The one sequence, (role, segment) in order: role "concept", "style" or "codes" of the segment's part.

    A segment says its part, its places start … stop of the sequence, and how many codes it chooses from. Parts of
    `write` are `row[start:stop]` of the part's segments in turn: the style's number first.
    """
    roles, before = [], "concept"
    for segment in known.joint.generator.layout.segments:
        role = "concept" if segment.part == "concept" else "codes" if segment.part == before else "style"
        roles.append((role, segment))
        before = segment.part
    return roles


@torch.inference_mode()
def attended(known: Known, parts: dict[str, Tensor]) -> Tensor:
    """(S, S) for whole parts as `write` gives them, all four of them: how much each segment looks at each.

    The mean over layers, heads and samples; each row sums to 1. Segments as `segments` lists them.
    """
    layout = known.joint.generator.layout
    indices = torch.zeros(len(next(iter(parts.values()))), layout.length, dtype=torch.int64)
    hidden = torch.ones_like(indices, dtype=torch.bool)
    for part, codes in parts.items():
        indices[:, layout.places(part)], hidden[:, layout.places(part)] = codes, False
    return attention(known.joint.generator, indices, hidden)
