"""What is given to a joint model when the world is unkind: noise, occlusion, and things that mean nothing to it.

Two splits that share nothing: other words, other photographs, other strokes are for validation. Every function draws
all its chance from one generator.
"""

import gzip
import hashlib
import math
import random
import re
from collections.abc import Callable
from pathlib import Path

import torch
from PIL import Image, ImageDraw, ImageFont
from torch import Tensor

from ..core.errors import InputError
from ..core.framing import spelled, written
from ..core.spectrogram import RATE
from ..data.triples import STROKES, Triples, listed, members
from ..models.given import bare_word, drawing, photograph, plain_word

SCRIBBLES, LETTERS, PHOTOGRAPHS, STATIC = "scribble", "letter", "photograph", "white noise"
TONES, SILENCE, STRANGERS = "tone", "silence", "other words"
NONSENSE, FOREIGN = "junk word", "other-language word"
PAPER = 128  # pixels of a side that is drawn on
UNLIKE = "ACDEFHJKLMNPQRTUVWXYaefhkmnrtuvwxy"  # letters nobody reads as a digit
OTHERS = """
null eins zwei drei vier fünf sechs sieben acht neun zéro deux trois quatre cinq sept huit neuf cero
uno dos tres cuatro cinco siete ocho nueve zero due quattro cinque otto nove nolla yksi kaksi kolme
neljä sata tysiąc Hund Regen Katze Haus Baum chien pluie chat maison arbre oiseau perro lluvia gato
casa árbol pájaro cane pioggia pies deszcz kot dom drzewo ноль один два три четыре пять собака кошка
дом дерево 犬 猫 雨だ 家 木 ひとつ ふたつ みっつ 하나 둘 셋 넷 개 고양이 나무 陆 拾 佰 仟 萬 圆 龍
鳳 酒 茶 電腦 汽車 明天 昨天 朋友 老师 学生 喝水 走路 房间 窗户
"""


def held_back(key: str) -> bool:
    """Whether a word is for validation: every third, by its hash."""
    return int(hashlib.md5(key.encode()).hexdigest()[:8], 16) % 3 == 0


def occluded_pictures(pictures: Tensor, side: int, *, generator: torch.Generator) -> Tensor:
    """(B, 3, S, S) with a grey square of `side` pixels somewhere."""
    size = pictures.shape[-1]
    corners = torch.randint(0, size - side + 1, (len(pictures), 2, 1), generator=generator)
    inside = (torch.arange(size) >= corners) & (torch.arange(size) < corners + side)  # (B, 2, S)
    return pictures.masked_fill((inside[:, 0, :, None] & inside[:, 1, None])[:, None], 0.0)


def occluded_sounds(sounds: Tensor, share: float, *, generator: torch.Generator) -> Tensor:
    """(B, T) with a part silenced, `share` of the length, somewhere in the middle half."""
    length = sounds.shape[1]
    start = length / 2 * (0.5 + torch.rand(len(sounds), 1, generator=generator)) - share * length / 2
    places = torch.arange(length)
    return sounds.masked_fill((places >= start) & (places < start + share * length), 0.0)


def scribbles(count: int, drawn: bool, chance: random.Random) -> Tensor:
    """(count, 3, 32, 32) of lines, curls, stars and polygons; `drawn` as handwriting is looked at, else as photographs
    are."""
    return torch.cat([_looked_at(_scribble, drawn, chance) for _ in range(count)])


def letters(count: int, drawn: bool, chance: random.Random) -> Tensor:
    """(count, 3, 32, 32) of printed letters."""
    return torch.cat([_looked_at(_letter, drawn, chance) for _ in range(count)])


def photographs(data: Path, split: str, count: int, *, generator: torch.Generator) -> Tensor:
    """(count or fewer, 3, 32, 32) middle squares of photographs of the pack, none where there is no pack."""
    table = data / "images" / "images.csv"
    if not table.is_file():
        return torch.empty(0, 3, 32, 32)
    rows = [row for row in listed(table) if row["split"] == split]
    chosen = torch.randperm(len(rows), generator=generator)[:count].tolist()
    found = []
    for content in members(data / "images", [rows[i] for i in chosen]):
        try:
            found.append(photograph(content))
        except InputError:
            continue  # of one colour all over
    return torch.cat(found)


def static(count: int, *, generator: torch.Generator) -> Tensor:
    """(count, 3, 32, 32) white noise, grey or coloured, faint or strong."""
    noise = torch.randn(count, 3, 32, 32, generator=generator)
    u = torch.rand(count, 3, 1, 1, 1, generator=generator)
    noise = torch.where(u[:, 0] < 0.5, noise[:, :1], noise)
    return (noise * (0.2 + 2 * u[:, 1]) + 2 * u[:, 2] - 1).clamp(-1, 1)


def tones(count: int, length: int, *, generator: torch.Generator) -> Tensor:
    """(count, length) sines, sweeps, chords and beeps from 80 Hz to 4 kHz."""
    u = torch.rand(count, 8, 1, generator=generator)
    time = torch.arange(length) / RATE
    first, last = 80 * 50 ** u[:, 0], 80 * 50 ** u[:, 1]
    last = torch.where(u[:, 2] < 0.6, first, last)
    phase = 2 * math.pi * (first * time + (last - first) * time**2 * RATE / length / 2)
    wave = phase.sin() + (u[:, 3] < 0.4) * (1.5 * phase).sin() + (u[:, 4] < 0.3) * (2 * phase).sin() / 2
    start, stop = 0.4 * u[:, 5], 0.6 + 0.4 * u[:, 6]
    places = torch.arange(length) / length
    wave = wave * ((places >= start) & (places < stop))
    beeps = (time * (2 + 10 * u[:, 7])) % 1 < 0.5
    wave = torch.where((u[:, 7] < 0.25) & ~beeps, 0.0, wave)
    return 0.7 * wave / wave.abs().amax(1, keepdim=True).clamp(min=1e-3)


def hiss(count: int, length: int, *, generator: torch.Generator) -> Tensor:
    """(count, length) white noise, whole or of some duration."""
    u = torch.rand(count, 2, 1, generator=generator)
    places = torch.arange(length) / length
    noise = torch.randn(count, length, generator=generator)
    return 0.2 * noise * ((places >= 0.4 * u[:, 0]) & (places < 0.6 + 0.4 * u[:, 1]))


def silence(count: int, length: int, *, generator: torch.Generator) -> Tensor:
    """(count, length) nothing, or a noise nobody hears."""
    faint = 1e-5 * torch.randn(count, length, generator=generator)
    return faint * (torch.rand(count, 1, generator=generator) < 0.5)


def nonsense(triples: Triples, split: str, count: int, chance: random.Random) -> Tensor:
    """(count, 16) letters at random, some in syllables; those of one split never in the other, and none is known."""
    known, found = _known_words(triples), []
    while len(found) < count:
        length = chance.randint(1, 10)
        letters = "".join(chance.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(length))
        pairs = "".join(chance.choice("bcdfghjklmnprstvwxyz") + chance.choice("aeiou") for _ in range(1 + length // 2))
        made = letters if chance.random() < 0.6 else pairs
        if made not in known and held_back(made) == (split == "val"):
            found.append(made.capitalize() if chance.random() < 0.1 else made)
    return spelled(found).long()


def foreign(triples: Triples, data: Path, split: str, count: int, chance: random.Random) -> Tensor:
    """(count, 16) words of other languages, and of English and Chinese texts if there are any: none that is known."""
    known = _known_words(triples)
    lists = [
        OTHERS.split(),
        *(_vocabulary(data / "text" / f"{name}.{split}.txt.gz") for name in ("en_captions", "en_books")),
    ]
    lists.append(_characters(data / "text" / f"zh_commonvoice_simplified.{split}.txt.gz"))
    usable = [
        [word for word in words if plain_word(word) not in known and held_back(word) == (split == "val")]
        for words in lists
        if words
    ]
    return spelled([chance.choice(chance.choice(usable)) for _ in range(count)]).long()


def _known_words(triples: Triples) -> set[str]:
    """As words are compared, with accents and without."""
    return {alike(word) for word in written(triples.words.items) for alike in (plain_word, bare_word)}


def _vocabulary(path: Path) -> list[str]:
    text = gzip.decompress(path.read_bytes()).decode() if path.is_file() else ""
    return sorted(set(re.findall(r"[a-z]{3,12}", text[:200_000])))


def _characters(path: Path) -> list[str]:
    text = gzip.decompress(path.read_bytes()).decode() if path.is_file() else ""
    return sorted(set(re.findall(r"[\u4e00-\u9fff]{1,2}", text[:60_000])))


def _looked_at(draw: Callable[[random.Random], Image.Image], drawn: bool, chance: random.Random) -> Tensor:
    """(1, 3, 32, 32); what happens to show nothing is drawn anew."""
    while True:
        try:
            return drawing(draw(chance)) if drawn else photograph(draw(chance))
        except InputError:
            continue


def _scribble(chance: random.Random) -> Image.Image:
    paper = Image.new("RGB", (PAPER, PAPER), "white")
    pen, width = ImageDraw.Draw(paper), chance.randint(2, 12)
    ink = tuple(chance.randint(0, 150) for _ in range(3))
    points = [_point(chance) for _ in range(chance.randint(3, 14))]
    kind = chance.random()
    if kind < 0.3:  # a star or a polygon
        corners, radius = chance.randint(3, 7), chance.uniform(25, 55)
        skip, turn = chance.choice((1, 2, 3)), chance.random() * math.tau
        angles = [turn + math.tau * skip * i / corners for i in range(corners + 1)]
        points = [(64 + radius * math.cos(a), 64 + radius * math.sin(a)) for a in angles]
    elif kind < 0.6:  # a curl
        pace, grow = [chance.uniform(-9, 9) for _ in range(2)], chance.uniform(0.2, 1)
        points = [
            (64 + 50 * grow * math.sin(pace[0] * i / 40 + 1), 64 + 50 * math.sin(pace[1] * i / 40)) for i in range(60)
        ]
    pen.line(points, fill=ink, width=width, joint="curve")
    return paper


def _point(chance: random.Random) -> tuple[float, float]:
    return chance.uniform(8, PAPER - 8), chance.uniform(8, PAPER - 8)


def _letter(chance: random.Random) -> Image.Image:
    paper = Image.new("RGB", (PAPER, PAPER), "white")
    font = ImageFont.load_default(chance.randint(60, 110))
    ink = tuple(chance.randint(0, 150) for _ in range(3))
    width = chance.randint(0, 3)
    place = (64 + chance.randint(-8, 8), 64 + chance.randint(-8, 8))
    ImageDraw.Draw(paper).text(place, chance.choice(UNLIKE), ink, font, anchor="mm", stroke_width=width)
    return paper.rotate(chance.uniform(-12, 12), fillcolor="white")


def redrawn(triples: Triples, chosen: Tensor) -> Tensor:
    """(B, 3, 32, 32), pictures of a shelf as a visitor's reach the eye: handwriting is found and brought to size."""
    shelf = triples.pictures
    parts = []
    for item, style in zip(shelf.items[chosen], shelf.styles[chosen].tolist(), strict=True):
        drawn = shelf.names[style] == STROKES
        large = Image.fromarray(item.permute(1, 2, 0).contiguous().numpy())
        large = large.resize((PAPER, PAPER), Image.Resampling.BICUBIC) if drawn else large
        parts.append(drawing(large) if drawn else item[None].float() / 127.5 - 1)
    return torch.cat(parts)
