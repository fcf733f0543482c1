"""Departures by day and place: as many leave as the series says, on the day it says, and nobody else."""

from __future__ import annotations

import dataclasses
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import worlds
from flightsim.errors import InputError
from flightsim.model.model import DisplacementModel
from flightsim.model.parts.exodus import Prescribed
from flightsim.model.parts.transport import FreeTransport
from flightsim.world import Departures, World
from models import ALONE, Fives, bombing, model_of, run

AT_ONCE = ALONE | {"transport": FreeTransport(), "population": Fives()}
SERIES = Departures(
    (date(2020, 1, 2), date(2020, 1, 2), date(2020, 1, 4), date(2020, 1, 5), date(2020, 2, 1)),
    ("M1", "S1", "M1", "M1", "M1"),
    np.array([100.0, 52.0, 203.0, 7.0, 1000.0]),
)
CASE = Prescribed(series="case")


def town(departures: Departures | None = SERIES, persons: float = 4000) -> World:
    return dataclasses.replace(worlds.town_world(persons, 9000), departures=departures)


def model(world: World, exodus: Prescribed = CASE, events: Any = (), days: int = 7, **more: Any) -> Any:
    return run(model_of(world, events, days, exodus=exodus, **(AT_ONCE | more)))


def left(model: DisplacementModel, place: str) -> list[float]:
    """People who left home in the area of a place, by day."""
    area = model.world.places.area[model.world.places.place_id.index(place)]
    total = model.recorder.values["displaced_persons"][:, area]
    return np.diff(total, prepend=0).tolist()


def test_as_many_leave_as_asked_on_the_day_they_are_asked() -> None:
    made = model(town())
    # families of five: 52 are ten families and the next time two people less; 203 and 7 are 210
    assert left(made, "M1") == [0, 100, 0, 205, 5, 0, 0]
    assert left(made, "S1") == [0, 50, 0, 0, 0, 0, 0]


def test_nobody_else_leaves_home() -> None:
    bombed = model(town(), events=bombing("M2", range(6), 60))
    assert left(bombed, "M1") == left(model(town()), "M1")


def test_a_file_says_the_same_as_the_case(tmp_path: Path) -> None:
    rows = zip(SERIES.date, SERIES.place_id, SERIES.persons, strict=True)
    text = "date,place_id,persons,source\n" + "".join(f"{d},{p},{n},me\n" for d, p, n in rows)
    file = tmp_path / "who.csv"
    file.write_text(text, encoding="utf-8")
    made = model(town(None), Prescribed(series=str(file)))
    assert left(made, "M1") == [0, 100, 0, 205, 5, 0, 0]


def test_where_too_few_live_all_leave_and_it_is_said() -> None:
    many = Departures((date(2020, 1, 2), date(2020, 1, 3)), ("M1", "M1"), np.array([3000.0, 3000.0]))
    world = town(many)
    made = model(world)
    there = world.places.residents_persons[world.places.place_id.index("M1")]
    assert sum(left(made, "M1")) == pytest.approx(there, abs=5)
    said = CASE.words(world, made.clock)
    assert "6,000 people leave" in said[0]
    assert f"{6000 - there:,.0f} people more than live there" in said[1]


def test_seeds_and_steps_change_who_leaves_not_how_many() -> None:
    for more in ({"seed": 7}, {"step_hours": 24}):
        made = run(model_of(town(), (), 7, exodus=CASE, **(AT_ONCE | more)))
        assert left(made, "M1") == [0, 100, 0, 205, 5, 0, 0]


class TestBadInput:
    def test_a_case_without_a_series(self) -> None:
        with pytest.raises(InputError, match=r"the case has no departures\.csv"):
            model(town(None))

    def test_a_series_of_other_days(self) -> None:
        late = dataclasses.replace(SERIES, date=(date(2021, 1, 1),) * 5)
        with pytest.raises(InputError, match="asks for nobody from 2020-01-01 to 2020-01-07"):
            model(town(late))

    def test_a_series_and_areas(self) -> None:
        with pytest.raises(InputError, match=r"exodus\.areas is .* with exodus\.series expected none"):
            Prescribed(series="case", areas={"South": 1.0})

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("date,place_id,persons,source\n", "has no row"),
            ("date,place_id,persons,source\n2020-01-02,M9,5,me\n", "there is no place 'M9'"),
            ("date,place_id,persons,source\n2020-01-02,M1,5,me\n2020-01-02,M1,6,me\n", "twice"),
            ("date,place_id,persons,source\n2020-01-02,M1,-5,me\n", "persons is -5"),
        ],
    )
    def test_a_file(self, tmp_path: Path, text: str, said: str) -> None:
        (tmp_path / "who.csv").write_text(text, encoding="utf-8")
        with pytest.raises(InputError) as error:
            model(town(None), Prescribed(series=str(tmp_path / "who.csv")))
        assert any(said in complaint for complaint in error.value.complaints)
