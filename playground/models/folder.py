"""A checkpoint folder: `config.json` says what network it is, `model.safetensors` holds its weights.

Nothing here can run code from a file: JSON and safetensors only hold numbers and words.
"""

import json
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

from ..core.codec import Codec
from ..core.errors import InputError
from .config import CodecConfig, build
from .sharing import SHARES, left_out

FORMAT = "codebook-playground-codec"
VERSION = 1
CONFIG, WEIGHTS = "config.json", "model.safetensors"
MODALITIES = ("image", "audio", "text")
LARGEST_CONFIG = 2**20  # bytes


@dataclass(frozen=True)
class Label:
    """What people are told of a checkpoint, all of it plain text.

    title      a few words
    quantizer  as it is shown: "VQ"
    paper      author, year, title
    licence    of the weights
    """

    title: str
    quantizer: str
    paper: str
    licence: str


def config_text(config: CodecConfig, label: Label) -> str:
    """What belongs into config.json."""
    content = {"format": FORMAT, "version": VERSION, "codec": config.to_dict()} | asdict(label)
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def read_config(folder: Path) -> tuple[CodecConfig, Label, Codec]:
    """What config.json says, and the network it describes, without weights: its tensors have shapes only.

    Raises InputError when the file is missing, is not JSON, or describes no network.
    """
    path = folder / CONFIG
    content, file = read_json(path), shown(path)
    if content.get("format") != FORMAT or content.get("version") != VERSION:
        raise InputError("{file} was not written by Codebook Playground, or by another version of it.", file=file)
    words = {field.name: content.get(field.name) for field in fields(Label)}
    for name, value in words.items():
        if not isinstance(value, str):
            raise InputError("{file} has no “{entry}”.", file=file, entry=name)
    unknown = sorted(set(content) - set(words) - {"format", "version", "codec", SHARES})
    if unknown:
        raise InputError("{file} has an unknown entry “{entry}”.", file=file, entry=unknown[0])
    try:
        config = CodecConfig.from_dict(content.get("codec"))
        with torch.device("meta"):  # shapes without numbers: neither time nor memory
            network = build(config)
        if config.modality not in MODALITIES:
            raise ValueError(f"unknown modality {config.modality!r}")
    # Wrong numbers surface wherever the layers first trip over them.
    except (ValueError, TypeError, LookupError, ArithmeticError, AttributeError, RuntimeError) as error:
        reason = str(error).partition("\n")[0][:200]
        raise InputError("{file} describes no network: {reason}.", file=file, reason=reason) from None
    return config, Label(**words), network


def read_weights(folder: Path, network: Codec) -> Codec:
    """`network` from `read_config`, filled from model.safetensors: frozen, in eval mode, in full precision.

    Raises InputError when the file is missing or damaged, when its tensors are not exactly
    those of the network, or when one of their numbers is not finite.
    """
    fill(network, folder / WEIGHTS, shares=read_json(folder / CONFIG).get(SHARES))
    return network.to(memory_format=torch.channels_last).requires_grad_(False).eval()


def fill(network: nn.Module, path: Path, *, shares: object = None) -> None:
    """Gives a network without weights those of a file, in full precision. Raises InputError as `read_weights`.

    shares  the config's entry that says whose the weights are that the file leaves out
    """
    if not path.is_file():
        raise InputError("There is no {file}.", file=shown(path))
    try:
        tensors = load_file(path)
    except (SafetensorError, ValueError, OSError):
        raise InputError("{file} is damaged: it is no whole safetensors file.", file=shown(path)) from None
    if shares is not None and (missing := network.state_dict().keys() - tensors.keys()):
        tensors |= left_out(path.parent, shares, missing)
    _check(tensors, network.state_dict(), shown(path))
    # Copied, since a float32 tensor would otherwise stay a window on a file that may be overwritten.
    tensors = {name: tensor.to(torch.float32, copy=True) for name, tensor in tensors.items()}
    network.load_state_dict(tensors, assign=True)


def shown(path: Path) -> str:
    """A file as messages name it: with its folder, but not with the rest, which is nobody's business on the web."""
    return f"{path.parent.name}/{path.name}"


def _check(tensors: dict[str, Tensor], expected: dict[str, Tensor], file: str) -> None:
    for name in sorted(expected.keys() - tensors.keys()):
        raise InputError("{file} has no tensor “{tensor}”.", file=file, tensor=name)
    for name in sorted(tensors.keys() - expected.keys()):
        raise InputError("{file} has a tensor “{tensor}” that the network does not have.", file=file, tensor=name)
    for name, tensor in tensors.items():
        shape, wanted = tuple(tensor.shape), tuple(expected[name].shape)
        if shape != wanted:
            raise InputError(
                "{file} does not fit its {config}: tensor “{tensor}” is {shape}, not {wanted}.",
                file=file,
                config=CONFIG,
                tensor=name,
                shape=str(shape),
                wanted=str(wanted),
            )
        if not tensor.is_floating_point() or not tensor.isfinite().all():
            raise InputError("{file} is damaged: “{tensor}” holds what is no number.", file=file, tensor=name)


def read_json(path: Path) -> dict:
    """The object in a small JSON file. Raises InputError when it is missing or holds no such thing."""
    if not path.is_file():
        raise InputError("There is no {file}.", file=shown(path))
    try:
        with open(path, "rb") as file:
            content = json.loads(file.read(LARGEST_CONFIG))
    except OSError:
        raise InputError("{file} cannot be read.", file=shown(path)) from None
    except (ValueError, RecursionError):
        raise InputError("{file} is not valid JSON.", file=shown(path)) from None
    if not isinstance(content, dict):
        raise InputError("{file} holds no JSON object.", file=shown(path))
    return content
