"""Tiny priors beside the tiny codecs of a served page, and what they learned from."""

import shutil
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save

from playground import zoo
from playground.models.dit import TrunkConfig
from playground.models.folder import CONFIG, WEIGHTS
from playground.priors.folder import build_prior, fingerprint, prior_text
from playground.priors.labels import Vocabulary
from playground.priors.prior import PriorConfig
from playground.seen import Seen, write_seen
from playground.ui import wire

ITEMS = [("round", "fruit", "red apple"), ("round", "fruit", "green apple"), ("long", "tool", "red hammer")]
VOCABULARY = Vocabulary.of(ITEMS)
GRID = (1, 3, 4)
KINDS = ("causal", "masked", "flow")


def add_priors(folder: Path, codec: zoo.Codec, name: str, kinds: tuple[str, ...] = KINDS, grid=GRID) -> None:
    """Writes a tiny prior of each kind into a codec's folder: random, but with opinions."""
    for kind in kinds:
        torch.manual_seed(3)
        config = PriorConfig(
            name=f"{name}-{kind}",
            kind=kind,
            codec=codec.name,
            codes=fingerprint(codec),
            codebook_size=codec.quantizer.codebook_size,
            dim=codec.codebook().shape[1],
            stride=codec.stride,
            trunk=TrunkConfig(grid=grid, width=16, depth=2, head=8),
            vocabulary=VOCABULARY,
            guidance=1.5,
        )
        network = build_prior(config, codec).network
        for parameter in network.parameters():
            parameter.requires_grad_(False)
            parameter.normal_(std=0.5 / max(1, parameter[0].numel()) ** 0.5)
        if kind == "flow":
            network.spread.copy_(codec.codebook().std(0))
            network.middle.copy_(codec.codebook().mean(0))
            network.leave.weight.mul_(6)
        else:
            network.guess.weight.mul_(6)
        place = folder / codec.name / "priors" / config.name
        place.mkdir(parents=True)
        tensors = {key: tensor.half().contiguous() for key, tensor in network.state_dict().items()}
        (place / WEIGHTS).write_bytes(save(tensors))
        text = prior_text(config, title="A tiny prior", paper="nobody 2020", licence="CC0")
        (place / CONFIG).write_text(text, encoding="utf-8")


def add_seen(folder: Path, codec: zoo.Codec, grid=GRID) -> Seen:
    """Writes down training pictures: fruit by chance, of one of which there is a Chinese name."""
    generator = torch.Generator().manual_seed(1)
    indices = torch.randint(codec.quantizer.codebook_size, (30, *grid), generator=generator)
    names = tuple(ITEMS[i % 3][2] for i in range(30))
    seen = Seen(indices, names, {"red apple": "红苹果"}, shift=2, mirrored=False, usual=0.2)
    write_seen(folder / codec.name, seen)
    return seen


def zoo_with_priors(tiny_folder: Path, folder: Path) -> zoo.Zoo:
    """A copy of the tiny codecs in `folder`, with priors beside a codec of each medium."""
    shutil.copytree(tiny_folder, folder)
    codecs = zoo.Zoo(folder)
    add_priors(folder, codecs.load("image-vq"), "tiny")
    add_seen(folder, codecs.load("image-vq"))
    add_priors(folder, codecs.load("audio-rvq"), "notes", kinds=("causal", "masked"), grid=(2, 6))
    add_priors(folder, codecs.load("text-rvq"), "words", kinds=("causal",), grid=(2, 4))
    return codecs


def packed(codes: list[int]) -> str:
    """Codes as the page sends them."""
    return wire.pack(np.array(codes), "<u2")
