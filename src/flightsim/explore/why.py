"""Who left an area and why, and who came: from the runs' households, never finer than an area."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from flightsim.explore.course import counts
from flightsim.measures import SMALL_CELL_PERSONS
from flightsim.results.cube import GROUP
from flightsim.results.findings import RUNG_WORDS
from flightsim.results.runs import Results
from flightsim.world import CAUSES, RUNGS, World

CAUSE_WORDS = {
    "shelling": "strikes and shelling",
    "front": "the front coming near",
    "care": "lost health care",
    "neighbours": "neighbours leaving",
    "crowding": "no room to stay",
    "unknown": "not known",
}
MEANS_WORDS = {"car": "a vehicle of their own", "hire": "a hired ride", "foot": "on foot"}
PLACES_SHOWN = 6


def of_area(results: Results, world: World, area_id: str) -> dict[str, Any]:
    """What there is to say of one area over the whole run; counts under 100 are not told."""
    a = world.areas.area_id.index(area_id)
    here = world.places.area == a
    people = float((world.places.residents_persons + world.places.idps_persons)[here].sum())
    own = results.households
    own = own[own["home_area"] == area_id]
    left = own[own["first_departure"].notna()]
    persons = left["persons"] * left["weight"]
    causes = (
        persons.groupby(left["cause"].replace("", "unknown")).sum().reindex([*CAUSES, "unknown"]).dropna()
    )
    means = persons.groupby(left["means"]).sum().reindex(list(MEANS_WORDS)).dropna()
    by_rung = results.cube.values("arrivals_persons", {GROUP: RUNGS}, area_id=area_id).sum(axis=0)
    arrived = pd.Series(by_rung, RUNGS)
    departures = results.series("departures_persons", area_id)
    return {
        "id": area_id,
        "name": world.areas.name[a],
        "district": world.areas.within[-1].name[a],
        "people": _told(people),
        "displaced": _told(float(persons.sum())),
        "share": round(float(persons.sum()) / people, 2) if people and persons.sum() >= SMALL_CELL_PERSONS else 0,
        "causes": _bars(causes, CAUSE_WORDS),
        "means": _bars(means, MEANS_WORDS),
        "to": _bars(_destinations(left, persons, world), {}, PLACES_SHOWN),
        "departures": [max(int(v), 0) for v in counts(departures.to_numpy())],
        "arrived": _told(float(arrived.sum())),
        "from": _bars(_origins(results, world, area_id), {}, PLACES_SHOWN),
        "shelter": _bars(arrived, RUNG_WORDS),
    }  # fmt: skip


def _destinations(left: pd.DataFrame, persons: pd.Series, world: World) -> pd.Series:
    """Persons by the area, or the gate, that they first arrived in."""
    places = world.places
    area = dict(zip(places.place_id, (world.areas.name[a] for a in places.area), strict=True))
    c = world.crossings
    gates = {gate: f"abroad, by {name}" for gate, name in zip(c.crossing_id, c.name, strict=True)}
    where = left["first_destination_place"].map(area | gates | {"": "still on the road"})
    return persons.groupby(where).sum().sort_values(ascending=False)


def _origins(results: Results, world: World, area_id: str) -> pd.Series:
    """Movements into the area by where they began."""
    names = dict(zip(world.areas.area_id, world.areas.name, strict=True))
    rows = results.flows[results.flows["destination_area"] == area_id]
    origin = rows["origin_area"].map(names).fillna("elsewhere")
    return rows.groupby(origin)["moves_persons"].sum().sort_values(ascending=False)


def _bars(persons: pd.Series, say: dict[str, str], most: int = 99) -> list[dict[str, Any]]:
    """The largest parts of a whole with their names, counts and shares; what is small or further goes together."""
    total = float(persons.sum())
    if total < SMALL_CELL_PERSONS:
        return []
    shown = persons[persons >= SMALL_CELL_PERSONS].head(most)
    rest = total - float(shown.sum())
    rows = [
        {"key": str(key), "name": say.get(str(key), str(key)), "persons": _told(v), "share": _share(v, total)}
        for key, v in shown.items()
    ]
    if rest >= SMALL_CELL_PERSONS:
        rows.append({"key": "", "name": "others", "persons": _told(rest), "share": _share(rest, total)})
    return rows


def _told(persons: float) -> int:
    return int(counts(np.array(persons)))


def _share(part: float, total: float) -> float:
    return round(part / total, 2)
