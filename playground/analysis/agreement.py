"""How much of a meaning is in codes, and whether different senses choose the same ones for it."""

from itertools import combinations
from math import log2

import torch
from torch import Tensor


def counted(a: Tensor, b: Tensor) -> Tensor:
    """(N,) and (N,) numbers from 0 → (A, B), how often each pair occurs."""
    wide = int(b.max()) + 1
    return (a * wide + b).bincount(minlength=(int(a.max()) + 1) * wide).reshape(-1, wide)


def mutual_information(a: Tensor, b: Tensor) -> float:
    """Bits that knowing one of (N,) and (N,) tells of the other, as counted: Σ p(a, b) log₂ p(a, b) / p(a) p(b).

    Of few items and many values it is too high, by about (values − 1)² / (2 N ln 2) (Miller 1955).
    """
    joint = counted(a, b).double()
    joint = joint / joint.sum()
    apart = joint.sum(1, keepdim=True) * joint.sum(0, keepdim=True)
    there = joint > 0
    return float((joint[there] * (joint[there] / apart[there]).log2()).sum())


def numbered(codes: Tensor) -> Tensor:
    """(N, K) → (N,), one number for each different row."""
    return torch.unique(codes, dim=0, return_inverse=True)[1]


def agreement(choices: dict[str, Tensor], meanings: dict[str, Tensor]) -> float:
    """How likely two items of one meaning, seen by two different senses, have the same code: 0 … 1.

    choices, meanings  of each sense (N,), N its own

    All meanings count alike, and all pairs of senses, as far as both have it. Raises ValueError for fewer than two.
    """
    found = []
    most = max(int(codes.max()) for codes in choices.values()) + 1
    for a, b in combinations(choices, 2):
        for meaning in set(meanings[a].tolist()) & set(meanings[b].tolist()):
            shares = [choices[s][meanings[s] == meaning].bincount(minlength=most).double() for s in (a, b)]
            found.append(float((shares[0] / shares[0].sum()) @ (shares[1] / shares[1].sum())))
    if not found:
        raise ValueError("nothing is meant by two senses")
    return sum(found) / len(found)


def between(choices: dict[str, Tensor], meanings: dict[str, Tensor]) -> dict[str, float]:
    """Bits that the code chosen by one sense tells of that chosen by another for the same thing, {"a, b": bits}.

    Pairs are all that share a meaning, each meaning counting alike.
    """
    found, most = {}, max(int(codes.max()) for codes in choices.values()) + 1
    for a, b in combinations(choices, 2):
        both = sorted(set(meanings[a].tolist()) & set(meanings[b].tolist()))
        table = torch.zeros(most, most, dtype=torch.double)
        for meaning in both:
            shares = [choices[s][meanings[s] == meaning].bincount(minlength=most).double() for s in (a, b)]
            table += torch.outer(shares[0] / shares[0].sum(), shares[1] / shares[1].sum()) / len(both)
        apart = table.sum(1, keepdim=True) * table.sum(0, keepdim=True)
        there = table > 0
        found[f"{a}, {b}"] = float((table[there] * (table[there] / apart[there]).log2()).sum())
    return found


def most_bits(meanings: int) -> float:
    """What a code can tell at most of so many meanings."""
    return log2(meanings)
