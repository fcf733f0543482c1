"""People in no sub-district: who waits at a crossing, who is on the road, who is gone abroad, by day."""

from __future__ import annotations

import pandas as pd

from flightsim.export import disclosure
from flightsim.needs.people import People, quantiles
from flightsim.needs.tables import Needs
from flightsim.world import Floats

WAITING, ON_THE_ROAD, ABROAD = "waiting at a crossing", "on the road", "abroad"
COUNTS = ("persons", "persons_low", "persons_high")


def table(needs: Needs) -> pd.DataFrame:
    """A row a scenario, day and ``where``: people, median and range over the runs; out of rounded counts.

    Every day has all three, of nobody a 0: who is not told of waiting takes a crossing for a way out.
    """
    frames = [
        _rows(scene.people, where, values)
        for scene in needs.study.scenes
        for where, values in _of(scene.people)
    ]
    return pd.concat(frames, ignore_index=True)


def _of(people: People) -> list[tuple[str, Floats]]:
    """(R, D) people of each kind."""
    road = people.elsewhere - people.waiting
    return [(WAITING, people.waiting), (ON_THE_ROAD, road), (ABROAD, people.abroad)]


def _rows(people: People, where: str, values: Floats) -> pd.DataFrame:
    frame = pd.DataFrame({"scenario": people.scenario, "date": people.days, "where": where})
    for name, v in zip(COUNTS, quantiles(values), strict=True):
        frame[name] = disclosure.rounded(v).astype("int64")
    return frame.assign(runs=people.runs)
