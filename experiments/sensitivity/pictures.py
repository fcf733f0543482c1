"""The figures of docs/sensitivity.md."""

from __future__ import annotations

from pathlib import Path

import ablation
import design
import numpy as np
import pandas as pd
import winter
from matplotlib.figure import Figure

from flightsim import words
from flightsim.plots import style
from flightsim.validation.report import Report

ALONE = "strikes and front alone"  # the last of the scenarios
SHOWN = 10  # parameters a panel
MORE, FEWER = style.PEOPLE, "#CC6677"
WORSE, BETTER, UNCLEAR = style.LEAVING, "#117733", "#B5B5B5"
FOOT = "Modelled, not observed. Source: flightsim, case “Idlib, winter 2019-20”; how: docs/sensitivity.md."


def morris(effects: pd.DataFrame, floor: dict[str, float], path: Path) -> None:
    """The largest effects on each outcome, beside what chance alone would show."""
    sizes = effects.pivot_table(index="parameter", columns="outcome", values="size")["displaced"]
    above = int((sizes > 2 * floor["displaced"]).sum())
    first = [name.split(".")[1] for name in sizes.nlargest(3).index]
    figure, top = _figure(
        f"How many are displaced hangs most on {words.listing(first)}; {above} of {len(sizes)} numbers move it by more "
        "than twice what chance does",
        "Bars: mean size of the effect over 90 % of each prior, with its 95 % bootstrap interval. Blue: the more, the "
        "more; red: the more, the fewer. Dashed: what chance alone would show.",
    )
    for axes, (outcome, (name, unit)) in zip(_panels(figure, top), design.OUTCOMES.items(), strict=True):
        rows = effects[effects["outcome"] == outcome].nlargest(SHOWN, "size").iloc[::-1]
        at = np.arange(len(rows))
        axes.barh(at, rows["size"], color=np.where(rows["effect"] > 0, MORE, FEWER), height=0.66)
        axes.errorbar(
            rows["size"], at, xerr=rows["half_interval"], fmt="none", ecolor=style.INK, capsize=2, lw=1
        )
        axes.axvline(floor[outcome], color=style.LEAVING, lw=1.3, ls=(0, (4, 2)))
        _finish(axes, rows["parameter"], f"{name} ({unit})")
        axes.set_xlim(0, 1.05 * float((rows["size"] + rows["half_interval"]).max()))
        if unit == "people":
            style.counts(axes.xaxis)
    style.save(figure, path)


def sobol(indices: pd.DataFrame, path: Path) -> None:
    """First-order and total indices of the strongest parameters, by outcome."""
    total = indices[indices["outcome"] == "displaced"].nlargest(3, "in_all")
    first = words.listing([str(name).split(".")[1] for name in total["parameter"]])
    low, high = (round(100 * share) for share in (total["in_all"].min(), total["in_all"].max()))
    figure, top = _figure(
        f"No number alone makes the spread in how many are displaced: {first} have a part in {low} to {high} % each",
        "Share of the variance that the strongest numbers make. Dots: alone (first-order index). Squares: with all "
        "that it does together with others (total index). Lines: 95 % bootstrap intervals.",
    )
    for axes, (outcome, (name, _)) in zip(_panels(figure, top), design.OUTCOMES.items(), strict=True):
        rows = indices[indices["outcome"] == outcome].sort_values("in_all")
        at = np.arange(len(rows))
        for column, shift, marker, colour in (
            ("alone", 0.14, "o", style.PEOPLE), ("in_all", -0.14, "s", style.LEAVING),
        ):  # fmt: skip
            axes.errorbar(rows[column], at + shift, xerr=rows[f"{column}_half_interval"], fmt=marker, ms=5,
                          color=colour, capsize=2, lw=1.1)  # fmt: skip
        axes.axvline(0, color=style.FAINT_INK, lw=0.8)
        _finish(axes, rows["parameter"], name)
        axes.set_xlim(-0.15, 1.25)
    style.save(figure, path)


def courses(found: dict[str, Report], path: Path) -> None:
    """People displaced by day without each of what makes the winter stop, beside the reports."""
    ends = {
        name: winter.told(found[name].board.ensemble)["2020-03-08"]
        for name in (ablation.WHOLE, ablation.ALL_FOUR)
    }
    figure = style.new_figure(10.0, 6.0)
    top = 1 - style.write(
        figure,
        f"Without the four additions the winter ends at {ends[ablation.ALL_FOUR] / 1e6:.1f} million people, with them "
        f"at {ends[ablation.WHOLE] / 1e6:.1f} million",
        "People displaced since 1 December, mean of the runs with each part taken away, all other numbers as they "
        "are; parameters are not drawn. Dots: reported.",
        FOOT,
    )
    axes = figure.subplots(gridspec_kw={"left": 0.08, "right": 0.76, "top": top - 0.03, "bottom": 0.12})
    colours = [style.PEOPLE, "#117733", "#AA4499", "#CC6677", "#B5B5B5", style.INK]
    names = [ablation.WHOLE, *ablation.FOUR, ablation.ALL_FOUR]
    labels = []
    for name, colour in zip(names, colours, strict=True):
        runs = found[name].board.ensemble
        course = runs.course("displaced_persons").mean(axis=1)
        bold = 2.6 if name == ablation.WHOLE else 1.5
        axes.plot(runs.days, course, color=colour, lw=bold, ls="--" if name == ablation.ALL_FOUR else "-")
        labels.append((float(course[-1]), name, colour))
    for what in found[ablation.WHOLE].board.counts.rows:
        axes.plot(pd.Timestamp(what.until), what.best, "o", ms=4, color=style.LEAVING)
    _label(axes, runs.days[-1], labels)
    axes.set_xlim(runs.days[0], runs.days[-1])
    axes.set_ylim(0)
    style.counts(axes.yaxis)
    style.dates(axes, runs.days)
    style.faint_grid(axes)
    style.save(figure, path)


def _label(axes, day: pd.Timestamp, labels: list[tuple[float, str, str]]) -> None:
    """Names at the ends of the lines, pushed apart where they would lie on each other."""
    gap, at = 0.05 * axes.get_ylim()[1], -np.inf
    for end, name, colour in sorted(labels):
        at = max(end, at + gap)
        axes.annotate(name, (day, at), (6, 0), textcoords="offset points", color=colour, size=8.5, va="center",
                      annotation_clip=False)  # fmt: skip


def without(table: pd.DataFrame, path: Path) -> None:
    """What each mechanism's absence does to four scores: mean difference run by run, with its interval."""
    others = [name for name in table["scenario"].unique() if name != ablation.WHOLE]
    totals = (
        table[(table["score"] == "crps") & ~table["scenario"].isin((ALONE, ablation.ALL_FOUR))]
        .set_index("scenario")
        .loc[[name for name in others if name not in (ALONE, ablation.ALL_FOUR)]]
    )
    names = [name.removeprefix("without ") for name in totals.index]
    unmoved = [name for name, clear in zip(names, totals["clear"], strict=True) if not clear]
    most = [names[i] for i in np.argsort(-totals["run_change"].to_numpy())[:2]]
    figure, top = _figure(
        f"How well the total fits hangs most on {words.listing(most)}; not clearly on {words.listing(unmoved)}",
        "Runs against the whole model with the same seed: mean and 95 % interval. To the right, in orange: worse "
        "without it. To the left, in green: better without it. Grey: may be chance.",
    )
    shown = ("crps", "wrong_place", "ahead", "patterns")
    for axes, what in zip(_panels(figure, top), shown, strict=True):
        rows = table[table["score"] == what].set_index("scenario").loc[others[::-1]]
        at = np.arange(len(rows))
        worse = rows["run_change"] * (-1 if what == "patterns" else 1) > 0
        colours = np.where(~rows["clear"], UNCLEAR, np.where(worse, WORSE, BETTER))
        for y, (_, row), colour in zip(at, rows.iterrows(), colours, strict=True):
            axes.plot([row["low"], row["high"]], [y, y], color=colour, lw=2.2)
            axes.plot(row["run_change"], y, "o", color=colour, ms=5.5)
        axes.axvline(0, color=style.FAINT_INK, lw=0.9)
        name, unit = ablation.SCORES[what]
        _finish(
            axes,
            [n.removeprefix("without ") for n in rows.index],
            f"{name}: change{f', {unit}' if unit else ''}",
        )
        if unit == "people":
            style.counts(axes.xaxis)
        if what == "patterns":
            axes.invert_xaxis()
    style.save(figure, path)


def _figure(title: str, subtitle: str) -> tuple[Figure, float]:
    """A figure with its texts, and the share of its height below them."""
    figure = style.new_figure(11.5, 8.4)
    return figure, 1 - style.write(figure, title, subtitle, FOOT)


def _panels(figure: Figure, top: float) -> list:
    grid = {"left": 0.2, "right": 0.98, "top": top - 0.035, "bottom": 0.085, "wspace": 0.62, "hspace": 0.3}
    return list(figure.subplots(2, 2, gridspec_kw=grid).flat)


def _finish(axes, names, label: str) -> None:
    axes.set_yticks(np.arange(len(names)), list(names), size=8.5)
    axes.tick_params(axis="y", length=0)
    axes.set_title(label, loc="left", size=10.5)
    axes.tick_params(axis="x", labelsize=8.5)
    axes.locator_params(axis="x", nbins=6)
    style.faint_grid(axes, "x")
