"""One colour for each code, the same everywhere on the page: near codes, near colours."""

import torch
from torch import Tensor

from ..analysis.layout import principal_axes

LIGHTNESS = (0.4, 0.85)  # in OKLab: seen on a white page and on a black one
CHROMA = 0.17  # the strongest colour; beyond, most lightnesses have none to show

# OKLab (Ottosson 2020, A perceptual color space for image processing): equal steps look equal.
# Lab → cube roots of cone responses → cone responses → linear sRGB.
CONES = torch.tensor(
    [
        [1.0, 0.3963377774, 0.2158037573],
        [1.0, -0.1055613458, -0.0638541728],
        [1.0, -0.0894841775, -1.2914855480],
    ]
)
LINEAR = torch.tensor(
    [
        [4.0767416621, -3.3077115913, 0.2309699292],
        [-1.2684380046, 2.6097574011, -0.3413193965],
        [-0.0041960863, -0.7034186147, 1.7076147010],
    ]
)


def code_colours(codebook: Tensor, *, weights: Tensor | None = None, tints: Tensor | None = None) -> list[str]:
    """(V, D) → V colours "#rrggbb".

    weights  (V,) how much each code counts in finding the directions (its usage)
    tints    (V, 3) RGB in [−1, 1], the mean colour of each code's tile: the colours then lean
             towards these, as far as turning them all together allows

    The widest direction of the codebook becomes lightness, the next two hue and strength.
    """
    spread = _ranks(principal_axes(codebook, 3, weights=weights))  # (V, 3) in [−1, 1]
    bright, plane = spread[:, :1], _disc(spread[:, 1:])
    if tints is not None:
        looks = oklab(tints)
        bright = bright * _likeness(bright, looks[:, :1])
        plane = plane @ _likeness(plane, looks[:, 1:])
    low, high = LIGHTNESS
    return hex_colours(torch.cat([low + (high - low) * (bright + 1) / 2, CHROMA * plane], dim=1))


def oklab(rgb: Tensor) -> Tensor:
    """(N, 3) sRGB in [−1, 1] → (N, 3) OKLab."""
    cones = _decoded((rgb.clamp(-1, 1) + 1) / 2) @ LINEAR.inverse().t()
    return cones.clamp(min=0) ** (1 / 3) @ CONES.inverse().t()


def hex_colours(oklab: Tensor) -> list[str]:
    """(N, 3) OKLab → N colours "#rrggbb"; what a screen cannot show loses chroma until it can."""
    low, high = torch.zeros(len(oklab), 1), torch.ones(len(oklab), 1)
    for _ in range(12):  # halving: the largest share of the chroma that fits
        middle = (low + high) / 2
        fits = _shown(_dulled(oklab, middle))
        low, high = torch.where(fits, middle, low), torch.where(fits, high, middle)
    share = torch.where(_shown(oklab), 1.0, low)
    linear = _linear(_dulled(oklab, share)).clamp(0, 1)
    return ["#{:02x}{:02x}{:02x}".format(*row) for row in (_encoded(linear) * 255).round().long().tolist()]


def _encoded(linear: Tensor) -> Tensor:
    """Linear sRGB → sRGB, both in 0 … 1 (IEC 61966-2-1)."""
    return torch.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)


def _decoded(encoded: Tensor) -> Tensor:
    """sRGB → linear sRGB, both in 0 … 1."""
    return torch.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)


def _linear(oklab: Tensor) -> Tensor:
    """(N, 3) → linear sRGB, outside 0 … 1 where the screen has no such colour."""
    return (oklab @ CONES.t()) ** 3 @ LINEAR.t()


def _shown(oklab: Tensor) -> Tensor:
    """(N, 3) → (N, 1) bool."""
    linear = _linear(oklab)
    return ((linear >= -1e-4) & (linear <= 1 + 1e-4)).all(1, keepdim=True)


def _dulled(oklab: Tensor, share: Tensor) -> Tensor:
    """The same lightness and hue with a share (N, 1) of the chroma."""
    return torch.cat([oklab[:, :1], oklab[:, 1:] * share], dim=1)


def _ranks(axes: Tensor) -> Tensor:
    """(V, n) → each column's ranks, evenly over [−1, 1]: no crowd of codes in one grey middle."""
    ranks = axes.argsort(0).argsort(0).float()
    return 2 * ranks / max(1, len(axes) - 1) - 1


def _disc(square: Tensor) -> Tensor:
    """(V, 2) in the square [−1, 1]² → the unit disc, corners drawn in along their own direction."""
    largest = square.abs().amax(1, keepdim=True)
    return square * largest / square.norm(dim=1, keepdim=True).clamp(min=1e-6)


def _likeness(points: Tensor, target: Tensor) -> Tensor:
    """(V, n), (V, n) → (n, n): the turn or mirror image that brings `points` closest to `target`.

    It keeps all distances between points (orthogonal Procrustes, Schönemann 1966).
    """
    u, _, v = torch.linalg.svd(points.t() @ (target - target.mean(0)))
    return u @ v
