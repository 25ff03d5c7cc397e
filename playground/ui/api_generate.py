"""The endpoints of the Generate page, for `gradio_client` and for scripts."""

import json
from collections.abc import Iterator

import torch

from .. import makers
from ..core.errors import InputError
from ..media import token_files
from ..priors.prior import Step
from . import calls, closer, media, wire
from . import generate as making
from .api import publish


def priors() -> list:
    """What can be made: [{name, codec, kind, grid, classes: [[name, level, group]], priors: {kind: {name, …}}}, …]."""
    return making.menu()["domains"]


def generate(prior: str, wanted: str = "", seed: int = 0, count: int = 1, options: dict | None = None) -> dict:
    """New pictures, sounds or texts.

    Args:
        prior: a name from /priors
        wanted: what it should be, a class of the prior or words of several, of a group one in it; anything when ""
        seed: the same number gives the same samples
        count: how many, 16 at most
        options: {steps, temperature, top_k, top_p, guidance, choice_temperature}, the prior's own where missing; and
            {given: {indices: [[…]], known: [[…]]}}, cells (K, *grid) that stay where `known` is true

    Returns:
        {tokens: one JSON object as `Tokens.save` writes it, of all samples; outputs: a data URL of each;
        names: what each was asked for by}
    """
    maker, options = makers.load_prior(prior), dict(options) if isinstance(options, dict) else {}
    if options.get("given"):
        options["given"] = _packed(options["given"])
    message = options | {"prior": prior, "wanted": wanted, "seed": seed, "count": count}
    lane = making.begin_lane(message)
    step = _last(lane.work)
    medium = media.of(maker.codec.kind)
    with calls.SLOTS, torch.inference_mode():
        signals = maker.codec.decode(step.tokens)
        outputs = [media.url(medium.file(signal[None], medium.exact)) for signal in signals]
    return {"tokens": json.loads(token_files.to_json(step.tokens)), "outputs": outputs, "names": list(lane.names)}


def cell_probabilities(prior: str, given: dict, cell: int, wanted: str = "", options: dict | None = None) -> dict:
    """What a causal or masked prior would put into one cell.

    Args:
        prior: a name from /priors
        given: {indices, known}, lists (K, *grid): the cells there are; of the others `indices` means nothing
        cell: its number, in reading order
        wanted: as of /generate; options too

    Returns:
        {codes, probabilities: falling, entropy: bits, possible: how many codes there are to choose from}
    """
    options = options if isinstance(options, dict) else {}
    return closer.probabilities(options | _packed(given) | {"prior": prior, "cell": cell, "wanted": wanted})


def neighbours(tokens: dict) -> dict:
    """The training pictures nearest to the tokens of one sample, as of /generate.

    Returns:
        {nearest: [{name, item, distance: root mean square difference, 0 … 1}], picture: a data URL of all of them,
        usual: the median distance of pictures that no prior saw, looked: how many pictures were looked through}
    """
    value = token_files.from_json(json.dumps(tokens))
    if len(value.indices) != 1:
        raise InputError("One sample at a time.")
    grid = list(value.indices.shape[1:])
    return closer.neighbours({"codec": value.codec, "grid": grid, "indices": wire.pack(value.indices, "<u2")})


def add_endpoints() -> None:
    """Adds them to the page being built."""
    publish(priors, generate, cell_probabilities, neighbours)


def _last(work: Iterator[Step]) -> Step:
    """The last of its steps, for each of which others may have their turn."""
    last = None
    while True:
        with calls.SLOTS:
            step = next(work, None)
        if step is None:
            return last
        last = step


def _packed(given: object) -> dict:
    """{indices, known} as lists → as the page sends them. Raises InputError for anything else."""
    try:
        indices, known = torch.tensor(given["indices"]), torch.tensor(given["known"])
        if indices.min() < 0 or indices.max() >= 2**16:
            raise ValueError(indices)
    except (KeyError, TypeError, ValueError, RuntimeError):
        raise InputError("These cells are not of this prior's grid.") from None
    return {"indices": wire.pack(indices, "<u2"), "known": wire.pack(known.bool(), "u1")}
