"""Each mechanism switched off: what happens to the scores of `flightsim validate` and to the patterns."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import winter
from scipy import stats

from flightsim import cli
from flightsim.results import gather
from flightsim.validation.report import Report
from flightsim.validation.scores.board import score
from flightsim.validation.scores.counts import MODEL
from flightsim.validation.scores.ensemble import Ensemble
from flightsim.validation.validate import reported

WHOLE = "the whole model"
FOUR = (
    "without a reach of the front", "without a limit to strikes felt", "without size of towns",
    "without makeshift shelter",
)  # fmt: skip
ALL_FOUR = "without these four"
HOSPITALS, NEIGHBOURS = "without hospital closures", "without neighbours"
SET_ANEW = (*FOUR, ALL_FOUR, HOSPITALS, NEIGHBOURS)
KNOB = "behaviour.half_strikes"
STRENGTHS = (2.2, 3.1, 4.4, 6.2, 9.0)
STEP_HOURS = 6
SCORES = {
    "crps": ("How many: CRPS", "people"),
    "wrong_place": ("Where to: in the wrong place", "%"),
    "brier": ("Brier score, totals", ""),
    "area_brier": ("Brier score, areas", ""),
    "ahead": ("Weeks ahead, events known: CRPS", "people"),
    "patterns": ("Patterns shown", ""),
}
"""Every one but the last is better the lower."""


def sweep(folder: Path, scale: float, replicates: int, *words: str) -> Path:
    """The runs of the experiment ``ablation``, made or finished; ``words``: lists of values besides."""
    size = [
        f"population.scale={scale:g}",
        f"step_hours={STEP_HOURS}",
        f"replicates={replicates}",
        "figures=false",
    ]
    many = ["-m"] if words else []
    code = cli.main(["run", *many, "experiment=ablation", *words, *size, f"results='{folder}'"])
    if code:
        raise SystemExit(code)
    return folder


def refit_sweep(folder: Path, scale: float, replicates: int) -> Path:
    """The runs of the scenarios to be set anew, at each level of violence at which people go."""
    names = ",".join(f"'{name}'" for name in (WHOLE, *SET_ANEW))
    strengths = ",".join(f"{value:g}" for value in STRENGTHS)
    return sweep(folder, scale, replicates, f"scenario={names}", f"{KNOB}={strengths}", "name=refit")


def refit(folder: Path) -> pd.DataFrame:
    """A row a scenario and level of violence at which people go: how its winter went, the scores, and which is best.

    The defaults were set with all mechanisms in, so without one too many or too few leave, and the totals are missed
    for that alone. A mechanism earns its place only where the model without it stays worse when that level is set
    anew. ``best``: whether the CRPS is the scenario's lowest.
    """
    rows = []
    for name in (WHOLE, *SET_ANEW):
        for strength in STRENGTHS:
            report = reported(folder, scenario=f"{name}, {KNOB}={strength:g}")
            course = winter.told(report.board.ensemble)
            rows.append({"scenario": name, KNOB: strength, **course, **scores(report)})
    table = pd.DataFrame(rows)
    return table.assign(best=table["crps"] == table.groupby("scenario")["crps"].transform("min"))


def scores(report: Report) -> dict[str, float]:
    """The scores of a report, by the names of ``SCORES``."""
    b, ahead = report.board, report.forecasts
    own = ahead[ahead["forecaster"] == MODEL]
    return {
        "crps": float(b.crps[MODEL]),
        "wrong_place": 100 * float(b.misplaced[MODEL]),
        "brier": float(b.brier[MODEL]),
        "area_brier": float(b.area_brier[MODEL]),
        "ahead": float(own["crps_people"].mean()),
        "patterns": float((report.patterns["verdict"] == "yes").sum()),
    }


def alone(report: Report) -> pd.DataFrame:
    """The same of each run by itself, a row a run: how much is chance."""
    rows = []
    for run in report.board.ensemble.runs:
        board = score(Ensemble((run,)), report.board.observations, report.world)
        rows.append(scores(replace(report, board=board)))
    return pd.DataFrame(rows)


def reports(folder: Path) -> dict[str, Report]:
    """A report a scenario."""
    return {name: reported(folder, scenario=name) for name in gather.read(folder).scenarios}


def table(found: dict[str, Report]) -> pd.DataFrame:
    """A row a scenario and score: of the ensemble, and its runs' mean difference to the whole model.

    ``low`` and ``high``: 95 % interval of that mean, from differences run by run (same households, same seed).
    ``clear``: the interval leaves out zero, shared among all comparisons of the table (Bonferroni).
    """
    whole, runs = scores(found[WHOLE]), {name: alone(report) for name, report in found.items()}
    compared = (len(found) - 1) * len(SCORES)
    rows = []
    for name, report in found.items():
        of_ensemble = scores(report)
        for what in SCORES:
            apart = (runs[name][what] - runs[WHOLE][what]).to_numpy()
            n, error = len(apart), apart.std(ddof=1) / np.sqrt(len(apart))
            half, strict = (stats.t.ppf(1 - p / 2, n - 1) * error for p in (0.05, 0.05 / compared))
            rows.append({"scenario": name, "score": what, "value": of_ensemble[what],
                         "change": of_ensemble[what] - whole[what], "runs": n, "run_change": apart.mean(),
                         "low": apart.mean() - half, "high": apart.mean() + half,
                         "clear": bool(abs(apart.mean()) > strict)})  # fmt: skip
    return pd.DataFrame(rows)


def patterns(found: dict[str, Report]) -> pd.DataFrame:
    """A row a pattern, a column a scenario: the value shown, marked where the verdict is not that of the whole."""
    base = found[WHOLE].patterns
    rows = {}
    for name, report in found.items():
        now = report.patterns
        rows[name] = [
            shown if was == verdict else f"**{shown}: {verdict}**"
            for shown, verdict, was in zip(now["shown"], now["verdict"], base["verdict"], strict=True)
        ]
    wide = pd.DataFrame({"pattern": base["pattern"], "expected": base["expected"]}).assign(**rows)
    wide[WHOLE] = [f"{s}: {v}" for s, v in zip(base["shown"], base["verdict"], strict=True)]
    return wide


def turned(found: dict[str, Report]) -> pd.DataFrame:
    """A row a scenario: which patterns it loses and which it gains against the whole model."""
    base = found[WHOLE].patterns.set_index("pattern")["verdict"]
    rows = []
    for name, report in found.items():
        now = report.patterns.set_index("pattern")["verdict"]
        lost, gained = (
            base[(base == "yes") & (now != "yes")].index,
            base[(base != "yes") & (now == "yes")].index,
        )
        rows.append({"scenario": name, "shown": int((now == "yes").sum()), "lost": "; ".join(lost) or "-",
                     "gained": "; ".join(gained) or "-"})  # fmt: skip
    return pd.DataFrame(rows)
