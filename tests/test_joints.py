"""Joint models are found, read and asked, and refuse with a sentence what they cannot take."""

import json
import logging
from pathlib import Path

import pytest
import torch

from playground import joints, zoo
from playground.core.errors import InputError
from playground.models.findings import Cloud, Findings, Known, read_cloud, write_cloud, write_findings
from playground.training.joint import export_joint
from tests.training.tiny_joint import tiny_joint, write_data

FOUND = Findings(domain="digits", words={"english": ["one", "two", "three"], "chinese": ["一", "二", "三"]})


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkpoints folder with one joint model that was measured."""
    shop, before = tmp_path / "zoo", zoo.root()
    export_joint(tiny_joint(write_data(tmp_path / "data")), shop / "joint-tiny", title="Tiny", licence="CC0")
    write_findings(shop / "joint-tiny", FOUND)
    zoo.use_folder(shop)
    yield shop
    zoo.use_folder(before)


def test_a_card_says_what_a_page_needs(folder: Path) -> None:
    (card,) = joints.joints()
    assert (card.name, card.title, card.domain, card.licence) == ("joint-tiny", "Tiny", "digits", "CC0")
    assert card.meanings == ("one", "two", "three") and card.chinese == ("一", "二", "三")
    assert card.styles["pictures"] == ("handwriting", "hand sign") and card.parameters > 1000


def test_the_zoo_of_codecs_passes_joint_models_by_in_silence(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        assert zoo.catalogue() == []
    assert not caplog.records
    with pytest.raises(InputError, match="joint models"):
        zoo.new_folder("joint-mine")


def test_a_model_is_read_once_and_again_when_its_files_change(folder: Path) -> None:
    known = joints.load_joint("joint-tiny")
    assert joints.load_joint("joint-tiny") is known and isinstance(known, Known)
    assert not any(parameter.requires_grad for parameter in known.joint.parameters())
    write_findings(folder / "joint-tiny", Findings(domain="digits", temperature=2.0))
    assert joints.load_joint("joint-tiny").findings.temperature == 2


def test_only_names_that_are_there_are_loaded(folder: Path) -> None:
    for name in ("joint-other", "../zoo/joint-tiny", str(folder / "joint-tiny")):
        with pytest.raises(InputError, match="no joint model"):
            joints.load_joint(name)


def test_a_broken_folder_is_left_out_with_a_warning(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    (folder / "joint-broken").mkdir()
    (folder / "joint-tiny" / "findings.json").write_text(json.dumps({"colour": "red"}))
    with caplog.at_level(logging.WARNING):
        assert joints.joints() == []
    assert len(caplog.records) == 2


def test_points_for_a_map_come_back_as_they_were_written(folder: Path) -> None:
    known = joints.load_joint("joint-tiny")
    with pytest.raises(InputError, match="measure"):
        joints.cloud(known)
    numbers = torch.tensor([0, 1, 2])
    write_cloud(known.folder, Cloud(torch.eye(3), numbers, numbers, numbers))
    assert torch.equal(read_cloud(known.folder).latents, torch.eye(3))
    assert torch.equal(joints.cloud(known).senses, numbers)
