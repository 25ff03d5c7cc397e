"""The network that causal and masked priors share: codes in, a guess at codes out."""

from dataclasses import replace

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..models.dit import Past, Trunk, Wanted
from .prior import PriorConfig, Sampling


class TokenNetwork(nn.Module):
    """Rows of indices (B, T) in [0, V] → logits (B, T, V). Code V says that there is none: a mask, or the beginning.

    What an index means depends on its codebook, so each has vectors and a guess of its own.
    """

    def __init__(self, config: PriorConfig) -> None:
        super().__init__()
        width, (self.codebooks, *cells) = config.trunk.width, config.trunk.grid
        self.rows = config.codebook_size + 1  # of vectors, for each codebook
        self.codes = nn.Embedding(self.codebooks * self.rows, width)
        self.wanted = Wanted(len(config.vocabulary.labels), width)
        self.trunk = Trunk(replace(config.trunk, grid=(*cells, self.codebooks)))  # in the order of a row
        self.guess = nn.Linear(width, self.codebooks * config.codebook_size)
        nn.init.normal_(self.codes.weight, std=0.5)
        nn.init.zeros_(self.guess.weight)

    def forward(
        self, indices: Tensor, wanted: Tensor, *, past: Past | None = None, causal: bool = False, before: int = 0
    ) -> tuple[Tensor, Past]:
        """Logits (B, T, V) of codes at the places after the `past`'s, and what is past then. `wanted` is (B, N).

        before  how many places before its own each of the indices stood
        """
        start = past[0][0].shape[2] if past else 0
        books = torch.arange(start, start + indices.shape[1], device=indices.device) % self.codebooks
        own = self.rows * ((books - before) % self.codebooks)
        x, past = self.trunk(self.codes(indices + own), self.wanted(wanted), past=past, causal=causal)
        return self._guessed(x, books), past

    def _guessed(self, x: Tensor, books: Tensor) -> Tensor:
        """x (B, T, W) at places of the codebooks `books` (T,) → (B, T, V)."""
        if self.codebooks == 1:
            return self.guess(x)
        heads = zip(self.guess.weight.chunk(self.codebooks), self.guess.bias.chunk(self.codebooks), strict=True)
        parts = [F.linear(x[:, books == k], *head) for k, head in enumerate(heads)]  # each (B, T of k, V)
        return torch.cat(parts, 1)[:, books.argsort(stable=True).argsort()]


def both_ways(wanted: Tensor, guidance: float) -> Tensor:
    """(n, N) → (2 n, N), the class and then none at all, where guidance asks for both; else the one it asks for."""
    if guidance == 1:
        return wanted
    nothing = torch.zeros_like(wanted)
    return nothing if guidance == 0 else torch.cat([wanted, nothing])


def guided(values: Tensor, n: int, guidance: float) -> Tensor:
    """What the network gave for `both_ways` → (n, …): from no class to the class, and beyond."""
    if len(values) == n:
        return values
    classed, free = values.chunk(2)
    return free + guidance * (classed - free)


def narrowed(logits: Tensor, sampling: Sampling) -> Tensor:
    """Logits (…, V) at the temperature, −∞ for codes outside top k or top p. The likeliest always stays."""
    logits = logits.float() / sampling.temperature
    if 0 < sampling.top_k < logits.shape[-1]:
        least = logits.topk(sampling.top_k, -1).values[..., -1:]
        logits = logits.masked_fill(logits < least, -torch.inf)
    if sampling.top_p < 1:
        ordered, order = logits.sort(-1, descending=True)
        shares = ordered.softmax(-1)
        before = shares.cumsum(-1) - shares
        ordered = ordered.masked_fill(before >= sampling.top_p, -torch.inf)
        logits = torch.empty_like(logits).scatter(-1, order, ordered)
    return logits


def entropy_bits(logits: Tensor) -> Tensor:
    """(…, V) → (…) bits of the choice."""
    shares = logits.softmax(-1)
    return -torch.xlogy(shares, shares).sum(-1) / torch.log(torch.tensor(2.0))
