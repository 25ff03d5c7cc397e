"""A training under way: one codec, its optimiser and its cures, step by step."""

import math
from dataclasses import asdict, replace
from pathlib import Path

import torch
from torch import Tensor

from ..core.codec import Codec
from ..core.errors import InputError
from ..models.config import CodecConfig, build
from .adversary import Adversary
from .average import Average
from .codebooks import Codebooks
from .losses import aim_of
from .optimizer import Optimizer
from .precision import mixed_precision
from .randomness import SeededDraws
from .recipes import Batches, Recipe, learning_rate
from .state import load_state, save_state
from .taught import Teacher
from .team import Team

START_BATCHES = 16  # batches of latents for the k-means start


class Run:
    """A training under way: the codec, its optimiser and its cures at one step."""

    def __init__(self, recipe: Recipe, batches: Batches, *, start: Codec | None = None) -> None:
        if (recipe.frozen or recipe.lessons) and not start:
            raise InputError("This recipe keeps weights as they are: name a trained codec with --start.")
        # A trained start needs no steps without quantization.
        self.recipe = replace(recipe, unquantized=0) if start else recipe
        self.batches, self.step = batches, 0
        self.aim = aim_of(recipe)
        self.team = Team()
        with SeededDraws(recipe.seed):
            self.codec: Codec = build(recipe.codec).to(self.team.device, memory_format=torch.channels_last)
            self.adversary = Adversary(recipe.adversary, self.team.device) if recipe.adversary else None
        self.taken = self._take(start) if start else 0
        self.books = Codebooks(self.codec.quantizer, recipe)
        for part in recipe.frozen:
            self.codec.get_submodule(part).requires_grad_(False)
        self.weights = {name: p for name, p in self.codec.named_parameters() if p.requires_grad}
        self.optimizer = Optimizer(self.weights)
        self.teacher = Teacher(start.to(self.team.device)) if recipe.lessons else None
        if self.teacher:
            self.teacher.prepare(self.codec)
        self.average = Average(self.codec, decay=recipe.average)

    def _take(self, start: Codec) -> int:
        """Takes every weight of `start` that fits, and its codes. Gives how many tables of codes fitted.

        The first table of RVQ may come from VQ: the others then begin at what it leaves over.
        """
        own = self.codec.state_dict()
        fits = {name: t for name, t in start.state_dict().items() if name in own and t.shape == own[name].shape}
        if len(fits) < len(own) / 2:
            raise InputError(
                "“{name}” has another shape than the recipe. Start from a codec of the same shape.", name=start.name
            )
        self.codec.load_state_dict(own | fits)
        taken = 0
        for table, given in zip(self.codec.quantizer.tables, start.quantizer.tables, strict=False):
            if _shapes(table) != _shapes(given):
                break
            table.load_state_dict(given.state_dict())
            taken += 1
        return taken

    def advance(self) -> tuple[float, float, Tensor]:
        """One step. Gives the loss, the aim's error and the (B, K, *grid) codes chosen (none at first)."""
        if self.step == self.recipe.unquantized:
            self._start_codebooks()
        signal = self._signal(self.step)
        with SeededDraws(self._seed()):  # chance is of the step alone too
            output, latents, extra, indices = self._forward(signal)
        loss = self._loss(output, signal) + extra
        loss.backward()
        self.team.average(list(self.weights.values()))
        norm = torch.nn.utils.clip_grad_norm_(self.weights.values(), 1.0).item()
        value, error = self.team.mean(loss, self.aim.error(output.detach(), signal))
        if not math.isfinite(value) or not math.isfinite(norm):
            raise FloatingPointError(f"loss {value}, gradient norm {norm} at step {self.step}")
        self.optimizer.step(0.0 if self._waits() else learning_rate(self.recipe, self.step))
        if self.adversary:
            self._teach_critic(output, signal)
        if len(indices):
            latents, indices = self.team.gather(latents.detach()), self.team.gather(indices)
            recipe = self.recipe
            calm = self.step >= recipe.steps * (1 - recipe.cooldown)
            revive = "revive" in recipe.cures and self.step % recipe.revive_every == 0 and not calm
            self.books.follow(latents, indices, revive=revive, generator=self._generator())
        self.step += 1
        self.average.follow(self.step)
        return value, error, indices

    def _forward(self, signal: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        nothing = torch.empty(0, 1, dtype=torch.int64)
        with self._half():
            if self.teacher and self.step < self.recipe.lessons:
                return *self.teacher.lesson(self.codec, signal), nothing
            if self.step < self.recipe.unquantized:
                latents = self.codec.latents(signal)
                # Without codes nothing holds the latents together, so their size is held instead.
                output = self.codec.render(latents, signal.shape[2:])
                return output, latents, 0.01 * latents.square().mean(), nothing
            passage = self.codec(signal)
        return passage.signal, passage.latents, passage.quantized.loss, passage.quantized.indices

    def _waits(self) -> bool:
        """Whether only the critic learns yet."""
        return self.adversary is not None and self.step < self.adversary.config.head_start

    def _loss(self, output: Tensor, signal: Tensor) -> Tensor:
        loss = self.aim.loss(output, signal)
        if self.adversary and not self._waits():
            with self._half():
                last = self.codec.decoder.layers[-2].weight
                loss = loss + self.adversary.extra(output, signal, loss, last, generator=self._generator())
        return loss

    def _teach_critic(self, output: Tensor, signal: Tensor) -> None:
        with self._half():
            loss = self.adversary.loss(output, signal, generator=self._generator())
        loss.backward()
        self.team.average(list(self.adversary.weights.values()))
        self.adversary.step()

    @torch.no_grad()
    def _start_codebooks(self) -> None:
        with self._half():
            latents = [self.codec.latents(self._signal(self.step + i)) for i in range(START_BATCHES)]
        # Batches of texts differ in length, so all positions are put in one row: (1, D, N).
        rows = [self.team.gather(each).flatten(2).transpose(0, 1).flatten(1) for each in latents]
        latents = torch.cat(rows, 1)[None]
        self.books.start(latents, batches=START_BATCHES, taken=self.taken, generator=self._generator())
        self.average.restart()

    def _signal(self, step: int) -> Tensor:
        signal = self.team.share(self.batches(step))
        return signal.to(memory_format=torch.channels_last) if signal.ndim == 4 else signal

    def _half(self) -> torch.autocast:
        return mixed_precision(self.team.device)

    def _generator(self) -> torch.Generator:
        return torch.Generator().manual_seed(self._seed())

    def _seed(self) -> int:
        return self.recipe.seed * 1_000_003 + self.step

    @torch.no_grad()
    def reconstruct(self, signals: Tensor) -> Tensor:
        """(N, C, *size) → the same, there and back with the averaged weights, through the codes once there are any."""
        outputs = []
        self.codec.eval()  # nothing is drawn, no codebook dropped
        with self.average.worn() as codec:
            for signal in signals.to(self.team.device).split(8):
                latents = codec.latents(signal)
                if self.step > self.recipe.unquantized or self.taken:
                    latents = codec.quantizer.straight_through(latents).latents
                output = codec.render(latents, signal.shape[2:])
                outputs.append(output.clamp(-self.aim.bound, self.aim.bound).to(signals.device))
        self.codec.train()
        return torch.cat(outputs)

    def validate(self, signals: Tensor) -> float:
        """Mean of the aim's figure over (N, C, *size)."""
        pairs = zip(self.reconstruct(signals).split(1), signals.split(1), strict=True)
        figures = [self.aim.figure(self.aim.error(output, signal).item()) for output, signal in pairs]
        return sum(figures) / len(figures)

    def save(self, folder: Path) -> None:
        """Writes everything a resumed training needs. Of a team, one does."""
        if not self.team.leads:
            return
        tensors = {f"model.{name}": value for name, value in self.codec.state_dict().items()}
        tensors |= self.books.tensors() | self.average.tensors()
        tensors |= self.optimizer.tensors() | (self.adversary.tensors() if self.adversary else {})
        tensors = {name: value.contiguous() for name, value in tensors.items()}
        save_state(folder, self.step, tensors, {"recipe": self._written(), "torch": torch.__version__})

    def _written(self) -> dict:
        return asdict(self.recipe) | {"codec": self.recipe.codec.to_dict()}

    def resume(self, folder: Path) -> None:
        """Takes up the newest state in `folder`, if there is one.

        Raises InputError for one of another codec.
        """
        state = load_state(folder)
        if state is None:
            return
        self.step, tensors, notes = state
        if not _is_config(notes["recipe"]["codec"], self.recipe.codec):
            raise InputError("“{folder}” holds the training of another codec. Name another folder.", folder=folder)
        # It may have begun with trained weights, whether or not they are named again.
        self.recipe = replace(self.recipe, unquantized=notes["recipe"]["unquantized"])
        self.codec.load_state_dict({n.removeprefix("model."): v for n, v in tensors.items() if n.startswith("model.")})
        self.books.restore(tensors)
        self.average.restore(tensors)
        self.optimizer.restore(tensors)
        if self.adversary:
            self.adversary.restore(tensors)


def _shapes(module: torch.nn.Module) -> dict[str, torch.Size]:
    return {name: tensor.shape for name, tensor in module.state_dict().items()}


def _is_config(written: dict, config: CodecConfig) -> bool:
    try:
        return CodecConfig.from_dict(written) == config
    except ValueError:  # entries that this version does not know
        return False
