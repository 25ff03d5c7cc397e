"""How much fine detail a reconstruction keeps, whether or not it is the right one."""

import torch
import torch.nn.functional as F
from torch import Tensor

from ..media.modalities import IMAGE

LAPLACIAN = ((0.0, 1.0, 0.0), (1.0, -4.0, 1.0), (0.0, 1.0, 0.0))


def kept_detail(original: Tensor, output: Tensor) -> float:
    """Variance of the Laplacian of `output` over that of `original`, both (B, 3, H, W); NaN for a flat original.

    1 is as much as there was; less is blurred, more is noise or invention. Of PSNR it knows nothing.
    """
    return float(_energy(output) / _energy(original))


def picture_quality(original: Tensor, output: Tensor) -> dict[str, float]:
    """What cards state of pictures (B, 3, H, W): {"psnr_db", "ssim", "detail"}."""
    return IMAGE.quality(original, output) | {"detail": kept_detail(original, output)}


def _energy(pictures: Tensor) -> Tensor:
    kernel = torch.tensor(LAPLACIAN, device=pictures.device)[None, None]
    return F.conv2d(pictures.mean(1, keepdim=True), kernel).var()
