"""The strip (see `synthetic`) with runs and observations, for tests of what is scored."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

import synthetic
from flightsim.case.observations import Observations, read_observations
from flightsim.results.runs import Results
from flightsim.validation.scores.ground import Ground

HEAD = "date,since,measure,unit,area_id,low,best,high,source,destination_id,group,total"
WORLD = synthetic.world()
DAYS = 40  # from 1 December


def observed(folder: Path, *rows: str) -> Observations:
    """Observations of the strip; a row without its last columns is filled up."""
    filled = [row + "," * (HEAD.count(",") - row.count(",")) for row in rows]
    (folder / "observations.csv").write_text("\n".join([HEAD, *filled]) + "\n", encoding="utf-8")
    ground = Ground(WORLD, pd.DataFrame(columns=["place_id", "date", "holder"]))
    return read_observations(folder, ground.codes, WORLD.persons)


def run(seed: int = 0, edit: Mapping[str, float] | None = None, **config: object) -> Results:
    """A made-up run; ``edit``: measures multiplied by a factor."""
    found = synthetic.tables(WORLD, DAYS, seed)
    for measure, factor in (edit or {}).items():
        found["measures"].loc[found["measures"]["measure"] == measure, "value"] *= factor
    names = dict(zip(WORLD.areas.area_id, WORLD.areas.name, strict=True))
    setting = {"name": "strip", "case": "strip", "start": "2019-12-01", "days": DAYS, **config}
    return Results.in_memory(found, setting, {"seed": seed}, names)


def total(run: Results, day: str) -> float:
    """People displaced by the end of a day."""
    return float(run.series("displaced_persons")[day])


def row(
    until: str, best: float, since: str = "2019-12-01", what: str = "displaced_cumulative,people,ALL"
) -> str:
    """A row of observations from OCHA without bounds."""
    return f"{until},{since},{what},,{best:.0f},,OCHA"
