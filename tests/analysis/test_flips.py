"""Flips along a path: replayed, they give the tokens at every place of it."""

import torch

from playground.analysis.flips import find_flips
from playground.core.codec import Codec


def test_flips_replayed_give_the_tokens_of_every_place(codec: Codec, signal: torch.Tensor) -> None:
    a, b = codec.latents(signal).split(1)
    path = [a + share * (b - a) for share in torch.linspace(0, 1, 12)]
    size = tuple(signal.shape[2:])
    flips = find_flips(codec, path, size)
    now = codec.snap(a, size).indices[0].flatten(1).clone()
    for place, latents in enumerate(path):
        here = flips.steps == place
        now[flips.levels[here], flips.cells[here]] = flips.codes[here]
        assert torch.equal(now, codec.snap(latents, size).indices[0].flatten(1))
    assert (flips.steps.diff() >= 0).all() and flips.steps.min() >= 1
    assert flips.far.shape == (12,)
    error = (b - codec.embed(codec.snap(b, size))).norm(dim=1).mean()
    assert torch.isclose(flips.far[-1], error, atol=1e-4)


def test_a_path_that_stays_has_none(codec: Codec, signal: torch.Tensor) -> None:
    latents = codec.latents(signal[:1])
    flips = find_flips(codec, [latents] * 3, tuple(signal.shape[2:]))
    assert flips.steps.numel() == flips.codes.numel() == 0
