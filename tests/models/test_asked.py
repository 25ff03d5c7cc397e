"""What a visitor gives is understood whatever its size, and what is believed of it adds up."""

import io
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw

from playground.core.errors import InputError
from playground.core.framing import written
from playground.media.sounds import Sound
from playground.models.asked import attended, believed, fuse, meant, picture, segments, sound, word
from playground.models.findings import Findings, Known
from playground.models.given import drawing, recording
from playground.priors.joint import outputs, write
from tests.training.tiny_joint import tiny_joint, write_data

WORDS = {"english": ["one", "two", "three"], "pinyin": ["yī", "èr", "sān"]}


@pytest.fixture
def known(tmp_path: Path) -> Known:
    return Known("tiny", tmp_path, tiny_joint(write_data(tmp_path / "data")), Findings("digits", WORDS))


def drawn(size: tuple[int, int], paper: str, ink: str, *, width: int = 6, move: int = 0) -> Image.Image:
    picture = Image.new("RGB", size, paper)
    middle = size[0] // 2 + move
    ImageDraw.Draw(picture).line([(middle, size[1] // 4), (middle, size[1] * 3 // 4)], ink, width)
    return picture


def tone(seconds: float, *, before: float = 0.0, loud: float = 0.3) -> Sound:
    time = np.arange(round(seconds * 16_000)) / 16_000
    hum = loud * np.sin(2 * np.pi * 440 * time)
    return Sound(np.concatenate([np.zeros(round(before * 16_000)), hum]).astype(np.float32))


def test_a_drawing_is_the_same_on_black_and_on_white_large_and_small_here_and_there() -> None:
    one = drawing(drawn((280, 280), "white", "black"))
    assert one.shape == (1, 3, 32, 32) and one.min() == -1 and one.max() > 0.9
    assert torch.allclose(one, drawing(drawn((280, 280), "black", "white")), atol=0.05)
    assert (one - drawing(drawn((280, 280), "white", "black", move=60))).abs().mean() < 0.05
    assert (one - drawing(drawn((640, 500), "white", "black", width=11))).abs().mean() < 0.05


def test_a_thin_line_becomes_as_thick_as_a_pen() -> None:
    ink = [(drawing(drawn((280, 280), "white", "black", width=width)) + 1).sum() for width in (1, 4, 16)]
    assert ink[0] > 0.6 * ink[2]


def test_the_centre_of_mass_of_a_drawing_is_the_middle() -> None:
    ink = (drawing(drawn((300, 200), "white", "navy", move=80)) + 1)[0, 0]
    rows = (ink.sum(1) * torch.arange(32)).sum() / ink.sum()
    columns = (ink.sum(0) * torch.arange(32)).sum() / ink.sum()
    assert abs(rows - 15.5) < 1 and abs(columns - 15.5) < 1


def test_an_empty_drawing_silence_and_no_word_are_told_in_a_sentence(known: Known) -> None:
    with pytest.raises(InputError, match="nothing drawn"):
        picture(known, Image.new("RGB", (200, 200), "white"))
    with pytest.raises(InputError, match="one colour"):
        picture(known, Image.new("RGB", (200, 200), "blue"), look="hand sign")
    for silence in (np.zeros(16_000, np.float32), np.full(16_000, 0.2, np.float32)):
        with pytest.raises(InputError, match="silence"):
            sound(known, Sound(silence))
    with pytest.raises(InputError, match="no word"):
        word(known, "  \n")
    with pytest.raises(InputError, match="Nothing is given"):
        fuse(known, {}, {})
    with pytest.raises(InputError, match="no style"):
        picture(known, drawn((99, 99), "white", "black"), look="cubism")


def test_a_recording_may_begin_late_be_short_or_long() -> None:
    for heard in (tone(0.3), tone(0.3, before=2.0), tone(4.0), tone(0.01)):
        assert recording(heard).shape == (1, 80, 64)
    early, late = (recording(tone(0.3, before=before)) for before in (0.5, 3.0))
    assert (early - late).abs().mean() < 0.25


def test_a_word_is_known_in_any_tongue_and_any_case_and_an_unknown_one_says_so(known: Known) -> None:
    assert (word(known, " TWO ").meaning, word(known, "Two").tongue) == (1, "english")
    assert (word(known, "SĀN").meaning, word(known, "sān").tongue) == (2, "pinyin")
    assert word(known, "san").meaning == 2 and written(word(known, "San").letters) == ["sān"]
    strange = word(known, "sieben")
    assert strange.meaning is None and strange.tongue is None and written(strange.letters) == ["sieben"]
    belief = fuse(known, {"words": strange.letters}, {}).belief
    assert belief.sum() == pytest.approx(1)


def test_belief_and_shares_add_up_and_a_muted_sense_is_not_there(known: Known) -> None:
    signals = {"pictures": picture(known, drawn((90, 90), "white", "black")), "words": word(known, "two").letters}
    both, muted = fuse(known, signals, {}), fuse(known, signals, {"words": 0.0})
    assert set(both.alone) == set(both.shares) == set(signals)
    assert 0 < sum(share.item() for share in both.shares.values()) < 1
    assert both.concept.shape == (1, 4) and both.belief.sum() == pytest.approx(1) == both.spoken.sum()
    assert torch.equal(muted.belief, fuse(known, {"pictures": signals["pictures"]}, {}).belief)
    assert torch.allclose(muted.belief, both.alone["pictures"])


def test_a_higher_temperature_is_less_sure(known: Known) -> None:
    warm = Known("warm", known.folder, known.joint, Findings("digits", WORDS, temperature=4.0))
    latents = meant(known, "three")
    assert believed(warm, latents).max() < believed(known, latents).max()
    with pytest.raises(InputError, match="no meaning"):
        meant(known, "seven")


def test_attention_between_segments_adds_up(known: Known) -> None:
    parts = write(known.joint, {"concept": torch.zeros(2, 4, dtype=torch.int64)}, steps=2)
    roles = [role for role, _ in segments(known)]
    looks = attended(known, parts)
    assert roles == ["concept"] * 4 + ["style", "codes", "codes"] * 2 + ["style", "codes"]
    assert looks.shape == (len(roles),) * 2 and torch.allclose(looks.sum(1), torch.ones(len(roles)), atol=1e-4)


def test_what_is_written_can_be_seen_heard_and_read(known: Known) -> None:
    made = outputs(known.joint, write(known.joint, {}, n=2, steps=2))
    assert len(made.pictures) == len(made.sounds) == len(made.words) == 2
    assert made.pictures[0].size == (32, 32) and made.sounds[0].samples.shape == (16_128,)
    made.pictures[0].save(io.BytesIO(), "PNG")
    assert all(name in known.config.styles["pictures"] for name in made.styles["pictures"])
    assert outputs(known.joint, {}).words == []
