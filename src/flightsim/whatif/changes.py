"""What happens, as it did or otherwise: the changes that a scenario makes to the case's dated events.

One module a change; each is a plain function of events. Without any change the very same list comes back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from flightsim.case.event_rows import read_events
from flightsim.clock import Clock, as_date
from flightsim.errors import Complaints, InputError, nearest
from flightsim.events import STATUSES, Event, with_status
from flightsim.parameter import ASSUMPTION, LEVER, SETTING, check, choice, given, parameter
from flightsim.whatif import aid, ceasefires, cuts, hospitals, weather
from flightsim.whatif.plan import Phase, phases_of
from flightsim.whatif.violence import Future, goes_on
from flightsim.words import day_year, listing
from flightsim.world import World

AS_IT_HAPPENED = "as_it_happened"
DATE = "a date; null: "


@dataclass(frozen=True)
class WhatIf:
    """The course of events: as the case has it, or changed in some respects."""

    keep: Sequence[str] = given(
        list(STATUSES),
        f"some of {', '.join(STATUSES)}",
        "Which of the case's events to use, by how they are known",
        "choice",
        role=SETTING,
    )
    hospitals: str = choice(
        AS_IT_HAPPENED,
        (AS_IT_HAPPENED, "none_closed", "twice_as_many"),
        "Closures of health facilities: as they happened, none but where a place is taken, or as many again nearby",
        "choice",
    )
    ceasefire: str = choice(
        AS_IT_HAPPENED,
        (AS_IT_HAPPENED, "holds", "daily_pause"),
        "A ceasefire that holds, or some hours without bombardment every day",
        "choice",
    )
    ceasefire_from: str | None = given(
        None,
        DATE + "the first ceasefire announced in the period (a daily pause: the start)",
        "From when on",
        "choice",
        "date",
        SETTING,
    )
    ceasefire_until: str | None = given(
        None,
        DATE + "for good",
        "The last day of the ceasefire, or of the daily pauses",
        "choice",
        "date",
        SETTING,
    )
    pause_from_hour: float = parameter(
        6, "hour of the day", 0, 23, "When a daily pause begins", ASSUMPTION, SETTING
    )
    pause_hours: float = parameter(
        6, "hours", 1, 24, "How long it lasts", "the pause of 21 December 2019 (OCHA)", SETTING
    )
    aid_crossings: float | None = parameter(
        None, "crossings", 0, 10, "Crossings authorised for UN aid; null: as it was", "choice", LEVER
    )
    aid_from: str | None = given(
        None, DATE + "the first authorisation in the period", "From when on", "choice", "date", SETTING
    )
    cut_road: str | None = given(
        None, "a road number, as M5; null: none", "A road that is cut", "choice", role=SETTING
    )
    cut_at: str | None = given(
        None, "a place or area; null: all along", "Where, by name or P-code", "choice", role=SETTING
    )
    cut_from: str | None = given(None, DATE + "the start", "From when on", "choice", "date", SETTING)
    cut_left: float = parameter(
        0.0, "share of capacity", 0, 1, "What still passes where the road is cut", "choice", SETTING
    )
    temperature_shift_c: float = parameter(
        0.0, "deg C", -20, 20, "Added to every night's minimum", "choice", prior=(-3, 3)
    )
    violence: str = choice(
        AS_IT_HAPPENED,
        (AS_IT_HAPPENED, "goes_on"),
        "Strikes and captures from known_until on: as they happened, or made from the two weeks before",
        "choice",
    )
    known_until: str | None = given(
        None,
        "a date, with violence=goes_on",
        "The first day of which nothing is known",
        "choice",
        "date",
        SETTING,
    )
    growth_per_week: float = parameter(
        0.0, "share a week", -0.9, 3, "How much violence that goes on grows", "choice", prior=(-0.2, 0.2)
    )
    strength_after: float = parameter(
        1.0, "factor", 0, 20, "How much violence that goes on is of what it was", "choice", prior=(0.5, 2)
    )
    front: str = choice(
        "advances",
        ("advances", "stands"),
        "Whether violence that goes on takes as many places a day as before, nearest to the last taken first",
        "choice",
    )
    phases: Sequence[Any] = given(
        [],
        "phases of {area, from, to}",
        "A plan: areas taken one after the other, with violence=goes_on aimed at them",
        "choice",
        role=SETTING,
    )
    add: str | Sequence[str] | None = given(
        None,
        "a file like events.csv, or a list of files; null: none",
        "Further events, added last",
        "choice",
        role=SETTING,
    )

    def __post_init__(self) -> None:
        complaints = Complaints()
        complaints.collect(check, self, "events")
        _check_keep(self.keep, complaints)
        for name in ("ceasefire_from", "ceasefire_until", "aid_from", "cut_from", "known_until"):
            said = getattr(self, name)
            if said is not None and as_date(said) is None:
                complaints.add(f"events.{name} is {str(said)!r}; expected a date such as 2019-12-23, or null")
        if self.ceasefire_until is not None and self.ceasefire == AS_IT_HAPPENED:
            complaints.add(
                "events.ceasefire_until is given and events.ceasefire is as_it_happened; expected holds or daily_pause"
            )
        added: Sequence[Any] = self.added  # whatever a configuration says
        if not all(isinstance(path, str) and path.strip() for path in added) or self.add == []:
            complaints.add(f"events.add is {self.add!r}; expected a file, a list of files, or null")
        elif len({Path(path).stem for path in self.added}) < len(self.added):
            complaints.add(
                "events.add has two files of one name; expected names that differ, as events bear them"
            )
        for name in ("cut_road", "cut_at"):
            said = getattr(self, name)
            if said is not None and not (isinstance(said, str) and said.strip()):
                complaints.add(f"events.{name} is {said!r}; expected a text, or null")
        if self.cut_at is not None and self.cut_road is None:
            complaints.add("events.cut_at is given without events.cut_road; expected a road number, as M5")
        goes_on = self.violence == "goes_on"
        if goes_on and self.known_until is None:
            complaints.add("events.known_until is null; expected a date, as events.violence is goes_on")
        if self.phases and not goes_on:
            complaints.add("events.phases are given; expected events.violence=goes_on with them")
        phases_of(self.phases, as_date(self.known_until), complaints)
        complaints.raise_if_any()

    def apply(self, events: list[Event], world: World, clock: Clock, seed: int) -> list[Event]:
        """The events of a run. InputError, with all troubles, if a change does not fit the world."""
        complaints = Complaints()
        if not set(STATUSES) <= set(self.keep):
            events = with_status(events, self.keep)
        for change in self._changes(world, clock, seed):
            try:
                events = change(events)
            except InputError as error:
                complaints.texts.extend(error.complaints)
        complaints.raise_if_any()
        return events

    def _changes(
        self, world: World, clock: Clock, seed: int
    ) -> Iterator[Callable[[list[Event]], list[Event]]]:
        """What is changed, in order; nothing is yielded for what is as it happened."""
        if self.violence == "goes_on":
            yield lambda events: goes_on(events, world, clock, self.future(world), seed)
        if self.ceasefire == "holds":
            since, until = as_date(self.ceasefire_from), as_date(self.ceasefire_until)
            yield lambda events: ceasefires.holds(events, clock, since, until)
        if self.ceasefire == "daily_pause":
            when = as_date(self.ceasefire_from) or clock.start
            yield lambda events: ceasefires.daily_pause(
                events,
                clock,
                when,
                int(self.pause_from_hour),
                self.pause_hours,
                as_date(self.ceasefire_until),
            )
        if self.hospitals == "none_closed":
            yield lambda events: hospitals.none_closed(events, world, clock)
        if self.hospitals == "twice_as_many":
            yield lambda events: hospitals.twice_as_many(events, world, clock, seed)
        if (crossings := self.aid_crossings) is not None:
            yield lambda events: aid.authorised(events, clock, as_date(self.aid_from), crossings)
        if (road := self.cut_road) is not None:
            when = as_date(self.cut_from) or clock.start
            yield lambda events: cuts.cut(events, world, road, self.cut_at, when, self.cut_left)
        if self.temperature_shift_c:
            yield lambda events: weather.shifted(events, self.temperature_shift_c)
        for path in self.added:
            yield partial(_with_those_of, path, world)

    @property
    def added(self) -> tuple[str, ...]:
        """The files of further events."""
        if self.add is None:
            return ()
        one = isinstance(self.add, str) or not isinstance(self.add, Sequence)
        return (str(self.add),) if one else tuple(self.add)

    def future(self, world: World) -> Future:
        """The violence that goes on, in numbers and dates."""
        known_until = as_date(self.known_until)
        assert known_until is not None  # checked where it was given
        phases = self.planned(world)
        return Future(
            known_until, self.growth_per_week, self.strength_after, self.front == "advances", phases
        )

    def planned(self, world: World) -> list[Phase]:
        """The phases of the plan, their areas found; InputError where there is none of that name."""
        complaints = Complaints()
        phases = phases_of(self.phases, as_date(self.known_until), complaints, world)
        complaints.raise_if_any()
        return phases

    def words(self) -> str:
        """What is changed, in a sentence for ``describe``."""
        said = list(_words(self))
        return f"Events changed: {'; '.join(said)}." if said else "Events: as they happened."


def _with_those_of(path: str, world: World, events: list[Event]) -> list[Event]:
    return [*events, *read_events(Path(path), world)]


def _check_keep(keep: Any, complaints: Complaints) -> None:
    if not isinstance(keep, Sequence) or isinstance(keep, str) or not keep:
        complaints.add(f"events.keep is {keep!r}; expected a list of {', '.join(STATUSES)}")
        return
    for status in keep:
        if status not in STATUSES:
            expected = f"expected {', '.join(STATUSES)}{nearest(status, STATUSES)}"
            complaints.add(f"events.keep has {status!r}; {expected}")


def _words(course: WhatIf) -> Iterator[str]:
    """Each change in a few words."""
    if course.violence == "goes_on":
        yield (
            f"from {_said(course.known_until)} on violence is made from the two weeks before, times "
            f"{course.strength_after:g}, growing by {course.growth_per_week:.0%} a week"
        )
        if course.phases:
            areas = [str(phase["area"]) for phase in course.phases]
            yield f"by a plan (hypothetical) that takes {listing(areas)}"
        else:
            yield f"the front {course.front}"
    if course.ceasefire == "holds":
        yield f"the ceasefire of {_said(course.ceasefire_from, 'the first one announced')} holds{_until(course)}"
    if course.ceasefire == "daily_pause":
        until = (int(course.pause_from_hour) + course.pause_hours) % 24
        yield f"no bombardment from {course.pause_from_hour:g} to {until:g} h, every day{_until(course)}"
    if course.hospitals != AS_IT_HAPPENED:
        closed = {"none_closed": "no health facility closes unless its place is taken"}
        yield closed.get(course.hospitals, "twice as many health facilities close")
    if course.aid_crossings is not None:
        since = _said(course.aid_from, "the first authorisation on")
        yield f"{course.aid_crossings:g} crossings authorised for aid from {since}"
    if course.cut_road is not None:
        where = f" at {course.cut_at}" if course.cut_at else ""
        since = _said(course.cut_from, "the start")
        yield f"the {course.cut_road} cut{where} from {since} on, {course.cut_left:.0%} left"
    if course.temperature_shift_c:
        than = "warmer" if course.temperature_shift_c > 0 else "colder"
        yield f"nights {abs(course.temperature_shift_c):g} degrees {than}"
    if course.add is not None:
        yield f"with the events of {listing(list(course.added))}"
    if set(course.keep) != set(STATUSES):
        yield f"only {listing(list(course.keep))} ones are used"


def _until(course: WhatIf) -> str:
    return f" until {_said(course.ceasefire_until)}" if course.ceasefire_until is not None else ""


def _said(when: str | None, otherwise: str = "") -> str:
    found = as_date(when)
    return otherwise if found is None else day_year(found)
