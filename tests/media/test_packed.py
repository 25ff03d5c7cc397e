"""The packed file: what goes in comes out, in as few bytes as promised, and what is altered is refused."""

import hashlib

import numpy as np
import pytest

from playground.core.errors import InputError
from playground.media import packed
from playground.media.arithmetic import Reader
from playground.media.packed import Coding

KEY = b"codec 1000 8 8 "
SHAPES = [((32, 32), 1, 1), ((256, 256), 8, 8), ((1, 1), 1, 1), ((7, 300), 2, 8), ((300, 7), 8, 8), ((480_000,), 8, 8)]


def sealed(size: int = 1000, count: int = 20, coding: Coding = Coding.RAW, *, seed: int = 0) -> bytes:
    codes = np.random.default_rng(seed).integers(0, size, (1, count))
    body = packed.raw_body(codes[0].tolist(), size) if coding == Coding.RAW else packed.order_0_body(codes, size)
    return packed.seal(coding, "codec", KEY, packed.shape_number((8, 8 * count), 1, 8), body)


def is_refused(data: bytes) -> bool:
    try:
        return not packed.take_apart(data).is_whole(KEY)
    except InputError:
        return True


@pytest.mark.parametrize(("size", "codebooks", "most"), SHAPES)
def test_shapes_come_back(size: tuple[int, ...], codebooks: int, most: int) -> None:
    number = packed.shape_number(size, codebooks, most)
    assert packed.shape_of(number, len(size), most) == (size, codebooks)


def test_shapes_are_numbered_without_a_gap() -> None:
    sizes = [(height, width) for height in range(1, 9) for width in range(1, 9)]
    assert sorted(packed.shape_number(size, k, 2) for size in sizes for k in (1, 2)) == list(range(128))


@pytest.mark.parametrize("size", [1, 2, 5, 1000, 1024, 2**16, 2**24])
@pytest.mark.parametrize("count", [1, 7, 129, 3000])
def test_raw_bodies_come_back_and_take_the_bits_of_their_tokens(size: int, count: int) -> None:
    codes = np.random.default_rng(count).integers(0, size, count).tolist()
    body = packed.raw_body(codes, size)
    assert packed.raw_codes(body, count, size) == codes
    assert len(body) == packed.raw_bytes(count, size) == int(np.ceil(count * np.log2(size) / 8))
    for other in (body + b"\0", body[1:] if body else b"x"):
        with pytest.raises(InputError, match="body"):
            packed.raw_codes(other, count, size)


def test_more_than_a_block_comes_back() -> None:
    codes = np.random.default_rng(1).integers(0, 1000, packed.BLOCK + 9).tolist()
    assert packed.raw_codes(packed.raw_body(codes, 1000), len(codes), 1000) == codes


def test_digits_beyond_the_base_are_refused() -> None:
    with pytest.raises(InputError, match="body"):
        packed.raw_codes(b"\xff\xff", 1, 1000 * 50)


@pytest.mark.parametrize("uses", [None, [[0, 0, 900, 3, 1], [1, 1, 1, 1, 1]], [[2**40, 0, 0, 1, 0], [0] * 5]])
def test_order_0_bodies_come_back(uses: list[list[int]] | None) -> None:
    codes = np.random.default_rng(2).integers(0, 5, (2, 300))
    body = packed.order_0_body(codes, 5, uses)
    assert np.array_equal(packed.take_order_0(Reader(body), (2, 300), 5, uses), codes)


def test_what_is_always_the_same_takes_next_to_nothing() -> None:
    assert len(packed.order_0_body(np.full((1, 1000), 7), 1024)) < 0.5 * packed.raw_bytes(1000, 1024)


@pytest.mark.parametrize(("size", "codebooks", "most"), SHAPES)
def test_the_overhead_is_at_most_8_bytes_below_1000_and_16_above(size, codebooks: int, most: int) -> None:
    number = packed.shape_number(size, codebooks, most)
    for body in (0, 1, 990, 991, 992, 993, 994, 995, 2000, 100_000):
        data = packed.seal(Coding.ORDER_0, "x", KEY, number, bytes(body))
        assert len(data) == packed.file_bytes(number, body)
        assert len(data) - body <= (8 if len(data) < 1000 else 16)
        assert packed.take_apart(data).body == bytes(body) and not is_refused(data)
    assert packed.file_bytes(None, 20) == 25


def test_a_file_says_what_it_is() -> None:
    parts = packed.take_apart(sealed(coding=Coding.ORDER_0))
    assert (parts.coding, parts.identity) == (Coding.ORDER_0, packed.identity("codec"))
    assert parts.identity == int.from_bytes(hashlib.sha256(b"codec").digest()[:2], "big")
    assert parts.shape == packed.shape_number((8, 160), 1, 8)
    assert parts.is_whole(KEY) and not parts.is_whole(b"another codec")


@pytest.mark.parametrize("coding", [Coding.RAW, Coding.ORDER_0])
@pytest.mark.parametrize("count", [1, 20, 120, 900])  # the last with a check sum of 32 bits
def test_every_single_bit_that_is_turned_over_is_refused(coding: Coding, count: int) -> None:
    data = sealed(count=count, coding=coding)
    assert not is_refused(data)
    number = int.from_bytes(data, "big")
    for bit in range(8 * len(data)):
        assert is_refused((number ^ 1 << bit).to_bytes(len(data), "big")), f"bit {bit}"


@pytest.mark.parametrize("coding", [Coding.RAW, Coding.ORDER_0])
@pytest.mark.parametrize("count", [1, 20, 120, 900])
def test_every_truncation_is_refused(coding: Coding, count: int) -> None:
    data = sealed(count=count, coding=coding)
    assert all(is_refused(data[:length]) for length in range(len(data)))
    assert all(is_refused(data[start:]) for start in range(1, len(data)))
    assert all(is_refused(data + bytes(more)) for more in range(1, 2000))


def test_what_is_altered_anyhow_is_refused_but_for_one_in_65536() -> None:
    """Some bytes of a file replaced at random, 200,000 times, where 3 would be expected to pass."""
    chance, data = np.random.default_rng(4), np.frombuffer(sealed(count=12), np.uint8)
    passed = 0
    for _ in range(200_000):
        altered = data.copy()
        begin = int(chance.integers(1, len(data) - 3))
        altered[begin : begin + 4] = chance.integers(0, 256, 4)
        passed += bool((altered != data).any()) and not is_refused(altered.tobytes())
    assert passed <= 9  # chance of more, at 2 to the minus 16 each: below one in 1,000


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "cut short"),
        (b"\xc1", "cut short"),
        (b"\x01\x00\x00\x00\x20", "before its files had a"),
        (b"\xe1", "version 1"),
    ],
)
def test_what_is_no_packed_file_gets_a_sentence(data: bytes, said: str) -> None:
    with pytest.raises(InputError, match=said):
        packed.take_apart(data)
