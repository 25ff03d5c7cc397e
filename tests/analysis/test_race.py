"""A race: a point for every setting, each what going there and back gives."""

import math

import pytest
import torch

from playground.analysis import race
from playground.analysis.classics import CLASSICS
from playground.analysis.coding import file_rate
from playground.core.codec import Codec
from playground.media.modalities import AUDIO, IMAGE, multiscale_ssim
from playground.models.config import QuantizerConfig, build
from tests.conftest import PICTURES, VOICES, signals


def test_a_codec_has_a_point_for_every_prefix(voice_codec: Codec) -> None:
    signal = signals(VOICES)[:1]
    points = list(race.race_codec(voice_codec, signal, AUDIO.quality))
    assert [point.setting for point in points] == [1, 2] == race.depths(voice_codec)
    tokens = voice_codec.encode(signal)
    for point in points:
        assert point.rate == file_rate(tokens.first(point.setting))
        output = race.codec_output(voice_codec, signal, point.setting)
        assert torch.equal(output, voice_codec.decode(tokens.first(point.setting)))
        assert point.quality == pytest.approx(AUDIO.quality(signal, output), nan_ok=True)
        assert point.encode_s > 0 and point.decode_s > 0


def test_a_codec_without_codes_has_a_quality_and_no_rate() -> None:
    codec = build(PICTURES.__class__(name="vae", body=PICTURES.body, quantizer=QuantizerConfig("gaussian"))).eval()
    (point,) = race.race_codec(codec, signals(PICTURES)[:1], IMAGE.quality)
    assert point.rate is None and point.setting == 0 and math.isfinite(point.quality["psnr_db"])


@pytest.mark.parametrize("name", CLASSICS["image"])
def test_a_classical_codec_has_a_point_for_every_setting(name: str) -> None:
    signal, classic = signals(PICTURES)[:1], CLASSICS["image"][name]
    points = list(race.race_classic(classic, signal, IMAGE.quality))
    assert tuple(point.setting for point in points) == classic.settings
    for point in points:
        assert point.rate.bits == point.rate.coded_bits == 8 * len(classic.encode(signal, point.setting))
        assert point.quality == IMAGE.quality(signal, race.classic_output(classic, signal, point.setting))


def test_what_comes_back_is_made_as_long_as_what_went_in() -> None:
    signal = torch.ones(1, 1, 5)
    assert race.as_long(torch.ones(1, 1, 3), signal).tolist() == [[[1, 1, 1, 0, 0]]]
    assert race.as_long(2 * torch.ones(1, 1, 9), signal).tolist() == [[[2] * 5]]


def test_of_pictures_more_is_measured_where_there_is_room() -> None:
    measure = race.race_quality("image")
    large = torch.rand(1, 3, 176, 176, generator=torch.Generator().manual_seed(0)) * 2 - 1
    noisy = (large + 0.1).clamp(-1, 1)
    assert {"psnr_db", "ssim", "ms_ssim", "detail"} == measure(large, noisy).keys()
    assert measure(large, noisy)["ms_ssim"] == multiscale_ssim(large, noisy) < 1
    assert multiscale_ssim(large, large) == pytest.approx(1)
    assert "ms_ssim" not in measure(large[..., :160], noisy[..., :160])
