"""Who held each place, which health facilities worked and how much room was left, by day, as a run recorded it.

Arrays have a row for the start and one for the end of each day: (D + 1, ...). They come from the table ``state``
of a run's folder; `replay` works them out for a folder of version 0.1, which has none.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from flightsim.events import Event
from flightsim.measures import HELD, ROOM, WORKS
from flightsim.results import replay
from flightsim.results.runs import Results
from flightsim.world import OPEN, RUNGS, Bools, Floats, Ints, World


def held(results: Results, world: World) -> Ints:
    """(D + 1, P) who holds each place, as an index into the world's holders."""
    if not results.has("state"):
        return replay.held(results, world)
    rows = _rows(results, HELD)
    number = rows["group"].map({name: float(i) for i, name in enumerate(world.holders.name)})
    return _filled(results, rows, number, rows["id"], world.places.place_id).astype(
        world.places.control.dtype
    )


def working(results: Results, world: World, events: Callable[[], Sequence[Event]]) -> Bools:
    """(D + 1, F) which facilities work. ``events``: those of the run, asked for only where they must be replayed."""
    if not results.has("state"):
        return replay.working(results, world, events())
    rows = _rows(results, WORKS)
    return _filled(results, rows, rows["value"], rows["id"], world.facilities.facility_id) > 0


def room_left(results: Results, world: World) -> Floats:
    """(D + 1, A, 5) persons for whom there is room left on each rung but the open; inf where there is no limit.

    At the start as it was before households were counted in lumps. A folder of version 0.1 tells of the start only;
    the days after it are nan.
    """
    if not results.has("state"):
        return replay.room_left(results, world)
    rows, rungs = _rows(results, ROOM), RUNGS[:OPEN]
    cells = [f"{area_id} {rung}" for area_id in world.areas.area_id for rung in rungs]
    found = _filled(results, rows, rows["value"], rows["id"] + " " + rows["group"], cells)
    return found.reshape(len(found), len(world.areas), len(rungs))


def _rows(results: Results, what: str) -> pd.DataFrame:
    return results.state[results.state["what"] == what]


def _filled(
    results: Results, rows: pd.DataFrame, value: pd.Series, name: pd.Series, names: Sequence[str]
) -> Floats:
    """(D + 1, names) a value holds from its day until the next one; 0 before the first. Other names are left out."""
    table = np.full((len(results.days) + 1, len(names)), np.nan)
    at = 1 + (pd.DatetimeIndex(rows["time"]) - results.days[0]).days.to_numpy()
    column = name.map({each: i for i, each in enumerate(names)})
    known = column.notna().to_numpy()
    table[at[known], column[known].to_numpy(np.int64)] = value[known].to_numpy(float)
    return np.asarray(pd.DataFrame(table).ffill().fillna(0.0), float)
