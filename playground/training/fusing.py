"""The stage of a joint model in which its senses learn to understand, and to agree on shared codes."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..data.triples import Triples
from ..models.joint import SENSES, Joint
from ..models.senses import Opinion, fused
from ..quantizers.cures import kmeans
from .codebooks import Codebooks
from .joint_recipes import StageRecipe
from .lessons import Course, Lesson, beliefs, draw_lesson

START_BATCHES = 16
LEAST_SHARED = 8  # latents of which a code is the centre


class Fusing:
    """Each sense alone, and any of them together, shall say what is meant, and choose the same codes for it.

        Σ over senses  w · cross-entropy of its own belief      each alone: no sense can hide behind another
        + cross-entropy of the belief in the fused latents, and in their codes
        + commitment of the fused latents to their codes
        + |each sense's latents − the codes of all that is present|², where all agree

    The last draws handwriting, hand and voice to one code. From the second codebook on code 0 is nothing: it is
    chosen when the first code says all, and the others tell in which direction one is in doubt.
    """

    name, measure = "fusion", "nats"

    def __init__(self, joint: Joint, triples: Triples, judges: Triples, recipe: StageRecipe) -> None:
        self.joint, self.triples, self.judges, self.recipe = joint, triples, judges, recipe
        self.course = Course(triples, recipe.batch, recipe.lessons)
        self.network = nn.ModuleDict({"senses": joint.senses, "believe": joint.believe, "quantizer": joint.quantizer})
        self.books = Codebooks(joint.quantizer, recipe)
        self.first = min(300, recipe.steps // 3)  # steps without codes

    def loss(self, step: int, generator: torch.Generator) -> Tensor:
        """() of one random lesson."""
        if step == self.first:
            self._start(generator)
        lesson = self.course.lesson(step, generator=generator)
        opinions = self._opinions(lesson.signals)
        alone = {sense: fused([each], [torch.ones(len(each.mean))]) for sense, each in opinions.items()}
        loss = sum(
            self.recipe.weights[sense] * _cross_entropy(self.joint.believe(latents), lesson.meant[sense])
            for sense, latents in alone.items()
        )
        together = self._together(opinions, lesson)
        loss = loss + _cross_entropy(self.joint.believe(together), lesson.target)
        if step < self.first:
            return loss + 0.01 * together.square().mean()
        quantized = self.joint.quantizer.straight_through(together[..., None])
        codes = quantized.latents[..., 0]
        loss = loss + _cross_entropy(self.joint.believe(codes), lesson.target) + quantized.loss
        agreed = self.joint.quantizer.stages[0].lookup(quantized.indices[:, :1])[..., 0].detach()
        sure = (lesson.target.amax(1) > 0.99).float()
        for i, sense in enumerate(SENSES):
            counted = sure * lesson.present[:, i]
            distance = (alone[sense] - agreed).square().mean(1)
            loss = loss + (distance * counted).sum() / counted.sum().clamp(min=1)
        self._pending = together.detach()[..., None], quantized.indices
        return loss

    def after(self, step: int, generator: torch.Generator) -> None:
        """Codes follow what chose them; code 0 of the later codebooks stays nothing."""
        if step < self.first:
            return
        latents, indices = self._pending
        self.books.follow(latents, indices, revive=False, generator=generator)
        self._silence()

    @torch.no_grad()
    def settle(self) -> None:
        """Puts the later codebooks where doubt is, once the senses learn no more.

        Their codes are the centres of what is left over of triples that disagree, as far as it is at least half as
        long as the way to the next meaning; what is shorter is nothing. So a clear seven is (seven, nothing, nothing
        …), whoever saw or heard it.
        """
        generator = torch.Generator().manual_seed(self.recipe.seed)
        latents = self._doubtful(generator)  # (N, D)
        first, *later = self.joint.quantizer.stages
        chosen = first.nearest(latents[..., None])[:, 0, 0]
        codes = first.weight[chosen.unique()]
        half = torch.cdist(codes, codes).fill_diagonal_(torch.inf).amin(1).median() / 2
        left = latents - first.weight[chosen]
        for stage in later:
            stage.weight.zero_()
            far = left[left.norm(dim=1) >= half]
            count = min(len(stage.weight) - 1, len(far) // LEAST_SHARED)
            if count:
                centres = kmeans(far, count, generator=generator)
                stage.weight[1 : count + 1] = centres * (centres.norm(dim=1, keepdim=True) >= half)
            left = left - stage.lookup(stage.nearest(left[..., None]))[..., 0]

    def tensors(self) -> dict[str, Tensor]:
        """What a resumed training needs besides the weights."""
        return self.books.tensors()

    def restore(self, tensors: dict[str, Tensor]) -> None:
        """Takes back what `tensors` gave."""
        self.books.restore(tensors)

    @torch.no_grad()
    def judge(self) -> float:
        """Cross-entropy in nats of each sense alone on what was never learned from, the mean over senses."""
        found = []
        for sense, shelf in zip(SENSES, self.judges.shelves, strict=True):
            right = [
                F.nll_loss(belief.clamp(min=1e-6).log(), shelf.meanings[some])
                for some, belief in beliefs(self.joint, sense, shelf.items)
            ]
            found.append(torch.stack(right).mean())
        return torch.stack(found).mean().item()

    def _opinions(self, signals: dict[str, Tensor]) -> dict[str, Opinion]:
        return {sense: self.joint.opinion(sense, signal) for sense, signal in signals.items()}

    def _together(self, opinions: dict[str, Opinion], lesson: Lesson) -> Tensor:
        weights = [lesson.present[:, i].float() for i in range(len(SENSES))]
        return fused([opinions[sense] for sense in SENSES], weights)

    @torch.no_grad()
    def _start(self, generator: torch.Generator) -> None:
        latents = self._doubtful(generator).t()[None]  # (1, D, N)
        self.books.start(latents, batches=START_BATCHES, taken=0, generator=generator)
        self._silence()

    @torch.no_grad()
    def _doubtful(self, generator: torch.Generator) -> Tensor:
        """(N, D) latents of triples, in half of which all agree."""
        parts = []
        for odd in [0.0, 1.0] * (START_BATCHES // 2):
            lesson = draw_lesson(self.triples, self.recipe.batch, generator=generator, odd=odd)
            parts.append(self._together(self._opinions(lesson.signals), lesson))
        return torch.cat(parts)

    @torch.no_grad()
    def _silence(self) -> None:
        for stage in self.joint.quantizer.stages[1:]:
            stage.weight[0] = 0


def _cross_entropy(logits: Tensor, target: Tensor) -> Tensor:
    return -(target * logits.float().log_softmax(1)).sum(1).mean()
