"""What is written from shared codes: whole, repeatable, and true to what was given."""

from pathlib import Path

import pytest
import torch

from playground.core.errors import InputError
from playground.core.framing import spelled, written
from playground.models.generator import PARTS
from playground.models.joint import Joint
from playground.priors.joint import dictionary, write
from playground.priors.prior import Sampling
from tests.training.tiny_joint import tiny_joint, write_data

CONCEPT = torch.tensor([[0, 1, 2, 3]]).repeat(3, 1)


@pytest.fixture
def joint(tmp_path: Path) -> Joint:
    return tiny_joint(write_data(tmp_path))


def alike(a: dict[str, torch.Tensor], b: dict[str, torch.Tensor]) -> bool:
    return all(torch.equal(a[part], b[part]) for part in PARTS)


def test_one_seed_gives_the_same_and_each_sample_is_another(joint: Joint) -> None:
    made = write(joint, {"concept": CONCEPT}, seed=5)
    assert alike(made, write(joint, {"concept": CONCEPT}, seed=5))
    assert not alike(made, write(joint, {"concept": CONCEPT}, seed=6))
    assert not torch.equal(made["pictures"][0], made["pictures"][1])


def test_a_sample_does_not_depend_on_how_many_are_made(joint: Joint) -> None:
    made, fewer = (write(joint, {"concept": CONCEPT[:n]}, seed=5) for n in (3, 2))
    assert torch.equal(made["sounds"][:2], fewer["sounds"])


def test_every_code_lies_in_its_codebook_and_decodes(joint: Joint) -> None:
    made, layout = write(joint, {"concept": CONCEPT}, steps=3), joint.generator.layout
    row = torch.cat([made[part] for part in PARTS], 1)
    for segment in layout.segments:
        codes = row[:, segment.start : segment.stop]
        assert codes.min() >= 0 and codes.max() < segment.codes
    assert joint.picture(made["pictures"][:, 1:]).isfinite().all()
    assert joint.levels(made["sounds"][:, 1:]).isfinite().all()


def test_what_is_given_stays(joint: Joint) -> None:
    sounds = write(joint, {"concept": CONCEPT}, seed=1)["sounds"]
    made = write(joint, {"concept": CONCEPT, "sounds": sounds}, seed=2)
    assert torch.equal(made["concept"], CONCEPT) and torch.equal(made["sounds"], sounds)


def test_a_style_can_be_asked_for(joint: Joint) -> None:
    names = joint.config.styles["pictures"]
    for number, name in enumerate(names):
        made = write(joint, {"concept": CONCEPT}, parts=["pictures"], styles={"pictures": name})
        assert list(made) == ["pictures"] and (made["pictures"][:, 0] == number).all()
    with pytest.raises(InputError, match="no style “a song”"):
        write(joint, {"concept": CONCEPT}, styles={"pictures": "a song"})


def test_the_concept_can_be_read_off_the_others(joint: Joint) -> None:
    words = torch.zeros(2, 17, dtype=torch.int64)
    assert write(joint, {"words": words}, parts=["concept"])["concept"].shape == (2, joint.config.num_codebooks)


def test_guidance_changes_what_is_made_and_one_step_is_enough(joint: Joint) -> None:
    plain, guided = (
        write(joint, {"concept": CONCEPT}, steps=1, sampling=Sampling(guidance=guidance)) for guidance in (1.0, 4.0)
    )
    assert not alike(plain, guided)


def test_words_are_taken_whole_from_a_dictionary(joint: Joint) -> None:
    words = dictionary(joint, {"english": ["one", "two", "three"], "chinese": ["一", "二", "三"]})
    english = write(joint, {"concept": CONCEPT}, styles={"words": "english"}, words=words)["words"]
    assert set(written(english[:, 1:])) <= {"one", "two", "three"}
    of_any = write(joint, {"concept": CONCEPT.repeat(8, 1)}, words=words[words[:, 0] == english[0, 0]])
    assert set(of_any["words"][:, 0].tolist()) == {int(english[0, 0])}


def test_of_a_dictionary_the_likeliest_word_is_taken(joint: Joint) -> None:
    letters = joint.generator.layout.segments[-1]
    with torch.no_grad():
        for place, letter in enumerate(spelled(["two"])[0].tolist()):
            joint.generator.guess.bias[letters.first + letter] += 50.0 if place < 3 else 20.0
    words = dictionary(joint, {"english": ["one", "two", "three"]})
    made = write(joint, {"concept": CONCEPT}, sampling=Sampling(temperature=0.01), words=words)
    assert written(made["words"][:, 1:]) == ["two"] * 3
    with pytest.raises(InputError, match="no style “latin”"):
        dictionary(joint, {"latin": ["unus"]})
