"""Dogs, rain, pianos: things that have an emoji, a word in two languages, and a sound.

The sounds are of three kinds: what a thing sounds like, an instrument that plays, and a word that is spoken.
"""

import fnmatch
import json
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from ..core.errors import InputError
from ..core.framing import SIDE, framed, loudest, spelled
from ..media.pictures import read_layered
from ..media.sounds import read_sound
from .triples import SIGNS, Shelf, Triples, listed, members, shelved

HEARD = 32_512  # samples of every sound: 2.032 s, which are 128 frames
PARTS = 4  # most of one recording that are learned from, one after the other
QUIET = 0.02  # of a recording's loudest moment, below which a part of it is silence
KINDS = {"sfx": "noise", "music": "instrument", "speech": "spoken"}
COLOURS = 24  # backgrounds of every emoji
GREYS = 6  # of them without colour
STRANGERS = 400  # most digits among the words that are none of the things


def open_things_triples(data: Path, split: str) -> Triples:
    """The 36 things of one split below `data`: `joint/links.json`, `emoji` and `audio`. Everything is read once.

    There is one drawing of each emoji, so those of validation are the same on other backgrounds. An emoji that two
    things have is that of the one that has no other. Raises InputError when something is missing.
    """
    path = data / "joint" / "links.json"
    if not path.is_file():
        raise InputError("There is no {file}.", file=path.name)
    links = json.loads(path.read_text(encoding="utf-8"))
    names = tuple(link["en"] for link in links)
    tables = {kind: list(listed(data / "audio" / f"{kind}.csv")) for kind in KINDS}
    heard, meanings, kinds, speakers = [], [], [], []
    for meaning, link in enumerate(links):
        kind = link["audio"]["pack"]
        rows = [row for row in chosen_rows(tables[kind], link["audio"]["where"]) if row["split"] == split]
        for row, sound in zip(rows, members(data / "audio", rows), strict=True):
            parts = _parts(read_sound(sound).samples)[: PARTS if split == "train" else 1]
            heard += parts
            meanings += [meaning] * len(parts)
            kinds += [list(KINDS).index(kind)] * len(parts)
            speakers += [row["speaker"]] * len(parts)
    sounds = Shelf(torch.stack(heard), torch.tensor(meanings), torch.tensor(kinds), tuple(KINDS.values()))
    words = [(spelled([link[tongue] for link in links]), torch.arange(len(links))) for tongue in ("en", "zh")]
    pictures = _pictures(data / "emoji", links, split)
    strange = _strange(data, tables["speech"], links, split)
    shelves = {"pictures": pictures, "sounds": sounds, "words": shelved(words, ("english", "chinese"))}
    return Triples("things", names, **shelves, speakers=tuple(speakers), strange=strange)


def chosen_rows(rows: list[dict[str, str]], where: dict[str, str]) -> list[dict[str, str]]:
    """The rows whose columns have these values, "*" standing for anything."""
    return [row for row in rows if all(fnmatch.fnmatchcase(row[column], value) for column, value in where.items())]


def _parts(samples: np.ndarray) -> list[Tensor]:
    """A recording in pieces of HEARD samples, int16: its loudest first, then those that are not silent, in order."""
    pieces = [samples[start : start + HEARD] for start in range(0, len(samples) - HEARD // 2, HEARD)]
    least = QUIET * max((float(np.abs(piece).max()) for piece in pieces), default=0.0)
    audible = [piece for piece in pieces if float(np.abs(piece).max()) > least] if len(pieces) > 1 else []
    return [framed(piece, HEARD) for piece in (loudest(samples, HEARD), *audible)]


def _pictures(folder: Path, links: list[dict], split: str) -> Shelf:
    rows = {row["hexcode"]: row for row in listed(folder / "emoji.csv")}
    drawn, meanings = [], []
    generator = np.random.default_rng(0 if split == "train" else 1)
    for meaning, link in enumerate(links):
        for code in _own(link, links):
            for content in members(folder, [rows[code]]):
                drawn += [_on(content, colour) for colour in _colours(generator)]
        meanings += [meaning] * (len(drawn) - len(meanings))
    return shelved([(torch.stack(drawn), torch.tensor(meanings))], (SIGNS,))


def _own(link: dict, links: list[dict]) -> list[str]:
    """The emoji of one thing, but for those that another has as its only one."""
    only = [other["emoji"][0] for other in links if other is not link and len(other["emoji"]) == 1]
    return [code for code in link["emoji"] if code not in only]


def _colours(generator: np.random.Generator) -> list[tuple[int, int, int]]:
    """White, black, some greys, and other colours."""
    greys = [(grey,) * 3 for grey in generator.integers(0, 256, GREYS).tolist()]
    others = [tuple(colour) for colour in generator.integers(0, 256, (COLOURS - GREYS - 2, 3)).tolist()]
    return [(255, 255, 255), (0, 0, 0), *greys, *others]


def _on(data: bytes, colour: tuple[int, int, int]) -> Tensor:
    """(3, 32, 32) uint8, an emoji on a colour."""
    drawn = read_layered(data)
    paper = Image.new("RGB", drawn.size, colour)
    paper.paste(drawn, mask=drawn.getchannel("A"))
    return torch.from_numpy(np.array(paper.resize([SIDE] * 2, Image.Resampling.BOX))).permute(2, 0, 1)


def _strange(data: Path, words: list[dict[str, str]], links: list[dict], split: str) -> Tensor:
    """(N, samples) int16 of spoken words that are none of the things: other single words, and digits.

    No other noises: nobody listened to all of them, and among them are dogs and rain too.
    """
    known = {link["audio"]["where"].get("text") for link in links}
    rows = [row for row in words if (row["split"], row["label"]) == (split, "word") and row["text"] not in known]
    found = members(data / "audio", rows)
    if (data / "digits_audio" / "digits.csv").is_file():
        digits = [row for row in listed(data / "digits_audio" / "digits.csv") if row["split"] == split]
        found += members(data / "digits_audio", digits[:STRANGERS])
    sounds = [framed(loudest(read_sound(content).samples, HEARD), HEARD) for content in found]
    return torch.stack(sounds) if sounds else torch.empty(0, HEARD, dtype=torch.int16)
