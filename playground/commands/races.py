"""`evaluate --against`: a folder through a codec and through classical ones, as a CSV, a Markdown table and a plot."""

import csv
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING

from torch import Tensor

from .. import zoo
from ..core.errors import InputError
from .options import out, unit

if TYPE_CHECKING:
    from ..analysis.race import Point
    from ..core.codec import Codec


@dataclass
class Tally:
    """The points of one setting over a folder."""

    rates: list[float] = field(default_factory=list)
    coded: list[float] = field(default_factory=list)
    quality: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    seconds: list[tuple[float, float]] = field(default_factory=list)

    def add(self, point: "Point") -> None:
        """Counts a point; one without a rate counts as none."""
        if point.rate:
            self.rates.append(point.rate.rate_bpp)
            self.coded.append(point.rate.coded_rate_bpp)
        for name, value in point.quality.items():
            self.quality[name].append(value)
        self.seconds.append((point.encode_s, point.decode_s))


def chosen(kind: str, against: list[str]) -> dict:
    """The classical codecs of those names, each perhaps several with commas between. Raises InputError for others."""
    from ..analysis.classics import CLASSICS

    names = [name.strip().lower() for words in against for name in words.replace(",", " ").split()]
    for name in names:
        if name not in CLASSICS[kind]:
            known = ", ".join(CLASSICS[kind])
            raise InputError("“{name}” does not take part here; these do: {known}.", name=name[:40], known=known)
    return {name: CLASSICS[kind][name] for name in dict.fromkeys(names)}


def race_folder(codec: "Codec", items: Iterable[tuple[str, Tensor]], against: list[str], folder: Path) -> None:
    """Races every (name, signal) and writes race.csv, race.md and race.png into `folder`."""
    from ..analysis.race import race_classic, race_codec, race_quality
    from ..view.description import known_counts

    measure = race_quality(codec.kind)
    classics, known = chosen(codec.kind, against), known_counts(zoo.folder_of(codec.name), codec)
    tallies: dict[tuple[str, float], Tally] = defaultdict(Tally)
    rows = []
    for key, signal in items:
        runs = {codec.name: race_codec(codec, signal, measure, known)}
        runs |= {name: race_classic(classic, signal, measure) for name, classic in classics.items()}
        for name, points in runs.items():
            for point in points:
                tallies[name, point.setting].add(point)
                rows.append((key, name, point))
    folder.mkdir(parents=True, exist_ok=True)
    _write_points(folder / "race.csv", codec.kind, rows)
    table = _table(codec.kind, tallies)
    (folder / "race.md").write_text("\n".join(table) + "\n", encoding="utf-8")
    _draw(folder / "race.png", codec, tallies, count=len({key for key, _, _ in rows}))
    out.print("\n".join(table), markup=False, soft_wrap=True)
    out.print(f"{folder / 'race.csv'}, {folder / 'race.md'}, {folder / 'race.png'}", markup=False, soft_wrap=True)


def _write_points(path: Path, kind: str, rows: list[tuple[str, str, "Point"]]) -> None:
    from ..analysis.rate import RATE_UNITS

    rate = RATE_UNITS[kind]
    measures = list(dict.fromkeys(name for _, _, point in rows for name in point.quality))
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(
            ["item", "family", "setting", rate.unit, f"{rate.unit} coded", *measures, "encode_s", "decode_s"]
        )
        for key, name, point in rows:
            cost = [point.rate.rate_bpp, point.rate.coded_rate_bpp] if point.rate else []
            told = [value * rate.per_position for value in cost] or ["", ""]
            quality = [point.quality.get(measure, "") for measure in measures]
            writer.writerow([key, name, point.setting, *told, *quality, point.encode_s, point.decode_s])


def _table(kind: str, tallies: dict[tuple[str, float], Tally]) -> list[str]:
    """Means over the items, a line for every setting."""
    from ..analysis.rate import RATE_UNITS

    rate = RATE_UNITS[kind]
    measures = list(dict.fromkeys(name for tally in tallies.values() for name in tally.quality))
    head = ["who", "setting", rate.unit, "entropy-coded", *map(unit, measures), "encode ms", "decode ms"]
    lines = [f"| {' | '.join(head)} |", f"|{' --- |' * len(head)}"]
    for (name, setting), tally in tallies.items():
        costs = [f"{fmean(each) * rate.per_position:.3f}" if each else "–" for each in (tally.rates, tally.coded)]
        quality = [f"{fmean(tally.quality[measure]):.3f}" if measure in tally.quality else "–" for measure in measures]
        times = [f"{1000 * fmean(each):.1f}" for each in zip(*tally.seconds, strict=True)]
        lines.append(f"| {' | '.join([name, f'{setting:g}', *costs, *quality, *times])} |")
    return lines


def _draw(path: Path, codec: "Codec", tallies: dict[tuple[str, float], Tally], *, count: int) -> None:
    """The first measure of the medium over the rate."""
    from ..analysis.rate import RATE_UNITS
    from ..view.plots import Curve, draw_race

    rate = RATE_UNITS[codec.kind]
    first = next(iter(next(iter(tallies.values())).quality))
    points = defaultdict(list)
    for (name, _), tally in tallies.items():
        if tally.rates and tally.quality[first]:
            points[name].append((fmean(tally.rates) * rate.per_position, fmean(tally.quality[first])))
    curves = [
        Curve(name, *map(list, zip(*sorted(found), strict=True)), name != codec.name) for name, found in points.items()
    ]
    draw_race(curves, path, rate=rate.unit, measure=unit(first), title=f"{codec.name}, means of {count} items")
