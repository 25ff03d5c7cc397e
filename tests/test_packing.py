"""Tokens as a file under a causal prior: nothing is lost, and the file is as small as the prior says."""

import gzip
import json
import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from typer.testing import CliRunner

from playground import makers, packing, zoo
from playground.commands import app
from playground.core.codec import Codec
from playground.core.errors import InputError
from playground.core.tokens import Tokens
from playground.media import packed
from playground.media.packed import Coding
from playground.priors import coding
from playground.priors.causal import Causal
from playground.priors.folder import build_prior
from playground.priors.prior import Sampling
from tests.conftest import PICTURES, signals
from tests.priors.conftest import prior_config, tiny_prior


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


def pack(tokens: Tokens, prior: Causal) -> bytes:
    return packing.pack(tokens, Coding.PRIOR, prior)


def code_bits(data: bytes) -> int:
    return 8 * len(packed.take_apart(data).body)


def test_what_the_prior_made_comes_back_and_takes_its_cross_entropy(prior: Causal) -> None:
    """Sixteen samples side by side on one grid, each a window."""
    *_, last = prior.sample(16, seed=3, sampling=Sampling(guidance=0))
    indices = last.tokens.indices.reshape(1, 4, 4, 3, 4).transpose(2, 3).reshape(1, 1, 12, 16)
    tokens = Tokens(indices, 16, (12 * prior.codec.stride, 16 * prior.codec.stride), prior.codec.name)
    data, bits = pack(tokens, prior), packing.prior_bits(prior, tokens)
    back = packing.unpack(data, prior)
    assert torch.equal(back.indices, indices) and back.size == tokens.size and back.codec == tokens.codec
    assert code_bits(data) == pytest.approx(bits, rel=0.01, abs=16)
    assert bits == pytest.approx(
        float(prior.bits(last.tokens.indices.flatten(1), coding.nothing(prior, 16)).sum()), rel=1e-3
    )
    assert bits < 0.9 * tokens.bits, "what it expects is cheap"


@pytest.mark.parametrize("grid", [(3, 4), (1, 1), (7, 9), (2, 11), (6, 3)])
def test_any_tokens_come_back_whatever_their_grid(prior: Causal, grid: tuple[int, int]) -> None:
    tokens = random_tokens(prior.codec, *grid)
    data = pack(tokens, prior)
    assert torch.equal(packing.unpack(data, prior).indices, tokens.indices)
    # What is all but impossible is cheaper than the prior says: nothing costs more than one part of 2 to the 24.
    assert code_bits(data) <= 1.01 * packing.prior_bits(prior, tokens) + 16


@pytest.mark.parametrize("books", [1, 2])
@pytest.mark.parametrize("length", [3, 5, 12])
def test_codebooks_beyond_the_priors_are_coded_by_their_counts(voice_codec: Codec, books: int, length: int) -> None:
    prior, tokens = sound_prior(voice_codec, books), random_tokens(voice_codec, length, books=2)
    data = pack(tokens, prior)
    assert torch.equal(packing.unpack(data, prior).indices, tokens.indices)
    assert code_bits(data) == pytest.approx(packing.prior_bits(prior, tokens), rel=0.01, abs=16)
    same = tokens.with_indices(tokens.indices.clone())
    same.indices[:, 1] = 7
    less = [packing.prior_bits(prior, each) for each in (tokens, same)]
    assert books == 2 or less[1] < less[0], "what is always the same costs less by its counts"


def test_what_is_only_thought_is_not_paid_for(prior: Causal) -> None:
    """A window of one row costs what its row costs: the prior goes in reading order."""
    tokens = random_tokens(prior.codec, 1, 4)
    logits = prior.logits(tokens.indices.flatten(1).repeat(1, 3), coding.nothing(prior, 1)).double().log_softmax(-1)
    row = -logits[:, :4].gather(2, tokens.indices.flatten(1)[:, :, None]).sum() / torch.tensor(2.0).log()
    assert packing.prior_bits(prior, tokens) == pytest.approx(float(row), rel=1e-4)


def test_windows_cover_every_cell_once(prior: Causal) -> None:
    cells = torch.arange(7 * 9).reshape(1, 7, 9)
    windows, real = coding.cut(cells, prior)
    assert windows.shape == (9, 12) and sorted(windows[real].tolist()) == list(range(63))
    assert windows[-1].tolist() == [62] * 12, "one cell that goes on with itself"


def test_a_sample_takes_five_bytes_beside_its_code_and_another_size_at_most_eight(prior: Causal) -> None:
    """Without the size that the prior makes anyway."""
    for grid, least in (((3, 4), 5), ((1, 1), 7), ((7, 9), 7)):
        tokens = random_tokens(prior.codec, *grid)
        size = tuple(prior.codec.stride * length for length in grid)
        data = pack(Tokens(tokens.indices, 16, size, tokens.codec), prior)
        assert len(data) - len(packed.take_apart(data).body) == least
        assert packing.unpack(data, prior).size == size


def test_a_file_is_refused_by_the_same_prior_with_other_weights(prior: Causal) -> None:
    data = pack(random_tokens(prior.codec, 3, 4), prior)
    next(prior.network.parameters()).mul_(1.001)
    with pytest.raises(InputError, match="another one than it was packed with"):
        packing.unpack(data, prior)


def test_every_bit_turned_over_and_every_truncation_is_refused(prior: Causal) -> None:
    data = pack(random_tokens(prior.codec, 3, 4), prior)
    number = int.from_bytes(data, "big")
    altered = [(number ^ 1 << bit).to_bytes(len(data), "big") for bit in range(8 * len(data))]
    for wrong in altered + [data[:length] for length in range(len(data))] + [data + b"\0"]:
        with pytest.raises(InputError):
            packing.unpack(wrong, prior)


def test_bad_tokens_and_files_get_a_sentence(prior: Causal, voice_codec: Codec) -> None:
    tokens = random_tokens(prior.codec, 3, 4)
    pair = tokens.with_indices(tokens.indices.expand(2, -1, -1, -1))
    with pytest.raises(InputError, match="2 items"):
        pack(pair, prior)
    with pytest.raises(InputError, match="belong to"):
        pack(random_tokens(voice_codec, 5), prior)
    both = sound_prior(voice_codec, 2)
    one = random_tokens(voice_codec, 5)
    assert not packing.covers(both, one)
    with pytest.raises(InputError, match="2 codebooks"):
        pack(one, both)
    data = pack(random_tokens(voice_codec, 5, books=2), both)
    with pytest.raises(InputError, match="check sum"):  # of the same name
        packing.unpack(data, prior)
    prior.config = replace(prior.config, name="another")
    with pytest.raises(InputError, match="not packed under “another”"):
        packing.unpack(data, prior)
    with pytest.raises(InputError, match="up to 11 tokens"):
        packing.unpack(pack(tokens, prior), prior, most=11)


# --- with the codecs and priors there are -------------------------------------------------


WAYS = [Coding.RAW, Coding.ORDER_0, Coding.USAGE]


@pytest.fixture
def tokens(checkpoints: Path) -> Tokens:
    """Of the codec "tiny", whose codes are written to have been used some hundred times."""
    folder, codec = checkpoints / "tiny", zoo.load("tiny")
    counts = json.dumps({"counts": list(range(100, 116))})
    (folder / "codebook.json.gz").write_bytes(gzip.compress(counts.encode()))
    return codec.encode(signals(PICTURES)[:1])


@pytest.mark.parametrize("way", WAYS)
def test_the_codec_of_a_file_is_found(tokens: Tokens, way: Coding) -> None:
    back = packing.unpack(packing.pack(tokens, way))
    assert torch.equal(back.indices, tokens.indices)
    assert (back.codec, back.size, back.codebook_size) == ("tiny", tokens.size, 16)


def test_the_prior_of_a_file_is_found(tokens: Tokens, monkeypatch: pytest.MonkeyPatch) -> None:
    prior = tiny_prior("causal", zoo.load("tiny"))
    data = pack(tokens, prior)
    monkeypatch.setattr(makers, "names", lambda: ["some-other", prior.config.name])
    monkeypatch.setattr(makers, "load_prior", {prior.config.name: prior}.__getitem__)
    assert torch.equal(packing.unpack(data).indices, tokens.indices)
    monkeypatch.setattr(makers, "names", lambda: ["some-other"])
    with pytest.raises(InputError, match="prior that is not among these"):
        packing.unpack(data)


@pytest.mark.parametrize("suffix", [".cbp", ".CBP"])
def test_tokens_save_and_load_packed_files(tokens: Tokens, tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    tokens.save(path)
    assert path.stat().st_size == 7 + tokens.bits / 8
    assert torch.equal(Tokens.load(path).indices, tokens.indices)
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(InputError, match="check sum"):
        Tokens.load(path)
    path.write_bytes(bytes([1, 0, 0, 0, 32, 0, 0, 0, 32, 9, 9]))
    with pytest.raises(InputError, match="must be packed again"):
        Tokens.load(path)


@pytest.mark.parametrize("way", WAYS)
def test_no_codec_opens_the_file_of_another(
    tokens: Tokens, checkpoints: Path, way: Coding, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = packing.pack(tokens, way)
    (checkpoints / "tiny").rename(checkpoints / "else")
    zoo.use_folder(checkpoints)
    with pytest.raises(InputError, match="not among these: else"):
        packing.unpack(data)
    shutil.copytree(checkpoints / "else", checkpoints / "tiny")
    monkeypatch.setattr(packed, "identity", lambda name: packed.take_apart(data).identity)
    assert packing.unpack(data).codec == "tiny", "the check sum tells codecs of one identity apart"
    monkeypatch.setattr(packing, "_key", lambda *_: b"the same")
    with pytest.raises(InputError, match="say of which: else, tiny"):
        packing.unpack(packing.pack(tokens, way))


def test_uses_that_changed_are_not_those_it_was_packed_with(tokens: Tokens, checkpoints: Path) -> None:
    data = packing.pack(tokens, Coding.USAGE)
    path = checkpoints / "tiny" / "codebook.json.gz"
    path.write_bytes(gzip.compress(json.dumps({"counts": [7] * 16}).encode()))
    os.utime(path, ns=(1, 1))
    with pytest.raises(InputError, match="another one than it was packed with"):
        packing.unpack(data)


def test_the_smallest_way_is_found(tokens: Tokens) -> None:
    same = tokens.with_indices(torch.full_like(tokens.indices, 3))
    way, data = packing.smallest(same)
    assert way != Coding.RAW and len(data) == min(len(packing.pack(same, each)) for each in WAYS)
    prior = tiny_prior("causal", zoo.load("tiny"))
    *_, last = prior.sample(1, seed=3, sampling=Sampling(guidance=0))
    way, data = packing.smallest(last.tokens, prior)
    assert len(data) == min(len(packing.pack(last.tokens, each, prior)) for each in Coding)


def test_the_codecs_and_priors_that_ship_have_identities_of_their_own() -> None:
    names = [*zoo.names(), *makers.names()]
    assert len({packed.identity(name) for name in names}) == len(names)


def test_the_commands_pack_and_unpack(checkpoints: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    codec = zoo.load("tiny")
    prior = tiny_prior("causal", codec)
    monkeypatch.setattr(makers, "load_prior", {"tiny-causal": prior, "tiny-masked": object()}.__getitem__)
    monkeypatch.setattr(packing, "causal_priors", lambda: {"tiny": "tiny-causal"})
    tokens = codec.encode(signals(PICTURES)[:1])
    source, path, back = tmp_path / "a.json", tmp_path / "a.cbp", tmp_path / "b.json"
    monkeypatch.setattr(makers, "names", lambda: ["tiny-causal"])
    tokens.save(source)
    said = CliRunner().invoke(app, ["pack", str(source), "-o", str(path)])
    assert said.exit_code == 0 and f"{path.stat().st_size:,} bytes" in said.output
    for way in ("", "raw", "order-0", "prior"):
        chosen = ["--coding", way] if way else []
        assert CliRunner().invoke(app, ["pack", str(source), "-o", str(path), *chosen]).exit_code == 0
        for named in ([], ["--prior", "tiny-causal"] if way == "prior" else []):
            assert CliRunner().invoke(app, ["unpack", str(path), "-o", str(back), *named]).exit_code == 0
            assert torch.equal(Tokens.load(back).indices, tokens.indices)
    wrong = CliRunner().invoke(app, ["pack", str(source), "-o", str(path), "--prior", "tiny-masked"])
    assert isinstance(wrong.exception, InputError) and "only a causal prior" in str(wrong.exception)
    monkeypatch.setattr(packing, "causal_priors", dict)
    none = CliRunner().invoke(app, ["pack", str(source), "-o", str(path), "--coding", "prior"])
    assert isinstance(none.exception, InputError) and "no causal prior" in str(none.exception)
