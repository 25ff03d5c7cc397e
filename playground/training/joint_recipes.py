"""Recipes of joint models: two small codecs, what is shared, and what is made of it. A variant is a line in JOINTS."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from ..data.things import open_things_triples
from ..data.triples import Triples, open_digits_triples
from ..models.config import CodecConfig, QuantizerConfig
from ..models.convolution import ConvolutionConfig
from ..models.generator import PARTS
from ..models.senses import ALL_BANDS, BANDS
from .recipes import Recipe

PICTURES = CodecConfig(
    name="joint-pictures",
    body=ConvolutionConfig(patch=2, widths=(32, 64, 96), encoder_depths=(1, 1, 2), decoder_depths=(1, 2, 3), dim=32),
    quantizer=QuantizerConfig("residual", codebook_size=512, num_codebooks=2, dropout=0.2),
)
SOUNDS = CodecConfig(
    name="joint-sounds",
    modality="mel",
    body=ConvolutionConfig(
        rank=1, channels=80, patch=1, widths=(96, 128, 160), encoder_depths=(1, 1, 1), decoder_depths=(1, 2, 3), dim=32
    ),
    quantizer=QuantizerConfig("residual", codebook_size=512, num_codebooks=2, dropout=0.2),
)

SMALL_PICTURES = replace(
    PICTURES,
    name="joint-small-pictures",
    body=replace(PICTURES.body, widths=(24, 48, 64), encoder_depths=(1, 1, 1), decoder_depths=(1, 2, 2)),
    quantizer=replace(PICTURES.quantizer, codebook_size=256),
)
SMALL_SOUNDS = replace(
    SOUNDS,
    name="joint-small-sounds",
    body=replace(SOUNDS.body, widths=(64, 80, 104), decoder_depths=(1, 2, 2)),
    quantizer=replace(SOUNDS.quantizer, codebook_size=256),
)


@dataclass(frozen=True)
class StageRecipe:
    """How the shared codes, or what writes with them, are trained; see Recipe for the numbers.

    lessons  how many different ones there are before they come again; 0 makes each anew, which takes longer
    pool     batches of shared codes that are made once, to be written from
    weights  of the losses, by part: each is a mean over what that part was asked, so that long
             parts do not drown short ones
    """

    steps: int
    batch: int = 64
    learning_rate: float = 2e-3
    ramp: int = 100
    cooldown: float = 0.6
    average: float = 0.998
    report_every: int = 25
    save_every: int = 125
    seed: int = 0
    cures: tuple[str, ...] = ("kmeans", "moving")
    decay: float = 0.99
    weak: float = 0.0
    lessons: int = 0
    pool: int = 60
    weights: dict[str, float] = field(default_factory=lambda: dict.fromkeys(PARTS, 1.0))


@dataclass(frozen=True)
class JointRecipe:
    """How one joint model is trained: stage after stage, each upon those before it.

    pictures, sounds  the codecs of what is given out
    fusion            what is seen, heard and read → shared codes
    generator         shared codes → the codecs' codes and letters
    codebook_size     of the shared codes
    width             of the senses' first layers
    bands             of a spectrogram that are listened to
    trunk             width, depth and head of the generator
    without           speakers that are left out of everything
    """

    name: str
    title: str
    open: Callable[..., Triples]
    licence: str
    pictures: Recipe
    sounds: Recipe
    fusion: StageRecipe
    generator: StageRecipe
    codebook_size: int = 16
    width: int = 24
    bands: int = BANDS
    trunk: dict[str, int] = field(default_factory=lambda: {"width": 128, "depth": 4, "head": 32})
    without: tuple[str, ...] = ()


JOINTS: dict[str, JointRecipe] = {
    recipe.name: recipe
    for recipe in (
        JointRecipe(
            "joint-digits",
            "Digits, seen, heard and written",
            open_digits_triples,
            "CC BY-SA 4.0",
            pictures=Recipe(PICTURES, crop=32, batch=64, steps=1_500, unquantized=150, learning_rate=2e-3),
            sounds=Recipe(SOUNDS, crop=64, batch=64, steps=1_500, unquantized=150, learning_rate=2e-3),
            fusion=StageRecipe(steps=2_500, lessons=400, weights={"pictures": 1.5, "sounds": 1.0, "words": 0.5}),
            generator=StageRecipe(
                steps=2_500,
                batch=32,
                learning_rate=3e-3,
                weights={"concept": 0.2, "pictures": 1.0, "sounds": 1.0, "words": 0.5},
            ),
        ),
        JointRecipe(
            "joint-things",
            "Things, seen, heard and written",
            open_things_triples,
            "CC BY 4.0",
            pictures=Recipe(SMALL_PICTURES, crop=32, batch=64, steps=1_000, unquantized=100, learning_rate=2e-3),
            sounds=Recipe(SMALL_SOUNDS, crop=128, batch=48, steps=1_000, unquantized=100, learning_rate=2e-3),
            fusion=StageRecipe(steps=2_400, lessons=500, weights={"pictures": 0.3, "sounds": 2.0, "words": 0.5}),
            generator=StageRecipe(
                steps=2_000,
                batch=32,
                learning_rate=3e-3,
                weights={"concept": 0.2, "pictures": 1.0, "sounds": 1.0, "words": 0.5},
            ),
            codebook_size=64,
            bands=ALL_BANDS,
            trunk={"width": 128, "depth": 3, "head": 32},
        ),
    )
}
