"""A fan: what most of the runs lie between, what half of them do, and the median, over time."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

OUTER, INNER = 0.22, 0.45  # how strong the bands are


def draw(axes: Axes, levels: pd.DataFrame, colour: str, lw: float = 1.8, *, bands: bool = True) -> None:
    """A fan of ``levels``: days as index, columns p05, p25, median, p75 and p95; without ``bands`` the median alone."""
    at = levels.index.to_numpy()
    if bands:
        axes.fill_between(at, levels["p05"], levels["p95"], color=colour, alpha=OUTER, lw=0)
        axes.fill_between(at, levels["p25"], levels["p75"], color=colour, alpha=INNER, lw=0)
    axes.plot(at, levels["median"], color=colour, lw=lw, zorder=4)


def key(colour: str, outer: str, lw: float = 1.8, *, bands: bool = True) -> list[Any]:
    """What its parts mean, for a legend; ``outer``: what the wide band holds."""
    handles: list[Any] = [
        Line2D([], [], color=colour, lw=lw, label="median of the runs" if bands else "middle run")
    ]
    if bands:
        handles.append(Patch(fc=colour, alpha=INNER + OUTER, lw=0, label="half of the runs"))
        handles.append(Patch(fc=colour, alpha=OUTER, lw=0, label=outer))
    return handles
