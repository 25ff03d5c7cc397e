"""What is seen, heard and written is paired by what it means, and by nothing else."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from playground.core.errors import InputError
from playground.core.framing import END, LETTERS, SAMPLES, framed, spelled, written
from playground.data import triples
from playground.data.triples import Shelf, open_digits_triples
from tests.training.tiny_joint import tiny_triples, write_data


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return write_data(tmp_path)


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_everything_is_read_by_split(data: Path) -> None:
    train, val = tiny_triples(data), tiny_triples(data, "val")
    assert train.meanings == ("one", "two", "three")
    assert [len(shelf) for shelf in train.shelves] == [12 + 6, 9, 12]
    assert [len(shelf) for shelf in val.shelves] == [6 + 3, 3, 12]
    assert train.pictures.items.shape[1:] == (3, 32, 32) and train.pictures.items.dtype == torch.uint8
    assert train.sounds.items.shape[1:] == (SAMPLES,) and train.sounds.items.dtype == torch.int16
    assert set(train.speakers) == {"anna", "bert"}


def test_what_is_picked_means_what_was_asked_and_changes_every_time(data: Path) -> None:
    asked = torch.arange(3).repeat(40)
    for shelf in tiny_triples(data).shelves:
        first, again = (shelf.pick(asked, generator=generator(seed)) for seed in (0, 1))
        assert torch.equal(shelf.meanings[first], asked) and torch.equal(shelf.meanings[again], asked)
        assert not torch.equal(first, again)
        assert torch.equal(first, shelf.pick(asked, generator=generator(0)))


def test_styles_are_equally_likely_however_many_items_they_have() -> None:
    shelf = Shelf(torch.arange(101), torch.zeros(101, dtype=torch.int64), (torch.arange(101) == 100).long(), ("a", "b"))
    picked = shelf.pick(torch.zeros(2000, dtype=torch.int64), generator=generator())
    assert 0.45 < (picked == 100).float().mean() < 0.55


def test_a_meaning_without_items_cannot_be_picked() -> None:
    shelf = Shelf(torch.arange(2), torch.tensor([0, 2]), torch.tensor([0, 0]), ("a",))
    for meaning in (1, 3):
        with pytest.raises(ValueError, match="no item"):
            shelf.pick(torch.tensor([meaning]), generator=generator())


def test_speakers_can_be_left_out_and_asked_for(data: Path) -> None:
    train = tiny_triples(data)
    without, alone = train.without(("anna",)), train.spoken_by(("anna",))
    assert set(without.speakers) == {"bert"} and set(alone.speakers) == {"anna"}
    assert len(without.sounds) + len(alone.sounds) == len(train.sounds)
    assert len(without.pictures) == len(train.pictures)


def test_only_what_can_be_seen_heard_and_read_is_drawn(data: Path) -> None:
    whole = tiny_triples(data)
    assert whole.whole.tolist() == [0, 1, 2]
    some = replace(whole, sounds=whole.sounds.only(whole.sounds.meanings != 1))
    assert some.whole.tolist() == [0, 2]
    assert set(some.random_meanings(50, generator=torch.Generator().manual_seed(0)).tolist()) == {0, 2}


def test_speakers_with_many_recordings_are_voices_of_their_own(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert tiny_triples(data).sounds.names == (triples.OTHERS,)
    monkeypatch.setattr(triples, "FEW", 4)
    sounds = tiny_triples(data).sounds
    assert sounds.names == ("anna", "bert", triples.OTHERS)
    assert sounds.styles.unique().tolist() == [0, 1]


def test_words_come_back_as_they_were_spelled() -> None:
    words = ["seven", "七", "líng", "", "0", "fire crackling"]
    rows = spelled(words)
    assert rows.shape == (len(words), LETTERS) and written(rows) == words
    assert rows[3].tolist() == [END] * LETTERS


def test_a_long_word_is_cut_between_characters() -> None:
    assert written(spelled(["七" * 9])) == ["七" * (LETTERS // 3)]


@pytest.mark.parametrize("length", [100, SAMPLES - 1, SAMPLES, SAMPLES + 1, 3 * SAMPLES])
def test_sounds_of_every_length_are_put_in_the_middle_at_one_peak(length: int) -> None:
    sound = framed(0.1 * np.sin(np.arange(length) / 9))
    assert sound.shape == (SAMPLES,) and 0.69 < sound.abs().max() / 32767 < 0.71
    if length < SAMPLES - 1:
        assert sound[0] == 0 and sound[-1] == 0


def test_silence_stays_silence() -> None:
    assert not framed(np.zeros(500)).any()


@pytest.mark.parametrize("missing", ["digits_image/words.json", "digits_image/digits.npz", "digits_audio/digits.csv"])
def test_what_is_missing_is_named(data: Path, missing: str) -> None:
    (data / missing).unlink()
    with pytest.raises(InputError):
        open_digits_triples(data, "train")
