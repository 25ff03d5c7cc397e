"""Tokens as a file under a causal prior: nothing is lost, and the file is as small as the prior says."""

from pathlib import Path

import pytest
import torch
from torch import Tensor
from typer.testing import CliRunner

from playground import makers, packing, zoo
from playground.commands import app
from playground.core.codec import Codec
from playground.core.errors import InputError
from playground.core.tokens import Tokens
from playground.priors.causal import Causal
from playground.priors.folder import build_prior
from playground.priors.prior import Sampling
from tests.conftest import PICTURES, signals
from tests.priors.conftest import prior_config, tiny_prior

HEAD = {2: 9, 1: 5}  # bytes: a byte and 32 bits an axis


@pytest.fixture
def prior(picture_codec: Codec) -> Causal:
    """Of 3 × 4 cells."""
    return tiny_prior("causal", picture_codec)


def sound_prior(codec: Codec, books: int) -> Causal:
    """Of 5 cells of some of two codebooks."""
    torch.manual_seed(0)
    prior = build_prior(prior_config("causal", codec, grid=(books, 5)), codec)
    for parameter in prior.network.parameters():
        parameter.requires_grad_(False).normal_(std=0.5 / max(1, parameter[0].numel()) ** 0.5)
    prior.network.guess.weight.mul_(6)
    return prior


def random_tokens(codec: Codec, *grid: int, books: int = 1, seed: int = 0) -> Tokens:
    indices = torch.randint(16, (1, books, *grid), generator=torch.Generator().manual_seed(seed))
    return Tokens(indices, 16, tuple(codec.stride * length - 1 for length in grid), codec.name)


def code_bits(data: bytes, tokens: Tokens) -> int:
    return 8 * (len(data) - HEAD[len(tokens.size)])


def test_what_the_prior_made_comes_back_and_takes_its_cross_entropy(prior: Causal) -> None:
    """Sixteen samples side by side on one grid, each a window."""
    *_, last = prior.sample(16, seed=3, sampling=Sampling(guidance=0))
    indices = last.tokens.indices.reshape(1, 4, 4, 3, 4).transpose(2, 3).reshape(1, 1, 12, 16)
    tokens = Tokens(indices, 16, (12 * prior.codec.stride, 16 * prior.codec.stride), prior.codec.name)
    data, bits = packing.pack(tokens, prior), packing.prior_bits(prior, tokens)
    back = packing.unpack(data, prior)
    assert torch.equal(back.indices, indices) and back.size == tokens.size and back.codec == tokens.codec
    assert code_bits(data, tokens) == pytest.approx(bits, rel=0.01, abs=16)
    assert bits == pytest.approx(
        float(prior.bits(last.tokens.indices.flatten(1), packing._nothing(prior, 16)).sum()), rel=1e-3
    )
    assert bits < 0.9 * tokens.bits, "what it expects is cheap"


@pytest.mark.parametrize("grid", [(3, 4), (1, 1), (7, 9), (2, 11), (6, 3)])
def test_any_tokens_come_back_whatever_their_grid(prior: Causal, grid: tuple[int, int]) -> None:
    tokens = random_tokens(prior.codec, *grid)
    data = packing.pack(tokens, prior)
    assert torch.equal(packing.unpack(data, prior).indices, tokens.indices)
    # What is all but impossible is cheaper than the prior says: nothing costs more than one part of 2 to the 24.
    assert code_bits(data, tokens) <= 1.01 * packing.prior_bits(prior, tokens) + 16


@pytest.mark.parametrize("books", [1, 2])
@pytest.mark.parametrize("length", [3, 5, 12])
def test_codebooks_beyond_the_priors_are_coded_by_their_counts(voice_codec: Codec, books: int, length: int) -> None:
    prior, tokens = sound_prior(voice_codec, books), random_tokens(voice_codec, length, books=2)
    data = packing.pack(tokens, prior)
    assert torch.equal(packing.unpack(data, prior).indices, tokens.indices)
    assert code_bits(data, tokens) == pytest.approx(packing.prior_bits(prior, tokens), rel=0.01, abs=16)
    same = tokens.with_indices(tokens.indices.clone())
    same.indices[:, 1] = 7
    less = [packing.prior_bits(prior, each) for each in (tokens, same)]
    assert books == 2 or less[1] < less[0], "what is always the same costs less by its counts"


def test_what_is_only_thought_is_not_paid_for(prior: Causal) -> None:
    """A window of one row costs what its row costs: the prior goes in reading order."""
    tokens = random_tokens(prior.codec, 1, 4)
    logits = prior.logits(tokens.indices.flatten(1).repeat(1, 3), packing._nothing(prior, 1)).double().log_softmax(-1)
    row = -logits[:, :4].gather(2, tokens.indices.flatten(1)[:, :, None]).sum() / torch.tensor(2.0).log()
    assert packing.prior_bits(prior, tokens) == pytest.approx(float(row), rel=1e-4)


def test_windows_cover_every_cell_once(prior: Causal) -> None:
    cells = torch.arange(7 * 9).reshape(1, 7, 9)
    windows, real = packing._windows(cells, prior)
    assert windows.shape == (9, 12) and sorted(windows[real].tolist()) == list(range(63))
    assert windows[-1].tolist() == [62] * 12, "one cell that goes on with itself"


def test_codes_beyond_the_prior_may_be_known_beforehand(voice_codec: Codec) -> None:
    prior, tokens = sound_prior(voice_codec, 1), random_tokens(voice_codec, 12, books=2)
    known: list[Tensor] = [torch.zeros(16), 50 * torch.bincount(tokens.indices[0, 1], minlength=16)]
    assert packing.prior_bits(prior, tokens, known) < packing.prior_bits(prior, tokens)


def test_bad_tokens_and_files_get_a_sentence(prior: Causal, voice_codec: Codec) -> None:
    tokens = random_tokens(prior.codec, 3, 4)
    pair = tokens.with_indices(tokens.indices.expand(2, -1, -1, -1))
    with pytest.raises(InputError, match="2 items"):
        packing.pack(pair, prior)
    with pytest.raises(InputError, match="belong to"):
        packing.pack(random_tokens(voice_codec, 5), prior)
    both = sound_prior(voice_codec, 2)
    one = random_tokens(voice_codec, 5)
    assert not packing.covers(both, one)
    with pytest.raises(InputError, match="2 codebooks"):
        packing.pack(one, both)
    good = packing.pack(tokens, prior)
    for data in (b"", good[:4], b"\x00" + good[1:], b"\x09" + good[1:], b"\x01" + b"\xff" * 8, b"\x01" + b"\x00" * 8):
        with pytest.raises(InputError, match="packed with"):
            packing.unpack(data, prior)
    assert packing.unpack(good[:-1], prior).grid == (3, 4), "a damaged code is other tokens, not an error"


def test_the_commands_pack_and_unpack(checkpoints: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    codec = zoo.load("tiny")
    prior = tiny_prior("causal", codec)
    monkeypatch.setattr(makers, "load_prior", {"tiny-causal": prior, "tiny-masked": object()}.__getitem__)
    monkeypatch.setattr(packing, "causal_priors", lambda: {"tiny": "tiny-causal"})
    tokens = codec.encode(signals(PICTURES)[:1])
    source, packed, back = tmp_path / "a.json", tmp_path / "a.bin", tmp_path / "b.json"
    tokens.save(source)
    said = CliRunner().invoke(app, ["pack", str(source), "-o", str(packed)])
    assert said.exit_code == 0 and f"{packed.stat().st_size:,} bytes" in said.output
    assert CliRunner().invoke(app, ["unpack", str(packed), "-o", str(back), "--prior", "tiny-causal"]).exit_code == 0
    assert torch.equal(Tokens.load(back).indices, tokens.indices)
    wrong = CliRunner().invoke(app, ["pack", str(source), "-o", str(packed), "--prior", "tiny-masked"])
    assert isinstance(wrong.exception, InputError) and "only a causal prior" in str(wrong.exception)
    monkeypatch.setattr(packing, "causal_priors", dict)
    none = CliRunner().invoke(app, ["pack", str(source), "-o", str(packed)])
    assert isinstance(none.exception, InputError) and "no causal prior" in str(none.exception)
