"""`evaluate --against`: a folder in a race with classical codecs, as figures, a table and a picture."""

import csv
from collections.abc import Callable
from pathlib import Path
from statistics import fmean

import pytest
from PIL import Image

import playground as pg
from playground.analysis.classics import CLASSICS
from playground.analysis.race import race_codec, race_quality
from playground.media.modalities import IMAGE
from tests.test_command_line import Outcome, assert_one_sentence, run  # noqa: F401


def test_a_race_writes_every_point_their_means_and_a_plot(checkpoints: Path, run: Callable, photo_folder: Path) -> None:  # noqa: F811
    words = ("evaluate", "tiny", photo_folder, "--size", 32, "--limit", 3, "--against", "jpeg", "-o", "there")
    outcome: Outcome = run(*words)
    assert outcome.code == 0, outcome.err
    rows = list(csv.DictReader(Path("there/race.csv").read_text(encoding="utf-8").splitlines()))
    settings = CLASSICS["image"]["jpeg"].settings
    assert len(rows) == 3 * (1 + len(settings))
    first = next(row for row in rows if row["family"] == "tiny")
    signal = IMAGE.fit(photo_folder / first["item"], 32).signal
    (point,) = race_codec(pg.load("tiny"), signal, race_quality("image"))
    assert float(first["psnr_db"]) == pytest.approx(point.quality["psnr_db"])
    assert float(first["bits/pixel"]) == pytest.approx(point.rate.rate_bpp)
    table = Path("there/race.md").read_text(encoding="utf-8")
    assert table.strip() in outcome.out and "PSNR dB" in table
    line = next(line for line in table.splitlines() if line.startswith(f"| jpeg | {settings[-1]} "))
    mean = fmean(
        float(row["psnr_db"]) for row in rows if row["family"] == "jpeg" and row["setting"] == str(settings[-1])
    )
    assert f" {mean:.3f} " in line
    assert Image.open("there/race.png").size == (1200, 750)


def test_several_take_part_and_each_once(checkpoints: Path, run: Callable, photo_folder: Path) -> None:  # noqa: F811
    words = ("evaluate", "tiny", photo_folder, "--size", 16, "--limit", 1)
    assert run(*words, "--against", "webp,JPEG", "--against", "jpeg").code == 0
    rows = csv.DictReader(Path("race/race.csv").read_text(encoding="utf-8").splitlines())
    assert list(dict.fromkeys(row["family"] for row in rows)) == ["tiny", "webp", "jpeg"]


def test_who_does_not_take_part_is_named(checkpoints: Path, run: Callable, photo_folder: Path) -> None:  # noqa: F811
    assert_one_sentence(run("evaluate", "tiny", photo_folder, "--against", "opus"), "opus")
