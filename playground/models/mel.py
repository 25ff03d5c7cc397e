"""Sounds as pictures of themselves, and back: mel spectrograms, and phases that fit them.

A word of a second is recognised by where its energy lies, hardly by its phase. So what codes have
to keep is the spectrogram, and the phase is found afterwards, by going back and forth between
samples and spectrum until both agree (Griffin, Lim 1984; hastened after Perraudin et al. 2013).
"""

import torch
from torch import Tensor

from ..core.spectrogram import log_mel, mel_filters

BANDS, WINDOW, HOP = 80, 1024, 256
MIDDLE, SPREAD, LOWEST = -60.0, 20.0, -1.6  # dB, dB and how many of these below the middle counts as silence
ROUNDS, HASTE = 32, 0.99
PEAK = 0.7  # of what is looked at, and of what is given back


def seen(sound: Tensor) -> Tensor:
    """(B, T) samples → (B, 80, 1 + T // 256): levels of a sound brought to one peak, about −1.6 … 2.5."""
    sound = sound * (PEAK / sound.abs().amax(1, keepdim=True).clamp(min=1e-3))
    return ((log_mel(sound[:, None], window=WINDOW, hop=HOP, bands=BANDS) - MIDDLE) / SPREAD).clamp(min=LOWEST)


def heard(levels: Tensor) -> Tensor:
    """(B, 80, N) levels → (B, 256 (N − 1)) samples that look like them, at one peak. No chance is in it."""
    amplitudes = 10 ** ((levels.float() * SPREAD + MIDDLE) / 20) * (levels > LOWEST + 0.05)
    wanted = _unfiltered(amplitudes)  # (B, bins, N)
    shape = torch.hann_window(WINDOW, device=levels.device)
    generator = torch.Generator().manual_seed(0)
    turns = torch.rand(wanted.shape[1:], generator=generator).to(levels.device) * 2 * torch.pi
    spectrum, before = torch.polar(wanted, turns.expand_as(wanted)), torch.zeros(())
    for _ in range(ROUNDS):
        samples = torch.istft(spectrum, WINDOW, HOP, window=shape, center=True)
        agreed = torch.stft(samples, WINDOW, HOP, window=shape, center=True, pad_mode="constant", return_complex=True)
        direction, before = agreed + HASTE * (agreed - before), agreed
        spectrum = wanted * direction / direction.abs().clamp(min=1e-9)
    samples = torch.istft(spectrum, WINDOW, HOP, window=shape, center=True)
    return samples * (PEAK / samples.abs().amax(1, keepdim=True).clamp(min=1e-3))


def _unfiltered(amplitudes: Tensor) -> Tensor:
    """Mel bands (B, 80, N) → bins (B, 513, N): none negative, and close to what the bands are means of."""
    filters = mel_filters(BANDS, WINDOW).to(amplitudes.device)  # (80, 513)
    bins = (torch.linalg.pinv(filters) @ amplitudes).clamp(min=0)
    for _ in range(30):  # each bin is scaled by how much its bands still lack (Lee, Seung 2001, multiplicative updates)
        bins = bins * (filters.t() @ amplitudes) / (filters.t() @ (filters @ bins)).clamp(min=1e-9)
        bins = bins.clamp(min=1e-9)
    return bins
