"""How does pressure to leave build up, and what is a place worth? The parameters of behaviour, and their null."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from flightsim.model.households import N_KINDS
from flightsim.parameter import ASSUMPTION, check, parameter, switch
from flightsim.world import CAUSES, Bools, Floats

N_CAUSES = len(CAUSES)
SHELLING, FRONT, CARE, NEIGHBOURS, CROWDING = range(N_CAUSES)


@dataclass(frozen=True)
class Flight:
    """Pressure gathered at a place against a threshold of one's own; then the best of all places one knows."""

    shelling_per_hour: float = parameter(
        0.014,
        "1/h",
        0,
        0.2,
        "Pressure where strikes are constantly remembered far above the half-way point",
        "assumption; a town under daily bombardment almost empty within a week or two (OCHA, Dec 2019)",
    )
    half_strikes: float = parameter(
        3.1,
        "strikes remembered",
        0.5,
        200,
        "Remembered strikes at which half of that pressure is felt",
        ASSUMPTION,
    )
    steepness: float = parameter(
        7.0,
        "exponent",
        1,
        12,
        "How sharply pressure sets in: low violence moves few, high violence many",
        "assumption; threshold effect: Nepal (Bohra-Mishra and Massey 2011)",
    )
    front_per_hour: float = parameter(
        0.13,
        "1/h",
        0,
        0.5,
        "Pressure where the place next door has just been taken, fading with distance and time",
        "assumption; nobody stays as the front arrives (OCHA, Dec 2019 to Jan 2020)",
    )
    care_factor: float = parameter(
        1.3,
        "factor",
        1,
        2,
        "How much faster pressure grows when all care within reach has just closed",
        "assumption on size; displacement rises after attacks on health care (Conflict and Health 2024)",
    )
    care_factor_in_need: float = parameter(
        1.8, "factor", 1, 4, "The same for households with somebody who needs care", ASSUMPTION
    )
    care_per_hour: float = parameter(
        0.0005,
        "1/h",
        0,
        0.02,
        "Pressure of lost care by itself, without danger",
        "assumption; lack of services 5 % against security 94 % among reasons (HNAP, as cited in the domain notes)",
    )
    neighbours_per_hour: float = parameter(
        0.004,
        "1/h",
        0,
        0.0125,
        "Pressure where everybody has just left; below 1/80 h, so that flight cannot feed itself for ever",
        "assumption; neighbours' departures matter (Ukraine model, University of Virginia)",
    )
    neighbours_memory_days: float = parameter(
        3.0, "days", 0.5, 14, "e-folding time of the memory of neighbours' departures", ASSUMPTION
    )
    crowding_per_hour: float = parameter(
        0.002, "1/h", 0, 0.05, "Pressure to move on of those who sleep in the open", ASSUMPTION
    )
    hold_resident_per_hour: float = parameter(
        0.0006,
        "1/h",
        0,
        0.02,
        "Pressure that home, land and work hold off; none moves below it",
        "assumption; assets delay departure under low danger (Colombia, Ibanez and Velez)",
    )
    hold_displaced_per_hour: float = parameter(
        0.0003, "1/h", 0, 0.02, "The same for households that live away from home", ASSUMPTION
    )
    safety: float = parameter(
        6.0,
        "utility",
        0,
        30,
        "Worth of a place without danger against one under fire or next to the front",
        "assumption; better security named by 97 % (HNAP)",
    )
    kin: float = parameter(
        1.5, "utility", 0, 10, "Worth of relatives in the area", "assumption; ties named by 36 % (HNAP)"
    )
    size: float = parameter(
        1.05,
        "exponent",
        0,
        2,
        "Pull of a place by its people at the start: markets, work, acquaintances",
        ASSUMPTION,
    )
    services: float = parameter(0.5, "utility", 0, 5, "Worth of working health care within reach", ASSUMPTION)
    shelter: float = parameter(1.0, "utility", 0, 10, "Worth of free room against the open air", ASSUMPTION)
    room: float = parameter(
        0.0,
        "exponent",
        0,
        3,
        "Pull of the room a place has left, up to ample_room_persons; 0: whether there is any counts alone",
        "assumption; Flee weighs a camp by the room it has left",
    )
    ample_room_persons: float = parameter(
        10000.0,
        "persons",
        100,
        1e6,
        "Room left at which half of that pull is reached",
        "assumption: half of the 20,000 people that a settlement should hold at most (UNHCR, Emergency Handbook)",
    )
    aid: float = parameter(
        0.5,
        "utility",
        0,
        10,
        "Worth of twice the start's aid where all live in sites, and what is lost where there is none",
        "assumption on size; aid attracts (mobile phone data from Turkey, Beine et al.)",
    )
    distance_exponent: float = parameter(
        1.0,
        "exponent",
        0,
        3,
        "How fast places lose appeal with the hours to get there",
        "gravity models of conflict flight: 0.5 to 2; Flee's reference 1.0",
    )
    near_hours: float = parameter(
        0.5,
        "hours",
        0.05,
        5,
        "Hours added to each journey, so that the next village is not infinitely dear",
        ASSUMPTION,
    )
    other_authority: float = parameter(
        0.77,
        "utility",
        0,
        10,
        "What it costs to go under another authority (papers, crossing, strangers)",
        ASSUMPTION,
    )
    abroad: float = parameter(
        5.0, "utility", -5, 20, "Worth of crossing the border where a gate is open", ASSUMPTION
    )
    returns: bool = switch(False, "Whether people go home when a ceasefire holds", "switch")
    return_per_day: float = parameter(
        0.02, "1/day", 0, 1, "Rate of return once home is quiet and a ceasefire has held", ASSUMPTION
    )
    return_quiet_days: float = parameter(
        14.0, "days", 1, 120, "How long a ceasefire must have held before people go home", ASSUMPTION
    )
    nightly_dispersal: bool = switch(
        False,
        "Whether families under fire sleep in the fields and come back at dawn",
        "switch (news report, Dec 2019)",
    )
    dispersal_share: float = parameter(
        0.5,
        "share of households",
        0,
        1,
        "Households that do so where strikes are remembered far above the half-way point",
        ASSUMPTION,
    )

    def __post_init__(self) -> None:
        check(self, "behaviour")

    def fear(self, remembered: Floats) -> Floats:
        """(P,) 0 to 1: strikes felt and remembered, against the half-way point (a Hill function)."""
        x = (remembered / self.half_strikes) ** self.steepness
        return np.asarray(x / (1 + x))

    def causes(
        self,
        remembered: Floats,
        alarm: Floats,
        lost_care: Floats,
        neighbours_gone: Floats,
        out: Floats | None = None,
    ) -> Floats:
        """(C, P, K) pressure an hour by cause, place and kind, before what holds people back.

        ``remembered`` strikes, ``alarm`` 0 to 1, ``lost_care`` 0 to 1, ``neighbours_gone`` 0 to 1, all (P,).
        ``out``: an array to put it in, as numpy has it; new memory each hour costs more than the sums.
        """
        from flightsim.model.place_kernels import (
            fill_causes,  # a compiler is not needed to describe a scenario
        )

        rates = np.zeros((N_CAUSES, N_KINDS, len(remembered))).transpose(0, 2, 1) if out is None else out
        fill_causes(
            rates.transpose(0, 2, 1),
            self.shelling_per_hour * self.fear(remembered),
            self.front_per_hour * alarm,
            lost_care,
            self.neighbours_per_hour * neighbours_gone,
            np.repeat([0.0, self.crowding_per_hour], [N_KINDS - 2, 2]),
            self.care_per_hour,
            np.array([self.care_factor, self.care_factor_in_need] * (N_KINDS // 2)) - 1,
        )
        return rates

    def held_back(self) -> Floats:
        """(K,) pressure an hour that is held off, by kind."""
        return np.repeat([self.hold_resident_per_hour, self.hold_displaced_per_hour, 0.0], 2)

    def pressure(self, causes: Floats) -> Floats:
        """(P, K) pressure an hour that gathers: the causes together, less what holds people back, never negative."""
        from flightsim.model.place_kernels import (
            net_pressure,  # a compiler is not needed to describe a scenario
        )

        return net_pressure(causes.transpose(0, 2, 1), self.held_back())

    def appeal(
        self,
        fear: Floats,
        alarm: Floats,
        persons: Floats,
        working_care: Floats,
        free_share: Floats,
        allowed: Bools,
        aid_gained: Floats | float = 0.0,
        room_persons: Floats | float = np.inf,
    ) -> Floats:
        """(P,) what a place is worth to anybody, before the way there; minus infinity where one cannot go.

        ``persons`` at the start; ``allowed`` where a fleeing household may settle; ``aid_gained`` in sites, against
        the start: 0 as then, -1 where everybody lives in sites and no aid comes any more; ``room_persons`` left under
        a roof: where room has a pull, nobody chooses a place without.
        """
        danger = np.maximum(fear, alarm)
        value = (
            -self.safety * danger
            + self.size * np.log(np.maximum(persons, 1.0))
            + self.services * working_care
            + self.shelter * free_share
            + self.aid * aid_gained
        )
        if self.room:
            with np.errstate(divide="ignore"):
                value = value - self.room * np.log1p(
                    self.ample_room_persons / np.asarray(room_persons, float)
                )
        return np.where(allowed & ((persons > 0) | (free_share > 0)), value, -np.inf)

    def dispersed_share(self, remembered: Floats) -> Floats:
        """(P,) share of households that sleep in the fields."""
        if not self.nightly_dispersal:
            return np.zeros(len(remembered))
        return np.asarray(self.dispersal_share * self.fear(remembered))


def _none() -> Any:
    return parameter(0.0, "1/h", 0, 0, "Nobody leaves", "null version")


@dataclass(frozen=True)
class NoFlight(Flight):
    """Nobody ever forms the intent to leave."""

    shelling_per_hour: float = _none()
    front_per_hour: float = _none()
    care_per_hour: float = _none()
    neighbours_per_hour: float = _none()
    crowding_per_hour: float = _none()
