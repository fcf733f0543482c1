"""Displacement that is prescribed: what may be asked for, and what is refused before a run begins."""

from __future__ import annotations

from typing import Any

import pytest

import worlds
from flightsim.clock import Clock
from flightsim.errors import InputError
from flightsim.model.parts.exodus import NoExodus, Prescribed
from models import model_of
from worlds import START

ASKED: dict[str, Any] = {
    "persons": 3000,
    "areas": {"South": 0.4, "middle": 0.6},
    "begins": "2020-01-03",
    "days": 5,
    "ready_days": 1,
}


def prescribed(**changes: Any) -> Prescribed:
    return Prescribed(**(ASKED | changes))


def town() -> Any:
    return worlds.town_world(4000, 3000)


def complaints(**changes: Any) -> list[str]:
    with pytest.raises(InputError) as caught:
        prescribed(**changes)
    return caught.value.complaints


def test_what_cannot_be_is_refused_all_at_once() -> None:
    assert complaints(persons=-1, days="long", begins="May", areas={"South": "half"}) == [
        "exodus.persons is -1; expected a number from 1 to 1e+08 persons",
        "exodus.days is 'long'; expected a number from 1 to 3660 whole days",
        "exodus.begins is 'May'; expected a date such as 2019-12-23, or null",
        "exodus.areas has 'half' for South; expected a number of 0 or more",
    ]
    assert complaints(days=4.5, ready_days=5) == [
        "exodus.days is 4.5; expected whole days",
        "exodus.ready_days is 5; expected fewer than exodus.days",
    ]


@pytest.mark.parametrize(
    ("areas", "message"),
    [
        ({}, "exodus.areas is {}; expected areas and shares"),
        (["South"], "exodus.areas is ['South']; expected areas and shares"),
        ({"South": 0.5, "Middle": 0.4}, "the shares add up to 0.9; expected 1"),
        ({"South": -1, "Middle": 2}, "exodus.areas has -1 for South"),
    ],
)
def test_shares_that_are_none_are_refused(areas: Any, message: str) -> None:
    assert message in complaints(areas=areas)[0]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"areas": {"Sout": 1.0}}, r"no zone 'Sout' \(did you mean 'South'\?\)"),
        ({"areas": {"S1": 1.0}}, "no zone 'S1'"),
        ({"areas": {"South": 0.5, "south": 0.5}}, "South is there twice"),
        ({"persons": 20_000, "areas": {"South": 1.0}}, "South holds 8,000 people; asked 20,000"),
        ({"begins": "2019-12-30"}, "within the run, 2020-01-01 to 2020-01-09"),
        ({"days": 8}, "begins is 2020-01-03 and exodus.days 8; expected days within the run"),
    ],
)
def test_what_does_not_fit_the_world_is_refused_before_the_run(changes: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        prescribed(**changes).check(town(), Clock(START, 9))
    with pytest.raises(InputError, match=message):
        model_of(town(), [], 9, exodus=prescribed(**changes))


def test_what_is_prescribed_is_told_by_name() -> None:
    (said,) = prescribed().words(town(), Clock(START, 9))
    assert said == (
        "Prescribed: in the 5 days from 3 January 2020 on 3,000 people leave (South 1,200 and Middle 1,800); "
        "nobody else does."
    )
    assert NoExodus().words(town(), Clock(START, 9)) == []
