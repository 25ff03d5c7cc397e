"""A training small enough to be watched: what may be chosen, and the recipe that makes of it."""

import math
from dataclasses import dataclass, fields

from ..core.errors import InputError
from ..models.config import CodecConfig, QuantizerConfig
from ..models.convolution import ConvolutionConfig
from ..models.folder import Label
from .checkpoint import LABELS
from .recipes import Recipe

CROP, BATCH = 32, 32  # pixels, pictures
MOST_STEPS = 30_000
NAMES = {  # as they are asked for → as they are built
    "vq": "vector",
    "rotation": "rotation",
    "cosine": "cosine",
    "simvq": "linear",
    "gumbel": "gumbel",
    "rvq": "residual",
    "fsq": "scalar",
    "lfq": "binary",
    "bsq": "spherical",
    "none": "gaussian",
}
MOVABLE = ("vq", "rotation", "cosine", "rvq")  # their codes may follow running means instead of a gradient
LEVELS = ((3, 3), (4, 4), (5, 5), (4, 4, 4), (5, 5, 5), (8, 6, 5), (8, 8, 8))  # of FSQ: 9 … 512 codes
RANGES = {
    "codebook_size": (2, 512),
    "num_codebooks": (1, 8),
    "dim": (2, 32),
    "commitment": (0.0, 4.0),
    "learning_rate": (1e-5, 0.05),
}
WHOLE = ("codebook_size", "num_codebooks", "dim")


@dataclass(frozen=True)
class Settings:
    """What the visitor chooses.

    quantizer       a key of NAMES
    codebook_size   V; FSQ takes the nearest product of levels it knows, LFQ and BSQ the nearest power of two
    num_codebooks   K, of RVQ
    dim             D, the width of the latents; FSQ, LFQ and BSQ have their own
    commitment      β
    kmeans, moving, revive   the cures of collapse, see quantizers/cures.py
    """

    quantizer: str = "vq"
    codebook_size: int = 64
    num_codebooks: int = 4
    dim: int = 8
    commitment: float = 0.25
    learning_rate: float = 2e-3
    kmeans: bool = True
    moving: bool = True
    revive: bool = True


# Codes at random, a learning rate far too high, and nothing that holds latents to codes: they run away,
# and the codes that are left behind die within some dozen steps.
COLLAPSE = Settings(learning_rate=0.05, commitment=0.0, kmeans=False, moving=False, revive=False)


def settings_from(values: object) -> Settings:
    """Settings from the JSON of a page. Raises InputError, in a sentence, for anything that cannot be trained."""
    if not isinstance(values, dict):
        raise InputError("The page sent something that is not a message.")
    known = {field.name for field in fields(Settings)}
    settings = Settings(**{name: value for name, value in values.items() if name in known})
    if str(settings.quantizer) not in NAMES:
        names = ", ".join(NAMES)
        raise InputError("There is no quantizer “{name}”. There are: {names}.", name=settings.quantizer, names=names)
    for name, (low, high) in RANGES.items():
        check(name, getattr(settings, name), low, high)
    for name in ("kmeans", "moving", "revive"):
        if not isinstance(getattr(settings, name), bool):
            raise InputError("The page sent something that is not a message.")
    return settings


def check(name: str, value: object, low: float, high: float) -> None:
    """Raises InputError unless `value` is a number of that kind from `low` to `high`."""
    number = isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
    if not number or not low <= value <= high or (name in WHOLE and value != int(value)):
        raise InputError("{name} must be a number from {low} to {high}.", name=name, low=low, high=high)


def recipe_of(settings: Settings) -> Recipe:
    """The recipe: one stage of convolutions, stride 4, a tenth of a million weights."""
    quantizer, dim = _quantizer(settings)
    body = ConvolutionConfig(patch=4, widths=(48,), encoder_depths=(2,), decoder_depths=(2,), dim=dim)
    movable = settings.quantizer in MOVABLE
    cures = [name for name in ("kmeans", "moving", "revive") if getattr(settings, name)]
    return Recipe(
        CodecConfig(name="mine", body=body, quantizer=quantizer),
        crop=CROP,
        batch=BATCH,
        steps=MOST_STEPS,
        unquantized=0,
        learning_rate=settings.learning_rate,
        ramp=20,
        cooldown=0,
        cures=tuple(name for name in cures if name == "kmeans" or movable),
        decay=0.95,
        revive_every=20,
        average=0.97,
    )


def label_of(settings: Settings) -> Label:
    """What people are told of a codec trained so."""
    papers = {label.quantizer.lower(): label.paper for label in LABELS.values()}
    paper = papers.get(settings.quantizer, "")
    return Label(title="My own codec", quantizer=settings.quantizer.upper(), paper=paper, licence="your own")


def _quantizer(settings: Settings) -> tuple[QuantizerConfig, int]:
    """And the width of its latents."""
    kind, size, beta = NAMES[settings.quantizer], int(settings.codebook_size), settings.commitment
    if kind == "gaussian":
        return QuantizerConfig(kind), int(settings.dim)
    if kind == "scalar":
        levels = min(LEVELS, key=lambda levels: abs(math.log(math.prod(levels) / size)))
        return QuantizerConfig(kind, levels=levels), len(levels)
    if kind in ("binary", "spherical"):  # a bit a channel
        return QuantizerConfig(kind, commitment=beta), max(1, round(math.log2(size)))
    if kind == "residual":
        count = int(settings.num_codebooks)
        return QuantizerConfig(kind, codebook_size=size, num_codebooks=count, commitment=beta), int(settings.dim)
    return QuantizerConfig(kind, codebook_size=size, commitment=None if kind == "gumbel" else beta), int(settings.dim)
