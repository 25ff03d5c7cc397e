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
from .adversary import AdversaryConfig
from .recipes import Recipe
from .state import load_state, write_safely

VQ = "van den Oord, Vinyals, Kavukcuoglu 2017, Neural Discrete Representation Learning"
GAN = "Esser, Rombach, Ommer 2021, Taming Transformers for High-Resolution Image Synthesis"
RVQ = "Zeghidour, Luebs, Omran, Skoglund, Tagliasacchi 2021, SoundStream"
FSQ = "Mentzer, Minnen, Agustsson, Tschannen 2023, Finite Scalar Quantization"
VAE = "Kingma, Welling 2014, Auto-Encoding Variational Bayes"
BSQ = "Zhao, Xiong, Krähenbühl 2024, Image and Video Tokenization with Binary Spherical Quantization"
LABELS: dict[str, Label] = {
    "image-vq": Label(title="Photographs, one codebook", quantizer="VQ", paper=VQ, licence="Apache-2.0"),
    "image-vqgan": Label(title="Photographs, sharper", quantizer="VQ-GAN", paper=GAN, licence="Apache-2.0"),
    "image-rvq": Label(title="Photographs, eight codebooks", quantizer="RVQ", paper=RVQ, licence="Apache-2.0"),
    "image-fsq": Label(title="Photographs, rounded", quantizer="FSQ", paper=FSQ, licence="Apache-2.0"),
    "image-bsq": Label(title="Photographs, ten bits", quantizer="BSQ", paper=BSQ, licence="Apache-2.0"),
    "image-vae": Label(title="Photographs, without codes", quantizer="VAE", paper=VAE, licence="Apache-2.0"),
    "audio-rvq": Label(title="Speech, notes and noises", quantizer="RVQ", paper=RVQ, licence="Apache-2.0"),
}
# What analysis derives from the weights: with new weights it would be untrue.
DERIVED = ("card.md", "codebook*.json", "tiles*.jpg", "exemplars*.webp")


@dataclass(frozen=True)
class Provenance:
    """Where weights come from.

    recipe  how they were trained
    data    which pictures, how many, under which licences, and whom to credit
    start   which weights they began with, a sentence; "" for none
    """

    recipe: Recipe
    data: str
    start: str = ""


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
    """The codec within a training state's tensors, its weights averaged, frozen and in eval mode."""
    weights = {name.removeprefix("average."): t for name, t in tensors.items() if name.startswith("average.")}
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
    for pattern in DERIVED:
        for file in folder.glob(pattern):
            file.unlink()


def card_text(codec: Codec, label: Label, provenance: Provenance, evaluations: dict[str, Evaluation]) -> str:
    """The text of card.md.

    evaluations  of pictures the training never saw, each named: "202 validation pictures at 256 × 256"
    """
    recipe = provenance.recipe
    return f"""# {label.title} (`{codec.name}`)

{label.quantizer} ({label.paper}): {_codes(codec)}, stride {codec.stride}, \
{count_parameters(codec) / 1e6:.1f} M parameters. Weights: {label.licence}.

## Measured

On pictures that were not trained on:

| pictures | PSNR dB | SSIM | detail | bits/pixel | usage | perplexity |
| --- | --- | --- | --- | --- | --- | --- |
{_rows(evaluations)}

PSNR and SSIM are means over the pictures (torchmetrics, default windows). Detail is the variance of the Laplacian \
of what comes back over that of the original: 1 is as sharp, less is blurred. Usage is the share of the (first) \
codebook that these pictures use at all.

## Training

{_method(provenance)}

    python -m playground train {recipe.codec.name} --data DIR

## Data

{provenance.data.strip()}
"""


def _codes(codec: Codec) -> str:
    count, size = codec.quantizer.num_codebooks, codec.quantizer.codebook_size
    if not count:
        return f"{codec.quantizer.dim} numbers a position, no codes"
    return f"{count} codebooks of {size:,} codes" if count > 1 else f"{size:,} codes"


def _method(provenance: Provenance) -> str:
    recipe, fresh = provenance.recipe, not provenance.start
    quantizer, cures = recipe.codec.quantizer, recipe.cures
    loss = "L1 + 4·L2 + 0.4·(1 − SSIM)"
    said = [
        f"{recipe.steps:,} steps of {recipe.batch} random crops of {recipe.crop} × {recipe.crop} pixels; Muon for the "
        f"matrices and AdamW for the rest, highest learning rate {recipe.learning_rate:g}, led to zero over the last "
        f"{recipe.cooldown:.0%}.",
        f"What is exported is their running mean (decay {recipe.average:g}).",
        provenance.start,
        f"The first {recipe.unquantized:,} steps ran without quantization." if recipe.unquantized and fresh else "",
        "k-means placed the codes." if "kmeans" in cures and fresh else "",
        f"Codes follow running means of the latents (decay {recipe.decay:g})." if "moving" in cures else "",
        f"Unused ones are revived every {recipe.revive_every} steps." if "revive" in cures else "",
        f"Loss: {loss} + {quantizer.commitment:g}·commitment." if quantizer.commitment else f"Loss: {loss}",
        "" if quantizer.commitment else "and what the quantizer asks for.",
        f"Kept as they were: {' and '.join(recipe.frozen)}." if recipe.frozen else "",
        f"{_critic(recipe.adversary)}" if recipe.adversary else "",
    ]
    return " ".join(filter(None, said))


def _critic(config: AdversaryConfig) -> str:
    return (
        f"From step {config.head_start:,} on a patch critic with hinge loss judges the decoder (adaptive weight times "
        f"{config.weight:g}), and the distance of its features counts {config.matching:g}."
    )


def _rows(evaluations: dict[str, Evaluation]) -> str:
    rows = []
    for pictures, measured in evaluations.items():
        psnr, ssim, detail = (measured.quality[name] for name in ("psnr_db", "ssim", "detail"))
        row = f"| {pictures} | {psnr:.2f} | {ssim:.3f} | {detail:.2f} |"
        if usage := measured.usage:
            row += f" {measured.rate_bpp:.3f} | {usage.usage:.1%} ({usage.tokens:,} tokens) | {usage.perplexity:.0f} |"
        rows.append(row if usage else row + " – | – | – |")
    return "\n".join(rows)
