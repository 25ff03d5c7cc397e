"""Laws of the guarded reader of texts: whatever its encoding, UTF-8 comes out, or a sentence."""

import io
from pathlib import Path

import numpy as np
import pytest
import torch

from playground.core.errors import InputError
from playground.media import texts
from playground.media.modalities import TEXT
from playground.media.texts import read_text

CHINESE = "今天天气很好。你好,世界"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "gb18030", "gbk"])
def test_every_usual_encoding_is_read(encoding: str) -> None:
    assert read_text(CHINESE.encode(encoding)).decode() == CHINESE


@pytest.mark.parametrize("order", ["le", "be"])
@pytest.mark.parametrize("bits", [16, 32])
def test_both_byte_orders_are_read(bits: int, order: str) -> None:
    data = ("\ufeff" + "Hello, 世界 😀").encode(f"utf-{bits}-{order}")
    assert read_text(data).decode() == "Hello, 世界 😀"


@pytest.mark.parametrize("text", ["café à la crème", "für Mädchen und Jungen", "España, niño", "Ålesund, blåbær"])
def test_western_texts_are_not_taken_for_chinese(text: str) -> None:
    with pytest.raises(InputError, match="encoding"):
        read_text(text.encode("latin-1"))


def test_a_utf8_text_with_a_damaged_place_is_still_one() -> None:
    data = CHINESE.encode() * 5
    assert read_text(data[:-1]).decode() == (CHINESE * 5)[:-1] + "界"[:0] + "\ufffd"
    assert read_text(data[:9] + b"\xff" + data[9:]).decode() == (CHINESE * 5)[:3] + "\ufffd" + (CHINESE * 5)[3:]


def test_every_way_in_gives_the_same_bytes(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(CHINESE.encode("utf-16"))
    data = path.read_bytes()
    values = np.frombuffer(data, np.uint8)
    for raw in (
        CHINESE,
        path,
        data,
        bytearray(data),
        io.BytesIO(data),
        io.StringIO(CHINESE),
        values,
        torch.tensor(values),
    ):
        assert read_text(raw).decode() == CHINESE


@pytest.mark.parametrize("raw", [None, 3, ["a"], object(), np.zeros(9)], ids=lambda raw: type(raw).__name__)
def test_what_is_no_text_is_told_what_is_one(raw: object) -> None:
    with pytest.raises(InputError, match=f"not {type(raw).__name__}"):
        read_text(raw)


def test_a_text_is_taken_whole_up_to_a_length() -> None:
    """The signal of a byte is a kilobyte: a file of 2 MB once took 4 GB."""
    assert TEXT.read(b"a" * 100).shape == (1, 256, 100)
    with pytest.raises(InputError, match="taken whole"):
        TEXT.read(b"a" * (texts.LONGEST_WHOLE + 1))
    assert TEXT.fit(b"a" * texts.LARGEST_FILE, 64).signal.shape == (1, 256, 64)


def test_a_text_may_hold_the_sign_for_what_is_broken() -> None:
    text = "\ufffd\ufffda\ufffd"
    assert read_text(text.encode()) == text.encode()
