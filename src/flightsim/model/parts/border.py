"""Which crossings of the border are open, to whom, and how many persons an hour?"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from flightsim.clock import Clock
from flightsim.events import ALL, Event, by_type
from flightsim.model.timetable import step_of
from flightsim.parameter import LEVER, check, choice, parameter
from flightsim.world import BORDER_RULES, Bools, Floats, Ints, World

AS_IT_WAS = "as_it_was"
CLOSED, WOMEN_AND_CHILDREN, OPEN = range(len(BORDER_RULES))


@dataclass(frozen=True)
class Border:
    """The rule at the gates abroad: as the case's dated rules say, or one policy throughout.

    Gates between areas of control follow the case's dated rules under any policy.
    """

    policy: str = choice(
        AS_IT_WAS,
        (AS_IT_WAS, *BORDER_RULES),
        "as_it_was follows the case's dated rules; else one rule for all gates",
        "choice",
        role=LEVER,
    )
    throughput: float = parameter(
        1.0,
        "factor",
        0,
        10,
        "Multiplies the persons an hour that each open gate lets through",
        "choice",
        role=LEVER,
    )

    def __post_init__(self) -> None:
        check(self, "border")

    def start(self, world: World, events: Sequence[Event], clock: Clock) -> Gates:
        """The gates as they stand at the start."""
        return Gates(self, world, by_type(events, "border_rule"), clock)


@dataclass(frozen=True)
class OpenBorder:
    """Every gate abroad is open to everybody, without limit."""

    policy = "open"
    throughput = float("inf")

    def start(self, world: World, events: Sequence[Event], clock: Clock) -> Gates:
        """Gates that are always open."""
        return Gates(self, world, by_type(events, "border_rule"), clock)


class Gates:
    """The gates abroad as they stand, and who waits at those at which the journey ends.

    One with a road onward is passed on the way, as a gate between areas of control is: see `roads.Routes`.

    rule             (X,) index into BORDER_RULES
    persons_per_hour (X,) let through when open
    waiting_persons  (X,) people who queue at each gate
    through_persons  (X,) people who have passed since the start
    """

    def __init__(
        self, part: Border | OpenBorder, world: World, events: Sequence[Event], clock: Clock
    ) -> None:
        crossings = world.crossings
        self._clock = clock
        self._row = {crossing_id: i for i, crossing_id in enumerate(crossings.crossing_id)}
        self._is_border: Bools = crossings.is_border
        self._ends: Bools = world.ends_the_journey
        self._leads_to = {world.holders.name[c]: world.gates_to[:, c] for c in world.holders.countries}
        self._events, self.rule = list(events), crossings.rule.copy()
        if part.policy != AS_IT_WAS:  # then the dated rules are those of the internal gates only
            self._events = [
                e
                for e in events
                if e.target not in (ALL, *self._leads_to) and not self._is_border[self._row[e.target]]
            ]
            self.rule[self._is_border] = BORDER_RULES.index(part.policy)
        unlimited = np.isinf(part.throughput)
        self.persons_per_hour: Floats = (
            np.full(len(crossings), np.inf) if unlimited else crossings.throughput_persons_h * part.throughput
        )

        self.waiting_persons: Floats = np.zeros(len(crossings))
        self.through_persons: Floats = np.zeros(len(crossings))
        self._queues: list[deque[tuple[int, float]]] = [deque() for _ in range(len(crossings))]
        self._allowance: Floats = np.zeros(len(crossings))

    def advance(self, step: int) -> bool:
        """Move to the given step; True when a rule changed."""
        changed = False
        while self._events:
            event = self._events[0]
            if step_of(event, self._clock) > step:
                break
            del self._events[0]
            self.rule = np.where(self._which(event), BORDER_RULES.index(str(event.value)), self.rule)
            changed = True
        return changed

    def _which(self, event: Event) -> Bools:
        """(X,) the gates that an event is about: one, all to a country, or all of the border."""
        if event.target == ALL:
            return self._is_border
        if event.target in self._leads_to:
            return self._leads_to[event.target]
        return np.asarray(np.arange(len(self._is_border)) == self._row[event.target])

    @property
    def leads_abroad(self) -> Ints:
        """Rows of the gates, of those at which the journey ends, through which somebody may go abroad now."""
        open_to_some = self.rule != BORDER_RULES.index("closed")
        return np.flatnonzero(self._ends & open_to_some & (self.persons_per_hour > 0))

    def admits(self, gate: int | Ints, has_adult_men: Bools) -> Bools:
        """Which households may pass a gate at which the journey ends, or each its own.

        Families are not split, so under 'women and children' it is those without men.
        """
        rule, works = self.rule[gate], self._ends[gate] & (self.persons_per_hour[gate] > 0)
        return np.asarray(works & ((rule == OPEN) | ((rule == WOMEN_AND_CHILDREN) & ~has_adult_men)))

    def join(self, gates: Ints, households: Ints, persons: Floats) -> None:
        """Households queue at gates, in the order given."""
        for gate, household, people in zip(
            gates.tolist(), households.tolist(), persons.tolist(), strict=True
        ):
            self._queues[gate].append((household, people))
        np.add.at(self.waiting_persons, gates, persons)

    def turn_away(self, has_adult_men: Bools) -> tuple[Ints, Ints]:
        """Those who queue at a gate that will not have them any more: their rows, and their gates.

        ``has_adult_men`` (H,) by household.
        """
        rows: list[int] = []
        gates: list[int] = []
        for gate in np.flatnonzero(self.waiting_persons).tolist():
            queue = self._queues[gate]
            asks = np.array([household for household, _ in queue], np.int64)
            goes = self.admits(gate, has_adult_men[asks])
            kept = [entry for entry, stays in zip(queue, goes.tolist(), strict=True) if stays]
            self._queues[gate] = deque(kept)
            self.waiting_persons[gate] = sum(people for _, people in kept)
            rows += asks[~goes].tolist()
            gates += [gate] * int((~goes).sum())
        return np.array(rows, np.int64), np.array(gates, np.int64)

    def let_through(self, hours: float) -> Ints:
        """The rows that pass in so many hours, first come first served; what is left is kept for the next."""
        passed: list[int] = []
        for gate in self.leads_abroad.tolist():
            queue = self._queues[gate]
            allowance = self._allowance[gate] + self.persons_per_hour[gate] * hours
            while queue and queue[0][1] <= allowance:
                household, people = queue.popleft()
                allowance -= people
                self.waiting_persons[gate] -= people
                self.through_persons[gate] += people
                passed.append(household)
            self._allowance[gate] = allowance if queue else 0.0  # less than the next household needs
        return np.array(sorted(passed), np.int64)
