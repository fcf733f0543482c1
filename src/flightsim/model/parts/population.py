"""Who lives where at the start: households synthesised to the places' totals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from flightsim.errors import InputError
from flightsim.model.draws import decision_key, exponential, name_key, uniform
from flightsim.model.households import AT_HOME, CAR, FOOT, HIRE, SETTLED, Households
from flightsim.parameter import ASSUMPTION, SETTING, check, parameter
from flightsim.world import RENTED, SITE, World

RESIDENT, IDP_IN_SITE, IDP_HOUSED = range(3)
ELDERLY_AT_MOST = 2


@dataclass(frozen=True)
class Population:
    """Households of the size, mix and means that surveys report, as many as the places' people need."""

    scale: float = parameter(
        1.0,
        "households a household",
        0.001,
        1.0,
        "Share of households simulated; one stands for 1/scale",
        "choice",
        role=SETTING,
    )
    mean_persons: float = parameter(
        5.7,
        "persons",
        3,
        9,
        "Mean household size",
        "REACH Aug 2018: 5.69 residents, 5.70 IDPs",
        prior=(5.2, 6.2),
    )
    size_spread: float = parameter(
        0.35,
        "share of the mean",
        0,
        0.6,
        "Standard deviation of household size, as a share of its mean",
        ASSUMPTION,
    )
    children_share: float = parameter(
        0.588,
        "share of persons",
        0.3,
        0.7,
        "Persons under 18",
        "OCHA Dec 2019: 175,540 of 298,534 displaced",
        prior=(0.54, 0.64),
    )
    women_share: float = parameter(
        0.215,
        "share of persons",
        0.1,
        0.4,
        "Women of 18 and over",
        "OCHA Dec 2019: 64,087 of 298,534 displaced",
        prior=(0.19, 0.24),
    )
    elderly_share: float = parameter(
        0.20, "share of households", 0, 0.5, "Households with a person of 60 or more", ASSUMPTION
    )
    care_share: float = parameter(
        0.30,
        "share of households",
        0,
        0.8,
        "Households with a patient, a pregnant woman or an infant",
        ASSUMPTION,
    )
    car_share: float = parameter(
        0.45,
        "share of households",
        0,
        1,
        "Households that can go with a vehicle of their own or of relatives",
        "assumption; cars, motorbikes and flatbed trucks carried the exodus (The Guardian, 26 Dec 2019)",
    )
    hire_share: float = parameter(
        0.35,
        "share of households",
        0,
        1,
        "Households that can pay or are given a ride in a truck or bus; the rest wait longest or walk",
        "assumption; USD 100 for 20 km in Feb 2020, some families unable to pay (Al-Araby Al-Jadeed)",
    )
    idp_sensitivity: float = parameter(
        1.39,
        "factor",
        0.5,
        3,
        "How much sooner those displaced before leave: divides their thresholds",
        "REACH Sep 2018: 69.5 % of IDPs and 57.5 % of residents would leave; ratio of the implied hazards",
        prior=(1.1, 1.8),
    )
    sensitivity_spread: float = parameter(
        0.5,
        "log standard deviation",
        0,
        1.5,
        "How much households differ in how soon they leave (means, news, ties)",
        "assumption; existence of early and late leavers: Schon 2019",
    )
    kin_local_share: float = parameter(
        0.35,
        "share of households",
        0,
        1,
        "Households whose nearest relatives live in their own area's neighbourhood, not farther off",
        ASSUMPTION,
    )

    def __post_init__(self) -> None:
        check(self, "population")

    def synthesise(self, world: World, seed: int) -> Households:
        """Make the households of a world: persons add up to the world's total to within one household's weight.

        At scale 1 a place's households depend on its own people alone. At other scales the rest of its people that
        no household can stand for is handed on to the next place, so that another place may shift sizes by one.
        """
        weight = 1.0 / self.scale
        place, origin, number, raw = self._rows(world, weight, seed)
        if not len(place) and world.persons:
            raise InputError(
                f"population.scale is {self.scale:g}: nobody is left of {world.persons:,.0f} people when a household "
                f"stands for {weight:,.0f}; expected a larger scale, up to 1"
            )
        key = place_keys(world)[place] + number.astype(np.uint64) * np.uint64(4) + origin.astype(np.uint64)
        # rounded so that each group's total is kept, and that a size of one or more stays one or more
        persons = np.diff(np.floor(np.cumsum(raw) + 0.5), prepend=0.0).astype(np.int64)
        children, women = self._members(persons, key, seed)
        adults = persons - children
        old = uniform(decision_key(seed, "elderly"), key) < self.elderly_share
        elderly = np.where(old, np.minimum(ELDERLY_AT_MOST, adults), 0)
        means = uniform(decision_key(seed, "means"), key)
        idp = origin != RESIDENT
        noise = self.sensitivity_spread * _normal(seed, "sensitivity", key)
        mean_one = np.exp(noise - self.sensitivity_spread**2 / 2)
        sensitivity = mean_one * np.where(idp, self.idp_sensitivity, 1.0)
        n = len(place)
        return Households(
            weight=weight,
            key=key,
            home=place.astype(np.int32),
            place=place.astype(np.int32),
            persons=persons.astype(np.int16),
            children=children.astype(np.int16),
            women=women.astype(np.int16),
            elderly=elderly.astype(np.int16),
            needs_care=uniform(decision_key(seed, "care"), key) < self.care_share,
            idp=idp,
            means=np.where(
                means < self.car_share, CAR, np.where(means < self.car_share + self.hire_share, HIRE, FOOT)
            ).astype(np.int8),
            kin_area=self._kin(world, place, key, seed),
            sensitivity=sensitivity.astype(np.float32),
            rung=np.choose(origin, [AT_HOME, SITE, RENTED]).astype(np.int8),
            state=np.full(n, SETTLED, np.int8),
            occasion=np.zeros(n, np.int16),
            moves=np.zeros(n, np.int16),
            displaced=np.zeros(n, bool),
            wants_since=np.full(n, -1, np.int32),
        )

    def _rows(
        self, world: World, weight: float, seed: int
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.float64]]:
        """Place, origin, number within both, and the size not yet rounded, of each household."""
        housed = np.maximum(world.places.idps_persons - world.site_population_persons, 0)
        in_sites = world.places.idps_persons - housed
        groups = np.column_stack([world.places.residents_persons, in_sites, housed]).ravel() / weight
        persons = np.diff(np.rint(np.cumsum(groups)), prepend=0.0)  # exact in all, within one in each group
        households = np.where(persons > 0, np.maximum(1, np.rint(persons / self.mean_persons)), 0).astype(
            np.int64
        )
        group = np.repeat(np.arange(len(groups)), households)
        number = np.arange(len(group)) - np.repeat(np.cumsum(households) - households, households)
        place, origin = group // 3, group % 3
        key = place_keys(world)[place] + number.astype(np.uint64) * np.uint64(4) + origin.astype(np.uint64)
        raw = np.maximum(0.3, 1 + self.size_spread * _normal(seed, "size", key))
        total = np.bincount(group, raw, minlength=len(groups))
        sizes = raw * np.repeat(persons / np.maximum(total, 1e-9), households)
        return place, origin, number, _at_least_one(sizes, group, persons - households)

    def _members(
        self, persons: npt.NDArray[np.int64], key: npt.NDArray[np.uint64], seed: int
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Children and women of each household: the shares in expectation, at least one adult."""
        children = np.floor(persons * self.children_share + uniform(decision_key(seed, "children"), key))
        children = np.minimum(children, np.maximum(persons - 1, 0)).astype(np.int64)
        among_adults = self.women_share / max(1 - self.children_share, 1e-9)
        women = np.floor((persons - children) * among_adults + uniform(decision_key(seed, "women"), key))
        return children, np.minimum(women, persons - children).astype(np.int64)

    def _kin(
        self, world: World, place: npt.NDArray[np.int64], key: npt.NDArray[np.uint64], seed: int
    ) -> npt.NDArray[np.int16]:
        """The area of each household's relatives: its own, or any other in proportion to its people."""
        held = ~world.hostile(world.places.control)
        people = (world.places.residents_persons + world.places.idps_persons) * held
        share = np.cumsum(np.bincount(world.places.area, people, minlength=len(world.areas)))
        drawn = uniform(decision_key(seed, "kin"), key) * share[-1]
        elsewhere = np.minimum(np.searchsorted(share, drawn), len(world.areas) - 1)
        local = uniform(decision_key(seed, "kin is local"), key) < self.kin_local_share
        return np.where(local, world.places.area[place], elsewhere).astype(np.int16)


def _at_least_one(
    sizes: npt.NDArray[np.float64], group: npt.NDArray[np.int64], more: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Sizes of one person or more, the others of a group giving what it takes; ``more`` persons than households."""
    beyond = np.maximum(sizes, 1.0) - 1.0
    total = np.bincount(group, beyond, minlength=len(more))
    short = total > more + 1e-9
    return np.asarray(np.where(short[group], 1.0 + beyond * (more / np.maximum(total, 1e-9))[group], sizes))


def place_keys(world: World) -> npt.NDArray[np.uint64]:
    """(P,) a 64-bit number for each place, from its P-code alone, so that adding a place disturbs no other."""
    return np.array([name_key(place_id) for place_id in world.places.place_id], np.uint64)


def _normal(seed: int, decision: str, key: npt.NDArray[np.uint64]) -> npt.NDArray[np.float64]:
    """Standard normal numbers by Box and Muller."""
    radius = np.sqrt(2 * exponential(decision_key(seed, decision), key))
    return np.asarray(radius * np.cos(2 * np.pi * uniform(decision_key(seed, decision), key, 1)))
