"""Latents as a picture: three directions of code space as red, green and blue."""

import torch
from torch import Tensor

REACH = 2.2  # standard deviations of the codes along a direction, from dark to bright


def latent_colours(latents: Tensor, codebook: Tensor) -> Tensor:
    """Latents (N, D, *grid) → (N, *grid, 3) uint8, by the three widest directions of a codebook (V, D).

    Grey is the middle of the codes; what lies farther out than most codes is as dark or as bright as a screen can be.
    """
    middle = codebook.mean(0)
    _, _, directions = torch.linalg.svd(codebook - middle, full_matrices=False)
    # The sign of a direction is arbitrary; fixed here, so that the same latents always look the same.
    largest = directions.gather(1, directions.abs().argmax(1, keepdim=True))
    directions = (directions * largest.sign())[:3]  # (3, D), fewer where D is less
    spread = ((codebook - middle) @ directions.t()).std(0).clamp(min=1e-6)
    along = (latents.movedim(1, -1) - middle) @ directions.t() / spread  # (N, *grid, ≤ 3)
    along = torch.nn.functional.pad(along, (0, 3 - along.shape[-1]))
    return ((along / REACH + 1) * 127.5).clamp(0, 255).round().to(torch.uint8)
