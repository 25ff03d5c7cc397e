"""Senses, their fusion, and the one sequence they are written into."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from playground.core.errors import InputError
from playground.models.generator import PARTS, Layout
from playground.models.joint import SENSES, Joint, JointConfig
from playground.models.joint_folder import read_joint
from playground.models.mel import heard, seen
from playground.models.mel import seen as listened
from playground.models.senses import Opinion, fused
from playground.training.joint import export_joint
from tests.training.tiny_joint import tiny_joint, write_data

ONE = torch.ones(2)


@pytest.fixture
def joint(tmp_path: Path) -> Joint:
    return tiny_joint(write_data(tmp_path / "data"))


def opinion(mean: float, precision: float) -> Opinion:
    return Opinion(torch.full((2, 3), mean), torch.full((2, 3), precision))


def signals(count: int = 2) -> dict[str, torch.Tensor]:
    generator = torch.Generator().manual_seed(0)
    sounds = torch.randn(count, 16_128, generator=generator) * 0.1
    words = torch.randint(0, 257, (count, 16), generator=generator)
    pictures = torch.rand(count, 3, 32, 32, generator=generator) * 2 - 1
    return {"pictures": pictures, "sounds": listened(sounds), "words": words}


def test_the_surer_opinion_counts_more() -> None:
    assert fused([opinion(1, 9), opinion(-1, 0.1)], [ONE, ONE])[0, 0] == pytest.approx((9 - 0.1) / 10.1)


def test_an_opinion_of_weight_nothing_is_as_if_never_given() -> None:
    both = fused([opinion(1, 4), opinion(-1, 9)], [ONE, 0 * ONE])
    assert torch.equal(both, fused([opinion(1, 4)], [ONE]))


def test_the_order_of_opinions_does_not_matter_and_a_doubled_weight_is_a_second_witness() -> None:
    a, b = opinion(1, 2), opinion(-2, 3)
    assert torch.allclose(fused([a, b], [ONE, ONE]), fused([b, a], [ONE, ONE]))
    assert torch.allclose(fused([a, b], [2 * ONE, ONE]), fused([a, a, b], [ONE] * 3))


def test_every_subset_of_the_senses_is_enough(joint: Joint) -> None:
    everything = signals()
    for number in range(1, 8):
        some = {sense: everything[sense] for i, sense in enumerate(SENSES) if number >> i & 1}
        latents = joint.latents(some, {})
        belief, concept = joint.belief(latents), joint.snap(latents)
        assert latents.shape == (2, 32, 1) and belief.shape == (2, 3) and concept.shape == (2, 4)
        assert torch.allclose(belief.sum(1), torch.ones(2))
        assert concept.min() >= 0 and concept.max() < joint.config.codebook_size
    with pytest.raises(ValueError, match="nothing"):
        joint.latents({}, {})


def test_a_muted_sense_is_a_sense_that_is_not_there(joint: Joint) -> None:
    everything = signals()
    muted = joint.latents(everything, {"sounds": 0.0, "words": 0.0})
    assert torch.allclose(muted, joint.latents({"pictures": everything["pictures"]}, {}))


def test_the_parts_of_the_sequence_share_neither_places_nor_codes() -> None:
    layout = Layout({"concept": [(1, 4)] * 2, "pictures": [(1, 2), (6, 8), (6, 8)], "sounds": [(3, 5)], "words": []})
    assert layout.length == 2 + 13 + 3 and layout.codes == 8 + 18 + 5
    places = [place for s in layout.segments for place in range(s.start, s.stop)]
    codes = [code for s in layout.segments for code in range(s.first, s.first + s.codes)]
    assert places == list(range(layout.length)) and codes == list(range(layout.codes))
    assert layout.places("pictures") == slice(2, 15)
    assert layout.offsets.tolist() == [0, 4, 8, *[10] * 6, *[18] * 6, *[26] * 3]


def test_the_generator_sees_what_is_shown_and_nothing_hidden(joint: Joint) -> None:
    layout = joint.generator.layout
    indices = torch.zeros(1, layout.length, dtype=torch.int64)
    hidden = torch.zeros_like(indices, dtype=torch.bool)
    hidden[:, layout.places("words")] = True
    before = joint.generator(indices, hidden)
    for part, changes in (("words", False), ("sounds", True), ("concept", True)):
        other = indices.clone()
        other[:, layout.places(part)] = 1 if part != "sounds" else 0
        other[:, layout.places(part).stop - 1] = 2
        after = joint.generator(other, hidden)
        assert all(torch.equal(a, b) for a, b in zip(before, after, strict=True)) is not changes


def test_each_part_is_scored_by_its_own_hidden_codes(joint: Joint) -> None:
    layout = joint.generator.layout
    indices = torch.zeros(2, layout.length, dtype=torch.int64)
    hidden = torch.zeros_like(indices, dtype=torch.bool)
    hidden[:, layout.places("pictures")] = True
    nats = joint.generator.nats(indices, hidden)
    assert set(nats) == set(PARTS) and nats["pictures"] > 0
    assert nats["words"] == nats["sounds"] == nats["concept"] == 0


def test_what_is_written_has_the_shape_of_what_is_read(joint: Joint) -> None:
    everything = signals()
    codes = {part: joint.codes(part, everything[part]) for part in SENSES}
    assert joint.picture(codes["pictures"]).shape == (2, 3, 32, 32)
    assert joint.levels(codes["sounds"]).shape == everything["sounds"].shape
    assert joint.sound(codes["sounds"]).shape == (2, 16_128)
    assert torch.equal(codes["words"], everything["words"])
    layout = joint.generator.layout
    for part, own in codes.items():
        assert own.shape[1] == layout.places(part).stop - layout.places(part).start - 1  # one place is the style's


def test_a_sound_found_from_its_spectrogram_has_that_spectrogram() -> None:
    time = torch.arange(16_128) / 16_000
    sound = torch.sin(2 * torch.pi * (300 + 400 * time) * time) * torch.sin(3.1 * time)
    levels = seen(sound[None])
    again = heard(levels)
    assert again.shape == (1, 16_128)
    loud = levels > 0  # within 60 dB of full scale
    assert (seen(again) - levels)[loud].abs().mean() * 20 < 3  # dB


def test_a_spectrogram_does_not_depend_on_how_loud_it_was_recorded() -> None:
    sound = torch.sin(torch.arange(16_128) / 7)[None]
    assert torch.allclose(seen(sound), seen(0.05 * sound), atol=1e-3)


def test_a_config_is_rebuilt_from_what_json_holds(joint: Joint) -> None:
    assert JointConfig.from_dict(joint.config.to_dict()) == joint.config


def test_a_checkpoint_gives_the_same_model_again(joint: Joint, tmp_path: Path) -> None:
    export_joint(joint, tmp_path / "joint", title="Tiny", licence="CC0")
    again = read_joint(tmp_path / "joint")
    assert again.config == joint.config and not again.training
    for name, tensor in again.state_dict().items():
        assert torch.equal(tensor, joint.state_dict()[name].half().float())
    assert joint.snap(joint.latents(signals(), {})).shape == again.snap(again.latents(signals(), {})).shape


def test_a_folder_that_is_no_joint_model_says_so(joint: Joint, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no joint/config"):
        read_joint(tmp_path / "joint")
    other = Joint(replace(joint.config, codebook_size=8))
    export_joint(joint, tmp_path / "joint", title="Tiny", licence="CC0")
    weights = (tmp_path / "joint" / "model.safetensors").read_bytes()
    export_joint(other, tmp_path / "joint", title="Tiny", licence="CC0")
    (tmp_path / "joint" / "model.safetensors").write_bytes(weights)
    with pytest.raises(InputError, match="does not fit"):
        read_joint(tmp_path / "joint")
