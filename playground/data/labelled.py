"""Little pictures with names: emoji, and handwritten digits."""

import csv
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor

from ..core.errors import InputError
from ..media.pictures import read_layered

EMOJI_SIDE, EMOJI_SOURCE = 64, 128  # pixels of a training picture, and of what is kept to be moved about
DIGIT_SIDE = 32  # pixels; MNIST's 28 with a margin
PLAIN = 0.7  # share of emoji on white, the others on some light colour
WRITTEN = "symbols"  # the group whose pictures are letters and arrows: mirrored they would be wrong


@dataclass(frozen=True, eq=False)
class Labelled:
    """Pictures, and what they are called.

    pictures  (N, C, S, S) uint8; C is 4 where there is a transparency, whose colours are multiplied by it
    labels    (N,) from coarse to fine: ("smileys & emotion", "smiling", "smiling face"), ("7",)
    """

    pictures: Tensor
    labels: tuple[tuple[str, ...], ...]

    def __len__(self) -> int:
        return len(self.labels)


def open_emoji(folder: Path, split: str) -> Labelled:
    """The emoji of one split ("train" or "val") that `emoji.csv` in `folder` lists: group, subgroup and name.

    Raises InputError when there is no such table.
    """
    table = Path(folder) / "emoji.csv"
    if not table.is_file():
        raise InputError("There is no table “emoji.csv” in “{folder}”.", folder=folder)
    with open(table, encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["split"] == split]
    archives = {pack: zipfile.ZipFile(table.parent / pack) for pack in {row["pack"] for row in rows}}
    pictures = [_emoji(archives[row["pack"]].read(row["file"])) for row in rows]
    if not pictures:
        raise InputError("“emoji.csv” in “{folder}” lists nothing for {split}.", folder=folder, split=split)
    return Labelled(torch.stack(pictures), tuple((row["group"], row["subgroup"], row["name_en"]) for row in rows))


def _emoji(data: bytes) -> Tensor:
    picture = read_layered(data).resize([EMOJI_SOURCE] * 2, Image.Resampling.LANCZOS)
    values = torch.from_numpy(np.array(picture)).permute(2, 0, 1)
    # Colours of clear pixels are anything; without this they would bleed into the edges when the picture is scaled.
    values[:3] = (values[:3].float() * values[3:].float() / 255).round().to(torch.uint8)
    return values


def emoji_pictures(
    emoji: Labelled, chosen: Tensor, *, generator: torch.Generator | None = None, plain: float = PLAIN
) -> Tensor:
    """(N, 3, 64, 64) float in [−1, 1]: the emoji numbered `chosen` (N,).

    Without a generator in the middle, on white. With one moved by some pixels, up to a tenth
    larger or smaller, mirrored half of the time where nothing is written, and a share of `plain` on white, the
    others on some light colour.
    """
    pictures = emoji.pictures[chosen].float() / 255  # (N, 4, S, S)
    count, white = len(chosen), torch.ones(len(chosen), 3, 1, 1)
    if generator is None:
        return _on(white, F.avg_pool2d(pictures, EMOJI_SOURCE // EMOJI_SIDE))
    u = torch.rand(count, 8, generator=generator)
    scale = 0.9 + 0.2 * u[:, 0]
    written = torch.tensor([emoji.labels[i][0] == WRITTEN for i in chosen.tolist()])
    mirrored = torch.where((u[:, 1] < 0.5) & ~written, -1.0, 1.0)
    move = torch.zeros(count, 2, 3)
    move[:, 0, 0], move[:, 1, 1] = scale * mirrored, scale
    move[:, :, 2] = 0.16 * (u[:, 2:4] - 0.5)  # of half a side: five pixels at most
    grid = F.affine_grid(move, [count, 4, EMOJI_SIDE, EMOJI_SIDE], align_corners=False)
    moved = F.grid_sample(pictures, grid, align_corners=False)
    light = (0.75 + 0.25 * u[:, 4:7])[..., None, None]
    return _on(torch.where((u[:, 7] < plain).reshape(-1, 1, 1, 1), white, light), moved)


def _on(colour: Tensor, pictures: Tensor) -> Tensor:
    """Pictures (N, 4, S, S), multiplied by their transparency, laid on (N, 3, 1, 1): in [−1, 1]."""
    return 2 * (pictures[:, :3] + (1 - pictures[:, 3:]) * colour).clamp(0, 1) - 1


def open_digits(folder: Path, split: str) -> Labelled:
    """The handwritten digits of one split that the first `.npz` in `folder` holds: `x_train`, `y_train`, `x_val`, …

    Raises InputError when there is no such file.
    """
    paths = sorted(Path(folder).glob("*.npz"))
    if not paths:
        raise InputError("There are no digits below “{folder}”: a file .npz with x_train and y_train.", folder=folder)
    with np.load(paths[0], allow_pickle=False) as arrays:
        pictures, digits = torch.from_numpy(arrays[f"x_{split}"]), arrays[f"y_{split}"]
    margin = (DIGIT_SIDE - pictures.shape[-1]) // 2
    return Labelled(F.pad(pictures, [margin] * 4)[:, None], tuple((str(digit),) for digit in digits))


def digit_pictures(digits: Labelled, chosen: Tensor, *, generator: torch.Generator | None = None) -> Tensor:
    """(N, 3, 32, 32) float in [−1, 1]: the digits numbered `chosen` (N,), white on black, as they are.

    The generator changes nothing: there are enough of them.
    """
    return digits.pictures[chosen].float().expand(-1, 3, -1, -1) / 127.5 - 1


@dataclass(frozen=True)
class Domain:
    """A data set of little pictures with names.

    things  as messages call them
    side    pixels
    open    (folder, split) → Labelled; InputError when there are none
    varied  (data, chosen, generator=…) → pictures (N, 3, side, side) as a codec learns them
    usual   the same as a prior learns them: moved, but with nothing around them
    """

    things: str
    side: int
    open: Callable[[Path, str], Labelled]
    varied: Callable[..., Tensor]
    usual: Callable[..., Tensor]


DOMAINS: dict[str, Domain] = {  # by the name of their folder
    "emoji": Domain("emoji", EMOJI_SIDE, open_emoji, emoji_pictures, partial(emoji_pictures, plain=1.0)),
    "digits_image": Domain("digits", DIGIT_SIDE, open_digits, digit_pictures, digit_pictures),
}
