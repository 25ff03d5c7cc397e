"""Laws of the value in the middle: what tokens are, and that they come back from a file as they went."""

from pathlib import Path

import numpy as np
import pytest
import torch

from playground.core.errors import InputError
from playground.core.tokens import Tokens
from playground.media import token_files

SUFFIXES = [".json", ".npz"]


def some_tokens(seed: int = 0) -> Tokens:
    """Random indices: any batch, codebooks, grid of one to three axes and codebook size."""
    chance = np.random.default_rng(seed)
    grid = tuple(int(n) for n in chance.integers(1, 7, chance.integers(1, 4)))
    shape = (int(chance.integers(1, 3)), int(chance.integers(1, 5)), *grid)
    codebook_size = int(chance.choice([1, 2, 1000, 1024, 2**16, 2**16 + 1, 2**24]))
    indices = torch.from_numpy(chance.integers(0, codebook_size, shape))
    indices.view(-1)[0] = codebook_size - 1
    codec = str(chance.choice(["", "image-vq", "my “own” codec {1}", "编码"]))
    return Tokens(indices, codebook_size, tuple(8 * n - int(chance.integers(8)) for n in grid), codec)


def assert_same(a: Tokens, b: Tokens) -> None:
    assert a.indices.dtype == torch.int64
    assert torch.equal(a.indices, b.indices)
    assert (a.codebook_size, a.size, a.codec) == (b.codebook_size, b.size, b.codec)


@pytest.mark.parametrize("write", [token_files.to_json, token_files.to_npz])
def test_import_undoes_export_500_times_of_500(write) -> None:
    for seed in range(500):
        tokens = some_tokens(seed)
        data = write(tokens)
        assert_same(token_files.from_bytes(data.encode() if isinstance(data, str) else data), tokens)


@pytest.mark.parametrize("name", ["a.json", "a.npz", "A.JSON", "A.NPZ", "name.with.dots.npz"])
def test_load_undoes_save(tmp_path: Path, name: str) -> None:
    some_tokens().save(tmp_path / name)
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert_same(Tokens.load(tmp_path / name), some_tokens())
    assert_same(Tokens.load(str(tmp_path / name)), some_tokens())


def test_a_file_is_known_by_its_bytes_whatever_it_is_called(tmp_path: Path) -> None:
    some_tokens().save(tmp_path / "a.npz")
    (tmp_path / "a.npz").rename(tmp_path / "a.json")
    assert_same(Tokens.load(tmp_path / "a.json"), some_tokens())


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_view_of_other_tokens_is_saved_as_what_it_shows(tmp_path: Path, suffix: str) -> None:
    grid = torch.arange(2 * 3 * 4).reshape(1, 2, 3, 4)
    turned = Tokens(grid.transpose(2, 3)[..., ::2], 24, (32, 16))
    turned.save(tmp_path / f"a{suffix}")
    assert_same(Tokens.load(tmp_path / f"a{suffix}"), turned)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_whatever_is_saved_can_be_loaded(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    indices = torch.full((1, 1, token_files.LARGEST_GRID), 2**24 - 1)
    Tokens(indices, 2**24, (token_files.LARGEST_GRID,)).save(path)
    assert torch.equal(Tokens.load(path).indices, indices)
    with pytest.raises(InputError, match="up to 1048576 tokens; these are 1048577"):
        Tokens(torch.zeros(1, 1, token_files.LARGEST_GRID + 1, dtype=torch.int64), 2, (9,)).save(path)


def test_where_nothing_can_be_written_a_sentence_says_so(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"“a.png”"):
        some_tokens().save(tmp_path / "a.png")
    with pytest.raises(InputError, match=r"“a.json” cannot be written: No such file"):
        some_tokens().save(tmp_path / "missing" / "a.json")


@pytest.mark.parametrize(
    "indices, size",
    [
        (torch.zeros(1, 1, 2, 2), (16, 16)),
        (torch.zeros(1, 1, 2, 2, dtype=torch.int32), (16, 16)),
        (torch.zeros(1, 1, 4, dtype=torch.int64), (16, 16)),
        (torch.zeros(1, 1, 0, 2, dtype=torch.int64), (16, 16)),
        (torch.full((1, 1, 2, 2), -1), (16, 16)),
        (torch.full((1, 1, 2, 2), 16), (16, 16)),
    ],
)
def test_tokens_that_cannot_be_are_refused(indices: torch.Tensor, size: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"int64|fit|no tokens|outside"):
        Tokens(indices, 16, size)


def test_the_first_codebooks_are_tokens_too() -> None:
    tokens = Tokens(torch.arange(24).reshape(1, 4, 2, 3), 32, (16, 24), "rvq")
    for k in range(1, 5):
        assert_same(tokens.first(k), Tokens(tokens.indices[:, :k], 32, (16, 24), "rvq"))
        assert tokens.first(k).bits == k * 6 * 5
    assert (tokens.num_codebooks, tokens.grid) == (4, (2, 3))
    for k in (0, 5, -1):
        with pytest.raises(ValueError, match=str(k)):
            tokens.first(k)


def test_an_edit_makes_other_tokens() -> None:
    tokens = some_tokens()
    other = tokens.with_indices(torch.zeros_like(tokens.indices))
    assert_same(tokens, some_tokens())
    assert other.indices.sum() == 0
    assert (other.size, other.codec) == (tokens.size, tokens.codec)
