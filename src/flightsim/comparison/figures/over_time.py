"""An outcome over time: a fan for each scenario, and under it the paired difference to the baseline."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from flightsim.comparison import sentences
from flightsim.comparison.figures import look
from flightsim.comparison.material import Material
from flightsim.comparison.tables import DIFFERENCE, LEVEL
from flightsim.plots import fan, style
from flightsim.results.outcomes import Headline
from flightsim.world import World

WIDE_IN = {1: 7.5, 2: 9.0, 3: 11.0, 4: 13.0}
TITLE_IN = 0.3  # of height, for the title of a column
MOST_COLUMNS = 4  # scenarios on one page, the baseline among them


def pages(material: Material) -> list[tuple[str, ...]]:
    """The scenarios of each page: the baseline, and three others."""
    if not material.others:
        return [(material.baseline,)]
    step = MOST_COLUMNS - 1
    return [(material.baseline, *material.others[i : i + step]) for i in range(0, len(material.others), step)]


def draw(
    table: pd.DataFrame, headline: Headline, material: Material, world: World | None, shown: Sequence[str]
) -> Figure:
    """One page: columns are scenarios; above the outcome, below the difference run by run."""
    n, paired = len(shown), len(shown) > 1
    figure = style.new_figure(WIDE_IN[n], 6.6 if paired else 5.2)
    grid = {"left": 0.085 if n > 2 else 0.11, "right": 0.93, "top": 0.80, "bottom": 0.155 if paired else 0.17,
            "hspace": 0.34, "wspace": 0.28}  # fmt: skip
    axes = figure.subplots(1 + paired, n, sharex=True, sharey="row", squeeze=False, gridspec_kw=grid)
    colour = look.colours(material.scenarios)
    column_in = WIDE_IN[n] * 0.84 / n  # that a title may take
    names = look.labels(material.scenarios)
    if paired and len(names[material.baseline]) <= sentences.LONGEST_NAME:
        names[material.baseline] += " (baseline)"
    base = _rows(table, material.baseline, LEVEL)
    for column, name in enumerate(shown):
        top = axes[0, column]
        if column:
            top.plot(base["date"], base["p50"], color=style.BASELINE, lw=1.1, ls=(0, (4, 2)), zorder=3)
        _fan(top, _rows(table, name, LEVEL), colour[name], headline.unit)
        top.set_title(
            look.fit(names[name], column_in, 10.5),
            loc="left",
            size=10.5,
            color=colour[name],
            weight="bold",
        )
        if paired and column:
            low = axes[1, column]
            low.axhline(0, color=style.ZERO, lw=0.9, zorder=1)
            _fan(low, _rows(table, name, DIFFERENCE), colour[name], headline.unit, difference=True)
            low.set_title(
                look.fit(
                    f"minus {sentences.called(material.baseline)}", column_in, 9.5, "normal", ", run by run"
                ),
                loc="left",
                size=9.5,
                color=style.FAINT_INK,
            )
    _frame(axes, headline, material, paired)
    what = f"{headline.title} ({headline.unit}), {look.span(material)}{_counting(headline, material)}."
    dashed = f" Dashed: the median of {sentences.called(material.baseline)}." if paired else ""
    told = f"{what} {look.bands_explained(material)}{dashed}"
    taken = look.write(figure, sentences.clearest(material, headline), told, material, world)
    figure.subplots_adjust(top=min(grid["top"], 1 - taken - TITLE_IN / figure.get_figheight()))
    return figure


def _frame(axes: np.ndarray, headline: Headline, material: Material, paired: bool) -> None:
    """Scales, grids, dates and the key, which stands where the baseline has no difference to itself."""
    for each in axes.flat:
        style.faint_grid(each)
    axes[0, 0].set_ylabel(headline.unit)
    look.values(axes[0, 0].yaxis, headline.unit)
    low, _ = axes[0, 0].get_ylim()
    axes[0, 0].set_ylim(min(low, 0) if low < 0 else 0, None)
    many = min(material.sizes.values()) >= sentences.FEWEST_FOR_BANDS
    most = 4 if axes.shape[1] > 2 else 6
    every = next((n for n in (1, 2, 3, 7, 14, 28) if len(material.days) <= most * n), 56)
    if paired:
        look.signed(axes[1, 1].yaxis, headline.unit)
        axes[1, 1].tick_params(labelleft=True)
        key = axes[1, 0]
        key.set_axis_off()
        if min(material.sizes.values()) > 1:
            look.band_key(key, style.BASELINE, many)
        base = sentences.called(material.baseline)
        told = f"Right: the difference to {base}\nbetween runs that share\nhouseholds and random seed."
        key.text(0.02, 0.30, told, transform=key.transAxes, size=8.5, va="top", color=style.FAINT_INK)
    else:
        look.band_key(axes[0, 0], style.BASELINE, many)
    for each in axes[-1]:
        style.dates(each, material.days, every)
    if paired:  # the key hides the dates under the baseline
        axes[0, 0].tick_params(labelbottom=True)


def _fan(axes: Axes, rows: pd.DataFrame, colour: str, unit: str, *, difference: bool = False) -> None:
    """Two bands, the median, and its last value at the end."""
    if rows.empty or rows["p50"].isna().all():
        axes.text(0.5, 0.5, "no pairs", transform=axes.transAxes, ha="center", color=style.FAINT_INK)
        return
    at = rows["date"].to_numpy()
    levels = rows.rename(columns={"p5": "p05", "p50": "median"}).set_index("date")
    fan.draw(axes, levels, colour, bands=bool(rows["n_runs"].max() > 1))
    last = float(rows["p50"].iloc[-1])
    if np.isfinite(last):
        text = sentences.amount(last, unit)
        if difference:
            text = sentences.amount_signed(last, unit)
        axes.annotate(text.replace(" million", " M"), (at[-1], last), xytext=(4, 0), textcoords="offset points",
                      va="center", size=8.5, weight="bold", color=colour, annotation_clip=False,
                      bbox={"fc": style.PAPER, "ec": "none", "pad": 0.8})  # fmt: skip


def _rows(table: pd.DataFrame, scenario: str, what: str) -> pd.DataFrame:
    return table[(table["scenario"] == scenario) & (table["what"] == what)]


def _counting(headline: Headline, material: Material) -> str:
    if headline.kind == "since" and material.count_from:
        return f", counted from {material.count_from:%-d %B %Y}"
    told = {"sum": ", added up from the start", "peak": "; the title compares the highest days"}
    return told.get(headline.kind, "")
