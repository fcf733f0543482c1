"""When events happen: in steps of any length, on days that may lie before the start, over all days they last."""

from datetime import date

import pytest

from flightsim.clock import Clock
from flightsim.events import Event
from flightsim.model import timetable

START = date(2019, 12, 1)


def an_event(
    name: str, day: int, hour: int | None = None, hours: float | None = None, kind: str = "pause"
) -> Event:
    return Event(name, date.fromordinal(START.toordinal() + day), hour, hours, kind, "ALL", 1.0, "reported")


def names(table: timetable.Timetable) -> dict[int, list[str]]:
    return {at: [event.event_id for event in events] for at, events in table.items()}


@pytest.mark.parametrize(("step_hours", "step"), [(1, 37), (3, 12), (6, 6), (24, 1)])
def test_an_event_happens_in_the_step_that_covers_its_hour(step_hours: int, step: int) -> None:
    assert timetable.step_of(an_event("a", 1, 13), Clock(START, 5, step_hours)) == step


def test_an_event_without_an_hour_happens_at_the_first_hour_of_its_day() -> None:
    assert timetable.step_of(an_event("a", 2), Clock(START, 5, 6)) == 8
    assert timetable.step_of(an_event("a", -1), Clock(START, 5, 6)) == -4  # yesterday's four steps end at -1
    assert timetable.step_of(an_event("a", -1, 23), Clock(START, 5, 6)) == -1


def test_a_step_has_its_events_of_the_types_asked_for_in_order_of_hour_and_name() -> None:
    events = [
        an_event("c", 0, 5),
        an_event("b", 0, 2),
        an_event("a", 0, 5),
        an_event("x", 0, 1, kind="captured"),
    ]
    assert names(timetable.by_step(events, Clock(START, 5, 6), "pause")) == {0: ["b", "a", "c"]}
    assert names(timetable.by_step(events, Clock(START, 5, 1), "captured")) == {1: ["x"]}


def test_days_are_counted_from_the_start_and_before_it_too() -> None:
    events = [an_event("later", 3, 20), an_event("before", -2), an_event("first", 0)]
    assert names(timetable.by_day(events, Clock(START, 5), "pause")) == {
        -2: ["before"], 0: ["first"], 3: ["later"]
    }  # fmt: skip


def test_an_event_stands_on_every_day_of_which_it_covers_an_hour() -> None:
    clock = Clock(START, 5)
    last = lambda *when: list(timetable.by_days_it_lasts([an_event("a", *when)], clock, "pause"))  # noqa: E731
    assert last(0) == [0]  # a whole day
    assert last(0, 23) == [0]  # one hour where only the hour is known
    assert last(0, 23, 2.0) == [0, 1]
    assert last(0, 22, 2.0) == [0]  # ends at midnight: nothing of it on the next day
    assert last(-1, None, 60.0) == [-1, 0, 1]
