"""What is disturbed stays in its range and in its shape, each time otherwise, the same for the same chance."""

import pytest
import torch
from torch import Tensor

from playground.core.framing import END, spelled, written
from playground.data.disturb import disturbed_pictures, disturbed_sounds, disturbed_words


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def pictures(seed: int) -> Tensor:
    drawn = torch.full((8, 3, 32, 32), -1.0)
    drawn[:, :, 8:24, 14:18] = 1
    return disturbed_pictures(drawn, torch.arange(8) < 4, torch.arange(8) >= 4, generator=generator(seed))


def sounds(seed: int) -> Tensor:
    tone = torch.sin(torch.arange(4000) / 5).repeat(8, 1) * (torch.arange(4000) < 3000)
    return disturbed_sounds(tone, generator=generator(seed))


@pytest.mark.parametrize("made", [pictures, sounds])
def test_chance_comes_from_the_generator_alone(made) -> None:
    assert torch.equal(made(0), made(0)) and not torch.equal(made(0), made(1))
    assert made(0).isfinite().all()
    assert not torch.equal(made(0)[0], made(0)[1])


def test_pictures_stay_pictures_and_strokes_stay_on_black() -> None:
    made = pictures(3)
    assert made.shape == (8, 3, 32, 32) and made.min() >= -1 and made.max() <= 1
    assert made[:4].mean() < -0.4


def test_sounds_keep_their_length_and_are_not_lost_in_the_noise() -> None:
    made = sounds(0)
    assert made.shape == (8, 4000)
    pitch = torch.fft.rfft(made).abs().argmax(1) / 4000 * 2 * torch.pi
    assert ((pitch > 0.2 * 0.75) & (pitch < 0.2 * 1.3)).float().mean() > 0.8


def test_words_lose_a_letter_at_most_and_short_ones_none() -> None:
    words = ["seven", "七", "yī", "8", "three"] * 40
    made = written(disturbed_words(spelled(words).long(), end=END, generator=generator()))
    changed = 0
    for word, other in zip(words, made, strict=True):
        if len(word) < 4:
            assert other.casefold() == word
            continue
        wrong = sum(a != b for a, b in zip(word, other.casefold(), strict=False))
        assert len(other) == len(word) - 1 or (len(other) == len(word) and wrong <= 1)
        changed += other.casefold() != word
    assert 0 < changed < 60
