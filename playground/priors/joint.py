"""From shared codes to a picture, a sound and a word: the gaps of one sequence, filled the surest first."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import torch
from PIL import Image
from torch import Tensor

from ..core.errors import InputError
from ..core.framing import spelled, written
from ..media.sounds import Sound
from ..models.generator import PARTS
from ..models.joint import Joint
from .masked import least_sure, still_hidden
from .network import narrowed
from .prior import Sampling, noise

STEPS = 10
USUAL = Sampling(temperature=0.7, guidance=2.0, choice_temperature=2.0)  # a little less chance: better understood


@dataclass(frozen=True, eq=False)
class Page:
    """One moment of writing.

    step, steps  which of how many
    parts        {"pictures": (n, 1 + places) …}: the style's number, and then the codes; of places not yet settled
                 what was likeliest when last looked at
    settled      the same shapes, bool
    """

    step: int
    steps: int
    parts: dict[str, Tensor]
    settled: dict[str, Tensor]


@dataclass(frozen=True, eq=False)
class Made:
    """What was written, as people see, hear and read it.

    pictures  n of them
    sounds    n of them
    words     n of them
    styles    part → the n names of its look, voice or tongue
    """

    pictures: list[Image.Image]
    sounds: list[Sound]
    words: list[str]
    styles: dict[str, list[str]]


def write(joint: Joint, given: dict[str, Tensor], **how: Any) -> dict[str, Tensor]:
    """What stands on the last page of `writing`."""
    *_, last = writing(joint, given, **how)
    return last.parts


@torch.inference_mode()
def writing(
    joint: Joint,
    given: dict[str, Tensor],
    *,
    n: int = 1,
    parts: Iterable[str] = PARTS,
    styles: dict[str, str] | None = None,
    seed: int = 0,
    steps: int = STEPS,
    sampling: Sampling = USUAL,
    words: Tensor | None = None,
) -> Iterator[Page]:
    """All of some parts; each step settles the surest of every part (Chang et al. 2022, MaskGIT, section 3.2).

    given   what is known: "concept" (n, K), and of other parts, with their style, where they are known whole; with
            nothing given, `n` things are made that nobody asked for
    styles  a look, a voice or a tongue by name, for the parts that shall have it; the others' are chosen
    words   a `dictionary` of which each word is then one, chosen before all else; else they are spelt freely

    One seed always gives the same, each of the n another. Raises InputError for a style nobody has.
    """
    layout, parts = joint.generator.layout, list(parts)
    indices, hidden = _begun(joint, given, n, styles or {})
    n, asked = len(indices), {part: layout.places(part) for part in parts}
    if words is not None and "words" in asked and "words" not in given:
        indices[:, asked["words"]] = _looked_up(joint, indices, hidden, words, sampling, seed)
        hidden[:, asked["words"]] = False
    open_codes = {part: hidden[:, places].sum(1) for part, places in asked.items()}
    for step in range(steps):
        drawn, shares = _drawn(joint, indices, hidden, sampling, seed * 4099 + 2 * step, given)
        luck = noise(n, (layout.length,), seed=seed * 4099 + 2 * step + 1)
        surety = shares.log() + sampling.choice_temperature * (1 - (step + 1) / steps) * luck
        for part, places in asked.items():
            own = hidden[:, places]
            indices[:, places] = torch.where(own, drawn[:, places], indices[:, places])
            left = still_hidden(open_codes[part], own, (step + 1) / steps)
            hidden[:, places] = least_sure(surety[:, places], own, left)
        shown = {part: indices[:, places].clone() for part, places in asked.items()}
        yield Page(step + 1, steps, shown, {part: ~hidden[:, places] for part, places in asked.items()})


def dictionary(joint: Joint, words: dict[str, list[str]]) -> Tensor:
    """Tongue → words, as Findings has them → (W, 1 + letters), each with its tongue in front, for `writing`.

    Raises InputError for a tongue nobody has.
    """
    rows = []
    for tongue, own in words.items():
        number = torch.full((len(own), 1), _style(joint, "words", tongue))
        rows.append(torch.cat([number, spelled(own).long()], 1))
    return torch.cat(rows)


@torch.inference_mode()
def outputs(joint: Joint, parts: dict[str, Tensor]) -> Made:
    """What whole parts look, sound and read like; parts that are not there are empty."""
    pictures, sounds, words, styles = [], [], [], {}
    for part, rows in parts.items():
        if part != "concept":
            styles[part] = [joint.config.styles[part][i] for i in rows[:, 0].tolist()]
    if "pictures" in parts:
        pixels = ((joint.picture(parts["pictures"][:, 1:]) + 1) * 127.5).round().to(torch.uint8)
        pictures = [Image.fromarray(each.permute(1, 2, 0).numpy()) for each in pixels]
    if "sounds" in parts:
        sounds = [Sound(each.numpy()) for each in joint.sound(parts["sounds"][:, 1:])]
    if "words" in parts:
        words = written(parts["words"][:, 1:])
    return Made(pictures, sounds, words, styles)


def _begun(joint: Joint, given: dict[str, Tensor], n: int, styles: dict[str, str]) -> tuple[Tensor, Tensor]:
    """Indices (n, T) with all that is given, and what is hidden (n, T)."""
    layout = joint.generator.layout
    n = max([len(codes) for codes in given.values()], default=n)
    indices = torch.zeros(n, layout.length, dtype=torch.int64)
    hidden = torch.ones_like(indices, dtype=torch.bool)
    for part, codes in given.items():
        indices[:, layout.places(part)], hidden[:, layout.places(part)] = codes, False
    for part, name in styles.items():
        place = layout.places(part).start
        indices[:, place], hidden[:, place] = _style(joint, part, name), False
    return indices, hidden


def _drawn(
    joint: Joint, indices: Tensor, hidden: Tensor, sampling: Sampling, seed: int, given: dict[str, Tensor]
) -> tuple[Tensor, Tensor]:
    """A code for every place (n, T), and how likely it was there."""
    layout = joint.generator.layout
    guesses = joint.generator(indices, hidden)
    if sampling.guidance not in (None, 1.0) and "concept" in given:
        free = hidden.clone()
        free[:, layout.places("concept")] = True
        without = joint.generator(indices, free)
        guesses = [b + sampling.guidance * (a - b) for a, b in zip(guesses, without, strict=True)]
    drawn, shares = torch.zeros_like(indices), torch.zeros(indices.shape)
    for i, (segment, guess) in enumerate(zip(layout.segments, guesses, strict=True)):
        logits, here = narrowed(guess, sampling), slice(segment.start, segment.stop)
        chance = noise(len(logits), logits.shape[1:], seed=seed * 31 + i)
        drawn[:, here] = (logits + chance).argmax(-1)
        shares[:, here] = logits.softmax(-1).gather(2, drawn[:, here, None])[..., 0]
    return drawn, shares


def _looked_up(joint: Joint, indices: Tensor, hidden: Tensor, words: Tensor, sampling: Sampling, seed: int) -> Tensor:
    """(n, 1 + letters), a word of the dictionary (W, 1 + letters) for each: first a tongue, then a word of it.

        log p(word) = Σ log p(letter), each letter guessed while all are hidden

    Codes in doubt between three and nine are spelt "nhnee"; a dictionary leaves three or nine. So handwriting is
    read (Graves et al. 2009, A Novel Connectionist System for Unconstrained Handwriting Recognition).
    """
    place = joint.generator.layout.places("words").start
    tongues = joint.generator(indices, hidden)[-2][:, 0].float()  # (n, tongues)
    missing = torch.ones(tongues.shape[1], dtype=torch.bool).index_fill_(0, words[:, 0], False)
    chosen = _by_chance(tongues.masked_fill(missing, -torch.inf), sampling, seed * 4099 + 1021)
    indices, hidden = indices.clone(), hidden.clone()
    indices[:, place] = torch.where(hidden[:, place], chosen, indices[:, place])
    hidden[:, place] = False
    letters = joint.generator(indices, hidden)[-1].float().log_softmax(-1)  # (n, letters, 257)
    scores = letters[:, torch.arange(letters.shape[1]), words[:, 1:]].sum(-1)  # (n, W)
    scores = scores.masked_fill(words[:, 0] != indices[:, place, None], -torch.inf)
    return words[_by_chance(scores, sampling, seed * 4099 + 1022)]


def _by_chance(logits: Tensor, sampling: Sampling, seed: int) -> Tensor:
    """(n, V) → (n,)."""
    return (logits / sampling.temperature + noise(len(logits), logits.shape[1:], seed=seed)).argmax(1)


def _style(joint: Joint, part: str, name: str) -> int:
    names = joint.config.styles.get(part, ())
    if name not in names:
        raise InputError("There is no style “{name}”. There are: {names}.", name=name[:80], names=", ".join(names))
    return names.index(name)
