"""Who leaves at another time, goes elsewhere or finds other shelter: bars, in the colours of why they left."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from flightsim import words
from flightsim.comparison import lives, sentences
from flightsim.comparison.figures import look
from flightsim.comparison.material import Material
from flightsim.plots import style
from flightsim.world import World

CAUSE_WORDS = {
    "shelling": "shelling",
    "front": "the front",
    "care": "lost health care",
    "neighbours": "neighbours leaving",
    "crowding": "crowding",
    "unknown": "unknown",
}
ROWS = {
    lives.STAYED: "left in the baseline,\nstay here",
    lives.LEFT_TOO: "stayed in the baseline,\nleave here",
    lives.EARLIER: "leave earlier",
    lives.LATER: "leave later",
    lives.ELSEWHERE: "first arrive elsewhere",
    lives.OTHER_SHELTER: "end in another\nkind of shelter",
    lives.ANY: "any of these",
}
MOST_PANELS = 6
PANEL_IN, HEAD_IN, FOOT_IN = 2.75, 1.45, 0.95


def draw(table: pd.DataFrame, material: Material, world: World | None, n_pairs: int) -> Figure:
    """A panel a scenario: households by what differs from the baseline; whiskers: the spread over pairs."""
    shown = [name for name in material.others if (table["scenario"] == name).any()][:MOST_PANELS]
    high = HEAD_IN + FOOT_IN + PANEL_IN * len(shown)
    figure = style.new_figure(10.0, high)
    grid = {"left": 0.2, "right": 0.9, "top": 1 - (HEAD_IN + 0.3) / high, "bottom": (FOOT_IN + 0.25) / high,
            "hspace": 0.26}  # fmt: skip
    panels = figure.subplots(len(shown), 1, sharex=True, squeeze=False, gridspec_kw=grid)[:, 0]
    names, colours = look.labels(material.scenarios), look.colours(material.scenarios)
    base = sentences.called(names[material.baseline])
    for axes, name in zip(panels, shown, strict=True):
        rows = table[table["scenario"] == name]
        _bars(axes, rows)
        left = rows[(rows["change"] == lives.LEFT) & (rows["cause"] == "all")]["mean"].sum()
        title = f"{names[name]}, against {base}: {words.about(left)} households leave in either"
        axes.set_title(title, loc="left", size=10, weight="bold", color=colours[name])
    panels[-1].set_xlabel("households (mean over pairs of runs; line: 5 to 95 % of the pairs)")
    look.values(panels[-1].xaxis, "households")
    handles, names = panels[0].get_legend_handles_labels()
    heading = Patch(fc="none", ec="none", label="Why they left:")
    figure.legend(handles=[heading, *handles], labels=["Why they left:", *names], loc="upper left", ncols=7,
                  bbox_to_anchor=(0.01, 1 - (HEAD_IN - 0.35) / high), fontsize=8.5, handlelength=1.2)  # fmt: skip
    what = (
        f"The same households with the same random numbers in two scenarios, {look.span(material)}; "
        f"{words.counted(n_pairs, 'pair')} of runs. A household can be in several rows but the last."
    )
    look.write(figure, _title(table, material), what, material, world)
    return figure


def _bars(axes: Axes, rows: pd.DataFrame) -> None:
    y = np.arange(len(ROWS))
    by = (
        rows.pivot_table(index="change", columns="cause", values="mean", aggfunc="sum")
        .reindex(list(ROWS))
        .fillna(0.0)
    )
    left = np.zeros(len(ROWS))
    for cause, colour in style.CAUSE_COLOURS.items():
        width = by[cause].to_numpy() if cause in by else np.zeros(len(ROWS))
        if cause != "unknown" or width.any():
            axes.barh(y, width, left=left, height=0.66, color=colour, label=CAUSE_WORDS[cause])
        left = left + width
    every = rows[rows["cause"] == "all"].set_index("change").reindex(list(ROWS))
    if every["n_runs"].max() > 1:
        axes.hlines(y, every["p5"], every["p95"], color=style.INK, lw=1.1, zorder=4)
    for at, (change, row) in zip(y, every.iterrows(), strict=True):
        hours = f" (typically {_hours(row['hours'])})" if change in (lives.EARLIER, lives.LATER) else ""
        text = f"  {words.about(row['mean'])}{hours if row['mean'] >= 1 else ''}"
        axes.text(max(float(row["p95"]), float(row["mean"])), float(at), text, va="center", size=8.5)
    axes.set_yticks(y, list(ROWS.values()), size=8.5)
    axes.set_ylim(len(ROWS) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)
    axes.axhline(len(ROWS) - 1.5, color=style.LAND_EDGE, lw=0.8)
    style.faint_grid(axes, "x")


def _hours(hours: float) -> str:
    return words.counted(round(hours / 24), "day") if hours >= 48 else f"{hours:.0f} h"


def _title(table: pd.DataFrame, material: Material) -> str:
    rows = look.records(table[table["cause"] == "all"])
    by = {(row["scenario"], row["change"]): float(row["mean"]) for row in rows}
    shares = {name: by[name, lives.ANY] / max(by[name, lives.LEFT], 1) for name, _ in by}
    if max(shares.values(), default=0) == 0:
        return "No household leaves at another time, goes elsewhere or finds other shelter"
    name = max(shares, key=lambda each: shares[each])
    share = words.in_ten(shares[name])
    base = sentences.called(material.baseline)
    return f"“{name}”: {share} of the households that leave live another life than in {base}"
