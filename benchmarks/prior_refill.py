"""What priors know of items they have not seen: bits, and how they fill gaps in their tokens."""

import math
from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor

from playground.media.modalities import MODALITIES
from playground.priors.prior import Given, Prior, on_grid
from playground.training.material import open_judges

ITEMS = 96  # validation items
LOOKS = 4  # of a masked prior, whose bits depend on what is hidden
UNITS = {"image": ("pixel", 2), "audio": ("second", 16_000), "text": ("byte", 1)}


def judged_items(prior: Prior, data: Path, subject: str) -> tuple[Tensor, Tensor]:
    """Rows (N, T) of validation items from all over, and what they are (N, labels)."""
    material = open_judges(data, subject, prior.codec, grid=prior.config.trunk.grid, vocabulary=prior.config.vocabulary)
    rows, wanted = material.finest()
    every = max(1, len(rows) // ITEMS)
    return rows[::every], wanted[::every]


@torch.inference_mode()
def bits(prior: Prior, rows: Tensor, wanted: Tensor) -> dict[str, str]:
    """Mean bits of a token and of a pixel, a second or a byte; of a masked prior an upper bound."""
    looks = 1 if prior.config.kind == "causal" else LOOKS
    torch.manual_seed(0)
    parts = zip(rows.split(32), wanted.split(32), strict=True)
    each = torch.cat([prior.cost(*part) for part in parts for _ in range(looks)]).mean().item()
    size, kind = prior.config.size, prior.codec.kind
    unit, per = UNITS[kind]
    amount = math.prod(size) / (per if kind == "audio" else 1)
    plain = math.log2(prior.config.codebook_size)
    bound = "" if prior.config.kind == "causal" else " at most"
    return {
        "bits/token": f"{each / rows.shape[1]:.3f} of {plain:.0f}{bound}",
        f"bits/{unit}": f"{each / amount:.3f} of {plain * rows.shape[1] / amount:.2f}{bound}",
    }


@torch.inference_mode()
def refilled(prior: Prior, rows: Tensor, count: int = 48) -> dict[str, str]:
    """A gap in each of some items is filled again: how many codes are as they were, and how near it is.

    The gap is a quarter of the cells: the middle of a picture, of other things what comes last. Beside it what
    comes of going on with the nearest cells, and of what another item has there.
    """
    original = on_grid(prior.config, rows[:count])
    gap = gap_of(prior.config.trunk.grid)
    known = (~gap).expand(len(original), *gap.shape)
    careful = replace(prior.config.sampling, temperature=0.5, guidance=1.0)
    *_, last = prior.sample(len(original), seed=0, given=Given(original, known), sampling=careful)
    ways = {"prior": last.tokens.indices, "another's": torch.where(known, original, original.roll(1, 0))}
    ways["nearest cells"] = carried_on(original, gap)
    figures = {}
    for name, indices in ways.items():
        right = (indices == original)[:, gap].float().mean().item()
        figures[f"refilled by {name}"] = f"{right:.1%} of the codes, {_nearness(prior, indices, original, gap)}"
    return figures


def gap_of(grid: tuple[int, ...]) -> Tensor:
    """(K, *grid) bool: a quarter of the cells of all codebooks."""
    gap = torch.zeros(grid, dtype=torch.bool)
    if len(grid) == 3:
        height, width = grid[1:]
        gap[:, height // 4 : height - height // 4, width // 4 : width - width // 4] = True
    else:
        gap[:, grid[1] * 3 // 4 :] = True
    return gap


def carried_on(original: Tensor, gap: Tensor) -> Tensor:
    """Every cell of the gap takes the code of the nearest cell that is known."""
    places = torch.stack(torch.meshgrid(*[torch.arange(n) for n in gap.shape[1:]], indexing="ij"), -1).flatten(0, -2)
    missing = gap[0].flatten()
    distances = torch.cdist(places[missing].float(), places[~missing].float())
    source = torch.arange(len(places))
    source[missing] = (~missing).nonzero()[:, 0][distances.argmin(1)]
    return original.flatten(2)[:, :, source].reshape(original.shape)


def _nearness(prior: Prior, indices: Tensor, original: Tensor, gap: Tensor) -> str:
    """Of the signals where the gap was: PSNR of pictures, mel distance of sounds, right bytes of texts."""
    tokens = list(prior.sample(1, steps=1))[-1].tokens
    signals = [prior.codec.decode(tokens.with_indices(each)) for each in (indices, original)]
    for axis, places in enumerate(gap.nonzero().t()[1:], 2):
        here = slice(int(places.min()) * prior.codec.stride, (int(places.max()) + 1) * prior.codec.stride)
        signals = [signal[(slice(None),) * axis + (here,)] for signal in signals]
    name, unit = {"image": ("psnr_db", "dB"), "audio": ("mel_db", "dB mel"), "text": ("byte_accuracy", "of the bytes")}[
        prior.codec.kind
    ]
    return f"{MODALITIES[prior.codec.kind].quality(signals[1], signals[0])[name]:.2f} {unit}"


def example_texts(prior: Prior, classes: list[str], *, each: int = 3) -> list[tuple[str, str]]:
    """What a prior of texts writes: (class, text)."""
    found = []
    for wanted in classes:
        *_, last = prior.sample(each, wanted=wanted, seed=1)
        for signal in prior.codec.decode(last.tokens):
            found.append((wanted, MODALITIES["text"].write(signal[None])))
    return found
