"""What the bench shows of a codec without codes, the continuous twin of all others."""

import math

import torch
from torch import Tensor

from .. import zoo
from ..core.codec import Codec
from ..core.errors import InputError
from ..quantizers.vector import along
from . import media, samples, wire

MOST_NOISE = 64  # times the noise it was trained with


def told(codec: Codec, signal: Tensor) -> tuple[dict, Tensor, Tensor]:
    """What the page is told of the latents of (1, C, *size), and what they decode to, twice."""
    latents = codec.latents(signal)  # (1, D, *grid)
    size = tuple(signal.shape[2:])
    output = codec.render(latents, size)
    message = {
        "codec": codec.name,
        "grid": list(latents.shape[2:]),
        "size": list(size),
        "codebooks": 0,
        "stride": codec.stride,
        "reach": codec.reach,
        "indices": "",
        "channels": latents.shape[1],
        "bits": wire.pack(codec.quantizer.information(latents)[0], "<f4"),  # (*grid)
    }
    return message, output, output


def shaken(message: dict) -> wire.File:
    """What the latents plus noise stand for: {codec, original, amount, seed}, amount in noises of the training."""
    codec = zoo.load_listed(str(message.get("codec")))
    if codec.quantizer.num_codebooks:
        raise InputError("“{codec}” has codes: there is no noise to add.", codec=codec.name)
    amount, seed = message.get("amount"), message.get("seed")
    if not isinstance(amount, (int, float)) or not 0 <= amount <= MOST_NOISE or not isinstance(seed, int):
        raise InputError("The noise goes from 0 to {most}.", most=MOST_NOISE)
    original = samples.original(message, codec.kind)
    if math.prod(-(-n // codec.stride) for n in original.shape[2:]) > wire.LARGEST_GRID:
        raise InputError("The bench takes one grid of up to {most} tokens.", most=wire.LARGEST_GRID)
    with torch.inference_mode():
        latents = codec.latents(original)
        noise = torch.randn(latents.shape, generator=torch.Generator().manual_seed(seed % 2**31))
        deviation = along(codec.quantizer.log_variance.exp().sqrt(), latents)
        shaken = codec.render(latents + amount * deviation * noise, tuple(original.shape[2:]))
        return media.of(codec.kind).window(shaken)
