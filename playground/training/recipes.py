"""Recipes: everything a training needs to know, as values. A variant is a line in RECIPES."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field

from torch import Tensor

from ..models.config import CodecConfig, QuantizerConfig
from ..models.convolution import ConvolutionConfig
from .adversary import AdversaryConfig


@dataclass(frozen=True)
class Recipe:
    """How one codec is trained.

    crop, batch     length of the training pieces along every axis (pixels, samples, bytes), and how many a step
    steps           steps in all
    aim             what it works for, from losses.py, "" for that of its medium
    start           the codec whose weights are the first ones, "" for fresh ones
    unquantized     first steps without quantization, none after a start
    cures           of codebook collapse, from quantizers/cures.py: "kmeans" puts the codes where
                    the latents are when they are first needed, "moving" keeps them at running
                    means, "revive" moves unused ones
    learning_rate   the highest one: reached after `ramp` steps, kept, and led to zero, as a
                    cosine falls, over the last `cooldown` share of the steps
    decay           of the codebook's running means
    revive_every    steps between revivals of unused codes, none during the cooldown
    weak            share of an even part of the latents below which a code counts as unused
    average         decay of the running mean of the weights, which is what is exported
    report_every    steps between reports
    save_every      steps between saves and validations
    frozen          parts that keep the weights they start with, modules' names: "encoder", "decoder.layers.0"
    adversary       a critic that the decoder has to convince, None for none
    lessons         first steps, in which a codec of bits is taught by the codec it starts from; see taught.py
    """

    codec: CodecConfig
    crop: int = 128
    batch: int = 16
    steps: int = 8_400
    aim: str = ""
    start: str = ""
    unquantized: int = 500
    learning_rate: float = 6e-4
    ramp: int = 300
    cooldown: float = 0.6
    cures: tuple[str, ...] = ("kmeans", "moving", "revive")
    decay: float = 0.99
    revive_every: int = 100
    weak: float = 0.03
    average: float = 0.999
    report_every: int = 25
    save_every: int = 250
    frozen: tuple[str, ...] = ()
    adversary: AdversaryConfig | None = None
    lessons: int = 0
    seed: int = 0
    data: str = field(default="images", metadata={"help": "subfolder of --data"})


Batches = Callable[[int], Tensor]  # step → (B, C, *size): a function of the step alone, so resuming is exact


def learning_rate(recipe: Recipe, step: int) -> float:
    """Up, level, and down to zero along half a cosine."""
    left = min(1.0, (recipe.steps - step) / max(1, recipe.steps * recipe.cooldown))
    return recipe.learning_rate * min((step + 1) / recipe.ramp, (1 - math.cos(math.pi * left)) / 2)


EYES = tuple(f"encoder.layers.{layer}" for layer in range(7))  # what a codec of pictures sees, but not what it says
BITS = QuantizerConfig("spherical", entropy=0.006)
RECIPES: dict[str, Recipe] = {
    "image-vq": Recipe(CodecConfig(name="image-vq")),
    "image-vqgan": Recipe(  # keeps the tokens of its start: only the decoder learns
        CodecConfig(name="image-vqgan"),
        start="image-vq",
        cures=(),
        frozen=("encoder", "quantizer"),
        adversary=AdversaryConfig(weight=44.0, regular=4.0, head_start=250, learning_rate=1e-3),
        batch=8,
        learning_rate=6e-5,
        ramp=100,
        average=0.996,
        cooldown=0.3,
        steps=3_300,
    ),
    "image-rvq": Recipe(
        CodecConfig(name="image-rvq", quantizer=QuantizerConfig("residual", codebook_size=1024, num_codebooks=8)),
    ),
    "image-fsq": Recipe(
        CodecConfig(
            name="image-fsq",
            body=ConvolutionConfig(dim=4),
            quantizer=QuantizerConfig("scalar", levels=(8, 5, 5, 5)),
        ),
        aim="picture error",
        learning_rate=5e-4,
        ramp=100,
        cooldown=0.85,
        average=0.998,
        unquantized=0,
        cures=(),
    ),
    "image-levels": Recipe(  # what teaches bits has 2^b levels a channel
        CodecConfig(
            name="image-levels",
            body=ConvolutionConfig(dim=4),
            quantizer=QuantizerConfig("scalar", levels=(8, 8, 4, 4)),
        ),
        start="image-fsq",
        frozen=EYES,  # the last two blocks say anew what was seen
        aim="picture error",
        steps=1_500,
        learning_rate=5e-4,
        ramp=50,
        cooldown=0.85,
        average=0.998,
        unquantized=0,
        cures=(),
    ),
    "image-bits": Recipe(
        CodecConfig(name="image-bits", body=ConvolutionConfig(dim=10), quantizer=BITS),
        start="image-levels",
        frozen=EYES,
        aim="picture error",
        lessons=3_900,
        steps=3_900,
        learning_rate=5e-4,
        ramp=50,
        cooldown=0.8,
        average=0.997,
        unquantized=0,
        cures=(),
    ),
    "image-bsq": Recipe(  # keeps the tokens of its start, whose bits fray when all learns on at this rate
        CodecConfig(name="image-bsq", body=ConvolutionConfig(dim=10), quantizer=BITS),
        start="image-bits",
        frozen=("encoder",),
        aim="picture error",
        steps=1_400,
        learning_rate=4e-4,
        ramp=50,
        cooldown=0.85,
        average=0.998,
        unquantized=0,
        cures=(),
    ),
    "image-vae": Recipe(
        CodecConfig(name="image-vae", quantizer=QuantizerConfig("gaussian")),
        start="image-vq",
        frozen=EYES[:6],
        steps=1_500,
        unquantized=0,
        cures=(),
    ),
    "audio-rvq": Recipe(
        CodecConfig(
            name="audio-rvq",
            modality="audio",
            body=ConvolutionConfig(
                rank=1,
                channels=1,
                patch=80,
                window=320,
                widths=(256, 384, 448),
                encoder_depths=(1, 2, 2),
                decoder_depths=(3, 3, 3),
                dim=64,
            ),
            quantizer=QuantizerConfig("residual", codebook_size=1024, num_codebooks=8),
        ),
        data="audio",
        crop=16_000,
        batch=24,
        steps=8_600,
        learning_rate=4e-4,
        cooldown=0.1,
        weak=0.5,
        revive_every=50,
    ),
    "text-rvq": Recipe(
        CodecConfig(
            name="text-rvq",
            modality="text",
            body=ConvolutionConfig(
                rank=1,
                channels=256,
                patch=1,
                widths=(128, 192, 256),
                encoder_depths=(1, 1, 1),
                decoder_depths=(1, 2, 1),
                attention=(2, 3),
                dim=64,
            ),
            quantizer=QuantizerConfig("residual", codebook_size=1024, num_codebooks=4, dropout=0.75),
        ),
        data="text",
        crop=512,
        batch=16,
        steps=20_000,
        unquantized=300,
    ),
    "text-rvq8": Recipe(  # 4 × 10 bits for 8 bytes: 5 bits a byte, of which the first codebook has 1.25
        CodecConfig(
            name="text-rvq8",
            modality="text",
            body=ConvolutionConfig(
                rank=1,
                channels=256,
                patch=2,
                widths=(128, 192, 256),
                encoder_depths=(1, 1, 1),
                decoder_depths=(1, 2, 1),
                attention=(2, 3),
                dim=64,
            ),
            quantizer=QuantizerConfig("residual", codebook_size=1024, num_codebooks=4, dropout=0.25),
        ),
        start="text-rvq",  # all of its layers fit but those that read and write bytes
        data="text",
        crop=512,
        batch=16,
        steps=12_000,
        ramp=100,
        revive_every=50,
        weak=0.2,
    ),
    "emoji-vq": Recipe(
        CodecConfig(
            name="emoji-vq",
            body=ConvolutionConfig(widths=(96, 160), encoder_depths=(1, 2), decoder_depths=(2, 5), dim=16),
            quantizer=QuantizerConfig(codebook_size=512, commitment=0.25),
        ),
        data="emoji",
        crop=64,
        batch=32,
        steps=7_500,
        learning_rate=1.2e-3,
    ),
    "digits-vq": Recipe(
        CodecConfig(
            name="digits-vq",
            body=ConvolutionConfig(patch=2, widths=(32, 64), encoder_depths=(1, 2), decoder_depths=(1, 3), dim=8),
            quantizer=QuantizerConfig(codebook_size=128, commitment=0.25),
        ),
        data="digits_image",
        crop=32,
        batch=64,
        steps=3_000,
        learning_rate=1e-3,
    ),
}
