import itertools

import pytest
import torch

from playground.analysis.rate import measure_rate
from playground.analysis.usage import Usage, count_codes, rarefaction
from playground.core.tokens import Tokens


def tokens_of(indices, codebook_size=8):
    indices = torch.as_tensor(indices)
    return Tokens(indices, codebook_size, (indices.shape[-2] * 8, indices.shape[-1] * 8))


def random_tokens(batch=3, codebooks=2, codebook_size=8):
    generator = torch.Generator().manual_seed(0)
    return tokens_of(torch.randint(codebook_size, (batch, codebooks, 5, 4), generator=generator), codebook_size)


def test_counts_are_those_of_a_loop():
    tokens = random_tokens()
    for k in (0, 1):
        usage = count_codes(tokens, k)
        assert usage.counts.tolist() == [int((tokens.indices[:, k] == code).sum()) for code in range(8)]
        assert (usage.tokens, usage.items) == (60, 3)


@pytest.mark.parametrize("k", [-1, 2])
def test_a_codebook_that_is_not_there_is_refused(k):
    with pytest.raises(ValueError, match=str(k)):
        count_codes(random_tokens(), k)


@pytest.mark.parametrize("codebook_size", [2, 16, 1000])
def test_uniform_use_has_perplexity_v(codebook_size):
    usage = Usage(torch.full((codebook_size,), 7), items=1)
    assert usage.perplexity == pytest.approx(codebook_size)
    assert usage.usage == 1 and len(usage.unused_codes) == 0


def test_one_code_alone_has_perplexity_1_and_0_bits():
    usage = Usage(torch.tensor([0, 0, 9, 0]), items=2)
    assert usage.perplexity == 1 and str(usage.entropy_bits) == "0.0"
    assert usage.used == 1 and usage.usage == 0.25
    assert usage.unused_codes.tolist() == [0, 1, 3]


def test_entropy_is_that_of_the_textbook():
    assert Usage(torch.tensor([4, 2, 1, 1]), items=1).entropy_bits == pytest.approx(1.75)


def test_no_tokens_have_no_usage():
    with pytest.raises(ValueError, match="no tokens"):
        Usage(torch.zeros(4, dtype=torch.int64), items=0)


def test_rarefaction_is_the_mean_over_all_samples():
    counts = torch.tensor([3, 0, 2, 1])
    letters = [code for code, count in enumerate(counts.tolist()) for _ in range(count)]
    for n, expected in enumerate(rarefaction(Usage(counts, items=1), list(range(7)))):
        draws = [len(set(draw)) for draw in itertools.combinations(letters, n)]
        assert expected == pytest.approx(sum(draws) / len(draws), abs=1e-9)
    with pytest.raises(ValueError, match="7"):
        rarefaction(Usage(counts, items=1), [7])


def test_rate_counts_every_index_with_log2_v_bits():
    rate = measure_rate(random_tokens())
    assert rate.bits == 2 * 20 * 3
    assert rate.rate_bpp == rate.bits / (40 * 32)


def test_coded_bits_never_exceed_fixed_ones_and_agree_with_the_entropy():
    tokens = random_tokens()
    rate = measure_rate(tokens)
    assert 0 < rate.coded_bits <= rate.bits
    assert rate.coded_bits == pytest.approx(20 * sum(count_codes(tokens, k).entropy_bits for k in (0, 1)))
    assert rate.coded_rate_bpp == rate.coded_bits / (40 * 32)


def test_a_picture_of_one_code_costs_no_coded_bits():
    assert measure_rate(tokens_of(torch.full((1, 1, 4, 4), 3))).coded_bits == 0
