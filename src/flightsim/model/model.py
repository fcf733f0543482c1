"""The model as Mesa sees it: the schedule, its agents, its series by day."""

from __future__ import annotations

from collections.abc import Sequence

import mesa
import numpy as np

from flightsim.clock import Clock
from flightsim.events import Event
from flightsim.model.agents import Household, HouseholdSet
from flightsim.model.parts import Parts
from flightsim.model.schedule import Schedule
from flightsim.model.series import DailySeries
from flightsim.world import World


class DisplacementModel(Schedule, mesa.Model):
    """Households that stay or flee. ``step()`` moves the world by ``clock.step_hours`` (`schedule.Schedule`)."""

    def __init__(
        self, world: World, events: Sequence[Event], clock: Clock, parts: Parts, seed: int = 1
    ) -> None:
        mesa.Model.__init__(self, rng=seed)  # Mesa's own generator is never used: all draws are keyed
        Schedule.__init__(self, world, events, clock, parts, seed)
        self.datacollector = DailySeries(self)

    @property
    def agents(self) -> HouseholdSet:
        """All households, as a Mesa AgentSet; each agent is made when somebody looks at it."""
        return HouseholdSet(self, np.arange(len(self.households)))

    @property
    def agents_by_type(self) -> dict[type[mesa.Agent], HouseholdSet]:
        """Mesa's index by type: there is one."""
        return {Household: self.agents}

    @property
    def agent_types(self) -> list[type[mesa.Agent]]:
        """Mesa's list of types."""
        return [Household]
