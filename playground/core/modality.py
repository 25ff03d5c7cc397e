"""Modalities: the doors between the world and the tensors that a codec takes and gives."""

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from .pictures import Picture, read_square, read_whole


@dataclass(frozen=True, eq=False)
class Fitted:
    """What a bench of fixed size takes of a picture, a sound or a text.

    signal  (1, C, *size)
    source  size of the whole it was cut from: (H, W) in pixels, upright
    """

    signal: Tensor
    source: tuple[int, ...]


class Modality(Protocol):
    """A medium. `read` and `fit` raise InputError for what they cannot take, in the visitor's words.

    kind  "image", …
    rank  axes of a signal's size: 2 for (H, W), 1 for (T,)
    """

    kind: str
    rank: int

    def read(self, raw: Any) -> Tensor:
        """The whole of `raw` as a signal (1, C, *size), float32 in [−1, 1]."""

    def fit(self, raw: Any, length: int) -> Fitted:
        """The part of `raw` that fills a bench of `length` along every axis."""

    def write(self, signal: Tensor) -> Any:
        """A signal (1, C, *size) as what the world calls it: a PIL image, …"""

    def quality(self, a: Tensor, b: Tensor) -> dict[str, float]:
        """How near two signals (B, C, *size) are, each number named with its unit."""


class Pictures:
    """Pictures: RGB, signals (1, 3, H, W). Anything that `pictures.Picture` names is read."""

    kind = "image"
    rank = 2

    def read(self, raw: Picture) -> Tensor:
        """(1, 3, H, W) in [−1, 1], the picture's own size. Raises InputError below 8 or above 4096 pixels a side."""
        return _signal(read_whole(raw))

    def fit(self, raw: Picture, length: int = 256) -> Fitted:
        """The centre square, scaled to (1, 3, length, length). Raises InputError below 8 pixels a side."""
        square, source = read_square(raw, length)
        return Fitted(_signal(square), source)

    def write(self, signal: Tensor) -> Image.Image:
        """(1, 3, H, W) → RGB picture, clamped and rounded. Raises ValueError for another shape or infinite numbers."""
        if signal.ndim != 4 or signal.shape[:2] != (1, 3):
            raise ValueError(f"one picture is (1, 3, H, W), not {tuple(signal.shape)}")
        if not signal.isfinite().all():
            raise ValueError("the signal holds numbers that are not finite")
        pixels = (signal[0].float().clamp(-1, 1) + 1) * 127.5
        return Image.fromarray(pixels.round().to(torch.uint8).permute(1, 2, 0).cpu().numpy())

    def quality(self, a: Tensor, b: Tensor) -> dict[str, float]:
        """Mean over pictures (B, 3, H, W) of PSNR in dB and SSIM (Wang et al. 2004, 11 × 11 Gaussian window).

        Both are taken as they are shown, clamped to [−1, 1]. Equal pictures have a `psnr_db`
        of infinity, which JSON has no word for. Below 11 pixels a side the window does not
        fit, and `ssim` is left out. Raises ValueError for different shapes.
        """
        # Here and not above: with what it brings along it takes seconds to import.
        from torchmetrics.functional.image import peak_signal_noise_ratio, structural_similarity_index_measure

        if a.shape != b.shape or a.ndim != 4:
            raise ValueError(f"pictures of shapes {tuple(a.shape)} and {tuple(b.shape)} cannot be compared")
        a, b = a.float().clamp(-1, 1), b.float().clamp(-1, 1)
        measured = {"psnr_db": peak_signal_noise_ratio(a, b, data_range=2.0, dim=(1, 2, 3)).item()}
        if min(a.shape[2:]) >= 11:
            measured["ssim"] = structural_similarity_index_measure(a, b, data_range=2.0).item()
        return measured


def _signal(picture: Image.Image) -> Tensor:
    pixels = torch.from_numpy(np.array(picture))  # (H, W, 3)
    return pixels.permute(2, 0, 1).unsqueeze(0).contiguous().float() / 127.5 - 1  # (1, 3, H, W)


IMAGE = Pictures()
MODALITIES: dict[str, Modality] = {modality.kind: modality for modality in (IMAGE,)}
