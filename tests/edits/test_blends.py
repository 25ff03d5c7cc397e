"""Laws of paths from A to B: their ends, what lies between, and when tokens flip."""

import pytest
import torch

from playground.core.codec import Codec
from playground.edits import blends
from playground.edits.blends import Ends, Way
from tests.conftest import VOICES, signals


@pytest.fixture
def ends(codec: Codec, config) -> Ends:
    a, b = signals(config).split(1)
    return blends.ends(codec, a, b)


def way(ends: Ends, **other: object) -> Way:
    grid, books = ends.latents[0].shape[2:], ends.codec.quantizer.num_codebooks
    cells = blends.at_random(tuple(grid), 1)
    usual = {
        "between": blends.straight,
        "when": blends.together(cells, books),
        "books": (1.0,) * books,
        "region": torch.ones(grid),
    }
    return Way(**usual | other)


CURVES = {"straight": blends.straight, "spherical": blends.spherical}
EACH_CURVE = pytest.mark.parametrize("curve", CURVES.values(), ids=CURVES)


@EACH_CURVE
def test_every_path_begins_at_a_and_ends_at_b(ends: Ends, curve) -> None:
    path = way(ends, between=curve)
    for share, end in ((0.0, 0), (1.0, 1)):
        assert torch.allclose(blends.signal_at(ends, path, share), ends.signals[end], atol=1e-6)
        assert torch.allclose(blends.latents_at(ends, path, share), ends.latents[end], atol=1e-4)
        assert torch.equal(blends.flipped_at(ends, path, share).indices, ends.tokens[end].indices)
    straight = blends.snapped_at(ends, way(ends), 0.0)
    assert torch.equal(straight.indices, ends.tokens[0].indices)


def test_half_way_is_the_mean(ends: Ends) -> None:
    middle = blends.latents_at(ends, way(ends), 0.5)
    assert torch.allclose(middle, sum(ends.latents) / 2, atol=1e-5)
    assert torch.allclose(blends.signal_at(ends, way(ends), 0.5), sum(ends.signals) / 2, atol=1e-6)


def test_on_the_arc_lengths_go_straight_and_directions_turn_evenly() -> None:
    generator = torch.Generator().manual_seed(0)
    a, b = torch.randn(2, 1, 8, 40, generator=generator).unbind(0)
    for share in (0.2, 0.5, 0.9):
        z = blends.spherical(a, b, share)
        assert torch.allclose(z.norm(dim=1), blends.straight(a.norm(dim=1), b.norm(dim=1), share), atol=1e-5)
        whole, part = (torch.cosine_similarity(a, other, dim=1).acos() for other in (b, z))
        assert torch.allclose(part, share * whole, atol=1e-3)


def test_where_there_is_no_one_arc_the_line_is_taken() -> None:
    a = torch.tensor([[[1.0, 1.0, 0.0, 2.0]], [[0.0, 0.0, 0.0, 0.0]]]).movedim(1, 0)  # (1, 2, 4)
    b = torch.stack([a[:, 0] * torch.tensor([3.0, -1.0, 1.0, 0.0]), a[:, 1]], 1)
    z = blends.spherical(a, b, 0.5)
    assert z.isfinite().all()
    assert torch.allclose(z, blends.straight(a, b, 0.5))


@pytest.mark.parametrize("order", ["random", "alike", "along", "outwards", "coarse"])
def test_tokens_flip_one_after_the_other_and_never_back(ends: Ends, order: str) -> None:
    grid, books = tuple(ends.latents[0].shape[2:]), ends.codec.quantizer.num_codebooks
    cells = {
        "random": lambda: blends.at_random(grid, 7),
        "alike": lambda: blends.alike_first(ends),
        "along": lambda: blends.along(grid),
        "outwards": lambda: blends.outwards(grid),
        "coarse": lambda: blends.at_random(grid, 7),
    }[order]()
    when = (blends.coarse_first if order == "coarse" else blends.together)(cells, books)
    assert when.shape == ends.tokens[0].indices.shape[1:]
    assert when.min() > 0 and when.max() < 1
    assert cells.unique().numel() == cells.numel(), "never two cells at once"
    a, b = (tokens.indices for tokens in ends.tokens)
    before = a
    for share in torch.linspace(0, 1, 9).tolist():
        now = blends.flipped_at(ends, way(ends, when=when), share).indices
        assert ((now == a) | (now == b)).all()
        assert ((now == before) | (now == b)).all()
        before = now


def test_orders_are_what_they_are_called(ends: Ends) -> None:
    grid = tuple(ends.latents[0].shape[2:])
    distance = (ends.codec.embed(ends.tokens[0]) - ends.codec.embed(ends.tokens[1])).norm(dim=1)[0]
    order = blends.alike_first(ends).flatten().argsort()
    assert (distance.flatten()[order].diff() >= 0).all()
    along = blends.along(grid)
    assert (along.diff(dim=-1) > 0).all()
    middle = tuple(length // 2 for length in grid)
    assert blends.outwards(grid)[middle] < blends.outwards(grid)[(0,) * len(grid)]
    coarse = blends.coarse_first(blends.at_random(grid, 1), 3)
    assert coarse[0].max() < coarse[1].min() and coarse[1].max() < coarse[2].min()
    assert torch.equal(blends.at_random(grid, 1), blends.at_random(grid, 1))
    assert not torch.equal(blends.at_random(grid, 1), blends.at_random(grid, 2))


def test_a_region_of_its_own_speed_runs_ahead_or_stays(ends: Ends) -> None:
    region = torch.ones(ends.latents[0].shape[2:])
    region[..., :2], region[..., -2:] = 0, 4
    path = way(ends, region=region)
    z = blends.latents_at(ends, path, 0.25)
    assert torch.allclose(z[..., :2], ends.latents[0][..., :2], atol=1e-5)
    assert torch.allclose(z[..., -2:], ends.latents[1][..., -2:], atol=1e-5)
    flipped = blends.flipped_at(ends, path, 0.25).indices
    assert torch.equal(flipped[..., :2], ends.tokens[0].indices[..., :2])
    assert torch.equal(flipped[..., -2:], ends.tokens[1].indices[..., -2:])


def test_a_share_for_every_cell_puts_all_of_the_path_into_one_signal(ends: Ends) -> None:
    share = blends.crossing(tuple(ends.latents[0].shape[2:]))
    z = blends.latents_at(ends, way(ends), share)
    for column, end in ((0, 0), (-1, 1)):
        near, far = ((z - latents)[..., column].norm() for latents in (ends.latents[end], ends.latents[1 - end]))
        assert near < 0.2 * far
    assert blends.signal_at(ends, way(ends), share).shape == ends.signals[0].shape


def test_codebooks_of_speed_0_stay_a(voice_codec: Codec) -> None:
    ends = blends.ends(voice_codec, *signals(VOICES).split(1))
    path = way(ends, books=(1.0, 0.0))
    tokens = blends.flipped_at(ends, path, 1.0).indices
    assert torch.equal(tokens[:, 0], ends.tokens[1].indices[:, 0])
    assert torch.equal(tokens[:, 1], ends.tokens[0].indices[:, 1])
    moved = blends.latents_at(ends, path, 1.0) - ends.latents[0]
    first = [voice_codec.embed(tokens.first(1)) for tokens in ends.tokens]
    assert torch.allclose(moved, first[1] - first[0], atol=1e-4)


def test_codebooks_of_one_speed_are_the_latents_themselves(voice_codec: Codec) -> None:
    ends = blends.ends(voice_codec, *signals(VOICES).split(1))
    nearly = way(ends, books=(1.0, 1.0 + 1e-9))  # goes the other way, by parts
    for share in (0.0, 0.3, 1.0):
        assert torch.allclose(
            blends.latents_at(ends, nearly, share), blends.latents_at(ends, way(ends), share), atol=1e-4
        )


def test_the_parts_of_latents_sum_to_them(voice_codec: Codec) -> None:
    latents = voice_codec.latents(signals(VOICES))
    parts = blends.parts(voice_codec, latents, voice_codec.encode(signals(VOICES)))
    assert len(parts) == 3
    assert torch.allclose(sum(parts), latents, atol=1e-5)


def test_letters_are_one_or_the_other(ends: Ends) -> None:
    a, b = ends.signals
    for share in (0.0, 0.4, 1.0):
        now = blends.letters_at(ends, way(ends), share)
        assert ((now == a) | (now == b)).all()
    assert torch.equal(blends.letters_at(ends, way(ends), 0.0), a)
    assert torch.equal(blends.letters_at(ends, way(ends), 1.0), b)
    when = blends.coarse_first(blends.along(tuple(ends.latents[0].shape[2:])), 3)
    half = blends.letters_at(ends, way(ends, when=when), 0.5)
    assert 0.2 < float((half == b).float().mean()) < 0.95, "not all of them with the first codebook"


def test_signals_of_two_sizes_have_no_path(codec: Codec, signal: torch.Tensor) -> None:
    with pytest.raises(ValueError, match="no path"):
        blends.ends(codec, signal[:1], signal[:1, ..., :-3])
