"""Edits of whole codebooks leave the other codebooks as they are."""

import pytest
import torch

from playground.core.codec import Codec
from playground.core.errors import InputError
from playground.core.tokens import Tokens
from playground.edits import codebooks

V, K = 16, 3


def make(*grid: int, seed: int = 0, codec: str = "tiny", count: int = K) -> Tokens:
    indices = torch.randint(V, (1, count, *grid), generator=torch.Generator().manual_seed(seed))
    return Tokens(indices, V, tuple(8 * length for length in grid), codec)


@pytest.mark.parametrize("grid", [(9,), (4, 5)])
def test_a_dropped_codebook_says_its_mean_code_and_the_others_what_they_said(grid: tuple[int, ...]) -> None:
    tokens = make(*grid)
    dropped = codebooks.drop(tokens, {0: 5, 2: 7}).indices
    assert (dropped[:, 0] == 5).all() and (dropped[:, 2] == 7).all()
    assert torch.equal(dropped[:, 1], tokens.indices[:, 1])
    assert torch.equal(codebooks.drop(tokens, {}).indices, tokens.indices)


def test_a_codebook_is_dropped_where_told() -> None:
    tokens, cells = make(9), torch.arange(9) > 5
    dropped = codebooks.drop(tokens, {1: 3}, cells=cells).indices
    assert (dropped[:, 1, cells] == 3).all()
    assert torch.equal(dropped[..., ~cells], tokens.indices[..., ~cells])


@pytest.mark.parametrize("m", range(K + 1))
@pytest.mark.parametrize(("first", "second"), [((9,), (12,)), ((12,), (9,)), ((7,), (7,)), ((3, 6), (5, 4))])
def test_a_graft_takes_the_first_from_one_and_the_rest_from_the_other(first: tuple, second: tuple, m: int) -> None:
    a, b = make(*first), make(*second, seed=1)
    grafted = codebooks.graft(a, b, m)
    both = tuple(map(min, first, second))
    assert (grafted.grid, grafted.size) == (both, tuple(8 * length for length in both))
    part = tuple(slice(0, length) for length in both)
    assert torch.equal(grafted.indices[:, :m], a.indices[(..., *part)][:, :m])
    assert torch.equal(grafted.indices[:, m:], b.indices[(..., *part)][:, m:])


def test_a_graft_upon_itself_changes_nothing() -> None:
    tokens = make(9)
    for m in range(K + 1):
        assert torch.equal(codebooks.graft(tokens, tokens, m).indices, tokens.indices)


def test_a_graft_of_two_lengths_is_decoded(voice_codec: Codec) -> None:
    a, b = (voice_codec.encode(torch.randn(1, 1, length)) for length in (45, 61))
    grafted = codebooks.graft(b, a, 1)
    assert voice_codec.decode(grafted).shape == (1, 1, 45)


@pytest.mark.parametrize("other", [make(9, codec="another"), make(9, count=2), make(4, 5)])
def test_codecs_are_not_mixed(other: Tokens) -> None:
    with pytest.raises(InputError, match="same codec"):
        codebooks.graft(make(9), other, 1)


def test_what_only_a_programmer_can_mend_is_a_value_error() -> None:
    tokens = make(9)
    for edit in (
        lambda: codebooks.graft(tokens, tokens, -1),
        lambda: codebooks.graft(tokens, tokens, K + 1),
        lambda: codebooks.drop(tokens, {K: 0}),
        lambda: codebooks.drop(tokens, {-1: 0}),
        lambda: codebooks.drop(tokens, {0: 0}, cells=torch.ones(9)),
    ):
        with pytest.raises(ValueError) as error:
            edit()
        assert not isinstance(error.value, InputError)
