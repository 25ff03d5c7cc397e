"""Checkpoints that leave out what another one has already.

A VQ-GAN that keeps the encoder and the codes of a VQ differs from it in the decoder only: then half of its weights
would lie on disk twice. Its config.json says instead whose they are, and what their fingerprint was.
"""

import hashlib
import json
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from ..core.errors import InputError

SHARES = "shares"  # the entry of config.json: {"codec": name, "fingerprint": hex}


def left_out(folder: Path, note: object, names: set[str]) -> dict[str, Tensor]:
    """The tensors `names` of the codec that `note`, an entry of a config, names: a neighbour of `folder`.

    Raises InputError when the note is none, or the neighbour is missing, or has other weights than it had.
    """
    if not isinstance(note, dict) or not all(isinstance(note.get(key), str) for key in ("codec", "fingerprint")):
        raise InputError("“{codec}” does not say whose weights it shares.", codec=folder.name)
    name = note["codec"]
    there = {path.name: path for path in folder.parent.iterdir()}  # compared with what is there: never a path of it
    try:
        tensors = load_file(there[name] / "model.safetensors")
        shared = {key: tensors[key] for key in sorted(names)}
    except (KeyError, SafetensorError, ValueError, OSError):
        raise InputError(
            "“{codec}” shares weights of “{other}”, which are not there.", codec=folder.name, other=name
        ) from None
    if fingerprint(shared) != note["fingerprint"]:
        raise InputError("“{codec}” shares weights of “{other}”, which are others now.", codec=folder.name, other=name)
    return shared


def apart(tensors: dict[str, Tensor], base: Path) -> tuple[dict[str, Tensor], dict[str, str]]:
    """Splits tensors as a checkpoint holds them: those that the codec in `base` does not have, and the config's entry.

    Raises InputError when they have nothing in common.
    """
    others = load_file(base / "model.safetensors")
    # The base's own numbers: 0 and −0 are equal, and have other bytes.
    shared = {name: others[name] for name, t in tensors.items() if name in others and torch.equal(t, others[name])}
    if not shared:
        raise InputError("“{other}” has no weights in common with it.", other=base.name)
    note = {"codec": base.name, "fingerprint": fingerprint(shared)}
    return {name: t for name, t in tensors.items() if name not in shared}, note


def fingerprint(tensors: dict[str, Tensor]) -> str:
    """Of the names, shapes and numbers of some tensors, in half precision."""
    digest = hashlib.sha256()
    for name in sorted(tensors):
        digest.update(json.dumps([name, list(tensors[name].shape)]).encode())
        digest.update(tensors[name].half().contiguous().numpy().tobytes())
    return digest.hexdigest()[:16]
