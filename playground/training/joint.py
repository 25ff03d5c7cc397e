"""The training of a joint model, as one generator: stage after stage, each in a folder of its own.

fusion/             senses and shared codes
pictures/, sounds/  the small codecs of what comes out, as every codec is trained
generator/          what is written with them
checkpoint/         all of it, written at the end
"""

import json
import math
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Protocol

import torch
from safetensors.torch import save
from torch import Tensor, nn

from ..core.errors import InputError
from ..data.disturb import disturbed
from ..data.triples import Triples
from ..models.folder import CONFIG, WEIGHTS
from ..models.joint import Joint, JointConfig
from ..models.joint_folder import joint_text
from ..models.mel import HOP
from ..models.mel import seen as listened
from . import loop
from .average import Average
from .checkpoint import trained_codec
from .fusing import Fusing
from .joint_recipes import JointRecipe, StageRecipe
from .optimizer import Optimizer
from .precision import mixed_precision
from .randomness import SeededDraws
from .recipes import Recipe, learning_rate
from .state import load_state, locked, save_state, write_safely
from .stopping import requested
from .writing import Writing

JUDGED = 128  # validation items of a codec
VARIED = 0.5  # share of a codec's pictures that are moved and worn


@dataclass(frozen=True)
class JointReport:
    """How training stands.

    stage        "fusion", "pictures", "sounds" or "generator"
    step, steps  of that stage
    loss         mean over the steps since the last report, in the unit of `measure`
    val_quality  on validation items; None before it was first measured
    measure      of a codec what its aim is called, of the others the unit of the loss
    """

    stage: str
    step: int
    steps: int
    loss: float
    val_quality: float | None
    measure: str
    steps_taken: int
    seconds: float


class Task(Protocol):
    """What a Learner learns."""

    name: str
    measure: str
    network: nn.Module
    recipe: StageRecipe

    def loss(self, step: int, generator: torch.Generator) -> Tensor: ...

    def after(self, step: int, generator: torch.Generator) -> None: ...

    def judge(self) -> float: ...

    def tensors(self) -> dict[str, Tensor]: ...

    def restore(self, tensors: dict[str, Tensor]) -> None: ...


class Learner:
    """A task under way: its network, the optimiser and the mean of the weights at one step."""

    def __init__(self, task: Task, identity: dict) -> None:
        self.task, self.identity, self.step = task, identity, 0
        self.weights = {name: p for name, p in task.network.named_parameters() if p.requires_grad}
        self.optimizer = Optimizer(self.weights)
        self.average = Average(task.network, decay=task.recipe.average)

    def advance(self) -> float:
        """One step. Gives the loss. Raises FloatingPointError when it or its gradient is no longer a number."""
        recipe = self.task.recipe
        seed = recipe.seed * 1_000_003 + self.step  # chance is of the step alone: resuming is exact
        generator = torch.Generator().manual_seed(seed)
        self.task.network.train()
        with SeededDraws(seed), mixed_precision("cpu"):
            loss = self.task.loss(self.step, generator)
        loss.backward()
        for weight in self.weights.values():  # the codes' own are not asked for in the first steps
            weight.grad = torch.zeros_like(weight) if weight.grad is None else weight.grad
        norm = torch.nn.utils.clip_grad_norm_(self.weights.values(), 1.0).item()
        if not math.isfinite(loss.item()) or not math.isfinite(norm):
            raise FloatingPointError(f"loss {loss.item()}, gradient norm {norm} at step {self.step}")
        self.optimizer.step(learning_rate(recipe, self.step))
        self.task.after(self.step, generator)
        self.step += 1
        self.average.follow(self.step)
        return loss.item()

    def judge(self) -> float:
        """The task's figure with the averaged weights."""
        self.task.network.eval()
        with self.average.worn():
            return self.task.judge()

    def save(self, folder: Path) -> None:
        """Writes everything a resumed training needs."""
        tensors = {f"model.{name}": value for name, value in self.task.network.state_dict().items()}
        tensors |= self.average.tensors() | self.optimizer.tensors() | self.task.tensors()
        tensors = {name: value.contiguous() for name, value in tensors.items()}
        save_state(folder, self.step, tensors, self.identity | {"recipe": asdict(self.task.recipe)})

    def resume(self, folder: Path) -> None:
        """Takes up the newest state in `folder`, if there is one. Raises InputError for that of another model."""
        state = load_state(folder)
        if state is None:
            return
        self.step, tensors, notes = state
        notes.pop("recipe", None)  # with another one a training may go on
        if notes != json.loads(json.dumps(self.identity)):
            raise InputError("“{folder}” holds the training of another model. Name another folder.", folder=folder)
        own = {n.removeprefix("model."): v for n, v in tensors.items() if n.startswith("model.")}
        self.task.network.load_state_dict(own)
        self.average.restore(tensors)
        self.optimizer.restore(tensors)
        self.task.restore(tensors)


def learn(learner: Learner, folder: Path) -> Iterator[JointReport]:
    """Takes a task to its end, going on from the newest state in `folder`. The network then wears the mean weights.

    A listener who leaves loses nothing: the state is saved then.
    """
    folder.mkdir(parents=True, exist_ok=True)
    learner.resume(folder)
    recipe, saved, quality = learner.task.recipe, learner.step, None
    try:
        while learner.step < recipe.steps:
            until = min(learner.step - learner.step % recipe.report_every + recipe.report_every, recipe.steps)
            started, losses = time.perf_counter(), []
            while learner.step < until:
                losses.append(learner.advance())
                if requested():
                    break
            seconds = time.perf_counter() - started
            if learner.step % recipe.save_every < recipe.report_every or learner.step == recipe.steps:
                quality, saved = learner.judge(), learner.step
                learner.save(folder)
            told = {"loss": sum(losses) / len(losses), "val_quality": quality, "measure": learner.task.measure}
            done = {"steps_taken": len(losses), "seconds": seconds}
            yield JointReport(learner.task.name, learner.step, recipe.steps, **told, **done)
    except GeneratorExit:
        if learner.step != saved:
            learner.save(folder)
        raise
    learner.task.network.load_state_dict(learner.average.values)
    learner.task.network.eval()


def joint_config(recipe: JointRecipe, triples: Triples) -> JointConfig:
    """The model that a recipe trains for some triples."""
    styles = {"pictures": triples.pictures.names, "sounds": triples.sounds.names, "words": triples.words.names}
    return JointConfig(
        name=recipe.name,
        meanings=triples.meanings,
        styles=styles,
        pictures=recipe.pictures.codec,
        sounds=recipe.sounds.codec,
        codebook_size=recipe.codebook_size,
        width=recipe.width,
        bands=recipe.bands,
        frames=1 + triples.sounds.items.shape[1] // HOP,
        heard=triples.sounds.items.shape[1],
        trunk=dict(recipe.trunk),
    )


def train_joint(
    recipe: JointRecipe, data: Path, folder: Path, *, generate: bool = True, start: Joint | None = None
) -> Iterator[JointReport]:
    """Trains all stages, going on where `folder` stands, and writes a checkpoint.

    generate  without it only the senses and the shared codes are trained, and there is no checkpoint: enough to
              measure how well a word is understood
    start     a model whose senses, as far as they fit, are the first ones: who heard words will hear others

    Raises InputError for missing data, or when another training writes there; FloatingPointError when a loss is no
    longer a number, the last good state staying on disk.
    """
    triples, judges = (recipe.open(data, split).without(recipe.without) for split in ("train", "val"))
    config = joint_config(recipe, triples)
    with SeededDraws(recipe.fusion.seed):
        joint = Joint(config).to(memory_format=torch.channels_last).eval()
    if start:
        _take(joint.senses, start.senses)
    identity = {"joint": config.to_dict(), "without": list(recipe.without)}
    with ExitStack() as held:
        held.enter_context(locked(folder))
        log = held.enter_context(open(folder / "log.jsonl", "a", encoding="utf-8"))
        for report in _stages(recipe, joint, (triples, judges), folder, identity, generate):
            print(json.dumps(asdict(report)), file=log, flush=True)
            yield report
        if generate:
            export_joint(joint, folder / "checkpoint", title=recipe.title, licence=recipe.licence)


def _take(senses: nn.ModuleDict, others: nn.ModuleDict) -> None:
    """Weights of other senses wherever they have some of that name, as far as their shape reaches."""
    theirs = others.state_dict()
    for name, tensor in senses.state_dict().items():
        if name in theirs and theirs[name].ndim == tensor.ndim:
            part = tuple(slice(0, min(sizes)) for sizes in zip(tensor.shape, theirs[name].shape, strict=True))
            tensor[part] = theirs[name][part]


def _stages(
    recipe: JointRecipe, joint: Joint, data: tuple[Triples, Triples], folder: Path, identity: dict, generate: bool
) -> Iterator[JointReport]:
    fusing = Fusing(joint, *data, recipe.fusion)
    yield from learn(Learner(fusing, identity), folder / "fusion")
    fusing.settle()
    if not generate:
        return
    for part in ("pictures", "sounds"):
        yield from _codec(part, getattr(recipe, part), data, folder / part)
        codec, _ = trained_codec(getattr(recipe, part), folder / part)
        joint.codecs[part].load_state_dict(codec.state_dict())
    yield from learn(Learner(Writing(joint, *data, recipe.generator), identity), folder / "generator")


def _codec(part: str, recipe: Recipe, data: tuple[Triples, Triples], folder: Path) -> Iterator[JointReport]:
    """Trains a small codec as every codec is trained, on one shelf."""
    folder.mkdir(parents=True, exist_ok=True)
    train, judges = data

    def batches(step: int) -> Tensor:
        generator = torch.Generator().manual_seed(recipe.seed * 1_000_003 + step)
        return codec_batch(part, train, recipe.batch, generator=generator)

    judging = codec_batch(part, judges, JUDGED, generator=torch.Generator().manual_seed(0))
    for report in loop.train(recipe, batches, judging, folder):
        told = {"loss": report.loss, "val_quality": report.val_quality, "measure": report.measure}
        done = {"steps_taken": report.steps_taken, "seconds": report.seconds}
        yield JointReport(part, report.step, report.steps, **told, **done)


def codec_batch(part: str, triples: Triples, count: int, *, generator: torch.Generator) -> Tensor:
    """(B, …) signals of a codec: of every style as many, some pictures moved, sounds a little earlier or later."""
    shelf = triples.pictures if part == "pictures" else triples.sounds
    meanings = triples.random_meanings(count, generator=generator)
    chosen = shelf.pick(meanings, generator=generator)
    if part == "pictures":
        pictures = shelf.items[chosen].float() / 127.5 - 1
        worn = disturbed(part, shelf, chosen, generator=generator)
        some = (torch.rand(count, generator=generator) < VARIED).reshape(-1, 1, 1, 1)
        return torch.where(some, worn, pictures)
    moves = torch.randint(-2000, 2001, (count,), generator=generator).tolist()
    sounds = [item.roll(move) for item, move in zip(shelf.items[chosen], moves, strict=True)]
    return listened(torch.stack(sounds).float() / 32768)


def export_joint(joint: Joint, folder: Path, *, title: str, licence: str) -> None:
    """Writes config.json and the weights, in half precision, without the encoders that only training needs."""
    kept = {name: tensor for name, tensor in joint.state_dict().items() if ".encoder." not in name}
    tensors = {name: tensor.half().contiguous() for name, tensor in kept.items()}
    folder.mkdir(parents=True, exist_ok=True)
    write_safely(folder / WEIGHTS, save(tensors))
    write_safely(folder / CONFIG, joint_text(joint.config, title=title, licence=licence).encode())
    (folder / "card.md").unlink(missing_ok=True)  # what it says is of older weights


def with_steps(recipe: JointRecipe, steps: int) -> JointRecipe:
    """The same recipe with so many steps in every stage."""
    stages = ("pictures", "sounds", "fusion", "generator")
    return replace(recipe, **{stage: replace(getattr(recipe, stage), steps=steps) for stage in stages})
