"""Pieces cover every text byte by byte, whatever it holds, and join what is frequent."""

from pathlib import Path

import pytest

from playground.analysis.pieces import learn_pieces, pieces_of, vocabulary_size

TEXTS = ["the sea, the sky and the land", "海与天与地，海与天"] * 20


@pytest.fixture
def vocabulary(tmp_path: Path) -> Path:
    path = tmp_path / "pieces.json"
    path.write_text(learn_pieces(TEXTS, 300), encoding="utf-8")
    return path


@pytest.mark.parametrize("text", ["the sea", "", "海", "👩‍🚀\x00\r\n\u202e", "nothing it has seen: ßœ"])
def test_pieces_follow_each_other_from_the_first_byte_to_the_last(vocabulary: Path, text: str) -> None:
    at = 0
    for piece in pieces_of(text, vocabulary):
        assert piece.start == at < piece.end
        assert 0 <= piece.entry < vocabulary_size(vocabulary)
        at = piece.end
    assert at == len(text.encode())


def test_what_is_frequent_becomes_one_piece(vocabulary: Path) -> None:
    assert 256 < vocabulary_size(vocabulary) <= 300
    first, second = pieces_of("the the", vocabulary)
    assert (first.start, first.end, second.start, second.end) == (0, 3, 3, 7)
    assert len(pieces_of("与天", vocabulary)) == 1
    assert len(pieces_of("犬", vocabulary)) == 3, "a character that was never seen is spelled byte by byte"


def test_the_same_texts_give_the_same_vocabulary() -> None:
    assert learn_pieces(TEXTS, 280) == learn_pieces(iter(TEXTS), 280)
