"""Tiny codecs and folders that every test may ask for. All seeded, none on the network."""

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor

from playground import zoo
from playground.core.codec import Codec
from playground.models.config import CodecConfig, QuantizerConfig, build
from playground.models.convolution import ConvolutionConfig
from playground.models.folder import Label
from playground.quantizers.vector import flatten
from playground.training.checkpoint import export

torch.set_num_threads(1)  # with tensors this small, threads only wait for each other
LEAST_DISTINCT = 12  # codes of 16: with all tokens alike, round trips hold and mean nothing
PICTURES = CodecConfig(
    name="tiny",
    modality="image",
    body=ConvolutionConfig(widths=(8, 12), encoder_depths=(1, 1), decoder_depths=(1, 1), dim=4),
    quantizer=QuantizerConfig(codebook_size=16),
)
SOUNDS = replace(PICTURES, name="tiny-sound", modality="audio", body=replace(PICTURES.body, rank=1, channels=1))
VOICES = replace(
    SOUNDS,
    name="tiny-voice",
    body=replace(SOUNDS.body, widths=(16, 24)),
    quantizer=QuantizerConfig("residual", codebook_size=16, num_codebooks=2),
)
CONFIGS = [PICTURES, SOUNDS, VOICES]
LABEL = Label(title="A tiny codec", quantizer="VQ", paper="nobody 2020, Nothing", licence="CC0")


def signals(config: CodecConfig, count: int = 2, *, seed: int = 0) -> Tensor:
    """(count, C, *size) smooth and noisy signals in [−1, 1], a few cells along every axis."""
    generator = torch.Generator().manual_seed(seed)
    size = [{1: 30, 2: 6}[config.body.rank] * config.body.stride] * config.body.rank
    noise = torch.rand(count, config.body.channels, *size, generator=generator) * 2 - 1
    waves = torch.sin(torch.linspace(0, 9, size[-1])) * torch.linspace(-1, 1, count).reshape(-1, *[1] * (len(size) + 1))
    return 0.4 * noise + 0.6 * waves


def tiny_codec(config: CodecConfig = PICTURES, *, seed: int = 0) -> Codec:
    """A codec in eval mode whose every layer does something and whose codes lie where its latents do."""
    torch.manual_seed(seed)
    codec = build(config).eval().requires_grad_(False)
    for parameter in codec.parameters():  # the last layer of a fresh block is zero, and hides its neighbours
        parameter.normal_(std=1 / math.sqrt(max(1, parameter[0].numel())))
    latents = codec.latents(signals(config, 4, seed=seed + 1))
    for table, given in zip(codec.quantizer.tables, codec.quantizer.given(latents), strict=True):
        vectors = flatten(given)
        table.weight.copy_(vectors[torch.randperm(len(vectors))[: config.quantizer.codebook_size]])
    assert codec.encode(signals(config)).indices.unique().numel() >= LEAST_DISTINCT
    return codec


@pytest.fixture(params=CONFIGS, ids=lambda config: config.name)
def config(request: pytest.FixtureRequest) -> CodecConfig:
    """The config of a tiny codec: for pictures, for sounds, and for sounds with residual codes."""
    return request.param


@pytest.fixture
def codec(config: CodecConfig) -> Codec:
    """A tiny codec: for pictures, for sounds, and for sounds with residual codes."""
    return tiny_codec(config)


@pytest.fixture
def signal(config: CodecConfig) -> Tensor:
    """(2, C, *size) for `codec`."""
    return signals(config)


@pytest.fixture
def picture_codec() -> Codec:
    """A tiny codec for pictures."""
    return tiny_codec(PICTURES)


@pytest.fixture
def voice_codec() -> Codec:
    """A tiny codec for sounds, of two residual codebooks."""
    return tiny_codec(VOICES)


@pytest.fixture
def checkpoints(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkpoints folder with one codec, "tiny", that `playground` uses during the test."""
    folder = tmp_path / "checkpoints"
    export(tiny_codec(PICTURES), folder / "tiny", config=PICTURES, label=LABEL)
    monkeypatch.setattr(zoo, "_zoo", zoo.Zoo(folder))
    return folder


@pytest.fixture
def photo_folder(tmp_path: Path) -> Path:
    """120 little pictures, some in a subfolder; a few of them fall to validation."""
    folder = tmp_path / "photos"
    (folder / "more").mkdir(parents=True)
    generator = np.random.default_rng(0)
    for i in range(120):
        small = generator.integers(0, 256, (4, 5, 3), dtype=np.uint8)
        picture = Image.fromarray(small).resize((50, 40), Image.Resampling.BICUBIC)
        picture.save(folder / ("more" if i % 3 == 0 else ".") / f"{i:03}.png")
    return folder
