"""What a reconstruction is asked for. Signals are (B, C, H, W) in [−1, 1]."""

import torch.nn.functional as F
from torch import Tensor

C1, C2 = (0.01 * 2) ** 2, (0.03 * 2) ** 2  # SSIM's constants for signals two units wide


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
