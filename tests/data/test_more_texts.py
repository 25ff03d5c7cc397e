"""Code, emoji and mixed lines are written as text files, the same every time, none of them in both splits."""

import gzip
from pathlib import Path

import pytest

from playground.core.errors import InputError
from playground.data.more_texts import write_more_texts
from playground.data.texts import open_texts


def folders(tmp_path: Path) -> tuple[Path, Path]:
    sentences, code = tmp_path / "sentences", tmp_path / "code"
    sentences.mkdir()
    code.mkdir()
    for split in ("train", "val"):
        (sentences / f"some.{split}.txt").write_text("A line of words.\n中文的一行字。\n" * 5, encoding="utf-8")
    for number in range(120):
        (code / f"file{number}.py").write_text(f"x = {number}\n\nprint(x + {number})\n", encoding="utf-8")
    return sentences, code


def test_files_are_the_same_every_time_and_can_be_opened_as_texts(tmp_path: Path) -> None:
    sentences, code = folders(tmp_path)
    counts = [write_more_texts(sentences, code, tmp_path / name, lines=50) for name in ("a", "b")]
    assert counts[0] == counts[1] and counts[0]["emoji.train"] == 50 and counts[0]["mixed.val"] == 1
    for path in sorted((tmp_path / "a").iterdir()):
        assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes()
    assert open_texts(tmp_path / "a", "train").names == ("code", "emoji", "mixed")
    lines = [set(_lines(tmp_path / "a" / f"code.{split}.txt.gz")) for split in ("train", "val")]
    assert lines[0] and lines[1] and not lines[0] & lines[1]


def test_without_code_it_says_so(tmp_path: Path) -> None:
    sentences, _ = folders(tmp_path)
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="no source code"):
        write_more_texts(sentences, tmp_path / "empty", tmp_path / "out", lines=10)


def _lines(path: Path) -> list[str]:
    return gzip.decompress(path.read_bytes()).decode().splitlines()
