"""Information and agreement are what they are called, at both ends of their scale."""

import pytest
import torch

from playground.analysis.agreement import agreement, between, most_bits, mutual_information, numbered

MEANINGS = torch.arange(8).repeat(50)


def chance(most: int, seed: int = 0) -> torch.Tensor:
    return torch.randint(most, (400,), generator=torch.Generator().manual_seed(seed))


def test_a_code_that_is_the_meaning_tells_all_its_bits() -> None:
    assert mutual_information(MEANINGS, MEANINGS) == pytest.approx(3)
    assert mutual_information(7 - MEANINGS, MEANINGS) == pytest.approx(3)
    assert most_bits(8) == 3


def test_half_a_code_tells_a_bit_less_and_a_random_one_nothing() -> None:
    assert mutual_information(MEANINGS // 2, MEANINGS) == pytest.approx(2)
    assert mutual_information(torch.zeros(400, dtype=torch.int64), MEANINGS) == pytest.approx(0)
    assert mutual_information(chance(8), MEANINGS) < 0.15  # (8 − 1)² / (2 · 400 ln 2) = 0.09


def test_information_goes_both_ways() -> None:
    codes = (MEANINGS + chance(2)) % 8
    assert mutual_information(codes, MEANINGS) == pytest.approx(mutual_information(MEANINGS, codes))


def test_rows_that_are_alike_have_one_number() -> None:
    numbers = numbered(torch.tensor([[3, 1], [0, 2], [3, 1]]))
    assert numbers[0] == numbers[2] != numbers[1]


def test_senses_agree_when_they_choose_alike_whatever_they_choose() -> None:
    meanings = {"eye": MEANINGS, "ear": MEANINGS[:80]}
    assert agreement({"eye": 7 - MEANINGS, "ear": 7 - MEANINGS[:80]}, meanings) == pytest.approx(1)
    assert agreement({"eye": MEANINGS, "ear": (MEANINGS[:80] + 1) % 8}, meanings) == 0
    half = {"eye": MEANINGS, "ear": torch.where(torch.arange(80) < 40, MEANINGS[:80], 7)}
    assert agreement(half, meanings) == pytest.approx(0.5 + 0.5 / 8)


def test_information_between_senses_is_that_of_what_they_share() -> None:
    meanings = {"eye": MEANINGS, "ear": MEANINGS, "word": MEANINGS}
    found = between({"eye": MEANINGS, "ear": MEANINGS // 2, "word": chance(1)}, meanings)
    assert found == pytest.approx({"eye, ear": 2, "eye, word": 0, "ear, word": 0})


def test_one_sense_cannot_agree() -> None:
    with pytest.raises(ValueError, match="two senses"):
        agreement({"eye": MEANINGS}, {"eye": MEANINGS})
