"""Figures of a race: rate and quality of everybody who took part, as a PNG."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Curve:
    """One who took part, as it is drawn.

    rates, values  of each point, by rate
    is_classic     whether it is one of the codecs that everybody knows
    """

    name: str
    rates: list[float]
    values: list[float]
    is_classic: bool


def draw_race(curves: list[Curve], path: Path, *, rate: str, measure: str, title: str) -> None:
    """Writes a picture of `curves`: rate, on a scale by factors, across and the measure upwards, both named."""
    from matplotlib.figure import Figure  # without pyplot, no window is asked for

    figure = Figure(figsize=(8, 5), layout="constrained")
    axes = figure.add_subplot(xscale="log", xlabel=rate, ylabel=measure, title=title)
    for curve in curves:
        look = {"color": "0.4", "marker": "s", "markerfacecolor": "white"} if curve.is_classic else {"marker": "o"}
        axes.plot(curve.rates, curve.values, label=curve.name, linewidth=1 if curve.is_classic else 2, **look)
        axes.annotate(curve.name, (curve.rates[-1], curve.values[-1]), xytext=(8, 0), textcoords="offset points")
    axes.xaxis.set_major_formatter("{x:g}")
    axes.grid(alpha=0.3, which="both", linewidth=0.5)
    figure.savefig(path, dpi=150)
