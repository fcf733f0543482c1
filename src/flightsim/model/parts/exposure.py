"""How much the length of a step changes the danger that people live through: strikes of known hour in long steps.

A strike is felt evenly over the step it falls in, and fear grows faster than the strikes remembered, so that short,
dense strikes in long steps frighten more than the same strikes hour by hour. What that is worth is computed, not
guessed: the hazard alone, without anybody moving, at the scenario's step and at one hour.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from flightsim.clock import Clock
from flightsim.events import STRIKES, Event, by_type
from flightsim.world import World

WORTH_SAYING = 0.05  # assumption: the shipped cases are within 3 %


def fear_persons_hours(
    hazard: Any, behaviour: Any, world: World, events: Sequence[Event], clock: Clock
) -> float:
    """Hours in fear of strikes, times people where they live at the start: fear is 0 to 1 (``Flight.fear``)."""
    people = world.places.residents_persons + world.places.idps_persons
    danger, total = hazard.start(world, events, clock), 0.0
    for step in range(clock.n_steps):
        danger.advance(step)
        total += float((people * behaviour.fear(danger.feared)).sum()) * clock.step_hours
    return total


def note(hazard: Any, behaviour: Any, world: World, events: Sequence[Event], clock: Clock) -> list[str]:
    """A sentence if steps as long as these change exposure by 5 % or more; none if not."""
    end = clock.date_of(clock.days - 1)
    timed = [e for e in by_type(events, *STRIKES) if e.hour is not None and clock.start <= e.date <= end]
    if clock.step_hours == 1 or not timed or not behaviour.shelling_per_hour:
        return []
    hourly = fear_persons_hours(hazard, behaviour, world, events, replace(clock, step_hours=1))
    coarse = fear_persons_hours(hazard, behaviour, world, events, clock)
    change = coarse / hourly - 1 if hourly else 0.0
    if not np.isfinite(change) or abs(change) < WORTH_SAYING:
        return []
    much = f"{abs(change):.0%} {'more' if change > 0 else 'less'}"
    known = f"{len(timed):,} strike{'s have' if len(timed) > 1 else ' has'} a known hour"
    steps = f"in steps of {clock.step_hours} h than of 1 h"
    return [f"{known}, and exposure to strikes is {much} {steps}; step_hours=1 is without that"]
