"""What a joint model makes of corrupted evidence: accuracy row by row, calibration, and what is none of its own.

Validation items only. A row is one corruption of one or both senses, or a word without a meaning beside them.
"""

from dataclasses import dataclass, field
from pathlib import Path

import torch
from torch import Tensor

from ..data.triples import Triples
from ..models.findings import Known
from ..models.reliability import Trust, full_trust
from ..models.senses import fused
from .corruptions import redrawn
from .evidence import HIDDEN_SHARES, NOTHING, STRENGTHS, Evidence, corrupted, joined, meaningless, read
from .joint_findings import calibration_error
from .lessons import plain
from .reliability import fused_logits

REPEATS = 4  # pictures that each validation recording meets
JUNK = 240  # signals of each kind that mean nothing


@dataclass(frozen=True)
class Row:
    """One corruption. Shares lie in 0 … 1.

    alone   sense → share believed right by it alone, of those that mean something
    fused   share believed right by all together; codes: read off the shared codes
    junk    mean weight of the sense that was given something without a meaning, of 1; None where there is none
    """

    name: str
    items: int
    alone: dict[str, float]
    fused: float
    codes: float
    junk: float | None = None

    @property
    def lack(self) -> float:
        """How far what is fused is below the best single sense, 0 where it is not."""
        return max(0.0, max(self.alone.values()) - self.fused)


@dataclass(frozen=True)
class FusionTable:
    """All rows, and what else was measured.

    calibration  "fused" and each sense → expected calibration error over all its rows
    auroc        sense → kind of what means nothing → area under the curve against validation items
    """

    rows: list[Row]
    calibration: dict[str, float]
    auroc: dict[str, dict[str, float]] = field(default_factory=dict)


@torch.inference_mode()
def fusion_table(known: Known, judging: Triples, data: Path, *, seed: int = 7) -> FusionTable:
    """Everything that can be told of one model without its rivals. Seeded: the same weights give the same."""
    generator = torch.Generator().manual_seed(seed)
    evidence = _Collected(known, judging, generator)
    junk = {
        sense: meaningless(sense, judging, data, "val", JUNK, seed=seed) for sense in ("pictures", "sounds", "words")
    }
    junk = {
        s: {kind: read(known.joint, s, signals, NOTHING) for kind, signals in kinds.items() if len(signals)}
        for s, kinds in junk.items()
    }
    given = list(_corrupted_rows(evidence)) + list(_junk_rows(evidence, junk, generator))
    rows, beliefs = [], {}
    for name, items in given:
        rows.append(_row(known, name, items, evidence.meanings, beliefs))
    for sense, kinds in junk.items():
        for each in kinds.values():
            _keep(beliefs, sense, *_alone(known, sense, each))
    errors = {key: calibration_error(*(torch.cat(part) for part in parts)) for key, parts in beliefs.items()}
    real = {sense: _known_score(known, sense, evidence.real(sense)) for sense in junk}
    auroc = {
        s: {kind: area(real[s], _known_score(known, s, each)) for kind, each in kinds.items()}
        for s, kinds in junk.items()
    }
    return FusionTable(rows, errors, auroc)


class _Collected:
    """Validation pairs of a picture and a recording, and each of them under every corruption."""

    def __init__(self, known: Known, judging: Triples, generator: torch.Generator) -> None:
        self.known, self.judging, self.generator = known, judging, generator
        self.sounds = torch.arange(len(judging.sounds)).repeat(REPEATS)
        self.meanings = judging.sounds.meanings[self.sounds]
        self.pictures = judging.pictures.pick(self.meanings, generator=generator)

    def of(self, sense: str, kind: str, level: float) -> Evidence:
        """Of every pair."""
        chosen = getattr(self, sense)
        signal = corrupted(sense, self.judging, chosen, kind, level, generator=self.generator)
        return read(self.known.joint, sense, signal, self.meanings)

    def real(self, sense: str) -> Evidence:
        """Validation items as they are, and handwriting also as a visitor's reaches the eye."""
        joint, shelf = self.known.joint, getattr(self.judging, sense)
        parts = [read(joint, sense, plain(sense, shelf.items), shelf.meanings)]
        if sense == "pictures":
            some = torch.randperm(len(shelf), generator=self.generator)[:JUNK]
            parts.append(read(joint, sense, redrawn(self.judging, some), shelf.meanings[some]))
        return joined(parts)


def _corrupted_rows(evidence: _Collected) -> list[tuple[str, dict[str, Evidence]]]:
    levels = {"noise": STRENGTHS, "occlusion": tuple(range(1, 1 + len(HIDDEN_SHARES)))}
    clean = {sense: evidence.of(sense, "noise", 0.0) for sense in ("pictures", "sounds")}
    rows = []
    for kind, strengths in levels.items():
        for level in strengths:
            worn = {sense: evidence.of(sense, kind, level) for sense in clean}
            for what, senses in (("picture", ["pictures"]), ("sound", ["sounds"]), ("both", list(clean))):
                rows.append((f"{what}: {kind} {level:g}", clean | {sense: worn[sense] for sense in senses}))
    return rows


def _junk_rows(
    evidence: _Collected, junk: dict[str, dict[str, Evidence]], generator: torch.Generator
) -> list[tuple[str, dict[str, Evidence]]]:
    clean = {sense: evidence.of(sense, "noise", 0.0) for sense in ("pictures", "sounds")}
    noisy = {sense: evidence.of(sense, "noise", 1.0) for sense in clean}
    rows = []
    for sense, kinds in junk.items():
        for kind, items in kinds.items():
            some = items.at(torch.randint(len(items), (len(evidence.meanings),), generator=generator))
            if sense != "words":
                rows.append((f"{sense[:-1]}: {kind}", clean | {sense: some}))
                continue
            rows += [(f"{other[:-1]} + {kind}", {other: clean[other], sense: some}) for other in clean]
            rows += [(f"{other[:-1]} noise 1 + {kind}", {other: noisy[other], sense: some}) for other in clean]
            rows.append((f"picture + sound + {kind}", clean | {sense: some}))
    return rows


def _row(known: Known, name: str, items: dict[str, Evidence], meanings: Tensor, beliefs: dict) -> Row:
    target = torch.nn.functional.one_hot(meanings, len(known.config.meanings)).float()
    alone = {}
    for sense, each in items.items():
        if (each.meanings != NOTHING).all():
            belief, wanted = _alone(known, sense, each)
            alone[sense] = _right(belief, meanings)
            _keep(beliefs, sense, belief, wanted)
    belief, latents, shares = together(known, items)
    _keep(beliefs, "fused", belief, target)
    spoken = known.joint.believe(known.joint.embed(known.joint.snap(latents[..., None]))[..., 0])
    empty = [sense for sense, each in items.items() if (each.meanings == NOTHING).all()]
    junk = sum(shares[sense].mean().item() for sense in empty) if empty else None
    return Row(name, len(meanings), alone, _right(belief, meanings), _right(spoken, meanings), junk)


def together(known: Known, items: dict[str, Evidence]) -> tuple[Tensor, Tensor, dict[str, Tensor]]:
    """Belief (B, M), latents (B, D) and share (B,) of each sense, as `asked.fuse` gives them."""
    trust = {sense: _trust(known, sense, each) for sense, each in items.items()}
    opinions = {sense: each.opinion for sense, each in items.items()}
    present = torch.ones(len(next(iter(items.values()))), len(items), dtype=torch.bool)
    logits, latents = fused_logits(known.joint, opinions, trust, present)
    counted = {sense: trust[sense].weight[:, None] * opinion.precision for sense, opinion in opinions.items()}
    total = 1 + sum(counted.values())
    shares = {sense: (each / total).mean(1) for sense, each in counted.items()}
    return (logits / known.findings.temperature).softmax(1), latents, shares


def _alone(known: Known, sense: str, items: Evidence) -> tuple[Tensor, Tensor]:
    """What one sense believes (B, M), and what it should."""
    point = fused([items.opinion], [torch.ones(len(items))])
    confidence = _trust(known, sense, items).confidence[:, None]
    belief = (known.joint.believe(point) / known.findings.temperature * confidence).softmax(1)
    target = torch.nn.functional.one_hot(items.meanings.clamp(min=0), belief.shape[1]).float()
    return belief, torch.where((items.meanings == NOTHING)[:, None], 1 / belief.shape[1], target)


def _trust(known: Known, sense: str, items: Evidence) -> Trust:
    return known.reliability(sense, items.features) if known.reliability else full_trust(len(items))


def _known_score(known: Known, sense: str, items: Evidence) -> Tensor:
    """(N,) the score by which what is known is told from what is not: the surety of the belief, where there is no
    better one."""
    return _trust(known, sense, items).known if known.reliability else _alone(known, sense, items)[0].amax(1)


def _keep(beliefs: dict, key: str, belief: Tensor, target: Tensor) -> None:
    found = beliefs.setdefault(key, ([], []))
    found[0].append(belief)
    found[1].append(target)


def _right(belief: Tensor, meanings: Tensor) -> float:
    return (belief.argmax(1) == meanings).float().mean().item()


def area(high: Tensor, low: Tensor) -> float:
    """Area under the ROC curve: how likely a value of `high` (N,) exceeds one of `low` (M,), ties counting half."""
    order = low.sort().values
    below = torch.searchsorted(order, high) + torch.searchsorted(order, high, right=True)
    return (below.double().mean() / (2 * len(low))).item()
