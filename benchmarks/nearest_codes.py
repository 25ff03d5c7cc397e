"""How fast the nearest-code search is, beside vector-quantize-pytorch's `VectorQuantize` in eval mode.

    python benchmarks/nearest_codes.py [--trials 9] [--threads 2]

Both search the same codebook for the same vectors, by turns in one process, and must find the
same indices. Run it on a quiet machine.
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
from torch import Tensor
from vector_quantize_pytorch import VectorQuantize

sys.path.insert(0, str(Path(__file__).parents[1]))

from playground.quantizers.vector import VectorQuantizer

N, DIM, V = 65_536, 64, 1024
GOAL = 5  # times as fast


def main() -> None:
    """Prints the table. Exit code 1 when the indices differ or the goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--trials", type=int, default=9)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    ours, theirs = contestants()
    if not torch.equal(ours(), theirs()):  # also the warm-up
        sys.exit("The two do not find the same codes.")
    times = race({"ours": ours, "theirs": theirs}, options.trials)
    print(f"{N:,} × {DIM} vectors, V = {V:,}, {options.trials} trials each by turns, {options.threads} threads")
    print(f"torch {torch.__version__}; indices equal\n")
    print(f"{'':24}{'median ms':>12}{'p95 ms':>12}{'CPU ms':>12}")
    for name, title in (("ours", "VectorQuantizer.nearest"), ("theirs", "VectorQuantize, eval")):
        wall, cpu = zip(*times[name], strict=True)
        print(f"{title:24}{statistics.median(wall):12.1f}{percentile_95(wall):12.1f}{statistics.median(cpu):12.1f}")
    ratio = statistics.median(t for t, _ in times["theirs"]) / statistics.median(t for t, _ in times["ours"])
    print(f"\nours is {ratio:.1f} × as fast (goal: {GOAL} ×)")
    sys.exit(ratio < GOAL)


def contestants() -> tuple[Callable[[], Tensor], Callable[[], Tensor]]:
    """Two searches over one codebook and the same vectors, each giving (N,) indices."""
    torch.manual_seed(0)
    latents, codebook = torch.randn(1, DIM, N), torch.randn(V, DIM)
    quantizer = VectorQuantizer(DIM, V).requires_grad_(False).eval()
    quantizer.weight.copy_(codebook)
    reference = VectorQuantize(dim=DIM, codebook_size=V).requires_grad_(False).eval()
    reference.codebook = codebook
    rows = latents.transpose(1, 2).contiguous()  # (1, N, D), the layout it takes
    return lambda: quantizer.nearest(latents).flatten(), lambda: reference(rows)[1].flatten()


def race(searches: dict[str, Callable[[], Tensor]], trials: int) -> dict[str, list[tuple[float, float]]]:
    """(wall, CPU) milliseconds of every trial, the searches taking turns so that a busy moment hits both."""
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in searches}
    with torch.inference_mode():
        for _ in range(trials):
            for name, search in searches.items():
                wall, cpu = time.perf_counter(), time.process_time()
                search()
                times[name].append(((time.perf_counter() - wall) * 1e3, (time.process_time() - cpu) * 1e3))
    return times


def percentile_95(values: tuple[float, ...]) -> float:
    """The value that 95 % of the trials stay at or below."""
    return sorted(values)[min(len(values) - 1, int(0.95 * len(values)))]


if __name__ == "__main__":
    main()
