"""From a training to a checkpoint folder that `zoo.load` can open."""

from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import save
from torch import Tensor

from ..analysis.evaluation import Evaluation
from ..core.codec import Codec
from ..core.errors import InputError
from ..models.config import CodecConfig, build
from ..models.convolution import count_parameters
from ..models.folder import CONFIG, WEIGHTS, Label, config_text
from .recipes import Recipe
from .state import load_state, write_safely

VQ = "van den Oord, Vinyals, Kavukcuoglu 2017, Neural Discrete Representation Learning"
LABELS: dict[str, Label] = {
    "image-vq": Label(title="Photographs, one codebook", quantizer="VQ", paper=VQ, licence="Apache-2.0"),
}
# What analysis derives from the weights: with new weights it would be untrue.
DERIVED = ("card.md", "codebook.json", "tiles.webp", "exemplars.webp")


@dataclass(frozen=True)
class Provenance:
    """Where weights come from.

    recipe    how they were trained
    steps     how far
    data      one sentence: which pictures, and how many
    licences  one sentence: under which licences they stand, and whom to credit
    """

    recipe: Recipe
    steps: int
    data: str
    licences: str


def trained_codec(recipe: Recipe, folder: Path) -> tuple[Codec, int]:
    """The codec of the newest training state in `folder`, and the step it was saved at.

    Raises InputError when there is no state, or only damaged ones.
    """
    state = load_state(folder)
    if state is None:
        raise InputError("There is no training in “{folder}” yet.", folder=folder)
    step, tensors, _ = state
    return codec_from_state(recipe, tensors), step


def codec_from_state(recipe: Recipe, tensors: dict[str, Tensor]) -> Codec:
    """The codec within a training state's tensors, frozen and in eval mode."""
    weights = {name.removeprefix("model."): t for name, t in tensors.items() if name.startswith("model.")}
    with torch.device("meta"):  # no weights of its own: these are all there are
        codec = build(recipe.codec)
    codec.load_state_dict(weights, assign=True)
    return codec.to(memory_format=torch.channels_last).requires_grad_(False).eval()


def export(codec: Codec, folder: Path, *, config: CodecConfig, label: Label) -> None:
    """Writes model.safetensors, in half precision, and config.json.

    Each file is exchanged in one move; what had been derived from older weights is removed.
    Raises ValueError for weights that half precision cannot hold.
    """
    tensors = {name: tensor.half().contiguous() for name, tensor in codec.state_dict().items()}
    for name, tensor in tensors.items():
        if not tensor.isfinite().all():
            raise ValueError(f"{name} has values that half precision cannot hold")
    folder.mkdir(parents=True, exist_ok=True)
    write_safely(folder / WEIGHTS, save(tensors))
    write_safely(folder / CONFIG, config_text(config, label).encode())
    for name in DERIVED:
        (folder / name).unlink(missing_ok=True)


def card_text(codec: Codec, label: Label, provenance: Provenance, evaluation: Evaluation, *, pictures: str) -> str:
    """The text of card.md.

    evaluation  of pictures the training never saw
    pictures    which they are: "202 validation pictures, centre squares at 256 × 256"
    """
    return f"""# {label.title} (`{codec.name}`)

{label.quantizer} ({label.paper}): {codec.quantizer.codebook_size:,} codes, stride {codec.stride}, \
{count_parameters(codec) / 1e6:.1f} M parameters. Weights: {label.licence}.

## Measured

On {pictures}, none of which was trained on:

{_figures(evaluation)}

## Training

{_method(provenance.recipe, provenance.steps)}

    python -m playground train {provenance.recipe.codec.name} --data DIR

## Data

{provenance.data}

{provenance.licences}
"""


def _figures(evaluation: Evaluation) -> str:
    usage = evaluation.usage
    return f"""| measure | value |
| --- | --- |
| PSNR | {evaluation.quality["psnr_db"]:.2f} dB |
| SSIM | {evaluation.quality["ssim"]:.3f} |
| rate | {evaluation.rate_bpp:.3f} bits/pixel |
| usage | {usage.usage:.1%} of the codebook, over {usage.items:,} pictures ({usage.tokens:,} tokens) |
| perplexity | {usage.perplexity:.0f} of {usage.counts.numel():,} |

PSNR and SSIM are means over the pictures (torchmetrics, default windows)."""


def _method(recipe: Recipe, steps: int) -> str:
    return f"""{steps:,} steps of {recipe.batch} random crops of {recipe.crop} × {recipe.crop} pixels; AdamW, highest \
learning rate {recipe.learning_rate:g}, led to zero over the last {recipe.cooldown:.0%}. The first \
{recipe.unquantized:,} steps ran without quantization, then k-means placed the codes; they follow running means of \
the latents (decay {recipe.decay:g}), and unused ones are revived every {recipe.revive_every} steps. Loss: \
L1 + 4·L2 + 0.4·(1 − SSIM) + {recipe.codec.quantizer.commitment:g}·commitment."""
