"""Recipes of priors: everything such a training needs to know, as values. A variant is a line in PRIOR_RECIPES."""

from dataclasses import dataclass

from ..models.dit import TrunkConfig


@dataclass(frozen=True)
class PriorRecipe:
    """How one prior is trained; see Recipe for the numbers both have.

    kind      "causal", "masked" or "flow"
    codec     whose tokens it learns
    data      subfolder of --data, a key of DOMAINS
    variants  how often each training picture is encoded, moved about
    unasked   share of the pictures of which is not said what they are, so that guidance can compare
    guidance  what the prior is sampled with unless told
    """

    name: str
    kind: str
    codec: str
    data: str
    title: str
    trunk: TrunkConfig
    batch: int = 64
    steps: int = 5_000
    learning_rate: float = 2e-3
    ramp: int = 200
    cooldown: float = 0.6
    variants: int = 1
    unasked: float = 0.1
    guidance: float = 1.5
    average: float = 0.998
    report_every: int = 25
    save_every: int = 250
    seed: int = 0
    licence: str = "Apache-2.0"


PAPERS = {
    "causal": "Esser, Rombach, Ommer 2021, Taming Transformers for High-Resolution Image Synthesis",
    "masked": "Chang, Zhang, Jiang, Liu, Freeman 2022, MaskGIT",
    "flow": "Peebles, Xie 2023, Scalable Diffusion Models with Transformers",
}
TRUNK = TrunkConfig(width=128, depth=4)
EMOJI = {"codec": "emoji-vq", "data": "emoji", "trunk": TRUNK, "variants": 6}
DIGITS = {"codec": "digits-vq", "data": "digits_image", "trunk": TRUNK, "licence": "CC BY-SA 3.0"}
PRIOR_RECIPES: dict[str, PriorRecipe] = {
    recipe.name: recipe
    for recipe in (
        PriorRecipe("emoji-causal", "causal", title="Emoji, token by token", batch=32, steps=3_000, **EMOJI),
        PriorRecipe("emoji-masked", "masked", title="Emoji, the surest first", batch=32, steps=3_000, **EMOJI),
        PriorRecipe("emoji-flow", "flow", title="Emoji, out of noise", batch=32, steps=3_000, **EMOJI),
        PriorRecipe("digits-causal", "causal", title="Digits, token by token", batch=32, steps=1_500, **DIGITS),
        PriorRecipe("digits-masked", "masked", title="Digits, the surest first", batch=48, steps=2_000, **DIGITS),
        PriorRecipe("digits-flow", "flow", title="Digits, out of noise", batch=32, steps=1_500, **DIGITS),
    )
}
