"""Things are found by their links: an emoji on many colours, a word in two tongues, and the sounds of a table."""

import csv
import io
import json
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from playground.core.errors import InputError
from playground.core.framing import loudest, written
from playground.data.things import COLOURS, HEARD, chosen_rows, open_things_triples
from playground.media.sounds import Sound

LINKS = [
    {"emoji": ["A", "B"], "en": "dog bark", "zh": "狗叫", "audio": {"pack": "sfx", "where": {"instrument": "Dog*"}}},
    {"emoji": ["A"], "en": "dog", "zh": "狗", "audio": {"pack": "speech", "where": {"text": "dog", "label": "word"}}},
    {"emoji": ["C"], "en": "piano", "zh": "钢琴", "audio": {"pack": "music", "where": {"instrument": "piano"}}},
]
SOUNDS = {
    "sfx": [("Dog barking", "", 5.0), ("Cat", "", 0.4)],
    "speech": [("", "dog", 0.5), ("", "tree", 0.5)],
    "music": [("piano", "", 2.2)],
}


def tone(seconds: float) -> bytes:
    time = np.arange(round(seconds * 16_000)) / 16_000
    return Sound(0.5 * np.sin(2 * np.pi * 500 * time).astype(np.float32)).file(".flac")


def table(path: Path, rows: list[dict], contents: list[bytes]) -> None:
    with zipfile.ZipFile(path.with_suffix(".zip"), "w") as pack, open(path, "w", newline="") as file:
        writer = csv.DictWriter(file, ["file", "pack", *rows[0]])
        writer.writeheader()
        for i, (row, content) in enumerate(zip(rows, contents, strict=True)):
            pack.writestr(f"{i}", content)
            writer.writerow({"file": f"{i}", "pack": path.with_suffix(".zip").name} | row)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    for folder in ("joint", "emoji", "audio"):
        (tmp_path / folder).mkdir()
    (tmp_path / "joint" / "links.json").write_text(json.dumps(LINKS), encoding="utf-8")
    drawn = []
    for i in range(3):
        pixels, content = np.zeros((48, 48, 4), np.uint8), io.BytesIO()
        pixels[8:40, 8:40, [i, 3]] = 255
        Image.fromarray(pixels).save(content, "PNG")
        drawn.append(content.getvalue())
    table(tmp_path / "emoji" / "emoji.csv", [{"hexcode": code} for code in "ABC"], drawn)
    for kind, items in SOUNDS.items():
        both = [(item, split) for item in items for split in ("train", "val")]
        rows = [
            {"split": split, "label": "word" if text else "", "instrument": what, "text": text, "speaker": "s"}
            for (what, text, _), split in both
        ]
        table(tmp_path / "audio" / f"{kind}.csv", rows, [tone(seconds) for (_, _, seconds), _ in both])
    return tmp_path


def test_every_thing_has_a_picture_a_sound_and_a_word_in_both_splits(data: Path) -> None:
    for split in ("train", "val"):
        triples = open_things_triples(data, split)
        assert triples.meanings == ("dog bark", "dog", "piano")
        for shelf in triples.shelves:
            assert set(shelf.meanings.tolist()) == {0, 1, 2}
        assert triples.sounds.items.shape[1] == HEARD and len(triples.speakers) == len(triples.sounds)
        assert written(triples.words.items[:2]) == ["dog bark", "dog"]
        assert triples.sounds.styles.tolist() == sorted(triples.sounds.styles.tolist(), key=[0, 2, 1].index)


def test_an_emoji_of_two_things_is_that_of_the_one_with_no_other(data: Path) -> None:
    pictures = open_things_triples(data, "train").pictures
    assert pictures.meanings.bincount().tolist() == [COLOURS] * 3
    green, red = pictures.items[0, :, 16, 16], pictures.items[COLOURS, :, 16, 16]
    assert green.tolist() == [0, 255, 0] and red.tolist() == [255, 0, 0]


def test_validation_has_other_backgrounds_and_a_recording_counts_once(data: Path) -> None:
    train, val = (open_things_triples(data, split) for split in ("train", "val"))
    assert not torch.equal(train.pictures.items, val.pictures.items)
    assert len(val.sounds) == 3 and len(train.sounds) > 3


def test_words_that_are_none_of_the_things_are_strange(data: Path) -> None:
    assert open_things_triples(data, "train").strange.shape == (1, HEARD)


def test_rows_are_chosen_by_what_their_columns_hold() -> None:
    rows = [{"a": "pv1", "b": "x"}, {"a": "so1", "b": "x"}]
    assert chosen_rows(rows, {"a": "pv*", "b": "x"}) == rows[:1]


def test_the_loudest_part_is_where_the_noise_is() -> None:
    sound = np.zeros(1000, np.float32)
    sound[600:700] = 1
    part = loudest(sound, 200)
    assert len(part) == 200 and part.sum() == 100 and np.array_equal(loudest(sound, 2000), sound)


def test_missing_links_are_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="There is no links"):
        open_things_triples(tmp_path, "train")
