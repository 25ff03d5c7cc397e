"""Codebook Playground from Python: pictures, sounds and texts as tokens, and back.

import playground as pg

tokens = pg.encode("image-vq", "holiday.jpg")
pg.decode("image-vq", tokens).save("again.png")
"""

import os

import torch

from .core.errors import InputError
from .core.tokens import Tokens
from .zoo import Card, catalogue, check_codes, check_fit, load

__all__ = ["Card", "InputError", "Tokens", "catalogue", "decode", "encode", "load"]


def encode(name: str | os.PathLike, raw: object) -> Tokens:
    """Tokens (1, K, *grid) of something from the world, by the codec of that name or folder.

    raw  for a picture codec a file's path, a PIL image, or an array (H, W, 3) uint8; for a sound codec a
         file's path or bytes, or a `Sound`; for a text codec the text itself, or a `pathlib.Path` to a file

    Raises InputError for an unknown codec or one without codes, or for anything its modality cannot read.
    """
    codec = load(name)
    check_codes(codec)
    with torch.inference_mode():
        return codec.encode(_modality(codec.kind).read(raw))


def decode(name: str | os.PathLike, tokens: Tokens) -> object:
    """What `tokens` stand for, in the natural type of the codec's modality: a PIL image, a `Sound`, a str.

    Raises InputError for an unknown codec, and for tokens of another one.
    """
    codec = load(name)
    check_fit(codec, tokens)
    with torch.inference_mode():
        return _modality(codec.kind).write(codec.decode(tokens))


def _modality(kind: str):
    # Not at the top: reading pictures and sounds takes libraries that a look at the catalogue does not.
    from .media.modalities import MODALITIES

    return MODALITIES[kind]
