"""Who leaves each place on each day, where a series says how many? The rule beside `parts.exodus`."""

from __future__ import annotations

import numpy as np

from flightsim.clock import HOURS_A_DAY
from flightsim.model.households import SETTLED
from flightsim.model.parts.exodus import AskedByDay
from flightsim.model.state import State
from flightsim.world import Ints


class DailyDepartures:
    """As many people as the series asks leave each place on each day; nobody else leaves home.

    Households of a place go in the order of what they bear, the least first, spread evenly over the hours of their
    day. What a household is more or less than asked is made up for by the next. They are ready at once: the series
    counts those who left, not those who wanted to. Where a place runs out of people, fewer leave than asked.
    """

    def __init__(self, asked: AskedByDay, state: State) -> None:
        self._asked = asked.persons.cumsum(axis=1)
        h = state.households
        rows = np.flatnonzero(h.state == SETTLED)
        order = np.lexsort((h.key[rows], state.pressure.left(rows), h.place[rows]))
        self._queue: Ints = rows[order]  # by place, who goes first in front
        place = h.place[self._queue]
        persons = h.people(self._queue)
        ends = np.searchsorted(place, np.arange(len(asked.persons)), side="right")
        self._ends = ends
        self._next = np.append(0, ends[:-1])  # where the queue of each place stands
        # a household goes when the half of it is asked for
        begins = np.repeat(np.cumsum(persons)[self._next - 1] * (self._next > 0), ends - self._next)
        self._due_at = np.cumsum(persons) - begins - persons / 2
        self._rows: Ints = np.zeros(0, np.int64)
        self._hours = np.zeros(0)
        state.pressure.leave(self._queue)

    def advance(self, state: State) -> None:
        """Those whose hour falls in this step set out in it."""
        step_hours = state.clock.step_hours
        now = state.now * step_hours
        if state.now % state.clock.steps_a_day == 0:
            self._call(state, state.clock.day_of(state.now))
        n = int(np.searchsorted(self._hours, now + step_hours))
        rows = np.sort(self._rows[:n])
        self._rows, self._hours = self._rows[n:], self._hours[n:]
        state.want_to_leave(rows, np.zeros(len(rows)))
        state.readiness.join(rows, 0.0)

    def _call(self, state: State, day: int) -> None:
        """The households that this day's people are, and the hour at which each leaves."""
        rows, hours = [self._rows], [self._hours]
        for place in np.flatnonzero(self._asked[:, day] > 0).tolist():
            begin, end = int(self._next[place]), int(self._ends[place])
            n = int(np.searchsorted(self._due_at[begin:end], self._asked[place, day]))
            rows.append(self._queue[begin : begin + n])
            hours.append((day + (np.arange(n) + 0.5) / max(n, 1)) * HOURS_A_DAY)
            self._next[place] = begin + n
        called, when = np.concatenate(rows), np.concatenate(hours)
        order = np.lexsort((state.households.key[called], when))
        self._rows, self._hours = called[order], when[order]
