"""The page, served from a checkpoints folder with tiny codecs: what tests of the page and of its HTTP API share."""

import json
import math
import socket
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import torch

from playground import zoo
from playground.analysis.layout import flat_map
from playground.analysis.reel import cut_reel, join_reel, places, places_apart
from playground.analysis.reference import survey
from playground.core.codec import Codec
from playground.media.modalities import AUDIO
from playground.models.config import CodecConfig, QuantizerConfig, build
from playground.models.convolution import ConvolutionConfig
from playground.models.findings import Cloud, Findings, write_cloud, write_findings
from playground.models.folder import Label
from playground.models.joint import SENSES
from playground.quantizers.vector import flatten
from playground.training.checkpoint import export
from playground.training.joint import export_joint
from playground.ui import app, samples
from playground.ui.description import REELS
from playground.ui.joint_book import MAP
from playground.view import description
from tests.shell import serve_shell
from tests.training.tiny_joint import tiny_joint, write_data

LABEL = Label(title="A tiny codec", quantizer="VQ", paper="nobody 2020, Nothing", licence="CC0")
FIRST, SECOND = "image-vq", "small-vq"  # the first is the one a visitor starts with
SOUND, TEXT = "audio-rvq", "text-rvq"
JOINT = "joint-tiny"
PICTURES = ConvolutionConfig(widths=(8, 12), encoder_depths=(1, 1), decoder_depths=(1, 1), dim=4)
SOUNDS = replace(PICTURES, rank=1, channels=1, patch=80, widths=(16, 24))
TEXTS = replace(
    PICTURES,
    rank=1,
    channels=256,
    patch=1,
    widths=(16, 24, 64),
    encoder_depths=(1, 1, 1),
    decoder_depths=(1, 1, 1),
    attention=(1, 1),
)
RESIDUAL = QuantizerConfig("residual", codebook_size=24, num_codebooks=3)
CODECS = (
    CodecConfig(FIRST, "image", PICTURES, QuantizerConfig(codebook_size=64)),
    CodecConfig(SECOND, "image", PICTURES, QuantizerConfig(codebook_size=40)),
    CodecConfig("some-rvq", "image", PICTURES, RESIDUAL),
    CodecConfig(SOUND, "audio", SOUNDS, RESIDUAL),
    CodecConfig(TEXT, "text", TEXTS, RESIDUAL),
)


@dataclass(frozen=True)
class Served:
    """A running page.

    address  "http://127.0.0.1:…/"
    zoo      the codecs it serves
    """

    address: str
    zoo: zoo.Zoo


def make_checkpoints(folder: Path) -> Path:
    """Tiny codecs: of each medium the first is described with the samples, the others describe themselves."""
    signals = {kind: _samples(kind) for kind in ("image", "audio", "text")}
    for config in CODECS:
        export(_codec(config, signals[config.modality]), folder / config.name, config=config, label=LABEL)
    codecs = zoo.Zoo(folder)
    description.write_description(folder / FIRST, _described(codecs.load(FIRST), 0, signals["image"]))
    _describe_sounds(codecs.load(SOUND), signals["audio"], folder / SOUND)
    _describe_texts(codecs.load(TEXT), signals["text"], folder / TEXT)
    _make_joint(folder / JOINT)
    return folder


def _make_joint(folder: Path) -> None:
    """A tiny joint model of three meanings, as if somebody had measured it."""
    with tempfile.TemporaryDirectory() as data:
        joint = tiny_joint(write_data(Path(data) / "data"))
    export_joint(joint, folder, title="A tiny joint model", licence="CC0")
    config = joint.config
    words = {"english": list(config.meanings), "chinese": ["一", "二", "三"], "pinyin": ["yī", "èr", "sān"]}
    counts = [
        [[c % 3 == m for m in range(3)] for c in range(config.codebook_size)] for _ in range(config.num_codebooks)
    ]
    usage = {sense: [[[int(n) for n in code] for code in level] for level in counts] for sense in SENSES}
    shares = {"picture": 0.8, "sound": 0.7, "early": 0.8, "late": 0.7, "shared": 0.9}
    lesson = [{"corrupted": "both", "strength": strength} | shares for strength in (0.0, 1.0, 2.0)]
    write_findings(folder, Findings(domain="digits", words=words, usage=usage, lesson=lesson))
    numbers = torch.arange(12)
    latents = torch.randn(12, config.dim, generator=torch.Generator().manual_seed(0))
    write_cloud(folder, Cloud(latents, numbers % 3, numbers // 4, torch.zeros(12, dtype=torch.int64)))
    (folder / MAP).write_text(json.dumps(flat_map(latents).tolist()), encoding="utf-8")


def _described(codec: Codec, k: int, signals: torch.Tensor) -> description.Description:
    """As `describe` does, but for the map: UMAP alone takes longer than all the tests of the page."""
    return description.gather(codec, k, flat_map(codec.codebook(k)), survey(codec, signals.split(5), k=k))


def _describe_sounds(codec: Codec, sounds: torch.Tensor, folder: Path) -> None:
    """The last codebook is left to describe itself."""
    reel = cut_reel(list(sounds.repeat(1, 1, 2).split(1)), stride=codec.stride, pieces=len(sounds))
    (folder / REELS["audio"]).write_bytes(AUDIO.write(reel.signal).file(".ogg"))
    for k in range(codec.quantizer.num_codebooks - 1):
        found = places(codec, reel, k=k, per_code=6)
        described = replace(_described(codec, k, sounds), places=found)
        description.write_description(folder, described, k=k)


def _describe_texts(codec: Codec, texts: torch.Tensor, folder: Path) -> None:
    reel = join_reel(list(texts.split(1)), pieces=len(texts))
    for k in range(codec.quantizer.num_codebooks):
        found = places_apart(codec, reel, k=k, per_code=6)
        lines = bytes(reel.signal[0].argmax(0).tolist())
        description.write_description(folder, replace(_described(codec, k, texts), places=found, lines=lines), k=k)


def _samples(kind: str) -> torch.Tensor:
    """(N, C, *size): all samples, of sounds the first second, of texts 64 bytes, short ones said again."""
    signals = [samples.opened(entry["name"], kind).signal for entry in samples.listed(kind)]
    if kind == "text":
        return torch.cat([signal.repeat(1, 1, 3)[..., :64] for signal in signals])
    return torch.cat([signal[..., :16_000] for signal in signals])


def _codec(config: CodecConfig, signals: torch.Tensor) -> Codec:
    """A codec whose codes are latents of the samples, and look so different that no two can be mixed up."""
    torch.manual_seed(0)
    codec = build(config).eval().requires_grad_(False)
    for parameter in codec.parameters():
        if parameter.ndim > 1:  # the last layer of a fresh block is zero, and does nothing
            parameter.normal_(std=1 / math.sqrt(parameter[0].numel()))
    codec.decoder.layers[-2].weight.mul_(0.4)  # or most pixels are black or white
    codec.encoder.layers[-1].weight.mul_(8)
    codec.encoder.layers[-1].bias.mul_(8)
    quantizer = codec.quantizer
    for table, vectors in zip(quantizer.tables, quantizer.given(codec.latents(signals)), strict=True):
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
    """The page as `python app.py` serves it, in a thread of this process, on a free port.

    It serves whatever `using` says at the moment.
    """
    codecs = zoo.Zoo(folder)
    with using(codecs):
        page = app.build()
        address = app.launch(page, host="127.0.0.1", port=_free_port(), wait=False)
        for thread in threading.enumerate():
            if thread.name == "warm":  # it would go on with the shipped codecs, and be surprised by these again
                thread.join()
    try:
        yield Served(address, codecs)
    finally:
        page.close(verbose=False)


@contextmanager
def serve_bare(folder: Path) -> Iterator[Served]:
    """The same pages without Gradio around them."""
    with serve_shell(_free_port()) as address:
        yield Served(address, zoo.Zoo(folder))


@contextmanager
def using(codecs: zoo.Zoo) -> Iterator[None]:
    """These codecs in place of the shipped ones, for as long as a test lasts: the session's other tests want those."""
    before, zoo._zoo = zoo._zoo, codecs
    try:
        yield
    finally:
        zoo._zoo = before


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
