"""What cannot be relied on counts little beside other senses, and changes nothing of what a sense says alone."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from playground.core.errors import InputError
from playground.models.asked import fuse
from playground.models.findings import Findings, Known
from playground.models.reliability import (
    RELIABILITY,
    Reliability,
    read_reliability,
    sizes_of,
    write_reliability,
)
from tests.training.tiny_joint import tiny_joint, write_data


@pytest.fixture
def known(tmp_path: Path) -> Known:
    return Known("tiny", tmp_path, tiny_joint(write_data(tmp_path / "data")), Findings("digits"))


def doubting(known: Known, sense: str) -> Known:
    """The same model, one of whose senses cannot be relied on."""
    reliability = Reliability(sizes_of(known.joint)).eval()
    last = reliability.heads[sense][-1]
    torch.nn.init.zeros_(last.weight)
    last.bias.data = torch.tensor([-20.0, -3.0, -20.0])
    return replace(known, reliability=reliability.requires_grad_(False))


def signals() -> dict[str, torch.Tensor]:
    generator = torch.Generator().manual_seed(0)
    pictures = torch.rand(3, 3, 32, 32, generator=generator) * 2 - 1
    return {"pictures": pictures, "words": torch.randint(97, 123, (3, 16), generator=generator)}


def test_a_sense_that_cannot_be_relied_on_hardly_counts(known: Known) -> None:
    given, doubted = signals(), doubting(known, "words")
    assert fuse(known, given, {}).shares["words"].min() > 0.1
    found, alone = fuse(doubted, given, {}), fuse(doubted, {"pictures": given["pictures"]}, {})
    assert found.shares["words"].max() < 0.01
    assert torch.allclose(found.latents, alone.latents, atol=0.02)
    assert torch.equal(found.concept, alone.concept)


def test_a_sense_alone_says_the_same_less_surely(known: Known) -> None:
    words = {"words": signals()["words"]}
    plain, doubted = fuse(known, words, {}), fuse(doubting(known, "words"), words, {})
    assert torch.allclose(plain.latents, doubted.latents, atol=1e-5)
    assert torch.equal(plain.belief.argmax(1), doubted.belief.argmax(1))
    assert (doubted.belief.amax(1) < plain.belief.amax(1)).all()
    assert doubted.known["words"].max() < 0.01 and plain.known["words"].min() == 1


def test_it_is_read_as_it_was_written_and_refused_when_it_belongs_to_another(known: Known, tmp_path: Path) -> None:
    assert read_reliability(tmp_path, known.joint) is None
    own = doubting(known, "sounds").reliability
    write_reliability(tmp_path, own)
    features = torch.randn(2, sizes_of(known.joint)["sounds"])
    again = read_reliability(tmp_path, known.joint)
    assert torch.allclose(again("sounds", features).confidence, own("sounds", features).confidence, atol=1e-3)
    write_reliability(tmp_path, Reliability({"sounds": 5}))
    with pytest.raises(InputError, match=RELIABILITY):
        read_reliability(tmp_path, known.joint)


def test_shared_codes_say_what_is_believed(known: Known) -> None:
    joint = known.joint
    generator = torch.Generator().manual_seed(1)
    for stage in joint.quantizer.stages:
        stage.weight.copy_(torch.randn(stage.weight.shape, generator=generator))
        stage.weight[0] = 0  # as training leaves it in the later codebooks
    latents = torch.randn(64, joint.config.dim, 1, generator=generator)
    nearest = joint.quantizer.nearest(latents)[..., 0]
    believed = joint.belief(latents).argmax(1)
    first, second = joint.quantizer.codebook(0), joint.quantizer.codebook(1)
    sayable = joint.believe((first[:, None] + second).flatten(0, 1)).argmax(1).unique()
    can = torch.isin(believed, sayable)
    assert (joint.belief(joint.embed(nearest)).argmax(1) != believed)[can].any()
    assert (joint.belief(joint.embed(joint.snap(latents))).argmax(1) == believed)[can].all()
