"""What priors learn from: the tokens of signals, made once and kept, and what the signals are called."""

import hashlib
import os
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from ..core.codec import Codec
from ..core.errors import InputError
from ..data.subjects import SUBJECTS, Named
from ..priors.labels import Vocabulary
from ..priors.prior import in_rows
from .precision import mixed_precision

TOGETHER = 64  # signals encoded at a time


@dataclass(frozen=True, eq=False)
class Material:
    """Tokens with names.

    indices  (M, T) int16, in rows as priors read them
    items    (M,) int64, which item each is a signal of
    asked    (items, L, N) bool: labels by which an item may be asked for, from coarse to fine, and by its words alone
    """

    indices: Tensor
    items: Tensor
    asked: Tensor

    def __len__(self) -> int:
        return len(self.indices)

    def batch(
        self, count: int, *, unasked: float, named: float = 0.0, generator: torch.Generator
    ) -> tuple[Tensor, Tensor]:
        """Indices (count, T) int64 of random signals and what is wanted (count, N) float.

        unasked  share of which nothing is wanted: zeros
        named    share of the others asked by all there is to say, the rest by any level alike
        """
        chosen = torch.randint(len(self), (count,), generator=generator)
        level = torch.randint(self.asked.shape[1], (count,), generator=generator)
        finest = max(0, self.asked.shape[1] - 2)  # the last is words alone
        level[torch.rand(count, generator=generator) < named] = finest
        free = torch.rand(count, 1, generator=generator) < unasked
        wanted = self.asked[self.items[chosen], level] & ~free
        return self.indices[chosen].long(), wanted.float()

    def finest(self) -> tuple[Tensor, Tensor]:
        """All indices (M, T) and all there is to say of each (M, N)."""
        return self.indices.long(), self.asked[self.items].any(1).float()


def open_material(
    data: Path | None,
    subject: str,
    codec: Codec,
    *,
    grid: tuple[int, ...],
    variants: int = 1,
    cache: Path | None = None,
) -> tuple[Material, Material, Vocabulary]:
    """Tokens to train on, tokens to be judged by, and what they can be asked for.

    grid      (K, *grid) of each signal's tokens: of nested codes the first K
    variants  how often each training signal is encoded: once as it is, then moved about
    cache     where tokens are kept

    Raises InputError, saying what to do, when there are no data.
    """
    if data is None:
        raise InputError(
            "Training needs {things}: name a folder of them with --data. The README says where ours are.",
            things=SUBJECTS[subject].things,
        )
    train = _open(data, subject, "train", codec, grid)
    vocabulary = Vocabulary.of(train.labels)
    judges = open_judges(data, subject, codec, grid=grid, vocabulary=vocabulary)
    cache = cache or Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "codebook-playground"
    learned = _kept(train, codec, grid[0], variants, cache)
    return Material(learned, torch.arange(len(train)).repeat(variants), _asked(train, vocabulary)), judges, vocabulary


def open_judges(data: Path, subject: str, codec: Codec, *, grid: tuple[int, ...], vocabulary: Vocabulary) -> Material:
    """The tokens alone that a prior with this vocabulary is judged by. Raises InputError when there are no data."""
    held_back = _open(data, subject, "val", codec, grid)
    indices = _encoded(held_back, codec, grid[0], 1, exact=True)
    return Material(indices, torch.arange(len(held_back)), _asked(held_back, vocabulary))


def _open(data: Path, subject: str, split: str, codec: Codec, grid: tuple[int, ...]) -> Named:
    folder = data / subject if (data / subject).is_dir() else data
    return SUBJECTS[subject].open(folder, split, tuple(length * codec.stride for length in grid[1:]))


def _kept(data: Named, codec: Codec, codebooks: int, variants: int, cache: Path) -> Tensor:
    """`_encoded`, read from the cache where the same has been encoded before."""
    path = cache / f"tokens-{_fingerprint(data, codec, codebooks, variants)}.npy"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(f".{os.getpid()}.npy")
        np.save(unfinished, _encoded(data, codec, codebooks, variants, exact=False).numpy(), allow_pickle=False)
        unfinished.rename(path)  # last, so that nobody ever reads half of it
    return torch.from_numpy(np.load(path, allow_pickle=False))


def _fingerprint(data: Named, codec: Codec, codebooks: int, variants: int) -> str:
    """Of the codec's weights, the labels, and what some of the signals are, as they are and moved about."""
    some = torch.arange(0, len(data), max(1, len(data) // 8))
    parts = [*codec.state_dict().values(), data.signals(some)]
    parts.append(data.signals(some, generator=torch.Generator().manual_seed(0)))
    digest = hashlib.sha256(repr((codebooks, variants, data.labels)).encode())
    for part in parts:
        digest.update(part.detach().cpu().contiguous().numpy().tobytes())
    return digest.hexdigest()[:16]


def _encoded(data: Named, codec: Codec, codebooks: int, variants: int, *, exact: bool) -> Tensor:
    """(variants · N, T) int16: the tokens of all signals, first as they are.

    exact  in full precision; else, where there is half precision, six times as fast, and one code in seventy is
           another that is as near
    """
    generator = torch.Generator().manual_seed(0)
    device = next(codec.parameters()).device
    parts = []
    for variant in range(variants):
        for chosen in torch.arange(len(data)).split(TOGETHER):
            signals = data.signals(chosen, generator=generator if variant else None).to(device)
            with torch.inference_mode(), nullcontext() if exact else mixed_precision(device):
                tokens = codec.encode(signals).first(codebooks)
            parts.append(in_rows(tokens.indices).to(torch.int16).cpu())
    return torch.cat(parts).clone()


def _asked(data: Named, vocabulary: Vocabulary) -> Tensor:
    rows = {labels: _rows(labels, vocabulary) for labels in set(data.labels)}  # thousands may have the same
    return torch.stack([rows[labels] for labels in data.labels])


def _rows(labels: tuple[str, ...], vocabulary: Vocabulary) -> Tensor:
    """(L, N) bool: what one item may be asked for by; of what has no name, nothing in particular."""
    rows, above = [], torch.zeros(len(vocabulary.labels))
    for level, label in enumerate(labels):
        if name := vocabulary.name(labels[: level + 1]):
            row = vocabulary.row(name)
        else:  # a name that no training item has: by those of its words that some have
            known = [n for n, word in enumerate(vocabulary.labels) if word in label.casefold().split()]
            row = above.clone()
            row[known] = 1
        rows.append(row)
        above = torch.maximum(above, row) if len(rows) < len(labels) else above
    if len(labels) > 1:
        words = rows[-1] - above
        rows.append(words if words.any() else rows[-1])
    return torch.stack(rows or [above]) > 0
