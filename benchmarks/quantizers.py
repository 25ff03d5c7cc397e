"""How fast our quantizers are, each beside the same one of vector-quantize-pytorch, in eval mode.

    python benchmarks/quantizers.py [--trials 9] [--threads 2]

Both quantize the same vectors with the same codes, by turns in one process, and must find the
same indices. Run it on a quiet machine. Written to benchmarks/results/quantizers.md.
"""

import argparse
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # as app.py: idle threads sleep

import torch
import vector_quantize_pytorch as reference
from torch import Tensor, nn

sys.path.insert(0, str(Path(__file__).parents[1]))

from playground.quantizers.binary import LookupFreeQuantizer, SphericalQuantizer
from playground.quantizers.cosine import CosineQuantizer
from playground.quantizers.linear import LinearQuantizer
from playground.quantizers.residual import ResidualQuantizer
from playground.quantizers.scalar import ScalarQuantizer
from playground.quantizers.vector import VectorQuantizer

RESULT = Path(__file__).parent / "results" / "quantizers.md"
N, DIM, V, K = 65_536, 64, 1024, 4
LEVELS, BITS = (8, 5, 5, 5), 10
GOALS = {"VQ": 5.0}  # times as fast; of the others, not slower
Search = Callable[[], Tensor]  # → indices


def main() -> None:
    """Prints and writes the table. Exit code 1 when indices differ or a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--trials", type=int, default=9)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    lines = [
        f"{N:,} vectors of {DIM} (FSQ {len(LEVELS)}, binary {BITS}), V = {V:,}, RVQ with {K} codebooks; eval mode; "
        f"{options.trials} trials each by turns, {options.threads} threads, torch {torch.__version__}",
        "",
        "| quantizer | ours ms, median | p95 | theirs ms, median | p95 | times as fast |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    missed = []
    with torch.inference_mode():
        for name, pair in contestants().items():
            if not torch.equal(*(search().flatten() for search in pair)):  # also the warm-up
                sys.exit(f"{name}: the two do not find the same codes.")
            ours, theirs = race(pair, options.trials)
            ratio = statistics.median(theirs) / statistics.median(ours)
            figures = [
                f"{figure:.1f}" for times in (ours, theirs) for figure in (statistics.median(times), high(times))
            ]
            lines.append(f"| {name} | {' | '.join(figures)} | {ratio:.1f} |")
            if ratio < GOALS.get(name, 1.0):
                missed.append(name)
    table = "\n".join(lines)
    print(table)
    RESULT.write_text(table + "\n", encoding="utf-8")
    sys.exit(f"missed: {', '.join(missed)}" if missed else 0)


def contestants() -> dict[str, tuple[Search, Search]]:
    """Ours and theirs by name, with the same codes and the same vectors."""
    torch.manual_seed(0)
    wide, four, bits = (torch.randn(1, dim, N) for dim in (DIM, len(LEVELS), BITS))
    vq, cosine, rvq = VectorQuantizer(DIM, V), CosineQuantizer(DIM, V), ResidualQuantizer(DIM, V, num_codebooks=K)
    linear = LinearQuantizer(DIM, V)
    their_vq = reference.VectorQuantize(DIM, V)
    their_cosine = reference.VectorQuantize(DIM, V, use_cosine_sim=True)
    their_rvq = reference.ResidualVQ(dim=DIM, num_quantizers=K, codebook_size=V)
    their_linear = reference.SimVQ(dim=DIM, codebook_size=V, rotation_trick=False)
    their_vq.codebook, their_cosine.codebook = vq.codebook(), cosine.codebook()
    for k, layer in enumerate(their_rvq.layers):
        layer.codebook = rvq.codebook(k)
    with torch.no_grad():
        their_linear.frozen_codebook.copy_(linear.weight)
        their_linear.code_transform.weight.copy_(linear.map)
    pairs = {
        "VQ": (vq, their_vq, wide),
        "VQ, cosine": (cosine, their_cosine, wide),
        "RVQ": (rvq, their_rvq, wide),
        "SimVQ": (linear, their_linear, wide),
        "FSQ": (ScalarQuantizer(len(LEVELS), levels=LEVELS), reference.FSQ(list(LEVELS)), four),
        "LFQ": (LookupFreeQuantizer(BITS, entropy=0), reference.LFQ(dim=BITS, codebook_size=2**BITS), bits),
        "BSQ": (
            SphericalQuantizer(BITS, entropy=0),
            reference.LFQ(dim=BITS, codebook_size=2**BITS, spherical=True),
            bits,
        ),
    }
    return {name: (_ours(ours.eval(), x), _theirs(theirs.eval(), x)) for name, (ours, theirs, x) in pairs.items()}


def _ours(quantizer: nn.Module, latents: Tensor) -> Search:
    return lambda: quantizer(latents).indices.movedim(1, -1)  # codebooks last, as theirs


def _theirs(quantizer: nn.Module, latents: Tensor) -> Search:
    rows = latents.transpose(1, 2).contiguous()  # (1, N, D), the layout it takes
    return lambda: quantizer(rows)[1]


def race(pair: tuple[Search, Search], trials: int) -> tuple[list[float], list[float]]:
    """Milliseconds of every trial of each, taking turns so that a busy moment hits both."""
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(trials):
        for search, taken in zip(pair, times, strict=True):
            begin = time.perf_counter()
            search()
            taken.append((time.perf_counter() - begin) * 1e3)
    return times


def high(times: list[float]) -> float:
    """The value that 95 % of the trials stay at or below."""
    return sorted(times)[min(len(times) - 1, int(0.95 * len(times)))]


if __name__ == "__main__":
    main()
