"""Named endpoints of the HTTP API for priors that work on tokens there are already; see api.py."""

import json
from collections.abc import Iterator

from ..core.errors import InputError
from ..media import token_files
from . import refill as refilling
from . import repair as repairing
from . import wire
from .api import publish, uploaded


def add_endpoints() -> None:
    """Adds them to the page being built."""
    publish(refill, extend, variations, repair)


def refill(tokens: dict, cells: list, prior: str, options: dict | None = None) -> list:
    """A prior makes marked cells anew; all others stay.

    Args:
        tokens: from /encode, of the codec whose tokens the prior makes
        cells: a number for every cell in reading order, those not 0 are made anew
        prior: its name
        options: {seed: 0 … 999999, count: 1 … 4 proposals, temperature: 0.05 … 2, wanted: a class, steps}

    Returns:
        tokens of each proposal, as of /encode
    """
    if not isinstance(cells, list) or not all(isinstance(n, (int, bool)) for n in cells):
        raise InputError("Cells are a list of numbers, one for each.")
    marked = wire.pack_bytes(bytes(int(n != 0) for n in cells))
    return _made(tokens, prior, options, "refill", {"cells": marked})


def extend(tokens: dict, cells: int, prior: str, options: dict | None = None) -> list:
    """A prior goes on at the end of a sound or a text, for so many cells. The rest as of /refill."""
    return _made(tokens, prior, options, "extend", {"cells": cells})


def variations(tokens: dict, share: float, prior: str, options: dict | None = None) -> list:
    """A prior makes a share of all cells anew, 0.05 to 0.95, drawn at random by the seed. The rest as of /refill."""
    return _made(tokens, prior, options, "variations", {"share": share})


def repair(file: dict, damage: str, prior: str, options: dict | None = None, codec: str = "image-vq") -> dict:
    """Damages an uploaded file, encodes it, and has a prior make anew what is lost or least probable.

    Args:
        file: an uploaded file, `handle_file(path)` in gradio_client
        damage: of a picture "blocks", "low2", "low4", "blur" or "noise"; of a sound "gap", "noise" or "low"; of a
            text "lost" or "wrong"
        prior: its name
        options: {amount: 0 … 1, share: of the tokens made anew where nobody knows which suffered, seed, temperature}
        codec: a name from /catalogue

    Returns:
        {tokens: repaired, as of /encode, quality: {damaged, through: the same after the codec, repaired, undamaged:
        the codec's own}}, all against the file as it was
    """
    original = wire.data_url("application/octet-stream", uploaded(file).read_bytes())
    message = _options(options) | {"codec": codec, "prior": prior, "damage": damage}
    told = list(repairing.stream(message | {"original": repairing.fitted(original, codec)}))
    quality = next(one["quality"] for one in told if one["kind"] == "damaged") | told[-1]["quality"]
    return {"tokens": _tokens(told, codec)[0], "quality": quality}


def _made(tokens: dict, prior: str, options: dict | None, way: str, asked: dict) -> list:
    value = token_files.from_json(json.dumps(tokens))
    shape = {"grid": list(value.grid), "size": list(value.size), "codebooks": value.num_codebooks}
    message = _options(options) | {"codec": value.codec, "prior": prior, "indices": wire.pack(value.indices, "<u2")}
    return _tokens(refilling.stream(message | shape | asked, way), value.codec)


def _tokens(told: Iterator[dict], codec: str) -> list[dict]:
    """What a stream made, as JSON objects."""
    plan, done = {}, {}
    for message in told:
        plan = message if message["kind"] == "plan" else plan
        done = message if message["kind"] == "done" else done
    made = [refilling.tokens_of(indices, plan, codec) for indices in done["indices"]]
    return [json.loads(token_files.to_json(tokens)) for tokens in made]


def _options(options: object) -> dict:
    return dict(options) if isinstance(options, dict) else {}
