"""Code vectors have many dimensions, a page has two: places where near codes stand near each other."""

from math import ceil

import torch
from scipy.optimize import linear_sum_assignment
from torch import Tensor

FEWEST_FOR_UMAP = 10  # below, a code has too few neighbours to say anything of


def principal_axes(codebook: Tensor, count: int, *, weights: Tensor | None = None) -> Tensor:
    """(V, D) → (V, count): each code along the directions in which the codebook is widest.

    weights  (V,) how much each code counts in finding them (its usage), equal when missing

    The mean is at 0. Axes beyond min(V, D) are 0.
    """
    codebook = codebook.double()
    weights = torch.ones(len(codebook)).double() if weights is None else weights.double()
    centred = codebook - weights @ codebook / weights.sum()
    _, _, directions = torch.linalg.svd(weights.sqrt()[:, None] * centred, full_matrices=False)
    # The sign of a direction is arbitrary; fixed here, so that a codebook always looks the same.
    largest = directions.gather(1, directions.abs().argmax(1, keepdim=True))
    axes = centred @ (directions * largest.sign())[:count].t()  # (V, ≤ count)
    return torch.nn.functional.pad(axes, (0, count - axes.shape[1])).float()


def map_codes(codebook: Tensor, *, seed: int = 0) -> Tensor:
    """(V, D) → (V, 2) in 0 … 1, neighbours kept (UMAP, McInnes, Healy, Melville 2018).

    Slow to import and to run: some half a minute for 1024 codes. Fewer than 10 are laid out by
    `flat_map` instead.
    """
    if len(codebook) < FEWEST_FOR_UMAP:
        return flat_map(codebook)
    from umap import UMAP  # its compiler takes seconds to load, and most visits never need it

    neighbours = min(15, len(codebook) - 1)
    # Points a little apart, since every one of them is to be touched.
    umap = UMAP(n_neighbors=neighbours, min_dist=0.4, random_state=seed, n_jobs=1)
    threads = torch.get_num_threads()
    places = umap.fit_transform(codebook.float().cpu().numpy())
    torch.set_num_threads(threads)  # its compiler sets the threads of the whole process, torch's too
    return _unit_square(torch.from_numpy(places))


def flat_map(codebook: Tensor) -> Tensor:
    """(V, D) → (V, 2) in 0 … 1: the two widest directions, at once and for any number of codes."""
    return _unit_square(principal_axes(codebook, 2))


def similarity_layout(codebook: Tensor, columns: int) -> Tensor:
    """(V, D) → (V,) int64: the code at each place of a grid in reading order, `columns` wide.

    Linear assignment sorting (Barthel, Hezel, Jung, Schall 2023, Improved Evaluation and
    Generation of Grid Layouts, section 5): blur the grid, give every place to the code most like
    the blurred grid there (all at once, by exact assignment), and again with a narrower blur.
    What is alike ends up side by side, across and down.
    """
    codebook = codebook.float().cpu()
    order = _by_two_axes(codebook, columns)
    radius = max(columns, ceil(len(codebook) / columns)) / 2
    while radius > 1:
        wanted = _blurred(codebook[order], columns, radius)  # (V, D), by place
        # |w − c|² without |c|² and |w|², which no assignment changes
        code, place = linear_sum_assignment(-(codebook @ wanted.t()).numpy())
        order[torch.from_numpy(place)] = torch.from_numpy(code)
        radius *= 0.8
    return order


def _by_two_axes(codebook: Tensor, columns: int) -> Tensor:
    """A first guess: rows by the first axis, and by the second within a row."""
    first, second = principal_axes(codebook, 2).unbind(1)
    rows = first.argsort().split(columns)
    return torch.cat([row[second[row].argsort()] for row in rows])


def _blurred(vectors: Tensor, columns: int, radius: float) -> Tensor:
    """(V, D) by place → the same, each a mean of its surroundings weighed by a Gaussian."""
    count, dim = vectors.shape
    rows = ceil(count / columns)
    full = vectors.new_zeros(rows * columns, dim + 1)
    full[:count, :dim], full[:count, dim] = vectors, 1  # the last channel counts the places that exist
    grid = full.reshape(rows, columns, dim + 1)
    grid = torch.einsum("ab,bcd->acd", _gaussian(rows, radius), grid)
    grid = torch.einsum("ab,cbd->cad", _gaussian(columns, radius), grid)
    flat = grid.reshape(rows * columns, dim + 1)[:count]
    return flat[:, :dim] / flat[:, dim:]


def _gaussian(length: int, radius: float) -> Tensor:
    places = torch.arange(length).float()
    return torch.exp(-((places[:, None] - places) ** 2) / (2 * radius**2))


def _unit_square(points: Tensor) -> Tensor:
    """(V, 2) → each axis moved and stretched to fill 0 … 1; one without width stands at 0.5."""
    low, high = points.amin(0), points.amax(0)
    return (0.5 + (points - (low + high) / 2) / (high - low).clamp(min=1e-12)).clamp(0, 1)  # rounding may pass an end
