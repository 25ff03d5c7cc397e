"""All the page shows of a codebook, gathered once and kept beside the weights.

codebook.json.gz  numbers: see Description
tiles.jpg         of pictures: code c at column c % columns, row c // columns
exemplars.webp    of pictures: the same places, each a row of `exemplars_per_code` pictures
reel.ogg          of sounds: short pieces of real ones, one after the other, for all codebooks
reel.txt          of texts: the same
"""

import gzip
import json
import os
from collections.abc import Iterable
from dataclasses import dataclass, field, fields, replace
from functools import lru_cache
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from ..analysis.alone import added
from ..analysis.atlas import CONTEXT, tiles, to_bytes
from ..analysis.geometry import mean_code, neighbours
from ..analysis.layout import flat_map, map_codes, similarity_layout
from ..analysis.reel import cut_reel, join_reel, places, places_apart
from ..analysis.reference import Reference, survey
from ..core.codec import Codec
from ..core.spectrogram import mel_amplitudes
from ..media.modalities import AUDIO
from ..media.sounds import Sound
from .colours import code_colours
from .sheets import BOOK, block_jpeg, exemplar_blocks, part_name, sheet, sheet_columns, small_webp

VERSION = 1
NEIGHBOURS = 8
FOLLOWERS = 5  # of each code, in each direction
EXEMPLARS = 6
MOMENT = 8  # cells of a code alone that its colour is taken from
EXEMPLAR_BYTES = 450  # a code, in exemplars.webp: less than half a megabyte for 1024 of them
PIECES = 150  # of the reel, 1.28 seconds or as many bytes as a reference text has
APART = ("tile_sheet", "exemplar_sheet", "reel", "lines")  # not in codebook.json.gz


@dataclass(frozen=True, eq=False)
class Description:
    """A codebook of V codes of width `dim`, as the page shows it.

    pictures, tokens       size of the reference set, pictures, sounds or texts; 0 when there was none
    counts                 [V] uses over the reference set; [] when there was none
    colours                [V] "#rrggbb", near codes near colours
    columns, order         order[p] = code at place p of the atlas, in rows of `columns`
    map                    [V][2] in 0 … 1, like codes near each other
    neighbours, distances  [V][≤ 8] nearest other codes, Euclidean, nearest first
    right, below           [V][≤ 5][code, count] commonest neighbours; [] without a reference set
    mean_code              the code nearest to the mean of the codes by usage: what "erase" writes
    places                 of sounds and texts, [V][] cells of the reel that chose the code; [] without a reel

    Of pictures:
    tile_pixels            side of a tile
    exemplar_pixels        side of an exemplar, its own cell in the middle third
    exemplar_counts        [V] how many there are, 0 … exemplars_per_code; [] without a reference set
    exemplar_pictures      [V][] which pictures of the reference set they are from
    tile_sheet             (H, W, 3) uint8
    exemplar_sheet         (H, W, 3) uint8, None without a reference set

    Of sounds:
    reel                   pieces of real sounds, None without a reference set

    Of texts:
    lines                  pieces of real texts as bytes, None without a reference set
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
    places: list[list[int]] = field(default_factory=list)
    tile_pixels: int = 0
    exemplar_pixels: int = 0
    exemplars_per_code: int = 0
    exemplar_counts: list[int] = field(default_factory=list)
    exemplar_pictures: list[list[int]] = field(default_factory=list)
    tile_sheet: np.ndarray | None = None
    exemplar_sheet: np.ndarray | None = None
    reel: Sound | None = None
    lines: bytes | None = None

    def to_json(self) -> str:
        """What codebook.json.gz holds."""
        facts = {each.name: getattr(self, each.name) for each in fields(self) if each.name not in APART}
        return json.dumps({"version": VERSION} | facts, separators=(",", ":"))

    def files(self, *, exemplar_bytes: int = EXEMPLAR_BYTES) -> dict[str, bytes]:
        """File name → content; the exemplars of a code in about that many bytes."""
        files = {} if self.tile_sheet is None else {"tiles.jpg": block_jpeg(self.tile_sheet)}
        if self.exemplar_sheet is not None:
            files["exemplars.webp"] = small_webp(self.exemplar_sheet, exemplar_bytes * self.codebook_size)
        if self.reel is not None:
            files["reel.ogg"] = self.reel.file(".opus")
        if self.lines is not None:
            files["reel.txt"] = self.lines
        return files | {BOOK: gzip.compress(self.to_json().encode(), mtime=0)}


def describe(
    codec: Codec, batches: Iterable[Tensor], *, k: int = 0, seed: int = 0, examples: list[Tensor] | None = None
) -> Description:
    """Codebook k of `codec`, with the pictures of `batches`, each (B, C, *size) in [−1, 1], as reference set.

    examples  sounds or texts that may be shown, all of the reference set unless given

    Raises ValueError when there are none.
    """
    signals = list(batches)
    reference = survey(codec, signals, k=k, per_code=EXEMPLARS, seed=seed)
    told = gather(codec, k, map_codes(codec.codebook(k).cpu(), seed=seed), reference)
    return ADDITIONS.get(codec.kind, _nothing)(told, codec, examples or signals, k=k)


def describe_codebook(codec: Codec, *, k: int = 0) -> Description:
    """What can be said of codebook k without any picture: no counts, no exemplars.

    Up to half a minute of one core for 1024 codes, nearly all of it for decoding the tiles.
    """
    return gather(codec, k, flat_map(codec.codebook(k).cpu()), None)


def known_counts(folder: Path, codec: Codec) -> list[Tensor] | None:
    """(V,) uses of the codes of each codebook over its reference set, as written beside the weights, if they are."""
    found = []
    for k in range(codec.quantizer.num_codebooks):
        path = folder / part_name(BOOK, k)
        counts = _counts_in(path, path.stat().st_mtime_ns) if path.is_file() else torch.empty(0)
        if len(counts) != codec.quantizer.codebook_size:
            return None
        found.append(counts)
    return found


@lru_cache(maxsize=256)
def _counts_in(path: Path, changed: int) -> Tensor:
    """The counts of one file as it was at a time: half a second for a codec of eight codebooks, so kept."""
    return torch.tensor(json.loads(gzip.decompress(path.read_bytes()))["counts"])


def write_description(folder: Path, description: Description, *, k: int = 0) -> None:
    """Writes the files of codebook k into `folder`, codebook.json.gz last; each appears whole or not at all."""
    # Where there are many codebooks, few look at the exemplars of the later ones.
    for name, data in description.files(exemplar_bytes=EXEMPLAR_BYTES // (2 if k else 1)).items():
        name = name if name.startswith("reel.") else part_name(name, k)
        temporary = Path(folder) / f".{name}.{os.getpid()}.tmp"  # two writers do not meet in one file
        try:
            temporary.write_bytes(data)
            temporary.replace(Path(folder) / name)
        finally:
            temporary.unlink(missing_ok=True)  # a full disk is not made fuller


def _with_reel(told: Description, codec: Codec, sounds: list[Tensor], *, k: int) -> Description:
    """The same reel for every codebook: its choice is of the sounds alone."""
    reel = cut_reel([sound[None] for batch in sounds for sound in batch], stride=codec.stride, pieces=PIECES)
    samples = AUDIO.write(reel.signal)
    return replace(told, places=places(codec, reel, k=k, per_code=EXEMPLARS), reel=samples)


def _with_lines(told: Description, codec: Codec, texts: list[Tensor], *, k: int) -> Description:
    reel = join_reel([text[None] for batch in texts for text in batch], pieces=PIECES)
    values = bytes(reel.signal[0].argmax(0).tolist())
    return replace(told, places=places_apart(codec, reel, k=k, per_code=EXEMPLARS), lines=values)


def _nothing(told: Description, codec: Codec, pictures: list[Tensor], *, k: int) -> Description:
    """Pictures have sheets instead."""
    return told


ADDITIONS = {"audio": _with_reel, "text": _with_lines}


def gather(codec: Codec, k: int, places: Tensor, reference: Reference | None) -> Description:
    """All there is to say, with the codes at `places` (V, 2) of the map."""
    codebook = codec.codebook(k).float().cpu()
    counts = None if reference is None else reference.usage.counts
    context = tuple(mean_code(codec.codebook(before).cpu()) for before in range(k))
    columns = sheet_columns(len(codebook))
    tints, looks = LOOKS[codec.kind](codec, context, reference, columns)
    return Description(
        codec=codec.name,
        codebook_size=len(codebook),
        dim=codebook.shape[1],
        colours=code_colours(codebook, weights=counts, tints=tints),
        columns=columns,
        order=similarity_layout(codebook, columns).tolist(),
        map=_rounded(places, 4),
        **_near(codebook),
        mean_code=mean_code(codebook, counts),
        **_seen(reference, len(codebook)),
        **looks,
    )


def _picture_looks(
    codec: Codec, context: tuple[int, ...], reference: Reference | None, columns: int
) -> tuple[Tensor, dict]:
    """A colour for each code, (V, 3), and the entries that only pictures have."""
    pictures = tiles(codec, context=context).cpu()
    side = CONTEXT * codec.stride
    looks = {
        "tile_pixels": codec.stride,
        "tile_sheet": sheet(to_bytes(pictures), columns),
        "exemplar_pixels": side,
        "exemplars_per_code": EXEMPLARS,
    }
    if reference is not None:
        exemplars = reference.exemplars
        looks |= {
            "exemplar_counts": [len(chosen) for chosen in exemplars],
            "exemplar_pictures": [[exemplar.picture for exemplar in chosen] for chosen in exemplars],
            "exemplar_sheet": sheet(exemplar_blocks(exemplars, per_code=EXEMPLARS, pixels=side), columns),
        }
    return pictures.mean((2, 3)), looks


def _sound_looks(
    codec: Codec, context: tuple[int, ...], reference: Reference | None, columns: int
) -> tuple[Tensor, dict]:
    """Low pitches warm, high ones cool, loud codes light: (V, 3); sounds have no sheets."""
    codes = range(codec.quantizer.codebook_size)
    heard = torch.cat([added(codec, [*context, code], (MOMENT,)) for code in codes])  # (V, 1, T)
    bands = mel_amplitudes(heard).mean(2)  # (V, 80)
    thirds = torch.stack([third.mean(1) for third in bands.split(27, 1)], 1)  # low, middle, high
    level = 20 * torch.log10(thirds.clamp(min=1e-6))
    return ((level - level.mean(0)) / level.std(0).clamp(min=1e-3) / 2).clamp(-1, 1), {}


def _text_looks(codec: Codec, context: tuple[int, ...], reference: Reference | None, columns: int) -> tuple[None, dict]:
    """Letters have no colour: those of the codes are of the codebook alone."""
    return None, {}


LOOKS = {"image": _picture_looks, "audio": _sound_looks, "text": _text_looks}


def _near(codebook: Tensor) -> dict:
    count = min(NEIGHBOURS, len(codebook) - 1)
    if count == 0:  # one code alone has no neighbours
        return {"neighbours": [[]], "distances": [[]]}
    near = neighbours(codebook, count)
    return {"neighbours": near.codes.tolist(), "distances": _rounded(near.distances, 4)}


def _seen(reference: Reference | None, codebook_size: int) -> dict:
    """The entries that need a reference set, empty without one."""
    if reference is None:
        return {name: [] for name in ("counts", "right", "below")} | {"pictures": 0, "tokens": 0}
    return {
        "pictures": reference.usage.items,
        "tokens": reference.usage.tokens,
        "counts": reference.usage.counts.tolist(),
        "right": [reference.right.after(code, FOLLOWERS) for code in range(codebook_size)],
        "below": [reference.below.after(code, FOLLOWERS) for code in range(codebook_size)],
    }


def _rounded(values: Tensor, digits: int) -> list:
    """Nested lists of short numbers: a quarter of the file, and no eye sees the rest."""
    return [[round(number, digits) for number in row] for row in values.tolist()]
