"""What is kept beside the weights of a joint model: who uses which shared code, how sure is sure, and a map."""

import torch
import torch.nn.functional as F
from torch import Tensor

from ..core.framing import written
from ..data.triples import Shelf, Triples
from ..models.findings import Cloud, Findings, Known
from ..models.joint import SENSES, Joint
from ..models.senses import fused
from .joint_figures import JointFigures, concept_codes
from .lessons import draw_lesson, plain
from .rivals import Rivals, fusion_lesson

COUNTED = 1_000  # items of each sense whose codes are counted
POINTS = 200  # of each sense on the map
LESSONS = 24  # batches by which a temperature is found
TEMPERATURES = [0.5 * 1.05**i for i in range(50)]  # 0.5 … 5.5


def find_out(known: Known, triples: Triples, judging: Triples, figures: JointFigures, rivals: Rivals) -> Findings:
    """All that is kept of a measurement, but for the map."""
    joint = known.joint
    temperature, before, after = fitting_temperature(joint, judging)
    calibration = {"calibration error": before, "calibration error at that temperature": after}
    calibration["mean surety of spoken words that mean nothing here"] = strangest(joint, judging, temperature)
    return Findings(
        domain=triples.domain,
        words=taught_words(triples),
        temperature=temperature,
        usage=code_usage(joint, triples),
        figures=figures.to_dict() | {"calibration": calibration, "rival_steps": rivals.steps},
        lesson=fusion_lesson(known, judging, rivals),
    )


def taught_words(triples: Triples) -> dict[str, list[str]]:
    """Tongue → the word for each meaning."""
    shelf, found = triples.words, {}
    for style, tongue in enumerate(shelf.names):
        own = shelf.styles == style
        words = dict(zip(shelf.meanings[own].tolist(), written(shelf.items[own]), strict=True))
        found[tongue] = [words[meaning] for meaning in range(len(triples.meanings))]
    return found


@torch.inference_mode()
def code_usage(joint: Joint, triples: Triples) -> dict[str, list[list[list[int]]]]:
    """How many items of each meaning chose a code: sense → [codebook][code][meaning], and "together" of lessons.

    Of each sense at most COUNTED items, all meanings as often. Lessons are triples with noise, some of which
    disagree: only these use the later codebooks.
    """
    generator, found = torch.Generator().manual_seed(0), {}
    for sense, shelf in zip(SENSES, triples.shelves, strict=True):
        chosen = _spread(shelf, COUNTED, generator)
        found[sense] = _counts(joint, concept_codes(joint, sense, shelf.items[chosen]), shelf.meanings[chosen])
    codes, meanings = [], []
    for _ in range(COUNTED // 64):
        lesson = draw_lesson(triples, 64, generator=generator)
        latents = _fused(joint, lesson.present, lesson.signals)
        codes.append(joint.snap(latents))
        meanings.append(lesson.target.argmax(1))
    return found | {"together": _counts(joint, torch.cat(codes), torch.cat(meanings))}


@torch.inference_mode()
def point_cloud(joint: Joint, judging: Triples) -> Cloud:
    """POINTS validation items of each sense, each seen, heard or read alone."""
    generator, parts = torch.Generator().manual_seed(0), []
    for number, (sense, shelf) in enumerate(zip(SENSES, judging.shelves, strict=True)):
        chosen = _spread(shelf, POINTS, generator)
        latents = torch.cat([joint.latents({sense: plain(sense, shelf.items[some])}, {}) for some in chosen.split(64)])
        senses = torch.full_like(chosen, number)
        parts.append((latents[..., 0], senses, shelf.meanings[chosen], shelf.styles[chosen]))
    return Cloud(*(torch.cat(column) for column in zip(*parts, strict=True)))


@torch.inference_mode()
def fitting_temperature(joint: Joint, judging: Triples) -> tuple[float, float, float]:
    """By what to divide the logits of a belief, and how far surety is from being right, before and after.

    The temperature of the least cross-entropy on validation items as the world wears them, senses missing, at odds,
    and speaking of something else (Guo, Pleiss, Sun, Weinberger 2017, On Calibration of Modern Neural Networks,
    section 4.2). The distances are expected calibration errors over ten bins (ibid., eq. 3).
    """
    generator, logits, targets = torch.Generator().manual_seed(2), [], []
    for _ in range(LESSONS):
        lesson = draw_lesson(judging, 64, generator=generator)
        logits.append(joint.believe(_fused(joint, lesson.present, lesson.signals)[..., 0]))
        targets.append(lesson.target)
    scores, target = torch.cat(logits), torch.cat(targets)
    costs = [-(target * (scores / t).log_softmax(1)).sum(1).mean().item() for t in TEMPERATURES]
    best = TEMPERATURES[min(range(len(costs)), key=costs.__getitem__)]
    return best, *(calibration_error((scores / t).softmax(1), target) for t in (1.0, best))


@torch.inference_mode()
def strangest(joint: Joint, judging: Triples, temperature: float) -> float:
    """How sure, in the mean, it is of words it has no meaning for; 0 where there are none to be heard."""
    found = [
        (joint.believe(joint.latents({"sounds": plain("sounds", some)}, {})[..., 0]) / temperature).softmax(1).amax(1)
        for some in judging.strange.split(64)
        if len(some)
    ]
    return torch.cat(found).mean().item() if found else 0.0


def calibration_error(belief: Tensor, target: Tensor) -> float:
    """Mean distance, over ten bins of surety, between how sure (N, M) is and how right it is by (N, M)."""
    surety, chosen = belief.max(1)
    right = target.gather(1, chosen[:, None])[:, 0]
    bins = (surety * 10).long().clamp(max=9)
    sums = [torch.zeros(10).index_add_(0, bins, each) for each in (surety, right)]
    return ((sums[0] - sums[1]).abs().sum() / len(belief)).item()


def _fused(joint: Joint, present: Tensor, signals: dict[str, Tensor]) -> Tensor:
    opinions = [joint.opinion(sense, signals[sense]) for sense in SENSES]
    return fused(opinions, [present[:, i].float() for i in range(len(SENSES))])[..., None]


def _spread(shelf: Shelf, most: int, generator: torch.Generator) -> Tensor:
    """Numbers of different items, of every meaning and style as many as there are, `most` in all."""
    order = torch.randperm(len(shelf), generator=generator)
    kinds = shelf.meanings[order] * len(shelf.names) + shelf.styles[order]
    rank = torch.zeros(len(order), dtype=torch.int64)
    for kind in kinds.unique():
        own = kinds == kind
        rank[own] = torch.arange(int(own.sum()))
    return order[rank.argsort(stable=True)[:most]]


def _counts(joint: Joint, codes: Tensor, meanings: Tensor) -> list[list[list[int]]]:
    size, number = joint.config.codebook_size, len(joint.config.meanings)
    rows = [F.one_hot(own * number + meanings, size * number).sum(0).reshape(size, number) for own in codes.unbind(1)]
    return [row.tolist() for row in rows]
