"""The figures of a validation: observed with its bounds, the runs' band, the best baseline, in one picture."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from flightsim import __version__, words
from flightsim.plots import style
from flightsim.validation.report import Report
from flightsim.validation.scores import metrics, places
from flightsim.validation.scores.board import best_baseline, skill
from flightsim.validation.scores.counts import MODEL, kind
from flightsim.validation.scores.questions import WHERE_TO

MODES = {"known": "events ahead known", "drawn": "events ahead not known"}


def draw_all(report: Report, folder: Path) -> list[Path]:
    """Every figure that there is something for, as PNG; gives the paths."""
    paths = []
    with style.looks():
        for name, draw in FIGURES.items():
            figure = draw(report)
            if figure is not None:
                paths.append(folder / f"{name}.png")
                style.save(figure, paths[-1])
    return paths


def totals(report: Report) -> Figure | None:
    """Reported totals with their bounds, the runs' median and 90 % band, every baseline faint, the best one strong."""
    b = report.board
    if not b.counts.rows:
        return None
    figure = style.new_figure()
    axes = figure.add_axes((style.LEFT, style.BOTTOM, 0.7, 0.68))
    days = b.ensemble.days.to_numpy()
    best, _ = best_baseline(b.crps)
    for name, course in b.counts.courses.items():
        if kind(name) == "in hindsight":
            axes.plot(days, course[:, 0], color=style.FAINT_INK, lw=1.0, ls=(0, (1, 2)), zorder=1)
        elif name == MODEL:
            low, high = metrics.interval(course, 0.9)
            axes.fill_between(days, low, high, color=style.PEOPLE, alpha=0.25, lw=0)
            axes.plot(days, np.median(course, axis=1), color=style.PEOPLE, lw=2.2)
        else:
            colour, width = (style.RIVAL, 1.8) if name == best else (style.RIVALS, 1.0)
            axes.plot(days, course[:, 0], color=colour, lw=width, ls=(0, (4, 2)), zorder=1)
    observed = b.counts.observed
    top = 1.35 * max(float(observed.max()), float(np.median(b.counts.courses[MODEL], axis=1)[-1]))
    axes.set_ylim(0, top)
    _name_lines(axes, report, best, top)
    low_bound, high_bound = b.counts.bounds
    at = np.array([np.datetime64(o.until) for o in b.counts.rows])
    axes.errorbar(at, observed, yerr=[observed - low_bound, high_bound - observed], fmt="s", ms=5, color=style.OBSERVED,
                  capsize=3, lw=1.1, zorder=5)  # fmt: skip
    axes.set_ylabel("people displaced since the start")
    style.counts(axes.yaxis)
    style.faint_grid(axes)
    style.dates(axes, b.ensemble.days)
    row = b.model_totals
    n = len(observed)
    missed = n - round(row["inside_source_bounds"] * n)
    title = (
        f"Off by about {words.about(row['mean_absolute_error_people'])} people on average; outside the source's bounds "
        f"on {missed} of {words.counted(n, 'report')}"
    )
    what = (
        "Squares: reported, with bounds. Band: 90 % of the runs. Dashed: baselines, the best in red. "
        "Dotted: knows the answer."
    )
    _write(figure, title, what, report)
    return figure


def _name_lines(axes: Axes, report: Report, best: str, top: float) -> None:
    """Names at the right end of the lines, kept apart; a line that leaves the picture is named where it does."""
    b = report.board
    ends = {name: float(np.median(course, axis=1)[-1]) for name, course in b.counts.courses.items()}
    gap, last = 0.055 * top, -1.0
    when = b.ensemble.days[-1].to_numpy()
    for name, value in sorted(ends.items(), key=lambda pair: pair[1]):
        height = max(min(value, 0.97 * top), last + gap)
        last = height
        colour = style.PEOPLE if name == MODEL else style.RIVAL if name == best else style.FAINT_INK
        axes.annotate(f" {name}{' (beyond)' if value > top else ''}", (when, height), color=colour, va="center",
                      size=9, weight="bold" if name in (MODEL, best) else "normal", annotation_clip=False)  # fmt: skip


def scores(report: Report) -> Figure | None:
    """Bars of the error of every forecaster: how many, and where."""
    b = report.board
    panels = [
        (b.crps.div(1000), "How many: CRPS, thousand people"),
        (b.misplaced.mul(100), "Where to: % of people in the wrong place"),
    ]
    panels = [
        (values.dropna().sort_values(ascending=False), title) for values, title in panels if len(values)
    ]
    if not panels:
        return None
    figure = style.new_figure()
    grid = {
        "left": 0.2,
        "right": style.RIGHT,
        "top": style.TOP - 0.06,
        "bottom": style.BOTTOM,
        "wspace": 0.62,
    }
    row = figure.subplots(1, len(panels), squeeze=False, gridspec_kw=grid)[0]
    for axes, (values, title) in zip(row, panels, strict=True):
        colours = [style.PEOPLE if name == MODEL else style.RIVALS for name in values.index]
        bars = axes.barh(list(values.index), values.to_numpy(), color=colours)
        axes.bar_label(bars, fmt="%.1f", padding=3, size=9)
        axes.set_title(title, loc="left", size=10.5)
        axes.tick_params(axis="y", length=0)
        axes.margins(x=0.15)
    told = [f"{what} {skill(s):+.2f}" for what, s in (("how many", b.crps), ("where", b.misplaced)) if len(s)]
    title = f"Skill against the best baseline: {', '.join(told)} (0: no better, 1: perfect)"
    _write(
        figure, title, "Shorter is better. Every baseline is shown; in hindsight: knows the answer.", report
    )
    return figure


def destinations(report: Report) -> Figure | None:
    """Observed and forecast shares of each question's cells: the model and the best baseline."""
    b = report.board
    found = places.cells({q: said for q, said in b.answered.items() if q.asks == WHERE_TO})
    if not len(found):
        return None
    best, _ = best_baseline(b.misplaced)
    known = report.world.areas.all_names
    rows = list(found[["question", "source", "cell"]].drop_duplicates().itertuples(index=False))[:24]
    figure = style.new_figure(10.0, 2.6 + 0.32 * len(rows))
    high = float(figure.get_size_inches()[1])
    axes = figure.add_axes((0.43, 0.85 / high, 0.54, 1 - 1.65 / high))
    shares: dict[tuple[str, ...], tuple[float, float]] = {
        (r["question"], r["source"], r["cell"], r["forecaster"]): (
            100 * r["share"],
            100 * r["observed_share"],
        )
        for r in found.to_dict("records")
    }
    height = np.arange(len(rows))[::-1]
    for forecaster, colour, marker in ((MODEL, style.PEOPLE, "o"), (best, style.RIVAL, "D")):
        values = [shares[*row, forecaster][0] for row in rows if (*row, forecaster) in shares]
        if len(values) == len(rows):
            axes.plot(values, height, ls="", marker=marker, color=colour, ms=6, alpha=0.85)
    seen = [shares[*row, MODEL][1] for row in rows]
    axes.plot(seen, height, ls="", marker="s", color=style.OBSERVED, ms=5)
    axes.set_yticks(height, [f"{_named(c, known)}  |  {q.split(', ', 1)[1]}" for q, _, c in rows], size=7.5)
    axes.set_xlim(-2, 102)
    axes.set_xlabel("% of the people or movements asked of")
    style.faint_grid(axes, "both")
    title = f"{100 * b.misplaced[MODEL]:.1f} % of people in the wrong place; {best}: {100 * b.misplaced[best]:.1f} %"
    what = f"Black squares: reported. Blue dots: the runs' mean. Red diamonds: the best baseline ({best})."
    _write(figure, title, what, report)
    return figure


def _named(cell: str, known: dict[str, str]) -> str:
    ends = [", ".join(known.get(code, code) for code in end.split("+")) for end in cell.split(" to ")]
    text = " to ".join(ends)
    return text if len(text) < 40 else f"{text[:37]}..."


def ahead(report: Report) -> Figure | None:
    """CRPS by horizon: the model and every baseline, a panel a mode."""
    found = report.rolling
    if not len(found):
        return None
    modes = list(found["mode"].unique())
    figure = style.new_figure()
    grid = {
        "left": style.LEFT,
        "right": 0.86,
        "top": style.TOP - 0.06,
        "bottom": style.BOTTOM + 0.02,
        "wspace": 0.55,
    }
    row = figure.subplots(1, len(modes), squeeze=False, sharey=True, gridspec_kw=grid)[0]
    told = []
    for axes, mode in zip(row, modes, strict=True):
        table = found[found["mode"] == mode].pivot(
            index="horizon_days", columns="forecaster", values="crps_people"
        )
        at = np.arange(len(table))
        last = -1.0
        for name in table.iloc[-1].sort_values().index:
            own = name == MODEL
            values = table[name].to_numpy(float)
            colour = style.PEOPLE if own else style.FAINT_INK
            axes.plot(
                at,
                values,
                color=style.PEOPLE if own else style.RIVALS,
                lw=2.4 if own else 1.3,
                ls=":" if kind(name) == "in hindsight" else "-",
                marker="o",
                ms=4,
            )
            last = max(values[-1], last + 0.05 * float(np.nanmax(table.to_numpy())))
            axes.annotate(f" {name}", (at[-1], last), color=colour, size=8.5, va="center", annotation_clip=False,
                          weight="bold" if own else "normal")  # fmt: skip
        axes.set_xticks(at, [f"to {h}" for h in table.index])
        axes.set_xlabel("days ahead")
        axes.set_title(MODES[mode], loc="left", size=10.5)
        style.counts(axes.yaxis)
        style.faint_grid(axes)
        better = sum(skill(table.loc[h]) > 0 for h in table.index)
        own = report.by_origin[(report.by_origin["mode"] == mode) & (report.by_origin["forecaster"] == MODEL)]
        worse = int((own["skill"] < 0).sum())
        told.append(
            f"{better} of {len(table)} horizons, {len(own) - worse} of {len(own)} origins ({MODES[mode]})"
        )
    row[0].set_ylim(0, 1.08 * float(found["crps_people"].max()))  # of all panels, which share it
    row[0].set_ylabel("CRPS, people")
    title = f"Weeks ahead, better than honest baselines: {'; '.join(told)}"
    what = (
        "Error of forecasts from each week's start, by lead time; lower is better. Dotted: knows the answer."
    )
    _write(figure, title, what, report)
    return figure


def _write(figure: Figure, title: str, what: str, report: Report) -> None:
    """Title, what is drawn and what it rests on; that the runs are a what-if comes first."""
    style.write(figure, title, f"{report.warning} {what}".strip(), foot(report))


def foot(report: Report) -> str:
    """What the figures rest on."""
    b = report.board
    n, total = len(b.scored), len(b.observations.rows)
    own = " Its own reports, at hand when the model was made: agreement is no test." if report.own else ""
    return (
        f"Modelled beside observed: {words.counted(len(b.ensemble.runs), 'run')}; {n} of {total} observations scored."
        f"{own} {style.source(report.world, __version__, ('observations.csv',) if report.own else ())}"
    )


FIGURES: dict[str, Callable[[Report], Figure | None]] = {
    "totals": totals,
    "scores": scores,
    "destinations": destinations,
    "ahead": ahead,
}
