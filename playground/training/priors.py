"""The training of priors, as a generator like that of codecs."""

import math
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import torch
from safetensors.torch import save

from ..core.codec import Codec
from ..core.errors import InputError
from ..models.folder import CONFIG, WEIGHTS
from ..priors.folder import build_prior, fingerprint, prior_text
from ..priors.prior import Prior, PriorConfig
from .average import Average
from .material import Material, Vocabulary
from .optimizer import Optimizer
from .precision import mixed_precision
from .prior_recipes import PAPERS, PriorRecipe
from .randomness import SeededDraws
from .recipes import learning_rate
from .state import load_state, save_state, write_safely
from .stopping import requested
from .team import Team

JUDGED = 512  # validation items
LOOKS = 8  # how often each is judged, since chance decides what of it is hidden


@dataclass(frozen=True)
class PriorReport:
    """How training stands.

    loss         mean over the steps since the last report, in the unit of `measure`
    val_quality  the same of validation items; None before it was first measured
    measure      "bits/token": of a causal prior exactly those of its items, of a masked prior those of hidden tokens
                 (validation: an upper bound of all), of a flow those of tokens whose latents are seen with noise
    steps_taken  since the last report
    seconds      of those steps
    """

    step: int
    steps: int
    loss: float
    val_quality: float | None
    measure: str
    learning_rate: float
    steps_taken: int
    seconds: float


def prior_config(recipe: PriorRecipe, codec: Codec, vocabulary: Vocabulary) -> PriorConfig:
    """The prior that a recipe trains for a codec."""
    return PriorConfig(
        name=recipe.name,
        kind=recipe.kind,
        codec=recipe.codec,
        codes=fingerprint(codec),
        codebook_size=codec.quantizer.codebook_size,
        dim=codec.codebook().shape[1],
        stride=codec.stride,
        trunk=recipe.trunk,
        vocabulary=vocabulary,
        guidance=recipe.guidance,
        sampling=recipe.sampling,
        steps=recipe.rounds,
    )


class PriorRun:
    """A training under way: the prior, its optimiser and the mean of its weights at one step."""

    measure = "bits/token"

    def __init__(self, recipe: PriorRecipe, codec: Codec, material: Material, vocabulary: Vocabulary) -> None:
        self.recipe, self.material, self.step, self.team = recipe, material, 0, Team()
        self.config = prior_config(recipe, codec, vocabulary)
        with SeededDraws(recipe.seed):
            self.prior: Prior = build_prior(self.config, codec.to(self.team.device))
        self.lesson = partial(self.prior.loss, astray=recipe.astray) if recipe.astray else self.prior.loss
        self.network = self.prior.network.to(self.team.device)
        if recipe.kind == "flow":
            self.prior.settle(material.indices[: 64 * 64].long().to(self.team.device))
        self.weights = {name: p for name, p in self.network.named_parameters() if p.requires_grad}
        self.optimizer = Optimizer(self.weights)
        self.average = Average(self.network, decay=recipe.average)

    def advance(self) -> float:
        """One step. Gives the loss. Raises FloatingPointError when it or its gradient is no longer a number."""
        seed = self.recipe.seed * 1_000_003 + self.step  # chance is of the step alone: resuming is exact
        generator = torch.Generator().manual_seed(seed)
        shares = {"unasked": self.recipe.unasked, "named": self.recipe.named}
        batch = self.material.batch(self.recipe.batch, **shares, generator=generator)
        indices, wanted = map(self.team.share, batch)
        with SeededDraws(seed), mixed_precision(self.team.device):
            loss = self.lesson(indices, wanted)
        loss.backward()
        self.team.average(list(self.weights.values()))
        norm = torch.nn.utils.clip_grad_norm_(self.weights.values(), 1.0).item()
        (value,) = self.team.mean(loss)
        if not math.isfinite(value) or not math.isfinite(norm):
            raise FloatingPointError(f"loss {value}, gradient norm {norm} at step {self.step}")
        self.optimizer.step(learning_rate(self.recipe, self.step))
        self.step += 1
        self.average.follow(self.step)
        return value / math.log(2)

    @torch.no_grad()
    def validate(self, judges: Material) -> float:
        """Bits a token, mean over some items, with the averaged weights."""
        every = max(1, len(judges) // JUDGED)
        indices, wanted = (values[::every] for values in judges.finest())
        looks = 1 if self.recipe.kind == "causal" else LOOKS
        found = []
        with self.average.worn(), SeededDraws(0):  # the same is hidden every time, so figures can be compared
            for _ in range(looks):
                for some, asked in zip(indices.split(64), wanted.split(64), strict=True):
                    found.append(self.prior.cost(some.to(self.team.device), asked.to(self.team.device)).cpu())
        return torch.cat(found).mean().item() / indices.shape[1]

    def save(self, folder: Path) -> None:
        """Writes everything a resumed training needs. Of a team, one does."""
        if not self.team.leads:
            return
        tensors = {f"model.{name}": value for name, value in self.network.state_dict().items()}
        tensors |= self.average.tensors() | self.optimizer.tensors()
        tensors = {name: value.contiguous() for name, value in tensors.items()}
        save_state(folder, self.step, tensors, {"prior": self._identity(), "recipe": asdict(self.recipe)})

    def resume(self, folder: Path) -> None:
        """Takes up the newest state in `folder`, if there is one. Raises InputError for that of another prior."""
        state = load_state(folder)
        if state is None:
            return
        self.step, tensors, notes = state
        if notes.get("prior") != self._identity():
            raise InputError("“{folder}” holds the training of another prior. Name another folder.", folder=folder)
        own = {n.removeprefix("model."): v for n, v in tensors.items() if n.startswith("model.")}
        self.network.load_state_dict(own)
        self.average.restore(tensors)
        self.optimizer.restore(tensors)

    def _identity(self) -> dict:
        config = self.config
        return {
            "kind": config.kind,
            "codes": config.codes,
            "trunk": asdict(config.trunk) | {"grid": [*config.trunk.grid]},
        }

    def export(self, folder: Path, *, title: str, licence: str) -> None:
        """Writes config.json and the averaged weights, in half precision."""
        tensors = {name: tensor.half().cpu().contiguous() for name, tensor in self.average.values.items()}
        folder.mkdir(parents=True, exist_ok=True)
        write_safely(folder / WEIGHTS, save(tensors))
        text = prior_text(self.config, title=title, paper=PAPERS[self.recipe.kind], licence=licence)
        write_safely(folder / CONFIG, text.encode())
        (folder / "card.md").unlink(missing_ok=True)  # what it says is of older weights


def train_prior(run: PriorRun, judges: Material, folder: Path) -> Iterator[PriorReport]:
    """Takes a run to its end, going on from the newest state in `folder`; yields a PriorReport every now and then.

    A listener who leaves loses nothing: the state is saved then. Raises FloatingPointError when the loss
    is no longer a number; the last good state stays on disk.
    """
    run.resume(folder)
    recipe, saved, quality = run.recipe, run.step, None
    try:
        while run.step < recipe.steps:
            until = min(run.step - run.step % recipe.report_every + recipe.report_every, recipe.steps)
            started, losses = time.perf_counter(), []
            while run.step < until:
                losses.append(run.advance())
                if requested():
                    break
            seconds = time.perf_counter() - started
            if run.step % recipe.save_every < recipe.report_every or run.step == recipe.steps:
                quality, saved = run.validate(judges), run.step
                run.save(folder)
            yield PriorReport(
                step=run.step,
                steps=recipe.steps,
                loss=sum(losses) / len(losses),
                val_quality=quality,
                measure=run.measure,
                learning_rate=learning_rate(recipe, run.step),
                steps_taken=len(losses),
                seconds=seconds,
            )
    except GeneratorExit:
        if run.step != saved:
            run.save(folder)
        raise
