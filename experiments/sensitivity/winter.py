"""How the winter went in each scenario of the ablation: totals on four days, the open at the end, movements."""

from __future__ import annotations

import numpy as np
import pandas as pd

from flightsim.validation.report import Report
from flightsim.validation.scores.ensemble import Ensemble
from flightsim.world import OPEN, RUNGS

DAYS = ("2020-01-27", "2020-02-12", "2020-02-23", "2020-03-08")  # with a report each
FEBRUARY = ("2020-01-31", "2020-02-29")
COLUMNS = {
    **{day: pd.Timestamp(day).strftime("%-d %B") for day in DAYS},
    "after": "from 23 February on",
    "in_open": "in the open at the end",
    "moves": "movements in February per person newly displaced",
}


def told(runs: Ensemble) -> dict[str, float]:
    """Means over the runs: people displaced by each day, how many in the last two weeks and in the open at the end.

    ``moves``: movements of February over the people who were displaced for the first time in it.
    """
    displaced, moves = (_course(runs, name) for name in ("displaced_persons", "moves_persons"))
    outdoors = runs.course("sheltered_persons", groups=[RUNGS[OPEN]]).mean(axis=1)
    first, last = FEBRUARY
    return {
        **{day: displaced[day] for day in DAYS},
        "after": displaced["2020-03-08"] - displaced["2020-02-23"],
        "in_open": float(outdoors[-1]),
        "moves": (moves[last] - moves[first]) / (displaced[last] - displaced[first]),
    }


def table(found: dict[str, Report]) -> pd.DataFrame:
    """A row a scenario; the first row is what was reported (docs/observations.md)."""
    rows = next(iter(found.values())).board.counts.rows
    best = {str(o.until): o.best for o in rows}
    reported = {"scenario": "*reported*", **{day: best[day] for day in DAYS},
                "after": best["2020-03-08"] - best["2020-02-23"], "in_open": np.nan, "moves": np.nan}  # fmt: skip
    return pd.DataFrame(
        [reported, *({"scenario": name, **told(report.board.ensemble)} for name, report in found.items())]
    )


def _course(runs: Ensemble, measure: str) -> pd.Series:
    """Mean over the runs by day, as a series by ISO date."""
    return pd.Series(runs.course(measure).mean(axis=1), runs.days.strftime("%Y-%m-%d"))
