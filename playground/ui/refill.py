"""A prior at work on the bench: it refills marked cells, goes on at the end, and makes variations, step by step.

Stateless functions of a message, as in blend.py; repair.py has the one that begins with a damaged original.
"""

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from .. import makers, zoo
from ..core.codec import Codec
from ..core.errors import InputError
from ..core.tokens import Tokens
from ..priors import refill
from ..priors.prior import Prior, Sampling
from ..priors.refill import Refilled
from . import calls, media, wire

MOST = 4  # proposals at a time
LARGEST_SEED = 999_999
LEAST_SHARE, MOST_SHARE = 0.05, 0.95  # of the cells, of a variation
EVERY = {"image": 0.5, "audio": math.inf, "text": 0.4}  # seconds between two looks at what there is so far


@dataclass(frozen=True, eq=False)
class Task:
    """What a prior is to do, checked.

    marked  (K, *grid) bool, the cells of `tokens` that are to be made
    asked   the rest of what `priors.refill.refill` takes
    """

    codec: Codec
    prior: Prior
    tokens: Tokens
    marked: Tensor
    asked: dict


def offered(kind: str) -> dict:
    """{priors: [{name, title, kind, codec, grid, classes}]} of all codecs of a medium."""
    media.of(kind)
    codecs = {card.name for card in calls.codecs(kind)}
    cards = [card for card in makers.priors() if card.codec in codecs and card.kind in refill.STEPS]
    names = ("name", "title", "kind", "codec", "grid", "classes")
    return {"priors": [{name: getattr(card, name) for name in names} for card in cards]}


def stream(message: dict, way: str) -> Iterator[dict]:
    """Tokens being made, {codec, grid, size, indices, codebooks, prior, …} and what the way takes: a plan, steps, done.

    way          "refill" {cells: base64 of a byte a cell, those not 0 are made anew}, "extend" {cells: how many more},
                 "variations" {share: 0.05 … 0.95 of the cells, drawn at random}
    seed, count  0 … 999,999; 1 … 4 proposals
    temperature, wanted, steps  see priors.prior.Sampling and Prior.sample

    Raises InputError for anything else.
    """
    if way not in WAYS:
        raise InputError("There is no such way to use a prior.")
    with calls.SLOTS, torch.inference_mode():
        task = WAYS[way](message)
    return follow(task)


def follow(task: Task) -> Iterator[dict]:
    """What the page is told while a task is carried out.

    plan  {grid, size, prior, codebooks, books: those that the prior knows, marked, cells: how many of how many, mask:
          which, a byte a cell, data: what stands there now}
    step  {step, steps, window: [starts…, stops…], left: for each proposal a byte a cell}, and now and then `data`
    done  {indices: of each proposal, data: as windows travel, changed: tokens that are others now, seconds}
    """
    began = seen = time.perf_counter()
    with calls.SLOTS, torch.inference_mode():
        plan = _plan(task) | {"data": decoded(task.codec, task.tokens)}
    yield plan
    medium, shown, pause = media.of(task.codec.kind), None, EVERY[task.codec.kind]
    work = refill.refill(task.prior, task.tokens, task.marked, **task.asked)
    while True:
        with calls.SLOTS, torch.inference_mode():  # anew for each, so that others need not wait for all
            step = next(work, None)
            if step is None:
                break
            shown, told = step, _step(step)
            looked = time.perf_counter()
            if looked - seen > pause:
                with medium.pace():
                    told["data"] = decoded(task.codec, step.tokens)
                seen = time.perf_counter()
                pause = max(pause, 3 * (seen - looked))  # to show it shall not take longer than to make it
        yield told
    with calls.SLOTS, torch.inference_mode():
        done = _done(task, shown) | {"seconds": time.perf_counter() - began}
    yield done


def decoded(codec: Codec, tokens: Tokens) -> list[str]:
    """Each of (n, K, *grid), decoded, as windows travel."""
    medium = media.of(codec.kind)
    ones = [tokens.with_indices(one[None]) for one in tokens.indices]  # together they would take n times the memory
    return [wire.pack_bytes(medium.window(codec.decode(one)).data) for one in ones]


def tokens_of(indices: str, plan: dict, codec_name: str) -> Tokens:
    """A proposal of a `done`, for what the `plan` was."""
    shape = {name: plan[name] for name in ("grid", "size", "codebooks")}
    size = zoo.load_listed(codec_name).quantizer.codebook_size
    return wire.tokens_from(shape | {"indices": indices}, size, codec_name)


# What a message asks for.


def _refill(message: dict) -> Task:
    codec, tokens, prior = tokens_and_prior(message)
    cells = wire.unpack(message.get("cells"), "u1")
    if len(cells) != math.prod(tokens.grid):
        raise InputError("The page sent {count} cells for a grid of {grid}.", count=len(cells), grid=list(tokens.grid))
    marked = torch.from_numpy(cells.copy()).reshape(tokens.grid) > 0
    return task_of(message, codec, prior, tokens, marked)


def _extend(message: dict) -> Task:
    codec, tokens, prior = tokens_and_prior(message)
    most = media.of(codec.kind).length // codec.stride
    cells = whole(message, "cells", most // 10, 1, most)
    if len(tokens.grid) != 1:
        raise InputError("Only what has an end can be continued: a sound or a text.")
    tokens, opened = refill.longer(codec, tokens, cells)
    calls.check_fit(codec, tokens)
    return replace(task_of(message, codec, prior, tokens, opened.any(0)), marked=opened)


def _vary(message: dict) -> Task:
    codec, tokens, prior = tokens_and_prior(message)
    share = number(message, "share", 0.5, LEAST_SHARE, MOST_SHARE)
    marked = refill.at_random(tokens.grid, share, seed=_seed(message))
    return task_of(message, codec, prior, tokens, marked)


WAYS = {"refill": _refill, "extend": _extend, "variations": _vary}


def tokens_and_prior(message: dict) -> tuple[Codec, Tokens, Prior]:
    """What is on the bench, and the prior that is to work on it."""
    codec = zoo.load_listed(str(message.get("codec")))
    zoo.check_codes(codec)
    tokens = wire.tokens_from(message, codec.quantizer.codebook_size, codec.name)
    calls.check_fit(codec, tokens)
    return codec, tokens, prior_from(message, tokens)


def prior_from(message: dict, tokens: Tokens) -> Prior:
    """The prior that a message names. Raises InputError for one of another codec, and where there is none."""
    prior = makers.load_prior(str(message.get("prior")))
    refill.check_fit(prior, tokens)
    return prior


def task_of(message: dict, codec: Codec, prior: Prior, tokens: Tokens, marked: Tensor) -> Task:
    """With the settings of a message; marked (*grid) holds for all codebooks. Raises InputError for wrong ones."""
    books = marked.expand(tokens.num_codebooks, *tokens.grid)
    refill.check_marked(books, prior.config.name)
    own = prior.config.sampling
    warmth = number(message, "temperature", own.temperature, 0.05, 2.0)
    wanted = message.get("wanted", "")
    asked = {
        "n": whole(message, "count", MOST, 1, MOST),
        "wanted": wanted if isinstance(wanted, str) else "",
        "seed": _seed(message),
        "sampling": replace(own, temperature=warmth) if isinstance(own, Sampling) else None,
    }
    if message.get("steps") is not None:
        asked["steps"] = whole(message, "steps", 8, 1, 64)
    prior.config.vocabulary.row(asked["wanted"])  # an unknown class is refused before anything streams
    return Task(codec, prior, tokens, books, asked)


def whole(message: dict, name: str, usual: int, least: int, most: int) -> int:
    """A whole number of a message. Raises InputError for another one."""
    value = message.get(name, usual)
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise InputError("“{name}” is a whole number from {least} to {most}.", name=name, least=least, most=most)
    return value


def number(message: dict, name: str, usual: float, least: float, most: float) -> float:
    """A number of a message. Raises InputError for another one."""
    value = message.get(name, usual)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not least <= value <= most:
        raise InputError("“{name}” is a number from {least} to {most}.", name=name, least=least, most=most)
    return float(value)


def _seed(message: dict) -> int:
    return whole(message, "seed", 1, 0, LARGEST_SEED)


# What the page is told.


def _plan(task: Task) -> dict:
    places = task.marked.any(0)
    return {
        "kind": "plan",
        "grid": list(task.tokens.grid),
        "size": list(task.tokens.size),
        "prior": task.prior.config.name,
        "books": task.prior.config.trunk.grid[0],
        "codebooks": task.tokens.num_codebooks,
        "marked": int(places.sum()),
        "cells": places.numel(),
        "mask": wire.pack(places, "u1"),
    }


def _step(step: Refilled) -> dict:
    window = [cells.start for cells in step.window] + [cells.stop for cells in step.window]
    left = [wire.pack(cells, "u1") for cells in step.left]
    return {"kind": "step", "step": step.step, "steps": step.steps, "window": window, "left": left}


def _done(task: Task, last: Refilled) -> dict:
    changed = (last.tokens.indices != task.tokens.indices).flatten(1).sum(1).tolist()
    indices = [wire.pack(one, "<u2") for one in last.tokens.indices]
    return {"kind": "done", "indices": indices, "data": decoded(task.codec, last.tokens), "changed": changed}
