"""What priors learn of: spoken digits, passages of texts, windows of photographs."""

from pathlib import Path

import pytest
import torch

from playground.core.errors import InputError
from playground.data.spoken import OTHERS, PEAK, open_spoken, placed
from playground.data.subjects import SUBJECTS, open_passages, open_photos, open_voices
from tests.data.spoken import write_spoken

ALL = torch.arange(4)


@pytest.fixture
def spoken_folder(tmp_path: Path) -> Path:
    write_spoken(tmp_path, count=6, held_back=2)
    return tmp_path


def test_digits_are_read_by_split(spoken_folder: Path) -> None:
    train, val = open_spoken(spoken_folder, "train"), open_spoken(spoken_folder, "val")
    assert train.digits == ("0", "1", "0", "1") and val.digits == ("0", "1")
    assert set(train.voices) == {OTHERS}, "of so few recordings no voice can be learned"
    with pytest.raises(InputError, match="lists nothing"):
        open_spoken(spoken_folder, "test")
    with pytest.raises(InputError, match=r"digits\.csv"):
        open_spoken(spoken_folder / "nowhere", "train")


def test_a_voice_with_many_recordings_has_its_name(tmp_path: Path) -> None:
    write_spoken(tmp_path, count=60, held_back=1)
    assert open_voices(tmp_path, "train", (1000,)).labels[1] == ("1", "mia 1")


def test_a_recording_stands_in_silence_at_one_peak(spoken_folder: Path) -> None:
    signals = placed(open_spoken(spoken_folder, "train"), 6000, ALL)
    assert signals.shape == (4, 1, 6000)
    torch.testing.assert_close(signals.abs().amax((1, 2)), torch.full((4,), PEAK), atol=1e-3, rtol=0)
    assert not signals[..., :125].any() and not signals[..., -2000:].any()


def test_moved_recordings_begin_and_sound_otherwise_and_are_of_the_generator_alone(spoken_folder: Path) -> None:
    spoken = open_spoken(spoken_folder, "train")
    first, again = (placed(spoken, 6000, ALL, generator=torch.Generator().manual_seed(3)) for _ in range(2))
    assert torch.equal(first, again)
    assert len({int(signal[0].nonzero()[0]) for signal in first}) == 4
    peaks = first.abs().amax((1, 2))
    assert len(set(peaks.tolist())) == 4 and peaks.max() < 1
    assert placed(spoken, 900, ALL).shape == (4, 1, 900), "what is too long is cut"


def test_passages_begin_with_lines_and_are_known_by_language_and_file(tmp_path: Path) -> None:
    for name, line in (("en_tales", "once upon a time"), ("zh_songs", "床前明月光"), ("notes", "a b c d e f g h")):
        for split in ("train", "val"):
            (tmp_path / f"{name}.{split}.txt").write_text(f"{line}\n" * 40, encoding="utf-8")
    passages = open_passages(tmp_path, "val", (12,))
    assert set(passages.labels) == {("english", "tales"), ("chinese", "songs"), ("notes", "notes")}
    signals = passages.signals(torch.arange(len(passages)))
    assert signals.shape == (len(passages), 256, 12) and (signals.sum(1) == 1).all()
    written = {bytes(signal.argmax(0).tolist()).decode() for signal in signals}
    assert written == {"once upon a ", "床前明月", "a b c d e f "}


def test_windows_of_photographs_have_no_names(photo_folder: Path, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    photos = open_photos(photo_folder, "train", (24, 24))
    assert set(photos.labels) == {()}
    plain, again = (photos.signals(ALL) for _ in range(2))
    moved = photos.signals(ALL, generator=torch.Generator().manual_seed(0))
    assert plain.shape == (4, 3, 24, 24) and torch.equal(plain, again) and not torch.equal(plain, moved)


@pytest.mark.parametrize("name", SUBJECTS)
def test_where_there_are_no_data_one_reads_so(name: str, tmp_path: Path) -> None:
    with pytest.raises(InputError):
        SUBJECTS[name].open(tmp_path, "train", (64, 64))
