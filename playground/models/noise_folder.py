"""The checkpoint folder of what makes pictures out of noise: `config.json`, `model.safetensors`, `card.md`.

It lies in the folder of the codec beside whose pictures it is shown, CODEC/noises/NAME.
"""

import json
from pathlib import Path

import torch

from ..core.errors import InputError
from .folder import CONFIG, WEIGHTS, fill, read_json, shown
from .noise import FromNoise, NoiseConfig

FORMAT = "codebook-playground-noise"
VERSION = 1
NOISES = "noises"  # the folder within a codec's
KINDS = ("gan", "vae")


def noise_text(config: NoiseConfig, *, title: str, paper: str, licence: str) -> str:
    """What belongs into config.json."""
    content = {"format": FORMAT, "version": VERSION, "title": title, "paper": paper, "licence": licence}
    return json.dumps(content | {"noise": config.to_dict()}, ensure_ascii=False) + "\n"


def read_noise_config(folder: Path) -> tuple[NoiseConfig, dict[str, str]]:
    """What config.json says: the network, and its title, paper and licence. Raises InputError when it says none."""
    path = folder / CONFIG
    content = read_json(path)
    if content.get("format") != FORMAT or content.get("version") != VERSION:
        raise InputError(
            "{file} was not written by Codebook Playground, or by another version of it.", file=shown(path)
        )
    try:
        config = NoiseConfig.from_dict(content["noise"])
        if config.kind not in KINDS:
            raise ValueError(f"unknown kind {config.kind!r}")
        unread_noise(config)
    # Wrong numbers surface wherever the layers first trip over them.
    except (ValueError, TypeError, LookupError, ArithmeticError, AttributeError, RuntimeError) as error:
        reason = str(error).partition("\n")[0][:200]
        raise InputError("{file} describes no network: {reason}.", file=shown(path), reason=reason) from None
    return config, {name: str(content.get(name, "")) for name in ("title", "paper", "licence")}


def unread_noise(config: NoiseConfig) -> FromNoise:
    """The network of a config, without weights: its tensors have shapes only."""
    with torch.device("meta"):  # shapes without numbers: neither time nor memory
        return FromNoise(config)


def read_noise(folder: Path) -> tuple[NoiseConfig, FromNoise]:
    """Config and network of a folder: frozen, in eval mode. Raises InputError when the folder holds none."""
    config, _ = read_noise_config(folder)
    network = unread_noise(config)
    fill(network, folder / WEIGHTS)
    return config, network.to(memory_format=torch.channels_last).requires_grad_(False).eval()
