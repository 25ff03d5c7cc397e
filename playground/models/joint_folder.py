"""A joint model's checkpoint folder: `config.json`, `model.safetensors`, `card.md`, as that of a codec."""

import json
from pathlib import Path

import torch

from ..core.errors import InputError
from .folder import CONFIG, WEIGHTS, fill, read_json, shown
from .joint import Joint, JointConfig

FORMAT = "codebook-playground-joint"
VERSION = 1
PAPER = "Mizrahi, Bachmann, Kar, Yeo, Gao, Dehghan, Zamir 2023, 4M: Massively Multimodal Masked Modeling"


def joint_text(config: JointConfig, *, title: str, licence: str) -> str:
    """What belongs into config.json."""
    content = {"format": FORMAT, "version": VERSION, "title": title, "paper": PAPER, "licence": licence}
    return json.dumps(content | {"joint": config.to_dict()}, ensure_ascii=False) + "\n"


def read_joint(folder: Path) -> Joint:
    """The joint model of a folder: frozen, in eval mode. Raises InputError when the folder holds none."""
    path = folder / CONFIG
    content = read_json(path)
    if content.get("format") != FORMAT or content.get("version") != VERSION:
        raise InputError("{file} is no joint model of Codebook Playground.", file=shown(path))
    try:
        config = JointConfig.from_dict(content["joint"])
        with torch.device("meta"):  # shapes without numbers: neither time nor memory
            joint = Joint(config)
            joint.spare()
    # Wrong numbers surface wherever the layers first trip over them.
    except (ValueError, TypeError, LookupError, ArithmeticError, AttributeError, RuntimeError) as error:
        reason = str(error).partition("\n")[0][:200]
        raise InputError("{file} describes no network: {reason}.", file=shown(path), reason=reason) from None
    fill(joint, folder / WEIGHTS)
    return joint.to(memory_format=torch.channels_last).requires_grad_(False).eval()
