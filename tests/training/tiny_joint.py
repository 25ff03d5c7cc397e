"""Three things to be meant, made up: bars and squares to see, tones to hear, words; and a tiny model of them."""

import csv
import io
import json
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from playground.data.triples import Triples, open_digits_triples
from playground.media.sounds import Sound
from playground.models.joint import Joint
from playground.training.joint import joint_config
from playground.training.joint_recipes import JOINTS, PICTURES, SOUNDS, JointRecipe, StageRecipe
from playground.training.recipes import Recipe

SPEAKERS = ("anna", "bert")
TRUNK = {"width": 16, "depth": 1, "head": 8}
STAGE = StageRecipe(steps=6, batch=8, ramp=2, report_every=1, save_every=2, pool=1)
BODIES = {"encoder_depths": (1, 1), "decoder_depths": (1, 1), "dim": 4}
QUANTIZER = replace(PICTURES.quantizer, codebook_size=8)


def _codec_recipe(codec, widths: tuple[int, ...]) -> Recipe:
    tiny = replace(codec, body=replace(codec.body, widths=widths, **BODIES), quantizer=QUANTIZER)
    times = {"steps": 4, "unquantized": 2, "ramp": 2, "report_every": 1, "save_every": 2}
    return Recipe(tiny, crop=32, batch=8, **times)


TINY: JointRecipe = replace(
    JOINTS["joint-digits"],
    name="tiny-joint",
    pictures=_codec_recipe(replace(PICTURES, body=replace(PICTURES.body, patch=4)), (8, 12)),
    sounds=_codec_recipe(replace(SOUNDS, body=replace(SOUNDS.body, patch=4)), (8, 12)),
    fusion=STAGE,
    generator=STAGE,
    codebook_size=4,
    width=8,
    trunk=TRUNK,
)


def write_data(folder: Path) -> Path:
    """What `open_digits_triples` reads, below `folder`: three meanings, each a few times, in two splits."""
    pictures, sounds = folder / "digits_image", folder / "digits_audio"
    pictures.mkdir(parents=True)
    sounds.mkdir()
    lists = {"en": ["one", "two", "three"], "zh": ["一", "二", "三"], "pinyin": ["yī", "èr", "sān"]}
    words = lists | {"digits": [1, 2, 3]}
    (pictures / "words.json").write_text(json.dumps(words), encoding="utf-8")
    generator = np.random.default_rng(0)
    drawn = {}
    for split, count in (("train", 12), ("val", 6)):
        drawn |= {f"x_{split}": _bars(count, generator), f"y_{split}": np.arange(count) % 3}
    np.savez(pictures / "digits.npz", **drawn)
    _zip(pictures / "sign_digits.csv", [(f"{i}.webp", _square(i % 3), i % 3, "") for i in range(9)])
    recordings = [(f"{i}.flac", _tone(i % 3, i), i % 3, SPEAKERS[i // 3 % 2]) for i in range(12)]
    _zip(sounds / "digits.csv", recordings)
    return folder


def _zip(table: Path, items: list[tuple[str, bytes, int, str]]) -> None:
    """A table and a pack of (file, content, digit, speaker); the last three are validation items."""
    with zipfile.ZipFile(table.with_suffix(".zip"), "w") as pack, open(table, "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["file", "pack", "split", "digit", "speaker"])
        for i, (name, content, digit, speaker) in enumerate(items):
            pack.writestr(name, content)
            split = "val" if i >= len(items) - 3 else "train"
            writer.writerow([name, table.with_suffix(".zip").name, split, digit, speaker])


def _bars(count: int, generator: np.random.Generator) -> np.ndarray:
    drawn = np.zeros((count, 28, 28), np.uint8)
    for i, picture in enumerate(drawn):
        y, x = generator.integers(4, 8, 2)
        picture[y : y + (16 if i % 3 != 1 else 4), x : x + (16 if i % 3 != 0 else 4)] = 255
    return drawn


def _square(digit: int) -> bytes:
    pixels, data = np.full((40, 40, 3), 60, np.uint8), io.BytesIO()
    pixels[8:32, 8:32, digit] = 255
    Image.fromarray(pixels).save(data, "WEBP", lossless=True)
    return data.getvalue()


def _tone(digit: int, number: int) -> bytes:
    time = np.arange(6_000 + 100 * number) / 16_000
    return Sound(0.5 * np.sin(2 * np.pi * (300 + 500 * digit) * time).astype(np.float32)).file(".flac")


def tiny_triples(folder: Path, split: str = "train") -> Triples:
    return open_digits_triples(folder, split)


def tiny_joint(folder: Path, *, seed: int = 0) -> Joint:
    """A joint model whose every layer does something: a fresh one has zeros in many."""
    torch.manual_seed(seed)
    joint = Joint(joint_config(TINY, tiny_triples(folder))).eval().requires_grad_(False)
    for parameter in joint.parameters():
        parameter.normal_(std=0.5 / max(1, parameter[0].numel()) ** 0.5)
    joint.generator.guess.weight.mul_(6)
    return joint
