"""People times standards: what they need, in units that can be ordered, built or hired. Pure sums."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from flightsim.needs.standards import Standards
from flightsim.world import RUNGS

UNHOUSED = ("site", "collective", "unfinished", "open")
UNSHELTERED = ("unfinished", "open")
ON_SITES = ("site", "open")
BY_RUNG: dict[str, tuple[str, ...]] = {
    "everyone": RUNGS,
    "unhoused": UNHOUSED,
    "unsheltered": UNSHELTERED,
    "on_sites": ON_SITES,
}
WHOM = {
    "everyone": "displaced people",
    "unhoused": "displaced people neither with hosts nor in rented rooms",
    "unsheltered": "displaced people in makeshift shelter or in the open",
    "on_sites": "displaced people in sites, and those in the open for want of a place",
    "present": "everybody present, displaced or not",
    "beyond_care": "people farther than an hour's walk from health care that works",
    "in_frost": "displaced people in the open, or waiting outdoors at a crossing, on a night below 0 degrees C",
}
"""Groups of people that needs are reckoned for."""

SECTORS = {
    "people": "People",
    "wash": "Water, sanitation, hygiene",
    "shelter": "Shelter",
    "sites": "Sites",
    "nfi": "Household items, winter",
    "food": "Food",
    "health": "Health, nutrition",
    "protection": "Protection",
    "transport": "Relief transport",
}
MONTHS_A_YEAR = 12
PREGNANT_YEARS = 0.75
HA = 10_000  # m2
TINY = 1e-6  # a 25,000.0000001th latrine is not dug


@dataclass(frozen=True)
class Need:
    """One thing needed: its unit, for whom, how much a person.

    ``whole``: there is no half of it. ``supply``: it can be supplied, so that there is a capacity to hold against
    it; the others are figures that a plan starts from.
    """

    name: str
    sector: str
    unit: str
    whom: str
    meaning: str
    per_person: Callable[[Mapping[str, float]], float]
    whole: bool = True
    supply: bool = True


def _one(_: Mapping[str, float]) -> float:
    return 1.0


def _households(s: Mapping[str, float]) -> float:
    return s["households"] / 1000


def _female(s: Mapping[str, float]) -> float:
    return s["latrines_female_to_male"] / (1 + s["latrines_female_to_male"])


def _medium_term(s: Mapping[str, float]) -> float:
    return 1 / s["persons_per_latrine_medium_term"]


def _girls(s: Mapping[str, float]) -> float:
    return s["children_share"] * s["girls_share"]


def _cargo(s: Mapping[str, float]) -> float:
    """Tonnes a person and day: food, and the kits of its household spread over the days they are brought in."""
    kits = s["nfi_kit"] * s["nfi_kit_weight"] + s["winter_kit"] * s["winter_kit_weight"]
    food = s["food_energy"] / s["ration_energy"]
    return (food + kits * _households(s) / s["kit_delivery_days"]) / 1000


def _trucks(s: Mapping[str, float]) -> float:
    return _cargo(s) / s["cargo_truck"] + s["water"] / 1000 / s["water_truck"]


Row = tuple[str, str, str, str, str, Callable[[Mapping[str, float]], float]]

# fmt: off
FIGURES: tuple[Row, ...] = (  # of people: name, sector, unit, for whom, meaning, how much a person
    ("displaced", "people", "persons", "everyone", "displaced people", _one),
    ("households", "people", "households", "everyone", "households", _households),
    ("children", "people", "persons", "everyone", "children under 18", lambda s: s["children_share"]),
    ("women", "people", "persons", "everyone", "women", lambda s: s["women_share"]),
    ("men", "people", "persons", "everyone", "men", lambda s: 1 - s["children_share"] - s["women_share"]),
    ("girls", "people", "persons", "everyone", "girls under 18", _girls),
    ("boys", "people", "persons", "everyone", "boys under 18", lambda s: s["children_share"] - _girls(s)),
    ("under_fives", "people", "persons", "everyone", "children under five", lambda s: s["under_five_share"]),
    ("older_people", "people", "persons", "everyone", "people of 60 or more", lambda s: s["older_share"]),
    ("with_disabilities", "people", "persons", "everyone", "people with disabilities",
        lambda s: s["disability_share"]),
    ("pregnant_women", "health", "women", "everyone", "pregnant women, from expected births",
        lambda s: s["births"] / 1000 * PREGNANT_YEARS),
    ("beyond_care", "health", "persons", "beyond_care", "people over an hour's walk from health care", _one),
    ("deliveries", "health", "deliveries/month", "everyone", "expected deliveries",
        lambda s: s["births"] / 1000 / MONTHS_A_YEAR),
    ("malnourished_children", "health", "children", "everyone", "acutely malnourished children (biased up)",
        lambda s: s["under_five_share"] * s["acute_malnutrition_share"]),
    ("children_on_sites", "protection", "children", "on_sites", "children in sites, or in the open",
        lambda s: s["children_share"]),
    ("children_unsheltered", "protection", "children", "unsheltered",
        "children in makeshift shelter or the open", lambda s: s["children_share"]),
    ("women_unsheltered", "protection", "women", "unsheltered",
        "women in makeshift shelter or the open", lambda s: s["women_share"]),
    ("in_frost", "protection", "person-nights/night", "in_frost",
        "person-nights in the open below 0 degrees C", _one),
    ("children_in_frost", "protection", "child-nights/night", "in_frost",
        "child-nights in the open below 0 degrees C", lambda s: s["children_share"]),
)
COUNTED: tuple[Row, ...] = (  # whole things
    ("water_trucks", "wash", "truckloads/day", "everyone", "the same water, if trucked",
        lambda s: s["water"] / 1000 / s["water_truck"]),
    ("road_trucks", "transport", "truckloads/day", "everyone", "trucks of food, kits and water", _trucks),
    ("taps", "wash", "taps", "unhoused", "taps", lambda s: 1 / s["persons_per_tap"]),
    ("latrines_first_phase", "wash", "latrines", "unhoused", "latrines, first phase (communal)",
        lambda s: 1 / s["persons_per_latrine_first_phase"]),
    ("latrines_medium_term", "wash", "latrines", "unhoused", "latrines, medium term (shared)", _medium_term),
    ("latrines_medium_term_female", "wash", "latrines", "unhoused",
        "latrines, medium term, women and girls", lambda s: _female(s) * _medium_term(s)),
    ("latrines_medium_term_male", "wash", "latrines", "unhoused",
        "latrines, medium term, men and boys", lambda s: (1 - _female(s)) * _medium_term(s)),
    ("showers", "wash", "showers", "unhoused", "showers", lambda s: 1 / s["persons_per_shower"]),
    ("hygiene_promoters", "wash", "promoters", "everyone", "hygiene promoters",
        lambda s: 1 / s["persons_per_hygiene_promoter"]),
    ("shelter_places", "shelter", "persons", "everyone", "places to live (hosts, rent, sites, centres)", _one),
    ("tents", "shelter", "tents", "unsheltered", "tents for those in makeshift shelter or the open",
        lambda s: s["tent"] * _households(s)),
    ("site_places", "sites", "persons", "on_sites", "places in camps and sites", _one),
    ("sites", "sites", "sites", "on_sites", "sites of the largest size", lambda s: 1 / s["persons_per_site"]),
    ("nfi_kits", "nfi", "kits", "everyone", "kits of household items", lambda s: s["nfi_kit"] * _households(s)),
    ("winter_kits", "nfi", "kits", "everyone", "winter kits", lambda s: s["winter_kit"] * _households(s)),
    ("blankets", "nfi", "blankets", "everyone", "blankets", lambda s: s["blankets"]),
    ("water_containers", "nfi", "containers", "everyone", "water containers",
        lambda s: s["water_containers"] * _households(s)),
    ("health_centres", "health", "health centres", "present", "working health centres, for all present",
        lambda s: 1 / s["persons_per_health_centre"]),
    ("hospitals", "health", "hospitals", "present", "working hospitals, for all present",
        lambda s: 1 / s["persons_per_hospital"]),
    ("beds", "health", "beds", "everyone", "inpatient beds, for the displaced", lambda s: s["beds"] / 10_000),
    ("health_workers", "health", "workers", "everyone", "skilled health workers, for the displaced",
        lambda s: s["health_workers"] / 10_000),
)
MEASURED: tuple[Row, ...] = (  # things that can be had by the half
    ("water", "wash", "m3/day", "everyone", "safe water", lambda s: s["water"] / 1000),
    ("covered_space", "shelter", "m2", "unhoused", "covered space", lambda s: s["covered_space"]),
    ("covered_space_cold", "shelter", "m2", "unhoused", "covered space, cold climate",
        lambda s: s["covered_space_cold"]),
    ("site_land", "sites", "ha", "on_sites", "land for sites, services inside", lambda s: s["site_land"] / HA),
    ("site_land_services_outside", "sites", "ha", "on_sites", "land for sites, services outside",
        lambda s: s["site_land_services_outside"] / HA),
    ("food_energy", "food", "kcal/day", "everyone", "food energy", lambda s: s["food_energy"]),
    ("food", "food", "tonnes/day", "everyone", "food, as a dry ration",
        lambda s: s["food_energy"] / s["ration_energy"] / 1000),
    ("relief_cargo", "transport", "tonnes/day", "everyone", "food and kits to be brought in", _cargo),
)
# fmt: on
_ALL = [
    *(Need(*row, whole=False) for row in MEASURED),
    *(Need(*row) for row in COUNTED),
    *(Need(*row, supply=False) for row in FIGURES),
]
NEEDS: dict[str, Need] = {need.name: need for sector in SECTORS for need in _ALL if need.sector == sector}
"""Every need by name, sector by sector."""
SUPPLIES = tuple(name for name, need in NEEDS.items() if need.supply)


def amount(need: Need, persons: Any, standards: Mapping[str, float]) -> Any:
    """How much ``persons`` (a number or an array) of the need's group need; whole things are rounded up."""
    return rounded(need, np.asarray(persons, float) * need.per_person(standards))


def rounded(need: Need, amounts: Any) -> Any:
    """Whole things rounded up, others as they are."""
    if not need.whole:
        return amounts
    up = np.ceil(np.asarray(amounts) * (1 - 1e-12) - TINY)
    return np.maximum(up, 0.0)


def for_persons(persons: float, standards: Standards, **of_whom: float) -> pd.DataFrame:
    """The needs of so many displaced people: a row a need, with sector, unit, amount and meaning.

    All of them count in every group, unless ``of_whom`` says otherwise: ``on_sites=125_000``. Needs of people who
    are not told apart by shelter (everybody present, beyond care, in frost) are left out unless they are given.
    """
    groups = dict.fromkeys(BY_RUNG, float(persons)) | of_whom
    rows = [
        {
            "need": need.name,
            "sector": need.sector,
            "unit": need.unit,
            "amount": float(amount(need, groups[need.whom], standards)),
            "for_whom": WHOM[need.whom],
            "meaning": need.meaning,
        }
        for need in NEEDS.values()
        if need.whom in groups
    ]
    return pd.DataFrame(rows).set_index("need")


def standards_of(need: Need, standards: Standards) -> list[str]:
    """Names of the standards that a need rests on."""
    asked = _Asked(standards)
    need.per_person(asked)
    return list(dict.fromkeys(asked.names))


class _Asked(dict[str, float]):
    """Standards that remember which of them were asked for."""

    def __init__(self, standards: Standards) -> None:
        super().__init__(standards)
        self.names: list[str] = []

    def __getitem__(self, name: str) -> float:
        self.names.append(name)
        return super().__getitem__(name)
