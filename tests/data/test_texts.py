"""Texts for training: a bad file ends nothing, and a short one is no obstacle."""

import gzip
import os
import warnings
from pathlib import Path

import pytest
import torch

from playground.core.errors import InputError
from playground.data.texts import first_texts, open_texts, random_texts

LINES = "今天天气很好，我们去公园散步。\nA line of English.\n" * 40


def test_one_bad_file_ends_nothing(tmp_path: Path) -> None:
    (tmp_path / "good.train.txt").write_text(LINES, encoding="utf-8")
    (tmp_path / "chinese.train.txt").write_bytes(LINES.encode("gb18030"))
    (tmp_path / "cut.train.txt.gz").write_bytes(gzip.compress(LINES.encode())[:40])
    (tmp_path / "none.train.txt.gz").write_bytes(b"no gzip")
    (tmp_path / "latin.train.txt").write_bytes(b"caf\xe9 ol\xe9")
    (tmp_path / "folder.train.txt").mkdir()
    (tmp_path / "link.train.txt").symlink_to(tmp_path / "nowhere")
    (tmp_path / os.fsdecode(b"\xe9.train.txt")).write_bytes(b"")
    with pytest.warns(UserWarning) as caught:
        texts = open_texts(tmp_path, "train")
    assert set(texts.names) == {"good", "chinese"} and (texts.bytes[0] == texts.bytes[1]).all()
    said = [str(warning.message) for warning in caught]
    assert len(said) == 7 and said[-1] == "6 of 8 texts are left out."


def test_where_no_text_can_be_read_one_sentence_says_so(tmp_path: Path) -> None:
    (tmp_path / "latin.val.txt").write_bytes(b"caf\xe9 ol\xe9")
    with pytest.raises(InputError, match="None of the texts"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        open_texts(tmp_path, "val")


def test_a_short_text_is_repeated_to_train_on_and_too_short_to_be_judged_by(tmp_path: Path) -> None:
    (tmp_path / "short.train.txt").write_text("abc\n", encoding="utf-8")
    texts = open_texts(tmp_path, "train")
    assert random_texts(texts, 8, 64, generator=torch.Generator().manual_seed(0)).shape[1] == 256
    with pytest.raises(InputError, match="64 bytes"):
        first_texts(texts, 64)
    (tmp_path / "long.train.txt").write_text(LINES, encoding="utf-8")
    assert len(first_texts(open_texts(tmp_path, "train"), 64)) > 0
