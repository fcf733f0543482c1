"""A Flee folder becomes the tables of a case. What is kept, bent and dropped is said in the report.

Kept: places with their people, countries, routes with their kilometres, conflict by day and place, camps with capacity
and the people in them on the first day, closures of countries, places, routes and camps, who set out on each day and
from where (as Flee shares them out: by people and intensity), and the counts in camps. Bent: a route between two
countries has a gate in its middle, and a closed border is a rule of its gates; other closures are cut
roads. Dropped: redirections, since people here choose a camp and not the next town, and routes that join a place with
itself. No residents are made up: where Flee gives no number, nobody lives.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

import numpy as np

from flightsim.case.importing.flee.folder import Closure, Folder, Route
from flightsim.case.importing.report import Report, Row
from flightsim.world import Floats

UNLIMITED_PERSONS = 10_000_000  # Flee: a camp without capacity takes everybody
ROUNDING = 1e-6  # persons
NO_QUEUE_PERSONS_H = 1_000_000  # Flee has no queues at borders
SHORTEST_KM = 0.1  # a road of no length joins two names of one place
ROAD = {  # assumptions: Flee says nothing of roads but their length, and has no congestion
    "road_class": "secondary",
    "free_flow_kmh": 40,
    "lanes": 1,
    "capacity_vehicles_per_hour": 25_000,
    "geometry": "inferred",
    "ref": "",
}


def tables(flee: Folder, source: str, report: Report) -> dict[str, list[Row]]:
    """Every table of the case, each row with its source."""
    folder = _Builder(flee, report)
    found = {
        "areas.csv": folder.areas(),
        "places.csv": folder.places(),
        "roads.csv": folder.roads(),
        "shelter.csv": [],
        "sites.csv": folder.sites(),
        "crossings.csv": folder.crossings(),
        "facilities.csv": [],
        "events.csv": folder.events(),
        "departures.csv": folder.departures(),
        "observations.csv": folder.observations(),
    }
    return {file: [row | {"source": source} for row in rows] for file, rows in found.items()}


class _Builder:
    """The rows of each table, with the ids that they share."""

    def __init__(self, flee: Folder, report: Report) -> None:
        self.flee, self.report = flee, report
        self.id = _ids([each.name for each in flee.locations])
        self.country_of = {each.name: each.country for each in flee.locations}
        self.road_ids = [f"R{n:04d}" for n in range(1, len(flee.routes) + 1)]

    def areas(self) -> list[Row]:
        """Countries, their regions, and an area for each place: camps are counted one by one."""
        rows: dict[str, Row] = {}
        for each in self.flee.locations:
            country, region = as_id(f"country:{each.country}"), as_id(f"region:{each.country}/{each.region}")
            rows[country] = _area(country, 1, each.country, "")
            rows[region] = _area(region, 2, each.region, country)
            rows[self.id[each.name]] = _area(self.id[each.name], 3, each.name, region)
        return list(rows.values())

    def places(self) -> list[Row]:
        return [
            {
                "place_id": self.id[each.name],
                "name_en": plain(each.name),
                "name_local": "",
                "area_id": self.id[each.name],
                "lat": each.lat,
                "lon": each.lon,
                "residents_persons": 0 if each.is_camp else each.persons,
                "idps_persons": float(self.flee.counts.of(each.name)[0]) if each.is_camp else 0,
                "control": code(each.country),
                "method": f"as in Flee: {each.kind or 'place'}",
                "status": "reported",
            }
            for each in self.flee.locations
        ]

    def roads(self) -> list[Row]:
        """A road a route; two, with a gate between, where it leads into another country."""
        rows = []
        for road_id, route in zip(self.road_ids, self.flee.routes, strict=True):
            ends, km = [self.id[route.one], self.id[route.other]], max(route.km, SHORTEST_KM)
            if self._is_border(route):
                gate = _gate(road_id)
                rows.append({"road_id": f"{road_id}a", "u": ends[0], "v": gate, "km": km / 2, **ROAD})
                rows.append({"road_id": f"{road_id}b", "u": gate, "v": ends[1], "km": km / 2, **ROAD})
            else:
                rows.append({"road_id": road_id, "u": ends[0], "v": ends[1], "km": km, **ROAD})
        return rows

    def crossings(self) -> list[Row]:
        """A gate in the middle of each route between two countries, open to everybody."""
        at = {each.name: each for each in self.flee.locations}
        rows = []
        for road_id, route in self._borders():
            one, other = at[route.one], at[route.other]
            rows.append(
                {
                    "crossing_id": _gate(road_id),
                    "name_en": f"{plain(route.one)} - {plain(route.other)}",
                    "name_local": "",
                    "kind": "border",
                    "lat": (one.lat + other.lat) / 2,
                    "lon": (one.lon + other.lon) / 2,
                    "place_id": self.id[route.one if one.country == self.flee.home else route.other],
                    "rule": "open",
                    "throughput_persons_per_hour": NO_QUEUE_PERSONS_H,
                }
            )
        return rows

    def _is_border(self, route: Route) -> bool:
        return self.country_of[route.one] != self.country_of[route.other]

    def _borders(self) -> list[tuple[str, Route]]:
        both = zip(self.road_ids, self.flee.routes, strict=True)
        return [(road_id, route) for road_id, route in both if self._is_border(route)]

    def sites(self) -> list[Row]:
        unlimited = [each.name for each in self.flee.camps if each.persons <= 0]
        if unlimited:
            self.report.note(f"camps without a capacity take everybody, as in Flee: {', '.join(unlimited)}")
        return [
            {
                "site_id": self.id[each.name],
                "name_en": plain(each.name),
                "place_id": self.id[each.name],
                "population_persons": float(self.flee.counts.of(each.name)[0]),
                "capacity_persons": each.persons or UNLIMITED_PERSONS,
                "n_sites": 1,
            }
            for each in self.flee.camps
        ]

    def events(self) -> list[Row]:
        """Conflict by day and place, and closures."""
        rows = []
        for name, intensity in self.flee.conflict.items():
            rows += [
                self._event(day, "shelling", self.id[name], float(intensity[day]), "intensity of conflict")
                for day in np.flatnonzero(intensity > 0).tolist()
            ]
        for closure in self.flee.closures:
            rows += list(self._closed(closure))
        redirected = [route for route in self.flee.routes if route.redirects]
        if redirected:
            self.report.note(
                f"{len(redirected)} redirections are left out: people choose a camp here, not the next town; first "
                f"{redirected[0].one} - {redirected[0].other}"
            )
        return [row | {"event_id": f"E{n:05d}"} for n, row in enumerate(rows, 1)]

    def _closed(self, closure: Closure) -> Iterator[Row]:
        """The rows of one closure: what is shut from its first day on, and opened again."""
        targets, border = self._shut_by(closure), closure.kind == "country"
        if not targets and closure.kind != "remove_forced_redirection":
            self.report.drop("closures.csv", closure.kind, closure.one, "it closes no route that there is")
        shut: tuple[str, str | int, str] = (
            ("border_rule", "closed", "rule") if border else ("road_cut", 0, "share of capacity left")
        )
        opened: tuple[str, str | None, str] = (
            ("border_rule", "open", "rule") if border else ("road_reopened", None, "")
        )
        for target in targets:
            if closure.first_day < self.flee.days:
                yield self._event(max(closure.first_day, 0), shut[0], target, *shut[1:])
                if closure.first_day < closure.open_day < self.flee.days:
                    yield self._event(closure.open_day, opened[0], target, *opened[1:])

    def _shut_by(self, closure: Closure) -> list[str]:
        """The gates, roads or places that a closure shuts. A place closed towards another is their route closed."""
        if closure.kind == "camp" or (closure.kind == "location" and not closure.other):
            return [self.id[closure.one]]
        pair = {closure.one, closure.other}
        if closure.kind == "country":
            return [
                _gate(road_id)
                for road_id, route in self._borders()
                if {self.country_of[route.one], self.country_of[route.other]} == pair
            ]
        if closure.kind not in ("link", "links", "location"):
            return []
        both = zip(self.road_ids, self.flee.routes, strict=True)
        return [
            f"{road_id}a" if self._is_border(route) else road_id
            for road_id, route in both
            if {route.one, route.other} == pair
        ]

    def _event(self, day: int, kind: str, target: str, value: float | str | None, unit: str) -> Row:
        return {
            "date": self._date(day),
            "hour": None,
            "hours": None,
            "type": kind,
            "target": target,
            "value": value,
            "unit": unit,
            "status": "reported",
        }

    def departures(self) -> list[Row]:
        """Who sets out, by day and place: the gain of all camps, shared out by people and intensity of the day."""
        asked = self._asked()
        whole = np.diff(np.rint(asked.cumsum(axis=0)), axis=0, prepend=0)
        names = [each.name for each in self.flee.locations]
        return [
            {
                "date": self._date(day),
                "place_id": self.id[names[column]],
                "persons": float(whole[day, column]),
            }
            for day, column in zip(*(each.tolist() for each in np.nonzero(whole)), strict=True)
        ]

    def _asked(self) -> Floats:
        """(days, places) people who set out. Nobody is made up: of a place that is empty no more leave."""
        new, weights = self.flee.counts.new_people(), self._weights()
        people = np.array([0.0 if each.is_camp else each.persons for each in self.flee.locations])
        left, asked, nobody = people.copy(), np.zeros(weights.shape), 0.0
        for day, number in enumerate(new.tolist()):
            asked[day], missing = _shared_out(float(number), weights[day], left)
            more, missing = _shared_out(missing, weights[: day + 1].sum(axis=0), left - asked[day])
            asked[day] += more
            left -= asked[day]
            nobody += missing
        if nobody >= 0.5:
            self.report.note(
                f"{nobody:,.0f} of {new.sum():,} people who were counted cannot set out: so many do not live in places "
                "with conflict; fewer leave than were counted"
            )
        emptied = [
            each.name
            for each, rest, there in zip(self.flee.locations, left, people, strict=True)
            if there > 0 and rest < 1
        ]
        if emptied:
            self.report.note(
                f"all people of these places leave, and others in their stead: {', '.join(emptied)}"
            )
        return asked

    def _weights(self) -> Floats:
        """(days, places) shares of a day's departures; on a day without conflict those of all days before it."""
        days, places = self.flee.days, self.flee.locations
        weight = np.zeros((days, len(places)))
        for column, each in enumerate(places):
            if each.name in self.flee.conflict and not each.is_camp:
                weight[:, column] = self.flee.conflict[each.name] * each.persons
        quiet = ~weight.any(axis=1)
        if quiet.any():
            before = weight.cumsum(axis=0)
            everything = weight.sum(axis=0)
            if not everything.any():
                everything = np.array([0.0 if each.is_camp else each.persons for each in places])
                self.report.note(
                    "no place has conflict and people: those who leave are shared out by people alone"
                )
            weight[quiet] = np.where(before[quiet].any(axis=1, keepdims=True), before[quiet], everything)
        total = weight.sum(axis=1, keepdims=True)
        return np.asarray(weight / np.where(total > 0, total, 1.0))

    def observations(self) -> list[Row]:
        """The counts in each camp, registrations corrected; those outside the run bend its lines too."""
        rows = []
        for each in self.flee.camps:
            if each.name not in self.flee.counts.names:
                self.report.note(f"{each.name} has no series of counts: it is a camp, and is not scored")
                continue
            for day, people in dict(self.flee.counts.points[each.name]).items():
                rows.append(
                    {
                        "date": self._date(day),
                        "since": None,
                        "measure": "present_stock",
                        "unit": "people",
                        "area_id": self.id[each.name],
                        "low": people,
                        "best": people,
                        "high": people,
                    }
                )
        for name in self.flee.counts.names[1:]:
            if name not in self.id:
                self.report.note(
                    f"{name} is counted and is no place: its people set out, and go where there is room, as in Flee"
                )
        return rows

    def _date(self, day: int) -> date:
        return self.flee.start + timedelta(days=day)


def _shared_out(number: float, weight: Floats, left: Floats) -> tuple[Floats, float]:
    """People shared out by weight, at no place more than are left; and how many of them are too many."""
    given = np.zeros(len(weight))
    rest = number
    while rest > ROUNDING and (open_ := np.where(left - given > ROUNDING, weight, 0.0)).sum() > 0:
        given = np.minimum(given + rest * open_ / open_.sum(), left)
        rest = number - given.sum()
    return given, max(rest, 0.0)


def _area(area_id: str, level: int, name: str, parent: str) -> Row:
    return {"area_id": area_id, "level": level, "name_en": plain(name), "name_local": "", "parent_id": parent}


def _gate(road_id: str) -> str:
    return f"G{road_id[1:]}"


def code(country: str) -> str:
    """A country's name as a code of the manifest."""
    return re.sub(r"[^\w.-]", "_", country)


def plain(name: str) -> str:
    """A name as people write it."""
    return name.replace("_", " ")


def as_id(name: str) -> str:
    """A name as an id."""
    return re.sub(r"[^\w.:/-]", "_", name)


def _ids(names: list[str]) -> dict[str, str]:
    """An id for each name; names that would be one id get a number."""
    found: dict[str, str] = {}
    for name in names:
        own, n = as_id(name), 1
        while own in found.values():
            n += 1
            own = f"{as_id(name)}-{n}"
        found[name] = own
    return found
