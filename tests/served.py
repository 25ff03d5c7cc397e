"""The page, served from a checkpoints folder with two tiny codecs: what tests of the page and of its HTTP API share."""

import math
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import torch

from playground import zoo
from playground.analysis.layout import flat_map
from playground.analysis.reference import survey
from playground.core.codec import Codec
from playground.core.modality import IMAGE
from playground.models.config import CodecConfig, QuantizerConfig, build
from playground.models.convolution import ConvolutionConfig
from playground.models.folder import Label
from playground.quantizers.vector import flatten
from playground.training.checkpoint import export
from playground.ui import app, calls, samples
from playground.view import description

LABEL = Label(title="A tiny codec", quantizer="VQ", paper="nobody 2020, Nothing", licence="CC0")
FIRST, SECOND = "image-vq", "small-vq"  # the first is the one a visitor starts with
QUANTIZERS = {
    FIRST: QuantizerConfig(codebook_size=64),
    SECOND: QuantizerConfig(codebook_size=40),
    "some-rvq": QuantizerConfig("residual", codebook_size=24, num_codebooks=3),
}


@dataclass(frozen=True)
class Served:
    """A running page.

    address  "http://127.0.0.1:…/"
    zoo      the codecs it serves
    """

    address: str
    zoo: zoo.Zoo


def make_checkpoints(folder: Path) -> Path:
    """Tiny codecs: the first described with reference pictures, the others left to describe themselves."""
    pictures = torch.cat([_sample(entry["name"]) for entry in samples.listed()])  # (10, 3, 256, 256)
    for name, quantizer in QUANTIZERS.items():
        config = CodecConfig(
            name=name,
            modality="image",
            body=ConvolutionConfig(widths=(8, 12), encoder_depths=(1, 1), decoder_depths=(1, 1), dim=4),
            quantizer=quantizer,
        )
        export(_codec(config, pictures), folder / name, config=config, label=LABEL)
    codec = zoo.Zoo(folder).load(FIRST)
    # As `describe` does, but for the map: UMAP alone takes longer than all the tests of the page.
    described = description._gather(codec, 0, flat_map(codec.codebook()), survey(codec, pictures.split(5)))
    description.write_description(folder / FIRST, described)
    return folder


def _sample(name: str) -> torch.Tensor:
    return IMAGE.fit((samples.EXAMPLES / f"{name}.webp").read_bytes(), samples.BENCH_SIZE).signal


def _codec(config: CodecConfig, pictures: torch.Tensor) -> Codec:
    """A codec whose codes are latents of the sample pictures, and look so different that no two can be mixed up."""
    torch.manual_seed(0)
    codec = build(config).eval().requires_grad_(False)
    for parameter in codec.parameters():
        if parameter.ndim > 1:  # the last layer of a fresh block is zero, and does nothing
            parameter.normal_(std=1 / math.sqrt(parameter[0].numel()))
    codec.decoder.layers[-2].weight.mul_(0.4)  # or most pixels are black or white
    codec.encoder.layers[-1].weight.mul_(8)
    codec.encoder.layers[-1].bias.mul_(8)
    quantizer = codec.quantizer
    for table, vectors in zip(quantizer.tables, quantizer.given(codec.latents(pictures)), strict=True):
        vectors = flatten(vectors)
        table.weight.copy_(vectors[_far_apart(vectors, quantizer.codebook_size)])
    return codec


def _far_apart(points: torch.Tensor, count: int) -> list[int]:
    """`count` of (N, D) points, each as far as can be from those before it."""
    chosen = [0]
    distances = (points - points[0]).norm(dim=1)
    while len(chosen) < count:
        chosen.append(int(distances.argmax()))
        distances = distances.minimum((points - points[chosen[-1]]).norm(dim=1))
    return chosen


@contextmanager
def serve(folder: Path) -> Iterator[Served]:
    """The page in a thread of this process, on a free port. It serves whatever `using` says at the moment."""
    codecs = zoo.Zoo(folder)
    with using(codecs):
        calls.warm()  # so that the server, which does the same in a thread, is done with it at once
        page = app.build()
        address = app.launch(page, host="127.0.0.1", port=_free_port(), wait=False)
    try:
        yield Served(address, codecs)
    finally:
        page.close(verbose=False)


@contextmanager
def using(codecs: zoo.Zoo) -> Iterator[None]:
    """These codecs in place of the shipped ones, for as long as a test lasts: the session's other tests want those."""
    before, zoo._zoo = zoo._zoo, codecs
    calls.sample.cache_clear()  # it knows codecs by name only
    try:
        yield
    finally:
        zoo._zoo = before
        calls.sample.cache_clear()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
