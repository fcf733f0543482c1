"""Can those who want to leave, leave? Vehicle, fuel, money, a lull, the dark, a road still open."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from flightsim.clock import WINTER_NIGHT, Night, is_night
from flightsim.model.households import CAR, FOOT, HIRE, MEANS
from flightsim.parameter import ASSUMPTION, LEVER, check, parameter
from flightsim.world import Bools, Floats, Ints


@dataclass(frozen=True)
class Transport:
    """Getting ready takes time, which only runs while one can go."""

    car_hours: float = parameter(
        6.0,
        "hours",
        0.5,
        96,
        "Mean time to get going with a vehicle at hand and fuel",
        "assumption; most left within hours (OCHA, 8 Jan 2020)",
    )
    hire_hours: float = parameter(24.0, "hours", 1, 240, "Mean time to find and pay a ride", ASSUMPTION)
    foot_hours: float = parameter(
        60.0,
        "hours",
        1,
        480,
        "Mean time until those without means are fetched or set out on foot",
        ASSUMPTION,
    )
    last_moment_hours: float = parameter(
        8.0,
        "hours",
        1,
        240,
        "Mean time until those without a vehicle go all the same when the front is at the door",
        "assumption; most left within hours without any belongings (OCHA, 8 Jan 2020), the poor on foot (Step News)",
    )
    fuel: float = parameter(
        0.7,
        "share of need",
        0.05,
        1,
        "Fuel to be had, against need: slows cars and rides",
        "assumption; severe shortage of fuel (OCHA, 20 Dec 2019)",
        role=LEVER,
    )
    pinning_strikes_per_hour: float = parameter(
        0.5,
        "strikes an hour",
        0.01,
        20,
        "Strikes felt at which half of those ready stay under cover",
        "assumption; thousands unable to move under bombardment (OCHA, 20 Dec 2019)",
    )
    night_calm: float = parameter(
        0.25, "factor", 0, 2, "Departures in the dark against daylight where no aircraft threaten", ASSUMPTION
    )
    night_threat: float = parameter(
        1.1,
        "factor",
        0,
        3,
        "Departures in the dark against daylight under air attack",
        "assumption; exodus around the clock, lights off (news report, Dec 2019)",
    )
    threat_strikes: float = parameter(
        8.0,
        "strikes remembered",
        0.1,
        200,
        "Remembered strikes at which half of the night habit of war is reached",
        ASSUMPTION,
    )

    def __post_init__(self) -> None:
        check(self, "transport")

    def readiness(
        self,
        near_per_hour: Floats,
        remembered: Floats,
        hours: Ints,
        can_leave: Bools,
        alarm: Floats | float = 0.0,
        night: Night = WINTER_NIGHT,
    ) -> Floats:
        """(P, M) rate an hour at which those who want to leave get away, by place and means of transport.

        ``near_per_hour`` (P, n) strikes felt in each of the n ``hours`` of the day that the step covers, or (P,) in
        all of them; ``remembered`` (P,) those felt lately; ``can_leave`` (P,) whether any road out is open;
        ``alarm`` (P,) 0 to 1, how near and lately a place was taken: then nobody waits for a ride; ``night`` the
        first dark hour and the first light one. A rate, not a chance: a household goes when the readiness gathered
        passes its own exponential threshold. A lull counts as what it is at any step length, for hours under fire
        and hours without are not averaged first.
        """
        from flightsim.model.place_kernels import (
            free_to_go,  # a compiler is not needed to describe a scenario
        )

        near = near_per_hour.reshape(len(remembered), -1)
        if near.shape[1] < len(hours):
            near = np.repeat(near, len(hours), axis=1)
        each_hour = free_to_go(
            near,
            remembered,
            is_night(hours, night),
            self.pinning_strikes_per_hour,
            self.threat_strikes,
            self.night_calm,
            self.night_threat,
        )
        free = (each_hour[:, 0] if len(hours) == 1 else each_hour.mean(axis=1)) * can_leave
        rates = np.empty((len(remembered), len(MEANS)))
        rates[:, CAR] = free * (self.fuel / self.car_hours)
        at_once = (
            free * np.asarray(alarm, float) / self.last_moment_hours
        )  # with what one can carry, on whatever is going
        rates[:, HIRE] = free * (self.fuel / self.hire_hours) + at_once
        rates[:, FOOT] = free / self.foot_hours + at_once
        return rates


@dataclass(frozen=True)
class FreeTransport:
    """Whoever wants to leave leaves within minutes, day or night, bombs or not."""

    def readiness(
        self,
        near_per_hour: Floats,
        remembered: Floats,
        hours: Ints,
        can_leave: Bools,
        alarm: Floats | float = 0.0,
        night: Night = WINTER_NIGHT,
    ) -> Floats:
        """(P, M) a rate so high that nobody waits."""
        at_once_per_hour = 60.0
        return np.repeat(np.where(can_leave, at_once_per_hour, 0.0)[:, None], len(MEANS), axis=1)
