"""How many leave which sub-districts, where that is given instead of found? Who, when and where to is still found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from flightsim.arrays import running_sum
from flightsim.clock import HOURS_A_DAY, Clock, as_date
from flightsim.complaints import Complaints, InputError, nearest
from flightsim.events import Event
from flightsim.households import MEANS, N_KINDS, NO_INTENT, SETTLED
from flightsim.parameter import ASSUMPTION, SETTING, check, given, parameter
from flightsim.words import day_year, listing
from flightsim.world import Bools, Floats, Ints, World, hostile

if TYPE_CHECKING:
    from flightsim.model import DisplacementModel

ROUNDING = 1e-6  # persons


@dataclass(frozen=True)
class NoExodus:
    """Nothing is prescribed: people leave when their own thresholds are passed."""

    def check(self, world: World, clock: Clock) -> None:
        """Nothing can be wrong."""

    def words(self, world: World, clock: Clock) -> list[str]:
        """Nothing to tell."""
        return []

    def start(self, model: DisplacementModel, events: Sequence[Event]) -> NoExodus:
        """There is nothing to remember."""
        return self

    def advance(self, model: DisplacementModel) -> None:
        """Nothing to do in any step."""


@dataclass(frozen=True)
class Prescribed:
    """So many people leave these sub-districts within these weeks, those most ready to leave first.

    ``areas`` maps sub-districts (name or P-code) to shares of ``persons``; where ``persons`` is null, to people.
    """

    persons: float | None = parameter(
        None,
        "persons",
        1,
        1e8,
        "People who leave in all; null: areas holds people instead of shares",
        "choice",
        SETTING,
    )
    areas: Mapping[str, float] = given(
        {},
        "sub-districts with shares that add up to 1",
        "Where they leave: sub-districts by name or P-code, each with its share of the people (or its people)",
        "choice",
        role=SETTING,
    )
    begins: str | None = given(
        None,
        "a date; null: the start",
        "First day of the weeks in which they leave",
        "choice",
        "date",
        SETTING,
    )
    days: float = parameter(28, "whole days", 1, 730, "Length of those weeks", "choice", SETTING)
    ready_days: float = parameter(
        5,
        "whole days",
        0,
        30,
        "Days at their end when all have made up their minds and the last get ready",
        ASSUMPTION,
        SETTING,
    )

    def __post_init__(self) -> None:
        complaints = Complaints()
        complaints.collect(check, self, "exodus")
        if not complaints.texts:
            for name in ("days", "ready_days"):
                if getattr(self, name) != int(getattr(self, name)):
                    complaints.add(f"exodus.{name} is {getattr(self, name)}; expected whole days")
            if self.ready_days >= self.days:
                complaints.add(f"exodus.ready_days is {self.ready_days}; expected fewer than exodus.days")
        if self.begins is not None and as_date(self.begins) is None:
            complaints.add(
                f"exodus.begins is {str(self.begins)!r}; expected a date such as 2019-12-23, or null"
            )
        self._check_areas(self.areas, complaints)
        complaints.raise_if_any()

    def _check_areas(self, areas: Any, complaints: Complaints) -> None:
        if not isinstance(areas, Mapping) or not areas:
            complaints.add(
                f"exodus.areas is {areas!r}; expected sub-districts and shares, as {{Dana: 0.4, Ariha: 0.6}}"
            )
            return
        wrong = {name: value for name, value in areas.items() if not _is_number(value, 0, 1e8)}
        for name, value in wrong.items():
            complaints.add(f"exodus.areas has {value!r} for {name}; expected a number of 0 or more")
        total = 0.0 if wrong else sum(areas.values())
        if not wrong and self.persons is not None and abs(total - 1) > 1e-6:
            complaints.add(
                f"exodus.areas: the shares add up to {total:g}; expected 1, or exodus.persons=null and people"
            )
        elif not wrong and total <= 0:
            complaints.add("exodus.areas asks for nobody; expected people in some sub-district")

    def check(self, world: World, clock: Clock) -> None:
        """InputError if there are no such sub-districts or days, or fewer people than asked for."""
        complaints = Complaints()
        begins = self.first_day(clock)
        if not 0 <= begins <= clock.days - self.days:
            end = clock.date_of(clock.days - 1)
            complaints.add(
                f"exodus.begins is {clock.date_of(begins)} and exodus.days {self.days}; expected days within the "
                f"run, {clock.start} to {end}"
            )
        wanted: dict[int, float] = {}
        for name, persons in self.wanted_persons().items():
            row = world.areas.row_of(name)
            if row is None:
                known = [*world.areas.name, *world.areas.area_id]
                complaints.add(f"exodus.areas: there is no sub-district '{name}'{nearest(name, known)}")
            elif row in wanted:
                complaints.add(f"exodus.areas: {world.areas.name[row]} is there twice")
            else:
                wanted[row] = persons
        enemy = hostile(world.places.control)
        people = (world.places.residents_persons + world.places.idps_persons) * ~enemy
        held = np.bincount(world.places.area, people, minlength=len(world.areas))
        for row, persons in wanted.items():
            if persons > held[row]:
                complaints.add(
                    f"exodus.areas: {world.areas.name[row]} holds {held[row]:,.0f} people; asked {persons:,.0f}"
                )
        complaints.raise_if_any()

    def first_day(self, clock: Clock) -> int:
        """The day of the run on which it begins."""
        begins = None if self.begins is None else as_date(self.begins)
        return 0 if begins is None else clock.day_index(begins)

    def wanted_persons(self) -> dict[str, float]:
        """People who are to leave, by sub-district as it is written."""
        unit = 1.0 if self.persons is None else self.persons
        return {str(name): float(share) * unit for name, share in self.areas.items()}

    def words(self, world: World, clock: Clock) -> list[str]:
        """What is prescribed, in a sentence for ``describe``."""
        wanted = self.wanted_persons()
        rows = {name: world.areas.row_of(name) for name in wanted}
        names = {name: world.areas.name[row] if row is not None else name for name, row in rows.items()}
        where = listing([f"{names[name]} {persons:,.0f}" for name, persons in wanted.items()])
        begins = day_year(clock.date_of(self.first_day(clock)))
        total = f"{sum(wanted.values()):,.0f} people"
        return [
            f"Prescribed: in the {self.days:g} days from {begins} on {total} leave ({where}); nobody else does."
        ]

    def start(self, model: DisplacementModel, events: Sequence[Event]) -> Exodus:
        """The state at the start of a run: nobody is chosen before the first day comes."""
        self.check(model.world, model.clock)
        return Exodus(self, model, events)


class Exodus:
    """Those who leave because it is prescribed, and those who stay until it is over.

    On the first day it takes, in each sub-district, the households that have not left since the start, those who
    want to leave already first and then by what is left to their threshold, until the people are at least as many as
    asked, by less than a household. Everybody else who has not left since the start stays during these days. Each
    morning those whom the front has caught meanwhile are made up for, by the next ones of the sub-district as far as
    there are any, else of the other sub-districts asked for. On the last day those who still get ready go at once, and
    those who are cut off are made up for.
    """

    def __init__(self, part: Prescribed, model: DisplacementModel, events: Sequence[Event]) -> None:
        world, clock = model.world, model.clock
        wanted = {world.areas.row_of(name): n for name, n in part.wanted_persons().items()}
        self._wanted = {row: persons for row, persons in wanted.items() if row is not None}
        self._first_day = part.first_day(clock)
        self._begins = self._first_day * HOURS_A_DAY
        days = int(part.days)
        self._ends = self._begins + days * HOURS_A_DAY
        self._pace = self._paces(days - int(part.ready_days), model, events)
        self._chosen: Ints = np.zeros(0, np.int64)
        self._rows: Ints = np.zeros(0, np.int64)  # those who will want to leave, in order of time
        self._hours: Floats = np.zeros(0)  # when, in hours since the start
        self._staying: Ints = np.zeros(0, np.int64)
        self._left: Floats = np.zeros(0)  # of the staying: pressure left to their thresholds
        self._met: Floats = np.zeros((0, 0))  # and what they had borne, by cause
        self._lost: Ints = np.zeros(0, np.int64)  # chosen, but caught or cut off: others go for them
        self._still_to_do = [
            (self._begins, self._begin),
            *((self._begins + day * HOURS_A_DAY, self._make_up) for day in range(1, days)),
            (self._ends, self._release),
        ]

    def _paces(self, days: int, model: DisplacementModel, events: Sequence[Event]) -> Floats:
        """(P, days) pressure that strikes and front will put on people at home; even where there is none."""
        clock, rule = model.clock, model.parts.behaviour
        daily = Clock(clock.start, clock.days, HOURS_A_DAY)
        hazard = model.parts.hazard.start(model.world, events, daily)
        pace = np.zeros((len(model.world.places), days))
        even = np.zeros_like(pace)
        nothing = np.zeros(len(model.world.places))
        for day in range(self._first_day + days):
            hazard.advance(day)
            if day >= self._first_day:
                free = ~hostile(hazard.control)
                causes = rule.causes(hazard.feared, hazard.feared_alarm, nothing, nothing)
                pace[:, day - self._first_day] = rule.pressure(causes)[:, 0] * free
                even[:, day - self._first_day] = free
        even[:, 0] = 1.0  # in places that fall that very day
        return np.asarray(np.where(pace.any(axis=1, keepdims=True), pace, even))

    def advance(self, model: DisplacementModel) -> None:
        """Those whose hour falls in this step want to leave from then on."""
        step_hours = model.clock.step_hours
        now = model.now * step_hours
        while self._still_to_do and now + step_hours > self._still_to_do[0][0]:
            self._still_to_do.pop(0)[1](model)
        n = int(np.searchsorted(self._hours, now + step_hours))
        rows, hours = self._rows[:n], self._hours[:n]
        self._rows, self._hours = self._rows[n:], self._hours[n:]
        order = np.argsort(rows)
        model.want_to_leave(rows[order], np.clip((now + step_hours - hours[order]) / step_hours, 0.0, 1.0))
        if self._ends - HOURS_A_DAY <= now < self._ends:
            self._last_call(model)

    def _begin(self, model: DisplacementModel) -> None:
        """Choose who leaves and when; nobody else who has not left yet does so in these days."""
        h = model.households
        here = np.flatnonzero(~h.displaced & (h.state == SETTLED))
        here = here[~model.enemy_held[h.place[here]]]
        place = h.place[here].astype(np.int64)
        waiting = h.wants_since[here] != NO_INTENT
        left = model.intents.level(here) - model.gathered.ravel()[place * N_KINDS + h.kind(here)]
        left[waiting] = -np.inf
        order = np.lexsort((h.key[here], left))
        here, place, waiting, left = here[order], place[order], waiting[order], left[order]
        persons, area = h.people(here), model.world.places.area[place]
        chosen = self._choose(model, area, persons)

        self._chosen, goes = here[chosen], np.asarray(chosen & ~waiting)
        among = np.argsort(place[goes], kind="stable")  # within a place still by what is left
        rows, place_of, people = here[goes][among], place[goes][among], persons[goes][among]
        hours = self._times(place_of, people)
        order = np.lexsort((h.key[rows], hours))
        self._rows, self._hours = rows[order], hours[order]
        model.intents.leave(rows)

        stays = np.flatnonzero(~chosen)
        self._staying, self._left = here[stays], np.maximum(left[stays], 0.0)
        model.intents.leave(self._staying)
        model.ready.leave(self._staying)
        h.wants_since[self._staying] = NO_INTENT
        group = place[stays], h.kind(self._staying)
        self._met = model.gathered_causes[:, group[0], group[1]].T - model.causes_at_settling[self._staying]

    def _choose(self, model: DisplacementModel, area: Ints, persons: Floats) -> Bools:
        """(n,) which households, in the order given, are as many people as are asked of each sub-district."""
        for row, wanted in self._wanted.items():
            total = persons[area == row].sum()
            if total < wanted - persons.max(initial=0.0) / 2:
                raise InputError(
                    f"exodus: on {model.clock.date_of(self._first_day)} {model.world.areas.name[row]} still holds "
                    f"{total:,.0f} people who can leave and have not; asked {wanted:,.0f}"
                )
        return _first_of(area, persons, self._wanted)

    def _times(self, place: Ints, persons: Floats) -> Floats:
        """(n,) hours at which households want to leave; in order within their places, at the pace of each place."""
        hours = np.zeros(len(place))
        share = running_sum(persons, place) - persons / 2
        for row in np.unique(place).tolist():
            at = place == row
            gone = np.append(0.0, np.cumsum(self._pace[row]))
            day = np.interp(share[at] / persons[at].sum(), gone / gone[-1], np.arange(len(gone)))
            hours[at] = self._begins + day * HOURS_A_DAY
        return hours

    def _make_up(self, model: DisplacementModel) -> None:
        """For chosen people in places that fell before they could leave, others leave within a day."""
        h = model.households
        behind = self._chosen[~h.displaced[self._chosen]]
        rows = self._stand_in(model, behind[model.enemy_held[h.place[behind]]])
        now = model.now * model.clock.step_hours
        hours = np.append(self._hours, now + HOURS_A_DAY * (np.arange(len(rows)) + 0.5) / max(len(rows), 1))
        rows = np.append(self._rows, rows)
        order = np.lexsort((h.key[rows], hours))
        self._rows, self._hours = rows[order], hours[order]

    def _last_call(self, model: DisplacementModel) -> None:
        """Whoever still gets ready goes now, under fire too; for those who are cut off others go."""
        h = model.households
        behind = self._chosen[~h.displaced[self._chosen] & (h.wants_since[self._chosen] != NO_INTENT)]
        can_go = model.can_leave[h.place[behind]]
        others = self._stand_in(model, behind[~can_go])
        model.want_to_leave(others, np.zeros(len(others)))
        rows = np.sort(np.append(behind[can_go], others))
        group = h.place[rows].astype(np.int64) * len(MEANS) + h.means[rows]
        model.ready.join(rows, group, model.gathered_readiness.ravel()[group])

    def _stand_in(self, model: DisplacementModel, lost: Ints) -> Ints:
        """Households, in order of row, that will go for these: of their sub-districts, else of the others asked for."""
        h, area_of = model.households, model.world.places.area
        short = np.bincount(area_of[h.place[lost]], h.people(lost), minlength=len(model.world.areas))
        place, persons = h.place[self._staying], h.people(self._staying)
        free = model.can_leave[place] & np.isin(area_of[place], list(self._wanted))
        takes = free.copy()
        takes[free] = _first_of(area_of[place[free]], persons[free], dict(enumerate(short)))
        rest = free & ~takes
        still = max(0.0, short.sum() - persons[takes].sum())
        takes[rest] = _first_of(np.zeros(rest.sum(), np.int64), persons[rest], {0: still})
        rows = np.sort(self._staying[takes])
        self._chosen = np.append(np.setdiff1d(self._chosen, lost), rows)
        self._lost = np.append(self._lost, lost)
        self._staying, self._left, self._met = self._staying[~takes], self._left[~takes], self._met[~takes]
        model.ready.leave(lost)
        return rows

    def _release(self, model: DisplacementModel) -> None:
        """It is over: those who stayed go on from where they stood, as if these days had not been; the lost wait on."""
        h, rows = model.households, self._staying
        model.wait_on(self._lost[~h.displaced[self._lost]])
        place, kind = h.place[rows].astype(np.int64), h.kind(rows)
        group = place * N_KINDS + kind
        model.causes_at_settling[rows] = model.gathered_causes[:, place, kind].T - self._met
        model.intents.join(rows, group, model.gathered.ravel()[group] + self._left)


def _first_of(area: Ints, persons: Floats, wanted: Mapping[int, float]) -> Bools:
    """(n,) which households, in the order given, bring each area to so many people, over by less than a household."""
    chosen = np.zeros(len(area), bool)
    for row, so_many in wanted.items():
        inside = np.flatnonzero(area == row) if so_many > 0 else np.zeros(0, np.int64)
        chosen[inside[np.cumsum(persons[inside]) - persons[inside] < so_many - ROUNDING]] = True
    return chosen


def _is_number(value: object, low: float, high: float) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high
