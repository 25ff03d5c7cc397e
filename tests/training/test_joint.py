"""A joint model learns in stages, resumes bit by bit, and leaves a folder that can be read and measured."""

import itertools
import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from typer.testing import CliRunner

from playground.commands import app
from playground.core.errors import InputError
from playground.models.generator import PARTS, Layout
from playground.models.joint import SENSES
from playground.models.joint_folder import read_joint
from playground.training.joint import JointReport, train_joint, with_steps
from playground.training.joint_figures import concept_codes, measure_joint
from playground.training.joint_recipes import JOINTS
from playground.training.judges import judged, train_judge
from playground.training.lessons import draw_lesson, plain
from playground.training.state import load_state
from playground.training.strangers import hear_strangers
from playground.training.writing import hidden_at_random
from tests.training.tiny_joint import SPEAKERS, TINY, tiny_joint, tiny_triples, write_data

STAGES = ("fusion", "pictures", "sounds", "generator")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_data(tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="module")
def trained(data: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[JointReport]]:
    """A training unbroken to its end."""
    folder = tmp_path_factory.mktemp("whole")
    return folder, list(train_joint(TINY, data, folder))


def test_all_stages_are_reported_and_logged(trained: tuple[Path, list[JointReport]]) -> None:
    folder, reports = trained
    assert [report.stage for report in reports] == [stage for stage, own in _groups(reports) for _ in own]
    assert [stage for stage, _ in _groups(reports)] == list(STAGES)
    assert len((folder / "log.jsonl").read_text().splitlines()) == len(reports)
    assert all(report.val_quality is not None for report in reports if report.step == report.steps)


def _groups(reports: list[JointReport]) -> list[tuple[str, list[JointReport]]]:
    return [(stage, list(own)) for stage, own in itertools.groupby(reports, lambda report: report.stage)]


@pytest.mark.parametrize("stop", [3, 8, 17])  # within fusion, a codec, and the generator
def test_a_resumed_training_equals_an_unbroken_one_bit_by_bit(
    trained: tuple[Path, list[JointReport]], stop: int, data: Path, tmp_path: Path
) -> None:
    reports = train_joint(TINY, data, tmp_path)
    list(itertools.islice(reports, stop))
    reports.close()
    list(train_joint(TINY, data, tmp_path))
    for stage in STAGES:
        (step, expected, _), (again, found, _) = load_state(trained[0] / stage), load_state(tmp_path / stage)
        assert step == again
        for name, tensor in expected.items():
            assert torch.equal(tensor, found[name]), (stage, name)
    name = "checkpoint/model.safetensors"
    assert (tmp_path / name).read_bytes() == (trained[0] / name).read_bytes()


def test_another_model_cannot_go_on_in_the_same_folder(trained: tuple[Path, list[JointReport]], data: Path) -> None:
    with pytest.raises(InputError, match="another model"):
        next(train_joint(replace(TINY, codebook_size=8), data, trained[0]))


def test_enough_steps_teach_what_is_meant(data: Path, tmp_path: Path) -> None:
    fusion = replace(TINY.fusion, steps=40, batch=16, ramp=5, report_every=10, learning_rate=5e-3, average=0.9)
    reports = list(train_joint(replace(TINY, fusion=fusion), data, tmp_path, generate=False))
    assert {report.stage for report in reports} == {"fusion"} and not (tmp_path / "checkpoint").exists()
    assert reports[-1].val_quality < 0.8  # of 1.1 nats that chance has


def test_a_checkpoint_holds_everything(trained: tuple[Path, list[JointReport]], data: Path) -> None:
    joint, triples = read_joint(trained[0] / "checkpoint"), tiny_triples(data, "val")
    assert joint.config.meanings == triples.meanings
    for stage in joint.quantizer.stages[1:]:
        assert not stage.weight[0].any()  # the later codebooks' code 0 adds nothing
    for sense, shelf in zip(SENSES, triples.shelves, strict=True):
        assert concept_codes(joint, sense, shelf.items).shape == (len(shelf), joint.config.num_codebooks)


def test_a_lesson_pairs_by_meaning_and_leaves_out_what_it_says(data: Path) -> None:
    generator = torch.Generator().manual_seed(0)
    lesson = draw_lesson(tiny_triples(data), 400, generator=generator, odd=0.0)
    assert lesson.present.any(1).all()
    assert torch.allclose(lesson.present.float().mean(0), torch.full((3,), 4 / 7), atol=0.1)
    for sense in SENSES:
        clear = lesson.meant[sense].amax(1) == 1
        assert clear.float().mean() > 0.9
        assert torch.equal(lesson.meant[sense].argmax(1)[clear], lesson.meanings[clear])
    assert torch.allclose(lesson.target.sum(1), torch.ones(400))
    odd = draw_lesson(tiny_triples(data), 400, generator=generator, odd=1.0)
    agree = [odd.meant[sense].argmax(1) == odd.meanings for sense in SENSES]
    assert (torch.stack(agree).sum(0) >= 2).float().mean() > 0.9


def test_what_is_hidden_leaves_every_part_something_to_write() -> None:
    layout = Layout({"concept": [(2, 4)], "pictures": [(90, 4)], "sounds": [(50, 4)], "words": [(30, 4)]})
    hidden = hidden_at_random(layout, 500, torch.Generator().manual_seed(0))
    for part in PARTS[1:]:
        own = hidden[:, layout.places(part)]
        assert own.any(1).all() and 0.2 < own.all(1).float().mean() < 0.5
    assert 0.05 < hidden[:, layout.places("concept")].float().mean() < 0.2


def test_judges_learn_what_is_easy(data: Path) -> None:
    train, val = tiny_triples(data), tiny_triples(data, "val")
    judge = train_judge("sounds", train.sounds, 3, steps=25)
    found = judged(judge, "sounds", plain("sounds", val.sounds.items))
    assert (found == val.sounds.meanings).float().mean() >= 2 / 3


def test_figures_are_shares_and_bits(data: Path) -> None:
    joint, val = tiny_joint(data), tiny_triples(data, "val")
    judges = {part: train_judge(part, getattr(val, part), 3, steps=1) for part in ("pictures", "sounds")}
    figures = measure_joint(joint, val, judges)
    shares = [*figures.to_word.values(), *figures.recognised.values(), *figures.agreement.values()]
    assert all(0 <= share <= 1 for share in shares)
    assert set(figures.items) == {"handwriting", "hand sign", "speech", "english", "chinese", "pinyin", "figure"}
    assert all(-1e-9 <= bits <= figures.most_bits + 1e-9 for bits in figures.bits.values())
    json.dumps(figures.to_dict())


def test_strangers_are_heard_by_a_model_that_never_did(data: Path, tmp_path: Path) -> None:
    found = hear_strangers(TINY, data, tmp_path / "strangers", (SPEAKERS[0],))
    assert set(found) == {SPEAKERS[0], "all"} and found["all"][1] == 6
    assert load_state(tmp_path / "strangers" / "fusion")[2]["without"] == [SPEAKERS[0]]
    with pytest.raises(InputError, match="no speaker “nobody”"):
        hear_strangers(TINY, data, tmp_path / "other", ("nobody",))


def test_the_commands_train_and_measure(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(JOINTS, "joint-digits", TINY)
    runner, folder = CliRunner(), str(tmp_path / "run")
    result = runner.invoke(app, ["train", "joint-digits", "--data", str(data), "--out", folder])
    assert result.exit_code == 0 and "is ready" in result.stdout
    again = runner.invoke(app, ["train", "joint-digits", "--data", str(data), "--out", folder])
    assert again.exit_code != 0 and "holds a training already" in str(again.exception)
    output = tmp_path / "figures.json"
    provenance = tmp_path / "provenance.md"
    provenance.write_text("Bars, squares and tones.")
    options = ["--data", str(data), "--json", str(output), "--judge-steps", "1", "--provenance", str(provenance)]
    result = runner.invoke(app, ["measure-joint", f"{folder}/checkpoint", *options])
    assert result.exit_code == 0 and "to_word" in json.loads(output.read_text())
    card = (Path(folder) / "checkpoint" / "card.md").read_text()
    assert "Bars, squares and tones." in card and "handwriting → word, 6 items" in card


def test_a_recipe_can_be_shortened() -> None:
    short = with_steps(JOINTS["joint-digits"], 7)
    assert {getattr(short, stage).steps for stage in STAGES} == {7}
