"""What a training leaves is a folder that `load` opens, and a card that says only what was measured."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from playground import zoo
from playground.analysis.detail import picture_quality
from playground.analysis.evaluation import score, summarise
from playground.core.codec import Codec
from playground.core.errors import InputError
from playground.models.config import CodecConfig, build
from playground.models.folder import Label
from playground.training.card import Provenance, card_text
from playground.training.checkpoint import (
    LABELS,
    codec_from_state,
    export,
    trained_codec,
)
from playground.training.recipes import RECIPES, Recipe
from playground.training.state import save_state

LABEL = Label(title="A title", quantizer="VQ", paper="somebody 1999, “Codes”", licence="CC0")


def test_what_was_exported_is_loaded_as_half_precision_keeps_it(
    tmp_path: Path, codec: Codec, config: CodecConfig
) -> None:
    export(codec, tmp_path / "out", config=config, label=LABEL)
    loaded = zoo.Zoo(tmp_path).load("out")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["config.json", "model.safetensors"]
    for name, tensor in loaded.state_dict().items():
        assert tensor.dtype == torch.float32
        assert torch.equal(tensor, codec.state_dict()[name].half().float()), name
    assert {t.dtype for t in load_file(tmp_path / "out" / "model.safetensors").values()} == {torch.float16}


def test_the_config_file_is_the_documented_one(tmp_path: Path, codec: Codec, config: CodecConfig) -> None:
    export(codec, tmp_path, config=config, label=LABEL)
    content = json.loads((tmp_path / "config.json").read_text(encoding="utf-8"))
    assert content == {
        "format": "codebook-playground-codec",
        "version": 1,
        "codec": json.loads(json.dumps(config.to_dict())),
        "title": "A title",
        "quantizer": "VQ",
        "paper": "somebody 1999, “Codes”",
        "licence": "CC0",
    }


def test_new_weights_take_what_described_the_old_ones_away(tmp_path: Path, codec: Codec, config: CodecConfig) -> None:
    for name in ("codebook.json.gz", "tiles.jpg", "exemplars.webp", "card.md", "my notes.txt"):
        (tmp_path / name).write_text("old")
    export(codec, tmp_path, config=config, label=LABEL)
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {"config.json", "model.safetensors", "my notes.txt"}


@pytest.mark.parametrize("value", [torch.nan, torch.inf, 1e6])
def test_weights_that_half_precision_cannot_hold_are_not_written(
    tmp_path: Path, picture_codec: Codec, value: float
) -> None:
    picture_codec.quantizer.weight[3, 1] = value
    with pytest.raises(ValueError, match=r"quantizer\.weight"):
        export(picture_codec, tmp_path / "out", config=CodecConfig(name="tiny"), label=LABEL)
    assert not (tmp_path / "out").exists()


def test_a_training_state_becomes_a_codec(tmp_path: Path, codec: Codec, config: CodecConfig, signal) -> None:
    state = {f"average.{name}": tensor for name, tensor in codec.state_dict().items()}
    state |= {
        "model.encoder.layers.0.weight": torch.zeros(1),
        "book.0.counts": torch.ones(16),
        "adam.step.x": torch.zeros(()),
    }
    save_state(tmp_path, 7, state, {})
    again, step = trained_codec(Recipe(config), tmp_path)
    assert step == 7 and not again.training
    assert not any(parameter.requires_grad for parameter in again.parameters())
    assert torch.equal(again.encode(signal).indices, codec.encode(signal).indices)


def test_a_state_that_lacks_a_tensor_is_no_codec(codec: Codec, config: CodecConfig) -> None:
    state = {f"average.{name}": tensor for name, tensor in list(codec.state_dict().items())[1:]}
    with pytest.raises(RuntimeError, match="Missing"):
        codec_from_state(Recipe(config), state)


def test_a_folder_without_training_is_said(tmp_path: Path, config: CodecConfig) -> None:
    with pytest.raises(InputError, match="no training"):
        trained_codec(Recipe(config), tmp_path)


def test_a_card_states_data_licence_recipe_steps_and_figures(picture_codec: Codec) -> None:
    recipe = replace(RECIPES["image-vq"], codec=CodecConfig(name="tiny"))
    pictures = torch.rand(3, 3, 48, 48, generator=torch.Generator().manual_seed(0)) * 2 - 1
    evaluation = summarise([score(picture_codec, picture[None], picture_quality) for picture in pictures])
    text = card_text(
        picture_codec, LABEL, Provenance(recipe, "Nine photos of a cat. It agreed."), {"3 photos": evaluation}
    )
    quality, usage = evaluation.quality, evaluation.usage
    for said in (
        LABEL.title,
        LABEL.paper,
        LABEL.licence,
        f"{recipe.steps:,} steps",
        "Nine photos of a cat. It agreed.",
        f"| 3 photos | {quality['psnr_db']:.2f} | {quality['ssim']:.3f} | {quality['detail']:.2f} "
        f"| {evaluation.rate_bpp:.3f} |",
        f"{usage.usage:.1%} (108 tokens) | {usage.perplexity:.0f} |",
    ):
        assert said in text, said


def test_a_card_says_what_a_training_began_with(picture_codec: Codec) -> None:
    recipe = replace(RECIPES["image-vq"], codec=CodecConfig(name="tiny"))
    fresh = card_text(picture_codec, LABEL, Provenance(recipe, "Cats."), {})
    later = card_text(picture_codec, LABEL, Provenance(recipe, "Cats.", "It began with the weights of a dog."), {})
    for said in ("without quantization", "k-means"):
        assert said in fresh and said not in later
    assert "It began with the weights of a dog." in later


def test_every_recipe_has_a_label_and_a_network() -> None:
    assert LABELS.keys() == RECIPES.keys()
    for recipe in RECIPES.values():
        with torch.device("meta"):
            codec = build(recipe.codec)
        assert codec.quantizer.codebook_size in (128, 512, 1000, 1024) or codec.quantizer.num_codebooks == 0
