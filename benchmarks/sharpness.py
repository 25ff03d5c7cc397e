"""How sharp a picture codec is, at what cost, and whether a grid or dots stand for texture.

    python benchmarks/sharpness.py [--data DIR] [--limit 202]

Runs over the ten sample pictures at 256 × 256 and, with --data, over validation photographs of a folder at 160 × 160,
each as its centre square. Detail is the variance of the Laplacian of what comes back over that of the original; rims is
the same of the outer 8 pixels. Grid is how much of what is fine (a picture without its blur) repeats from patch to
patch of 8 × 8 pixels, over how much would by chance, all places counting alike: 9 would be nothing but a grid. Rhythm
is how much more alike pixels 4 apart are than their neighbours, in thousandths of the energy of what is fine, where
they are: 1000 would be nothing but dots. Grain is what is fine where the original is smooth, as the root mean square of
8 × 8 pixels, in steps of 8 bits. Written to benchmarks/results/sharpness.md.
"""

import argparse
import sys
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

sys.path.insert(0, str(Path(__file__).parents[1]))

from playground import zoo
from playground.analysis.detail import kept_detail, picture_quality
from playground.data.images import PICTURES, centre_squares
from playground.data.packs import open_pack
from playground.training.adversary import SHIFT, fine, repeated, rhythm
from playground.ui import samples

RESULT = Path(__file__).parent / "results" / "sharpness.md"
CODECS = ("image-vq", "image-vqgan", "image-fsq", "image-bsq", "image-rvq", "image-vae")
STEP = 2 / 255  # of 8 bits, in signals
SMOOTH = 1.5  # steps of fine detail: places that have less, and neighbours that do, are smooth


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
            f"{len(signals)} {name}; of the originals: grid {np.mean([grid(signal) for signal in signals]):.2f}, "
            f"rhythm {np.mean([dots(signal) for signal in signals]):.1f}, "
            f"grain {spread(np.concatenate([grain(signal, signal) for signal in signals]))}",
            "",
            "| codec | PSNR dB, mean | p5 | detail, mean | median | p5 | p95 | rims, median | grid, mean | p95 | "
            "rhythm, mean | grain, mean (p95) |",
            "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |",
            *(row(codec, signals) for codec in CODECS),
            "",
        ]
    RESULT.write_text("\n".join(lines).rstrip() + "\n", encoding="utf-8")
    print("\n".join(lines))


def row(name: str, signals: Iterable[torch.Tensor]) -> str:
    """A codec's line."""
    codec, figures, grains = zoo.load(name), [], []
    for signal in signals:
        with torch.inference_mode():
            output = codec.reconstruct(signal).clamp(-1, 1)
        quality = picture_quality(signal, output)
        figures.append((quality["psnr_db"], quality["detail"], rims(signal, output), grid(output), dots(output)))
        grains.append(grain(signal, output))
    psnr, detail, outer, grids, rhythms = np.array(figures).T
    low, middle, high = np.percentile(detail, (5, 50, 95))
    return (
        f"| {name} | {psnr.mean():.2f} | {np.percentile(psnr, 5):.2f} | {detail.mean():.2f} | {middle:.2f} | "
        f"{low:.2f} | {high:.2f} | {np.median(outer):.2f} | {grids.mean():.2f} | {np.percentile(grids, 95):.2f} | "
        f"{rhythms.mean():.1f} | {spread(np.concatenate(grains))} |"
    )


def spread(values: np.ndarray) -> str:
    """Their mean, and in brackets what one in twenty exceeds."""
    return f"{values.mean():.2f} ({np.percentile(values, 95):.2f})"


def grid(picture: torch.Tensor) -> float:
    """(1, 3, H, W) → how much of what is fine in it repeats, all places counting alike."""
    return float(repeated(fine(picture, torch.zeros_like(picture))).mean())


def rims(original: torch.Tensor, output: torch.Tensor) -> float:
    """Detail of the outer 8 pixels of (1, 3, H, W): their four sides as one batch."""
    return kept_detail(_sides(original), _sides(output))


def _sides(picture: torch.Tensor) -> torch.Tensor:
    upright = (picture[..., :SHIFT], picture[..., -SHIFT:])
    lying = (picture[..., :SHIFT, :].transpose(2, 3), picture[..., -SHIFT:, :].transpose(2, 3))
    return torch.cat((*upright, *lying))


def dots(picture: torch.Tensor) -> float:
    """(1, 3, H, W) → thousandths of a rhythm, on average over its places."""
    return 1000 * float(rhythm(picture).clamp(min=0).mean())


def grain(original: torch.Tensor, output: torch.Tensor) -> np.ndarray:
    """(1, 3, H, W) each → (n,): what is fine in each place where the original is smooth."""
    nothing = torch.zeros_like(original)
    real, made = (
        F.avg_pool2d(fine(picture, nothing)[:, :1].square(), SHIFT).sqrt() / STEP for picture in (original, output)
    )
    return made[F.max_pool2d(real, 3, stride=1, padding=1) < SMOOTH].numpy()


if __name__ == "__main__":
    main()
