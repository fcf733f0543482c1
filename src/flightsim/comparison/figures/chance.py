"""The chance that an outcome reaches a number, by scenario."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from flightsim import words
from flightsim.comparison import sentences
from flightsim.comparison.figures import look
from flightsim.comparison.material import Material
from flightsim.plots import style
from flightsim.results.outcomes import Headline
from flightsim.world import World

MOST_LINES = 8
MOST_TOLD = 4  # scenarios in the title
DASH = 4  # widths of the line


def draw(
    table: pd.DataFrame, headline: Headline, number: float, material: Material, world: World | None
) -> Figure:
    """A stair a scenario: the share of its runs that reach at least so many; dashed, the number asked for."""
    figure = style.new_figure()
    axes = figure.add_axes((0.09, 0.17, 0.62, 0.62))
    names = look.labels(material.scenarios)
    colour, values = look.colours(material.scenarios), material.values(headline)
    drawn: dict[bytes, list[str]] = {}  # scenarios whose stairs are the same: each shows in the others' gaps
    for name in material.scenarios[:MOST_LINES]:
        own = np.sort(values[material.of(name)])
        drawn.setdefault(own.tobytes(), []).append(name)
    for name in material.scenarios[:MOST_LINES]:
        own = np.sort(values[material.of(name)])
        same = drawn[own.tobytes()]
        own = own[np.isfinite(own)]
        share = 1 - np.arange(len(own) + 1) / max(len(own), 1)
        rows = table[(table["scenario"] == name) & (table["at_least"] == number)]
        count, n = (int(rows["runs"].iloc[0]), int(rows["n_runs"].iloc[0])) if len(rows) else (0, len(own))
        axes.step(np.append(own, own[-1:]), share, where="pre", color=colour[name], lw=2,
                  ls=_dashes(same.index(name), len(same)),
                  label=f"{look.fit(names[name], 2.1, 9, 'normal')}\n  {count} of {n} runs")  # fmt: skip
    axes.axvline(number, color=style.ZERO, lw=1, ls=(0, (4, 2)))
    axes.set_ylim(0, 1.02)
    axes.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0, symbol=" %"))
    axes.set_xlabel(f"{headline.title.lower()}, at least ({headline.unit})")
    axes.set_ylabel("share of the runs")
    look.values(axes.xaxis, headline.unit)
    style.faint_grid(axes)
    key = axes.legend(loc="upper left", bbox_to_anchor=(1.02, 1.0), fontsize=9, labelspacing=1.0, alignment="left",
                title=f"At least {words.about(number)}")  # fmt: skip
    for line in key.get_lines():
        line.set_linestyle("-")
    what = (
        f"Share of the runs with at least so many: {sentences.noun(headline)}; {look.span(material)}. "
        "What is left out of the model is in no run: this is no forecast."
    )
    if len(material.scenarios) > MOST_LINES:
        what += f" Drawn: the first {MOST_LINES} of {len(material.scenarios)} scenarios; the table has all."
    look.write(figure, _title(material, headline, number), what, material, world)
    return figure


def _dashes(i: int, n: int) -> Any:
    """The line of the i-th of n stairs that lie on each other."""
    return "-" if n == 1 else (i * DASH, (DASH, (n - 1) * DASH))


def _title(material: Material, headline: Headline, number: float) -> str:
    """In how many runs so many are reached: by scenario; of more than a few the fewest and the most."""
    values, names = material.values(headline), look.labels(material.scenarios)
    reached = []
    for name in material.scenarios:
        own = values[material.of(name)]
        count = int((own >= number).sum())
        reached.append((count / max(len(own), 1), f"{count} of {len(own)} runs", f"“{names[name]}”"))
    told = [f"{name} in {runs}" for _, runs, name in reached]
    if len(told) > MOST_TOLD:
        (least, few, low), (most, many, high) = min(reached), max(reached)
        told = [f"from {few} ({low}) to {many} ({high})" if least < most else f"{few} of every scenario"]
    return f"{headline.title}, {words.about(number)} or more: {words.listing(told)}"
