"""Recipes of priors: everything such a training needs to know, as values. A variant is a line in PRIOR_RECIPES."""

from dataclasses import dataclass, field

from ..models.dit import TrunkConfig
from ..priors.prior import Sampling


@dataclass(frozen=True)
class PriorRecipe:
    """How one prior is trained; see Recipe for the numbers both have.

    kind      "causal", "masked" or "flow"
    codec     whose tokens it learns
    data      subfolder of --data, a key of SUBJECTS
    trunk     its grid is (K, *grid): of nested codes the first K, of a window that large
    variants  how often each training signal is encoded, moved about
    unasked   share of the signals of which is not said what they are, so that guidance can compare
    named     share of the others of which all is said, from group to name: a name has few items, a group has hundreds
    astray    of a causal prior, the largest share of an item's tokens that its lessons show as others
    guidance, sampling, rounds  how the prior is sampled unless told: the latter is a number of steps
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
    named: float = 0.0
    astray: float = 0.0
    guidance: float = 1.5
    sampling: Sampling = field(default_factory=Sampling)
    rounds: int | None = None
    average: float = 0.998
    report_every: int = 25
    save_every: int = 250
    seed: int = 0
    licence: str = "Apache-2.0"


PAPERS = {
    "causal": "Esser, Rombach, Ommer 2021, Taming Transformers for High-Resolution Image Synthesis",
    "masked": "Chang, Zhang, Jiang, Liu, Freeman 2022, MaskGIT",
    "flow": "Peebles, Xie 2023, Scalable Diffusion Models with Transformers; Eijkelboom et al. 2024, Variational Flow "
    "Matching",
}
TRUNK = TrunkConfig(width=128, depth=4)
EMOJI = {"codec": "emoji-vq", "data": "emoji", "trunk": TRUNK, "variants": 3, "named": 0.6}
DIGITS = {"codec": "digits-vq", "data": "digits_image", "trunk": TRUNK, "licence": "CC BY-SA 3.0"}
SPOKEN = {
    "codec": "audio-rvq",
    "data": "digits_audio",
    "trunk": TrunkConfig(grid=(3, 48), width=96, depth=5),  # 0.96 s
    "variants": 6,
    "batch": 24,
    "steps": 3_000,
    "guidance": 2.0,
    "licence": "CC BY-SA 4.0",
}
TEXT = {
    "codec": "text-rvq",
    "data": "text",
    "trunk": TrunkConfig(grid=(3, 32), width=96, depth=5),  # 128 bytes
    "guidance": 1.0,
    "sampling": Sampling(temperature=0.85),
}
PHOTOS = {
    "codec": "image-vq",
    "data": "images",
    "trunk": TrunkConfig(grid=(1, 16, 16), width=96, depth=6),  # 128 pixels a side
    "variants": 2,
    "guidance": 1.0,  # there is nothing to ask for
    "sampling": Sampling(temperature=0.9),
}
VARIED = Sampling(choice_temperature=9.0)  # with less chance in which cells are kept, digits are too much alike
PRIOR_RECIPES: dict[str, PriorRecipe] = {
    recipe.name: recipe
    for recipe in (
        PriorRecipe(
            "emoji-causal",
            "causal",
            title="Emoji, token by token",
            batch=32,
            steps=16_000,
            astray=0.6,
            guidance=2.0,
            sampling=Sampling(temperature=0.9),
            **EMOJI,
        ),
        PriorRecipe(
            "emoji-masked",
            "masked",
            title="Emoji, the surest first",
            batch=32,
            steps=12_000,
            guidance=2.0,
            sampling=Sampling(temperature=0.9, choice_temperature=7.0),
            **EMOJI,
        ),
        PriorRecipe("emoji-flow", "flow", title="Emoji, out of noise", batch=32, steps=18_000, guidance=2.0, **EMOJI),
        PriorRecipe(
            "digits-causal", "causal", title="Digits, token by token", batch=32, steps=1_500, guidance=2.0, **DIGITS
        ),
        PriorRecipe(
            "digits-masked",
            "masked",
            title="Digits, the surest first",
            batch=48,
            steps=2_500,
            sampling=VARIED,
            **DIGITS,
        ),
        PriorRecipe("digits-flow", "flow", title="Digits, out of noise", batch=32, steps=6_000, guidance=2.0, **DIGITS),
        PriorRecipe("spoken-causal", "causal", title="Spoken digits, token by token", **SPOKEN | {"steps": 2_000}),
        PriorRecipe("spoken-masked", "masked", title="Spoken digits, the surest first", sampling=VARIED, **SPOKEN),
        PriorRecipe("text-causal", "causal", title="Sentences, token by token", batch=32, steps=2_500, **TEXT),
        PriorRecipe("photos-masked", "masked", title="Photographs, the surest first", batch=16, steps=5_000, **PHOTOS),
    )
}
