"""Which crossings of the border are open, to whom, and how many persons an hour?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from flightsim.clock import HOURS_A_DAY, Clock
from flightsim.events import ALL, Event, by_type
from flightsim.parameter import check, choice, parameter
from flightsim.world import BORDER_RULES, Bools, Floats, Ints, World

AS_IT_WAS = "as_it_was"


@dataclass(frozen=True)
class Border:
    """The rule at the gates abroad: as the case's dated rules say, or one policy throughout."""

    policy: str = choice(
        AS_IT_WAS, (AS_IT_WAS, *BORDER_RULES), "as_it_was follows the case's dated rules; else one rule for all gates", "lever"
    )
    throughput: float = parameter(
        1.0, "factor", 0, 10, "Multiplies the persons an hour that each open gate lets through", "lever"
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
        return Gates(self, world, [], clock)


class Gates:
    """The gates abroad as they stand: ``rule`` (X,) into BORDER_RULES, ``persons_per_hour`` (X,)."""

    def __init__(self, part: Border | OpenBorder, world: World, events: Sequence[Event], clock: Clock) -> None:
        crossings = world.crossings
        self._clock, self._events = clock, list(events) if part.policy == AS_IT_WAS else []
        self._row = {crossing_id: i for i, crossing_id in enumerate(crossings.crossing_id)}
        self._is_border: Bools = crossings.is_border
        fixed = np.full(len(crossings), BORDER_RULES.index(part.policy)) if part.policy != AS_IT_WAS else None
        self.rule: Ints = crossings.rule.copy() if fixed is None else np.where(crossings.is_border, fixed, crossings.rule)
        unlimited = np.isinf(part.throughput)
        self.persons_per_hour: Floats = (
            np.full(len(crossings), np.inf) if unlimited else crossings.throughput_persons_h * part.throughput
        )

    def advance(self, step: int) -> bool:
        """Move to the given step; True when a rule changed."""
        now_hours = (step + 1) * self._clock.step_hours
        changed = False
        while self._events:
            event = self._events[0]
            if self._clock.day_index(event.date) * HOURS_A_DAY + (event.hour or 0) >= now_hours:
                break
            del self._events[0]
            which = self._is_border if event.target == ALL else np.arange(len(self.rule)) == self._row[event.target]
            self.rule = np.where(which, BORDER_RULES.index(str(event.value)), self.rule)
            changed = True
        return changed

    @property
    def leads_abroad(self) -> Ints:
        """Rows of the gates through which somebody may go abroad now."""
        return np.flatnonzero(self._is_border & (self.rule != BORDER_RULES.index("closed")) & (self.persons_per_hour > 0))

    def admits(self, gate: int, has_adult_men: Bools) -> Bools:
        """Which households may pass a gate: families are not split, so under 'women and children' those without men."""
        rule = BORDER_RULES[int(self.rule[gate])]
        if rule == "open":
            return np.ones(len(has_adult_men), bool)
        return ~has_adult_men if rule == "women_and_children" else np.zeros(len(has_adult_men), bool)
