"""What leaves the house is worked out from rounded runs, so that no small count can be read, nor worked out.

Nothing is withheld. The counts of a run are rounded to 100 people, each run by itself, before anything is
reckoned from them: medians, totals, needs, gaps, chances and figures are then functions of rounded counts, and tell no
more than these. Three rules make the rounded counts fit each other (``docs/decisions/0013-rounded-at-the-door.md``):

- what adds up over days (arrivals, people displaced, flows) is rounded as a sum since the start, and days and weeks are
  differences of it, so that a week, a run and a later run of more days agree;
- a count that follows from others (a total, everybody present) is worked out from these and not rounded for itself;
- the same count is always rounded to the same number: a second export of the same run tells nothing new.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from flightsim import measures
from flightsim.errors import InputError
from flightsim.measures import SMALL_CELL_PERSONS
from flightsim.needs.people import People
from flightsim.needs.tables import Needs
from flightsim.results.runs import load
from flightsim.world import Floats

BASE_PERSONS = SMALL_CELL_PERSONS
"""What counts are rounded to: 0 stands for 0 to 49 people, 100 for 50 to 149."""
PAIR = ["origin_area", "destination_area"]


def rounded(persons: Floats) -> Floats:
    """Counts of people, not negative, to the nearest hundred; fifty goes up."""
    return np.asarray(measures.rounded(persons))


def protected(needs: Needs) -> Needs:
    """The same needs, reckoned from rounded people. Twice is once."""
    return needs.of_people(rounded_people)


def rounded_people(people: People) -> People:
    """The same runs, each count rounded; who is present follows from who left home and who is sheltered there."""
    sheltered, displaced = rounded(people.sheltered), rounded(people.displaced)
    home = people.present - people.sheltered.sum(axis=-1)
    at_start = home[:, :1] + people.displaced[:, :1]
    still_home = rounded(at_start) - rounded(np.maximum(at_start - home, 0.0))
    waiting = rounded(people.waiting)
    return replace(
        people,
        sheltered=sheltered,
        present=sheltered.sum(axis=-1) + still_home,
        in_frost=rounded(people.in_frost),
        arrivals=np.diff(rounded(people.arrivals.cumsum(axis=1)), axis=1, prepend=0.0),
        displaced=displaced,
        elsewhere=rounded(people.elsewhere - people.waiting) + waiting,
        waiting=waiting,
        abroad=rounded(people.abroad),
    )


def flows(path: Path) -> pd.DataFrame:
    """People by area of origin, of destination and week of one run; weeks are differences of rounded sums.

    InputError if a column is missing.
    """
    rows: pd.DataFrame = load(path).flows
    if missing := {*PAIR, "week", "persons"} - set(rows):
        raise InputError(f"{path / 'flows.parquet'} has no column {', '.join(sorted(missing))}")
    by_week = rows.sort_values([*PAIR, "week"], kind="stable")[[*PAIR, "week", "persons"]]
    so_far = pd.Series(
        rounded(by_week.groupby(PAIR)["persons"].cumsum().to_numpy(float)), index=by_week.index
    )
    before = so_far.groupby([by_week[key] for key in PAIR]).shift(fill_value=0.0)
    told = by_week.assign(persons=so_far - before)
    return told[told["persons"] > 0].reset_index(drop=True)
