"""The training loop, as a generator: the command line prints it, the page plots it, tests assert on it."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from ..core.codec import Codec
from .recipes import Batches, Recipe, learning_rate
from .run import Run
from .stopping import requested


@dataclass(frozen=True)
class Report:
    """How training stands.

    loss, quality    means over the steps since the last report, on training pieces
    measure          what quality is, with its unit: "PSNR dB"
    usage            share of the codes chosen in those steps, 0 … 1; 0 where there are no codes
    perplexity       of their use, 1 … V; the mean over the codebooks, where there are several
    dead_codes       codes chosen by nothing in those steps, in all codebooks
    val_quality      on the validation signals, when it was last measured; None before that
    steps_taken      since the last report
    seconds          of those steps
    """

    step: int
    steps: int
    loss: float
    quality: float
    measure: str
    usage: float
    perplexity: float
    dead_codes: int
    val_quality: float | None
    learning_rate: float
    steps_taken: int
    seconds: float


def train(
    recipe: Recipe,
    batches: Batches,
    validation: Tensor,
    folder: Path,
    *,
    start: Codec | None = None,
    preview: Callable[[Run], None] | None = None,
) -> Iterator[Report]:
    """Trains `recipe`, going on from the newest state in `folder`; yields a Report every now and then.

    validation  (N, C, *size), signals never trained on
    start       a trained codec of the same shape whose weights and codes are the first ones
    preview     called with every save, to show what the codec makes of something

    A listener who leaves loses nothing: the state is saved then. Raises FloatingPointError when
    the loss or its gradient is no longer a number; the last good state stays on disk.
    """
    run = Run(recipe, batches, start=start)
    run.resume(folder)
    saved, quality = run.step, None
    try:
        while run.step < recipe.steps:
            until = min(run.step - run.step % recipe.report_every + recipe.report_every, recipe.steps)
            report = _advance(run, until)
            if run.step % recipe.save_every < recipe.report_every or run.step == recipe.steps:
                quality, saved = run.validate(validation), run.step
                run.save(folder)
                if preview:
                    preview(run)
            yield Report(**report, val_quality=quality)
    except GeneratorExit:
        if run.step != saved:
            run.save(folder)
        raise


def _advance(run: Run, until: int) -> dict:
    started, losses, errors = time.perf_counter(), [], []
    quantizer = run.codec.quantizer
    counts = torch.zeros(quantizer.num_codebooks, quantizer.codebook_size)
    while run.step < until:
        loss, error, indices = run.advance()
        losses.append(loss)
        errors.append(error)
        counts += _count(indices, quantizer.codebook_size)
        if requested():
            break
    share = counts / counts.sum(1, keepdim=True).clamp(min=1)
    return {
        "step": run.step,
        "steps": run.recipe.steps,
        "loss": sum(losses) / len(losses),
        "quality": sum(map(run.aim.figure, errors)) / len(errors),
        "measure": run.aim.name,
        "usage": float((counts > 0).sum() / max(1, counts.numel())),
        "perplexity": float(torch.exp(-torch.xlogy(share, share).sum(1)).sum() / max(1, len(counts))),
        "dead_codes": int((counts == 0).sum()),
        "learning_rate": learning_rate(run.recipe, run.step),
        "steps_taken": len(losses),
        "seconds": time.perf_counter() - started,
    }


def _count(indices: Tensor, codebook_size: int) -> Tensor:
    """(B, K, *grid) → (K, V), how often each code of each codebook was chosen."""
    counts = [chosen.flatten().bincount(minlength=codebook_size) for chosen in indices.unbind(1)]
    return torch.stack(counts).cpu() if counts else torch.zeros(0, codebook_size)
