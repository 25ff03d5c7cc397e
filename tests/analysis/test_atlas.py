import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import nn

from playground.analysis.atlas import ExemplarCollector, tiles, to_bytes
from playground.analysis.reference import survey
from playground.core.codec import Codec
from playground.core.tokens import Tokens


@pytest.fixture
def codec(picture_codec):
    """16 codes, stride 8."""
    return picture_codec


@pytest.fixture
def pictures():
    """(10, 3, 64, 64) in [−1, 1]: blobs, all different."""
    noise = torch.randn(10, 3, 16, 16, generator=torch.Generator().manual_seed(1))
    return F.interpolate(noise, size=(64, 64), mode="bilinear").tanh()


@pytest.fixture
def reference(codec, pictures):
    found = survey(codec, pictures.split(4), per_code=6, seed=3)
    assert found.usage.used >= 8, "with few codes in play the laws below say little"
    return found


def test_a_tile_is_any_inner_cell_of_a_large_picture_of_that_code(codec):
    found = tiles(codec, batch=5)
    assert found.shape == (16, 3, 8, 8)
    side = 2 * codec.reach + 6
    for code in (0, 7, 15):
        indices = torch.full((1, 1, side, side), code)
        picture = codec.decode(Tokens(indices, 16, (side * 8, side * 8))).clamp(-1, 1)
        for cell in (codec.reach, codec.reach + 3):
            inner = picture[0, :, cell * 8 : cell * 8 + 8, cell * 8 : cell * 8 + 8]
            torch.testing.assert_close(found[code], inner, atol=1e-5, rtol=0)


def test_the_border_would_have_shown(codec):
    """The law above tests nothing unless a smaller grid gives another tile."""
    small = codec.decode(Tokens(torch.zeros(1, 1, 1, 1, dtype=torch.int64), 16, (8, 8))).clamp(-1, 1)
    assert (small[0] - tiles(codec)[0]).abs().max() > 1e-3


def test_every_code_looks_different(codec):
    found = tiles(codec).flatten(1)
    assert torch.cdist(found, found).fill_diagonal_(torch.inf).min() > 1e-3


class TwoBooks(nn.Module):
    """The codec's quantizer and then, for what it leaves over, a second table."""

    num_codebooks = 2

    def __init__(self, first):
        super().__init__()
        self.first, self.codebook_size = first, first.codebook_size
        self.second = torch.randn(first.codebook_size, first.dim, generator=torch.Generator().manual_seed(5))

    def project(self, features):
        return features

    def nearest(self, latents):
        indices = self.first.nearest(latents)
        rest = (latents - self.first.lookup(indices)).movedim(1, -1)  # (B, h, w, D)
        return torch.cat([indices, (rest[..., None, :] - self.second).norm(dim=-1).argmin(-1)[:, None]], dim=1)

    def lookup(self, indices):
        latents = self.first.lookup(indices[:, :1])
        return latents if indices.shape[1] == 1 else latents + self.second[indices[:, 1]].movedim(-1, 1)


@pytest.fixture
def residual_codec(codec):
    return Codec(codec.encoder, TwoBooks(codec.quantizer), codec.decoder, name="residual", kind="image")


def test_the_tile_of_a_residual_code_stands_on_the_codes_before_it(codec, residual_codec):
    torch.testing.assert_close(tiles(residual_codec), tiles(codec))  # of the first codebook alone
    found = tiles(residual_codec, context=(3,))
    side = 2 * codec.reach + 1
    indices = torch.tensor([3, 11]).reshape(1, 2, 1, 1).expand(1, 2, side, side)
    middle = slice(codec.reach * 8, codec.reach * 8 + 8)
    whole = residual_codec.decode(Tokens(indices, 16, (side * 8, side * 8))).clamp(-1, 1)
    torch.testing.assert_close(found[11], whole[0, :, middle, middle])


def test_a_survey_looks_at_the_codebook_it_was_asked_for(residual_codec, pictures):
    indices = residual_codec.encode(pictures).indices
    for k in (0, 1):
        found = survey(residual_codec, [pictures], k=k)
        assert torch.equal(found.usage.counts, torch.bincount(indices[:, k].flatten(), minlength=16))
        exemplar = found.exemplars[int(found.usage.counts.argmax())][0]
        code = indices[exemplar.picture, k, exemplar.row, exemplar.column]
        assert code == found.usage.counts.argmax()


def test_an_exemplar_is_its_place_in_the_picture_and_encodes_to_its_code(codec, pictures, reference):
    pixels, indices = to_bytes(pictures), codec.encode(pictures).indices[:, 0]
    for code, chosen in enumerate(reference.exemplars):
        for exemplar in chosen:
            row, column = exemplar.row, exemplar.column
            assert indices[exemplar.picture, row, column] == code
            around = pixels[exemplar.picture, row * 8 - 8 : row * 8 + 16, column * 8 - 8 : column * 8 + 16]
            assert np.array_equal(exemplar.pixels, around) and around.shape == (24, 24, 3)


def test_there_are_as_many_exemplars_as_inner_cells_allow(codec, pictures, reference):
    inner = codec.encode(pictures).indices[:, 0, 1:-1, 1:-1]
    for code, chosen in enumerate(reference.exemplars):
        assert len(chosen) == min(6, int((inner == code).sum()))
        assert len({(e.picture, e.row, e.column) for e in chosen}) == len(chosen)


def test_exemplars_are_from_different_pictures_while_these_last(codec, pictures, reference):
    inner = codec.encode(pictures).indices[:, 0, 1:-1, 1:-1]
    for code, chosen in enumerate(reference.exemplars):
        with_code = int((inner == code).flatten(1).any(1).sum())
        different = min(with_code, len(chosen))
        assert len({e.picture for e in chosen[:different]}) == different  # and these come first


def test_pictures_are_chosen_alike(pictures):
    counts = torch.zeros(10)
    for seed in range(300):
        collector = ExemplarCollector(1, 8, per_code=3, seed=seed)
        for picture in pictures:
            collector.add(picture, torch.zeros(8, 8, dtype=torch.int64))
        for exemplar in collector.exemplars()[0]:
            counts[exemplar.picture] += 1
    assert counts.sum() == 900
    assert (counts - 90).abs().max() < 4 * (900 * 0.1 * 0.7) ** 0.5  # four standard deviations


def test_no_exemplar_is_taken_where_the_signal_was_padded(codec, pictures):
    reference = survey(codec, [pictures[:, :, :61, :43]])  # grid 8 × 6, of which 7 × 5 cells are all picture
    places = [(e.row, e.column) for chosen in reference.exemplars for e in chosen]
    assert max(row for row, _ in places) == 5 and max(column for _, column in places) == 3


@pytest.mark.parametrize("size", [8, 16])
def test_pictures_too_small_for_an_exemplar_are_still_counted(codec, pictures, size):
    reference = survey(codec, [pictures[:, :, :size, :size]])
    assert reference.usage.items == 10 and not any(reference.exemplars)


def test_the_same_seed_gives_the_same_exemplars_whatever_the_batches(codec, pictures, reference):
    again = survey(codec, [pictures], per_code=6, seed=3)
    other = survey(codec, [pictures], per_code=6, seed=4)

    def places(found):
        return [(e.picture, e.row, e.column) for chosen in found.exemplars for e in chosen]

    assert places(again) == places(reference) != places(other)


def test_bigrams_and_counts_equal_brute_force(codec, pictures, reference):
    indices = codec.encode(pictures).indices[:, 0].tolist()
    counts, right, below = [0] * 16, {}, {}
    for grid in indices:
        for i, row in enumerate(grid):
            for j, code in enumerate(row):
                counts[code] += 1
                if j + 1 < 8:
                    right.setdefault(code, {}).setdefault(row[j + 1], []).append(1)
                if i + 1 < 8:
                    below.setdefault(code, {}).setdefault(grid[i + 1][j], []).append(1)
    assert reference.usage.counts.tolist() == counts
    assert (reference.usage.items, reference.usage.tokens) == (10, 640)
    for found, expected in ((reference.right, right), (reference.below, below)):
        for code in range(16):
            pairs = [(other, len(times)) for other, times in expected.get(code, {}).items()]
            assert found.after(code, 16) == sorted(pairs, key=lambda pair: (-pair[1], pair[0]))
            assert found.after(code, 2) == found.after(code, 16)[:2]


def test_pictures_of_different_sizes_may_follow_each_other(codec, pictures):
    reference = survey(codec, [pictures[:3], pictures[3:, :, :32, :48]])
    assert reference.usage.tokens == 3 * 64 + 7 * 24


def test_no_pictures_are_refused(codec):
    with pytest.raises(ValueError, match="no signals"):
        survey(codec, [])


def test_bytes_are_rounded_and_clipped():
    signal = torch.tensor([-2.0, -1, 0.001, 1, 3]).expand(3, 1, 5)
    assert to_bytes(signal)[0, :, 0].tolist() == [0, 0, 128, 255, 255]
