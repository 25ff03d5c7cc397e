"""The command line: the same results as Python, and of bad input one sentence and exit code 2."""

import csv
import gzip
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

import playground as pg
from playground import __main__ as command_line
from playground import zoo
from playground.data.folders import list_files
from playground.data.images import PICTURES
from playground.models.config import CodecConfig
from playground.training import run as training_run
from playground.training.recipes import RECIPES, Recipe
from playground.training.state import load_state, locked


@dataclass(frozen=True)
class Outcome:
    code: int
    out: str
    err: str


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture, tmp_path: Path) -> Callable[..., Outcome]:
    """Types a command, in an empty folder, and gives what came of it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("COLUMNS", "120")

    def command(*words: object) -> Outcome:
        monkeypatch.setattr(sys, "argv", ["playground", *map(str, words)])
        with pytest.raises(SystemExit) as stop:
            command_line.main()
        return Outcome(stop.value.code or 0, *capfd.readouterr())

    return command


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "photo.png"
    pixels = np.random.default_rng(0).integers(0, 256, (50, 61, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(path)
    return path


@pytest.fixture
def recipe(monkeypatch: pytest.MonkeyPatch) -> Recipe:
    """A recipe "image-vq" that takes a second."""
    codec = CodecConfig.from_dict(
        {
            "name": "image-vq",
            "body": {"widths": [8, 12], "encoder_depths": [1, 1], "decoder_depths": [1, 1], "dim": 4},
            "quantizer": {"codebook_size": 16},
        }
    )
    tiny = Recipe(codec, crop=32, batch=2, steps=6, unquantized=2, ramp=2, report_every=1, save_every=2)
    monkeypatch.setitem(RECIPES, "image-vq", tiny)
    return tiny


def assert_one_sentence(outcome: Outcome, word: str) -> None:
    assert outcome.code == 2
    assert len(outcome.err.strip().splitlines()) == 1, outcome.err
    assert word in outcome.err and "Traceback" not in outcome.err
    assert outcome.out == ""


def test_codecs_are_listed(checkpoints: Path, run) -> None:
    outcome = run("list")
    assert outcome.code == 0
    for word in ("tiny", "A tiny codec", "image", "VQ", "1 × 16", "8"):
        assert word in outcome.out


def test_another_folder_of_checkpoints_is_listed(checkpoints: Path, run, tmp_path: Path, monkeypatch) -> None:
    shutil.copytree(checkpoints / "tiny", tmp_path / "others" / "mine")
    monkeypatch.setattr(zoo, "_zoo", zoo._zoo)  # put back after the test
    assert "mine" in run("--checkpoints", tmp_path / "others", "list").out
    assert_one_sentence(run("--checkpoints", tmp_path / "nowhere", "list"), "nowhere")


def test_an_empty_folder_says_what_to_do(run, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(zoo, "_zoo", zoo.Zoo(tmp_path / "nothing"))
    assert "train" in run("list").out


def test_all_that_is_known_of_a_codec(checkpoints: Path, run) -> None:
    for name in ("tiny", checkpoints / "tiny"):
        outcome = run("info", name)
        for key, value in vars(pg.catalogue()[0]).items():
            assert any(line.split(maxsplit=1) == [key, str(value)] for line in outcome.out.splitlines()), key


def test_a_picture_goes_to_tokens_and_back(checkpoints: Path, run, photo: Path, tmp_path: Path) -> None:
    for ending in ("json", "npz"):
        outcome = run("encode", photo, "-o", f"tokens.{ending}", "--codec", "tiny")
        assert outcome.code == 0 and "7 × 8" in outcome.out
        tokens = pg.Tokens.load(tmp_path / f"tokens.{ending}")
        assert torch.equal(tokens.indices, pg.encode("tiny", photo).indices)
        assert run("decode", f"tokens.{ending}", "-o", f"{ending}.png").code == 0
        assert np.array_equal(np.asarray(Image.open(f"{ending}.png")), np.asarray(pg.decode("tiny", tokens)))


def test_a_reconstruction_says_what_it_cost(checkpoints: Path, run, photo: Path) -> None:
    outcome = run("reconstruct", photo, "-o", "out.png", "--codec", "tiny")
    expected = pg.decode("tiny", pg.encode("tiny", photo))
    assert np.array_equal(np.asarray(Image.open("out.png")), np.asarray(expected))
    for word in ("PSNR dB", "SSIM", f"{7 * 8 * 4 / (50 * 61):.3f} bits/pixel", "of 16 codes"):
        assert word in outcome.out


def test_bad_input_is_one_sentence_and_exit_code_2(checkpoints: Path, run, photo: Path, tmp_path: Path) -> None:
    (tmp_path / "text.png").write_text("not a picture")
    (tmp_path / "text.json").write_text("{}")
    shutil.copytree(checkpoints / "tiny", checkpoints / "mine")
    run("encode", photo, "-o", "tokens.json", "--codec", "mine")
    foreign = json.loads((tmp_path / "tokens.json").read_text()) | {"codec": str(checkpoints / "tiny")}
    (tmp_path / "path.json").write_text(json.dumps(foreign))
    for words, word in {
        ("info", "nobody"): "nobody",
        ("encode", "nowhere.png", "-o", "t.json", "--codec", "tiny"): "nowhere.png",
        ("encode", "text.png", "-o", "t.json", "--codec", "tiny"): "not a picture",
        ("encode", photo, "-o", "t.json", "--codec", "nobody"): "nobody",
        ("encode", photo, "-o", "t.txt", "--codec", "tiny"): ".json",
        ("encode", photo, "-o", "no/where/t.json", "--codec", "tiny"): "t.json",
        ("decode", "nowhere.json", "-o", "o.png"): "nowhere.json",
        ("decode", "text.json", "-o", "o.png"): "token",
        ("decode", "path.json", "-o", "o.png"): "no codec",
        ("decode", "tokens.json", "-o", "o.png", "--codec", "tiny"): "mine",
        ("decode", "tokens.json", "-o", "o.xyz"): "o.xyz",
        ("decode", "tokens.json", "-o", "no/where/o.png"): "where",
        ("reconstruct", "text.png", "-o", "o.png", "--codec", "tiny"): "not a picture",
        ("evaluate", "nobody", "."): "nobody",
        ("evaluate", "tiny", "nowhere"): "nowhere",
        ("evaluate", "tiny", checkpoints): "no pictures",
        ("evaluate", "tiny", ".", "--split", "test"): "test",
        ("describe", "tiny"): "--data",
        ("train", "nothing"): "image-vq",
        ("train", "image-vq"): "--data",
        ("train", "image-vq", "--data", "nowhere"): "nowhere",
    }.items():
        assert_one_sentence(run(*words), word)


def test_what_was_typed_wrongly_is_explained(run) -> None:
    for words in (("fly",), ("encode",), ("train", "image-vq", "--steps", "-3")):
        outcome = run(*words)
        assert outcome.code == 2 and "Traceback" not in outcome.err and outcome.err


def test_a_training_reports_logs_and_exports(recipe: Recipe, run, photo_folder: Path, tmp_path: Path) -> None:
    outcome = run("train", "image-vq", "--data", photo_folder)
    assert outcome.code == 0, outcome.err
    folder = tmp_path / "runs" / "image-vq"
    log = [json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines()]
    assert [entry["step"] for entry in log] == [1, 2, 3, 4, 5, 6]
    assert {"loss", "quality", "usage", "perplexity", "dead_codes", "val_quality"} <= log[0].keys()
    lines = outcome.out.splitlines()
    assert len(lines) == 4 and "step 2 of 6" in lines[0] and "dB" in lines[0]
    strips = sorted((folder / "previews").iterdir())
    assert [strip.name for strip in strips] == ["step-00000002.webp", "step-00000004.webp", "step-00000006.webp"]
    assert Image.open(strips[0]).height == 2 * 32
    assert any((folder / "tensorboard").iterdir())
    codec = pg.load(folder / "checkpoint")
    for name, tensor in codec.state_dict().items():
        assert torch.equal(tensor, load_state(folder)[1][f"average.{name}"].half().float())


def test_a_training_goes_on_when_asked_to(recipe: Recipe, run, photo_folder: Path, tmp_path: Path) -> None:
    assert run("train", "image-vq", "--data", photo_folder, "--out", "a", "--steps", 4).code == 0
    assert_one_sentence(run("train", "image-vq", "--data", photo_folder, "--out", "a"), "--resume")
    assert_one_sentence(
        run("train", "image-vq", "--data", photo_folder, "--out", "a", "--resume"), "steps 6 instead of 4"
    )
    assert run("train", "image-vq", "--data", photo_folder, "--out", "a", "--resume", "--change").code == 0
    log = [json.loads(line) for line in (tmp_path / "a" / "log.jsonl").read_text().splitlines()]
    assert [entry["step"] for entry in log] == [1, 2, 3, 4, 5, 6]
    assert load_state(tmp_path / "a")[0] == 6


def test_a_named_training_is_put_on_the_page(recipe: Recipe, run, photo_folder: Path, checkpoints: Path) -> None:
    assert run("train", "image-vq", "--data", photo_folder, "--name", "my-photos").code == 0
    assert "my-photos" in [card.name for card in pg.catalogue()]
    assert pg.encode("my-photos", photo_folder / "001.png").codec == "my-photos"
    assert_one_sentence(run("train", "image-vq", "--data", photo_folder, "--name", "my-photos"), "already")
    assert_one_sentence(run("train", "image-vq", "--data", photo_folder, "--name", "../mine"), "no name")


def test_two_trainings_do_not_share_a_folder(recipe: Recipe, run, photo_folder: Path, tmp_path: Path) -> None:
    with locked(tmp_path / "a"):
        assert_one_sentence(run("train", "image-vq", "--data", photo_folder, "--out", "a"), "already")


def test_a_folder_of_another_training_is_left_alone(
    recipe: Recipe, run, photo_folder: Path, tmp_path: Path, monkeypatch
) -> None:
    run("train", "image-vq", "--data", photo_folder, "--out", "a")
    other = replace(recipe, codec=replace(recipe.codec, body=replace(recipe.codec.body, dim=5)))
    monkeypatch.setitem(RECIPES, "image-vq", other)
    assert_one_sentence(run("train", "image-vq", "--data", photo_folder, "--out", "a", "--resume"), "another codec")


def test_a_full_disk_is_a_sentence(recipe: Recipe, run, photo_folder: Path, monkeypatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(training_run, "save_state", full)
    assert_one_sentence(run("train", "image-vq", "--data", photo_folder), "No space left")


def test_a_failed_training_says_where_the_last_state_is(recipe: Recipe, run, photo_folder: Path, monkeypatch) -> None:
    monkeypatch.setitem(RECIPES, "image-vq", replace(recipe, learning_rate=float("inf")))
    outcome = run("train", "image-vq", "--data", photo_folder)
    assert outcome.code == 1
    assert "last good state" in " ".join(outcome.err.split()) and "Traceback" not in outcome.err


def test_an_evaluation_is_a_table_and_a_file(checkpoints: Path, run, photo_folder: Path) -> None:
    (photo_folder / "broken.png").write_text("not a picture")
    outcome = run("evaluate", "tiny", photo_folder, "--size", 32, "--limit", 5, "--csv", "table.csv")
    assert outcome.code == 0, outcome.err
    for word in ("PSNR dB", "SSIM", "bits/pixel", "usage", "perplexity", "5 pictures"):
        assert word in outcome.out
    rows = list(csv.DictReader(Path("table.csv").read_text(encoding="utf-8").splitlines()))
    names = [file.key for file in list_files(photo_folder, PICTURES)]
    assert [row["item"] for row in rows] == [*names[:: len(names) // 5][:5], "all"], "from all over the folder"
    psnr = [float(row["psnr_db"]) for row in rows]
    assert psnr[-1] == pytest.approx(sum(psnr[:-1]) / 5)
    assert float(rows[0]["bits_per_position"]) == 4 / 64
    assert int(rows[-1]["codes_used"]) >= max(int(row["codes_used"]) for row in rows[:-1])
    expected = pg.load("tiny").encode(pg.media.modalities.IMAGE.fit(photo_folder / rows[0]["item"], 32).signal)
    assert int(rows[0]["codes_used"]) == expected.indices.unique().numel()


def test_an_evaluation_leaves_broken_pictures_out_and_says_so(checkpoints: Path, run, photo_folder: Path) -> None:
    (photo_folder / "000 broken.png").write_text("not a picture")
    outcome = run("evaluate", "tiny", photo_folder, "--size", 32, "--limit", 3)
    assert "000 broken.png is left out" in outcome.err and "2 pictures" in outcome.out


def test_an_evaluation_counts_what_it_left_out(checkpoints: Path, run, photo_folder: Path) -> None:
    (photo_folder / os.fsdecode(b"0 caf\xe9.png")).write_text("not a picture")
    (photo_folder / "0 folder.png").mkdir()
    (photo_folder / "0 link.png").symlink_to(photo_folder / "nowhere")
    (photo_folder / "notes.txt").write_text("no picture")
    outcome = run("evaluate", "tiny", photo_folder, "--size", 32, "--csv", "table.csv")
    said = " ".join(outcome.err.split())
    assert outcome.code == 0 and "120 pictures" in outcome.out
    assert r"0 caf\xe9.png is left out" in said and "0 link.png is left out" in said
    assert "3 of 123 pictures could not be read and are left out. 1 other files are skipped: .txt 1." in said


def test_an_evaluation_keeps_to_a_split(checkpoints: Path, run, photo_folder: Path) -> None:
    counts = {}
    for split in ("train", "val"):
        run("evaluate", "tiny", photo_folder, "--size", 16, "--split", split, "--csv", f"{split}.csv")
        counts[split] = len(Path(f"{split}.csv").read_text().splitlines()) - 2
    assert counts["train"] + counts["val"] == 120 and 0 < counts["val"] < 10


def test_a_codebook_is_described_beside_its_weights(checkpoints: Path, run, photo_folder: Path) -> None:
    outcome = run("describe", "tiny", "--data", photo_folder, "--limit", 6, "--size", 48)
    assert outcome.code == 0, outcome.err
    content = json.loads(gzip.decompress((checkpoints / "tiny" / "codebook.json.gz").read_bytes()))
    assert content["pictures"] == 6 and sum(content["counts"]) == content["tokens"] == 6 * 36
    for sheet in ("tiles.jpg", "exemplars.webp"):
        Image.open(checkpoints / "tiny" / sheet).verify()


def test_it_runs_as_a_module() -> None:
    root = Path(__file__).parents[1]
    for words, code in ((["info", "nobody"], 2), (["list"], 0)):
        command = [sys.executable, "-m", "playground", *words]
        result = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
        assert result.returncode == code and "Traceback" not in result.stderr
