"""Codebook Playground from Python: pictures, sounds and texts as tokens, and back.

import playground as pg

tokens = pg.encode("image-vq", "holiday.jpg")
pg.decode("image-vq", tokens).save("again.png")
"""

import os

import torch

from .core.errors import InputError
from .core.tokens import Tokens
from .media.sounds import Sound
from .zoo import Card, catalogue, check_codes, check_fit, load

__all__ = ["Card", "InputError", "Sound", "Tokens", "catalogue", "decode", "encode", "load"]


def encode(name: str | os.PathLike, raw: object) -> Tokens:
    """Tokens (1, K, *grid) of something from the world, by the codec of that name or folder.

    raw  for every codec a file: its path, open, or its bytes. For a picture codec also a PIL image, or an array or
         a tensor (H, W), (H, W, C) or (C, H, W) of uint8, uint16 or floats in [0, 1]; for a sound codec also a
         `Sound`, or (rate, array) in either order, the array (T,), (T, C) or (C, T) of whole numbers, which are scaled
         by their type, or of floats in [−1, 1]; for a text codec a str is the text itself, a path a `pathlib.Path`

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
