"""Pieces of an ordinary tokenizer, to lay beside learned codes: byte-level BPE (Sennrich, Haddow, Birch 2016)."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers


@dataclass(frozen=True)
class Piece:
    """Bytes `start` … `end` of a text, which one entry of the vocabulary stands for, and the number of that entry."""

    start: int
    end: int
    entry: int


def learn_pieces(texts: Iterable[str], size: int) -> str:
    """A vocabulary of at most `size` pieces of these texts, as the JSON of the `tokenizers` library.

    All 256 bytes are in it, so that every text can be written; the rest are the commonest
    runs of bytes within words, the commonest pair joined first.
    """
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=size, initial_alphabet=alphabet, show_progress=False)
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer.to_str()


def pieces_of(text: str, vocabulary: Path) -> list[Piece]:
    """The pieces of a text, from its first byte to its last."""
    start, pieces = 0, []
    encoding = _tokenizer(vocabulary).encode(text)
    for entry, written in zip(encoding.ids, encoding.tokens, strict=True):
        end = start + len(written)  # the vocabulary writes every byte as one character
        pieces.append(Piece(start, end, entry))
        start = end
    return pieces


def vocabulary_size(vocabulary: Path) -> int:
    """How many pieces there are."""
    return _tokenizer(vocabulary).get_vocab_size()


@lru_cache(maxsize=2)
def _tokenizer(vocabulary: Path) -> Tokenizer:
    return Tokenizer.from_file(str(vocabulary))
