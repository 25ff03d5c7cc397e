"""The commands that pack tokens under a prior into a file as small as it gets, and take them out again."""

from pathlib import Path
from typing import Annotated

import typer

from .. import makers, packing
from ..core.errors import InputError
from ..core.tokens import Tokens
from .options import Output, app

Prior = Annotated[str, typer.Option("--prior", help="A causal prior; that of the tokens' codec when missing.")]


@app.command()
def pack(file: Path, output: Output, prior: Prior = "") -> None:
    """The tokens of a .json or .npz, arithmetic-coded under a causal prior: a file that only `unpack` can read."""
    tokens = Tokens.load(file)
    maker = _causal(prior or packing.causal_priors().get(tokens.codec, ""), tokens.codec)
    data = packing.pack(tokens, maker)
    output.write_bytes(data)
    count = tokens.indices.numel()
    bits = [each / count for each in (8 * len(data), packing.prior_bits(maker, tokens), tokens.bits)]
    print(
        f"{output}: {len(data):,} bytes, {bits[0]:.2f} bits a token; "
        f"{bits[1]:.2f} under {maker.config.name}, {bits[2]:.2f} as they are"
    )


@app.command()
def unpack(file: Path, output: Output, prior: Annotated[str, typer.Option("--prior")]) -> None:
    """The tokens of a file that `pack` made, as .json or .npz. It must be the same prior, on a machine alike."""
    tokens = packing.unpack(file.read_bytes(), _causal(prior, ""))
    tokens.save(output)
    print(f"{output}: {' × '.join(map(str, tokens.indices.shape[1:]))} tokens of {tokens.codec}")


def _causal(name: str, codec: str) -> packing.Causal:
    if not name:
        raise InputError("“{codec}” has no causal prior to pack with.", codec=codec)
    prior = makers.load_prior(name)
    if not isinstance(prior, packing.Causal):
        raise InputError("“{prior}” cannot pack: only a causal prior knows how probable tokens are.", prior=name)
    return prior
