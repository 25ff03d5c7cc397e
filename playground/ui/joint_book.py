"""What the Joint page tells before anybody asks: which models there are, and what is known of their shared codes."""

import json
from dataclasses import asdict
from functools import lru_cache

import torch
from torch import Tensor

from .. import joints
from ..analysis.layout import flat_map, map_codes
from ..core.codec import Quantizer
from ..core.errors import InputError
from ..models import asked
from ..models.findings import CLOUD, Cloud, Known
from ..models.joint import SENSES
from ..priors.joint import outputs, write
from ..view.colours import code_colours
from . import calls, media, wire

TRIED = 3  # of which the example is taken that the model itself understands best
SAMPLE_SEED = 7
MAP = "map.json"  # in a model's folder, [[x, y]] of each point of its cloud; made by write_map
QUICK = 6  # steps of an example
NEIGHBOURS = 6  # by which a new point finds its place on the map


def models() -> dict:
    """{models: [card]}: see joints.JointCard; with the one sequence, and the words that each knows."""
    return {"models": [_told(card) for card in joints.joints()]}


def _told(card: joints.JointCard) -> dict:
    known = joints.load_joint(card.name)
    segments = [
        {"role": role, "part": s.part, "start": s.start, "stop": s.stop, "codes": s.codes}
        for role, s in asked.segments(known)
    ]
    told = asdict(card) | {"segments": segments, "drawn": asked.DRAWN in card.styles["pictures"]}
    told["mapped"] = (known.folder / CLOUD).is_file()
    told["words"] = known.findings.words or {"english": list(card.meanings)}
    return told


def book(name: str) -> dict:
    """What is known of a model's shared codes.

    usage    {sense: [codebook][code][meaning]}, how many validation items chose a code; {} where nobody counted
    colours  {part: [codebook][code]}
    centres  [meaning][D], the point that each meaning's word says
    lesson   see models.findings.Findings
    """
    known = joints.load_joint(name)
    return _book(known)


@lru_cache(maxsize=8)
def _book(known: Known) -> dict:
    joint = known.joint
    with calls.SLOTS, torch.inference_mode():
        centres = [asked.meant(known, meaning)[0, :, 0].tolist() for meaning in known.config.meanings]
        quantizers = {"concept": joint.quantizer} | {part: joint.codecs[part].quantizer for part in joint.codecs}
        colours = {
            part: [code_colours(q.codebook(k)) for k in range(q.num_codebooks)] for part, q in quantizers.items()
        }
    findings = known.findings
    return {"usage": findings.usage, "colours": colours, "centres": centres, "lesson": findings.lesson}


def _colours(quantizer: Quantizer) -> list[list[str]]:
    return [code_colours(quantizer.codebook(k)) for k in range(quantizer.num_codebooks)]


# --- the map ------------------------------------------------------------------------------------


def places(name: str) -> dict:
    """The map of fused latents: {points: [[x, y]] in 0 … 1, senses, meanings}, without `write_map` a flat one.

    Raises InputError where nobody measured.
    """
    known = joints.load_joint(name)
    cloud, points = _map(known)
    told = {"senses": [SENSES[i] for i in cloud.senses.tolist()], "meanings": cloud.meanings.tolist()}
    return told | {"points": [[round(x, 4), round(y, 4)] for x, y in points.tolist()]}


def write_map(name: str) -> None:
    """Keeps a model's map beside its weights, for it takes many seconds. InputError where nobody measured."""
    known = joints.load_joint(name)
    points = [[round(x, 4), round(y, 4)] for x, y in map_codes(joints.cloud(known).latents).tolist()]
    (known.folder / MAP).write_text(json.dumps(points) + "\n", encoding="utf-8")


@lru_cache(maxsize=8)
def _map(known: Known) -> tuple[Cloud, Tensor]:
    cloud, path = joints.cloud(known), known.folder / MAP
    points = torch.tensor(json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else None
    if points is None or len(points) != len(cloud.latents):  # nobody drew it yet, or of other points
        points = flat_map(cloud.latents)
    return cloud, points


def place(message: dict) -> dict:
    """Where a point of the visitor stands on the map: {model, latents} → {point: [x, y], near: meanings around it}."""
    known = joints.load_joint(str(message.get("model")))
    latents = message.get("latents")
    dim = known.config.dim
    if not isinstance(latents, list) or len(latents) != dim or not all(isinstance(n, (int, float)) for n in latents):
        raise InputError("The page sent a latent of the wrong shape.")
    cloud, points = _map(known)
    apart = (cloud.latents - torch.tensor(latents, dtype=torch.float32)).norm(dim=1)
    near = apart.topk(min(NEIGHBOURS, len(apart)), largest=False)
    weights = 1 / near.values.clamp(min=1e-3)
    x, y = (weights[:, None] * points[near.indices]).sum(0).div(weights.sum()).tolist()
    return {"point": [x, y], "near": cloud.meanings[near.indices].tolist()}


# --- examples -----------------------------------------------------------------------------------


def examples(name: str, part: str) -> dict:
    """What a model itself draws or says for each meaning: {examples: [{meaning, style, url}]}, the same every time."""
    if part not in ("pictures", "sounds"):
        raise InputError("There are examples of pictures and of sounds.")
    return {"examples": _examples(joints.load_joint(name), part)}


@lru_cache(maxsize=8)
def _examples(known: Known, part: str) -> list[dict]:
    looks = known.config.styles[part] if part == "pictures" else (None,)
    return [example for look in looks for example in _example_row(known, part, look)]


def _example_row(known: Known, part: str, style: str | None) -> list[dict]:
    """One example of each meaning: of some, the one that the model is surest of."""
    joint, meanings = known.joint, known.config.meanings
    styles = {part: style} if style else {}
    with calls.SLOTS, torch.inference_mode():
        points = torch.cat([asked.meant(known, meaning) for meaning in meanings])
        concept = joint.snap(points).repeat_interleave(TRIED, 0)
        how = {"parts": [part], "styles": styles, "seed": SAMPLE_SEED, "steps": QUICK}
        rows = write(joint, {"concept": concept}, **how)[part]
        surest = _surest(known, part, rows)
        made = outputs(joint, {part: rows[surest]})
    files = [_file(part, each) for each in (made.pictures or made.sounds)]
    named = zip(files, made.styles[part], strict=True)
    return [{"meaning": i, "style": style, "url": media.url(file)} for i, (file, style) in enumerate(named)]


def _surest(known: Known, part: str, rows: Tensor) -> Tensor:
    """(M · TRIED, places) → (M,), which row of each meaning is understood best."""
    joint = known.joint
    signal = joint.picture(rows[:, 1:]) if part == "pictures" else joint.levels(rows[:, 1:])
    belief = asked.fuse(known, {part: signal}, {}).belief.unflatten(0, (-1, TRIED))  # (M, TRIED, M)
    right = belief.diagonal(dim1=0, dim2=2).t()  # (M, TRIED)
    return right.argmax(1) + TRIED * torch.arange(len(right))


def _file(part: str, made) -> wire.File:
    if part == "pictures":
        return wire.File("example.png", wire.png(made))
    return wire.File("example.wav", made.file(".wav"))
