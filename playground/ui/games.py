"""Codebook games: A with other codes than its own, there and back again, and with noise.

Stateless, of messages {codec, a, …}, as in blend.py.
"""

from collections.abc import Callable, Iterator

import torch
from torch import Tensor

from .. import zoo
from ..analysis import drift as drifting
from ..analysis import geometry, wobble
from ..core.codec import Codec
from ..core.errors import InputError
from ..core.tokens import Tokens
from ..edits import exchanges
from . import calls, media, wire
from .mixing import MIXING, original

MOST_PASSES = 40
MOST_NOISE = 4.0  # deviations of the latents
MOST_TRIALS = 32


def play(name: str, message: dict) -> dict:
    """What a game of GAMES makes of A.

    {data and before: what it decodes to now and did before, as windows travel; indices, codec; cells: tokens that
    are others now, a byte each; others, count: how many of how many}
    """
    if name not in GAMES:
        raise InputError("There is no such game.")
    codec, signal = _codec_and_signal(message)
    with calls.SLOTS, torch.inference_mode():
        before = codec.encode(signal)
        reader, tokens = GAMES[name](codec, signal, before, message)
        shown = {"data": _packed(reader.decode(tokens), codec), "before": _packed(codec.decode(before), codec)}
    changed = tokens.indices[0] != before.indices[0]  # (K, *grid)
    return shown | {
        "indices": wire.pack(tokens.indices[0], "<u2"),
        "codec": tokens.codec,
        "cells": wire.pack(changed, "u1"),
        "grid": list(tokens.grid),
        "others": int(changed.sum()),
        "count": changed.numel(),
    }


def drift(message: dict) -> Iterator[dict]:
    """Round trips of A, {codec, a, passes}: a start, then passes.

    start  {kind, data, grid, count: tokens of each codebook}
    pass   {kind, data, number, like, quality; moved, away: tokens of each codebook; cells: those that are away, a
           byte each}, see analysis/drift.py
    """
    passes = message.get("passes", 12)
    if isinstance(passes, bool) or not isinstance(passes, int) or not 1 <= passes <= MOST_PASSES:
        raise InputError("Choose from 1 to {most} round trips.", most=MOST_PASSES)
    return _trips(*_codec_and_signal(message), passes)


def _trips(codec: Codec, signal: Tensor, passes: int) -> Iterator[dict]:
    medium, mixing = media.of(codec.kind), MIXING[codec.kind]
    with calls.SLOTS, torch.inference_mode():
        tokens = codec.encode(signal)
        start = {"grid": list(tokens.grid), "count": tokens.indices[0, 0].numel()}
        start |= {"kind": "start", "data": _packed(codec.decode(tokens), codec)}
    yield start
    trips = drifting.drift(codec, signal, passes, again=mixing.again)
    while True:
        with calls.SLOTS, torch.inference_mode():  # for each trip anew, so that others need not wait for all
            trip = next(trips, None)
            if trip is None:
                return
            measured = calls.quality(medium.modality, signal, trip.signal)
            told = {"data": _packed(trip.signal, codec), "quality": measured}
        counts = {name: getattr(trip, name).flatten(1).sum(1).tolist() for name in ("moved", "away")}
        cells = wire.pack(trip.away, "u1")  # (K, *grid)
        yield told | counts | {"kind": "pass", "number": trip.number, "like": trip.like, "cells": cells}


def wobbled(message: dict) -> dict:
    """Noise on the latents of A, {codec, a, sigma, trials, seed}.

    {data, before: as in `play`; flipped: shares of the trials, margins: both (K, *grid) float32; indices of the last
    trial; agreement: of both, for each codebook}, see analysis/wobble.py
    """
    sigma, trials, seed = (message.get(name, usual) for name, usual in (("sigma", 0.2), ("trials", 8), ("seed", 1)))
    whole = all(isinstance(n, int) and not isinstance(n, bool) for n in (trials, seed))
    if isinstance(sigma, bool) or not isinstance(sigma, (int, float)) or not 0 <= sigma <= MOST_NOISE or not whole:
        raise InputError("The noise goes from 0 to {most}.", most=MOST_NOISE)
    if not 1 <= trials <= MOST_TRIALS or not 0 <= seed < 2**31:
        raise InputError("Choose from 1 to {most} trials.", most=MOST_TRIALS)
    codec, signal = _codec_and_signal(message)
    size = tuple(signal.shape[2:])
    with calls.SLOTS, torch.inference_mode():
        latents = codec.latents(signal)
        found = wobble.wobble(codec, latents, size, sigma, trials=trials, seed=seed)
        levels = geometry.compared(codec, latents)
        margins = torch.cat([geometry.margins(vectors, codes) for vectors, codes in levels])  # (K, *grid)
        before = codec.decode(codec.snap(latents, size))
        shown = {"data": _packed(codec.decode(found.tokens), codec), "before": _packed(before, codec)}
    agreement = [wobble.agreement(flips, margin) for flips, margin in zip(found.flipped, margins, strict=True)]
    return shown | {
        "flipped": wire.pack(found.flipped, "<f4"),
        "margins": wire.pack(margins, "<f4"),
        "agreement": agreement,
        "grid": list(found.tokens.grid),
        "indices": wire.pack(found.tokens.indices[0], "<u2"),
    }


# The games: (codec, A, its tokens, message) → who decodes, and what.


def _palette(codec: Codec, signal: Tensor, before: Tokens, message: dict) -> tuple[Codec, Tokens]:
    """A with only the codes that B uses."""
    if codec.quantizer.num_codebooks > 1:
        calls.check_nested(codec)
    palette = codec.encode(original(message.get("b"), codec.kind)).indices[0]  # (K, *grid)
    allowed = [codes.unique() for codes in palette]
    return codec, exchanges.with_palette(codec, codec.latents(signal), allowed, before.size)


def _permuted(codec: Codec, signal: Tensor, before: Tokens, message: dict) -> tuple[Codec, Tokens]:
    """The codebook in another order."""
    seed = message.get("seed", 1)
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed < 2**31:
        raise InputError("“{name}” is a whole number from {least} to {most}.", name="seed", least=0, most=2**31 - 1)
    return codec, exchanges.permute(before, seed)


def _levels(codec: Codec, signal: Tensor, before: Tokens, message: dict) -> tuple[Codec, Tokens]:
    """Two codebooks read in each other's place."""
    i, j = (wire.level_from(message.get(name, usual), codec) for name, usual in (("i", 0), ("j", 1)))
    return codec, exchanges.exchange_levels(before, i, j)


def _read(codec: Codec, signal: Tensor, before: Tokens, message: dict) -> tuple[Codec, Tokens]:
    """The same numbers, read by another codec."""
    other = zoo.load_listed(str(message.get("other")))
    if other.kind != codec.kind:
        raise InputError("“{codec}” has codebooks of another shape.", codec=other.name)
    return other, exchanges.read_by(other, before)


GAMES: dict[str, Callable[[Codec, Tensor, Tokens, dict], tuple[Codec, Tokens]]] = {
    "palette": _palette,
    "permute": _permuted,
    "levels": _levels,
    "read": _read,
}


def _packed(signal: Tensor, codec: Codec) -> str:
    return wire.pack_bytes(media.of(codec.kind).window(signal).data)


def _codec_and_signal(message: dict) -> tuple[Codec, Tensor]:
    codec = zoo.load_listed(str(message.get("codec")))
    zoo.check_codes(codec)
    signal, _ = MIXING[codec.kind].fit(*[original(message.get("a"), codec.kind)] * 2)
    calls.check_size(codec, signal)
    return codec, signal
