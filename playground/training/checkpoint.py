"""From a training to a checkpoint folder that `zoo.load` can open."""

import json
from pathlib import Path

import torch
from safetensors.torch import load_file, save
from torch import Tensor

from ..core.codec import Codec
from ..core.errors import InputError
from ..models.config import CodecConfig, build
from ..models.folder import CONFIG, WEIGHTS, Label, config_text, read_json
from ..models.sharing import SHARES, apart
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
    "image-levels": Label(title="Photographs, 8·8·4·4 levels", quantizer="FSQ", paper=FSQ, licence="Apache-2.0"),
    "image-bits": Label(title="Photographs, first bits", quantizer="BSQ", paper=BSQ, licence="Apache-2.0"),
    "image-bsq": Label(title="Photographs, ten bits", quantizer="BSQ", paper=BSQ, licence="Apache-2.0"),
    "image-vae": Label(title="Photographs, without codes", quantizer="VAE", paper=VAE, licence="Apache-2.0"),
    "text-rvq": Label(title="Sentences, four codebooks", quantizer="RVQ", paper=RVQ, licence="Apache-2.0"),
    "text-rvq8": Label(title="Sentences, eight bytes a cell", quantizer="RVQ", paper=RVQ, licence="Apache-2.0"),
    "emoji-vq": Label(title="Emoji, one codebook", quantizer="VQ", paper=VQ, licence="Apache-2.0"),
    "digits-vq": Label(title="Handwritten digits", quantizer="VQ", paper=VQ, licence="CC BY-SA 3.0"),
    "audio-rvq": Label(title="Speech, notes and noises", quantizer="RVQ", paper=RVQ, licence="Apache-2.0"),
}
# What analysis derives from the weights: with new weights it would be untrue.
DERIVED = ("card.md", "codebook*.json.gz", "tiles*.jpg", "exemplars*.webp")


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


def leave_out(folder: Path, base: Path) -> tuple[int, int]:
    """Takes out of a checkpoint what its neighbour `base` has as well. Gives the bytes of its weights before and after.

    Raises InputError when they have nothing in common, or when the base itself leaves something out.
    """
    content, before = read_json(folder / CONFIG), (folder / WEIGHTS).stat().st_size
    if SHARES in content or SHARES in read_json(base / CONFIG):
        raise InputError("“{codec}” or “{other}” shares weights already.", codec=folder.name, other=base.name)
    rest, note = apart(load_file(folder / WEIGHTS), base)
    data = json.dumps(content | {SHARES: note}, indent=1, ensure_ascii=False) + "\n"
    write_safely(folder / CONFIG, data.encode())  # first: what is there is taken before what is shared
    write_safely(folder / WEIGHTS, save(rest))
    return before, (folder / WEIGHTS).stat().st_size
