"""The bombardment of the Idlib case: on one scale, where it can have been, and as the towns of the rear were named."""

from __future__ import annotations

import csv
import importlib.util
import os
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from types import ModuleType

import pytest
from scipy.stats import spearmanr

REPOSITORY = Path(__file__).resolve().parents[1]
CASE = REPOSITORY / "src/flightsim/cases/idlib"
SCRIPT = REPOSITORY / "scripts/compile_idlib"
SOURCES = os.environ.get("FLIGHTSIM_IDLIB_SOURCES", "")
Row = dict[str, str]


def rows(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def events() -> list[Row]:
    return rows(CASE / "events.csv")


@pytest.fixture(scope="module")
def levels() -> Iterator[ModuleType]:
    """The script's module of levels, which imports its neighbours by bare names."""
    sys.path.insert(0, str(SCRIPT))
    spec = importlib.util.spec_from_file_location("levels", SCRIPT / "levels.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["levels"] = module
    spec.loader.exec_module(module)
    yield module
    sys.path.remove(str(SCRIPT))
    for name in ("levels", "sources"):
        sys.modules.pop(name, None)


def raids(events: list[Row], first: str, last: str) -> float:
    return sum(float(e["value"]) for e in events if e["type"] == "air_strike" and first <= e["date"] <= last)


@pytest.mark.parametrize(
    ("first", "last", "counted"),
    [
        ("2019-11-01", "2019-11-30", 723),
        ("2019-12-01", "2019-12-31", 739),
        ("2019-12-15", "2019-12-22", 379),
        ("2020-01-01", "2020-02-19", 2201),
        ("2020-02-20", "2020-02-29", 762),
    ],
)
def test_civil_defence_s_totals_are_met(events: list[Row], first: str, last: str, counted: float) -> None:
    """Within a thousandth: places have two decimals."""
    assert raids(events, first, last) == pytest.approx(counted, rel=1e-3)


def test_hardly_anything_after_the_ceasefire(events: list[Row]) -> None:
    assert raids(events, "2020-03-06", "2020-03-08") == 0


def test_nothing_falls_on_ground_that_the_attacker_held_the_evening_before(events: list[Row]) -> None:
    control = {row["place_id"]: row["control"] for row in rows(CASE / "places.csv")}
    changes = [(e["date"], e["target"], e["value"]) for e in events if e["type"] == "captured"]
    for day in sorted({e["date"] for e in events}):
        held = control | {place: who for when, place, who in changes if when < day}
        struck = {e["target"] for e in events if e["date"] == day and e["type"] in ("air_strike", "shelling")}
        assert {held[place] for place in struck} <= {"opposition", "sna"}, day


def test_no_place_bears_more_than_its_part(events: list[Row]) -> None:
    """A named place twice the raids a place of long lists; none anything like the 86 it once had on one day."""
    found: dict[tuple[str, str], float] = defaultdict(float)
    named = set()
    for e in events:
        if e["type"] == "air_strike":
            found[e["date"], e["target"]] += float(e["value"])
            if not e["source"].startswith("unnamed"):
                named.add((e["date"], e["target"]))
    at_most = 2 * 198 / 83
    assert (
        max(found[key] for key in named) <= 1.05 * at_most
    )  # what small rows left out is shared by the others
    days = Counter(day for day, _ in named)
    assert max(days.values()) >= 20


def test_where_nothing_is_named_raids_fall_where_the_fighting_is(events: list[Row]) -> None:
    """Unnamed raids of February: most within 10 km of a place that fell within a fortnight of them."""
    points = {row["place_id"]: (float(row["lat"]), float(row["lon"])) for row in rows(CASE / "places.csv")}
    taken = [(date.fromisoformat(e["date"]), e["target"]) for e in events if e["type"] == "captured"]
    near = total = 0.0
    for e in events:
        if e["type"] != "air_strike" or not e["source"].startswith("unnamed") or e["date"] < "2020-01-28":
            continue
        day = date.fromisoformat(e["date"])
        fights = [points[p] for when, p in taken if abs(when - day) <= timedelta(days=14)]
        if fights:
            lat, lon = points[e["target"]]
            km = min(111.2 * ((lat - a) ** 2 + (0.81 * (lon - b)) ** 2) ** 0.5 for a, b in fights)
            near += float(e["value"]) * (km <= 10)
            total += float(e["value"])
    assert total > 500
    assert near / total > 0.95


@pytest.mark.skipif(not SOURCES, reason="needs the source folder")
def test_the_towns_of_the_rear_are_struck_in_the_order_in_which_they_were_named(events: list[Row]) -> None:
    listed = rows(Path(SOURCES) / "forcing/strikes_feb2020_rear_towns.csv")
    struck: dict[str, set[str]] = defaultdict(set)
    for e in events:
        listed_there = e["source"] == "monitors by place and day"
        if listed_there and "2020-01-28" <= e["date"] <= "2020-03-05":
            struck[e["target"]].add(e["date"])
    named = [int(row["days_named_28jan_5mar"]) for row in listed]
    ours = [len(struck[row["pcode"]]) for row in listed]
    assert spearmanr(named, ours).statistic > 0.9


def test_what_a_total_leaves_is_shared_out_in_the_shape_of_the_days_around(levels: ModuleType) -> None:
    """Ten days, 100 in all: 10 and 30 are known, a lull is; the rest rises from the one to the other."""
    days = [date(2020, 1, n) for n in range(1, 7)]
    known = {days[0]: 10.0, days[5]: 30.0, days[2]: 0.0}
    found = levels.shared_out(known, [(days, 100.0)])
    assert {day: found[day] for day in known} == known
    shape = [14.0, 22.0, 26.0]  # on the line between the two, at the open days
    assert [found[days[n]] for n in (1, 3, 4)] == pytest.approx([60 * s / sum(shape) for s in shape])
    evenly = levels.shared_out(known, [(days, 100.0)], evenly=True)
    assert [evenly[days[n]] for n in (1, 3, 4)] == pytest.approx([20.0, 20.0, 20.0])


def test_of_overlapping_totals_the_first_has_its_days(levels: ModuleType) -> None:
    days = [date(2020, 1, n) for n in range(1, 5)]
    found = levels.shared_out({}, [(days[:2], 10.0), (days, 40.0)])
    assert [found[day] for day in days] == pytest.approx([5, 5, 15, 15])


def test_days_that_come_to_more_than_their_total_are_refused(levels: ModuleType) -> None:
    with pytest.raises(ValueError, match="the days come to 50, the total is 40"):
        levels.shared_out({date(2020, 1, 1): 50.0}, [([date(2020, 1, 1), date(2020, 1, 2)], 40.0)])
