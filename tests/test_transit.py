"""Towns that are for transit only: people pass through them and nobody flees to them."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import numpy as np
import pytest

from flightsim.case.reading import read_case, shipped_cases
from flightsim.errors import InputError
from flightsim.model.households import SETTLED
from flightsim.model.model import DisplacementModel
from flightsim.model.parts.border import Border
from models import FAST, bombing, day, model_of, run
from worlds import Gate, Spot, border_rule, make_world

A, T, F = range(3)


def through(transit: bool, gate_throughput: float = 0.0) -> DisplacementModel:
    """A is bombed; the way to a camp F leads through the near town T; there begins the road to a gate."""
    spots = [
        Spot("A", "Area-A", 0, residents=1000),
        Spot("T", "Area-T", 20, residents=100, site=10_000, transit=transit),
        Spot("F", "Area-F", 80, site=10_000),
    ]
    gates = [Gate("OUT", "T", 20, 5, throughput=gate_throughput)]
    world = make_world("through", spots, [("A", "T"), ("T", "F"), ("T", "OUT")], gates)
    events = [*bombing("A", range(8), 60), border_rule("open", day(0)), border_rule("closed", day(3))]
    return model_of(world, events, days=8, step_hours=3, behaviour=FAST, border=Border())


def test_nobody_from_elsewhere_stays_in_a_town_on_the_way() -> None:
    model = run(through(transit=True))
    assert model.present_persons[T] == 100
    assert model.present_persons[F] > 700
    assert run(through(transit=False)).present_persons[T] > 200


def test_who_is_turned_away_there_goes_on() -> None:
    """Hundreds queue at the gate when it is shut on the fourth day; then they are in the town, and soon in the camp."""
    model = through(transit=True, gate_throughput=0.5)
    run(model, days=3)
    assert model.gates.waiting_persons.sum() > 300
    model.step()
    h, before = model.households, model.present_persons[T]
    assert before > 500
    run(model)
    assert model.present_persons[T] < before / 3  # the others get ready yet
    assert model.present_persons[F] > 700
    still = np.flatnonzero((h.place == T) & (h.home != T) & (h.state == SETTLED))
    assert (h.wants_since[still] >= 0).all()


def test_those_who_live_there_flee_it_as_any_other_town() -> None:
    spots = [
        Spot("A", "Area-A", 0, residents=1000, transit=True),
        Spot("F", "Area-F", 40, site=10_000),
    ]
    model = model_of(
        make_world("own", spots, [("A", "F")]),
        bombing("A", range(5), 60),
        days=5,
        step_hours=6,
        behaviour=FAST,
    )
    assert run(model).present_persons[1] > 700


def with_transit(folder: Path, idps: str) -> Path:
    """The toy case with a column ``transit``: 1 for its first place, where so many displaced people are."""
    shutil.copytree(shipped_cases()["toy"], folder / "case")
    path = folder / "case" / "places.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for i, row in enumerate(rows):
        row["transit"] = "1" if i == 0 else ""
    rows[0]["idps_persons"] = idps
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return folder / "case"


def test_a_case_says_which_towns_are_for_transit_only(tmp_path: Path) -> None:
    world = read_case(with_transit(tmp_path, "0")).world
    assert world.transit.tolist() == [True, *[False] * (len(world.places) - 1)]
    assert not read_case("toy").world.transit.any()


def test_displaced_people_do_not_live_where_nobody_stays(tmp_path: Path) -> None:
    with pytest.raises(
        InputError, match=r"places\.csv row 2: idps_persons is 50; expected 0, as transit is 1"
    ):
        read_case(with_transit(tmp_path, "50"))
