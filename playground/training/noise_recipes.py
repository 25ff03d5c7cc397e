"""Recipes of what makes pictures out of noise. A variant is a line in NOISE_RECIPES."""

from dataclasses import dataclass, field

from ..models.convolution import ConvolutionConfig
from ..models.noise import BODY


@dataclass(frozen=True)
class NoiseRecipe:
    """How one of them is trained; see Recipe for the numbers both have.

    kind     "gan" or "vae"
    codec    beside whose pictures it is shown
    data     subfolder of --data, a key of DOMAINS
    noise    Z, numbers that a picture is made of
    unasked  share of the pictures of which is not said what they are
    """

    name: str
    kind: str
    codec: str
    data: str
    title: str
    body: ConvolutionConfig = field(default_factory=lambda: BODY)
    noise: int = 16
    batch: int = 64
    steps: int = 5_000
    learning_rate: float = 1e-3
    ramp: int = 100
    cooldown: float = 0.5
    unasked: float = 0.1
    average: float = 0.998
    report_every: int = 50
    save_every: int = 500
    seed: int = 0
    licence: str = "Apache-2.0"


PAPERS = {
    "gan": "Goodfellow et al. 2014, Generative Adversarial Nets",
    "vae": "Kingma, Welling 2014, Auto-Encoding Variational Bayes",
}
DIGITS = {"codec": "digits-vq", "data": "digits_image", "licence": "CC BY-SA 3.0"}
NOISE_RECIPES: dict[str, NoiseRecipe] = {
    recipe.name: recipe
    for recipe in (
        NoiseRecipe("digits-gan", "gan", title="Digits, from a GAN", learning_rate=5e-4, **DIGITS),
        NoiseRecipe("digits-vae", "vae", title="Digits, from a VAE", steps=4_000, **DIGITS),
    )
}
