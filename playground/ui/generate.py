"""What the Generate page asks: priors at work, step by step, each from whatever cells the visitor has set.

Nothing is kept: what goes on from a step is told all of it again.
"""

import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from functools import lru_cache

import torch

from .. import makers, seen, zoo
from ..core.codec import Codec
from ..core.errors import InputError
from ..core.tokens import Tokens
from ..priors.prior import Given, Prior, Sampling, Step
from . import calls, steps, wire

MOST = 16  # samples at a time
TOGETHER = 3  # priors side by side
KINDS = ("causal", "masked", "flow")  # in the order in which the page shows them
NUMBERS = ("temperature", "top_p", "guidance", "choice_temperature")  # of a Sampling


@dataclass(frozen=True, eq=False)
class Lane:
    """One prior at work.

    count  samples
    steps  how many there will be at most, for the page to know how far it is
    work   its steps
    names  what each sample is asked for by
    """

    prior: Prior
    count: int
    steps: int
    work: Iterator[Step]
    names: tuple[str, ...] = ()


def menu() -> dict:
    """What can be made: {domains: […]}, see `_domain`. It is put together anew when a file of it changes."""
    files = sorted(
        (
            *zoo.root().glob("*/config.json"),
            *zoo.root().glob("*/priors/*/config.json"),
            *zoo.root().glob(f"*/{seen.FILE}"),
        )
    )
    return _menu(tuple((path, path.stat().st_mtime_ns) for path in files))


@lru_cache(maxsize=2)
def _menu(files: tuple) -> dict:
    domains: dict[tuple[str, str], list[makers.PriorCard]] = {}
    for card in makers.priors():
        if card.kind in KINDS:
            domains.setdefault((card.codec, card.name.removesuffix(f"-{card.kind}")), []).append(card)
    return {"domains": [_domain(name, cards) for (_, name), cards in domains.items()]}


def _domain(name: str, cards: list[makers.PriorCard]) -> dict:
    """A codec, what it can be asked for, and its priors by kind.

    classes  [name, level, group], coarse ones first; the group is the number of a class of level 0, −1 for none
    chinese  class → its name in Chinese, where one is known
    seen     how many training pictures can be looked through
    """
    first = cards[0]
    codec = zoo.load_listed(first.codec)
    known = seen.load_seen(codec.name) if seen.is_known(codec.name) else None
    return {
        "name": name,
        "codec": codec.name,
        "kind": codec.kind,
        "grid": list(first.grid),
        "size": [length * codec.stride for length in first.grid[1:]],
        "codebook_size": codec.quantizer.codebook_size,
        "classes": _classes(makers.load_prior(first.name)),
        "chinese": known.chinese if known else {},
        "seen": len(known) if known else 0,
        "priors": {card.kind: _told(card) for card in cards},
    }


def _told(card: makers.PriorCard) -> dict:
    told = {name: getattr(card, name) for name in ("name", "title", "paper", "parameters", "steps")}
    return told | {"sampling": asdict(card.sampling) | {"guidance": card.guidance}}


def _classes(prior: Prior) -> list[list]:
    """[name, level, group] of all classes: labels above the finest level say their level, "0: symbols"."""
    vocabulary = prior.config.vocabulary
    levels = [label.partition(": ")[::2] for label in vocabulary.labels]
    coarse = {n: (int(level), name) for n, (level, name) in enumerate(levels) if level.isdigit() and name}
    found, groups = [], {}
    for name, numbers in vocabulary.classes.items():
        above = sorted(coarse[n] for n in numbers if n in coarse)
        level = above[-1][0] if above and above[-1][1] == name else len(above)
        if not level:
            groups[name] = len(found)
        found.append([name, level, groups.get(above[0][1], -1) if above else -1])
    return found


def run(message: dict) -> Iterator[dict]:
    """Priors at work on one question: {runs: […], wanted, seed, count} → {begin}, then {lane, …} step by step.

    runs  one or more of {prior, steps?, temperature?, top_k?, top_p?, guidance?, choice_temperature?, given?}; given
          is {indices, known}, base64 of K · cells numbers each, two bytes and one byte wide

    The one that is least far takes the next step, so that all arrive together. Raises InputError for what cannot be.
    """
    runs = message.get("runs")
    if not isinstance(runs, list) or not 1 <= len(runs) <= TOGETHER or not all(isinstance(one, dict) for one in runs):
        raise InputError("One to {most} priors work at a time.", most=TOGETHER)
    lanes = [begin_lane(message | one) for one in runs]
    return walk(lanes)


def walk(lanes: list[Lane]) -> Iterator[dict]:
    """Their steps as the page is told of them, after {begin}."""
    yield {"begin": [_introduced(lane) for lane in lanes]}
    done, running = [0.0] * len(lanes), set(range(len(lanes)))
    while running:
        now = min(running, key=lambda i: done[i])
        lane = lanes[now]
        with calls.SLOTS:  # for each step anew, so that others need not wait for all
            step = next(lane.work, None)
            told = step and steps.told_step(lane.prior, step)
        if step is None:
            running.remove(now)
            continue
        done[now] = step.step / step.steps
        yield {"lane": now} | told


def _introduced(lane: Lane) -> dict:
    return {"prior": lane.prior.config.name, "steps": lane.steps, "count": lane.count, "names": list(lane.names)}


def begin_lane(message: dict) -> Lane:
    """The work that a message asks for. Raises InputError for what cannot be."""
    prior = makers.load_prior(str(message.get("prior")))
    count = whole(message, "count", 1)
    if count > MOST:
        raise InputError("{most} samples at a time are the most.", most=MOST)
    given = given_from(message["given"], prior) if message.get("given") else None
    number = whole(message, "steps", prior.config.usual_steps)
    asked = {"wanted": wanted_from(message, prior), "steps": number, "seed": whole(message, "seed", 0), "given": given}
    work = prior.sample(count, sampling=sampling_from(message, prior), **asked)
    number = min(number, prior.config.trunk.length) if prior.config.kind == "causal" else number
    names = prior.config.vocabulary.drawn(asked["wanted"], count, seed=asked["seed"])
    return Lane(prior, count, number, _news(work, given), names)


def _news(work: Iterator[Step], given: Given | None) -> Iterator[Step]:
    """Its steps without those that only pass by what was given."""
    passed = int(given.known.sum()) if given is not None else -1
    for step in work:
        if step.latents is not None or int(step.filled[0].sum()) > passed:
            yield step


# What a message says.


def wanted_from(message: dict, prior: Prior) -> str:
    """What it should be; "" for anything. Raises InputError for an unknown class, before any work is begun."""
    wanted = message.get("wanted") or ""
    if not isinstance(wanted, str):
        raise InputError("A class is a name.")
    prior.config.vocabulary.row(wanted)
    return wanted


def known_class(message: dict) -> dict:
    """Whether a prior can be asked for a class: {prior, wanted} → {known, near: classes near to it}."""
    prior = makers.load_prior(str(message.get("prior")))
    try:
        wanted_from(message, prior)
    except InputError as error:
        return {"known": False, "near": error.values.get("near", "").split(", ")}
    return {"known": True, "near": []}


def sampling_from(message: dict, prior: Prior) -> Sampling:
    """How codes are chosen, as the prior does best unless told. Raises InputError for numbers that are none."""
    usual = prior.config.sampling
    values = {name: _number(message, name, getattr(usual, name)) for name in NUMBERS}
    return replace(usual, top_k=whole(message, "top_k", usual.top_k), **values)


def given_from(message: object, prior: Prior) -> Given:
    """Cells that stay. Raises InputError unless they fit the prior's grid and something is left to do."""
    indices, known = cells_from(message, prior)
    return Given(indices, known)


def cells_from(message: object, prior: Prior) -> tuple[torch.Tensor, torch.Tensor]:
    """{indices, known} → indices (1, K, *grid) int64 and known (1, K, *grid) bool."""
    grid, message = prior.config.trunk.grid, message if isinstance(message, dict) else {}
    indices = wire.unpack(message.get("indices"), "<u2").astype("int64")
    known = wire.unpack(message.get("known"), "u1").astype(bool)
    if len(indices) != math.prod(grid) or len(known) != len(indices) or indices.max() >= prior.config.codebook_size:
        raise InputError("These cells are not of this prior's grid.")
    return torch.from_numpy(indices).reshape(1, *grid), torch.from_numpy(known).reshape(1, *grid)


def tokens_from(packed: object, codec: Codec, grid: tuple[int, ...]) -> Tokens:
    """Base64 of one grid (K, *grid) of two bytes a cell → its tokens. Raises InputError for anything else."""
    size = [length * codec.stride for length in grid[1:]]
    message = {"grid": list(grid[1:]), "size": size, "codebooks": grid[0], "indices": packed}
    return wire.tokens_from(message, codec.quantizer.codebook_size, codec.name)


def whole(message: dict, name: str, usual: int) -> int:
    """A whole number of a message. Raises InputError for anything else."""
    value = message.get(name)
    if value is None:
        return usual
    if not isinstance(value, int) or isinstance(value, bool):
        raise InputError("{setting} must be a whole number.", setting=name.replace("_", " "))
    return value


def _number(message: dict, name: str, usual: float | None) -> float | None:
    value = message.get(name)
    if value is None:
        return usual
    if not isinstance(value, (int, float)) or isinstance(value, bool) or not math.isfinite(value):
        raise InputError("{setting} must be a number.", setting=name.replace("_", " "))
    return float(value)
