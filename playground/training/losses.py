"""What a reconstruction is asked for, medium by medium. Signals are (B, C, *size)."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from ..core.spectrogram import mel_amplitudes, mel_distance
from .recipes import Recipe

C1, C2 = (0.01 * 2) ** 2, (0.03 * 2) ** 2  # SSIM's constants for signals two units wide
LEAST_ERROR = 1e-5  # 56 dB, beyond which a picture is not made better
SCALES = {256: 32, 512: 64, 1024: 80, 2048: 128}  # window in samples → bands of the mel spectrogram
FAINT = 1e-5  # amplitude, −100 dB, below which differences hardly count
QUIET = 0.01  # mean size of a clip, −40 dB, below which its waveform counts less and less


def structural_similarity(a: Tensor, b: Tensor) -> Tensor:
    """Mean SSIM () over flat 7 × 7 windows, one in every 3 × 3 places (Wang et al. 2004, eq. 13).

    Flat and sparse because it is for training, where a window at every place costs as much
    as the network. Figures shown to anyone come from torchmetrics.
    """

    def mean(x: Tensor) -> Tensor:
        return F.avg_pool2d(x, 7, stride=3)

    mean_a, mean_b = mean(a), mean(b)
    variance_a, variance_b = mean(a * a) - mean_a**2, mean(b * b) - mean_b**2
    covariance = mean(a * b) - mean_a * mean_b
    similarity = (2 * mean_a * mean_b + C1) * (2 * covariance + C2)
    return (similarity / ((mean_a**2 + mean_b**2 + C1) * (variance_a + variance_b + C2))).mean()


def picture_loss(output: Tensor, target: Tensor) -> Tensor:
    """L1 + 4·L2 + 0.4·(1 − SSIM), a number ()."""
    output = output.contiguous()  # pooling is slow in channels-last memory
    distance = F.l1_loss(output, target) + 4 * F.mse_loss(output, target)
    return distance + 0.4 * (1 - structural_similarity(output, target))


def picture_error(output: Tensor, target: Tensor) -> Tensor:
    """Mean over the pictures of the logarithm of each one's squared error, a number (): it falls as mean PSNR rises."""
    error = (output - target).square().flatten(1).mean(1)
    return error.clamp(min=LEAST_ERROR).log().mean()


def sound_loss(output: Tensor, target: Tensor) -> Tensor:
    """L1 of the log-mel spectrograms, the mean over SCALES, + 0.3·L1 of the waveform, relative: a number ().

    The first is what the ear goes by; the second holds the phase (after Défossez et al. 2022,
    EnCodec, section 3.4). It is taken relative to each clip's own size, so that quiet clips count alike.
    """
    with torch.autocast(output.device.type, enabled=False):
        output, target = output.float(), target.float()
        spectral = [_spectral_distance(output, target, window, bands) for window, bands in SCALES.items()]
        error, size = ((output - target).abs().mean((1, 2)), target.abs().mean((1, 2)))
        return torch.stack(spectral).mean() + 0.3 * (error / (size + QUIET)).mean()


def _spectral_distance(output: Tensor, target: Tensor, window: int, bands: int) -> Tensor:
    a, b = (mel_amplitudes(x, window=window, hop=window // 4, bands=bands) for x in (output, target))
    return F.l1_loss(torch.log(a + FAINT), torch.log(b + FAINT))


def text_loss(output: Tensor, target: Tensor) -> Tensor:
    """Cross-entropy () in nats a byte, of logits (B, 256, T) against one-hot bytes."""
    return F.cross_entropy(output.float(), target.argmax(1))


def _wrong_bytes(output: Tensor, target: Tensor) -> Tensor:
    """Share () of the bytes that come back as another."""
    return (output.argmax(1) != target.argmax(1)).float().mean()


def _right_percent(wrong: float) -> float:
    return 100 * (1 - wrong)


def level_loss(output: Tensor, target: Tensor) -> Tensor:
    """L1 + L2 () of the levels of mel spectrograms, in units of 20 dB."""
    return F.l1_loss(output.float(), target) + F.mse_loss(output.float(), target)


def _level_distance(output: Tensor, target: Tensor) -> Tensor:
    return 20 * F.l1_loss(output.float(), target)


@dataclass(frozen=True, eq=False)
class Aim:
    """What training on a medium works for, and by which figure it is followed.

    loss     (output, target) → (), what is led downhill
    formula  of it, as a card tells it
    error    (output, target) → (), a mean over the signals: what the figure is made of
    figure   that mean → the number that is shown
    name     of that number, with its unit
    bound    largest size of a signal's numbers: beyond it what comes back is cut off
    """

    loss: Callable[[Tensor, Tensor], Tensor]
    formula: str
    error: Callable[[Tensor, Tensor], Tensor]
    figure: Callable[[float], float]
    name: str
    bound: float = 1.0


def _squared_error(output: Tensor, target: Tensor) -> Tensor:
    return F.mse_loss(output.clamp(-1, 1), target)


def psnr(squared_error: float) -> float:
    """dB, for signals two units wide."""
    return 10 * math.log10(4 / max(squared_error, 1e-10))


AIMS: dict[str, Aim] = {
    "image": Aim(picture_loss, "L1 + 4·L2 + 0.4·(1 − SSIM)", _squared_error, psnr, "PSNR dB"),
    "picture error": Aim(
        picture_error, "the logarithm of each picture's mean squared error", _squared_error, psnr, "PSNR dB"
    ),
    "audio": Aim(
        sound_loss,
        "log-mel L1 (windows of 256 to 2048 samples) + 0.3·relative waveform L1",
        mel_distance,
        float,
        "mel distance dB",
    ),
    "text": Aim(text_loss, "cross-entropy of the bytes", _wrong_bytes, _right_percent, "bytes right %", bound=math.inf),
    "mel": Aim(  # a sound as its spectrogram
        level_loss, "L1 + L2 of the levels", _level_distance, float, "mel distance dB", bound=math.inf
    ),
}


def aim_of(recipe: Recipe) -> Aim:
    """Its own, or that of its medium."""
    return AIMS[recipe.aim or recipe.codec.modality]
