"""The joint models there are: folders of the checkpoints folder named `joint-…`, read when asked for.

What can be asked of one stands in models.asked, what it writes in priors.joint:

    known = load_joint("joint-digits")                                    # cached, frozen
    signals = {"pictures": picture(known, data), "words": word(known, "sieben").letters}
    found = fuse(known, signals, {"words": 0.5})                          # belief, latents, codes, who counted
    for step in writing(known.joint, {"concept": found.concept}, seed=3): ...
    made = outputs(known.joint, step.parts)                               # pictures, sounds, words
"""

from dataclasses import dataclass
from functools import partial
from pathlib import Path

import torch

from . import zoo
from .core.errors import InputError
from .models.convolution import count_parameters
from .models.findings import FINDINGS, Cloud, Known, read_cloud, read_findings
from .models.folder import CONFIG, WEIGHTS, read_json, shown
from .models.joint import Joint, JointConfig
from .models.joint_folder import read_joint
from .models.reliability import RELIABILITY, read_reliability
from .registry.shelf import Shelf, cards, file_stamp, module_bytes, scan

_shelf: Shelf[Known] = Shelf(lambda known: module_bytes(known.joint))


@dataclass(frozen=True)
class JointCard:
    """What there is to know of a joint model before its weights are read.

    name        of its folder; what `load_joint` takes
    domain      "digits" or "things"
    meanings    what can be meant, in English, and
    chinese     in Chinese; () where nobody measured it
    styles      of each modality: {"pictures": looks, "sounds": voices, "words": tongues}
    codebook_size, num_codebooks  V and K of the shared codes
    parameters  numbers it learned
    figures     what was measured of it, see training.joint_figures.JointFigures; {} where nobody did
    """

    name: str
    title: str
    domain: str
    meanings: tuple[str, ...]
    chinese: tuple[str, ...]
    styles: dict[str, tuple[str, ...]]
    codebook_size: int
    num_codebooks: int
    parameters: int
    paper: str
    licence: str
    figures: dict


def joints() -> list[JointCard]:
    """A card for every joint model of the checkpoints folder, by name; broken ones are left out with a warning."""
    return cards(_folders(), _card)


def load_joint(name: str) -> Known:
    """The joint model of that name, cached and frozen; read again when its files change. Raises InputError for none."""
    folders = _folders()
    if name not in folders:
        names = ", ".join(folders) or "none yet"
        raise InputError("There is no joint model “{name}”. There are: {names}.", name=name[:80], names=names)
    return read_known(folders[name])


def read_known(folder: Path) -> Known:
    """The joint model of any folder. Never for names from the web."""
    stamp = partial(file_stamp, folder, CONFIG, WEIGHTS, FINDINGS, RELIABILITY)
    return _shelf.fetch(folder, stamp, lambda: _read(folder))


def _read(folder: Path) -> Known:
    joint = read_joint(folder)
    return Known(folder.name, folder, joint, read_findings(folder), read_reliability(folder, joint))


def cloud(known: Known) -> Cloud:
    """A few hundred validation items as points, for a map. Raises InputError when the model was never measured."""
    return read_cloud(known.folder)


def _folders() -> dict[str, Path]:
    return scan(zoo.root().glob(f"{zoo.JOINT}*"), zoo.NAME.fullmatch)


def _card(name: str, folder: Path) -> JointCard:
    if not (folder / WEIGHTS).is_file():
        raise InputError("There is no {file}.", file=shown(folder / WEIGHTS))
    content, findings = read_json(folder / CONFIG), read_findings(folder)
    config = JointConfig.from_dict(content["joint"])
    with torch.device("meta"):
        parameters = count_parameters(Joint(config))
    return JointCard(
        name=name,
        domain=findings.domain,
        meanings=config.meanings,
        chinese=tuple(findings.words.get("chinese", ())),
        styles=config.styles,
        codebook_size=config.codebook_size,
        num_codebooks=config.num_codebooks,
        parameters=parameters,
        figures=findings.figures,
        **{key: str(content.get(key, "")) for key in ("title", "paper", "licence")},
    )
