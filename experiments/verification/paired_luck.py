"""How much does it buy that two scenarios share households and seed? The variance of a difference, paired and not.

    python experiments/verification/paired_luck.py             60 runs of Idlib at scale 0.05: about six minutes
    python experiments/verification/paired_luck.py --quick     the toy case, few runs; writes no file

Writes the table and the figure of docs/paired.md.
"""

from __future__ import annotations

import argparse
import math
import re
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from flightsim import words
from flightsim.comparison import paired, sentences
from flightsim.config import compose
from flightsim.plots import style
from flightsim.results import outcomes
from flightsim.results.precision import WITHIN
from flightsim.scenario import from_config

ROOT = Path(__file__).resolve().parents[2]
PAGE, FIGURE = ROOT / "docs" / "paired.md", ROOT / "docs" / "figures" / "paired.png"
PAIRS = {
    "border closed / open": (("border=closed",), ("border=open",)),
    "health care as it was / none": (("services=health_care",), ("services=none",)),
    "room in sites once / twice": (("shelter.site_room=1",), ("shelter.site_room=2",)),
}
OUTCOMES = (
    "displaced_persons", "moves_persons", "in_open_persons", "open_below_zero_person_nights", "trapped_persons",
    "in_sites_persons", "exposure_person_hours",
)  # fmt: skip
GOAL = 10.0
N_BOOTSTRAP, SEED = 2_000, 7


def main() -> int:
    """Run, compare, write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--replicates", type=int, default=12)
    parser.add_argument("--results", type=Path, help="keep the runs there, and reuse those that are there")
    arguments = parser.parse_args()
    settings = (
        ["case=toy", "days=10", "population.scale=0.2"] if arguments.quick else ["population.scale=0.05"]
    )
    n = 4 if arguments.quick else arguments.replicates
    with tempfile.TemporaryDirectory() as scratch:
        table = pd.DataFrame(measure(arguments.results or Path(scratch), settings, n))
    print(table.to_string(index=False))
    if not arguments.quick:
        draw(table, n)
        write(table, n)
    return 0


def values(folder: Path, settings: list[str], overrides: tuple[str, ...], n: int) -> pd.DataFrame:
    """The outcomes (columns) of ``n`` runs of one scenario, seeds 1 to n."""
    found = []
    for seed in range(1, n + 1):
        words_ = [*settings, *overrides, f"seed={seed}", "figures=false", f"results={folder}"]
        (job,) = compose.jobs(words_)
        found.append(outcomes.of_run(from_config(job.config).run().path, OUTCOMES))
    return pd.DataFrame(found)


def measure(folder: Path, settings: list[str], n: int) -> list[dict[str, object]]:
    """A row a pair of scenarios and outcome: the difference, its scatter with and without a shared seed, the gain."""
    runs: dict[tuple[str, ...], pd.DataFrame] = {}
    rows = []
    for pair, (one, two) in PAIRS.items():
        for overrides in (one, two):
            if overrides not in runs:
                runs[overrides] = values(folder, settings, overrides, n)
        for name in OUTCOMES:
            a, b = runs[one][name].to_numpy(), runs[two][name].to_numpy()
            if not (a.any() or b.any()) or np.ptp(a - b) == 0:
                continue
            low, high = interval(b, a)
            rows.append(
                {
                    "pair": pair,
                    "outcome": name,
                    "difference": float((b - a).mean()),
                    "paired_sd": float((b - a).std(ddof=1)),
                    "independent_sd": float(np.sqrt(a.var(ddof=1) + b.var(ddof=1))),
                    "gain": paired.gain(b, a),
                    "gain_low": low,
                    "gain_high": high,
                }
            )
    return rows


def interval(one: np.ndarray, two: np.ndarray) -> tuple[float, float]:
    """95 % bootstrap interval of the gain, over replicates."""
    n = len(one)
    picks = np.random.default_rng(SEED).integers(0, n, (N_BOOTSTRAP, n))
    gains = [paired.gain(one[pick], two[pick]) for pick in picks]
    known = [gain for gain in gains if np.isfinite(gain)]
    low, high = np.quantile(known, [0.025, 0.975])
    return float(low), float(high)


def draw(table: pd.DataFrame, n: int) -> None:
    """The gain by pair of scenarios and outcome, against the goal."""
    with style.looks():
        figure: Figure = style.new_figure(10.0, 6.2)
        axes = figure.add_axes((0.27, 0.17, 0.68, 0.62))
        colours = dict(zip(PAIRS, ("#0072B2", "#D55E00", "#009E73"), strict=True))
        y = {name: i for i, name in enumerate(OUTCOMES)}
        for k, (pair, colour) in enumerate(colours.items()):
            rows = table[table["pair"] == pair]
            at = [y[name] + 0.22 * (k - 1) for name in rows["outcome"]]
            axes.hlines(at, rows["gain_low"], rows["gain_high"], color=colour, lw=1.6)
            axes.plot(rows["gain"], at, ls="", marker="osD"[k], color=colour, mec="white", ms=7, label=pair)
        axes.set_xscale("log")
        axes.axvline(1, color="#888888", lw=0.9)
        axes.axvline(GOAL, color="#888888", lw=0.9, ls=(0, (4, 2)))
        axes.text(GOAL, -0.62, " goal", size=8.5, color="#666666", va="bottom")
        axes.text(1, -0.62, " nothing gained", size=8.5, color="#666666", va="bottom")
        axes.set_yticks(range(len(OUTCOMES)), [outcomes.HEADLINES[name].title for name in OUTCOMES])
        axes.set_ylim(len(OUTCOMES) - 0.5, -0.6)
        axes.set_xlabel("how many times smaller the variance of the difference is with a shared seed")
        axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
        style.faint_grid(axes, "x")
        axes.legend(loc="upper left", bbox_to_anchor=(-0.02, 1.13), ncols=3, fontsize=9)
        middle, most = (words.headline(float(v)) for v in (table["gain"].median(), table["gain"].max()))
        title = f"A shared seed makes the variance of a difference up to {most:g} times smaller, typically {middle:g}"
        runs = f"{n} pairs of runs for each pair of scenarios"
        what = f"Idlib, winter 2019-20, population.scale=0.05, {runs}. Lines: 95 % intervals."
        foot = "Modelled, not observed. Independent: the two variances added. experiments/verification/paired_luck.py"
        style.write(figure, title, what, foot)
        style.save(figure, FIGURE)


def write(table: pd.DataFrame, n: int) -> None:
    """The table of docs/paired.md, between its marks."""
    head = "| scenarios | outcome | difference | scatter, shared seed | independent | variance smaller by"
    lines = [f"{head} | runs for ±5 % |", "|---|---|---:|---:|---:|---:|---:|"]
    for row in table.itertuples():
        name = sentences.noun(outcomes.HEADLINES[str(row.outcome)])
        scatter = f"{row.difference:,.0f} | {row.paired_sd:,.0f} | {row.independent_sd:,.0f}"
        gain = f"{_few(row.gain)} ({_few(row.gain_low)} to {_few(row.gain_high)})"
        runs = f"{needed(row.difference, row.paired_sd):,} / {needed(row.difference, row.independent_sd):,}"
        lines.append(f"| {row.pair} | {name} | {scatter} | {gain} | {runs} |")
    met, median = int((table["gain"] >= GOAL).sum()), table["gain"].median()
    goal = f"{met} are at least {GOAL:g} times smaller (goal)"
    told = f"Of {len(table)} variances {goal}; median {median:.2g}; {n} pairs."
    lines += ["", told]
    text = PAGE.read_text(encoding="utf-8")
    marked = f"<!-- paired -->\n{chr(10).join(lines)}\n<!-- /paired -->"
    PAGE.write_text(
        re.sub(r"<!-- paired -->.*<!-- /paired -->", lambda _: marked, text, flags=re.DOTALL),
        encoding="utf-8",
    )


def needed(difference: float, sd: float) -> int:
    """Pairs of runs until the 95 % interval of the mean difference is within 5 % of it; at least two."""
    return max(math.ceil((1.96 * sd / (WITHIN * difference)) ** 2), 2)


def _few(number: float) -> str:
    return f"{number:.1f}" if number < 10 else f"{number:,.0f}"


if __name__ == "__main__":
    sys.exit(main())
