"""A config says everything needed to rebuild a network, in words that JSON knows."""

import json

import pytest
import torch

from playground.models.config import CodecConfig, QuantizerConfig, build


def test_a_config_survives_json(config: CodecConfig) -> None:
    assert CodecConfig.from_dict(json.loads(json.dumps(config.to_dict()))) == config


def test_what_is_left_out_has_its_default() -> None:
    assert CodecConfig.from_dict({"name": "plain"}) == CodecConfig(name="plain")


def test_networks_of_one_config_have_the_same_tensors(config: CodecConfig) -> None:
    first, second = build(config), build(CodecConfig.from_dict(config.to_dict()))
    assert {n: t.shape for n, t in first.state_dict().items()} == {n: t.shape for n, t in second.state_dict().items()}
    assert (first.name, first.kind, first.stride) == (config.name, config.modality, config.body.stride)


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        {},
        {"name": 3},
        {"name": "x", "colour": "red"},
        {"name": "x", "body": {"depth": 3}},
        {"name": "x", "body": 7},
        {"name": "x", "quantizer": {"depth": 3}},
    ],
)
def test_unknown_and_missing_entries_are_refused(data: object) -> None:
    with pytest.raises(ValueError):
        CodecConfig.from_dict(data)


def test_a_quantizer_nobody_has_written_is_refused() -> None:
    with pytest.raises(ValueError, match="magic"):
        build(CodecConfig.from_dict({"name": "x", "quantizer": {"kind": "magic"}}))


def test_the_shipped_recipe_fits_its_budget() -> None:
    """Half precision, 16 MB at most."""
    from playground.models.convolution import count_parameters
    from playground.training.recipes import RECIPES

    with torch.device("meta"):
        assert count_parameters(build(RECIPES["image-vq"].codec)) * 2 <= 16e6


@pytest.mark.parametrize(
    "options", [{"kind": "scalar", "codebook_size": 9}, {"kind": "vector"}, {"kind": "scalar", "levels": "abc"}]
)
def test_options_that_a_quantizer_does_not_take_are_refused(options: dict) -> None:
    with pytest.raises(ValueError):
        build(CodecConfig(name="x", quantizer=QuantizerConfig(**options)))


def test_a_written_config_says_only_what_was_said() -> None:
    config = CodecConfig(name="x", quantizer=QuantizerConfig(kind="scalar", levels=(8, 5)))
    written = json.loads(json.dumps(config.to_dict()))
    assert written["quantizer"] == {"kind": "scalar", "levels": [8, 5]}
    assert CodecConfig.from_dict(written) == config
