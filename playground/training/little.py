"""Little pictures with names as they are learned from noise: no codec in between."""

from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from ..core.errors import InputError
from ..data.labelled import DOMAINS, Domain, Labelled
from ..models.noise import NoiseConfig


@dataclass(frozen=True, eq=False)
class Little:
    """Pictures, each of one class, its coarsest label.

    classes  their names
    numbers  (M,) the class of each picture
    """

    domain: Domain
    data: Labelled
    classes: tuple[str, ...]
    numbers: Tensor

    @property
    def side(self) -> int:
        """Pixels."""
        return self.domain.side

    def batch(
        self, count: int, config: NoiseConfig, *, unasked: float, generator: torch.Generator
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Random pictures (count, C, S, S), what they are (count, N), zeros for a share, and noise (count, Z)."""
        chosen = torch.randint(len(self.data), (count,), generator=generator)
        free = torch.rand(count, 1, generator=generator) < unasked
        pictures = self.domain.usual(self.data, chosen, generator=generator)[:, : config.body.channels]
        wanted = torch.eye(len(self.classes))[self.numbers[chosen]] * ~free
        return pictures, wanted, torch.randn(count, config.noise, generator=generator)


def open_little(data: Path | None, domain: str) -> tuple[Little, Little]:
    """Pictures to train on and to be judged by. Raises InputError, saying what to do, when there are none."""
    source = DOMAINS[domain]
    if data is None:
        raise InputError(
            "Training needs {things}: name a folder of them with --data. The README says where ours are.",
            things=source.things,
        )
    folder = data / domain if (data / domain).is_dir() else data
    splits = [source.open(folder, split) for split in ("train", "val")]
    classes = tuple(sorted({labels[0] for labels in splits[0].labels}))
    learned, judges = (
        Little(source, split, classes, torch.tensor([classes.index(labels[0]) for labels in split.labels]))
        for split in splits
    )
    return learned, judges
