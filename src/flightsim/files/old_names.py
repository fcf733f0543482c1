"""What the parts were called in version 0.1: configurations and results folders of that time still load."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

OLD_TARGETS = {
    "flightsim.border.Border": "flightsim.model.parts.border.Border",
    "flightsim.border.OpenBorder": "flightsim.model.parts.border.OpenBorder",
    "flightsim.course.Course": "flightsim.whatif.changes.WhatIf",
    "flightsim.decision.Flight": "flightsim.model.parts.behaviour.Flight",
    "flightsim.decision.NoFlight": "flightsim.model.parts.behaviour.NoFlight",
    "flightsim.exodus.NoExodus": "flightsim.model.parts.exodus.NoExodus",
    "flightsim.exodus.Prescribed": "flightsim.model.parts.exodus.Prescribed",
    "flightsim.hazard.Bombardment": "flightsim.model.parts.hazard.Bombardment",
    "flightsim.hazard.NoHazard": "flightsim.model.parts.hazard.NoHazard",
    "flightsim.population.Population": "flightsim.model.parts.population.Population",
    "flightsim.roads.FreeFlow": "flightsim.model.parts.roads.FreeFlow",
    "flightsim.roads.RoadNetwork": "flightsim.model.parts.roads.RoadNetwork",
    "flightsim.services.HealthCare": "flightsim.model.parts.services.HealthCare",
    "flightsim.services.NoServices": "flightsim.model.parts.services.NoServices",
    "flightsim.shelter.ShelterLadder": "flightsim.model.parts.shelter.ShelterLadder",
    "flightsim.shelter.UnlimitedShelter": "flightsim.model.parts.shelter.UnlimitedShelter",
    "flightsim.transport.FreeTransport": "flightsim.model.parts.transport.FreeTransport",
    "flightsim.transport.Transport": "flightsim.model.parts.transport.Transport",
}

# What stands in a configuration of before version 0.2 for what there was none of then: null versions.
LATER_PARTS = {"discrepancy": "flightsim.model.parts.discrepancy.NoDiscrepancy"}
LATER_PARAMETERS: dict[str, dict[str, float]] = {
    "flightsim.model.parts.hazard.Bombardment": {
        "front_reach_km": 200.0, "felt_a_day_strikes": 1000.0, "town_exponent": 0.0,
    },
    "flightsim.model.parts.shelter.ShelterLadder": {"makeshift_per_day": 0.0},
}  # fmt: skip


def renewed(section: Any) -> Any:
    """A part's section of a configuration with its ``_target_`` by today's name; anything else as it is."""
    if isinstance(section, Mapping) and isinstance(target := section.get("_target_"), str):
        return {**section, "_target_": OLD_TARGETS.get(target, target)}
    return section


def renewed_parts(config: Mapping[str, Any]) -> dict[str, Any]:
    """A whole configuration, every part by today's name; what there was none of yet is at its null version."""
    parts = {key: renewed(section) for key, section in config.items()}
    if all(group in config for group in LATER_PARTS):
        return parts
    for key, section in parts.items():
        if isinstance(section, Mapping):
            parts[key] = {**LATER_PARAMETERS.get(str(section.get("_target_")), {}), **section}
    return {group: {"_target_": target} for group, target in LATER_PARTS.items()} | parts
