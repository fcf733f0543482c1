"""What a planner may move on the page: the main levers, each a value of the configuration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flightsim import dotted
from flightsim.world import World

AGENTS = (
    15_000  # rows of a quick run: a few seconds for the Idlib winter; totals within 2 or 3 % (docs/scale.md)
)
STEP_HOURS = 6  # of a quick run
LEAST_SCALE = 0.001


@dataclass(frozen=True)
class Lever:
    """A slider or a list: ``name`` as in the configuration, words for the rest; ``choices``: value and words."""

    name: str
    label: str
    low: float = 0.0
    high: float = 0.0
    step: float = 1.0
    unit: str = ""
    choices: Mapping[str, str] | None = None


LEVERS = (
    Lever("hazard.strength", "Violence, against what happened", 0, 3, 0.25, "×"),
    Lever("hazard.warning_days", "People are warned ahead", 0, 14, 1, "days"),
    Lever(
        "events.ceasefire", "Ceasefire",
        choices={
            "as_it_happened": "as it happened", "holds": "the first one holds", "daily_pause": "a pause a day",
        },
    ),
    Lever(
        "events.hospitals", "Hospitals that close",
        choices={"as_it_happened": "as it happened", "none_closed": "none", "twice_as_many": "twice as many"},
    ),
    Lever(
        "border.policy", "Gates abroad",
        choices={
            "as_it_was": "as it was", "closed": "closed",
            "women_and_children": "open to women and children", "open": "open to all",
        },
    ),
    Lever("transport.fuel", "Fuel there is, against need", 0.1, 1, 0.1, "×"),
    Lever("shelter.site_room", "Free room in camps, against the start's", 0, 4, 0.25, "×"),
    Lever("shelter.tents_per_day", "Tents put up", 0, 2000, 50, "a day"),
)  # fmt: skip
SEED = Lever("seed", "Random seed, the same for both", 1, 20, 1)


def offered(config: Mapping[str, Any]) -> list[Lever]:
    """The levers that this configuration has: a part that is null has none."""
    return [lever for lever in LEVERS if value(config, lever) is not None]


def value(config: Mapping[str, Any], lever: Lever) -> Any:
    """Where a lever stands in a configuration; None if it has no such value."""
    return dotted.get(config, lever.name)


def for_page(config: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The levers as the page draws them, each with where it stands; bounds widen to take that in."""
    rows = []
    for lever in [*offered(config), SEED]:
        own = value(config, lever)
        row = {"name": lever.name, "label": lever.label, "unit": lever.unit, "own": own, "step": lever.step}
        if lever.choices:
            row["choices"] = [[key, words] for key, words in {str(own): str(own), **lever.choices}.items()]
        else:
            row |= {"low": min(lever.low, own), "high": max(lever.high, own), "choices": None}
        rows.append(row)
    return rows


def quick(config: Mapping[str, Any], world: World) -> dict[str, Any]:
    """The same scenario, made to run in seconds: fewer, larger rows and longer steps."""
    population = config["population"]
    households = world.persons / float(population.get("mean_persons", 5.7))
    scale = min(float(population.get("scale", 1.0)), max(AGENTS / max(households, 1.0), LEAST_SCALE), 1.0)
    scale = float(f"{scale:.1g}") if scale < 1 else 1.0
    step = max(int(config["step_hours"]), STEP_HOURS)
    return dotted.changed(config, {"population.scale": scale, "step_hours": step, "figures": False})
