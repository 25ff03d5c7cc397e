"""What was found out about a joint model when it was measured, kept beside its weights."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from ..core.errors import InputError
from .folder import read_json, shown
from .joint import Joint, JointConfig
from .reliability import Reliability

FINDINGS, CLOUD = "findings.json", "cloud.safetensors"


@dataclass(frozen=True)
class Findings:
    """What the weights alone do not tell.

    domain       "digits"
    words        tongue → the word for each meaning, as they were learned
    temperature  by which the logits of a belief are divided, so that of all that is believed at 70 % some 70 % are so
    usage        of each sense, and "together": how many items of each meaning chose a code, [codebook][code][meaning]
    figures      what measure-joint gives
    lesson       a row for each strength of corruption: {"strength", "corrupted", and a share for each way of fusing}
    """

    domain: str = ""
    words: dict[str, list[str]] = field(default_factory=dict)
    temperature: float = 1.0
    usage: dict[str, list[list[list[int]]]] = field(default_factory=dict)
    figures: dict = field(default_factory=dict)
    lesson: list[dict] = field(default_factory=list)


@dataclass(frozen=True, eq=False)
class Cloud:
    """Validation items as points of what is meant, each by one sense alone.

    latents   (N, D)
    senses    (N,) int64, 0 pictures, 1 sounds, 2 words
    meanings  (N,) int64
    styles    (N,) int64, of that sense
    """

    latents: Tensor
    senses: Tensor
    meanings: Tensor
    styles: Tensor


@dataclass(frozen=True, eq=False)
class Known:
    """A joint model in memory, and what was found out about it.

    joint     the network, see models.joint.Joint
    findings  see models.findings.Findings: words, usage, figures, lesson
    reliability  how far each sense can be relied on; None where nobody trained it
    """

    name: str
    folder: Path
    joint: Joint
    findings: Findings
    reliability: Reliability | None = None

    @property
    def config(self) -> JointConfig:
        """Meanings, styles, V and K."""
        return self.joint.config


def write_findings(folder: Path, findings: Findings) -> None:
    """Writes findings.json, on a line for each entry."""
    entries = (
        f" {json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}" for key, value in asdict(findings).items()
    )
    (folder / FINDINGS).write_text("{\n" + ",\n".join(entries) + "\n}\n", encoding="utf-8")


def read_findings(folder: Path) -> Findings:
    """What findings.json says; of a model that was never measured, nothing. Raises InputError for a broken file."""
    path = folder / FINDINGS
    if not path.is_file():
        return Findings()
    try:
        return Findings(**read_json(path))
    except TypeError:
        raise InputError("{file} was written by another version of Codebook Playground.", file=shown(path)) from None


def write_cloud(folder: Path, cloud: Cloud) -> None:
    """Writes cloud.safetensors, the latents in half precision."""
    save_file(asdict(cloud) | {"latents": cloud.latents.half()}, folder / CLOUD)


def read_cloud(folder: Path) -> Cloud:
    """What `write_cloud` wrote. Raises InputError when there is none."""
    path = folder / CLOUD
    try:
        tensors = load_file(path)
        return Cloud(**tensors | {"latents": tensors["latents"].float()})
    except (OSError, SafetensorError, TypeError, KeyError):
        raise InputError("{file} holds no points: measure this model first.", file=shown(path)) from None
