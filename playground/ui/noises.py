"""What the Generate page shows beside the priors: pictures out of plain noise, by a GAN, by a VAE, and by codes alone.

Four rows of the same classes and seeds: codes drawn at random and decoded, codes that a prior drew, and what a GAN
and a VAE make of noise, which know no codes.
"""

from functools import lru_cache

import torch
from PIL import Image
from torch import Tensor

from .. import makers, noises
from ..analysis.atlas import to_bytes
from ..core.errors import InputError
from ..core.tokens import Tokens
from ..edits.blends import spherical, straight
from ..makers import PriorCard
from ..priors.prior import LARGEST_SEED, Prior
from ..view.sheets import sheet
from . import calls, wire

SHOWN, FRAMES = 8, 13  # pictures in a row; of a path, its ends with them
KINDS = ("masked", "causal", "flow")  # of a prior, the quickest first
PATH = torch.linspace(0, 1, FRAMES).tolist()


def menu() -> dict:
    """{models: [{name, title, kind, codec, side, noise, classes, parameters}], prior: {name, codec} or None}."""
    cards = noises.noises()
    keys = ("name", "title", "kind", "codec", "side", "noise", "classes", "parameters")
    prior = _prior(cards[0].codec) if cards else None
    return {
        "models": [{key: getattr(card, key) for key in keys} for card in cards],
        "prior": prior and {"name": prior.name, "codec": prior.codec, "kind": prior.kind},
    }


def rows(message: dict) -> dict:
    """{seed, wanted} → {rows: [{who, strip}]}: a strip, as a data URL, is SHOWN pictures side by side.

    who  the name of a model, "random" for codes drawn at random, "prior" for those of a prior
    """
    seed, wanted = _asked(message)
    found = []
    with calls.SLOTS, torch.inference_mode():
        for card in noises.noises():
            found.append(_told(card.name, noises.sample(card.name, SHOWN, seed=seed, wanted=wanted)))
        for who, (prior, tokens) in _codes(seed, wanted).items():
            found.append(_told(who, prior.codec.decode(tokens)))
    return {"rows": found}


def paths(message: dict) -> dict:
    """{seed, wanted} → {rows: [{who, strip, changed?}]}: from the first picture of a row to its second, in FRAMES.

    Noise turns from one end to the other on a sphere; a prior's codes as their latents do on a line, each snapped to
    the nearest code: `changed`, how many tokens are others than in the frame before.
    """
    seed, wanted = _asked(message)
    found = []
    with calls.SLOTS, torch.inference_mode():
        for card in noises.noises():
            a, b = noises.noise_of(card.name, 2, seed=seed).split(1)
            given = torch.cat([spherical(a, b, share) for share in PATH])
            found.append(_told(card.name, noises.pictures_of(card.name, given, wanted=wanted)))
        if "prior" in (codes := _codes(seed, wanted)):
            found.append(_path_of_codes(*codes["prior"]))
    return {"rows": found}


def _path_of_codes(prior: Prior, tokens: Tokens) -> dict:
    latents = prior.codec.embed(tokens)[:2].split(1)
    between = torch.cat([straight(*latents, share) for share in PATH])
    snapped = prior.codec.snap(between, tokens.size)
    changed = (snapped.indices[1:] != snapped.indices[:-1]).flatten(1).sum(1).tolist()
    return _told("prior", prior.codec.decode(snapped)) | {"changed": changed, "cells": snapped.indices[0].numel()}


def _codes(seed: int, wanted: str) -> dict[str, tuple[Prior, Tokens]]:
    """Codes of SHOWN pictures: at random, and by a prior; none where no codec beside the models has one."""
    cards = noises.noises()
    card = _prior(cards[0].codec) if cards else None
    if card is None:
        return {}
    prior = makers.load_prior(card.name)
    made = _sampled(prior, seed, wanted)
    generator = torch.Generator().manual_seed(seed)
    chance = torch.randint(made.codebook_size, made.indices.shape, generator=generator)
    return {"random": (prior, made.with_indices(chance)), "prior": (prior, made)}


@lru_cache(maxsize=8)
def _sampled(prior: Prior, seed: int, wanted: str) -> Tokens:
    """A sample that both rows and paths begin with."""
    *_, last = prior.sample(SHOWN, seed=seed, wanted=wanted)
    return last.tokens


def _prior(codec: str) -> PriorCard | None:
    found = [card for card in makers.priors() if card.codec == codec]
    return min(found, key=lambda card: KINDS.index(card.kind), default=None)


def _told(who: str, pictures: Tensor) -> dict:
    strip = Image.fromarray(sheet(to_bytes(pictures), len(pictures)))
    return {"who": who, "strip": wire.data_url("image/png", wire.png(strip))}


def _asked(message: dict) -> tuple[int, str]:
    seed, wanted = message.get("seed", 0), message.get("wanted", "")
    if not isinstance(seed, int) or isinstance(seed, bool) or not 0 <= seed < LARGEST_SEED:
        raise InputError("A seed is a number from 0 to {most}.", most=LARGEST_SEED - 1)
    if not isinstance(wanted, str):
        raise InputError("The page sent something that is not a message.")
    return seed, wanted
