"""A prior's checkpoint folder: `config.json`, `model.safetensors`, `card.md`, as that of a codec.

It lies in the folder of the codec whose tokens it makes, CODEC/priors/NAME: with another codec it is nothing.
"""

import hashlib
import json
from pathlib import Path

import torch

from ..core.codec import Codec
from ..core.errors import InputError
from ..models.folder import CONFIG, WEIGHTS, fill, read_json, shown
from .causal import Causal
from .flow import Flow
from .masked import Masked
from .prior import Prior, PriorConfig

FORMAT = "codebook-playground-prior"
VERSION = 1
PRIORS = "priors"  # the folder within a codec's
KINDS = {"causal": Causal, "masked": Masked, "flow": Flow}


def build_prior(config: PriorConfig, codec: Codec) -> Prior:
    """A prior with fresh weights. Raises ValueError for a kind nobody has written."""
    if config.kind not in KINDS:
        raise ValueError(f"unknown kind of prior {config.kind!r}")
    return KINDS[config.kind](config, codec)


def fingerprint(codec: Codec) -> str:
    """Of all codebooks, as half precision keeps them: the same codes in the same order have the same."""
    books = [codec.codebook(k).half().cpu().numpy().tobytes() for k in range(codec.quantizer.num_codebooks)]
    return hashlib.sha256(b"".join(books)).hexdigest()[:16]


def prior_text(config: PriorConfig, *, title: str, paper: str, licence: str) -> str:
    """What belongs into config.json."""
    content = {"format": FORMAT, "version": VERSION, "title": title, "paper": paper, "licence": licence}
    return json.dumps(content | {"prior": config.to_dict()}, ensure_ascii=False) + "\n"


def read_prior_config(folder: Path) -> tuple[PriorConfig, dict[str, str]]:
    """What config.json says: the prior, and its title, paper and licence. Raises InputError when it says none."""
    path = folder / CONFIG
    content = read_json(path)
    if content.get("format") != FORMAT or content.get("version") != VERSION:
        raise InputError("{file} is no prior of Codebook Playground, or of another version of it.", file=shown(path))
    try:
        config = PriorConfig.from_dict(content["prior"])
        if config.kind not in KINDS:
            raise ValueError(f"unknown kind of prior {config.kind!r}")
    except (ValueError, TypeError, LookupError, AttributeError) as error:
        reason = str(error).partition("\n")[0][:200]
        raise InputError("{file} describes no prior: {reason}.", file=shown(path), reason=reason) from None
    return config, {name: str(content.get(name, "")) for name in ("title", "paper", "licence")}


def unread_prior(config: PriorConfig, codec: Codec) -> Prior:
    """The prior that a config describes, without weights: its tensors have shapes only.

    Raises InputError when it describes none.
    """
    try:
        with torch.device("meta"):  # shapes without numbers: neither time nor memory
            return build_prior(config, codec)
    # Wrong numbers surface wherever the layers first trip over them.
    except (ValueError, TypeError, LookupError, ArithmeticError, AttributeError, RuntimeError) as error:
        reason = str(error).partition("\n")[0][:200]
        raise InputError("“{prior}” describes no network: {reason}.", prior=config.name, reason=reason) from None


def read_prior(folder: Path, codec: Codec) -> Prior:
    """The prior of a folder for its codec: frozen, in eval mode.

    Raises InputError when the folder holds none, or one that learned other codes than the codec has.
    """
    config, _ = read_prior_config(folder)
    if config.codes != fingerprint(codec):
        raise InputError(
            "“{prior}” was trained on other codes than “{codec}” has.", prior=config.name, codec=codec.name
        )
    prior = unread_prior(config, codec)
    fill(prior.network, folder / WEIGHTS)
    prior.network.requires_grad_(False).eval()
    return prior
