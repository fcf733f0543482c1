"""Figures over time and over the hours of the day."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from flightsim import words
from flightsim.case.observations import OTHER_KIND, SOURCE_KINDS
from flightsim.clock import is_night
from flightsim.plots import style
from flightsim.results.findings import RUNG_WORDS, Findings, Observed, beside, unchecked_after
from flightsim.results.runs import Results
from flightsim.world import RUNGS, World

MARGIN_DAYS = 2  # after the last report, in the panel of the days with reports
MARKERS = dict(zip((*SOURCE_KINDS, OTHER_KIND), ("o", "v", "^", "D"), strict=True))


def displaced(results: Results, world: World) -> Figure:
    """People displaced and movements since the start, with what was reported, over the strikes.

    A run that goes far beyond the last report has the days with reports in a panel of their own.
    """
    f = Findings(results)
    figure = style.new_figure()
    points = beside(results, world)
    unchecked = unchecked_after(world.observations, f.end)
    two = bool(points) and unchecked is not None
    grid = {"height_ratios": [5, 1], "hspace": 0.08, "left": style.LEFT, "right": 0.87,
            "top": style.TOP - 0.03 * two, "bottom": style.BOTTOM + 0.015 * two,
            "width_ratios": [5, 4] if two else [1], "wspace": 0.24}  # fmt: skip
    axes = figure.subplots(2, 1 + two, sharex="col", squeeze=False, gridspec_kw=grid)
    if two:
        near = results.days[results.days <= pd.Timestamp(points[-1].day) + pd.Timedelta(days=MARGIN_DAYS)]
        _course(axes[0, 0], axes[1, 0], f, near, 14 if len(near) > 30 else 7)
        axes[0, 0].set_title("The days with reports", loc="left", size=10.5)
        axes[0, 1].set_title("The whole run", loc="left", size=10.5)
    whole_top, whole_low = axes[:, -1]
    _course(whole_top, whole_low, f, results.days, 28 if two else 0)
    if unchecked:
        ends = np.datetime64(max(unchecked, f.start)), results.days[-1].to_numpy()
        whole_top.axvspan(*ends, color=style.UNCHECKED, lw=0, zorder=0)
        whole_top.text(ends[0], 0.98, " unchecked", transform=whole_top.get_xaxis_transform(), va="top",
                       color=style.FAINT_INK, size=9)  # fmt: skip
    _end_labels(whole_top, f)
    draw_points(axes[0, 0], points)
    axes[0, 0].set_ylim(0, None)
    axes[0, 0].set_ylabel("since the start, cumulative")
    axes[1, 0].set_ylabel("strikes\na day")
    if points:
        axes[0, 0].legend(
            handles=legend(points),
            loc="upper left",
            fontsize=8.5,
            title="As reported then",
            alignment="left",
        )
    sources = ("observations.csv", "events.csv") if points else ("events.csv",)
    title = _displaced_title(f, unchecked)
    style.say(figure, title, _displaced_subtitle(f, points), results, world, sources)
    return figure


def _course(top: Axes, low: Axes, f: Findings, days: pd.DatetimeIndex, every: int) -> None:
    """The two lines over some of the run's days, the strikes under them, ticks ``every`` so many days."""
    at = days.to_numpy()
    top.plot(at, f.displaced.reindex(days).to_numpy(), color=style.PEOPLE, lw=2.4)
    top.plot(at, f.moves.reindex(days).to_numpy(), color=style.PEOPLE, lw=1.4, ls=(0, (4, 2)))
    top.set_ylim(0, None)
    style.counts(top.yaxis)
    style.faint_grid(top)
    style.bars(low, at, f.strikes.reindex(days).to_numpy(), np.timedelta64(20, "h"), color=style.STRIKES)
    low.yaxis.set_major_locator(_few())
    style.dates(low, days, every)


def shelter(results: Results, world: World) -> Figure:
    """Where the displaced are, by rung of the shelter ladder, on the road and at the crossings, over time."""
    f = Findings(results)
    figure = style.new_figure()
    axes = figure.add_axes((style.LEFT, style.BOTTOM, 0.63, style.TOP - style.BOTTOM))
    layers = [(f.by_rung[rung].to_numpy(), style.RUNG_COLOURS[rung], RUNG_WORDS[rung]) for rung in RUNGS]
    for measure, colour, label in (
        ("en_route_persons", style.MOVING, "on the road"),
        ("at_crossings_persons", style.AT_CROSSINGS, "waiting at a crossing"),
        ("abroad_persons", style.ABROAD, "gone abroad"),
    ):
        values = results.series(measure).to_numpy()
        if len(values) and values.max() > 0:
            layers.append((values, colour, label))
    days = results.days.to_numpy()
    if len(days):
        stacks = axes.stackplot(
            days, [v for v, _, _ in layers], colors=[c for _, c, _ in layers], edgecolor=style.PAPER, lw=0.3
        )
        labels = [f"{words.about(v[-1]) if v[-1] >= 1 else 'no one'} {label}" for v, _, label in layers]
        axes.legend(
            stacks[::-1], labels[::-1], loc="center left", bbox_to_anchor=(1.015, 0.5), handlelength=1.2,
            labelspacing=0.9, title=f"On {words.day_year(f.end)}", alignment="left",
        )  # fmt: skip
    axes.set_ylim(0, None)
    axes.set_ylabel("people displaced since the start")
    style.counts(axes.yaxis)
    style.faint_grid(axes)
    style.dates(axes, results.days)
    poor = f.by_rung[["unfinished", "open"]].sum(axis=1)
    title = "Nobody is displaced in this run"
    if f.displaced.max() > 0:
        title = (
            f"{words.about(poor.iloc[-1])} displaced people are in makeshift shelter or in the open "
            f"by {words.day(f.end)}"
        )
    what = "People displaced since the start, by where they are each day"
    style.say(figure, title, f"{what}; {words.day_year(f.start)} to {words.day_year(f.end)}.", results, world)
    return figure


def hours(results: Results, world: World) -> Figure:
    """Departures by hour of the day, over the strikes by hour."""
    f = Findings(results)
    figure = style.new_figure()
    top, low = figure.subplots(
        2, 1, sharex=True, gridspec_kw={"height_ratios": [4, 1], "hspace": 0.1, "left": style.LEFT + 0.01,
                                        "right": style.RIGHT, "top": style.TOP, "bottom": style.BOTTOM}
    )  # fmt: skip
    clock = np.arange(24)
    for axes in (top, low):
        for hour in clock[is_night(clock, f.night)]:
            axes.axvspan(hour, hour + 1, color=style.NIGHT, lw=0, zorder=0)
    style.bars(top, clock + 0.5, f.by_hour.to_numpy(), 0.86, color=style.LEAVING)
    style.bars(low, clock + 0.5, f.strikes_by_hour.to_numpy(), 0.86, color=style.STRIKES)
    top.set_ylabel("people who set out in the hour")
    low.set_ylabel("strikes")
    low.yaxis.set_major_locator(_few())
    style.counts(top.yaxis)
    style.counts(low.yaxis)
    low.set_xticks(range(0, 25, 3), [f"{h:02d}:00" for h in range(0, 25, 3)])
    low.set_xlim(0, 24)
    low.set_xlabel("hour of the day, local time")
    top.text(0.2, 0.98, "night", transform=top.get_xaxis_transform(), va="top", color=style.FAINT_INK, size=9)
    title = "Nobody sets out in this run"
    if f.by_hour.sum() > 0:
        share = words.in_ten(f.night_share)
        share = share[0].upper() + share[1:]
        title = f"{share} of those who leave set out at night ({f.night_words})"
    span = f"{words.day_year(f.start)} to {words.day_year(f.end)}"
    what = f"People who set out, by hour of the day, summed over {span}; below, strikes, in air-strike equivalents."
    style.say(figure, title, what, results, world, ("events.csv",))
    return figure


def hardship(results: Results, world: World) -> Figure:
    """Those who want to leave and cannot, and those who sleep in the open in the frost."""
    f = Findings(results)
    figure = style.new_figure()
    top, low = figure.subplots(
        2, 1, sharex=True, gridspec_kw={"hspace": 0.32, "left": style.LEFT, "right": style.RIGHT,
                                        "top": style.TOP - 0.03, "bottom": style.BOTTOM}
    )  # fmt: skip
    days = results.days.to_numpy()
    top.fill_between(days, f.trapped.to_numpy(), color=style.TRAPPED, alpha=0.85, lw=0)
    style.bars(low, days, f.cold_nights.to_numpy(), np.timedelta64(20, "h"), color=style.RUNG_COLOURS["open"])
    top.set_title("People who want to leave and cannot", loc="left", size=10.5)
    low.set_title("People in the open on a night below 0 °C", loc="left", size=10.5)
    for axes in (top, low):
        axes.set_ylim(0, None)
        axes.set_ylabel("people")
        style.counts(axes.yaxis)
        style.faint_grid(axes)
    style.dates(low, results.days)
    what = f"Each day in the whole study area, {words.day_year(f.start)} to {words.day_year(f.end)}."
    style.say(figure, _hardship_title(f), what, results, world)
    return figure


def _hardship_title(f: Findings) -> str:
    cold = float(f.cold_nights.sum())
    nights = (
        f"{words.about(cold)} person-nights in the open below zero" if cold else "nobody sleeps out in frost"
    )
    if not len(f.trapped) or f.trapped.max() <= 0:
        return f"Nobody is trapped in this run; {nights}"
    return f"Up to {words.about(f.trapped.max())} people trapped; {nights}"


def _displaced_title(f: Findings, unchecked: date | None) -> str:
    if not len(f.displaced) or f.displaced.iloc[-1] <= 0:
        return "Nobody is displaced in this run"
    beyond = f", unchecked after {words.day(unchecked)}" if unchecked else ""
    most = (
        f"; more arrive in {f.name(str(f.arrivals.index[0]))} than anywhere else" if len(f.arrivals) else ""
    )
    return (
        f"About {words.about(f.displaced.iloc[-1])} people displaced by {words.day_year(f.end)}{beyond}{most}"
    )


def _displaced_subtitle(f: Findings, points: list[Observed]) -> str:
    told = f"People displaced at least once since {words.day_year(f.start)}; dashed: all their movements."
    return told + (" Bars on points: low to high." if points else "")


def _end_labels(axes: Axes, f: Findings) -> None:
    """Names and last values at the right end of the two lines, kept apart."""
    if not len(f.displaced):
        return
    ends = [float(f.displaced.iloc[-1]), float(f.moves.iloc[-1])]
    gap = 0.09 * max(*ends, 1.0)
    heights = [ends[0], max(ends[1], ends[0] + gap)]
    when = f.results.days[-1] + pd.Timedelta(hours=18)
    for height, value, name in zip(heights, ends, ("people", "movements"), strict=True):
        weight = "bold" if name == "people" else "normal"
        text = f"{words.about(value)}\n{name}"
        axes.annotate(text, (when.to_numpy(), height), color=style.PEOPLE, va="center", size=9.5,
                      weight=weight, annotation_clip=False)  # fmt: skip


def draw_points(axes: Axes, points: list[Observed]) -> None:
    """Reported numbers: filled for people, hollow for movements, a marker for each kind of source."""
    for p in points:
        look, bars = _marker(p), [[max(p.best - p.low, 0)], [max(p.high - p.best, 0)]]
        at, order = np.datetime64(p.day), 5 if p.weighed else 4
        if p.high > p.low:
            axes.errorbar(
                at, p.best, yerr=bars, fmt="none", ecolor=look["mec"], lw=1.1, capsize=3, zorder=order
            )
        axes.plot([at], [p.best], ls="", zorder=order, **look)


def _marker(p: Observed) -> dict[str, Any]:
    """Strong for the best estimate out of several reports, faint for a single one."""
    colour = style.OBSERVED if p.weighed else style.FAINT_INK
    fill = colour if p.unit == "people" else style.PAPER
    shape, size = ("s", 6.0) if p.weighed else (MARKERS[p.kind], 4.5)
    return {"marker": shape, "ms": size, "mec": colour, "mfc": fill, "mew": 1.0}


def legend(points: list[Observed]) -> list[Line2D]:
    """What the markers of ``draw_points`` mean."""
    handles = {}
    for p in sorted(points, key=lambda p: (not p.weighed, list(MARKERS).index(p.kind), p.unit != "people")):
        label = f"{p.unit}, {'best estimate of several reports' if p.weighed else p.kind}"
        handles[label] = Line2D([], [], ls="", label=label, **_marker(p))
    return list(handles.values())


def _few() -> MaxNLocator:
    return MaxNLocator(3)
