"""Sounds seen and made through a Fourier window: what is loud and what is faint stand side by side.

In samples a hiss a thousandth of a voice's size is lost in it. In the logarithm of a spectrum
both are numbers of the same size, and a decoder can say "−90 dB" as easily as "−10 dB"
(Siuzdak 2023, Vocos, section 3.3: a network at the pace of frames, an inverse Fourier transform
at the end). Windows overlap, nothing is learned here, and nothing looks further than one window.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

FLOOR = 1e-5  # amplitude that counts as silence
LOUDEST = 3.0  # log-amplitude, far beyond full scale: so that no early step explodes


def spectral_channels(window: int) -> int:
    """Channels of a frame: for each bin a log-amplitude and two numbers of phase."""
    return 3 * (window // 2 + 1)


class Analysis(nn.Module):
    """Samples (B, 1, T) → frames (B, 3·bins, T / hop): log-amplitudes, and real and imaginary parts, compressed.

    Frame i is centred in the i-th stretch of `hop` samples. Its parts keep their sign and the
    0.3rd power of their amplitude.
    """

    def __init__(self, window: int, hop: int) -> None:
        super().__init__()
        self.window, self.hop, self.padding = window, hop, ((window - hop) // 2,)
        shape = torch.hann_window(window, device="cpu")
        basis = torch.fft.rfft(torch.diag(shape) * (2 / shape.sum())).t()  # (bins, window)
        self.register_buffer("basis", torch.cat([basis.real, basis.imag])[:, None].contiguous(), persistent=False)

    def forward(self, samples: Tensor) -> Tensor:
        with torch.autocast(samples.device.type, enabled=False):
            parts = F.conv1d(samples.float(), self.basis, stride=self.hop, padding=self.padding)
            real, imaginary = parts.chunk(2, 1)  # (B, bins, frames)
            amplitude = (real.square() + imaginary.square() + FLOOR**2).sqrt()
            pressed = amplitude**-0.7
            return torch.cat([0.2 * amplitude.log() + 1, real * pressed, imaginary * pressed], 1)


class Synthesis(nn.Module):
    """Frames (B, 3·bins, T) → samples (B, 1, T·hop): log-amplitude and direction of each bin, windowed and added up.

    A squared Hann window at a quarter's hop adds up to a constant, so no sample needs to know
    how many windows cover it; only at the very ends a sound fades in and out.
    """

    def __init__(self, window: int, hop: int) -> None:
        super().__init__()
        if window != 4 * hop:
            raise ValueError(f"a window of {window} samples is not four times the hop of {hop}")
        self.factor, self.trimmed = hop, (window - hop) // 2
        self.around = -(-self.trimmed // hop)  # frames on either side that reach into a stretch
        bins = window // 2 + 1
        shape = torch.hann_window(window, device="cpu")
        unit = torch.eye(bins, dtype=torch.complex64, device="cpu")
        waves = torch.cat([torch.fft.irfft(unit, window), torch.fft.irfft(1j * unit, window)])  # (2·bins, window)
        scale = shape.sum() / 2 / shape.square().sum() * hop  # so that Analysis and Synthesis undo each other
        self.register_buffer("waves", (waves * shape * scale)[:, None].contiguous(), persistent=False)

    def forward(self, frames: Tensor) -> Tensor:
        with torch.autocast(frames.device.type, enabled=False):
            level, *direction = frames.float().chunk(3, 1)  # (B, bins, T) each
            real, imaginary = direction
            amplitude = (5 * (level - 1)).clamp(max=LOUDEST).exp()
            scale = amplitude * (real.square() + imaginary.square() + 1e-8).rsqrt()
            parts = torch.cat([real * scale, imaginary * scale], 1)
            samples = F.conv_transpose1d(parts, self.waves, stride=self.factor)
            return samples[..., self.trimmed : samples.shape[-1] - self.trimmed]
