"""What is measured in a run, and the tables it becomes. Knows nothing of how people decide."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from flightsim.clock import Clock
from flightsim.measures import HELD, MEASURES, ROOM, WORKS, Measure
from flightsim.model.households import MEANS, SETTLED, STATES, Households
from flightsim.world import CAUSES, OPEN, RUNGS, Bools, Floats, Ints, World

if TYPE_CHECKING:
    import pandas as pd

NEVER = -1
DAYS_A_WEEK = 7


class Recorder:
    """Every declared measure, flows between areas, vehicles by road, each mover's story.

    values: an array for each of `measures.MEASURES`, shaped as it is declared; another name raises KeyError
    """

    def __init__(self, world: World, households: Households, clock: Clock) -> None:
        self._world, self._households, self._clock = world, households, clock
        n_areas, n_gates, n = len(world.areas), len(world.crossings), len(households)
        days = clock.days
        self._area: Ints = np.concatenate([world.places.area, n_areas + np.arange(n_gates)])
        self.values = {m.name: self._blank(m) for m in MEASURES.values()}
        self.road_vehicles = np.zeros((days, len(world.roads)), np.float32)
        weeks = -(-days // DAYS_A_WEEK)
        self.moves_flow = np.zeros((weeks, n_areas + n_gates, n_areas + n_gates))
        self.first_flow = np.zeros((weeks, n_areas + n_gates, n_areas + n_gates))
        self.front: list[tuple[int, int, int]] = []  # day, place, holder
        self.held = np.zeros((1 + days, len(world.places)), np.int8)  # at the start, then at each day's end
        self.works = np.zeros((1 + days, len(world.facilities)), bool)
        self.room_left = np.zeros((1 + days, n_areas, OPEN))
        self.first_intent = np.full(n, NEVER, np.int32)
        self.first_departure = np.full(n, NEVER, np.int32)
        self.cause = np.full(n, NEVER, np.int8)
        self.first_destination = np.full(n, NEVER, np.int32)
        self.last_origin = np.full(n, NEVER, np.int32)
        self._displaced = np.zeros(n_areas)
        self._moves = np.zeros(n_areas)

    def _blank(self, m: Measure) -> Floats:
        """An array for a measure: its days or steps, its areas, its rungs or crossings; nan for a plain total."""
        n_gates, n_countries = len(self._world.crossings), len(self._world.holders.countries)
        groups = {"": (), "rung": (len(RUNGS),), "crossing": (n_gates,), "exit": (n_gates + n_countries,)}[
            m.group
        ]
        areas = (len(self._world.areas),) if m.by_area else ()
        times = self._clock.n_steps if m.hourly else self._clock.days
        plain_total = not (m.by_area or m.group or m.hourly)
        return np.full((times, *areas, *groups), np.nan if plain_total else 0.0)

    def wanted(self, step: int, rows: Ints, causes: Ints) -> None:
        """Households formed the intent to leave, each for its strongest cause."""
        new = rows[self.first_intent[rows] == NEVER]
        self.cause[new] = causes[self.first_intent[rows] == NEVER]
        self.first_intent[new] = step

    def departed(
        self, step: int, rows: Ints, origins: Ints, persons: Floats, first: npt.NDArray[np.bool_]
    ) -> None:
        """Households set out; ``first`` marks those who had not moved before in this run."""
        day, n_areas = self._clock.day_of(step), len(self._world.areas)
        by_area = np.bincount(self._area[origins], persons, minlength=n_areas)[:n_areas]
        self.values["departures_persons"][day] += by_area
        self._moves += by_area
        home = self._households.home[rows]
        from_home = first & self._world.at_home[home]  # who lives abroad is not displaced in the country
        self._displaced += np.bincount(self._area[home[from_home]], persons[from_home], minlength=n_areas)[
            :n_areas
        ]
        self.first_departure[rows[first]] = step
        self.last_origin[rows] = origins
        self.values["departures_hourly_persons"][step] += persons.sum()

    def arrived(self, step: int, rows: Ints, destinations: Ints, rungs: Ints, persons: Floats) -> None:
        """Households reached a place (or, with rung -2, a gate: P + its row)."""
        day = self._clock.day_of(step)
        week = day // DAYS_A_WEEK
        to = self._area[destinations]
        housed = rungs >= 0
        np.add.at(self.values["arrivals_persons"][day], (to[housed], rungs[housed]), persons[housed])
        start = self.last_origin[rows]
        np.add.at(self.moves_flow[week], (self._area[start], to), persons)
        first = self.first_destination[rows] == NEVER
        self.first_destination[rows[first]] = destinations[first]
        np.add.at(
            self.first_flow[week], (self._area[self._households.home[rows[first]]], to[first]), persons[first]
        )

    def add(self, measure: str, day: int, by_place: Floats) -> None:
        """Add an amount by place (P,) to a measure of the day."""
        n_areas = len(self._world.areas)
        self.values[measure][day] += np.bincount(self._world.places.area, by_place, minlength=n_areas)

    def took(self, day: int, places: Ints, control: Ints) -> None:
        """Places changed hands."""
        self.front.extend((day, int(place), int(control[place])) for place in places)

    def stands(self, day: int, control: Ints, functioning: Bools, room: Floats) -> None:
        """Who holds each place (P,), which facilities work (F,), the room left (P, R): after ``day``, NEVER: before."""
        self.held[day + 1], self.works[day + 1] = control, functioning
        area, n_areas = self._world.places.area, len(self._world.areas)
        for rung in range(OPEN):
            self.room_left[day + 1, :, rung] = np.bincount(
                area, np.maximum(room[:, rung], 0), minlength=n_areas
            )

    def end_of_day(
        self, day: int, stocks: dict[str, Any], sheltered: Floats, gates: dict[str, Floats], entered: Floats
    ) -> None:
        """``stocks`` by place (P,) or totals; ``sheltered`` (P, R); ``gates`` waiting (X,), abroad (X + C,);
        ``entered`` (2E,) vehicles.
        """
        n_areas, area = len(self._world.areas), self._world.places.area
        for measure, value in stocks.items():
            if MEASURES[measure].by_area:
                self.add(measure, day, value)
            else:
                self.values[measure][day] = float(value)
        self.values["displaced_persons"][day] = self._displaced
        self.values["moves_persons"][day] = self._moves
        for rung in range(len(RUNGS)):
            self.values["sheltered_persons"][day, :, rung] = np.bincount(
                area, sheltered[:, rung], minlength=n_areas
            )
        self.values["at_crossings_persons"][day] = gates["waiting"]
        self.values["abroad_persons"][day] = gates["abroad"]
        n_roads = len(self._world.roads)
        self.road_vehicles[day] = entered[:n_roads] + entered[n_roads:]

    def tables(self) -> dict[str, pd.DataFrame]:
        """The tidy tables of the run: measures, flows, roads, front, state, households."""
        return {
            "measures": self._measures(),
            "flows": self._flows(),
            "roads": self._roads(),
            "front": self._front(),
            "state": self._state(),
            "households": self._movers(),
        }

    def _measures(self) -> pd.DataFrame:
        import pandas as pd

        days = np.array([np.datetime64(self._clock.date_of(d), "ns") for d in range(self._clock.days)])
        first = np.datetime64(self._clock.start, "ns")
        hours = first + np.arange(self._clock.n_steps) * np.timedelta64(self._clock.step_hours, "h")
        ids, gates = self._world.areas.area_id, self._world.crossings.crossing_id
        groups = {
            "": [""],
            "rung": list(RUNGS),
            "crossing": gates,
            "exit": [*gates, *self._world.holders.codes],
        }
        frames = []
        for m in MEASURES.values():
            times, areas = hours if m.hourly else days, ids if m.by_area else [""]
            cube = self.values[m.name].reshape(len(times), len(areas), len(groups[m.group]))
            frames.append(_long(times, areas, groups[m.group], m.name, cube))
        return pd.concat(frames, ignore_index=True)

    def _flows(self) -> pd.DataFrame:
        import pandas as pd

        names = np.array(self._world.areas.area_id + self._world.crossings.crossing_id)
        week, origin, destination = np.nonzero((self.moves_flow > 0) | (self.first_flow > 0))
        start = [self._clock.date_of(int(w) * DAYS_A_WEEK) for w in week]
        return pd.DataFrame(
            {
                "origin_area": names[origin],
                "destination_area": names[destination],
                "week": pd.to_datetime(pd.Series(start, dtype="object")),
                "persons": self.first_flow[week, origin, destination],
                "moves_persons": self.moves_flow[week, origin, destination],
            }
        )

    def _roads(self) -> pd.DataFrame:
        import pandas as pd

        day, road = np.nonzero(self.road_vehicles > 0)
        days = np.array([np.datetime64(self._clock.date_of(d), "ns") for d in range(self._clock.days)])
        ids = np.array(self._world.roads.road_id)
        vehicles = self.road_vehicles[day, road].astype(float)
        return pd.DataFrame({"road_id": ids[road], "date": days[day], "vehicles": vehicles})

    def _front(self) -> pd.DataFrame:
        import pandas as pd

        ids, holders = self._world.places.place_id, self._world.holders.name
        rows = [
            (ids[p], pd.Timestamp(self._clock.date_of(day)), holders[holder]) for day, p, holder in self.front
        ]
        return pd.DataFrame(rows, columns=["place_id", "date", "holder"])

    def _state(self) -> pd.DataFrame:
        import pandas as pd

        days = [np.datetime64(self._clock.date_of(d), "ns") for d in range(-1, self._clock.days)]
        w = self._world
        holders = np.stack([self.held == holder for holder in range(len(w.holders.name))], axis=-1)
        tables = [
            _changes(days, w.places.place_id, w.holders.name, holders).query("value == 1").assign(what=HELD),
            _changes(days, w.facilities.facility_id, [""], self.works[..., None]).assign(what=WORKS),
            _changes(days, w.areas.area_id, RUNGS[:OPEN], self.room_left).assign(what=ROOM),
        ]
        return pd.concat(tables, ignore_index=True)

    def _movers(self) -> pd.DataFrame:
        import pandas as pd

        h, rows = (
            self._households,
            np.flatnonzero((self.first_departure != NEVER) | (self.first_intent != NEVER)),
        )
        ids = pd.Series([*self._world.places.place_id, *self._world.crossings.crossing_id, ""])
        areas, means, states = map(pd.Series, (self._world.areas.area_id, MEANS, STATES))
        rungs, causes = pd.Series([*RUNGS, "", "home"]), pd.Series([*CAUSES, ""])
        settled = h.state[rows] == SETTLED
        return pd.DataFrame(
            {
                "household": h.key[rows],
                "persons": h.persons[rows],
                "weight": h.weight,
                "home_place": _each(ids, h.home[rows]),
                "home_area": _each(areas, self._world.places.area[h.home[rows]]),
                "first_intent": self._times(self.first_intent[rows]),
                "first_departure": self._times(self.first_departure[rows]),
                "cause": _each(causes, self.cause[rows]),
                "first_destination_place": _each(ids, self.first_destination[rows]),
                "state_now": _each(states, h.state[rows]),
                "place_now": _each(ids, np.where(settled, h.place[rows], NEVER)),
                "rung_now": _each(rungs, np.where(settled, h.rung[rows], len(RUNGS))),
                "n_moves": h.moves[rows],
                "means": _each(means, h.means[rows]),
            }
        )

    def _times(self, steps: npt.NDArray[np.int32]) -> npt.NDArray[np.datetime64]:
        start = np.datetime64(datetime.combine(self._clock.start, datetime.min.time()), "s")
        times = start + steps.astype(np.int64) * np.timedelta64(self._clock.step_hours * 3600, "s")
        times[steps == NEVER] = np.datetime64("NaT", "s")
        return np.asarray(times)


def _each(names: pd.Series, rows: npt.NDArray[Any]) -> Any:
    """The name of each row, -1 the last: no letter is copied, as it is for an array of texts."""
    return names.array.take(np.where(rows < 0, len(names) + rows, rows))


def _changes(days: Sequence[Any], ids: Sequence[str], groups: Sequence[str], values: Any) -> pd.DataFrame:
    """A tidy table of an array (days, ids, groups): what is not 0 on the first day, then what is new."""
    import pandas as pd

    before = np.zeros_like(values)
    before[1:] = values[:-1]
    t, i, g = np.nonzero(values != before)
    return pd.DataFrame(
        {
            "time": np.array(days)[t],
            "id": np.array(ids, object)[i],
            "group": np.array(groups, object)[g],
            "value": values[t, i, g].astype(float),
        }
    )


def _long(
    times: npt.NDArray[Any],
    areas: list[str],
    groups: list[str],
    measure: str,
    values: npt.NDArray[np.float64],
) -> pd.DataFrame:
    """A tidy table of an array (times, areas, groups); rows of zero are left out of the grouped ones."""
    import pandas as pd

    t, a, g = (axis.ravel() for axis in np.indices(values.shape))
    flat = values.ravel()
    keep = np.ones(len(flat), bool) if groups == [""] else flat != 0
    return pd.DataFrame(
        {
            "time": times[t[keep]],
            "area_id": np.array(areas)[a[keep]],
            "group": np.array(groups)[g[keep]],
            "measure": measure,
            "value": flat[keep],
        }
    )
