"""Mel spectrograms: how loud a sound is at each moment and pitch, on the ear's scale."""

from functools import lru_cache

import torch
from torch import Tensor

RATE = 16_000  # samples a second, of every sound in the house
SILENCE = 1e-5  # amplitude that counts as none: −100 dB


@lru_cache(maxsize=16)
def mel_filters(bands: int, window: int) -> Tensor:
    """(bands, window // 2 + 1): triangles of equal height, evenly spaced on the mel scale from 0 to RATE / 2.

    m = 2595 log₁₀(1 + f / 700) (O'Shaughnessy 1987). Each triangle's weights sum to 1, except that
    one narrower than a bin of the Fourier transform takes the bin nearest to its middle.
    """
    bins = torch.linspace(0, RATE / 2, window // 2 + 1)
    top = 2595 * torch.log10(torch.tensor(1 + RATE / 2 / 700))
    edges = 700 * (10 ** (torch.linspace(0, 1, bands + 2) * top / 2595) - 1)  # Hz
    low, middle, high = edges[:-2, None], edges[1:-1, None], edges[2:, None]
    triangles = torch.minimum((bins - low) / (middle - low), (high - bins) / (high - middle)).clamp(min=0)
    nearest = torch.nn.functional.one_hot((bins - middle).abs().argmin(1), len(bins)).float()
    triangles = torch.where(triangles.sum(1, keepdim=True) > 0.5, triangles, nearest)
    return triangles / triangles.sum(1, keepdim=True)


def mel_amplitudes(signal: Tensor, *, window: int = 1024, hop: int = 256, bands: int = 80) -> Tensor:
    """(B, 1, T) → (B, bands, 1 + T // hop): a full-scale sine has an amplitude near 1 in a narrow
    band, less in one that is many bins wide: bands are means.

    Frames of a Hann window are centred on multiples of `hop` samples; beyond the ends is silence.
    """
    shape = torch.hann_window(window, device=signal.device)
    spectrum = torch.stft(
        signal[:, 0].float(), window, hop, window=shape, center=True, pad_mode="constant", return_complex=True
    )
    amplitudes = spectrum.abs() * (2 / shape.sum())  # (B, window // 2 + 1, frames)
    return mel_filters(bands, window).to(signal.device) @ amplitudes


def log_mel(signal: Tensor, *, window: int = 1024, hop: int = 256, bands: int = 80) -> Tensor:
    """`mel_amplitudes` in dB below full scale, −100 … about 0."""
    return 20 * torch.log10(mel_amplitudes(signal, window=window, hop=hop, bands=bands).clamp(min=SILENCE))


def mel_distance(a: Tensor, b: Tensor) -> Tensor:
    """Mean absolute difference () in dB of the log-mel spectrograms of sounds (B, 1, T); below −100 dB is silence."""
    return (log_mel(a) - log_mel(b)).abs().mean()
