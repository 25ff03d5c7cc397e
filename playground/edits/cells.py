"""Edits of single cells: functions from tokens to tokens, each touching only the cells it says.

`cells` is a bool mask of the grid, the same for every item: (h, w) of a picture, (t,) of a
sound; all cells when missing. `window` is one slice of cells per axis of the grid. `k` says
which codebook. Edits that give codes change codebook k alone; edits that move cells take all
K codes of a cell along, since residual codes mean nothing apart.
"""

import torch
from torch import Tensor

from ..core.errors import InputError
from ..core.tokens import Tokens

Window = tuple[slice, ...]

# Edits that give codes.


def paint(tokens: Tokens, cells: Tensor, code: int, *, k: int = 0) -> Tokens:
    """`code` in every one of `cells`. Raises InputError for a code the codebook does not have."""
    _check_code(tokens, code)
    return _where(tokens, cells, torch.full_like(_plane(tokens, k), code), k)


def fill_rectangle(tokens: Tokens, window: Window, code: int, *, k: int = 0) -> Tokens:
    """`code` in every cell of a rectangle."""
    return paint(tokens, rectangle(tokens, window), code, k=k)


def erase(tokens: Tokens, cells: Tensor, mean_code: int, *, k: int = 0) -> Tokens:
    """`mean_code` in every one of `cells`: the code nearest to the mean latent is as close to nothing as
    a codebook comes, since every code, 0 too, stands for something."""
    return paint(tokens, cells, mean_code, k=k)


def replace(tokens: Tokens, a: int, b: int, *, cells: Tensor | None = None, k: int = 0) -> Tokens:
    """Code b wherever a stands. Raises InputError for a code the codebook does not have."""
    _check_code(tokens, a)
    _check_code(tokens, b)
    plane = _plane(tokens, k)
    return _where(tokens, cells, plane.masked_fill(plane == a, b), k)


def exchange(tokens: Tokens, a: int, b: int, *, cells: Tensor | None = None, k: int = 0) -> Tokens:
    """Codes a and b change places, everywhere. Raises InputError for a code the codebook does not have."""
    _check_code(tokens, a)
    _check_code(tokens, b)
    plane = _plane(tokens, k)
    return _where(tokens, cells, plane.masked_fill(plane == a, b).masked_fill(plane == b, a), k)


def restrict(tokens: Tokens, allowed: Tensor, codebook: Tensor, *, cells: Tensor | None = None, k: int = 0) -> Tokens:
    """Every token becomes its nearest allowed code; allowed ones stay.

    allowed   (A,) int64 codes
    codebook  (V, D), in which nearness is measured (Euclidean)

    Raises InputError when no code is allowed, or one that the codebook does not have.
    """
    if len(codebook) != tokens.codebook_size:
        raise ValueError(f"a codebook of {len(codebook)} codes for tokens of {tokens.codebook_size}")
    if allowed.numel() == 0:
        raise InputError("Choose at least one code to keep.")
    for code in (int(allowed.min()), int(allowed.max())):
        _check_code(tokens, code)
    used, place = _plane(tokens, k).unique(return_inverse=True)  # (U,), (B, *grid)
    # By subtraction, not by matrix product: a code must be at distance 0 from itself, exactly.
    distances = torch.cdist(codebook[used], codebook[allowed], compute_mode="donot_use_mm_for_euclid_dist")
    nearest = allowed[distances.argmin(1)]  # (U,)
    stays = torch.isin(used, allowed)  # twins: an allowed code is not exchanged for one just like it
    return _where(tokens, cells, torch.where(stays, used, nearest)[place], k)


def restrict_to_count(
    tokens: Tokens, count: int, codebook: Tensor, *, cells: Tensor | None = None, k: int = 0
) -> Tokens:
    """The `count` codes most used in `cells` stay, every other one becomes the nearest of them.

    Of codes used equally often the lower number stays. Raises InputError for a count below 1.
    """
    if count < 1:
        raise InputError("At least 1 code must stay, not {count}.", count=count)
    chosen = _plane(tokens, k)[:, mask_of(tokens, cells)]
    used, uses = chosen.unique(return_counts=True)  # in ascending order, so a stable sort settles ties
    kept = used[uses.argsort(descending=True, stable=True)[:count]]
    # Without a selected cell there is nothing to restrict.
    return restrict(tokens, kept, codebook, cells=cells, k=k) if len(kept) else tokens


# Edits that move cells.


def shuffle(tokens: Tokens, seed: int, *, cells: Tensor | None = None) -> Tokens:
    """The cells in an order drawn from `seed`: the histogram stays, the picture goes."""
    count = int(mask_of(tokens, cells).sum())
    return _reorder(tokens, cells, torch.randperm(count, generator=torch.Generator().manual_seed(seed)))


def sort(tokens: Tokens, *, order: Tensor | None = None, cells: Tensor | None = None, k: int = 0) -> Tokens:
    """The cells in reading order of their code in codebook k; equal ones keep their order.

    order  (V,) int64, the codes as they shall follow each other; by number when missing

    Every item is sorted for itself. Raises ValueError when `order` does not name every code once.
    """
    rank = torch.arange(tokens.codebook_size)
    if order is not None:
        if not torch.equal(order.sort().values, rank):
            raise ValueError(f"order {tuple(order.shape)} does not name each of {tokens.codebook_size} codes once")
        rank = order.argsort()
    chosen = _plane(tokens, k)[:, mask_of(tokens, cells)]  # (B, n)
    return _reorder(tokens, cells, rank[chosen].argsort(dim=1, stable=True))


def mirror(tokens: Tokens, axis: int, *, cells: Tensor | None = None) -> Tokens:
    """The cells back to front along an axis of the grid (of a picture, 0 is up–down, 1 left–right).

    A selection is mirrored within the smallest rectangle around it: each of its cells takes
    what stood at its mirror place. Raises ValueError for an axis the grid does not have.
    """
    if not 0 <= axis < len(tokens.grid):
        raise ValueError(f"axis {axis} of a grid {tokens.grid}")
    box = _box(tokens, cells)
    return _move(tokens, cells, box, tokens.indices[(..., *box)].flip(axis + 2))


def shift(tokens: Tokens, steps: tuple[int, ...], *, cells: Tensor | None = None) -> Tokens:
    """The cells `steps` along each axis: (down, right) of a picture; what leaves comes back on the other side.

    A selection is shifted within the smallest rectangle around it. Raises ValueError unless
    there is one number of steps for each axis.
    """
    if len(steps) != len(tokens.grid):
        raise ValueError(f"steps {steps} on a grid {tokens.grid}")
    box = _box(tokens, cells)
    axes = tuple(range(2, 2 + len(steps)))
    return _move(tokens, cells, box, tokens.indices[(..., *box)].roll(steps, axes))


def paste(tokens: Tokens, source: Tokens, window: Window, at: tuple[int, ...]) -> Tokens:
    """A rectangle of `source`, all its codebooks, with its first cell at `at`; cut off where the grid ends.

    Raises InputError when the two are not of one codec, ValueError for a rectangle or a place
    outside their grids.
    """
    check_alike(source, tokens)
    rectangle(source, window)
    if len(at) != len(tokens.grid) or not all(0 <= a < n for a, n in zip(at, tokens.grid, strict=True)):
        raise ValueError(f"place {at} on a grid {tokens.grid}")
    lengths = [min(w.stop - w.start, n - a) for w, n, a in zip(window, tokens.grid, at, strict=True)]
    taken = tuple(slice(w.start, w.start + length) for w, length in zip(window, lengths, strict=True))
    given = tuple(slice(a, a + length) for a, length in zip(at, lengths, strict=True))
    indices = tokens.indices.clone()
    indices[(..., *given)] = source.indices[(..., *taken)]
    return tokens.with_indices(indices)


def check_alike(a: Tokens, b: Tokens) -> None:
    """Raises InputError unless the codes of one mean the same in the other."""
    unlike = (a.codebook_size, a.num_codebooks, len(a.grid)) != (b.codebook_size, b.num_codebooks, len(b.grid))
    if unlike or (a.codec and b.codec and a.codec != b.codec):
        raise InputError("Cells can only be copied between tokens of the same codec.")


def rectangle(tokens: Tokens, window: Window) -> Tensor:
    """The cells of a rectangle, as a (*grid) mask. Raises ValueError for one that is empty or not on the grid."""
    fits = len(window) == len(tokens.grid) and all(
        0 <= cells.start < cells.stop <= length for cells, length in zip(window, tokens.grid, strict=True)
    )
    if not fits:
        raise ValueError(f"rectangle {window} on a grid {tokens.grid}")
    mask = torch.zeros(tokens.grid, dtype=torch.bool)
    mask[window] = True
    return mask


def mask_of(tokens: Tokens, cells: Tensor | None) -> Tensor:
    """`cells` as a (*grid) bool mask, all of them when missing. Raises ValueError for anything else."""
    if cells is None:
        return torch.ones(tokens.grid, dtype=torch.bool)
    if cells.dtype != torch.bool or tuple(cells.shape) != tokens.grid:
        raise ValueError(f"cells {cells.dtype} {tuple(cells.shape)} are no mask of a grid {tokens.grid}")
    return cells


def _check_code(tokens: Tokens, code: int) -> None:
    if not 0 <= code < tokens.codebook_size:
        last = tokens.codebook_size - 1
        raise InputError("Code {code} does not exist: the codebook goes from 0 to {last}.", code=code, last=last)


def _plane(tokens: Tokens, k: int) -> Tensor:
    """(B, *grid), the indices into codebook k."""
    if not 0 <= k < tokens.num_codebooks:
        raise ValueError(f"codebook {k} of {tokens.num_codebooks}")
    return tokens.indices[:, k]


def _where(tokens: Tokens, cells: Tensor | None, plane: Tensor, k: int) -> Tokens:
    """`plane` (B, *grid) in codebook k, where `cells` say so."""
    indices = tokens.indices.clone()
    indices[:, k] = torch.where(mask_of(tokens, cells), plane, indices[:, k])
    return tokens.with_indices(indices)


def _reorder(tokens: Tokens, cells: Tensor | None, order: Tensor) -> Tokens:
    """The selected cells in another order: (n,), or (B, n) for each item its own."""
    mask = mask_of(tokens, cells)
    indices = tokens.indices.clone()
    chosen = indices[:, :, mask]  # (B, K, n)
    order = order.expand(len(chosen), -1)[:, None].expand_as(chosen)
    indices[:, :, mask] = chosen.gather(2, order)
    return tokens.with_indices(indices)


def _box(tokens: Tokens, cells: Tensor | None) -> Window:
    """The smallest rectangle around the selected cells; nothing selected gives an empty one."""
    places = mask_of(tokens, cells).nonzero()  # (n, rank)
    if len(places) == 0:
        return tuple(slice(0, 0) for _ in tokens.grid)
    lows, highs = places.amin(0).tolist(), places.amax(0).tolist()
    return tuple(slice(low, high + 1) for low, high in zip(lows, highs, strict=True))


def _move(tokens: Tokens, cells: Tensor | None, box: Window, content: Tensor) -> Tokens:
    """`content` (B, K, *box) inside `box`, where `cells` say so."""
    indices = tokens.indices.clone()
    indices[(..., *box)] = torch.where(mask_of(tokens, cells)[box], content, indices[(..., *box)])
    return tokens.with_indices(indices)
