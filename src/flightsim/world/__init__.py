"""What is: places joined by roads, with shelter, crossings and health care. It does not change in a run.

Shapes used everywhere: P places, A areas (of the finest level, each with a gateway place), E roads, X crossings,
F facilities, N road nodes (the P places first, then the X crossings).
"""

from __future__ import annotations

from flightsim.world.arrays import Bools, Floats, Ints
from flightsim.world.customs import Currency, Noun
from flightsim.world.holders import HOME, SYRIA, Holders
from flightsim.world.tables import (
    AREA,
    BORDER_RULES,
    CAUSES,
    COLLECTIVE,
    FACILITY_KINDS,
    HOST,
    OPEN,
    RENTED,
    RUNGS,
    SITE,
    UNFINISHED,
    Areas,
    Crossings,
    Departures,
    Facilities,
    Places,
    Roads,
    Within,
)
from flightsim.world.whole import EARTH_RADIUS_KM, WIDE_KM, World, over_ground_km, through_earth_km

__all__ = [
    "AREA",
    "BORDER_RULES",
    "CAUSES",
    "COLLECTIVE",
    "EARTH_RADIUS_KM",
    "FACILITY_KINDS",
    "HOME",
    "HOST",
    "OPEN",
    "RENTED",
    "RUNGS",
    "SITE",
    "SYRIA",
    "UNFINISHED",
    "WIDE_KM",
    "Areas",
    "Bools",
    "Crossings",
    "Currency",
    "Departures",
    "Facilities",
    "Floats",
    "Holders",
    "Ints",
    "Noun",
    "Places",
    "Roads",
    "Within",
    "World",
    "over_ground_km",
    "through_earth_km",
]
