"""From shared codes to a picture, a sound and a word: the gaps of one sequence, filled the surest first."""

import math
from collections.abc import Iterable

import torch
from torch import Tensor

from ..core.errors import InputError
from ..models.generator import PARTS
from ..models.joint import Joint
from .network import narrowed
from .prior import Sampling, noise

STEPS = 10


@torch.inference_mode()
def write(
    joint: Joint,
    given: dict[str, Tensor],
    *,
    parts: Iterable[str] = PARTS,
    styles: dict[str, str] | None = None,
    seed: int = 0,
    steps: int = STEPS,
    sampling: Sampling = Sampling(),
) -> dict[str, Tensor]:
    """All of some parts, {"pictures": (n, 1 + places) …}: the style's number, and then the codes.

    given   what is known: "concept" (n, K), and of other parts, with their style, where they are known whole
    styles  a look, a voice or a tongue by name, for the parts that shall have it; the others' are chosen
    steps   rounds, each of which settles the surest of every part (Chang et al. 2022, MaskGIT, section 3.2)

    One seed always gives the same, each of the n another. Raises InputError for a style nobody has.
    """
    layout, n = joint.generator.layout, len(next(iter(given.values())))
    indices = torch.zeros(n, layout.length, dtype=torch.int64)
    hidden = torch.ones_like(indices, dtype=torch.bool)
    for part, codes in given.items():
        indices[:, layout.places(part)], hidden[:, layout.places(part)] = codes, False
    for part, name in (styles or {}).items():
        place = layout.places(part).start
        indices[:, place], hidden[:, place] = _style(joint, part, name), False
    asked = [layout.places(part) for part in parts]
    open_codes = [hidden[:, places].sum(1) for places in asked]
    for step in range(steps):
        drawn, shares = _drawn(joint, indices, hidden, sampling, seed * 4099 + 2 * step, given)
        luck = noise(n, (layout.length,), seed=seed * 4099 + 2 * step + 1)
        surety = shares.log() + sampling.choice_temperature * (1 - (step + 1) / steps) * luck
        for places, count in zip(asked, open_codes, strict=True):
            still = (count * math.cos(math.pi / 2 * (step + 1) / steps)).floor() if step + 1 < steps else 0 * count
            own = hidden[:, places]
            indices[:, places] = torch.where(own, drawn[:, places], indices[:, places])
            order = surety[:, places].masked_fill(~own, torch.inf).argsort(1).argsort(1)
            hidden[:, places] = own & (order < torch.minimum(still, (own.sum(1) - 1).clamp(min=0))[:, None])
    return {part: indices[:, layout.places(part)] for part in parts}


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


def _style(joint: Joint, part: str, name: str) -> int:
    names = joint.config.styles.get(part, ())
    if name not in names:
        raise InputError("There is no style “{name}”. There are: {names}.", name=name[:80], names=", ".join(names))
    return names.index(name)
