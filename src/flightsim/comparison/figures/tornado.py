"""What moves an outcome most: the uncertainties that were drawn, and beside them our levers."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from flightsim import words
from flightsim.comparison.figures import look
from flightsim.comparison.material import Material
from flightsim.plots import style
from flightsim.results.outcomes import Headline
from flightsim.world import World

MOST_BARS = 16
BAR_IN, HEAD_IN, FOOT_IN = 0.3, 1.35, 1.2


def draw(table: pd.DataFrame, headline: Headline, material: Material, world: World | None) -> Figure:
    """A bar a drawn parameter, the strongest on top, then the scenarios; lines: 95 % intervals."""
    drawn = table[table["what"] == "drawn parameter"].head(MOST_BARS)
    scenarios = table[table["what"] != "drawn parameter"]
    rows = pd.concat([drawn, scenarios], ignore_index=True)
    high = HEAD_IN + FOOT_IN + BAR_IN * (len(rows) + 1)
    figure = style.new_figure(10.0, high)
    axes = figure.add_axes((0.32, (FOOT_IN - 0.1) / high, 0.52, 1 - (HEAD_IN + FOOT_IN - 0.1) / high))
    y = [i + (i >= len(drawn)) * 0.6 for i in range(len(rows))]
    for at, row in zip(y, look.records(rows), strict=True):
        _bar(axes, at, row)
    if len(scenarios):
        line = y[len(drawn)] - 0.8
        axes.axhline(line, color=style.LAND_EDGE, lw=0.8)
        axes.text(
            1.2,
            line - 0.08,
            "drawn ↑",
            transform=axes.get_yaxis_transform(),
            size=7.5,
            ha="right",
            color=style.FAINT_INK,
        )
        axes.text(1.2, line + 0.12, f"scenarios against {material.baseline} ↓", transform=axes.get_yaxis_transform(),
                  size=7.5, ha="right", va="top", color=style.FAINT_INK)  # fmt: skip
    axes.axvline(0, color=style.ZERO, lw=0.9, zorder=1)
    axes.set_yticks(y, [_label(row) for row in look.records(rows)], size=8.5)
    axes.set_ylim(max(y) + 0.6, -0.6)
    axes.tick_params(axis="y", length=0)
    axes.set_xlabel(f"change in {headline.title.lower()} ({headline.unit})")
    look.signed(axes.xaxis, headline.unit)
    style.faint_grid(axes, "x")
    handles: list[Any] = [
        Line2D([], [], ls="", marker="s", ms=9, color=style.UNCERTAINTY, label="uncertainty: not ours"),
        Line2D([], [], ls="", marker="D", ms=7, color=style.LEVER, label="lever: ours to choose"),
    ]
    figure.legend(
        handles=handles,
        loc="upper right",
        bbox_to_anchor=(0.985, 1 - (HEAD_IN - 0.32) / high),
        ncols=2,
        fontsize=8.5,
    )
    more = len(table[table["what"] == "drawn parameter"]) - len(drawn)
    rest = f" {more} weaker ones are in the table." if more else ""
    n, n_drawn = int(drawn["n_runs"].max()), len(table) - len(scenarios)
    what = (
        f"Drawn parameters: {headline.title.lower()} where the parameter is high (9 in 10 of its draws are lower) "
        f"minus where it is low (1 in 10 are lower), in {n} runs of {material.baseline}. Lines: 95 % intervals; "
        f"of {n_drawn} about {round(0.05 * n_drawn) or 'none'} would miss zero by chance alone.{rest}"
    )
    look.write(figure, _title(drawn, scenarios, headline), what, material, world)
    return figure


def _bar(axes: Axes, at: float, row: dict[str, Any]) -> None:
    lever = row["role"] == "lever"
    colour = style.LEVER if lever else style.UNCERTAINTY
    axes.barh(
        at,
        row["effect"],
        height=0.62,
        color=colour,
        alpha=0.85,
        hatch="///" if lever else None,
        edgecolor=style.PAPER,
        lw=0,
    )
    axes.plot([row["effect_low"], row["effect_high"]], [at, at], color=style.INK, lw=1.1, zorder=3)
    axes.plot(
        [row["effect"]],
        [at],
        marker="D" if lever else "s",
        ms=4.5,
        color=style.INK,
        mfc=style.PAPER,
        zorder=4,
    )


def _label(row: dict[str, Any]) -> str:
    return str(row["parameter"]) if len(str(row["parameter"])) <= 40 else str(row["parameter"])[:39] + "…"


def _title(drawn: pd.DataFrame, scenarios: pd.DataFrame, headline: Headline) -> str:
    sure = drawn[drawn["clear"].astype(bool)]
    if sure.empty:
        return f"No drawn parameter clearly moves {headline.title.lower()}: more replicates are needed"
    top = look.records(sure)[0]
    most = words.about(abs(top["effect"]))
    title = f"Of what is drawn, {top['parameter']} moves {headline.title.lower()} most: by {most}"
    if scenarios.empty:
        return title
    best = max(look.records(scenarios), key=lambda row: abs(row["effect"]))
    return f"{title}; “{best['parameter']}” by {words.about(abs(best['effect']))}"
