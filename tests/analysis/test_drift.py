"""Round trips: what moves is counted, and what comes back is noticed."""

import torch

from playground.analysis.drift import drift
from playground.core.codec import Codec


def test_every_pass_is_one_more_round_trip(codec: Codec, signal: torch.Tensor) -> None:
    tokens = codec.encode(signal[:1])
    first = before = tokens.indices
    for number, trip in enumerate(drift(codec, signal[:1], 4, again=lambda x: x.clamp(-1, 1)), 1):
        tokens = codec.encode(codec.decode(tokens).clamp(-1, 1))
        assert trip.number == number
        assert torch.equal(trip.tokens.indices, tokens.indices)
        assert torch.equal(trip.moved, (tokens.indices != before)[0])
        assert torch.equal(trip.away, (tokens.indices != first)[0])
        assert torch.equal(trip.signal, codec.decode(tokens))
        before = tokens.indices


def test_a_fixed_point_ends_it(codec: Codec, signal: torch.Tensor) -> None:
    trips = list(drift(codec, signal[:1], 9, again=lambda x: signal[:1]))  # whoever reads, reads the original
    assert [trip.like for trip in trips] == [0]
    assert not trips[0].moved.any()


def test_a_circle_ends_it_too(codec: Codec, signal: torch.Tensor) -> None:
    turns = iter([signal[1:], signal[:1], signal[1:]])
    trips = list(drift(codec, signal[:1], 9, again=lambda x: next(turns)))
    assert [trip.like for trip in trips] == [None, 0]
    assert trips[1].moved.any() and not trips[1].away.any()
