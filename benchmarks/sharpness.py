"""How sharp a picture codec is, at what cost, and whether a grid stands for texture.

    python benchmarks/sharpness.py [--data DIR] [--limit 202]

Runs over the ten sample pictures at 256 × 256 and, with --data, over validation photographs of a folder at 160 × 160,
each as its centre square. Detail is the variance of the Laplacian of what comes back over that of the original. Grid
is how much of what is fine (a picture without its blur) repeats from patch to patch of 8 × 8 pixels, over how much
would by chance, all places counting alike: 9 would be nothing but a grid. Written to benchmarks/results/sharpness.md.
"""

import argparse
import sys
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import torch

sys.path.insert(0, str(Path(__file__).parents[1]))

from playground import zoo
from playground.analysis.detail import picture_quality
from playground.data.images import PICTURES, centre_squares
from playground.data.packs import open_pack
from playground.training.adversary import fine, repeated
from playground.ui import samples

RESULT = Path(__file__).parent / "results" / "sharpness.md"
CODECS = ("image-vq", "image-vqgan", "image-fsq", "image-bsq", "image-rvq", "image-vae")


def main() -> None:
    """Prints and writes the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="a folder of photographs, or a pack of them")
    parser.add_argument("--limit", type=int, default=202, help="photographs of it")
    options = parser.parse_args()
    torch.set_num_threads(1)
    sets = {"sample pictures, 256 × 256": [samples.opened(entry["name"]).signal for entry in samples.listed()]}
    if options.data:
        photos = centre_squares(open_pack(options.data, "val", PICTURES, cache=None), 160, limit=options.limit)
        sets["validation photographs, 160 × 160"] = list((photos.float() / 127.5 - 1).split(1))
    lines = []
    for name, signals in sets.items():
        lines += [
            f"{len(signals)} {name}; grid of the originals {np.mean([grid(signal) for signal in signals]):.2f}",
            "",
            "| codec | PSNR dB, mean | p5 | detail, mean | median | p5 | p95 | grid, mean | p95 |",
            "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
            *(row(codec, signals) for codec in CODECS),
            "",
        ]
    RESULT.write_text("\n".join(lines).rstrip() + "\n", encoding="utf-8")
    print("\n".join(lines))


def row(name: str, signals: Iterable[torch.Tensor]) -> str:
    """A codec's line."""
    codec, figures = zoo.load(name), []
    for signal in signals:
        with torch.inference_mode():
            output = codec.reconstruct(signal).clamp(-1, 1)
        quality = picture_quality(signal, output)
        figures.append((quality["psnr_db"], quality["detail"], grid(output)))
    psnr, detail, grids = np.array(figures).T
    low, middle, high = np.percentile(detail, (5, 50, 95))
    return (
        f"| {name} | {psnr.mean():.2f} | {np.percentile(psnr, 5):.2f} | {detail.mean():.2f} | {middle:.2f} | "
        f"{low:.2f} | {high:.2f} | {grids.mean():.2f} | {np.percentile(grids, 95):.2f} |"
    )


def grid(picture: torch.Tensor) -> float:
    """(1, 3, H, W) → how much of what is fine in it repeats, all places counting alike."""
    return float(repeated(fine(picture, torch.zeros_like(picture))).mean())


if __name__ == "__main__":
    main()
