"""Text files that no book has: source code, and lines with emoji, numbers and several scripts.

Written beside a pack of sentences, so that a text codec is trained and measured on them as on any other file.
"""

import gzip
import hashlib
import random
from collections.abc import Callable, Iterator
from pathlib import Path

from ..core.errors import InputError
from .texts import LETTERS, SYLLABLES, SYMBOLS, Texts, open_texts

SPLITS = ("train", "val")
HELD_BACK = 50  # one file, or one line, in so many is kept for validation
CODE_SUFFIXES = (".py", ".js", ".css", ".html", ".json", ".md", ".c", ".h", ".rs", ".go", ".java", ".ts", ".toml")
LONGEST_LINE = 400  # characters of a line of code; longer ones are data
EMOJI = ((0x1F300, 0x1F650), (0x1F680, 0x1F700), (0x1F900, 0x1FA00), (0x2600, 0x27BF))
SKIN, VARIATION, JOINER = range(0x1F3FB, 0x1F400), "\ufe0f", "\u200d"
UNITS = ("", "", "%", " km", " kg", " €", "°C", " GB", ":30", "th", " 元", "年", "月")


def write_more_texts(sentences: Path, code: Path, out: Path, *, lines: int, seed: int = 0) -> dict[str, int]:
    """Writes code, emoji and mixed text files of both splits into `out`. Gives the number of lines of each file.

    sentences  a folder that `open_texts` takes: words of the mixed lines are from its lines of the same split
    code       a folder of source files
    lines      of emoji, and as many mixed ones, in training; a fiftieth of it for validation

    The same folders and seed give the same bytes. Raises InputError for missing texts or code.
    """
    out.mkdir(parents=True, exist_ok=True)
    counts = {}
    for split in SPLITS:
        texts = open_texts(sentences, split)
        number = lines if split == "train" else lines // HELD_BACK
        chance = random.Random(f"{seed} {split}")
        written = {
            "code": list(code_lines(code, split)),
            "emoji": [emoji_line(chance) for _ in range(number)],
            "mixed": [mixed_line(texts, chance) for _ in range(number)],
        }
        if not written["code"]:
            raise InputError("There is no source code below “{folder}”.", folder=code)
        for name, found in written.items():
            counts[f"{name}.{split}"] = len(found)
            data = gzip.compress("".join(f"{line}\n" for line in found).encode(), mtime=0)
            (out / f"{name}.{split}.txt.gz").write_bytes(data)
    return counts


def code_lines(folder: Path, split: str) -> Iterator[str]:
    """Lines that are not blank of all source files below a folder; whole files are held back, by a hash of the path."""
    for path in sorted(path for path in folder.rglob("*") if path.suffix in CODE_SUFFIXES and path.is_file()):
        number = int(hashlib.md5(path.relative_to(folder).as_posix().encode()).hexdigest()[:8], 16)
        if (number % HELD_BACK == 0) == (split == "val"):
            lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
            yield from (line for line in lines if line.strip() and len(line) <= LONGEST_LINE)


def emoji_line(chance: random.Random) -> str:
    """Emoji in a row, some with a skin tone, a variation selector, or joined to the next."""
    parts = []
    for _ in range(chance.randint(2, 30)):
        parts.append(_character(EMOJI, chance))
        parts.append(chance.choices(("", chr(chance.choice(SKIN)), VARIATION, JOINER), (80, 8, 8, 4))[0])
        parts.append(" " if chance.random() < 0.15 else "")
    return "".join(parts).rstrip()


def mixed_line(texts: Texts, chance: random.Random) -> str:
    """Two to nine runs: words of two sentences, numbers, emoji, a few characters of any script."""
    kinds: list[Callable[[], str]] = [
        lambda: _words(texts, chance),
        lambda: _words(texts, chance),
        lambda: number(chance),
        lambda: emoji_line(chance)[: chance.randint(1, 5)],
        lambda: _script(chance),
    ]
    joints = (" ", " ", "", ", ", ": ", "，", " - ", "/")
    return "".join(chance.choice(kinds)() + chance.choice(joints) for _ in range(chance.randint(2, 9))).strip()


def number(chance: random.Random) -> str:
    """A number as people write them: digits, decimals, dates, times, with a unit or without."""
    value = int(10 ** (9 * chance.random()))
    forms = (
        str(value),
        f"{value:,}",
        f"{value / 100:.2f}",
        f"{chance.randint(1000, 2100)}-{chance.randint(1, 12):02}-{chance.randint(1, 31):02}",
        f"{chance.randint(0, 23)}:{chance.randint(0, 59):02}",
        f"0x{value:x}",
        f"+{chance.randint(1, 99)} {chance.randint(100, 999)} {chance.randint(1000, 99999)}",
    )
    return chance.choice(forms) + chance.choice(UNITS)


def _words(texts: Texts, chance: random.Random) -> str:
    """A piece of some line, whole characters."""
    file = chance.randrange(len(texts.bytes))
    content, starts = texts.bytes[file], texts.starts[file]
    start = int(starts[chance.randrange(len(starts))])
    line = content[start : start + 160].tobytes().decode(errors="ignore").partition("\n")[0]
    first = chance.randrange(max(1, len(line) - 4))
    return line[first : first + chance.randint(3, 40)].strip()


def _script(chance: random.Random) -> str:
    """One to twelve characters of one script."""
    script = chance.choice((*LETTERS, *SYLLABLES, SYMBOLS))
    return "".join(_character((script,), chance) for _ in range(chance.randint(1, 12)))


def _character(ranges: tuple[tuple[int, int], ...], chance: random.Random) -> str:
    return chr(chance.randrange(*chance.choice(ranges)))
