"""How the picture codecs stand beside JPEG, WebP and AVIF at equal size: is the same file better?

    python benchmarks/rate_distortion.py [--data DIR] [--limit 40]

Runs over the ten sample pictures and, with --data, over validation photographs of a folder, each as the
centre square at 256 × 256. At the rate of every codec's point of 0.3 bits/pixel at most, the classical
one is read off its curve between its two nearest files (straight over the logarithm of the rate). Files
are counted whole; of codecs the indices with side information, as they are and entropy-coded. Where a
classical codec has no file so small, both do not exist, and that is counted apart. Written to
benchmarks/results/rate_distortion.md. Exit code 1 when JPEG is ahead of the medians anywhere.
"""

import argparse
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import numpy as np
import PIL
import torch

sys.path.insert(0, str(Path(__file__).parents[1]))

from playground import zoo
from playground.analysis.classics import CLASSICS
from playground.analysis.coding import file_rate
from playground.analysis.race import codec_output, depths, race_quality
from playground.data.folders import is_packed, list_files, read_files
from playground.data.images import PICTURES
from playground.media.modalities import IMAGE
from playground.ui import samples
from playground.view.description import known_counts

RESULT = Path(__file__).parent / "results" / "rate_distortion.md"
CODECS = ("image-vq", "image-vqgan", "image-rvq")
MOST = 0.3  # bits/pixel
SETTINGS = {
    "jpeg": (1, 2, 4, 5, 6, 7, 8, 9, 10, 12, 14),
    "webp": (0, 1, 2, 4, 6, 10),
    "avif": (0, 4, 8, 12, 16, 20, 26),
}
MEASURES = {"psnr_db": "PSNR dB", "ms_ssim": "MS-SSIM"}
Leads = dict[tuple[str, int, str, str, str], list[float]]  # codec, k, bits, classic, measure → leads, NaN: no such file


def main() -> None:
    """Prints and writes the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="a folder of photographs, or a pack of them")
    parser.add_argument("--limit", type=int, default=40, help="photographs of it, from all over")
    options = parser.parse_args()
    torch.set_num_threads(1)
    sets = {"sample pictures": [samples.opened(entry["name"]).signal for entry in samples.listed()]}
    if options.data:
        sets["validation photographs"] = list(photographs(options.data, options.limit))
    lines, is_ahead = [], True
    for name, signals in sets.items():
        leads = race(signals)
        lines += [f"{len(signals)} {name}, 256 × 256, Pillow {PIL.__version__}", "", *table(leads), ""]
        is_ahead &= all(median(known(found)) > 0 for (*_, other, _), found in leads.items() if other == "jpeg")
    RESULT.write_text("\n".join(lines).rstrip() + "\n", encoding="utf-8")
    print("\n".join(lines))
    sys.exit(not is_ahead)


def photographs(folder: Path, limit: int) -> Iterator[torch.Tensor]:
    """(1, 3, 256, 256) of validation photographs, from all over the folder."""
    files = list_files(folder, PICTURES, "val" if is_packed(folder) else None)
    for _, data in read_files(files[:: max(1, len(files) // limit)][:limit], PICTURES, bytes):
        yield IMAGE.fit(data, 256).signal


def race(signals: list[torch.Tensor]) -> Leads:
    """Codec minus classical codec at the codec's own rate, for each picture."""
    leads: Leads = defaultdict(list)
    measure = race_quality("image")
    for place, signal in enumerate(signals):
        print(f"{place + 1} of {len(signals)}", end="\r", file=sys.stderr)
        curves = {name: curve(name, signal, measure) for name in SETTINGS}
        for name in CODECS:
            for k, bits, rate, quality in points(name, signal, measure):
                for other, (rates, qualities) in curves.items():
                    for key in MEASURES:
                        theirs = np.interp(np.log(rate), np.log(rates), [q[key] for q in qualities], left=np.nan)
                        leads[name, k, bits, other, key].append(quality[key] - float(theirs))
    return leads


def curve(name: str, signal: torch.Tensor, measure) -> tuple[list[float], list[dict]]:
    """Rates in bits/pixel and qualities of a classical codec's files, by size."""
    classic, found = CLASSICS["image"][name], []
    for setting in SETTINGS[name]:
        data = classic.encode(signal, setting)
        found.append((8 * len(data) / 256**2, measure(signal, classic.decode(data))))
    found.sort(key=lambda point: point[0])
    return [rate for rate, _ in found], [quality for _, quality in found]


@torch.inference_mode()
def points(name: str, signal: torch.Tensor, measure) -> Iterator[tuple[int, str, float, dict]]:
    """(k, which bits, bits/pixel, quality) of a codec up to MOST bits/pixel."""
    codec = zoo.load(name)
    counts, tokens = known_counts(zoo.folder_of(name), codec), codec.encode(signal)
    for k in depths(codec):
        rate = file_rate(tokens.first(k), counts, most=codec.quantizer.num_codebooks)
        if rate.coded_rate_bpp > MOST:
            return
        quality = measure(signal, codec_output(codec, signal, k))
        for bits, bpp in (("indices", rate.rate_bpp), ("coded", rate.coded_rate_bpp)):
            if bpp <= MOST:
                yield k, bits, bpp, quality


def known(leads: list[float]) -> list[float]:
    """Those where both exist; one that is always smaller than every file of the other counts as ahead of it."""
    return [lead for lead in leads if not np.isnan(lead)] or [np.inf]


def table(leads: Leads) -> list[str]:
    """A line for each codec, its bits and a classical codec."""
    lines = [
        "| codec | bits | against | pictures where both exist | "
        + " | ".join(f"{title} lead, median | 95% lead by | ahead in" for title in MEASURES.values())
        + " |",
        "| --- | --- | --- | --- |" + " --- | --- | --- |" * len(MEASURES),
    ]
    for name, k, bits, other in dict.fromkeys(key[:4] for key in leads):
        cells = []
        for measure in MEASURES:
            both = known(leads[name, k, bits, other, measure])
            digits = 2 if measure == "psnr_db" else 3
            worst = float(np.percentile(both, 5))
            share = sum(lead > 0 for lead in both) / len(both)
            cells += [f"{median(both):+.{digits}f}", f"{worst:+.{digits}f}", f"{share:.0%}"]
        exist = sum(not np.isnan(lead) for lead in leads[name, k, bits, other, "psnr_db"])
        several = len(depths(zoo.load(name)))
        title = f"{name}, {k} of {several}" if several > 1 else name
        lines.append(f"| {title} | {bits} | {CLASSICS['image'][other].title} | {exist} | {' | '.join(cells)} |")
    return lines


if __name__ == "__main__":
    main()
