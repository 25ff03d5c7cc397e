"""Blend: every path from A to B, step by step as it is computed, and as files to keep.

Like calls.py: stateless functions of a message, which check their own arguments. A and B travel as
originals do: a data URL, or the address of a sample.
"""

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor

from .. import zoo
from ..analysis.flips import find_flips
from ..core.codec import Codec
from ..core.errors import InputError
from ..edits import blends
from ..edits.blends import Ends, Way
from . import calls, media, wire
from .mixing import MIXING, Mixing, original

MOST_STEPS = 64
FASTEST = 8.0  # times as fast as the path, of a codebook or of the cells inside
FINE = {True: 48, False: 120}  # places at which flips are looked for, of several codebooks and of one
CURVES = {"straight": blends.straight, "spherical": blends.spherical}
# Order in which tokens flip → (ends, seed) → (*grid) or (K, *grid).
ORDERS: dict[str, Callable[[Ends, int], Tensor]] = {
    "random": lambda ends, seed: blends.at_random(_grid(ends), seed),
    "alike": lambda ends, seed: blends.alike_first(ends),
    "along": lambda ends, seed: blends.along(_grid(ends)),
    "outwards": lambda ends, seed: blends.outwards(_grid(ends)),
    "coarse": lambda ends, seed: blends.coarse_first(blends.at_random(_grid(ends), seed), _books(ends.codec)),
}

Path = Callable[[Tensor | float], Tensor]  # a share → the signal there


@dataclass(frozen=True, eq=False)
class Blend:
    """One visitor's question, checked.

    paths  by name: signal, latents, snapped, tokens, twin; those there are for this codec
    twin   the continuous codec of the same medium, None where there is none
    """

    ends: Ends
    way: Way
    mixing: Mixing
    medium: media.Medium
    paths: dict[str, Path]
    twin: Ends | None


def stream(message: dict) -> Iterator[dict]:
    """The paths between two originals: {codec, a, b, steps, …} → a plan, frames, flips, {kind: "done"}.

    curve   "straight" or "spherical"; order, seed: when tokens flip, see ORDERS
    books   K speeds of the codebooks, 0 … 8; region, inside: base64 of a byte a cell, and the speed of those not 0
    paths   names of those that are wanted, all when missing

    Frames come coarse to fine: both ends, the middle, the quarters. Raises InputError for anything else.
    """
    steps = _whole(message, "steps", 16, 1, MOST_STEPS)
    began = time.perf_counter()
    with calls.SLOTS, torch.inference_mode():
        blend = blend_from(message)
    return _walk(blend, steps, began)


def _walk(blend: Blend, steps: int, began: float) -> Iterator[dict]:
    with torch.inference_mode():
        plan = _plan(blend, steps)
    yield plan
    for step in halving(steps):
        for name, path in blend.paths.items():
            with calls.SLOTS, torch.inference_mode(), blend.medium.pace():
                data = blend.medium.window(path(step / steps)).data
            yield {"kind": "frame", "path": name, "step": step, "data": wire.pack_bytes(data)}
    if "snapped" in blend.paths:
        with calls.SLOTS, torch.inference_mode():
            flips = _flips(blend, steps)
        yield flips
    yield {"kind": "done", "seconds": time.perf_counter() - began}


def halving(steps: int) -> list[int]:
    """0 … steps, coarse to fine: a slider that has the first of them is already good for something."""
    return sorted(range(steps + 1), key=lambda i: -(i & -i) if 0 < i < steps else -math.inf)


def step_file(message: dict, ending: str) -> wire.File:
    """One place of one path, {path, share, …} as `stream` takes it, as a file to keep.

    across  true for all of the path in one: A at the left or the beginning, B at the other end
    """
    with calls.SLOTS, torch.inference_mode():
        blend = blend_from(message)
        return blend.medium.file(_path(blend, message)(_share(blend, message)), ending)


def across(message: dict) -> dict:
    """Every path in one signal, A at its beginning and B at its end: path → base64 as frames travel."""
    with calls.SLOTS, torch.inference_mode():
        blend = blend_from(message)
        share = blends.crossing(_grid(blend.ends))
        return {name: wire.pack_bytes(blend.medium.window(path(share)).data) for name, path in blend.paths.items()}


def film_file(message: dict, ending: str) -> wire.File:
    """All steps of one path, {path, steps, …} as `stream` takes it, as a file that moves, or as a list."""
    steps = _whole(message, "steps", 16, 1, MOST_STEPS)
    with calls.SLOTS, torch.inference_mode():
        blend = blend_from(message)
        films = blend.mixing.films
        if ending not in films:
            endings = ", ".join(f".{known}" for known in films) or "–"
            raise InputError("A path is saved as {endings}, not as “{ending}”.", endings=endings, ending=ending[:9])
        path = _path(blend, message)
        with blend.medium.pace():
            shown = [blend.medium.modality.write(path(step / steps)) for step in range(steps + 1)]
    return wire.File(f"path.{ending}", films[ending](shown))


# What a message asks for.


def blend_from(message: dict) -> Blend:
    """What `message` asks for, A and B encoded. Raises InputError for what cannot be blended."""
    codec = zoo.load_listed(str(message.get("codec")))
    mixing, medium = MIXING[codec.kind], media.of(codec.kind)
    a, b = mixing.fit(original(message.get("a"), codec.kind), original(message.get("b"), codec.kind))
    calls.check_size(codec, a)
    ends = blends.ends(codec, a, b)
    way = _way(message, ends)
    twin = _twin(codec, a, b)
    paths = _paths(ends, way, twin, mixing)
    wanted = message.get("paths") or list(paths)
    if not isinstance(wanted, list) or not all(isinstance(name, str) and name in paths for name in wanted):
        raise InputError("There is no such path.")
    return Blend(ends, way, mixing, medium, {name: paths[name] for name in wanted}, twin)


def _way(message: dict, ends: Ends) -> Way:
    curve, order = message.get("curve", "straight"), message.get("order", "random")
    if str(curve) not in CURVES or str(order) not in ORDERS:
        raise InputError("There is no such path.")
    seed, books = _whole(message, "seed", 1, 0, 2**31 - 1), _books(ends.codec)
    speeds = message.get("books") or [1] * books
    if not isinstance(speeds, list) or len(speeds) != books or not all(map(_is_speed, speeds)):
        raise InputError("A speed is a number from 0 to {most}, one for each codebook.", most=FASTEST)
    if len(set(speeds)) > 1:
        calls.check_nested(ends.codec)
    when = ORDERS[order](ends, seed) if books else blends.at_random(_grid(ends), seed)
    when = when if when.ndim > len(_grid(ends)) else blends.together(when, max(1, books))
    return Way(CURVES[curve], when, tuple(map(float, speeds)), _region(message, _grid(ends)))


def _region(message: dict, grid: tuple[int, ...]) -> Tensor:
    """(*grid) speeds."""
    inside = message.get("inside", 1)
    if not _is_speed(inside):
        raise InputError("A speed is a number from 0 to {most}, one for each codebook.", most=FASTEST)
    if message.get("region") is None:
        return torch.ones(grid)
    cells = wire.unpack(message["region"], "u1")
    if len(grid) == 1:  # of a longer sound or text, which was cut to the shorter
        cells = cells[: grid[0]]
    if len(cells) != math.prod(grid):
        raise InputError("The page sent {count} cells for a grid of {grid}.", count=len(cells), grid=list(grid))
    chosen = torch.from_numpy(cells.copy()).reshape(grid) > 0
    return torch.where(chosen, torch.tensor(float(inside)), torch.tensor(1.0))


def _twin(codec: Codec, a: Tensor, b: Tensor) -> Ends | None:
    """A and B of the continuous codec of the same medium and stride."""
    for card in calls.codecs(codec.kind):
        if not card.num_codebooks and card.name != codec.name and card.stride == codec.stride:
            return blends.ends(zoo.load_listed(card.name), a, b)
    return None


def _paths(ends: Ends, way: Way, twin: Ends | None, mixing: Mixing) -> dict[str, Path]:
    render = partial(_rendered, way=way)
    paths = {"signal": partial(mixing.signal, ends, way), "latents": partial(render, ends)}
    if ends.tokens:
        paths["snapped"] = lambda share: ends.codec.decode(blends.snapped_at(ends, way, share))
        paths["tokens"] = lambda share: ends.codec.decode(blends.flipped_at(ends, way, share))
    if twin:
        plain = Way(way.between, way.when, (), way.region)  # it has no codebooks to go at different speeds
        paths["twin"] = partial(_rendered, twin, way=plain)
    return paths


def _rendered(ends: Ends, share: Tensor | float, *, way: Way) -> Tensor:
    return ends.codec.render(blends.latents_at(ends, way, share), tuple(ends.signals[0].shape[2:]))


def _path(blend: Blend, message: dict) -> Path:
    if str(message.get("path")) not in blend.paths:
        raise InputError("There is no such path.")
    return blend.paths[message["path"]]


def _share(blend: Blend, message: dict) -> Tensor | float:
    if message.get("across"):
        return blends.crossing(_grid(blend.ends))
    share = message.get("share", 0.5)
    if isinstance(share, bool) or not isinstance(share, (int, float)) or not 0 <= share <= 1:
        raise InputError("A place on the path is a number from 0 to 1.")
    return float(share)


# What the page is told.


def _plan(blend: Blend, steps: int) -> dict:
    ends = blend.ends
    size, grid = tuple(ends.signals[0].shape[2:]), _grid(ends)
    tokens = [wire.pack(tokens.indices[0], "<u2") for tokens in ends.tokens]
    return {
        "kind": "plan",
        "codec": ends.codec.name,
        "steps": steps,
        "paths": list(blend.paths),
        "size": list(size),
        "grid": list(grid),
        "stride": ends.codec.stride,
        "codebooks": _books(ends.codec),
        "tokens": tokens,
        "when": wire.pack(_arrivals(blend.way), "<f4"),
        "bits": _bits(blend),
    }


def _arrivals(way: Way) -> Tensor:
    """(K, *grid): the share of the path at which each token flips, infinite where it never does."""
    speeds = torch.stack([way.region * speed for speed in (way.books or (1.0,))])
    return torch.where(speeds * 1.0 >= way.when, way.when / speeds.clamp_min(1e-9), torch.inf)


def _bits(blend: Blend) -> dict[str, float]:
    """What one step of each path takes: samples as files hold them, latents as 32-bit numbers, tokens, and of the
    twin what its noise lets through, the mean of A and B."""
    ends = blend.ends
    bits = {"signal": blend.mixing.bits * ends.signals[0][0, 0].numel(), "latents": 32 * ends.latents[0].numel()}
    if ends.tokens:
        bits |= {"snapped": ends.tokens[0].bits, "tokens": ends.tokens[0].bits}
    if blend.twin:
        quantizer = blend.twin.codec.quantizer
        bits["twin"] = sum(float(quantizer.information(latents).sum()) for latents in blend.twin.latents) / 2
    return bits


def _flips(blend: Blend, steps: int) -> dict:
    """Where tokens of the snapped path flip, at places as fine as they divide every step alike."""
    ends, way = blend.ends, blend.way
    fine = steps * math.ceil(FINE[_books(ends.codec) > 1] / steps)
    path = (blends.latents_at(ends, way, place / fine) for place in range(fine + 1))
    found = find_flips(ends.codec, path, ends.tokens[0].size)
    columns = {name: wire.pack(getattr(found, name), "<u2") for name in ("steps", "levels", "cells", "codes")}
    return {"kind": "flips", "places": fine, "far": found.far.tolist()} | columns


def _grid(ends: Ends) -> tuple[int, ...]:
    return tuple(ends.latents[0].shape[2:])


def _books(codec: Codec) -> int:
    return codec.quantizer.num_codebooks


def _whole(message: dict, name: str, usual: int, least: int, most: int) -> int:
    value = message.get(name, usual)
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise InputError("“{name}” is a whole number from {least} to {most}.", name=name, least=least, most=most)
    return value


def _is_speed(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= FASTEST
