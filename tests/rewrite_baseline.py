"""The numbers of the standard run: the toy case, 31 days of hours, every household, seed 1.

    python tests/rewrite_baseline.py        write them to baseline.yaml, on purpose

`test_baseline.py` compares. Whoever rewrites them says in the changelog what **changes results**, and why.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from flightsim.config import compose
from flightsim.results.runs import Results
from flightsim.scenario import from_config
from flightsim.world import RUNGS

BASELINE = Path(__file__).with_name("baseline.yaml")
HEAD = "# Of the standard run (see rewrite_baseline.py). Rewritten on purpose only: make baseline\n"
DAYS = ("2020-01-07", "2020-01-14", "2020-01-31")


def standard_run() -> Results:
    """The run whose numbers are kept."""
    (job,) = compose.jobs(["experiment=toy", "case=toy", "start='2020-01-01'", "days=31", "seed=1"])
    scenario = from_config(job.config)
    model = scenario.model()
    for _ in range(scenario.clock.n_steps):
        model.step()
    return Results.in_memory(model.recorder.tables(), scenario.config, {"seed": scenario.seed})


def numbers(run: Results) -> dict[str, int | float]:
    """Thirty-odd sums of its tables: whole numbers for people and vehicles, fractions for the rest."""
    displaced, moves = run.series("displaced_persons"), run.series("moves_persons")
    found: dict[str, Any] = {}
    for day in DAYS:
        found[f"displaced by {day}"] = displaced[day]
        found[f"moves by {day}"] = moves[day]
    for area in sorted(run.area_names):
        found[f"displaced from {area}"] = run.series("displaced_persons", area).iloc[-1]
        found[f"arrivals in {area}"] = run.series("arrivals_persons", area).sum()
    for rung in RUNGS:
        found[f"sheltered: {rung}"] = run.series("sheltered_persons", group=rung).iloc[-1]
    found["trapped, person-days"] = run.series("trapped_persons").sum()
    found["in the open below zero, person-nights"] = run.series("open_below_zero_person_nights").sum()
    found["departures from 17 to 6 h"] = _by_night(run.series("departures_hourly_persons"))
    found["on the road, person-hours"] = run.series("en_route_hourly_persons").sum()
    found["flows, persons"] = run.flows["persons"].sum()
    found["flows, person-moves"] = run.flows["moves_persons"].sum()
    for cause, count in sorted(run.households["cause"].value_counts().items()):
        found[f"households leaving for {cause}"] = count
    found["households leaving home twice or more"] = (run.households["n_moves"] > 1).sum()
    found["places taken"] = len(run.front)
    found["exposure, person-hours"] = float(run.series("exposure_person_hours").sum())
    found["vehicles on all roads"] = float(run.roads["vehicles"].sum())
    found["mean road km to the border at the end"] = float(run.series("mean_road_km_to_border").iloc[-1])
    return {name: _plain(value) for name, value in found.items()}


def _by_night(hourly: pd.Series) -> float:
    hour = pd.DatetimeIndex(hourly.index).hour
    return float(hourly[(hour >= 17) | (hour < 6)].sum())


def _plain(value: Any) -> int | float:
    return int(value) if float(value).is_integer() else float(value)


if __name__ == "__main__":
    text = yaml.safe_dump(numbers(standard_run()), sort_keys=False, allow_unicode=True)
    BASELINE.write_text(HEAD + text, encoding="utf-8")
    print(text, end="")
