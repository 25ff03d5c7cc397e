"""The cost of tokens in a file: what an adaptive coder of order 0 would write, with all a decoder must be told."""

import math

import pytest
import torch

from playground.analysis.coding import adaptive_bits, file_rate
from playground.core.tokens import Tokens
from playground.media import packed


def tokens(*codes: int, size: int = 8) -> Tokens:
    return Tokens(torch.tensor(codes).reshape(1, 1, 1, -1), size, (8, 8 * len(codes)))


def learned(codes: list[int], size: int, known: list[int] | None = None) -> float:
    """Token by token, as a coder would go."""
    weights = [use + 0.5 for use in known] if known else [1.0] * size
    counts = [size * weight / sum(weights) for weight in weights]
    bits = 0.0
    for code in codes:
        bits -= math.log2(counts[code] / sum(counts))
        counts[code] += 1
    return bits


@pytest.mark.parametrize("known", [None, [9, 0, 0, 3, 0, 0, 1, 0]])
def test_it_is_the_sum_that_a_coder_comes_to_token_by_token(known: list[int] | None) -> None:
    codes = [0, 0, 3, 0, 7, 0, 3, 0]
    expected = learned(codes, 8, known)
    assert adaptive_bits(tokens(*codes), known and [torch.tensor(known)]) == [pytest.approx(expected)]
    assert learned(codes[::-1], 8, known) == pytest.approx(expected), "in whatever order"


def test_nobody_gets_something_for_nothing() -> None:
    """Over all texts of three tokens, 2 to the minus cost sums to one: they could all be told apart, and no more."""
    every = [tokens(a, b, c, size=4) for a in range(4) for b in range(4) for c in range(4)]
    shares = [2 ** -adaptive_bits(one, [torch.tensor([5, 0, 1, 2])])[0] for one in every]
    assert sum(shares) == pytest.approx(1)


def test_what_is_always_the_same_costs_little_and_what_is_known_less() -> None:
    same = tokens(*[2] * 200)
    unknown, known = adaptive_bits(same)[0], adaptive_bits(same, [torch.tensor([0, 0, 90, 0, 0, 0, 0, 0])])[0]
    assert known < unknown < 0.2 * same.bits


def test_what_is_counted_is_the_size_of_a_file() -> None:
    one = tokens(1, 2, 3)
    rate = file_rate(one)
    digits = packed.shape_number(one.size, 1, 1)
    key = b"any"
    assert rate.bits == 8 * len(packed.seal(packed.Coding.RAW, "x", key, digits, packed.raw_body([1, 2, 3], 8)))
    body = packed.order_0_body(one.indices[0].flatten(1).numpy(), 8)
    assert rate.coded_bits == 8 * len(packed.seal(packed.Coding.ORDER_0, "x", key, digits, body))
    assert rate.side_bits == (56, 56) and rate.prior_bits is None
    assert file_rate(one, under=lambda _: (20, 5)).prior_bits == 160
    assert rate.rate_bpp == rate.bits / (8 * 24)


def test_the_body_of_a_coded_file_is_as_long_as_the_sum_says() -> None:
    many = tokens(*torch.randint(9, (500,), generator=torch.Generator().manual_seed(0)).square().tolist(), size=1000)
    for known in (None, [torch.arange(1000) % 7]):
        rate = file_rate(many, known)
        assert rate.coded_bits - rate.side_bits[1] == pytest.approx(adaptive_bits(many, known)[0], abs=9)
