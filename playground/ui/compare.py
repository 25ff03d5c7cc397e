"""What the Compare page asks: one signal through all codecs of its medium and through classical ones.

Nothing is kept: what a point of the plot gives back is computed anew when somebody wants to see or hear it.
"""

import math
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from .. import makers, packing, zoo
from ..analysis import race
from ..analysis.classics import CLASSICS, Classic
from ..analysis.rate import RATE_UNITS
from ..core.codec import Codec
from ..core.errors import InputError
from ..core.tokens import Tokens
from ..media.modalities import TEXT
from ..media.packed import SUFFIX, Coding
from ..view.description import known_counts
from . import calls, media, samples, wire

COUNTS = ("raw", "coded", "prior")  # how the bits of codecs are counted
ORIGINAL = "original"  # the name under which the page asks for the input itself
RAW_BYTES = {"image": 3, "audio": 2, "text": 1}  # a position of a signal, uncompressed


@dataclass(frozen=True, eq=False)
class Entrant:
    """One who takes part: a codec, or a classical one.

    sort      "codec", "continuous" (a codec without codes) or "classic"
    settings  numbers of codebooks, or what a classical encoder can be told
    prior     name of a codec's causal prior, "" where there is none
    made_for  pixels along the longest side of the pictures that a codec's priors make, 0 where there are none
    """

    family: str
    title: str
    sort: str
    settings: tuple[float, ...]
    runner: Codec | Classic
    prior: str = ""
    made_for: int = 0

    def run(self, signal: Tensor, kind: str) -> Iterator[race.Point]:
        """Its points, one after the other."""
        measure = race.race_quality(kind)
        if self.sort == "classic":
            return race.race_classic(self.runner, signal, measure)
        known = known_counts(zoo.listed_folder(self.family), self.runner)
        under = packing.UnderPrior(makers.load_prior(self.prior)).sizes if self.prior else None
        return race.race_codec(self.runner, signal, measure, known, under)

    def output(self, signal: Tensor, setting: float) -> Tensor:
        """What it gives back at one of its settings."""
        if self.sort == "classic":
            return race.classic_output(self.runner, signal, setting)
        return race.codec_output(self.runner, signal, int(setting))

    def file(self, signal: Tensor, setting: float, count: str) -> wire.File:
        """The file that its size was counted of, `count` one of COUNTS. Raises InputError for a codec without codes."""
        if self.sort == "classic":
            return wire.File(f"compared{self.runner.suffix}", self.runner.encode(signal, setting))
        zoo.check_codes(self.runner)
        tokens = self.runner.encode(signal).first(int(setting))
        return wire.File(f"{self.family}-{int(setting)}{SUFFIX}", self._packed(tokens, count))

    def _packed(self, tokens: Tokens, count: str) -> bytes:
        """Under a prior only what it can tell of: anything else is counted entropy-coded."""
        prior = makers.load_prior(self.prior) if self.prior and count == "prior" else None
        if prior and packing.covers(prior, tokens):
            return packing.pack(tokens, Coding.PRIOR, prior)
        known = known_counts(zoo.listed_folder(self.family), self.runner)
        return packing.pack(tokens, Coding.RAW if count == "raw" else Coding.USAGE if known else Coding.ORDER_0)


def entrants(kind: str) -> list[Entrant]:
    """All who can take part with a medium: its codecs, the first one first, then the classics."""
    found, causal, sides = [], packing.causal_priors(), _sides()
    for card in calls.codecs(kind):
        codec = zoo.load_listed(card.name)
        sort = "codec" if codec.quantizer.num_codebooks else "continuous"
        settings, prior = tuple(race.depths(codec)), causal.get(card.name, "")
        found.append(Entrant(card.name, card.name, sort, settings, codec, prior, made_for=sides.get(card.name, 0)))
    classics = CLASSICS[kind].items()
    return found + [Entrant(name, classic.title, "classic", classic.settings, classic) for name, classic in classics]


def _sides() -> dict[str, int]:
    """Codec → the longest side, in pixels, of the pictures that its priors make."""
    sides: dict[str, int] = {}
    for card in makers.priors():
        if len(card.grid) == 3:  # a sound or a text is as long as it likes
            side = max(card.grid[1:]) * zoo.load_listed(card.codec).stride
            sides[card.codec] = max(sides.get(card.codec, 0), side)
    return sides


def open_file(kind: str, data: bytes, at: str = "") -> dict:
    """The part of a visitor's file that fills the bench: {original: a data URL, source, …_bytes}."""
    opened = media.of(kind).open(data, at)
    return {"original": media.url(opened.file), "source": opened.source} | opened.sizes


def run(message: dict) -> Iterator[dict]:
    """The race of {kind, original}: first {begin}, who takes part and how rates are told, then {point} by {point}.

    Everybody takes turns, so that the whole plot fills evenly.
    """
    kind, signal = _signal(message)
    running = entrants(kind)
    raw_bytes = RAW_BYTES[kind] * math.prod(signal.shape[2:])
    families = [_told(one, signal) for one in running]
    yield {"begin": {"families": families, "units": _units(kind, signal), "raw_bytes": raw_bytes}}
    courses = deque((one.family, one.run(signal, kind)) for one in running)
    while courses:
        family, course = courses.popleft()
        with calls.SLOTS:  # for each point anew, so that others need not wait for all
            point = next(course, None)
        if point is not None:
            courses.append((family, course))
            yield {"point": {"family": family} | told_point(point)}


def output(message: dict) -> wire.File:
    """What a point of the race gives back, exactly: {kind, original, family, setting}; `family` may be "original"."""
    kind, signal = _signal(message)
    if message.get("family") == ORIGINAL:
        return media.of(kind).file(signal, media.of(kind).exact)
    one, setting = _chosen(message, kind)
    with calls.SLOTS, torch.inference_mode():
        return media.of(kind).file(one.output(signal, setting), media.of(kind).exact)


def file(message: dict) -> wire.File:
    """The very file whose bytes were counted: {kind, original, family, setting, count: one of COUNTS, else "raw"}."""
    kind, signal = _signal(message)
    one, setting = _chosen(message, kind)
    count = message.get("count", "raw")
    if count not in COUNTS:
        raise InputError("Bits are counted as {counts}.", counts=", ".join(COUNTS))
    with calls.SLOTS, torch.inference_mode():
        return one.file(signal, setting, count)


def told_point(point: race.Point) -> dict:
    """A point as JSON can say it: what is not finite is None."""
    finite = {name: value if math.isfinite(value) else None for name, value in point.quality.items()}
    return {
        "setting": point.setting,
        "bits": point.rate and point.rate.bits,
        "coded_bits": point.rate and point.rate.coded_bits,
        "prior_bits": point.rate and point.rate.prior_bits,
        "tokens": point.rate.tokens if point.rate else 0,
        "side_bits": point.rate.side_bits if point.rate else (),
        "quality": finite,
        "encode_s": point.encode_s,
        "decode_s": point.decode_s,
    }


def _told(one: Entrant, signal: Tensor) -> dict:
    """home: whether a codec's priors make pictures of this size; apart: only of less than half of it."""
    told = {"family": one.family, "title": one.title, "sort": one.sort, "settings": len(one.settings)}
    side = max(signal.shape[2:])
    return told | {"prior": one.prior, "home": one.made_for == side, "apart": 0 < 2 * one.made_for < side}


def _units(kind: str, signal: Tensor) -> list[dict]:
    """Units of rates, and what one bit of the whole is in each."""
    rate, positions = RATE_UNITS[kind], math.prod(signal.shape[2:])
    units = [{"unit": rate.unit, "per_bit": rate.per_position / positions}]
    if kind == TEXT.kind:
        units.append({"unit": "bits/character", "per_bit": 1 / len(TEXT.write(signal))})
    return units


def _signal(message: dict) -> tuple[str, Tensor]:
    kind = str(message.get("kind"))
    medium = media.of(kind)
    signal = samples.original(message, kind)
    if max(signal.shape[2:]) > medium.length:
        raise InputError("Here fits what the bench takes: {most} along each side at most.", most=medium.length)
    return kind, signal


def _chosen(message: dict, kind: str) -> tuple[Entrant, float]:
    name, setting = message.get("family"), message.get("setting")
    for one in entrants(kind):
        if one.family == name:
            if setting not in one.settings:
                choices = ", ".join(f"{known:g}" for known in one.settings)
                raise InputError("“{family}” can be set to {choices}.", family=one.family, choices=choices)
            return one, setting
    raise InputError("Nobody called “{name}” takes part.", name=str(name)[:40])
