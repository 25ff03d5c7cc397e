"""The priors there are: in the folders of the codecs whose tokens they make, read when asked for."""

import os
from dataclasses import dataclass
from pathlib import Path

from . import zoo
from .core.codec import Codec
from .core.errors import InputError
from .models.convolution import count_parameters
from .models.folder import CONFIG, WEIGHTS
from .priors.folder import PRIORS, read_prior, read_prior_config, unread_prior
from .priors.prior import Prior, Sampling
from .registry.shelf import Shelf, cards, file_stamp, module_bytes, scan

_shelf: Shelf[Prior] = Shelf(lambda prior: module_bytes(prior.network))


@dataclass(frozen=True)
class PriorCard:
    """What there is to know of a prior before its weights are read.

    name        of its folder; what `load_prior` takes
    kind        "causal", "masked" or "flow"
    codec       whose tokens it makes
    grid        (K, h, w) or (K, t)
    classes     what it can be asked for, coarse ones first
    guidance, sampling, steps  what it is sampled with unless told
    parameters  numbers it learned
    """

    name: str
    title: str
    kind: str
    codec: str
    grid: tuple[int, ...]
    classes: tuple[str, ...]
    guidance: float
    sampling: Sampling
    steps: int
    parameters: int
    paper: str
    licence: str


def priors() -> list[PriorCard]:
    """A card for every prior, by name; broken ones are left out with a logged warning."""
    return cards(_folders(), _card)


def names() -> list[str]:
    """The names that `load_prior` takes."""
    return list(_folders())


def load_prior(name: str) -> Prior:
    """The prior of that name, with its codec: cached, frozen. Raises InputError when there is none."""
    folder = folder_of(name)
    return _fetch(folder, zoo.load_listed(folder.parents[1].name))


def folder_of(name: str) -> Path:
    """Where a prior lives. Raises InputError when there is none of that name."""
    folders = _folders()
    if name not in folders:
        names = ", ".join(folders) or "none yet"
        raise InputError("There is no prior “{name}”. There are: {names}.", name=name[:80], names=names)
    return folders[name]


def read_prior_folder(folder: str | os.PathLike) -> Prior:
    """The prior of any folder, for the codec of the catalogue that it names. Never for names from the web."""
    config, _ = read_prior_config(Path(folder))
    return read_prior(Path(folder), zoo.load_listed(config.codec))


def new_prior_folder(codec: str, name: str) -> Path:
    """Where a new prior of a codec would live. Raises InputError for a name that is none, or is taken."""
    if not zoo.NAME.fullmatch(name):
        raise InputError("“{name}” is no name for a prior: letters, digits, “.”, “-” and “_”.", name=name[:80])
    if name in _folders():
        raise InputError("There is a prior “{name}” already. Choose another name.", name=name)
    return zoo.folder_of(codec) / PRIORS / name


def _folders() -> dict[str, Path]:
    return scan(zoo.root().glob(f"*/{PRIORS}/*"), zoo.NAME.fullmatch)


def _card(name: str, folder: Path) -> PriorCard:
    config, label = read_prior_config(folder)
    codec = zoo.load_listed(folder.parents[1].name)
    return PriorCard(
        name=name,
        kind=config.kind,
        codec=codec.name,
        grid=config.trunk.grid,
        classes=tuple(config.vocabulary.classes),
        guidance=config.usual_guidance,
        sampling=config.sampling,
        steps=config.usual_steps,
        parameters=count_parameters(unread_prior(config, codec).network),
        **label,
    )


def _fetch(folder: Path, codec: Codec) -> Prior:
    return _shelf.fetch(
        folder,
        lambda: (codec, file_stamp(folder, CONFIG, WEIGHTS)),
        lambda: read_prior(folder, codec),
        may_stay=lambda prior: prior.codec is codec,
    )
