"""An arithmetic coder: what goes in comes out, and takes hardly more bits than it is worth."""

import math

import pytest
import torch
from torch import Tensor

from playground.media.arithmetic import TOTAL, Reader, Writer, shares


def there_and_back(symbols: list[int], bounds: list[Tensor]) -> bytes:
    """The file of symbols, each with bounds of its own; read again it gives them back."""
    writer = Writer()
    for symbol, own in zip(symbols, bounds, strict=True):
        writer.put(symbol, own)
    data = writer.finish()
    reader = Reader(data)
    assert [reader.take(own) for own in bounds] == symbols
    return data


def worth(symbols: list[int], bounds: list[Tensor]) -> float:
    """Bits: minus log2 of the product of the shares."""
    return -sum(math.log2(int(own[s + 1] - own[s]) / TOTAL) for s, own in zip(symbols, bounds, strict=True))


@pytest.mark.parametrize("size", [2, 16, 1024])
@pytest.mark.parametrize("sharpness", [0.0, 1.0, 6.0])
def test_random_symbols_take_what_they_are_worth_and_one_byte_at_most(size: int, sharpness: float) -> None:
    generator = torch.Generator().manual_seed(size)
    probabilities = (sharpness * torch.randn(400, size, generator=generator, dtype=torch.float64)).softmax(-1)
    symbols = torch.multinomial(probabilities, 1, generator=generator)[:, 0].tolist()
    bounds = list(shares(probabilities))
    bits = worth(symbols, bounds)
    assert bits - 7 <= 8 * len(there_and_back(symbols, bounds)) <= bits + 9
    entropy = -probabilities.gather(1, torch.tensor(symbols)[:, None]).log2().sum().item()
    assert bits == pytest.approx(entropy, rel=2e-3, abs=0.5), "whole numbers are near enough to the probabilities"


def test_the_unlikeliest_of_all_comes_back_too() -> None:
    probabilities = torch.zeros(60, 5, dtype=torch.float64)
    probabilities[:, 2] = 1
    bounds = list(shares(probabilities))
    data = there_and_back([0, 4, 1, 3] * 15, bounds)
    assert 8 * len(data) == pytest.approx(60 * 24, abs=9), "each has one part of 2 to the 24"
    assert len(there_and_back([2] * 60, bounds)) <= 1, "and what was sure costs nothing"


@pytest.mark.parametrize("symbol", [0, 1])
def test_carries_run_through_any_number_of_bytes(symbol: int) -> None:
    """Always the last of the interval, then the first: the number is all ones until the very end."""
    bounds = list(shares(torch.tensor([[1.0, TOTAL - 3.0]], dtype=torch.float64).expand(300, -1)))
    symbols = [1] * 150 + [0] * 3 + [1] * 140 + [symbol] * 7
    there_and_back(symbols, bounds)
    half = list(shares(torch.ones(501, 2, dtype=torch.float64)))
    for tail in (0, 1):
        assert len(there_and_back([0] + [1] * 499 + [tail], half)) <= 64


def test_many_random_messages_of_random_lengths_come_back() -> None:
    generator = torch.Generator().manual_seed(1)
    for length in range(60):
        probabilities = torch.rand(length, 3, generator=generator, dtype=torch.float64).pow(8) + 1e-12
        there_and_back(torch.randint(3, (length,), generator=generator).tolist(), list(shares(probabilities)))


def test_nothing_at_all_is_an_empty_file() -> None:
    assert Writer().finish() == b""


def test_shares_fill_the_whole_and_leave_nobody_out() -> None:
    probabilities = torch.tensor([[0.0, 1e-300, 1.0, 0.3], [5.0, 5.0, 5.0, 5.0]], dtype=torch.float64)
    bounds = shares(probabilities)
    assert bounds[:, 0].tolist() == [0, 0] and bounds[:, -1].tolist() == [TOTAL, TOTAL]
    assert (bounds.diff(dim=-1) >= 1).all()
    assert bounds[1].diff().tolist() == [TOTAL // 4] * 4
    assert torch.equal(shares(probabilities[0]), bounds[0]), "a row by itself is cut as it is among others"


@pytest.mark.parametrize("wrong", [[math.nan, 1.0], [-0.1, 1.1], [0.0, 0.0], [math.inf, 1.0]])
def test_what_are_no_probabilities_is_refused(wrong: list[float]) -> None:
    with pytest.raises(ValueError, match="probabilities"):
        shares(torch.tensor(wrong, dtype=torch.float64))


def test_single_precision_is_refused() -> None:
    with pytest.raises(ValueError, match="float32"):
        shares(torch.ones(3))
