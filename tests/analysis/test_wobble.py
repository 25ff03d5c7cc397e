"""Noise on the latents flips tokens, the unsure ones first."""

import torch

from playground.analysis import geometry
from playground.analysis.wobble import agreement, wobble
from playground.core.codec import Codec


def test_without_noise_nothing_flips_and_with_more_noise_more_does(codec: Codec, signal: torch.Tensor) -> None:
    latents, size = codec.latents(signal[:1]), tuple(signal.shape[2:])
    shares = []
    for sigma in (0.0, 0.05, 0.5, 4.0):
        found = wobble(codec, latents, size, sigma, trials=6, seed=1)
        assert found.flipped.shape == found.tokens.indices.shape[1:]
        assert found.flipped.min() >= 0 and found.flipped.max() <= 1
        shares.append(float(found.flipped.mean()))
    assert shares[0] == 0 and shares == sorted(shares)
    assert torch.equal(
        wobble(codec, latents, size, 0.0, trials=1, seed=1).tokens.indices, codec.encode(signal[:1]).indices
    )


def test_the_same_seed_makes_the_same_noise(codec: Codec, signal: torch.Tensor) -> None:
    latents, size = codec.latents(signal[:1]), tuple(signal.shape[2:])
    once, again = (wobble(codec, latents, size, 0.5, trials=3, seed=4).flipped for _ in range(2))
    assert torch.equal(once, again)


def test_small_margins_flip_first(picture_codec: Codec) -> None:
    latents = picture_codec.latents(torch.rand(1, 3, 64, 64, generator=torch.Generator().manual_seed(2)) * 2 - 1)
    found = wobble(picture_codec, latents, (64, 64), 0.1, trials=16, seed=1)
    margins = geometry.margins(latents, picture_codec.codebook())
    assert agreement(found.flipped[0], margins[0]) < -0.4


def test_agreement_of_what_does_not_differ_is_0() -> None:
    assert agreement(torch.zeros(4, 4), torch.rand(4, 4)) == 0
    assert agreement(torch.arange(9.0), -torch.arange(9.0)) == -1
