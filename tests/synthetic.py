"""A made-up world and the tables of a made-up run, for tests of what reads and draws them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from flightsim.world import Areas, Crossings, Facilities, Noun, Places, Roads, Within, World

RUNGS = ("host", "rented", "site", "collective", "unfinished", "open")
NAMES = ("Southtown", "Midtown", "Northtown", "Borderland", "Hills", "Plain")


def world(n_areas: int = 6, places_each: int = 4) -> World:
    """A strip of areas from south (0) to north, a road through their places, a border gate at the end."""
    n = n_areas * places_each
    area = np.repeat(np.arange(n_areas), places_each)
    lat = 35.4 + 0.16 * area + 0.03 * (np.arange(n) % places_each)
    lon = 36.6 + 0.09 * (np.arange(n) % places_each) + 0.02 * area
    places = Places(
        place_id=[f"C{i:04d}" for i in range(n)],
        name=[f"{NAMES[a % len(NAMES)]} {i % places_each + 1}" for i, a in enumerate(area)],
        name_local=[""] * n,
        area=area,
        lat=lat,
        lon=lon,
        residents_persons=np.full(n, 10_000.0),
        idps_persons=np.full(n, 2_000.0),
        control=np.zeros(n, dtype=np.int64),
    )
    areas = Areas(
        area_id=[f"XX{a:04d}" for a in range(n_areas)],
        name=[NAMES[a % len(NAMES)] for a in range(n_areas)],
        name_local=[""] * n_areas,
        within=(
            Within(Noun.of("province"), ["XX"] * n_areas, ["Province"] * n_areas),
            Within(Noun.of("district"), ["XX00"] * n_areas, ["District"] * n_areas),
        ),
        gateway=np.arange(n_areas) * places_each,
    )
    e = n  # n - 1 roads between neighbours and one to the gate
    roads = Roads(
        road_id=[f"R{i:04d}" for i in range(e)],
        u=np.arange(e),
        v=np.arange(1, e + 1),
        km=np.full(e, 10.0),
        road_class=["primary"] * e,
        free_flow_kmh=np.full(e, 60.0),
        lanes=np.ones(e),
        capacity_vehicles_h=np.full(e, 600.0),
        geometry=["inferred"] * e,
        ref=["M5" if i % 3 == 0 else "" for i in range(e)],
    )
    crossings = Crossings(
        crossing_id=["GATE"],
        name=["North gate"],
        is_border=np.array([True]),
        lat=np.array([lat.max() + 0.05]),
        lon=np.array([lon.max()]),
        place=np.array([n - 1]),
        rule=np.array([0]),
        throughput_persons_h=np.array([100.0]),
    )
    facilities = Facilities(["H1"], np.array([0]), np.array([True]), np.array([True]))
    manifest = {
        "title": "Strip",
        "start": "2019-12-01",
        "data_date": "2020-01-27",
        "border_name": "the border",
    }
    return World(
        name="strip",
        manifest=manifest,
        places=places,
        areas=areas,
        roads=roads,
        room_persons=np.full((n, len(RUNGS)), 500.0),
        site_population_persons=np.zeros(n),
        crossings=crossings,
        facilities=facilities,
        observations=[
            observation("2019-12-20", "people", 60_000),
            observation("2019-12-29", "movements", 110_000),
        ],
    )


def observation(
    date: str, unit: str, best: float, source: str = "UN OCHA situation report"
) -> dict[str, Any]:
    return {
        "date": date,
        "since": "2019-12-01",
        "measure": "displaced_cumulative",
        "unit": unit,
        "area_id": "ALL",
        "low": best * 0.8,
        "best": best,
        "high": best * 1.2,
        "source": source,
    }


def tables(world: World, days: int = 40, seed: int = 0, quiet: bool = False) -> dict[str, pd.DataFrame]:
    """Tables as a recorder gives them. ``quiet``: a run in which nobody moved."""
    luck = np.random.default_rng(seed)
    dates = pd.date_range("2019-12-01", periods=days)
    ids, n = world.areas.area_id, len(world.areas)
    push = np.linspace(1, 0, n)[None, :] * np.exp(-(((np.arange(days)[:, None] - 22) / 6) ** 2))
    leave = np.round(4000 * push * luck.uniform(0.7, 1.3, (days, n))) * (not quiet)
    come = leave.sum(axis=1, keepdims=True) * np.linspace(0, 1, n)[None, :] / np.linspace(0, 1, n).sum()
    shares = np.array([0.35, 0.1, 0.25, 0.1, 0.12, 0.08])
    long = [
        _by_area("displaced_persons", leave.cumsum(axis=0), dates, ids),
        _by_area("moves_persons", 1.3 * leave.cumsum(axis=0), dates, ids),
        _by_area("departures_persons", leave, dates, ids),
        _by_area("present_persons", 48_000 - leave.cumsum(axis=0) + come.cumsum(axis=0), dates, ids),
        _by_area("in_sites_persons", 1000 + 0.25 * come.cumsum(axis=0), dates, ids),
        _by_area("trapped_persons", 0.5 * leave, dates, ids),
        _by_area("exposure_person_hours", 20 * leave, dates, ids),
        _by_area("open_below_zero_person_nights", 0.05 * come.cumsum(axis=0), dates, ids),
        _by_area("dispersed_person_nights", 0.1 * leave, dates, ids),
        *(_by_area("arrivals_persons", come * s, dates, ids, r) for r, s in zip(RUNGS, shares, strict=True)),
        *(
            _by_area("sheltered_persons", come.cumsum(axis=0) * s, dates, ids, r)
            for r, s in zip(RUNGS, shares, strict=True)
        ),
        _total("en_route_persons", 0.3 * leave.sum(axis=1), dates),
        _total("at_crossings_persons", 0.01 * leave.sum(axis=1).cumsum(), dates, "GATE"),
        _total("abroad_persons", np.zeros(days), dates, "GATE"),
        _total("mean_road_km_to_border", np.linspace(90, 20, days), dates),
        _total("needs_met_share", np.linspace(1, 0.8, days), dates),
        _total("persons_total", np.full(days, world.persons), dates),
    ]
    hours = pd.date_range("2019-12-01", periods=24 * days, freq="h")
    by_hour = np.repeat(leave.sum(axis=1) / 24, 24) * (
        1 + np.cos((np.arange(24 * days) % 24 - 6) / 24 * 2 * np.pi)
    )
    long.append(_total("departures_hourly_persons", by_hour, hours))
    long.append(_total("en_route_hourly_persons", 2 * by_hour, hours))
    strikes = np.repeat(30 * push.sum(axis=1) * luck.uniform(0.2, 1.8, days), 24) / 24
    long.append(_total("strikes_hourly", strikes, hours))
    gone = leave.sum(axis=0)
    flows = [
        (o, d, week, gone[o] * (d + 1) / 84 / 3) for o in range(n) for d in range(n) for week in range(3)
    ]
    return {
        "measures": pd.concat(long, ignore_index=True).sample(frac=1, random_state=seed),
        "flows": pd.DataFrame(
            {
                "origin_area": [ids[o] for o, _, _, _ in flows],
                "destination_area": [ids[d] for _, d, _, _ in flows],
                "week": [dates[0] + pd.Timedelta(days=7 * w) for _, _, w, _ in flows],
                "persons": [p for _, _, _, p in flows],
                "moves_persons": [1.3 * p for _, _, _, p in flows],
            }
        ),
        "roads": _roads(world, leave, dates),
        "households": pd.DataFrame(
            {
                "household": np.arange(5),
                "persons": 6.0,
                "weight": 1.0,
                "home_place": "C0000",
                "first_departure": pd.Timestamp("2019-12-20 21:00"),
                "cause": "shelling",
            }
        ),
        "front": pd.DataFrame(
            {
                "place_id": world.places.place_id[:5],
                "date": [dates[min(20 + i, days - 1)] for i in range(5)],
                "holder": "government",
            }
        ),
    }


def _by_area(
    measure: str, values: np.ndarray, times: pd.DatetimeIndex, ids: list[str], group: str = ""
) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "time": np.repeat(times, len(ids)),
            "area_id": np.tile(ids, len(times)),
            "group": group,
            "measure": measure,
            "value": values.ravel(),
        }
    )


def _total(measure: str, values: np.ndarray, times: pd.DatetimeIndex, group: str = "") -> pd.DataFrame:
    return pd.DataFrame({"time": times, "area_id": "", "group": group, "measure": measure, "value": values})


def _roads(world: World, leave: np.ndarray, dates: pd.DatetimeIndex) -> pd.DataFrame:
    n = len(world.roads)
    load = leave.sum(axis=1)[:, None] / 6 * np.linspace(0.2, 1, n)[None, :]
    return pd.DataFrame(
        {
            "road_id": np.tile(world.roads.road_id, len(dates)),
            "date": np.repeat(dates, n),
            "vehicles": load.ravel(),
        }
    )
