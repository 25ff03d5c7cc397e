"""What a codec's priors learned from, as the codec's tokens: so that nobody need take on trust that a sample is new.

CODEC/seen.safetensors: `indices` (M, K, *grid) uint8 or int16, and in its header what the pictures are called.
"""

import json
import os
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from . import zoo
from .core.codec import Codec
from .core.errors import InputError
from .core.tokens import Tokens
from .registry.shelf import Shelf, file_stamp

FILE = "seen.safetensors"
FORMAT = "codebook-playground-seen"
TOGETHER = 64  # pictures decoded at a time
MOST_BYTES = 2**28  # of decoded pictures, and of tokens


@dataclass(frozen=True, eq=False)
class Seen:
    """The training pictures of a codec's priors.

    indices   (M, K, *grid) int64
    names     (M,) what each is called
    chinese   the same in Chinese, by name; {} where nobody has written them
    shift     pixels by which they were moved about in training
    mirrored  whether they were mirrored too
    usual     median distance of pictures that no prior saw to the nearest of these, see analysis/nearness.py
    """

    indices: Tensor
    names: tuple[str, ...]
    chinese: dict[str, str]
    shift: int
    mirrored: bool
    usual: float

    def __len__(self) -> int:
        return len(self.names)


_tokens: Shelf[Seen] = Shelf(lambda seen: seen.indices.nbytes, most_bytes=MOST_BYTES)
_pictures: Shelf[Tensor] = Shelf(lambda pictures: pictures.nbytes, most_bytes=MOST_BYTES)


def write_seen(folder: str | os.PathLike, seen: Seen) -> Path:
    """Writes it into a codec's folder; it appears whole or not at all."""
    told = {"names": seen.names, "chinese": seen.chinese, "shift": seen.shift, "mirrored": seen.mirrored}
    header = {"format": FORMAT, "told": json.dumps(told | {"usual": seen.usual}, ensure_ascii=False)}
    path, temporary = Path(folder) / FILE, Path(folder) / f".{FILE}.{os.getpid()}.tmp"
    narrow = torch.uint8 if int(seen.indices.max()) < 256 else torch.int16
    try:
        temporary.write_bytes(save({"indices": seen.indices.to(narrow).contiguous()}, header))
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    return path


def is_known(codec_name: str) -> bool:
    """Whether a codec of the catalogue has such a file. Raises InputError when there is no such codec."""
    return (zoo.listed_folder(codec_name) / FILE).is_file()


def load_seen(codec_name: str) -> Seen:
    """The training pictures of a codec of the catalogue. Raises InputError when it has none, or broken ones."""
    folder = zoo.listed_folder(codec_name)
    return _tokens.fetch(folder, partial(_stamp, folder), lambda: _read(folder / FILE))


def decoded(codec_name: str) -> Tensor:
    """(M, C, *size) uint8: all of them as the codec shows them. The first time takes some seconds."""
    folder, codec, seen = zoo.listed_folder(codec_name), zoo.load_listed(codec_name), load_seen(codec_name)
    # Of other weights the same tokens are other pictures.
    return _pictures.fetch(folder, lambda: (codec, _stamp(folder)), lambda: decode_all(codec, seen.indices))


def decode_all(codec: Codec, indices: Tensor) -> Tensor:
    """Indices (M, K, *grid) → (M, C, *size) uint8."""
    size = tuple(length * codec.stride for length in indices.shape[2:])
    shown = []
    with torch.inference_mode():
        for part in indices.split(TOGETHER):
            signal = codec.decode(Tokens(part, codec.quantizer.codebook_size, size, codec.name))
            shown.append(((signal.clamp(-1, 1) + 1) * 127.5).round().to(torch.uint8))
    return torch.cat(shown)


def _stamp(folder: Path) -> tuple:
    """Of the file. Raises InputError when there is none."""
    if not (folder / FILE).is_file():
        raise InputError("Nobody has written down what the priors of “{codec}” learned from.", codec=folder.name)
    return file_stamp(folder, FILE)


def _read(path: Path) -> Seen:
    try:
        with safe_open(path, framework="pt") as file:
            indices, header = file.get_tensor("indices").long(), file.metadata() or {}
        told = json.loads(header["told"])
        seen = Seen(
            indices,
            tuple(told["names"]),
            dict(told["chinese"]),
            int(told["shift"]),
            bool(told["mirrored"]),
            float(told["usual"]),
        )
        if header.get("format") != FORMAT or len(seen.names) != len(indices):
            raise ValueError("not what it says")
    except (SafetensorError, OSError, ValueError, KeyError, TypeError):
        raise InputError("{file} is damaged: write it anew.", file=f"{path.parent.name}/{path.name}") from None
    return seen
