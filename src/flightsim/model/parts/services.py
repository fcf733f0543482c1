"""What share of health care still works within reach of each place, and how freshly has it been lost?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from flightsim.clock import HOURS_A_DAY, Clock
from flightsim.events import Event
from flightsim.model import timetable
from flightsim.model.arrays import fading
from flightsim.model.nearness import near_by
from flightsim.parameter import ASSUMPTION, check, parameter
from flightsim.world import Bools, Floats, World

OF_USE_WITHIN = 14.0  # e-foldings: beyond, a facility is of less than a millionth of its use


@dataclass(frozen=True)
class HealthCare:
    """Facilities serve the places around them; a closure is felt at once and fades over weeks."""

    reach_km: float = parameter(
        10.0, "km", 2, 40, "e-folding distance at which a facility is of use", ASSUMPTION
    )
    hospital_weight: float = parameter(
        5.0, "health centres", 1, 20, "How many health centres a hospital counts for", ASSUMPTION
    )
    loss_memory_days: float = parameter(
        40.0,
        "days",
        7,
        120,
        "e-folding time of the loss of care (half-life four weeks)",
        "displacement raised up to three months after attacks on care (Conflict and Health 2024)",
    )

    def __post_init__(self) -> None:
        check(self, "services")

    def start(self, world: World, events: Sequence[Event], clock: Clock) -> Care:
        """Care as it stands at the start."""
        return Care(self, world, events, clock)


@dataclass(frozen=True)
class NoServices:
    """Nobody heeds health care: facilities close, and that moves nobody."""

    def start(self, world: World, events: Sequence[Event], clock: Clock) -> Care:
        """Care that nobody misses."""
        return Unheeded(HealthCare(), world, events, clock)


class Care:
    """Health care as it stands. ``advance`` moves it by one step.

    lost       (P,)  share of the start's care within reach lost lately, mean over the step: 1 when all has just closed
    working    (P,)  share of the start's care within reach that works now
    functioning (F,) which facilities work
    """

    def __init__(self, part: HealthCare, world: World, events: Sequence[Event], clock: Clock) -> None:
        self._part, self._clock = part, clock
        facilities = world.facilities
        self.functioning: Bools = facilities.functioning.copy()
        self._row = {facility_id: i for i, facility_id in enumerate(facilities.facility_id)}
        weight = np.where(facilities.is_hospital, part.hospital_weight, 1.0)
        near = near_by(world, OF_USE_WITHIN * part.reach_km, facilities.place)
        of_use = near.weighed(
            lambda km, place, facility: (
                np.exp(-km / part.reach_km)
                * weight[facility]
                * world.one_country(place, facilities.place[facility])
            )
        )
        at_start = of_use.spread(self.functioning.astype(float))
        per_use = np.where(at_start < 1e-6, 0.0, 1 / np.maximum(at_start, 1e-12))
        self._share = of_use.weighed(lambda use, place, _: use * per_use[place])
        self._missed: Floats = np.zeros(
            len(facilities)
        )  # 1 just after a closure, fading; 0 while a facility works
        self._steps = timetable.by_step(events, clock, "facility_closed", "facility_reopened")
        for step in sorted(step for step in self._steps if step < 0):
            self._change(step)  # closed before the start: not working, and no fresh loss
        self._missed[:] = 0.0
        self.lost: Floats = np.zeros(len(world.places))
        self.working: Floats = self._share.spread(self.functioning.astype(float))

    def advance(self, step: int) -> None:
        """Move to the given step."""
        hours, memory_hours = self._clock.step_hours, self._part.loss_memory_days * HOURS_A_DAY
        if step in self._steps:
            self._change(step)
            missed, self._missed = fading(self._missed, 0.0, hours, memory_hours)
            self.lost = np.minimum(self._share.spread(missed), 1.0)
            self.working = self._share.spread(self.functioning.astype(float))
        else:
            _, self._missed = fading(self._missed, 0.0, hours, memory_hours)
            self.lost *= np.exp(-hours / memory_hours)

    def _change(self, step: int) -> None:
        for event in self._steps[step]:
            row = self._row[event.target]
            works = event.type == "facility_reopened"
            if works != self.functioning[row]:
                self.functioning[row] = works
                self._missed[row] = 0.0 if works else 1.0


class Unheeded(Care):
    """Health care of which people know only what it was at the start; ``functioning`` goes with the events."""

    def __init__(self, part: HealthCare, world: World, events: Sequence[Event], clock: Clock) -> None:
        super().__init__(part, world, events, clock)
        at_start = Care(part, world, [], clock)
        self.lost, self.working = at_start.lost, at_start.working

    def advance(self, step: int) -> None:
        """Move to the given step."""
        if step in self._steps:
            self._change(step)
