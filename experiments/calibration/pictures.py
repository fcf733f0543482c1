"""Three pictures: what was learned of each parameter, the reports predicted again, and the ranks of known truths."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import ship
from inference import RANKS
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from scipy.special import expit
from study import Prior

from flightsim import __version__
from flightsim.plots import style

FIGURES = ("parameters", "reports", "recovery")
BEFORE, AFTER = style.STRIKES, style.PEOPLE
FOOT = f"flightsim {__version__}, Idlib, 1 December 2019 to 27 January 2020. Modelled; sources in docs/calibration.md."


def in_words(report: str, value: float) -> str:
    """A report's logarithm as people or per cent."""
    return f"{100 * expit(value):.0f} %" if _is_share(report) else f"{np.exp(value):,.0f}"


def _is_share(report: str) -> bool:
    return " against " in report or report.startswith("shelter")


def short(report: str) -> str:
    """A report's name for a picture."""
    for long, word in (
        ("SY0202+SY0203+SY0204+SY0208 against elsewhere", "northern Aleppo's share"),
        ("SY070301 against elsewhere", "Dana's share"),
        ("SY07 to SY02 against SY07 to SY07", "from Idlib to Aleppo, not Idlib"),
        ("SY070200", "Maarat al-Numan town"),
        ("SY0200", "western Aleppo"),
        ("site or unfinished or open", "in sites or worse"),
        ("displaced, people, everywhere", "all displaced"),
        ("shelter share, share, everywhere, ", ""),
        ("arrivals, people, ", ""),
        ("arrivals, movements, ", ""),
        ("flows, movements, ", ""),
        ("departures, people, ", "left "),
        (", 2019-12-01 to ", ", to "),
        ("2019-12-", "Dec "),
        ("2020-01-", "Jan "),
    ):
        report = report.replace(long, word)
    return report


def draw_all(
    out: Path,
    prior: Prior,
    samples: pd.DataFrame,
    tables: Mapping[str, pd.DataFrame],
    emulated: Any,
    ranks: Any,
) -> None:
    """All pictures, as PNG."""
    with style.looks():
        for name, figure in (
            ("parameters", parameters(prior, samples, tables["parameters"])),
            ("reports", reports(tables["reports"])),
            ("recovery", recovery(prior, emulated, ranks)),
        ):
            style.save(figure, out / f"{name}.png")


def _grid(n: int, height_in: float) -> tuple[Figure, list[Axes]]:
    figure = style.new_figure(10.0, height_in)
    axes = [
        figure.add_axes((0.06 + 0.32 * (i % 3), 0.11 + 0.405 * (1 - i // 3), 0.27, 0.26)) for i in range(n)
    ]
    return figure, axes


def parameters(prior: Prior, samples: pd.DataFrame, table: pd.DataFrame) -> Figure:
    """Prior and posterior of each parameter."""
    learned = [r.parameter.partition(".")[2] for r in table.itertuples() if r.contraction >= 0.5]
    figure, axes = _grid(len(prior.names), 6.2)
    shares = (np.arange(4000) + 0.5) / 4000
    before = prior.values(np.tile(shares[:, None], (1, len(prior.names))))
    best = ship.best_estimate(samples)
    for i, (ax, name) in enumerate(zip(axes, prior.names, strict=True)):
        bins = np.linspace(prior.low[i], prior.high[i], 31)
        ax.hist(before[:, i], bins, density=True, histtype="step", color=BEFORE, lw=1.8)
        ax.hist(samples[name], bins, density=True, color=AFTER, alpha=0.55)
        ax.axvline(best[name], color=AFTER, lw=1.8)
        ax.axvline(prior.default[i], color=style.LEAVING, lw=1.5, ls=(0, (4, 2)))
        ax.set_yticks([])
        ax.spines["left"].set_visible(False)
        ax.set_title(name.partition(".")[2], loc="left", size=10)
    said = f"Of {len(prior.names)} parameters the reports tell {len(learned)}: {', '.join(learned)}"
    style.write(
        figure,
        said if learned else "The reports tell none of the parameters",
        "Believed before (grey line) and after (blue, its mean as a line); the default dashed. Told: the variance "
        "has at least halved.",
        FOOT,
    )
    return figure


def reports(table: pd.DataFrame) -> Figure:
    """Every report as a factor of the model's answers: default, best estimate, and what would be reported."""
    figure = style.new_figure(10.0, 7.0)
    ax = figure.add_axes((0.345, 0.1, 0.625, 0.77))
    at = np.arange(len(table))[::-1]
    seen = table["observed"]
    ax.hlines(
        at, np.exp(table["predicted_05"] - seen), np.exp(table["predicted_95"] - seen), color=AFTER, alpha=0.3, lw=9
    )  # fmt: skip
    ax.plot(np.exp(table["best_estimate"] - seen), at, "o", color=AFTER, ms=6)
    ax.plot(np.exp(table["default"] - seen), at, "D", mfc="none", color=style.LEAVING, ms=6)
    ax.axvline(1, color=style.OBSERVED, lw=1.2)
    ax.set_xscale("log")
    ticks = [0.1, 0.2, 0.5, 1, 2, 5]
    ax.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    ax.set_yticks(
        at, [f"{short(r)}: {in_words(r, v)}" for r, v in zip(table["report"], seen, strict=True)], size=8.5
    )
    ax.set_xlabel("model / report (of shares: of their odds)")
    inside = int(table["inside"].sum())
    style.write(
        figure,
        f"The calibrated model expects {inside} of {len(table)} reports within its 90 % band",
        "Best estimate (dots), default (diamonds), and what would be reported if the posterior's runs were true, the "
        "model's own error and the sources' put on (bands). The line is what was reported. No test: all were used.",
        FOOT,
    )
    return figure


def recovery(prior: Prior, emulated: Any, ranks: Any) -> Figure:
    """Histograms of the ranks of known parameters."""
    figure, axes = _grid(len(prior.names), 6.2)
    edges = np.linspace(-0.5, RANKS + 0.5, 11)
    for i, (ax, name) in enumerate(zip(axes, prior.names, strict=True)):
        for found, colour, alpha in ((emulated, AFTER, 0.45), (ranks, style.LEAVING, 1.0)):
            weight = np.full(len(found), 10 / len(found))
            step = "stepfilled" if alpha < 1 else "step"
            ax.hist(found[:, i], edges, weights=weight, color=colour, alpha=alpha, histtype=step, lw=1.6)
        ax.axhline(1, color=style.FAINT_INK, lw=0.8, ls=(0, (4, 2)))
        ax.set_xticks([0, 50, 99])
        ax.set_title(name.partition(".")[2], loc="left", size=10)
    style.write(
        figure,
        "Known parameters sought in synthetic reports: their ranks among the posterior's draws",
        f"Ten bins, 1 is even; filled: {len(emulated)} synthetic sets of reports from the emulator; line: {len(ranks)} "
        "from runs of the model, where chance alone makes bins differ much. Heaped at the ends: too sure; in the "
        "middle: too unsure.",
        FOOT,
    )
    return figure
