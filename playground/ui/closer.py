"""What the Generate page asks of one cell, of one picture's way into noise and back, and of how new a sample is."""

from collections.abc import Iterator
from functools import lru_cache
from math import prod

import numpy as np
import torch
from torch import Tensor

from .. import makers, seen, zoo
from ..analysis.nearness import nearest_pictures
from ..core.errors import InputError
from ..core.tokens import Tokens
from ..media.modalities import IMAGE
from ..priors.flow import Flow
from ..priors.network import entropy_bits, narrowed
from ..priors.prior import Prior, in_rows
from ..priors.request import Request
from ..view.latents import latent_colours
from . import calls, generate, steps, wire

MOST_LISTED = 24  # codes in the list of a cell
NOISES = 20  # pieces of the way into noise
SHOWN = 10  # training pictures that can be taken for an input
NEIGHBOURS = 3


def probabilities(message: dict) -> dict:
    """What a prior would put into one cell: {prior, indices, known, cell, wanted, temperature, …} → its list.

    Gives {codes, probabilities: falling, entropy: bits, possible: how many codes there are to choose from}. The
    masked prior sees all other known cells, the causal one those before; a flow, asked with {where: base64 of
    D · cells numbers of four bytes, time} instead of indices, all latents. Raises InputError where there is no list.
    """
    prior = makers.load_prior(str(message.get("prior")))
    cell = generate.whole(message, "cell", 0)
    if not 0 <= cell < prior.config.trunk.length:
        raise InputError("There is no cell of that number.")
    wanted = generate.wanted_from(message, prior)
    asked = Request.of(prior.config, 1, wanted=wanted, sampling=generate.sampling_from(message, prior))
    guess = _heading if isinstance(prior, Flow) else _likely
    with calls.SLOTS, torch.inference_mode():
        logits = guess(message, prior, asked, cell)
        shares, codes = logits.softmax(-1).topk(min(MOST_LISTED, len(logits)))
        possible = int(logits.isfinite().sum())
    codes, shares = codes[:possible], shares[:possible]
    entropy = entropy_bits(logits).item()
    return {"codes": codes.tolist(), "probabilities": shares.tolist(), "entropy": entropy, "possible": possible}


def _heading(message: dict, flow: Flow, asked: Request, cell: int) -> Tensor:
    """(V,), how much a flow expects each code at a cell; settings of choice are none of its."""
    where = wire.unpack(message.get("where"), "<f4")
    shape = (1, flow.config.dim, *flow.config.trunk.grid[1:])
    if where.size != prod(shape) or not np.isfinite(where).all():
        raise InputError("These latents are not of this prior's grid.")
    latents = torch.from_numpy(where.copy()).reshape(shape)
    return asked.guided(flow.logits(asked.twice(latents), _time(message), asked.condition)).flatten(2)[0, :, cell]


def _likely(message: dict, prior: Prior, asked: Request, cell: int) -> Tensor:
    """(V,), how likely the other priors find each code at a cell, −∞ where the settings rule it out."""
    indices, known = (in_rows(cells) for cells in generate.cells_from(message, prior))
    return narrowed(asked.guided(_logits(prior, asked, indices, known, _place(cell, prior))), asked.sampling)[0]


def _place(cell: int, prior: Prior) -> int:
    """Where a cell of the grid (K, …) stands in a row, see `in_rows`."""
    codebooks, cells = prior.config.trunk.grid[0], prior.config.trunk.length // prior.config.trunk.grid[0]
    return cell % cells * codebooks + cell // cells


def _logits(prior: Prior, asked: Request, indices: Tensor, known: Tensor, place: int) -> Tensor:
    """(1 or 2, V), as the prior's network gives them for one place of a row (1, T)."""
    if prior.config.kind == "masked":
        hidden = ~known
        hidden[:, place] = True
        return prior.logits(asked.twice(indices), asked.twice(hidden), asked.condition)[:, place]
    if not known[:, :place].all():
        raise InputError("This prior goes from left to right: the cells before this one are still empty.")
    return prior.logits(asked.twice(indices), asked.condition)[:, place]


def picture(message: dict) -> dict:
    """What cells set by hand stand for: {prior, indices, known} → {picture}, {texts} or {sounds}."""
    prior = makers.load_prior(str(message.get("prior")))
    indices, known = generate.cells_from(message, prior)
    tokens = Tokens(indices, prior.config.codebook_size, prior.config.size, prior.codec.name)
    with calls.SLOTS, torch.inference_mode():
        return steps.told_output(prior, tokens, known)


# Into noise and back.


def open_file(prior_name: str, data: bytes) -> dict:
    """A visitor's picture as tokens of a prior: {indices, original, picture: both data URLs, inverted}.

    What is drawn dark on light for a prior of light things on dark, or the other way round, is inverted.
    """
    prior = makers.load_prior(prior_name)
    if prior.codec.kind != IMAGE.kind:
        raise InputError("“{prior}” makes no pictures.", prior=prior.config.name)
    signal = IMAGE.fit(data, max(prior.config.size)).signal
    ground = _ground(prior.codec.name, zoo.stamp(prior.codec.name))
    inverted = ground * _edge(signal).mean().item() < -0.25
    signal = -signal if inverted else signal
    with calls.SLOTS, torch.inference_mode():
        tokens = prior.codec.encode(signal)
        if tuple(tokens.indices.shape[1:]) != prior.config.trunk.grid:
            raise InputError("These cells are not of this prior's grid.")
        told = {"indices": wire.pack(tokens.indices, "<u2"), "picture": steps.strip(prior.codec.decode(tokens))}
    return told | {"original": steps.strip(signal), "inverted": inverted}


@lru_cache(maxsize=8)
def _ground(codec_name: str, stamp: tuple) -> float:
    """−1 … 1: how light the edges of what a codec's priors learned from are; 0 where nobody knows."""
    if not seen.is_known(codec_name):
        return 0.0
    pictures = seen.decode_all(zoo.load_listed(codec_name), seen.load_seen(codec_name).indices[:32])
    return _edge(pictures.float() / 127.5 - 1).mean().item()


def _edge(pictures: Tensor) -> Tensor:
    """All pixels at the edge of (N, 3, H, W)."""
    parts = (pictures[:, :, 0], pictures[:, :, -1], pictures[..., 0], pictures[..., -1])
    return torch.cat([part.flatten(1) for part in parts], 1)


def noising(message: dict) -> Iterator[dict]:
    """The straight way into noise: {prior, indices, seed} → {time, latents, indices, picture}, from 1 down to 0.

    What is shown are the nearest codes of where the latents are, and what these stand for.
    """
    flow, latents = _origin(message)
    seed = generate.whole(message, "seed", 0)
    return _noising(flow, latents, seed)


def _noising(flow: Flow, latents: Tensor, seed: int) -> Iterator[dict]:
    for i in range(NOISES, -1, -1):
        with calls.SLOTS, torch.inference_mode():
            now = flow.noised(latents, i / NOISES, seed=seed)
            tokens = flow.codec.snap(now, flow.config.size)
            told = {
                "time": i / NOISES,
                "latents": wire.pack(latent_colours(now, flow.codec.codebook()), "u1"),
                "indices": wire.pack(tokens.indices, "<u2"),
                "picture": steps.strip(flow.codec.decode(tokens)),
            }
        yield told


def back(message: dict) -> Iterator[dict]:
    """The way back from noise: {prior, indices, seed, time, wanted, steps, guidance} → as of `generate.run`."""
    flow, latents = _origin(message)
    time, number = _time(message), generate.whole(message, "steps", flow.config.usual_steps)
    with torch.inference_mode():
        noisy = flow.noised(latents, time, seed=generate.whole(message, "seed", 0))
    wanted, guidance = generate.wanted_from(message, flow), generate.sampling_from(message, flow).guidance
    work = flow.denoise(noisy, time, wanted=wanted, steps=number, guidance=guidance)
    return generate.walk([generate.Lane(flow, 1, number, work)])


def _time(message: dict) -> float:
    time = message.get("time")
    if not isinstance(time, (int, float)) or isinstance(time, bool) or not 0 <= time < 1:
        raise InputError("How far to go into noise is a number from 0, all noise, to 1, none.")
    return time


def _origin(message: dict) -> tuple[Flow, Tensor]:
    """A flow and the latents (1, D, *grid) of the tokens in a message."""
    prior = makers.load_prior(str(message.get("prior")))
    if not isinstance(prior, Flow):
        raise InputError("Only a flow goes into noise: “{prior}” is none.", prior=prior.config.name)
    tokens = generate.tokens_from(message.get("indices"), prior.codec, prior.config.trunk.grid)
    with torch.inference_mode():
        return prior, prior.codec.embed(tokens)


# How new a sample is.


def some_seen(codec_name: str, seed: int = 0) -> dict:
    """Some training pictures by chance: {items: [{name, indices}], picture: all, one below the other}."""
    known, codec = seen.load_seen(codec_name), zoo.load_listed(codec_name)
    generator = torch.Generator().manual_seed(seed % 2**40)
    chosen = torch.randperm(len(known), generator=generator)[:SHOWN]
    with calls.SLOTS, torch.inference_mode():
        pictures = seen.decode_all(codec, known.indices[chosen]).float() / 127.5 - 1
    items = [{"name": known.names[i], "indices": wire.pack(known.indices[i], "<u2")} for i in chosen.tolist()]
    return {"items": items, "picture": steps.strip(pictures)}


def neighbours(message: dict) -> dict:
    """The training pictures nearest to a sample: {codec, grid, indices} → {nearest, picture, usual, looked}.

    nearest  [{name, item, distance}]: root mean square difference of the pictures, 0 … 1, moved and mirrored as they
             were in training; picture shows them, one below the other
    usual    the median of pictures that no prior saw; looked: how many training pictures there are
    """
    codec = zoo.load_listed(str(message.get("codec")))
    grid = message.get("grid")
    if not isinstance(grid, list) or len(grid) < 2 or not all(isinstance(n, int) and 0 < n < 999 for n in grid):
        raise InputError("The page sent tokens without a usable shape.")
    tokens: Tokens = generate.tokens_from(message.get("indices"), codec, tuple(grid))
    known = seen.load_seen(codec.name)
    if known.indices.shape[1:] != tokens.indices.shape[1:]:
        raise InputError("These cells are not of this prior's grid.")
    with calls.SLOTS, torch.inference_mode():
        pictures = seen.decoded(codec.name)
        options = {"count": NEIGHBOURS, "shift": known.shift, "mirrored": known.mirrored}
        distances, items = nearest_pictures(codec.decode(tokens).clamp(-1, 1), pictures, **options)
    found = zip(items[0].tolist(), distances[0].tolist(), strict=True)
    return {
        "nearest": [{"name": known.names[i], "item": i, "distance": distance} for i, distance in found],
        "picture": steps.strip(pictures[items[0]].float() / 127.5 - 1),
        "usual": known.usual,
        "looked": len(known),
    }
