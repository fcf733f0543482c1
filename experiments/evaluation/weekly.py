"""What weekly counts buy: forecasts from each Monday of the winter, with and without weighting the runs by the counts.

    python experiments/evaluation/weekly.py FOLDER            prints the tables, for a finished sweep in FOLDER
    python experiments/evaluation/weekly.py FOLDER --write    and puts them between their marks in docs/evaluation.md

From each Monday, 16 December to 2 March, every total reported up to 28 days later is forecast: by the runs as they are,
by the last count and the growth of all runs alike, by the last count and the growth of the weighted runs (what
`flightsim run from=FOLDER on=DATE` gives), and by the last count alone. A second or so for twenty runs.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
from run import markdown, write_page

from flightsim.errors import InputError
from flightsim.validation.onward.asked import questions
from flightsim.validation.onward.forecast import LEVELS, Forecast
from flightsim.validation.onward.weights import quantiles
from flightsim.validation.scores import metrics
from flightsim.validation.scores.rolling import horizon

MONDAYS = [date(2019, 12, 16) + timedelta(days=7 * week) for week in range(12)]
LONGEST_DAYS = 28
AS_THEY_ARE, ALIKE, WEIGHTED, NO_CHANGE = (
    "runs as they are", "count + runs alike", "count + weighted runs", "count alone",
)  # fmt: skip


def forecasts(folder: Path, known: Path | None = None) -> pd.DataFrame:
    """A row a Monday, later total and forecaster; a Monday before the first count has none."""
    rows: list[dict[str, object]] = []
    for monday in MONDAYS:
        try:
            (question,) = questions(folder, [str(monday)], known)
        except InputError as error:
            if "nothing to start from" not in str(error):
                raise
            print(f"{monday}: nothing is counted yet")
            continue
        rows += _from(Forecast(question))
    return pd.DataFrame(rows)


def _from(f: Forecast) -> Iterator[dict[str, object]]:
    """What is said of each total that was counted in the four weeks after the day."""
    asked, members, start = f.question, f.question.members, f.question.start
    for o in asked.observations.rows:
        lead = (o.until - asked.on).days
        same = (o.measure, o.unit, o.areas, o.since, o.weighed)
        if not 0 < lead <= LONGEST_DAYS or o.until > members.last or same != (
            start.measure, start.unit, start.areas, start.since, start.weighed
        ):  # fmt: skip
            continue
        course = members.course[members.day(o.until)]
        said = {
            AS_THEY_ARE: (course, np.ones(len(course))),
            ALIKE: _at(f, lead, weighted=False),
            WEIGHTED: _at(f, lead, weighted=True),
            NO_CHANGE: (np.array([start.best]), np.ones(1)),
        }
        for name, (values, weights) in said.items():
            low, middle, high = quantiles(values[None, :], weights, LEVELS)[0]
            yield {
                "origin": asked.on, "target": o.until, "horizon_days": horizon(lead), "forecaster": name,
                "crps": float(metrics.crps(np.array([o.best]), values[None, :], weights)[0]),
                "inside": low <= o.best <= high, "median": middle, "observed": o.best,
                "effective": f.weights.effective_untempered,
            }  # fmt: skip


def _at(f: Forecast, lead: int, weighted: bool) -> tuple[np.ndarray, np.ndarray]:
    courses, weights = f.ahead(weighted)
    return courses[lead], weights


def by(found: pd.DataFrame, key: str) -> pd.DataFrame:
    """Mean CRPS by horizon or origin, a column a forecaster, and how much less it is for weighting."""
    wide = found.pivot_table(index=key, columns="forecaster", values="crps", sort=False)
    wide = wide[[AS_THEY_ARE, ALIKE, WEIGHTED, NO_CHANGE]].sort_index()
    n = found[found["forecaster"] == WEIGHTED].groupby(key)
    wide.insert(0, "forecasts", n["crps"].count())
    wide["gain of counting"] = 1 - wide[WEIGHTED] / wide[AS_THEY_ARE]
    wide["gain of weighting"] = 1 - wide[WEIGHTED] / wide[ALIKE]
    wide["band holds"] = n["inside"].mean()
    if key == "origin":
        wide["effective runs"] = n["effective"].mean()
    return wide.reset_index()


def main() -> None:
    """Score the Mondays of a sweep and say it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--known", type=Path, help="observations; the case's own if not given")
    parser.add_argument("--write", action="store_true", help="write docs/evaluation.md")
    asked = parser.parse_args()
    found = forecasts(asked.folder, asked.known)
    blocks = {"weekly": markdown(by(found, "horizon_days")), "mondays": markdown(by(found, "origin"))}
    print("\n\n".join(blocks.values()))
    if asked.write:
        write_page(blocks)


if __name__ == "__main__":
    main()
