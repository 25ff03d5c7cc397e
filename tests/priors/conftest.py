"""Tiny priors: random, but with opinions."""

import pytest
import torch

from playground.core.codec import Codec
from playground.models.dit import TrunkConfig
from playground.priors.folder import build_prior, fingerprint
from playground.priors.labels import Vocabulary
from playground.priors.prior import Prior, PriorConfig

ITEMS = [("round", "fruit", "red apple"), ("round", "fruit", "green apple"), ("long", "tool", "red hammer")]
KINDS = ("causal", "masked", "flow")


def prior_config(kind: str, codec: Codec, *, grid: tuple[int, ...] = (1, 3, 4)) -> PriorConfig:
    return PriorConfig(
        name=f"tiny-{kind}",
        kind=kind,
        codec=codec.name,
        codes=fingerprint(codec),
        codebook_size=codec.quantizer.codebook_size,
        dim=codec.codebook().shape[1],
        stride=codec.stride,
        trunk=TrunkConfig(grid=grid, width=16, depth=2, head=8),
        vocabulary=Vocabulary.of(ITEMS),
    )


def tiny_prior(kind: str, codec: Codec, *, seed: int = 0, grid: tuple[int, ...] = (1, 3, 4)) -> Prior:
    """A prior whose every layer does something: a fresh one has zeros in many, and says the same of everything."""
    torch.manual_seed(seed)
    prior = build_prior(prior_config(kind, codec, grid=grid), codec)
    for parameter in prior.network.parameters():
        parameter.requires_grad_(False)
        parameter.normal_(std=0.5 / max(1, parameter[0].numel()) ** 0.5)
    if kind == "flow":
        prior.settle(torch.arange(prior.config.codebook_size)[:, None].expand(-1, prior.config.trunk.length))
        prior.network.leave.weight.mul_(6)
    else:
        prior.network.guess.weight.mul_(6)
    return prior


@pytest.fixture(params=KINDS)
def prior(request: pytest.FixtureRequest, picture_codec: Codec) -> Prior:
    """A tiny prior of each kind, of 3 × 4 tokens."""
    return tiny_prior(request.param, picture_codec)


@pytest.fixture
def causal(picture_codec: Codec) -> Prior:
    return tiny_prior("causal", picture_codec)


@pytest.fixture
def masked(picture_codec: Codec) -> Prior:
    return tiny_prior("masked", picture_codec)


@pytest.fixture
def flow(picture_codec: Codec) -> Prior:
    return tiny_prior("flow", picture_codec)


def last(steps):
    """The result: the last of the pictures."""
    return list(steps)[-1]
