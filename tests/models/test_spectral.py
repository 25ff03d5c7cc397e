"""Frames of a Fourier window are another way to write samples: nothing is lost, nothing reaches far."""

import pytest
import torch

from playground.models.spectral import Analysis, Synthesis, spectral_channels

WINDOW, HOP = 320, 80


@pytest.fixture
def noise() -> torch.Tensor:
    return 0.1 * torch.randn(2, 1, 30 * HOP, generator=torch.Generator().manual_seed(0))


def test_synthesis_undoes_analysis(noise: torch.Tensor) -> None:
    frames = Analysis(WINDOW, HOP)(noise)
    assert frames.shape == (2, spectral_channels(WINDOW), 30)
    again = Synthesis(WINDOW, HOP)(frames)
    assert again.shape == noise.shape
    inner = slice(WINDOW, -WINDOW)
    assert (again - noise)[..., inner].abs().max() < 1e-5


def test_what_is_faint_beside_what_is_loud_is_kept() -> None:
    time = torch.arange(8000) / 16000
    loud, faint = torch.sin(2 * torch.pi * 200 * time), 1e-4 * torch.sin(2 * torch.pi * 6000 * time)
    again = Synthesis(WINDOW, HOP)(Analysis(WINDOW, HOP)((loud + faint)[None, None]))[0, 0]
    spectrum = torch.fft.rfft((again * torch.hann_window(8000))[:8000]).abs() / 2000
    assert spectrum[100].item() == pytest.approx(1, abs=0.01), "200 Hz"
    assert spectrum[3000].item() == pytest.approx(1e-4, rel=0.05), "6000 Hz, 80 dB below"


@pytest.mark.parametrize("module", [Analysis, Synthesis])
def test_no_frame_reaches_further_than_a_window(module: type, noise: torch.Tensor) -> None:
    made = module(WINDOW, HOP)
    x = noise if module is Analysis else Analysis(WINDOW, HOP)(noise)
    unit = HOP if module is Analysis else 1
    changed = x.clone()
    changed[..., 15 * unit : 16 * unit] += 1
    out_unit = 1 if module is Analysis else HOP
    touched = ((made(changed) - made(x)).abs().amax((0, 1)) > 1e-6).nonzero()[:, 0] // out_unit
    assert touched.min() >= 13 and touched.max() <= 17


def test_silence_stays_silence() -> None:
    again = Synthesis(WINDOW, HOP)(Analysis(WINDOW, HOP)(torch.zeros(1, 1, 1600)))
    assert again.abs().max() < 1e-4


def test_a_window_that_does_not_add_up_is_refused() -> None:
    with pytest.raises(ValueError, match="four times"):
        Synthesis(512, 80)
