"""What makes pictures out of noise, without codes: shown beside the priors, so that the difference can be seen."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path

import torch
from torch import Tensor

from . import zoo
from .core.errors import InputError
from .models.convolution import count_parameters
from .models.folder import CONFIG, WEIGHTS
from .models.noise import FromNoise, NoiseConfig
from .models.noise_folder import NOISES, read_noise, read_noise_config, unread_noise
from .priors.labels import Vocabulary
from .priors.prior import LARGEST_SEED, noise
from .registry.shelf import Shelf, cards, file_stamp, module_bytes, scan

_shelf: Shelf[tuple[NoiseConfig, FromNoise]] = Shelf(lambda held: module_bytes(held[1]))


@dataclass(frozen=True)
class NoiseCard:
    """What there is to know before weights are read.

    name     of its folder; what `sample` takes
    kind     "gan" or "vae"
    codec    beside whose pictures it is shown
    side     pixels
    noise    Z, numbers that a picture is made of
    classes  what it can be asked for
    """

    name: str
    title: str
    kind: str
    codec: str
    side: int
    noise: int
    classes: tuple[str, ...]
    parameters: int
    paper: str
    licence: str


def noises() -> list[NoiseCard]:
    """A card for each, by name; broken ones are left out with a logged warning."""
    return cards(_folders(), _card)


def sample(name: str, n: int, *, seed: int = 0, wanted: str = "") -> Tensor:
    """(n, 3, S, S) in [−1, 1]: one seed always gives the same, and each picture has a chance of its own."""
    return pictures_of(name, noise_of(name, n, seed=seed), wanted=wanted)


def noise_of(name: str, n: int, *, seed: int) -> Tensor:
    """(n, Z) Gaussian numbers. Raises InputError for a seed that is none."""
    if not 0 <= seed < LARGEST_SEED:
        raise InputError("A seed is a number from 0 to {most}.", most=LARGEST_SEED - 1)
    return noise(n, (_load(name)[0].noise,), seed=seed, gaussian=True)


@torch.inference_mode()
def pictures_of(name: str, given: Tensor, *, wanted: str = "") -> Tensor:
    """Noise (n, Z) → (n, 3, S, S) in [−1, 1]. Raises InputError for a class or a model that there is not."""
    config, network = _load(name)
    row = Vocabulary.of((label,) for label in config.classes).row(wanted)
    return network(given, row.expand(len(given), -1)).clone()


def folder_of(name: str) -> Path:
    """Where one lives. Raises InputError when there is none of that name."""
    folders = _folders()
    if name not in folders:
        names = ", ".join(folders) or "none yet"
        raise InputError(
            "Nothing called “{name}” makes pictures of noise. There are: {names}.", name=name[:80], names=names
        )
    return folders[name]


def new_noise_folder(codec: str, name: str) -> Path:
    """Where a new one would live. Raises InputError for a name that is none, or is taken."""
    if not zoo.NAME.fullmatch(name):
        raise InputError("“{name}” is no name for a model: letters, digits, “.”, “-” and “_”.", name=name[:80])
    if name in _folders():
        raise InputError("There is a model “{name}” already. Choose another name.", name=name)
    return zoo.folder_of(codec) / NOISES / name


def _folders() -> dict[str, Path]:
    return scan(zoo.root().glob(f"*/{NOISES}/*"), zoo.NAME.fullmatch)


def _card(name: str, folder: Path) -> NoiseCard:
    config, label = read_noise_config(folder)
    told = {"kind": config.kind, "side": config.side, "noise": config.noise, "classes": config.classes}
    numbers = count_parameters(unread_noise(config))
    return NoiseCard(name=name, codec=folder.parents[1].name, parameters=numbers, **told, **label)


def _load(name: str) -> tuple[NoiseConfig, FromNoise]:
    folder = folder_of(name)
    return _shelf.fetch(folder, partial(file_stamp, folder, CONFIG, WEIGHTS), lambda: read_noise(folder))
