"""Encoding and decoding by name: what goes there and back, and what is refused."""

import io
import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

import playground as pg
from playground.media.modalities import IMAGE
from playground.models.config import QuantizerConfig, build
from playground.training.checkpoint import export
from tests.conftest import LABEL, PICTURES, VOICES


def change_codec(folder: Path, **changes: object) -> None:
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    config["codec"] |= changes
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")


@pytest.fixture
def photo() -> Image.Image:
    pixels = np.random.default_rng(0).integers(0, 256, (43, 61, 3), dtype=np.uint8)
    return Image.fromarray(pixels)


def test_paths_pictures_and_arrays_have_the_same_tokens(checkpoints: Path, tmp_path: Path, photo: Image.Image) -> None:
    photo.save(tmp_path / "photo.png")
    raws = (photo, np.asarray(photo), tmp_path / "photo.png", str(tmp_path / "photo.png"))
    tokens = [pg.encode("tiny", raw) for raw in raws]
    assert (tokens[0].codec, tokens[0].size, tokens[0].grid) == ("tiny", (43, 61), (6, 8))
    assert tokens[0].indices.unique().numel() >= 8
    assert all(torch.equal(other.indices, tokens[0].indices) for other in tokens)


def test_tokens_become_a_picture_of_the_same_size(checkpoints: Path, tmp_path: Path, photo: Image.Image) -> None:
    tokens = pg.encode("tiny", photo)
    picture = pg.decode("tiny", tokens)
    assert isinstance(picture, Image.Image) and picture.size == photo.size
    for ending in ("json", "npz"):
        tokens.save(tmp_path / f"tokens.{ending}")
        again = pg.decode("tiny", pg.Tokens.load(tmp_path / f"tokens.{ending}"))
        assert np.array_equal(np.asarray(again), np.asarray(picture))


def test_tokens_of_another_codec_are_refused(checkpoints: Path, photo: Image.Image) -> None:
    shutil.copytree(checkpoints / "tiny", checkpoints / "mine")
    tokens = pg.encode("tiny", photo)
    wrong = [
        pg.encode("mine", photo),
        pg.Tokens(tokens.indices, 17, tokens.size),
        pg.Tokens(tokens.indices.repeat(1, 2, 1, 1), 16, tokens.size),
        pg.Tokens(tokens.indices, 16, (43, 99)),
        pg.Tokens(tokens.indices[0], 16, (43,)),
    ]
    for each in wrong:
        with pytest.raises(pg.InputError):
            pg.decode("tiny", each)
    nameless = pg.Tokens(tokens.indices, 16, tokens.size)
    assert pg.decode("tiny", nameless).size == photo.size, "tokens of no known codec are taken at their word"


def test_only_nested_codebooks_may_be_fewer(checkpoints: Path, photo: Image.Image) -> None:
    """The first codes of RVQ are an encoding on their own; those of a product are a part of every vector."""
    for kind in ("residual", "product"):
        config = replace(PICTURES, name=kind, quantizer=QuantizerConfig(kind, codebook_size=8, num_codebooks=2))
        export(build(config), checkpoints / kind, config=config, label=LABEL)
    first = {kind: pg.encode(kind, photo).indices[:, :1] for kind in ("residual", "product")}
    assert pg.decode("residual", pg.Tokens(first["residual"], 8, (43, 61))).size == photo.size
    with pytest.raises(pg.InputError, match="another codebook"):
        pg.decode("product", pg.Tokens(first["product"], 8, (43, 61)))


def test_what_is_no_picture_is_said(checkpoints: Path, tmp_path: Path) -> None:
    (tmp_path / "text.png").write_text("not a picture")
    for raw in (tmp_path / "text.png", tmp_path / "nowhere.png", np.zeros((4, 4))):
        with pytest.raises(pg.InputError):
            pg.encode("tiny", raw)


def test_a_codec_without_codes_reconstructs_but_makes_no_tokens(checkpoints: Path, photo: Image.Image) -> None:
    config = replace(PICTURES, name="vae", quantizer=QuantizerConfig("gaussian"))
    export(build(config), checkpoints / "vae", config=config, label=LABEL)
    signal = IMAGE.read(photo)
    with torch.inference_mode():
        assert pg.load("vae").reconstruct(signal).shape == signal.shape
    with pytest.raises(pg.InputError, match="has no codes"):
        pg.encode("vae", photo)
    with pytest.raises(pg.InputError):
        pg.decode("vae", pg.encode("tiny", photo))


def test_every_way_in_has_the_same_tokens(checkpoints: Path, tmp_path: Path, photo: Image.Image) -> None:
    """Paths, bytes, open files, arrays and tensors, for every medium; anything else is one sentence."""
    photo.save(tmp_path / "photo.png")
    data, pixels = (tmp_path / "photo.png").read_bytes(), torch.from_numpy(np.array(photo))
    expected = pg.encode("tiny", photo).indices
    for raw in (data, io.BytesIO(data), pixels, pixels.permute(2, 0, 1), pixels.permute(2, 0, 1)[None] / 255):
        assert torch.equal(pg.encode("tiny", raw).indices, expected)
    export(build(VOICES), checkpoints / "voices", config=VOICES, label=LABEL)
    samples = np.sin(np.arange(4000) / 9).astype(np.float32) / 2
    expected = pg.encode("voices", pg.Sound(samples)).indices
    for raw in ((16_000, samples), (samples, 16_000), (16_000, torch.from_numpy(samples)[None])):
        assert torch.equal(pg.encode("voices", raw).indices, expected)
    for name in ("tiny", "voices"):
        for raw in (None, 3, object(), ["a"]):
            with pytest.raises(pg.InputError):
                pg.encode(name, raw)
