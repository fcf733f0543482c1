"""One picture: the band of the runs before (faint) and after the counts weigh them (strong), and the counts."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from flightsim import __version__, words
from flightsim.case.observations import Observation
from flightsim.plots import style
from flightsim.validation.onward.forecast import AFTER, BEFORE, Forecast
from flightsim.validation.onward.telling import NO_RUN_NEAR, people
from flightsim.world import World

HEADROOM = 1.15


def draw(f: Forecast, world: World) -> Figure:
    """The figure; the title says what the forecast is."""
    asked, table = f.question, f.table
    figure = style.new_figure()
    axes = figure.add_axes((style.LEFT, style.BOTTOM, 0.88, 0.69))
    days = asked.members.ensemble.days
    _band(axes, days.to_numpy(), table[list(BEFORE)].to_numpy(), 0.13, 1.0)
    ahead = table["lead_days"].to_numpy() >= 0
    _band(axes, days[ahead].to_numpy(), table.loc[ahead, list(AFTER)].to_numpy(), 0.45, 2.4)
    later = _later(f)
    _squares(axes, asked.used, style.OBSERVED)
    _squares(axes, later, style.PAPER)
    axes.axvline(
        np.datetime64(asked.on),  # type: ignore[arg-type]
        color=style.FAINT_INK,
        lw=0.9,
        ls=(0, (2, 2)),
    )
    top = max(table[BEFORE[2]].max(), table[AFTER[2]].max(), *(o.high for o in (*asked.used, *later)))
    axes.set_ylim(0, HEADROOM * top)
    axes.annotate(f" {words.day_year(asked.on)}", (np.datetime64(asked.on), 0.97 * HEADROOM * top), va="top", size=9,
                  color=style.FAINT_INK)  # fmt: skip
    axes.set_ylabel("people displaced since the start")
    style.counts(axes.yaxis)
    style.faint_grid(axes)
    style.dates(axes, days)
    hollow = " Hollow: counted after it, not used." if later else ""
    what = (
        f"Strong: from the count on, middle and 9 in 10. Faint: the {len(asked.members.ensemble.runs)} runs before any "
        f"count. Squares: counted, with bounds, used up to {words.day(asked.on)}.{hollow}"
    )
    source = style.source(world, __version__, ())
    style.write(figure, title(f), what, f"Modelled, not observed. Squares are reported. {source}")
    return figure


def title(f: Forecast) -> str:
    """The finding."""
    row, o = f.table.iloc[-1], f.question.start
    low, middle, high = (people(float(row[name])) for name in AFTER)
    found = (
        f"From {words.about(o.best)} counted by {words.day(o.until)} to {middle} displaced by "
        f"{words.day_year(f.question.members.last)} ({low} to {high})"
    )
    return f"{found}; {NO_RUN_NEAR.lower()} {len(f.far)} of {len(f.question.used)} counts" if f.far else found


def _band(axes: Axes, days: np.ndarray, rows: np.ndarray, alpha: float, width: float) -> None:
    low, middle, high = rows.T
    axes.fill_between(days, low, high, color=style.PEOPLE, alpha=alpha, lw=0)
    axes.plot(days, middle, color=style.PEOPLE, lw=width, alpha=1 if width > 2 else 0.5)


def _later(f: Forecast) -> list[Observation]:
    """Totals of the same kind that were counted after the day: drawn, not used."""
    asked = f.question
    start, last = asked.start, asked.members.last
    return [
        o for o in asked.observations.rows
        if asked.on < o.until <= last and o.since == start.since and o.weighed == start.weighed
        and (o.measure, o.unit, o.areas) == (start.measure, start.unit, start.areas)
    ]  # fmt: skip


def _squares(axes: Axes, counts: list[Observation], fill: str) -> None:
    """Counts with their bounds, at the day they were counted by; increments have no place among totals."""
    if not counts:
        return
    at = np.array([np.datetime64(o.until) for o in counts])
    best, low, high = (np.array([getattr(o, name) for o in counts]) for name in ("best", "low", "high"))
    axes.errorbar(at, best, yerr=[best - low, high - best], fmt="s", ms=5, color=style.OBSERVED, mfc=fill,
                  capsize=3, lw=1.1, zorder=5)  # fmt: skip
