"""The smallest training that still learns something."""

from pathlib import Path

import torch
from torch import Tensor

from playground.models.config import CodecConfig, QuantizerConfig
from playground.models.convolution import ConvolutionConfig
from playground.training.loop import Report, train
from playground.training.recipes import Recipe

TINY = Recipe(
    CodecConfig(
        name="tiny",
        body=ConvolutionConfig(widths=(8, 12), encoder_depths=(1, 1), decoder_depths=(1, 1), dim=4),
        quantizer=QuantizerConfig(codebook_size=16),
    ),
    crop=32,
    batch=4,
    steps=6,
    unquantized=2,
    ramp=2,
    revive_every=2,
    report_every=1,
    save_every=1,
)


def batches(step: int) -> Tensor:
    """Coloured waves: easy to learn, never twice the same."""
    generator = torch.Generator().manual_seed(step)
    phase = torch.rand(4, 3, 1, 1, generator=generator) * 6
    slope = torch.rand(4, 1, 1, 1, generator=generator) * 0.3
    return torch.sin(phase + slope * torch.arange(32.0) + slope.flip(0) * torch.arange(32.0)[:, None])


VALIDATION = batches(-1)


def finish(recipe: Recipe, folder: Path, **options) -> list[Report]:
    folder.mkdir(exist_ok=True)
    return list(train(recipe, options.get("batches", batches), VALIDATION, folder))
