"""Repair by tokens: an original is damaged, encoded, and what of its tokens is lost or improbable made anew.

Whether that helps is measured, against the undamaged original, and said whichever way it comes out.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from .. import zoo
from ..core.codec import Codec
from ..core.errors import InputError
from ..data.damage import DAMAGES, Damaged, damage, damaged_cells
from ..priors import refill
from . import calls, media, samples, wire
from . import refill as refilling
from .refill import Task, number, whole

USUAL_SHARE = 0.3  # of the tokens, the least probable ones
USUAL_TEMPERATURE = 0.5  # a repair is to be likely before it is to be lively


@dataclass(frozen=True, eq=False)
class Repair:
    """One visitor's question, checked.

    original  (1, C, *size)
    damaged   the same after the damage
    task      what the prior is to do with its tokens
    """

    original: Tensor
    damaged: Damaged
    task: Task


def damages(kind: str) -> list[str]:
    """What can be done to a medium, the plainest first."""
    return list(DAMAGES.get(kind, {}))


def fitted(file: str, codec_name: str) -> str:
    """As much of a file, a data URL, as fits the bench, as what an original travels as."""
    medium = media.of(zoo.load_listed(codec_name).kind)
    return media.url(medium.open(wire.from_data_url(file)).file)


def stream(message: dict) -> Iterator[dict]:
    """A repair, {codec, original, prior, damage, amount, share, seed, temperature, …}: what `refill.follow` gives,
    with a `damaged` after the plan and a `verdict` at the end.

    damage  one of `damages`; amount: 0, a little, to 1; share: of the tokens made anew, the least probable, where
            nobody knows which suffered; where that is known exactly these are

    damaged  {data, through: before and after the codec; quality: {damaged, through, undamaged}}, the last of which
             is the codec's own for the undamaged original; mask: cells that are made anew, a byte each
    verdict  {quality: {repaired}}

    Raises InputError for anything else.
    """
    with calls.SLOTS, torch.inference_mode():
        repair = _repair(message)
    return _followed(repair)


def _followed(repair: Repair) -> Iterator[dict]:
    task, told = repair.task, {}
    yield _damaged(repair)
    for message in refilling.follow(task):
        yield message
        told[message["kind"]] = message
    repaired = refilling.tokens_of(told["done"]["indices"][0], told["plan"], task.codec.name)
    with calls.SLOTS, torch.inference_mode():
        quality = _measured(task.codec, repair.original, task.codec.decode(repaired))
    yield {"kind": "verdict", "quality": {"repaired": quality}}


def _repair(message: dict) -> Repair:
    codec = zoo.load_listed(str(message.get("codec")))
    zoo.check_codes(codec)
    original = samples.original(message, codec.kind)
    calls.check_size(codec, original)
    seed = whole(message, "seed", 1, 0, refilling.LARGEST_SEED)
    damaged = damage(codec.kind, str(message.get("damage")), original, message.get("amount", 0.5), seed=seed)
    tokens = codec.encode(damaged.signal)
    prior = refilling.prior_from(message, tokens)
    if damaged.where is None:
        share = number(message, "share", USUAL_SHARE, refilling.LEAST_SHARE, refilling.MOST_SHARE)
        marked = refill.highest(refill.surprise(prior, tokens), share)
    else:
        marked = damaged_cells(damaged.where, codec.stride)
    if not marked.any():
        raise InputError("Nothing was damaged. Choose more of it, or another damage.")
    told = {"temperature": USUAL_TEMPERATURE} | message | {"count": 1}
    return Repair(original, damaged, refilling.task_of(told, codec, prior, tokens, marked))


def _damaged(repair: Repair) -> dict:
    codec, tokens = repair.task.codec, repair.task.tokens
    began = time.perf_counter()
    with calls.SLOTS, torch.inference_mode():
        through, undamaged = codec.decode(tokens), codec.reconstruct(repair.original)
        shown = {
            "original": repair.original,
            "damaged": repair.damaged.signal,
            "through": through,
        }
        data = {name: wire.pack_bytes(media.of(codec.kind).window(signal).data) for name, signal in shown.items()}
        compared = {"damaged": repair.damaged.signal, "through": through, "undamaged": undamaged}
        quality = {name: _measured(codec, repair.original, signal) for name, signal in compared.items()}
    known = repair.damaged.where is not None
    return {"kind": "damaged", "data": data, "quality": quality, "known": known, "seconds": time.perf_counter() - began}


def _measured(codec: Codec, original: Tensor, signal: Tensor) -> dict:
    return calls.quality(media.of(codec.kind).modality, original, signal)
