"""The training of what makes pictures out of noise; it is led as that of a prior is, by `train_prior_in`."""

import json
import math
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import save
from torch import Tensor, nn

from ..core.errors import InputError
from ..models.folder import CONFIG, WEIGHTS
from ..models.noise import Critic, FromNoise, NoiseConfig, Recognizer
from ..models.noise_folder import noise_text
from .average import Average
from .little import Little
from .noise_recipes import PAPERS, NoiseRecipe
from .randomness import SeededDraws
from .recipes import learning_rate
from .state import load_state, save_state, write_safely
from .team import Team

JUDGED = 500  # validation pictures, and as many made
PENALTY_EVERY, PENALTY = 8, 1.0  # steps between penalties of a critic, and their weight
LARGEST_GRADIENT = 100.0  # norm; of a sum over pixels
ADAM = ("step", "exp_avg", "exp_avg_sq")
BOTH = ("decoder", "other")
Losses = Iterator[tuple[tuple[str, ...], Tensor]]  # whose weights follow a loss (), and that loss


def vae_losses(halves: nn.ModuleDict, pictures: Tensor, wanted: Tensor, noise: Tensor, step: int) -> Losses:
    """Nats a picture: what its pixels cost once the noise is known, and what the noise costs.

    −log p(x | z) + KL(q(z | x) ‖ N(0, I)), z drawn from q (Kingma, Welling 2014, eq. 10, appendix C.1);
    pixels are shares of white.
    """
    mean, log_variance = halves["other"](pictures, wanted)
    logits = halves["decoder"].logits(mean + (log_variance / 2).exp() * noise, wanted)
    pixels = F.binary_cross_entropy_with_logits(logits, (pictures + 1) / 2, reduction="sum")
    divergence = 0.5 * (mean.square() + log_variance.exp() - 1 - log_variance).sum()
    yield BOTH, (pixels + divergence) / len(pictures)


def gan_losses(halves: nn.ModuleDict, pictures: Tensor, wanted: Tensor, noise: Tensor, step: int) -> Losses:
    """First the critic's loss, then, judged by the critic as it is then, the decoder's.

    log(1 + exp(−D(x))) + log(1 + exp(D(x̂))), and log(1 + exp(−D(x̂))) (Goodfellow et al. 2014, section 3); now and
    then R1, |∇D(x)|² / 2, which keeps the critic's slope finite (Mescheder, Geiger, Nowozin 2018, eq. 9).
    """
    critic = halves["other"]
    made = halves["decoder"](noise, wanted)[:, : pictures.shape[1]]
    penalized = step % PENALTY_EVERY == 0
    real = pictures.requires_grad_(penalized)
    verdicts = critic(real, wanted)
    loss = F.softplus(-verdicts).mean() + F.softplus(critic(made.detach(), wanted)).mean()
    if penalized:
        (slope,) = torch.autograd.grad(verdicts.sum(), real, create_graph=True)
        loss = loss + PENALTY_EVERY * PENALTY / 2 * slope.square().flatten(1).sum(1).mean()
    yield ("other",), loss
    yield ("decoder",), F.softplus(-critic(made, wanted)).mean()


LESSONS: dict[str, tuple[type[nn.Module], Callable[..., Losses], tuple[float, float], str]] = {
    # kind → what trains beside the decoder, the losses, how long gradients are remembered, unit of the first loss
    "vae": (Recognizer, vae_losses, (0.9, 0.99), "nats/picture"),
    "gan": (Critic, gan_losses, (0.0, 0.99), "critic's loss"),
}


class NoiseRun:
    """A training under way: both halves, their optimisers and the mean of the decoder's weights at one step."""

    def __init__(self, recipe: NoiseRecipe, material: Little) -> None:
        self.recipe, self.material, self.step, self.team = recipe, material, 0, Team()
        other, self.losses, betas, self.measure = LESSONS[recipe.kind]
        self.config = noise_config(recipe, material.classes, material.side)
        with SeededDraws(recipe.seed):
            halves = {"decoder": FromNoise(self.config), "other": other(self.config)}
        self.halves = nn.ModuleDict(halves).to(self.team.device, memory_format=torch.channels_last)
        self.weights = {name: dict(half.named_parameters()) for name, half in self.halves.items()}
        self.optimizers = {
            name: torch.optim.AdamW(weights.values(), betas=betas, weight_decay=0.01, fused=True)
            for name, weights in self.weights.items()
        }
        self.average = Average(self.halves["decoder"], decay=recipe.average)

    def advance(self) -> float:
        """One step. Gives the first loss. Raises FloatingPointError when a loss or gradient is no longer a number."""
        seed = self.recipe.seed * 1_000_003 + self.step  # chance is of the step alone: resuming is exact
        generator = torch.Generator().manual_seed(seed)
        batch = self.material.batch(self.recipe.batch, self.config, unasked=self.recipe.unasked, generator=generator)
        pictures, wanted, noise = map(self.team.share, batch)
        rate, told = learning_rate(self.recipe, self.step), []
        for names, loss in self.losses(self.halves, pictures, wanted, noise, self.step):
            told.append(self._follow(names, loss, rate))
        self.step += 1
        self.average.follow(self.step)
        return told[0]

    def _follow(self, names: tuple[str, ...], loss: Tensor, rate: float) -> float:
        """Moves the weights of some halves along the gradient of a loss, and no others. Gives the loss."""
        weights = [weight for name in names for weight in self.weights[name].values()]
        for weight, gradient in zip(weights, torch.autograd.grad(loss, weights, allow_unused=True), strict=True):
            weight.grad = torch.zeros_like(weight) if gradient is None else gradient
        self.team.average(weights)
        norm = torch.nn.utils.clip_grad_norm_(weights, LARGEST_GRADIENT).item()
        (value,) = self.team.mean(loss)
        if not math.isfinite(value) or not math.isfinite(norm):
            raise FloatingPointError(f"loss {value}, gradient norm {norm} at step {self.step}")
        for name in names:
            for group in self.optimizers[name].param_groups:
                group["lr"] = rate
            self.optimizers[name].step()
        return value

    @torch.no_grad()
    def validate(self, judges: Little) -> float:
        """Energy distance of pictures made with the averaged weights to some held back (Székely, Rizzo 2013, eq. 5).

        2 E|x − y| − E|x − x'| − E|y − y'|, distances root mean square of the pixels: 0 for who makes just such
        pictures. Of 500 handwritten digits and 500 others it is 0.0006.
        """
        generator = torch.Generator().manual_seed(0)
        real, wanted, noise = judges.batch(JUDGED, self.config, unasked=0.0, generator=generator)
        with self.average.worn() as decoder:
            parts = zip(noise.split(100), wanted.split(100), strict=True)
            made = torch.cat([decoder(*(each.to(self.team.device) for each in part)).cpu() for part in parts])
        return energy_distance(made[:, : real.shape[1]], real)

    def save(self, folder: Path) -> None:
        """Writes everything a resumed training needs. Of a team, one does."""
        if not self.team.leads:
            return
        tensors = {f"halves.{name}": value for name, value in self.halves.state_dict().items()}
        for name, optimizer in self.optimizers.items():
            for key, weight in self.weights[name].items():
                tensors |= {f"adam.{name}.{part}.{key}": optimizer.state[weight][part] for part in ADAM}
        tensors = {name: value.contiguous() for name, value in (tensors | self.average.tensors()).items()}
        save_state(folder, self.step, tensors, {"noise": self._identity(), "recipe": asdict(self.recipe)})

    def resume(self, folder: Path) -> None:
        """Takes up the newest state in `folder`, if there is one. Raises InputError for that of another model."""
        state = load_state(folder)
        if state is None:
            return
        self.step, tensors, notes = state
        if notes.get("noise") != self._identity():
            raise InputError("“{folder}” holds the training of another model. Name another folder.", folder=folder)
        own = {n.removeprefix("halves."): v for n, v in tensors.items() if n.startswith("halves.")}
        self.halves.load_state_dict(own)
        for name, optimizer in self.optimizers.items():
            for key, weight in self.weights[name].items():
                saved = {part: tensors[f"adam.{name}.{part}.{key}"] for part in ADAM}
                # A moment in another memory layout than its weight makes every step slower.
                optimizer.state[weight] = {
                    part: torch.empty_like(weight).copy_(value) if value.shape == weight.shape else value.clone()
                    for part, value in saved.items()
                }
        self.average.restore(tensors)

    def _identity(self) -> dict:
        return json.loads(json.dumps(self.config.to_dict()))

    def export(self, folder: Path, *, title: str, licence: str) -> None:
        """Writes config.json and the decoder's averaged weights, in half precision."""
        tensors = {name: tensor.half().cpu().contiguous() for name, tensor in self.average.values.items()}
        folder.mkdir(parents=True, exist_ok=True)
        write_safely(folder / WEIGHTS, save(tensors))
        text = noise_text(self.config, title=title, paper=PAPERS[self.recipe.kind], licence=licence)
        write_safely(folder / CONFIG, text.encode())
        (folder / "card.md").unlink(missing_ok=True)  # what it says is of older weights


def energy_distance(a: Tensor, b: Tensor) -> float:
    """Of two sets of pictures (N, C, S, S), root mean square of pixels; 0 where nothing tells them apart."""
    a, b = (each.flatten(1) / each[0].numel() ** 0.5 for each in (a, b))
    return (2 * torch.cdist(a, b).mean() - torch.pdist(a).mean() - torch.pdist(b).mean()).item()


def noise_config(recipe: NoiseRecipe, classes: tuple[str, ...], side: int) -> NoiseConfig:
    """What a recipe trains for pictures of `side` pixels with these classes."""
    return NoiseConfig(
        name=recipe.name,
        kind=recipe.kind,
        codec=recipe.codec,
        side=side,
        noise=recipe.noise,
        classes=classes,
        body=recipe.body,
    )
