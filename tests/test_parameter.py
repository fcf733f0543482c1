"""Numbers with bounds: what is refused, in which words, and the table made of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from flightsim.errors import InputError
from flightsim.parameter import check, choice, given, parameter, switch, table


@dataclass(frozen=True)
class Kettle:
    """A part as any other."""

    heat: float = parameter(60.0, "deg C", 0, 100, "How hot it gets", "assumption")
    share: float = parameter(0.5, "", 0, 1, "How full it is", "measured")
    colour: str = choice("red", ("red", "blue"), "What it looks like", "choice")
    whistles: bool = switch(False, "Whether it whistles", "switch")
    label: str = "free text"

    def __post_init__(self) -> None:
        check(self, "kitchen")


def complaints(**fields: Any) -> list[str]:
    with pytest.raises(InputError) as refused:
        Kettle(**fields)
    return refused.value.complaints


@pytest.mark.parametrize("heat", [0, 100, 0.0, 99.9])
def test_both_bounds_are_allowed(heat: float) -> None:
    assert Kettle(heat=heat).heat == heat


@pytest.mark.parametrize(
    "heat", [-0.1, 100.1, float("nan"), float("inf"), -float("inf"), 10**400, True, "60", None, [60]]
)
def test_what_is_not_a_number_within_the_bounds_is_refused(heat: Any) -> None:
    assert complaints(heat=heat) == [f"kitchen.heat is {heat!r}; expected a number from 0 to 100 deg C"]


def test_a_share_has_no_unit() -> None:
    assert complaints(share=1.5) == ["kitchen.share is 1.5; expected a number from 0 to 1"]


@pytest.mark.parametrize("colour", ["green", "", None, 1, ["red"]])
def test_a_choice_is_one_of_its_words(colour: Any) -> None:
    assert complaints(colour=colour) == [f"kitchen.colour is {colour!r}; expected one of red, blue"]


@pytest.mark.parametrize("whistles", [0, 1, "true", None])
def test_a_switch_is_true_or_false(whistles: Any) -> None:
    assert complaints(whistles=whistles) == [f"kitchen.whistles is {whistles!r}; expected true or false"]


def test_all_troubles_are_told_at_once() -> None:
    assert len(complaints(heat=200, share=-1, colour="green", whistles=3)) == 4


def test_fields_that_are_no_parameters_are_left_alone() -> None:
    assert Kettle(label="anything").label == "anything"


def test_the_table_has_a_row_a_parameter() -> None:
    rows = table({"kitchen": [Kettle]})
    assert [row["parameter"] for row in rows] == ["heat", "share", "colour", "whistles"]
    assert rows[0] == {
        "group": "kitchen",
        "part": "Kettle",
        "parameter": "heat",
        "default": "60.0",
        "unit": "deg C",
        "bounds": "0 to 100",
        "role": "uncertainty",
        "meaning": "How hot it gets",
        "source": "assumption",
    }
    assert rows[2]["bounds"] == "red, blue"
    assert (rows[3]["default"], rows[3]["bounds"]) == ("false", "true, false")


@dataclass(frozen=True)
class Trip:
    """A part with values that are no numbers, and with a number that may be left open."""

    days: float | None = parameter(None, "days", 1, 10, "How long; null: for ever", "choice")
    starts: str | None = given(None, "a date; null: today", "When it starts", "choice", "date")
    stops: Sequence[str] = given([], "names of towns", "Where it stops", "choice")

    def __post_init__(self) -> None:
        check(self, "trip")


def test_null_is_allowed_where_it_is_the_default() -> None:
    assert Trip().days is None
    with pytest.raises(InputError, match=r"trip\.days is 11; expected a number from 1 to 10 days"):
        Trip(days=11)


def test_every_part_has_a_list_of_its_own() -> None:
    assert Trip().stops == []
    assert Trip().stops is not Trip().stops


def test_the_table_says_what_is_expected_of_what_is_no_number() -> None:
    rows = {row["parameter"]: row for row in table({"trip": [Trip]})}
    assert rows["starts"]["bounds"] == "a date; null: today"
    assert [rows[name]["default"] for name in ("days", "starts", "stops")] == ["null", "null", "[]"]
