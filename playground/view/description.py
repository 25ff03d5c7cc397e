"""All the page shows of a codebook, gathered once and kept beside the weights.

codebook.json   numbers: see Description
tiles.jpg       code c at column c % columns, row c // columns
exemplars.webp  the same places, each a row of `exemplars_per_code` pictures
"""

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
from torch import Tensor

from ..analysis.atlas import CONTEXT, tiles, to_bytes
from ..analysis.geometry import mean_code, neighbours
from ..analysis.layout import flat_map, map_codes, similarity_layout
from ..analysis.reference import Reference, survey
from ..core.codec import Codec
from .colours import code_colours
from .sheets import block_jpeg, exemplar_blocks, part_name, sheet, sheet_columns, small_webp

VERSION = 1
NEIGHBOURS = 8
FOLLOWERS = 5  # of each code, in each direction
EXEMPLARS = 6
EXEMPLAR_BYTES = 1170  # a code, in exemplars.webp: 1.2 MB for 1024 of them
SHEETS = ("tile_sheet", "exemplar_sheet")


@dataclass(frozen=True, eq=False)
class Description:
    """A codebook of V codes of width `dim`, as the page shows it.

    pictures, tokens       size of the reference set; 0 when there was none
    counts                 [V] uses over the reference set; [] when there was none
    colours                [V] "#rrggbb", near codes near colours
    columns, order         order[p] = code at place p of the atlas, in rows of `columns`
    map                    [V][2] in 0 … 1, like codes near each other
    neighbours, distances  [V][≤ 8] nearest other codes, Euclidean, nearest first
    right, below           [V][≤ 5][code, count] commonest neighbours; [] without a reference set
    mean_code              the code nearest to the mean of the codes by usage: what "erase" writes
    tile_pixels            side of a tile
    exemplar_pixels        side of an exemplar, its own cell in the middle third
    exemplar_counts        [V] how many there are, 0 … exemplars_per_code; [] without a reference set
    exemplar_pictures      [V][] which pictures of the reference set they are from
    tile_sheet             (H, W, 3) uint8
    exemplar_sheet         (H, W, 3) uint8, None without a reference set
    """

    codec: str
    codebook_size: int
    dim: int
    pictures: int
    tokens: int
    counts: list[int]
    colours: list[str]
    columns: int
    order: list[int]
    map: list[list[float]]
    neighbours: list[list[int]]
    distances: list[list[float]]
    right: list[list[tuple[int, int]]]
    below: list[list[tuple[int, int]]]
    mean_code: int
    tile_pixels: int
    exemplar_pixels: int
    exemplars_per_code: int
    exemplar_counts: list[int]
    exemplar_pictures: list[list[int]]
    tile_sheet: np.ndarray
    exemplar_sheet: np.ndarray | None

    def to_json(self) -> str:
        """What codebook.json holds."""
        facts = {field.name: getattr(self, field.name) for field in fields(self) if field.name not in SHEETS}
        return json.dumps({"version": VERSION} | facts, separators=(",", ":"))

    def files(self, *, exemplar_bytes: int = EXEMPLAR_BYTES) -> dict[str, bytes]:
        """File name → content; the exemplars of a code in about that many bytes."""
        files = {"tiles.jpg": block_jpeg(self.tile_sheet)}
        if self.exemplar_sheet is not None:
            files["exemplars.webp"] = small_webp(self.exemplar_sheet, exemplar_bytes * self.codebook_size)
        return files | {"codebook.json": self.to_json().encode()}


def describe(codec: Codec, batches: Iterable[Tensor], *, k: int = 0, seed: int = 0) -> Description:
    """Codebook k of `codec`, with the pictures of `batches`, each (B, 3, H, W) in [−1, 1], as reference set.

    Raises ValueError when there are no pictures.
    """
    reference = survey(codec, batches, k=k, per_code=EXEMPLARS, seed=seed)
    return _gather(codec, k, map_codes(codec.codebook(k).cpu(), seed=seed), reference)


def describe_codebook(codec: Codec, *, k: int = 0) -> Description:
    """What can be said of codebook k without any picture: no counts, no exemplars.

    Up to half a minute of one core for 1024 codes, nearly all of it for decoding the tiles.
    """
    return _gather(codec, k, flat_map(codec.codebook(k).cpu()), None)


def write_description(folder: Path, description: Description, *, k: int = 0) -> None:
    """Writes the files of codebook k into `folder`, codebook.json last; each appears whole or not at all."""
    # Where there are many codebooks, few look at the exemplars of the later ones.
    for name, data in description.files(exemplar_bytes=EXEMPLAR_BYTES // (2 if k else 1)).items():
        name = part_name(name, k)
        temporary = Path(folder) / f".{name}.{os.getpid()}.tmp"  # two writers do not meet in one file
        try:
            temporary.write_bytes(data)
            temporary.replace(Path(folder) / name)
        finally:
            temporary.unlink(missing_ok=True)  # a full disk is not made fuller


def _gather(codec: Codec, k: int, places: Tensor, reference: Reference | None) -> Description:
    codebook = codec.codebook(k).float().cpu()
    counts = None if reference is None else reference.usage.counts
    context = tuple(mean_code(codec.codebook(before).cpu()) for before in range(k))
    pictures = tiles(codec, context=context).cpu()
    columns = sheet_columns(len(codebook))
    side = CONTEXT * codec.stride
    return Description(
        codec=codec.name,
        codebook_size=len(codebook),
        dim=codebook.shape[1],
        colours=code_colours(codebook, weights=counts, tints=pictures.mean((2, 3))),
        columns=columns,
        order=similarity_layout(codebook, columns).tolist(),
        map=_rounded(places, 4),
        **_near(codebook),
        mean_code=mean_code(codebook, counts),
        tile_pixels=codec.stride,
        tile_sheet=sheet(to_bytes(pictures), columns),
        exemplar_pixels=side,
        exemplars_per_code=EXEMPLARS,
        **_seen(reference, len(codebook), side, columns),
    )


def _near(codebook: Tensor) -> dict:
    count = min(NEIGHBOURS, len(codebook) - 1)
    if count == 0:  # one code alone has no neighbours
        return {"neighbours": [[]], "distances": [[]]}
    near = neighbours(codebook, count)
    return {"neighbours": near.codes.tolist(), "distances": _rounded(near.distances, 4)}


def _seen(reference: Reference | None, codebook_size: int, side: int, columns: int) -> dict:
    """The entries that need a reference set, empty without one."""
    if reference is None:
        lists = ("counts", "right", "below", "exemplar_counts", "exemplar_pictures")
        return {name: [] for name in lists} | {"pictures": 0, "tokens": 0, "exemplar_sheet": None}
    exemplars = reference.exemplars
    return {
        "pictures": reference.usage.items,
        "tokens": reference.usage.tokens,
        "counts": reference.usage.counts.tolist(),
        "right": [reference.right.after(code, FOLLOWERS) for code in range(codebook_size)],
        "below": [reference.below.after(code, FOLLOWERS) for code in range(codebook_size)],
        "exemplar_counts": [len(chosen) for chosen in exemplars],
        "exemplar_pictures": [[exemplar.picture for exemplar in chosen] for chosen in exemplars],
        "exemplar_sheet": sheet(exemplar_blocks(exemplars, per_code=EXEMPLARS, pixels=side), columns),
    }


def _rounded(values: Tensor, digits: int) -> list:
    """Nested lists of short numbers: a quarter of the file, and no eye sees the rest."""
    return [[round(number, digits) for number in row] for row in values.tolist()]
