"""How a step of a prior travels to the page."""

import math
from functools import lru_cache

import torch
from torch import Tensor

from ..analysis import geometry
from ..core.codec import Codec
from ..core.tokens import Tokens
from ..media.modalities import AUDIO, IMAGE, TEXT
from ..priors.prior import Prior, Step
from ..view.latents import latent_colours
from . import media, wire


def told_step(prior: Prior, step: Step) -> dict:
    """A step of N samples as JSON.

    indices      base64 of N · K · cells, two bytes each; of a flow the codes nearest to where it is now
    filled       of a byte each; probability and entropy too, 255 is 1 and log2 V bits
    latents      of N · cells · 3 bytes, a flow's latents in colour; null for the others
    where        of D · cells half-precision numbers, the latents of a flow's only sample; else null
    picture      a data URL, N pictures one below the other; below the only one of a flow the one it is heading for
    sounds, texts  of priors of other media: a data URL each at the last step, a text each at every step
    """
    codec, flows = prior.codec, step.latents is not None
    with torch.inference_mode():
        tokens = codec.snap(step.latents, step.tokens.size) if flows else step.tokens
        told = {
            "step": step.step,
            "steps": step.steps,
            "indices": wire.pack(tokens.indices, "<u2"),
            "filled": wire.pack(step.filled, "u1"),
            "probability": _bytes(step.probability),
            "entropy": _bytes(step.entropy / math.log2(tokens.codebook_size)),
            "latents": None,
            "where": None,
        }
        if flows:
            told["latents"] = wire.pack(latent_colours(step.latents, codec.codebook()), "u1")
            told["where"] = wire.pack(step.latents[0], "<f2") if len(step.latents) == 1 else None
        if prior.codec.kind == AUDIO.kind and step.step < step.steps:
            return told  # a sound is played when it is whole
        if prior.codec.kind == IMAGE.kind and told["where"]:
            tokens = tokens.with_indices(torch.cat([tokens.indices, step.tokens.indices]))
        return told | told_output(prior, tokens, step.filled)


def told_output(prior: Prior, tokens: Tokens, filled: Tensor) -> dict:
    """What tokens stand for as JSON, see `told_step`; `filled` (1 or N, K, *grid) says which are there."""
    kind = prior.codec.kind
    signal = prior.codec.decode(_without_gaps(prior, tokens, filled))
    if kind == IMAGE.kind:
        return {"picture": strip(signal)}
    if kind == TEXT.kind:
        return {"texts": [TEXT.write(one[None]) for one in signal]}
    medium = media.of(kind)
    return {"sounds": [media.url(medium.file(one[None], medium.exact)) for one in signal]}


def _without_gaps(prior: Prior, tokens: Tokens, filled: Tensor) -> Tokens:
    """What is decoded: a causal prior has not thought of later cells, and code 0 would shine into those before."""
    if prior.config.kind != "causal" or filled.all():
        return tokens
    mean = torch.tensor(_mean_codes(prior.codec)[: tokens.num_codebooks])
    mean = mean.reshape(1, -1, *[1] * len(tokens.grid))
    return tokens.with_indices(torch.where(filled, tokens.indices, mean))


@lru_cache(maxsize=8)
def _mean_codes(codec: Codec) -> list[int]:
    return [geometry.mean_code(codec.codebook(k)) for k in range(codec.quantizer.num_codebooks)]


def strip(signal: Tensor) -> str:
    """Pictures (N, 3, H, W), one below the other, as a data URL of a PNG."""
    return wire.data_url("image/png", wire.png(IMAGE.write(signal.transpose(0, 1).flatten(1, 2)[None])))


def _bytes(values: Tensor) -> str:
    return wire.pack((values.clamp(0, 1) * 255).round(), "u1")
