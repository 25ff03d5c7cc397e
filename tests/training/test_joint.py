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
from playground.models.findings import Findings, Known, read_cloud, read_findings
from playground.models.generator import PARTS, Layout
from playground.models.joint import SENSES
from playground.models.joint_folder import read_joint
from playground.training import joint_figures, joint_findings, rivals
from playground.training.joint import JointReport, train_joint, with_steps
from playground.training.joint_figures import concept_codes, measure_joint
from playground.training.joint_findings import calibration_error, code_usage, fitting_temperature
from playground.training.joint_recipes import JOINTS, StageRecipe
from playground.training.judges import judged, train_judge
from playground.training.lessons import draw_lesson, plain
from playground.training.rivals import fusion_lesson, train_rivals
from playground.training.state import load_state
from playground.training.strangers import hear_strangers
from playground.training.writing import hidden_at_random
from tests.training.tiny_joint import SPEAKERS, TINY, tiny_joint, tiny_triples, write_data

STAGES = ("fusion", "pictures", "sounds", "generator")


@pytest.fixture(autouse=True)
def little_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(joint_findings, "COUNTED", 64)
    monkeypatch.setattr(joint_findings, "LESSONS", 2)
    monkeypatch.setattr(joint_figures, "MOST", 2)
    monkeypatch.setattr(rivals, "REPEATS", 1)


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
    judge = train_judge("sounds", train.sounds, 3, steps=12)
    found = judged(judge, "sounds", plain("sounds", val.sounds.items))
    assert (found == val.sounds.meanings).float().mean() >= 2 / 3


def test_figures_are_shares_and_bits(data: Path) -> None:
    joint, val = tiny_joint(data), tiny_triples(data, "val")
    judges = {part: train_judge(part, getattr(val, part), 3, steps=1) for part in ("pictures", "sounds")}
    figures = measure_joint(joint, val, judges)
    shares = [
        *figures.to_word.values(),
        *figures.spelt.values(),
        *figures.recognised.values(),
        *figures.agreement.values(),
    ]
    assert all(0 <= share <= 1 for share in shares)
    assert set(figures.items) == {"handwriting", "hand sign", "sound", "english", "chinese", "pinyin", "figure"}
    assert all(-1e-9 <= bits <= figures.most_bits + 1e-9 for bits in figures.bits.values())
    json.dumps(figures.to_dict())


def test_every_item_that_is_counted_chose_one_code_of_each_codebook(data: Path) -> None:
    joint, triples = tiny_joint(data), tiny_triples(data)
    usage = code_usage(joint, triples)
    assert set(usage) == {*SENSES, "together"}
    for sense, shelf in zip(SENSES, triples.shelves, strict=True):
        counts = torch.tensor(usage[sense])
        assert counts.shape == (4, 4, 3)  # (K, V, M)
        assert (counts.sum((1, 2)) == len(shelf)).all()
        assert torch.equal(counts.sum((0, 1)) // 4, shelf.meanings.bincount(minlength=3))


def test_a_belief_too_sure_of_itself_is_found_out() -> None:
    belief = torch.tensor([[0.95, 0.05]] * 10)
    right, half = torch.tensor([[1.0, 0.0]] * 10), torch.tensor([[1.0, 0.0], [0.0, 1.0]] * 5)
    assert calibration_error(belief, right) == pytest.approx(0.05, abs=1e-5)
    assert calibration_error(belief, half) == pytest.approx(0.45, abs=1e-5)


def test_a_fitted_temperature_is_no_worse_than_none(data: Path) -> None:
    temperature, before, after = fitting_temperature(tiny_joint(data), tiny_triples(data, "val"))
    assert 0.5 <= temperature <= 6 and 0 <= after <= 1 and 0 <= before <= 1


def test_rivals_are_asked_the_same_questions(data: Path) -> None:
    known, val = Known("tiny", data, tiny_joint(data), Findings("digits")), tiny_triples(data, "val")
    rows = fusion_lesson(known, val, train_rivals(tiny_triples(data), StageRecipe(steps=1, batch=8), bands=60))
    ways = {"picture", "sound", "early", "late", "shared"}
    for row in rows:
        missing = {row["corrupted"].removeprefix("no ")} if row["corrupted"].startswith("no ") else set()
        assert set(row) == {"corrupted", "strength"} | ways - missing
        assert all(0 <= row[way] <= 1 for way in ways - missing)
    clean = [row for row in rows if row["strength"] == 0 and not row["corrupted"].startswith("no ")]
    assert len(clean) == 3 and all(clean[0][way] == row[way] for row in clean for way in ways)


def test_strange_sounds_mean_nothing(data: Path) -> None:
    triples = replace(tiny_triples(data), strange=torch.full((2, 16_128), 9, dtype=torch.int16))
    lesson = draw_lesson(triples, 600, generator=torch.Generator().manual_seed(0), odd=0.0)
    unsure = (lesson.meant["sounds"].amax(1) < 0.9).float().mean()
    assert 0.06 < unsure - (lesson.meant["words"].amax(1) < 0.9).float().mean() < 0.12


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
    provenance = tmp_path / "provenance.md"
    provenance.write_text("Bars, squares and tones.")
    options = ["--data", str(data), "--judge-steps", "1", "--rival-steps", "1", "--provenance", str(provenance)]
    result = runner.invoke(app, ["measure-joint", f"{folder}/checkpoint", *options])
    assert result.exit_code == 0
    card = (Path(folder) / "checkpoint" / "card.md").read_text()
    for told in ("Bars, squares and tones.", "handwriting → word it knows, 6 items", "| both | 3 |"):
        assert told in card
    findings = read_findings(Path(folder) / "checkpoint")
    assert findings.words["chinese"] == ["一", "二", "三"] and findings.domain == "digits"
    assert "to_word" in findings.figures and len(findings.lesson) == 20
    points = read_cloud(Path(folder) / "checkpoint")
    assert set(points.senses.tolist()) == {0, 1, 2} and len(points.latents) == len(points.meanings)


def test_a_training_may_begin_with_what_another_model_has_learned(data: Path, tmp_path: Path) -> None:
    start = tiny_joint(data, seed=5)
    recipe = replace(TINY, bands=80, fusion=replace(TINY.fusion, learning_rate=1e-9))
    list(train_joint(recipe, data, tmp_path, generate=False, start=start))
    first = "model.senses.sounds.layers.layers.0.weight"
    learned = load_state(tmp_path / "fusion")[1]
    assert first in learned, [name for name in learned if "senses.sounds" in name]
    assert torch.allclose(learned[first][:, :60], start.state_dict()[first.removeprefix("model.")], atol=1e-5)
    assert learned[first].shape[1] == 80


def test_a_recipe_can_be_shortened() -> None:
    short = with_steps(JOINTS["joint-digits"], 7)
    assert {getattr(short, stage).steps for stage in STAGES} == {7}
