"""Training of the reliability of a joint model's senses, which stay as they are, on evidence read once."""

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor

from ..models.joint import SENSES, Joint
from ..models.reliability import Reliability, Trust, relative, sizes_of, weighted
from ..models.senses import Opinion, fused
from .evidence import NOTHING, Evidence

BATCH, RATE, DECAY = 256, 2e-3, 0.02
ODD = 0.08  # share of the triples in which one sense means something else
WEIGHT, CONFIDENCE = 0, 1  # which output of a head
HELD_OUT = 8  # batches
SHIFTS = [i / 4 for i in range(-12, 13)]
RARE = 0.25  # what a signal without a meaning counts for, when a belief's confidence is learned
ALONE, TOGETHER, DOMAIN = 0.5, 1.0, 0.5  # weights of the losses


def train_reliability(
    joint: Joint, evidence: dict[str, Evidence], temperature: float, *, steps: int = 1_500, seed: int = 0
) -> Reliability:
    """A network that says of each sense's evidence how far to rely on it. In eval mode.

        Σ over senses  cross-entropy of its own belief, times its confidence
        + cross-entropy of what any of them believe together; of what means nothing every meaning is as likely
        + binary cross-entropy of "this is of a kind that was learned"

    temperature  by which the logits of beliefs are divided
    """
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        network = Reliability(sizes_of(joint))
        for sense, items in evidence.items():
            network.standardise(sense, items.features)
        optimizer = torch.optim.AdamW(network.parameters(), lr=RATE, weight_decay=DECAY)
        generator = torch.Generator().manual_seed(seed)
        for step in range(steps):
            optimizer.param_groups[0]["lr"] = RATE * min(1.0, (step + 1) / 50, 2 * (1 - step / steps))
            loss = _loss(joint, network, _lesson(joint, evidence, generator), temperature)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    return network.eval().requires_grad_(False)


@torch.no_grad()
def calibrate(joint: Joint, network: Reliability, evidence: dict[str, Evidence], temperature: float) -> None:
    """Shifts weight and confidence of each sense to where beliefs cost least on held-out evidence: two numbers each.

    The senses know their training items too well, sounds best of all; so how far to heed one beside another is taken
    from items that none of them learned from (after Guo, Pleiss, Sun, Weinberger 2017, section 4.2).
    """
    generator = torch.Generator().manual_seed(0)
    lessons = [_lesson(joint, evidence, generator) for _ in range(HELD_OUT)]
    for sense in [*evidence, *evidence]:
        bias = network.heads[sense][-1].bias

        def together() -> float:
            return sum(_together(joint, network, lesson, temperature).item() for lesson in lessons)

        def alone(sense: str = sense) -> float:
            trust = network(sense, evidence[sense].features)
            return _alone(joint, evidence[sense], trust, temperature).item()

        _shift(bias, WEIGHT, together)
        _shift(bias, CONFIDENCE, alone)


def _shift(bias: Tensor, place: int, cost: Callable[[], float]) -> None:
    """Moves one number of a bias to the best of SHIFTS from where it is."""
    learned, costs = bias[place].clone(), []
    for shift in SHIFTS:
        bias[place] = learned + shift
        costs.append(cost())
    bias[place] = learned + SHIFTS[min(range(len(costs)), key=costs.__getitem__)]


def _lesson(
    joint: Joint, evidence: dict[str, Evidence], generator: torch.Generator
) -> tuple[dict[str, Evidence], Tensor]:
    """Random evidence of each sense, mostly of one meaning, some without any, and which of it is present (B, 3)."""
    meanings = torch.randint(len(joint.config.meanings), (BATCH,), generator=generator)
    strays = torch.randint(len(joint.config.meanings), (BATCH,), generator=generator)
    stray = (torch.rand(BATCH, generator=generator) < ODD)[:, None]
    stray = stray & (torch.randint(3, (BATCH, 1), generator=generator) == torch.arange(3))
    lesson = {}
    for i, sense in enumerate(SENSES):
        wanted = torch.where(stray[:, i], strays, meanings)
        wanted = torch.where(torch.rand(BATCH, generator=generator) < 0.25, NOTHING, wanted)
        lesson[sense] = evidence[sense].at(_pick(evidence[sense].meanings, wanted, generator))
    subsets = torch.randint(1, 8, (BATCH, 1), generator=generator)
    return lesson, (subsets >> torch.arange(3)) & 1 == 1


def _pick(meanings: Tensor, wanted: Tensor, generator: torch.Generator) -> Tensor:
    """Numbers of random items with the meanings that are wanted (B,), or of none where there are no such items."""
    order = meanings.argsort(stable=True)
    counts = (meanings + 1).bincount(minlength=int(max(meanings.max(), wanted.max())) + 2)
    wanted = torch.where(counts[wanted + 1] > 0, wanted, NOTHING)
    luck = (torch.rand(len(wanted), generator=generator) * counts[wanted + 1]).long()
    return order[(counts.cumsum(0) - counts)[wanted + 1] + luck]


def _loss(joint: Joint, network: Reliability, lesson: tuple[dict[str, Evidence], Tensor], temperature: float) -> Tensor:
    loss = TOGETHER * _together(joint, network, lesson, temperature)
    for sense, each in lesson[0].items():
        trust = network(sense, each.features)
        with_meaning = (each.meanings != NOTHING).float()
        domain = F.binary_cross_entropy(trust.known.clamp(1e-6, 1 - 1e-6), with_meaning)
        loss = loss + ALONE * _alone(joint, each, trust, temperature) + DOMAIN * domain
    return loss


def _alone(joint: Joint, items: Evidence, trust: Trust, temperature: float) -> Tensor:
    """() cross-entropy of what one sense believes alone. What has no meaning counts less: some scribbles are digits."""
    logits = joint.believe(fused([items.opinion], [torch.ones(len(items))])) / temperature
    target = _target(items.meanings, logits.shape[1])
    each = F.cross_entropy(logits * trust.confidence[:, None], target, reduction="none")
    counts = torch.where(items.meanings == NOTHING, RARE, 1.0)
    return (each * counts).sum() / counts.sum()


def _together(
    joint: Joint, network: Reliability, lesson: tuple[dict[str, Evidence], Tensor], temperature: float
) -> Tensor:
    """() cross-entropy of what the senses that are present believe together: what has no meaning is as missing."""
    items, present = lesson
    number = len(joint.config.meanings)
    trust = {sense: network(sense, each.features) for sense, each in items.items()}
    logits = fused_logits(joint, {s: e.opinion for s, e in items.items()}, trust, present)[0] / temperature
    speak = torch.stack([items[sense].meanings != NOTHING for sense in SENSES], 1) & present
    meant = torch.stack([_target(items[sense].meanings, number) for sense in SENSES], 1)  # (B, 3, M)
    target = (meant * speak[..., None]).sum(1) / speak.sum(1)[:, None].clamp(min=1)
    return F.cross_entropy(logits, torch.where(speak.any(1)[:, None], target, 1 / number))


def fused_logits(
    joint: Joint, opinions: dict[str, Opinion], trust: dict[str, Trust], present: Tensor
) -> tuple[Tensor, Tensor]:
    """(B, M) logits of what the senses that are present (B, S) believe together, and their point (B, D)."""
    columns = dict(zip(opinions, present.float().unbind(1), strict=True))
    masked = {s: Trust(each.weight * columns[s], each.confidence, each.known) for s, each in trust.items()}
    weights = relative(masked)
    point = fused(list(opinions.values()), list(weights.values()))
    return joint.believe(point) * weighted(opinions, weights, trust)[:, None], point


def _target(meanings: Tensor, number: int) -> Tensor:
    one = F.one_hot(meanings.clamp(min=0), number).float()
    return torch.where((meanings == NOTHING)[:, None], 1 / number, one)
