"""Outcomes by scenario as dots with whiskers, and beside each the paired difference to the baseline."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from flightsim import words
from flightsim.comparison import sentences
from flightsim.comparison.figures import look
from flightsim.comparison.material import Material
from flightsim.comparison.paired import FEWEST_CLEAR
from flightsim.comparison.tables import DIFFERENCE, LEVEL
from flightsim.plots import style
from flightsim.results.outcomes import Headline
from flightsim.world import World

MOST_LETTERS = 32
MOST_LINES = 66  # dots on a page; beyond it the later outcomes are in the table only
LINE_IN, GAP_IN, HEAD_IN, FOOT_IN = 0.21, 0.62, 1.35, 0.75


def shown(material: Material) -> tuple[Headline, ...]:
    """The outcomes that fit on the page, the first ones."""
    return material.telling[: max(MOST_LINES // len(material.scenarios), 2)]


def draw(table: pd.DataFrame, material: Material, world: World | None) -> Figure:
    """A row an outcome: at the left its level in every scenario, at the right the difference, pair by pair."""
    outcomes, names = shown(material), material.scenarios
    each = LINE_IN * max(len(names), 2) + GAP_IN
    high = HEAD_IN + FOOT_IN + each * max(len(outcomes), 1)
    figure = style.new_figure(11.0, high)
    columns = 2 if material.others else 1
    labels = {name: look.shorter(label, MOST_LETTERS) for name, label in look.labels(names).items()}
    label_wide = 0.03 + 0.0066 * max(len(label) for label in labels.values())
    grid = {"left": label_wide, "right": 0.885 if columns == 2 else 0.955, "top": 1 - (HEAD_IN + 0.1) / high,
            "bottom": (FOOT_IN + 0.25) / high, "hspace": GAP_IN / (each - GAP_IN), "wspace": 0.16}  # fmt: skip
    axes = figure.subplots(max(len(outcomes), 1), columns, sharey="row", squeeze=False, gridspec_kw=grid)
    for row, headline in enumerate(outcomes):
        rows = table[table["outcome"] == headline.name]
        _dots(axes[row, 0], rows[rows["what"] == LEVEL], material)
        look.values(axes[row, 0].xaxis, headline.unit)
        _titles(axes[row, 0], headline)
        axes[row, 0].set_yticks(range(len(names)), list(labels.values()), size=9)
        axes[row, 0].set_ylim(len(names) - 0.4, -0.6)
        if columns == 2:
            _dots(axes[row, 1], rows[rows["what"] == DIFFERENCE], material)
            axes[row, 1].axvline(0, color=style.ZERO, lw=0.9, zorder=1)
            look.signed(axes[row, 1].xaxis, headline.unit)
            axes[row, 1].set_title(
                f"minus {sentences.called(labels[material.baseline])}, run by run",
                loc="left",
                size=9.5,
                color=style.FAINT_INK,
            )
            _frequencies(axes[row, 1], rows[rows["what"] == DIFFERENCE], headline, material)
    look.write(figure, _title(material), _subtitle(material), material, world)
    return figure


def _titles(axes: Axes, headline: Headline) -> None:
    """The outcome at the left, its unit at the right; smaller where both would not have room side by side."""
    unit = f"{headline.unit}{_day(headline)}"
    room = axes.bbox.width / style.DPI - look.wide_in(unit, 8, "normal") - 0.1
    size = next((s for s in (10.0, 9.5, 9.0, 8.5) if look.wide_in(headline.title, s) <= room), 8.0)
    axes.set_title(headline.title, loc="left", size=size, weight="bold")
    axes.set_title(unit, loc="right", size=8, color=style.FAINT_INK)


def _dots(axes: Axes, rows: pd.DataFrame, material: Material) -> None:
    colour, marker = look.colours(material.scenarios), look.markers(material.scenarios)
    order = {name: i for i, name in enumerate(material.scenarios)}
    for row in look.records(rows):
        name = str(row["scenario"])
        y = order[name]
        if row["n_runs"] > 1:
            axes.plot(
                [row["p5"], row["p95"]], [y, y], color=colour[name], lw=1.3, solid_capstyle="butt", zorder=2
            )
            axes.plot(
                [row["p25"], row["p75"]],
                [y, y],
                color=colour[name],
                lw=4.5,
                alpha=0.55,
                solid_capstyle="butt",
                zorder=2,
            )
        axes.plot(
            [row["p50"]],
            [y],
            marker=marker[name],
            ms=6,
            color=colour[name],
            mec=style.PAPER,
            mew=0.8,
            zorder=3,
        )
    axes.tick_params(axis="y", length=0)
    axes.margins(x=0.08)
    style.faint_grid(axes, "x")


def _frequencies(axes: Axes, rows: pd.DataFrame, headline: Headline, material: Material) -> None:
    """At the right edge, in how many of the pairs there is more, or less."""
    up, down = sentences.comparatives(headline)
    order = {name: i for i, name in enumerate(material.scenarios)}
    for row in look.records(rows):
        more, fewer, n = int(row["more"]), int(row["fewer"]), int(row["n_runs"])
        text = (
            "the same in all"
            if more == fewer == 0
            else f"{up} in {more} of {n}"
            if more >= fewer
            else f"{down} in {fewer} of {n}"
        )
        clear = bool(row["clear"]) or more == fewer == 0 or n < FEWEST_CLEAR  # of so few, the subtitle speaks
        axes.text(1.02, order[str(row["scenario"])], text, transform=axes.get_yaxis_transform(), va="center", size=8.5,
                  color=style.INK if clear else style.FAINT_INK, style="normal" if clear else "italic")  # fmt: skip


def _title(material: Material) -> str:
    return (
        sentences.clearest(material, sentences.most_telling(material))
        if material.telling
        else "Nothing happens in any scenario"
    )


def _subtitle(material: Material) -> str:
    least = min(material.sizes.values())
    marks = "Dot: median; thick: the middle half of the runs; thin: 9 in 10 of them."
    if least < 2:
        marks = sentences.NO_BAND + "."
    elif least < sentences.FEWEST_FOR_BANDS:
        marks += " " + look.FEW.replace("faint band", "thin line")
    pairs = min((len(material.pairs(name)[0]) for name in material.others), default=0)
    grey = ""
    if pairs >= FEWEST_CLEAR:
        grey = (
            " Right: in how many pairs of runs; grey and slanted: not clear (fewer than 9 in 10 pairs agree)."
        )
    elif material.others:
        grey = f" Right: in how many pairs of runs; {words.counted(pairs, 'pair')}: too few to judge."
    return f"Headline outcomes, {look.span(material)}. {marks}{grey}"


def _day(headline: Headline) -> str:
    return {"peak": ", highest day", "end": ", at the end"}.get(headline.kind, "")
