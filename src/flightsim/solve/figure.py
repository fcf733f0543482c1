"""The picture of a search: the curve of the outcome over the lever, every run, the target, the answer."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patheffects import withStroke

from flightsim.plots import style
from flightsim.scenario import unit_of
from flightsim.solve.telling import SHARE, Found, number

ANSWER = style.LEAVING
HALO = [withStroke(linewidth=2.2, foreground="white")]  # readable across dots


def draw(found: Found, path: Path, foot: str) -> None:
    """Write the picture as PNG; ``foot`` says what it rests on."""
    with style.looks():
        figure = style.new_figure(8.6, 5.4)
        meaning = found.outcome.meaning
        subtitle = f"{meaning[:1].upper()}{meaning[1:]}; a dot a run, the line their mean"
        taken = style.write(figure, found.title, subtitle, foot)
        axes = figure.add_axes((0.11, 0.17, 0.86, 0.83 - taken - 0.03))
        _target(axes, found)
        _answer(axes, found)
        _curve(axes, found)
        _labels(axes, found)
        style.save(figure, path)


def _target(axes: Axes, found: Found) -> None:
    question = found.answer.question
    axes.axhspan(
        question.target - question.width, question.target + question.width, color=style.NIGHT, zorder=0
    )
    axes.axhline(question.target, color=style.INK, lw=1, ls=(0, (5, 3)), zorder=1)
    text = f"asked: {number(question.target)}, within {question.tolerance * 100:g} %"
    axes.annotate(
        text, (0.01, question.target), xycoords=("axes fraction", "data"), xytext=(0, 3),
        textcoords="offset points", size=8.5, va="bottom", zorder=6, path_effects=HALO,
    )  # fmt: skip


def _answer(axes: Axes, found: Found) -> None:
    """Where the target is met, and between which values it is, run by run."""
    if not found.is_solved:
        return
    axes.axvline(found.answer.value, color=ANSWER, lw=1.2, zorder=1)
    low, high = found.answer.spread(SHARE)
    if math.isfinite(low) and math.isfinite(high):
        axes.axvspan(low, high, color=ANSWER, alpha=0.18, lw=0, zorder=0)
        label = (
            f"{found.lever.text(found.answer.value)}\n{found.most}:\n"
            f"{found.lever.short(low)} to {found.lever.short(high)}"
        )
    else:
        label = found.lever.text(found.answer.value)
    axes.annotate(
        label, (found.answer.value, 0.98), xycoords=("data", "axes fraction"), xytext=(6, 0),
        textcoords="offset points", color=ANSWER, size=9, va="top", zorder=6, path_effects=HALO,
    )  # fmt: skip


def _curve(axes: Axes, found: Found) -> None:
    answer = found.answer
    axes.plot(answer.values, answer.mean, color=style.PEOPLE, lw=1.6, zorder=3)
    n = answer.outcomes.shape[1]
    x = np.repeat(answer.values, n)
    dots: dict[str, Any] = {
        "marker": "o",
        "ms": 4.5,
        "mec": "white",
        "mew": 0.4,
        "mfc": style.PEOPLE,
        "alpha": 0.6,
    }
    axes.plot(x, answer.outcomes.ravel(), ls="", zorder=4, **dots)


def _labels(axes: Axes, found: Found) -> None:
    unit = unit_of(found.lever.name)
    axes.set_xlabel(f"{found.lever.name} ({unit})" if unit else found.lever.name)
    axes.set_ylabel(found.outcome.unit)
    if found.answer.outcomes.max() >= 1000:
        style.counts(axes.yaxis)
    question = found.answer.question
    pad = 0.02 * (question.high - question.low)
    axes.set_xlim(question.low - pad, question.high + pad)
    lowest = min(0.0, float(found.answer.outcomes.min()))
    axes.set_ylim(bottom=lowest)
    style.faint_grid(axes)
