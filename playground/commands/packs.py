"""The commands that pack tokens into a file as small as it gets, and take them out again."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from .. import makers, packing
from ..core.errors import InputError
from ..core.tokens import Tokens
from ..media import token_files
from ..media.inputs import file_bytes
from ..media.packed import Coding
from .options import Output, app


class Way(StrEnum):
    """How the tokens are coded."""

    raw = "raw"
    order_0 = "order-0"
    usage = "usage"
    prior = "prior"


CODINGS = {Way.raw: Coding.RAW, Way.order_0: Coding.ORDER_0, Way.usage: Coding.USAGE, Way.prior: Coding.PRIOR}
WAYS = {coding: way for way, coding in CODINGS.items()}

Prior = Annotated[str, typer.Option("--prior", help="A causal prior; that of the tokens' codec when missing.")]
Chosen = Annotated[Way | None, typer.Option("--coding", help="The one that makes the smallest file when missing.")]


@app.command()
def pack(file: Path, output: Output, prior: Prior = "", coding: Chosen = None) -> None:
    """The tokens of a .json or .npz in a packed file, with a check sum: as small as they get, or as `--coding` says."""
    tokens = Tokens.load(file)
    maker = _maker(tokens, prior, needed=coding is Way.prior)
    if coding:
        chosen = CODINGS[coding]
        data = packing.pack(tokens, chosen, maker)
    else:
        chosen, data = packing.smallest(tokens, maker)
    token_files.write(data, output)
    count = tokens.indices.numel()
    told = f"{output}: {len(data):,} bytes, {WAYS[chosen].value}, {8 * len(data) / count:.2f} bits a token"
    worth = f"; {packing.prior_bits(maker, tokens) / count:.2f} under {maker.config.name}" if maker else ""
    print(f"{told}{worth}, {tokens.bits / count:.2f} as they are")


@app.command()
def unpack(file: Path, output: Output, prior: Annotated[str, typer.Option("--prior")] = "") -> None:
    """The tokens of a file that `pack` or the page made, as .json or .npz. Its prior is found when not named."""
    data = file_bytes(file, packing.LARGEST_FILE)
    tokens = packing.unpack(data, _causal(prior) if prior else None)
    tokens.save(output)
    print(f"{output}: {' × '.join(map(str, tokens.indices.shape[1:]))} tokens of {tokens.codec}")


def _maker(tokens: Tokens, name: str, *, needed: bool) -> packing.Causal | None:
    """The prior of that name; without one that of the tokens' codec, where there is one that can tell of them."""
    if name:
        return _causal(name)
    found = packing.causal_priors().get(tokens.codec, "")
    if needed and not found:
        raise InputError("“{codec}” has no causal prior to pack with.", codec=tokens.codec)
    maker = _causal(found) if found else None
    return maker if maker and (needed or packing.covers(maker, tokens)) else None


def _causal(name: str) -> packing.Causal:
    prior = makers.load_prior(name)
    if not isinstance(prior, packing.Causal):
        raise InputError("“{prior}” cannot pack: only a causal prior knows how probable tokens are.", prior=name)
    return prior
