"""A watched training learns, shows itself, collapses on demand and is cured while it runs."""

import copy
from dataclasses import replace

import pytest
import torch

from playground.core.errors import InputError
from playground.data import little
from playground.training.small import COLLAPSE, NAMES, RANGES, Settings, recipe_of, settings_from
from playground.training.watched import CURES, SHOWN, Watched, tile_pictures

PICTURES = little.shapes()[:64]
SMALL = Settings(codebook_size=16, num_codebooks=2, dim=4)


def train(watched: Watched, steps: int):
    for _ in range(steps):
        watched.advance()
    return watched.glimpse()


@pytest.mark.parametrize("quantizer", NAMES)
def test_every_quantizer_can_be_watched(quantizer: str) -> None:
    watched = Watched(replace(SMALL, quantizer=quantizer), PICTURES)
    first, second = train(watched, 3), train(watched, 20)
    assert (first.step, second.step) == (3, 23)
    assert second.psnr_db > first.psnr_db + 1, "it learns"
    count, size = second.counts.shape
    assert count == {"none": 0, "rvq": 2}.get(quantizer, 1)
    for k in range(count):
        assert second.counts[k].sum() == 20 * 32 * 64, "steps, crops, cells"
        assert 1 <= second.perplexity[k] <= size + 1e-4
    assert second.pictures.shape == (SHOWN, 3, little.SIDE, little.SIDE)
    assert second.pictures.min() >= -1 and second.pictures.max() <= 1
    if count:
        tiles = tile_pictures(watched.codec)
        assert tiles.shape == (size, 3, 4, 4)
        assert len(tiles.flatten(1).unique(dim=0)) > 1


@pytest.fixture(scope="module")
def collapsed() -> Watched:
    """A run whose codes have died. Each test works on a copy."""
    watched = Watched(COLLAPSE, PICTURES)
    first, last = train(watched, 15), [train(watched, 15) for _ in range(7)][-1]
    assert (first.counts == 0).sum() < 24, "they were alive at first"
    assert (last.counts == 0).sum() > 40 and last.perplexity[0] < 14
    return watched


def dead(watched: Watched, steps: int) -> int:
    return int((train(watched, steps).counts == 0).sum())


@torch.no_grad()
def relative_error(watched: Watched) -> float:
    """Mean squared distance of latents to their codes, over the variance of the latents."""
    latents = watched.run.codec.latents(watched._batch(0))
    quantized = watched.run.codec.quantizer.straight_through(latents).latents
    return float((latents - quantized).square().mean() / latents.var())


@pytest.mark.parametrize("cure", CURES)
def test_a_cure_leaves_the_network_and_does_what_it_says(collapsed: Watched, cure: str) -> None:
    watched = copy.deepcopy(collapsed)
    before, weights = dead(watched, 10), _encoder(watched)
    error = relative_error(watched)
    watched.cure(cure)
    if cure != "fsq":  # whose latents are of another width
        assert all(torch.equal(weights[name], weight) for name, weight in _encoder(watched).items())
    after = dead(watched, 20)
    if cure in ("kmeans", "revive", "fsq"):
        assert after < before / 2, "dead codes come back"
    elif cure == "moving":
        assert relative_error(watched) < 0.7 * error, "living codes follow their latents; dead ones have none"
    else:
        assert after <= before and relative_error(watched) <= error, "another gradient; dead codes need more"


def _encoder(watched: Watched) -> dict[str, torch.Tensor]:
    return {name: weight.clone() for name, weight in watched.run.codec.encoder.named_parameters()}


def test_a_change_is_told_once_and_takes_effect() -> None:
    watched = Watched(SMALL, PICTURES)
    train(watched, 2)
    watched.tune("learning_rate", 1e-5)
    before = [weight.detach().clone() for weight in watched.run.codec.parameters()]
    assert train(watched, 1).event == "learning_rate"
    moved = max(
        float((a - b).detach().abs().max()) for a, b in zip(before, watched.run.codec.parameters(), strict=True)
    )
    assert 0 < moved < 1e-2
    watched.tune("commitment", 3.5)
    assert train(watched, 1).event == "commitment" and watched.run.codec.quantizer.commitment == 3.5
    assert train(watched, 1).event == ""
    assert watched.settings == replace(SMALL, learning_rate=1e-5, commitment=3.5)
    with pytest.raises(ValueError, match="no step"):
        watched.glimpse()


def test_its_codec_is_what_is_shown() -> None:
    watched = Watched(SMALL, PICTURES)
    glimpse = train(watched, 5)
    signals = PICTURES[:SHOWN].float() / 127.5 - 1
    again = watched.codec.decode(watched.codec.encode(signals)).clamp(-1, 1)
    assert (again - glimpse.pictures).abs().mean() < 1e-3


@pytest.mark.parametrize("name", RANGES)
@pytest.mark.parametrize("value", [-1, 0, 10**9, float("nan"), "8", None, True, [3]])
def test_numbers_that_cannot_be_trained_are_a_sentence(name: str, value: object) -> None:
    if name == "commitment" and value == 0 and value is not False:
        assert settings_from({name: value}).commitment == 0
        return
    with pytest.raises(InputError, match=name):
        settings_from({name: value})


def test_what_is_no_setting_is_a_sentence() -> None:
    for values in ([], None, {"quantizer": "best"}, {"quantizer": ["vq"]}, {"revive": "yes"}, {"codebook_size": 2.5}):
        with pytest.raises(InputError):
            settings_from(values)
    assert settings_from({"else": 1}) == Settings(), "nothing else is taken from a page"


@pytest.mark.parametrize(("quantizer", "expected"), [("fsq", 64), ("lfq", 128), ("bsq", 128), ("vq", 100)])
def test_a_codebook_is_as_large_as_its_kind_can_be(quantizer: str, expected: int) -> None:
    settings = Settings(quantizer=quantizer, codebook_size={"fsq": 70}.get(quantizer, 100))
    watched = Watched(settings, PICTURES)
    assert watched.run.codec.quantizer.codebook_size == expected
    assert recipe_of(settings).cures == (("kmeans", "moving", "revive") if quantizer == "vq" else ("kmeans",))
