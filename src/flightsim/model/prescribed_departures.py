"""Which households leave where departures are prescribed, and when? The rule beside `parts.exodus`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from flightsim.clock import HOURS_A_DAY, Clock
from flightsim.errors import InputError
from flightsim.events import Event
from flightsim.model.arrays import running_sum
from flightsim.model.households import NO_INTENT, SETTLED
from flightsim.model.parts.exodus import Asked
from flightsim.model.state import State
from flightsim.world import Bools, Floats, Ints

ROUNDING = 1e-6  # persons
NO_AREA, ANY_AREA = -1, 0  # instead of the row of an area


class PrescribedDepartures:
    """Those who leave because it is prescribed, and those who stay until it is over.

    On the first day it takes, in each area, the households that have not left since the start, those who
    want to leave already first and then by what is left to their threshold, until the people are at least as many as
    asked, by less than a household. Everybody else who has not left since the start stays during these days. Each
    morning those whom the front has caught meanwhile are made up for, by the next ones of the area as far as
    there are any, else of the other areas asked for. On the last day those who still get ready go at once, and
    those who are cut off are made up for.
    """

    def __init__(self, asked: Asked, state: State, events: Sequence[Event]) -> None:
        self._wanted, self._first_day, days = asked.persons, asked.first_day, asked.days
        self._begins = self._first_day * HOURS_A_DAY
        self._ends = self._begins + days * HOURS_A_DAY
        self._pace = self._paces(days - asked.ready_days, state, events)
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

    def _paces(self, days: int, state: State, events: Sequence[Event]) -> Floats:
        """(P, days) pressure that strikes and front will put on people at home; even where there is none."""
        clock, rule = state.clock, state.parts.behaviour
        daily = Clock(clock.start, clock.days, HOURS_A_DAY)
        hazard = state.parts.hazard.start(state.world, events, daily)
        pace = np.zeros((len(state.world.places), days))
        even = np.zeros_like(pace)
        nothing = np.zeros(len(state.world.places))
        for day in range(self._first_day + days):
            hazard.advance(day)
            if day >= self._first_day:
                free = ~state.world.hostile(hazard.control)
                causes = rule.causes(hazard.feared, hazard.feared_alarm, nothing, nothing)
                pace[:, day - self._first_day] = rule.pressure(causes)[:, 0] * free
                even[:, day - self._first_day] = free
        even[:, 0] = 1.0  # in places that fall that very day
        return np.asarray(np.where(pace.any(axis=1, keepdims=True), pace, even))

    def advance(self, state: State) -> None:
        """Those whose hour falls in this step want to leave from then on."""
        step_hours = state.clock.step_hours
        now = state.now * step_hours
        while self._still_to_do and now + step_hours > self._still_to_do[0][0]:
            self._still_to_do.pop(0)[1](state)
        n = int(np.searchsorted(self._hours, now + step_hours))
        rows, hours = self._rows[:n], self._hours[:n]
        self._rows, self._hours = self._rows[n:], self._hours[n:]
        order = np.argsort(rows)
        state.want_to_leave(rows[order], np.clip((now + step_hours - hours[order]) / step_hours, 0.0, 1.0))
        if self._ends - HOURS_A_DAY <= now < self._ends:
            self._last_call(state)

    def _begin(self, state: State) -> None:
        """Choose who leaves and when; nobody else who has not left yet does so in these days."""
        h = state.households
        rows, waiting, left = self._nearest_to_leaving(state)
        area = state.world.places.area[h.place[rows]]
        chosen = self._choose(state, area, h.people(rows))
        self._chosen = rows[chosen]
        self._tell_when(state, rows[chosen & ~waiting])
        self._keep_back(state, rows[~chosen], left[~chosen])

    def _nearest_to_leaving(self, state: State) -> tuple[Ints, Bools, Floats]:
        """Households that may be asked, those who want to leave already first, then by what is left to bear.

        Returns their rows, whether each wants to leave already, and the pressure left to its threshold; all (n,).
        """
        h = state.households
        rows = np.flatnonzero(~h.displaced & (h.state == SETTLED))
        rows = rows[~state.hostile_ground[h.place[rows]]]
        waiting = h.wants_since[rows] != NO_INTENT
        left = np.where(waiting, -np.inf, state.pressure.left(rows))
        order = np.lexsort((h.key[rows], left))
        return rows[order], waiting[order], left[order]

    def _tell_when(self, state: State, rows: Ints) -> None:
        """Set the hours at which these households, nearest to leaving first, will want to leave their places."""
        h = state.households
        rows = rows[
            np.argsort(h.place[rows], kind="stable")
        ]  # within a place still the nearest to leaving first
        self._set_hours(state, rows, self._times(h.place[rows].astype(np.int64), h.people(rows)))
        state.pressure.leave(rows)

    def _set_hours(self, state: State, rows: Ints, hours: Floats) -> None:
        """These households will want to leave at these hours: kept in order of time, then of their keys."""
        order = np.lexsort((state.households.key[rows], hours))
        self._rows, self._hours = rows[order], hours[order]

    def _keep_back(self, state: State, rows: Ints, left: Floats) -> None:
        """These households stay: nothing presses on them or gets them ready until it is over."""
        self._staying, self._left = rows, np.maximum(left, 0.0)
        state.pressure.leave(rows)
        state.readiness.leave(rows)
        state.households.wants_since[rows] = NO_INTENT
        self._met = state.pressure.met(rows)

    def _choose(self, state: State, area: Ints, persons: Floats) -> Bools:
        """(n,) which households, in the order given, are as many people as are asked of each area."""
        for row, wanted in self._wanted.items():
            total = persons[area == row].sum()
            if total < wanted - persons.max(initial=0.0) / 2:
                raise InputError(
                    f"exodus: on {state.clock.date_of(self._first_day)} {state.world.areas.name[row]} still holds "
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

    def _make_up(self, state: State) -> None:
        """For chosen people in places that fell before they could leave, others leave within a day."""
        h = state.households
        behind = self._chosen[~h.displaced[self._chosen]]
        rows = self._stand_in(state, behind[state.hostile_ground[h.place[behind]]])
        now = state.now * state.clock.step_hours
        hours = np.append(self._hours, now + HOURS_A_DAY * (np.arange(len(rows)) + 0.5) / max(len(rows), 1))
        self._set_hours(state, np.append(self._rows, rows), hours)

    def _last_call(self, state: State) -> None:
        """Whoever still gets ready goes now, under fire too; for those who are cut off others go."""
        h = state.households
        behind = self._chosen[~h.displaced[self._chosen] & (h.wants_since[self._chosen] != NO_INTENT)]
        can_go = state.can_leave[h.place[behind]]
        others = self._stand_in(state, behind[~can_go])
        state.want_to_leave(others, np.zeros(len(others)))
        rows = np.sort(np.append(behind[can_go], others))
        state.readiness.join(rows, 0.0)

    def _stand_in(self, state: State, lost: Ints) -> Ints:
        """Those who stay no longer but go for the lost, in order of row; the lost are asked no more."""
        goes = self._called_for(state, lost)
        rows = np.sort(self._staying[goes])
        self._chosen = np.append(np.setdiff1d(self._chosen, lost), rows)
        self._lost = np.append(self._lost, lost)
        self._staying, self._left, self._met = self._staying[~goes], self._left[~goes], self._met[~goes]
        state.readiness.leave(lost)
        return rows

    def _called_for(self, state: State, lost: Ints) -> Bools:
        """(n,) which of the staying go for the lost: of their areas, else of the others asked for."""
        h, area_of = state.households, state.world.places.area
        short = np.bincount(area_of[h.place[lost]], h.people(lost), minlength=len(state.world.areas))
        place, persons = h.place[self._staying], h.people(self._staying)
        free = state.can_leave[place] & np.isin(area_of[place], list(self._wanted))
        neighbours = _first_of(np.where(free, area_of[place], NO_AREA), persons, dict(enumerate(short)))
        still_short = max(0.0, short.sum() - persons[neighbours].sum())
        anywhere = np.where(free & ~neighbours, ANY_AREA, NO_AREA)
        return neighbours | _first_of(anywhere, persons, {ANY_AREA: still_short})

    def _release(self, state: State) -> None:
        """It is over: those who stayed go on from where they stood, as if these days had not been; the lost wait on."""
        h, rows = state.households, self._staying
        state.wait_on(self._lost[~h.displaced[self._lost]])
        state.pressure.join(rows, self._left, self._met)


def _first_of(area: Ints, persons: Floats, wanted: Mapping[int, float]) -> Bools:
    """(n,) which households, in the order given, bring each area to so many people, over by less than a household."""
    chosen = np.zeros(len(area), bool)
    for row, so_many in wanted.items():
        inside = np.flatnonzero(area == row) if so_many > 0 else np.zeros(0, np.int64)
        chosen[inside[np.cumsum(persons[inside]) - persons[inside] < so_many - ROUNDING]] = True
    return chosen
