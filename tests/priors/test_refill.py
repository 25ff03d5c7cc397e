"""Marked cells refilled by priors of a fixed window: what stays, what is filled, and what is refused."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import pytest
import torch
from torch import Tensor

from playground.core.codec import Codec
from playground.core.errors import InputError
from playground.core.tokens import Tokens
from playground.priors import refill as refilling
from playground.priors.prior import Given, Prior, PriorConfig, Step
from playground.priors.refill import at_random, highest, longer, refill, surprise
from playground.priors.windows import cover
from tests.conftest import VOICES, signals
from tests.priors.conftest import KINDS, last, prior_config, tiny_prior


@pytest.fixture
def tokens(picture_codec: Codec) -> Tokens:
    """7 × 9 cells, where the priors see 3 × 4."""
    stride = picture_codec.stride
    signal = torch.rand(1, 3, 7 * stride, 9 * stride, generator=torch.Generator().manual_seed(4)) * 2 - 1
    return picture_codec.encode(signal)


@pytest.fixture
def voice(voice_codec: Codec) -> Tokens:
    """One sound of two codebooks."""
    return voice_codec.encode(signals(VOICES, 1))


def some(tokens: Tokens, share: float = 0.4) -> Tensor:
    """(K, *grid): the same cells in all codebooks."""
    return at_random(tokens.grid, share, seed=2).expand(tokens.indices.shape[1:])


def only(kind: str, codec: Codec, code: int, *, grid: tuple[int, ...] = (1, 3, 4)) -> Prior:
    """A prior that knows but one answer."""
    prior = tiny_prior(kind, codec, grid=grid)
    prior.network.guess.weight.zero_()
    prior.network.guess.bias.zero_()
    prior.network.guess.bias[code :: codec.quantizer.codebook_size] = 60.0
    return prior


def test_given_cells_stay_and_all_others_are_filled_step_by_step(prior: Prior, tokens: Tokens) -> None:
    marked = some(tokens)
    steps = list(refill(prior, tokens, marked, n=3, seed=1))
    for step in steps:
        assert torch.equal(step.tokens.indices[:, ~marked], tokens.indices[:, ~marked].expand(3, -1))
        assert not (step.left & ~marked[0]).any()
        assert step.tokens.codec == tokens.codec and step.tokens.size == tokens.size
    assert [step.step for step in steps] == list(range(1, steps[-1].steps + 1))
    assert not steps[-1].left.any()
    open_cells = [int(step.left.sum()) for step in steps]
    assert open_cells == sorted(open_cells, reverse=True)


def test_one_seed_gives_one_answer_and_another_another(prior: Prior, tokens: Tokens) -> None:
    def made(seed: int, n: int = 2) -> Tensor:
        return last(refill(prior, tokens, some(tokens), n=n, seed=seed)).tokens.indices

    assert torch.equal(made(5), made(5))
    assert not torch.equal(made(5), made(6))
    assert torch.equal(made(5, n=1), made(5)[:1]), "a proposal does not depend on how many there are"
    assert not torch.equal(made(5)[0], made(5)[1])


@pytest.mark.parametrize("kind", ["causal", "masked"])
def test_a_prior_with_one_answer_gives_it(kind: str, picture_codec: Codec, tokens: Tokens) -> None:
    marked = some(tokens, 0.6)
    made = last(refill(only(kind, picture_codec, 11), tokens, marked)).tokens.indices
    assert (made[0][marked] == 11).all()


@pytest.mark.parametrize("kind", KINDS)
def test_a_grid_smaller_than_the_window_is_filled_too(kind: str, picture_codec: Codec, tokens: Tokens) -> None:
    small = Tokens(tokens.indices[..., :2, :3].contiguous(), tokens.codebook_size, (2 * 4, 3 * 4), tokens.codec)
    marked = torch.zeros(1, 2, 3, dtype=torch.bool)
    marked[0, 1] = True
    step = last(refill(tiny_prior(kind, picture_codec), small, marked, n=2))
    assert step.tokens.indices.shape == (2, 1, 2, 3) and not step.left.any()
    assert torch.equal(step.tokens.indices[:, ~marked], small.indices[:, ~marked].expand(2, -1))


@dataclass
class Witness:
    """A prior that fills everything with the last code, and remembers what it was given."""

    config: PriorConfig
    codec: Codec
    seen: list[Given] = field(default_factory=list)

    def sample(self, n: int, *, given: Given, **_) -> Iterator[Step]:
        self.seen.append(given)
        indices = torch.where(given.known, given.indices, self.config.codebook_size - 1)
        tokens = Tokens(indices, self.config.codebook_size, self.config.size, self.config.codec)
        certain = torch.ones(indices.shape)
        yield Step(1, 1, tokens, torch.ones_like(given.known), probability=certain, entropy=0 * certain)


def test_each_window_sees_what_earlier_ones_filled_and_nothing_of_what_is_still_open(
    picture_codec: Codec, tokens: Tokens
) -> None:
    witness = Witness(prior_config("masked", picture_codec), picture_codec)
    plain = tokens.with_indices(tokens.indices % 15)  # the last code is nowhere
    marked = torch.ones_like(tokens.indices[0], dtype=torch.bool)
    marked[0, 0, 0] = False
    looks = cover(marked[0], (3, 4), past=False)
    steps = list(refill(witness, plain, marked))
    filled = torch.zeros(tokens.grid, dtype=torch.bool)
    for look, given in zip(looks, witness.seen, strict=True):
        here = filled[look.window]
        assert torch.equal(given.known[0, 0], here | ~marked[0][look.window])
        assert (given.indices[0, 0][here] == 15).all()
        filled |= look.fills
    assert len(looks) > 4 and torch.equal(steps[-1].tokens.indices[0] == 15, marked)


@pytest.mark.parametrize("kind", ["causal", "masked"])
def test_codebooks_a_prior_does_not_know_say_as_little_as_they_can(
    kind: str, voice_codec: Codec, voice: Tokens
) -> None:
    prior = only(kind, voice_codec, 3, grid=(1, 8))
    marked = some(voice)
    made = last(refill(prior, voice, marked)).tokens.indices[0]
    assert (made[0][marked[0]] == 3).all()
    quiet = int(voice_codec.codebook(1).norm(dim=1).argmin())
    assert (made[1][marked[1]] == quiet).all()
    assert torch.equal(made[:, ~marked[0]], voice.indices[0][:, ~marked[0]])


def test_only_the_marked_codebook_changes(voice_codec: Codec, voice: Tokens) -> None:
    marked = some(voice).clone()
    marked[1] = False
    made = last(refill(tiny_prior("masked", voice_codec, grid=(2, 8)), voice, marked, seed=1)).tokens.indices
    assert torch.equal(made[:, 1], voice.indices[:, 1])
    assert torch.equal(made[0][~marked], voice.indices[0][~marked])


@pytest.mark.parametrize("kind", KINDS)
def test_all_cells_or_none_are_a_sentence(kind: str, picture_codec: Codec, tokens: Tokens) -> None:
    prior, everything = tiny_prior(kind, picture_codec), torch.ones_like(tokens.indices[0], dtype=torch.bool)
    with pytest.raises(InputError, match="nothing to go by"):
        next(refill(prior, tokens, everything))
    with pytest.raises(InputError, match="none are marked"):
        next(refill(prior, tokens, ~everything))


def test_tokens_of_another_codec_and_too_many_windows_are_a_sentence(
    picture_codec: Codec, tokens: Tokens, monkeypatch: pytest.MonkeyPatch
) -> None:
    prior = tiny_prior("masked", picture_codec)
    with pytest.raises(InputError, match="not of “other”"):
        next(refill(prior, replace(tokens, codec="other"), some(tokens)))
    monkeypatch.setattr(refilling, "MOST_LOOKS", 2)
    with pytest.raises(InputError, match="fewer cells"):
        next(refill(prior, tokens, some(tokens)))


@pytest.mark.parametrize("rest", [0, 3])
def test_longer_appends_cells_and_opens_what_was_filled_in_part(rest: int, voice_codec: Codec) -> None:
    stride = voice_codec.stride
    signal = signals(VOICES, 1)[..., : 12 * stride - rest]
    tokens = voice_codec.encode(signal)
    extended, opened = longer(voice_codec, tokens, 5)
    assert extended.grid == (17,) and extended.size == (17 * stride,)
    assert opened[0].nonzero()[:, 0].tolist() == list(range(11 if rest else 12, 17))
    assert torch.equal(extended.indices[0][~opened], tokens.indices[0][:, : 11 if rest else 12].flatten())
    assert voice_codec.decode(extended).shape[-1] == 17 * stride


@pytest.mark.parametrize("kind", ["causal", "masked"])
def test_the_surprising_cell_is_found(kind: str, picture_codec: Codec, tokens: Tokens) -> None:
    prior = only(kind, picture_codec, 11)
    prior.network.guess.bias[11] = 6.0
    odd = tokens.with_indices(torch.full_like(tokens.indices, 11))
    odd.indices[0, 0, 4, 5] = 2
    bits = surprise(prior, odd)
    assert bits.shape == tokens.grid and (bits >= 0).all()
    assert highest(bits, 0.001).nonzero().tolist() == [[4, 5]]
    assert torch.equal(bits, surprise(prior, odd))


def test_surprise_is_minus_log2_of_the_probability(picture_codec: Codec, tokens: Tokens) -> None:
    prior = only("masked", picture_codec, 11)
    prior.network.guess.bias.zero_()  # all 16 codes alike
    torch.testing.assert_close(surprise(prior, tokens), torch.full(tokens.grid, 4.0))


def test_a_flow_does_not_say_how_probable_a_token_is(flow: Prior, tokens: Tokens) -> None:
    with pytest.raises(InputError, match="how probable"):
        surprise(flow, tokens)


def test_a_share_of_cells_is_never_none_and_never_all() -> None:
    for share in (0.0, 0.05, 0.5, 0.95, 1.0):
        for grid in ((2,), (5, 7)):
            count = int(at_random(grid, share, seed=0).sum())
            assert 1 <= count < torch.Size(grid).numel()
    assert torch.equal(at_random((6, 6), 0.4, seed=3), at_random((6, 6), 0.4, seed=3))
    assert int(at_random((10, 10), 0.4, seed=3).sum()) == 40
