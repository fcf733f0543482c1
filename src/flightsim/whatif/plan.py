"""A plan of an offensive: areas taken one after the other. Hypothetical, and never finer than that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flightsim.clock import as_date
from flightsim.errors import Complaints, no_such_area
from flightsim.world import World

KEYS = ("area", "from", "to")


@dataclass(frozen=True)
class Phase:
    """An area that is taken between two days, both included."""

    area: int  # row of Areas; -1 before a world is known
    begins: date
    ends: date


def phases_of(
    given: Any, known_until: date | None, complaints: Complaints, world: World | None = None
) -> list[Phase]:
    """The phases as a configuration gives them; complaints about those that cannot be."""
    if not isinstance(given, Sequence) or isinstance(given, str):
        complaints.add(f"events.phases is {given!r}; expected a list of {{area, from, to}}")
        return []
    phases: list[Phase] = []
    for n, phase in enumerate(given, start=1):
        where = f"events.phases, number {n}"
        if not isinstance(phase, Mapping) or set(phase) != set(KEYS):
            complaints.add(f"{where} is {phase!r}; expected {{area: NAME, from: DATE, to: DATE}}")
            continue
        begins, ends = as_date(phase["from"]), as_date(phase["to"])
        for key, when in (("from", begins), ("to", ends)):
            if when is None:
                complaints.add(f"{where}: {key} is {phase[key]!r}; expected a date such as 2019-12-23")
        row = -1 if world is None else world.areas.row_of(str(phase["area"]))
        if world is not None and row is None:
            areas, noun = world.areas, world.areas.noun
            there = no_such_area(str(phase["area"]), areas.name, areas.area_id, noun.one, noun.many)
            cure = "" if isinstance(phase["area"], str) else "; put quotes around a P-code of digits"
            complaints.add(f"{where}: {there}{cure}; a plan takes whole {noun.many}")
        if begins is not None and ends is not None and row is not None:
            phases.append(Phase(row, begins, ends))
            _check_dates(where, phases, known_until, complaints)
    return phases


def _check_dates(where: str, phases: list[Phase], known_until: date | None, complaints: Complaints) -> None:
    """Of the last phase: it ends after it begins, follows the one before, and is not known already."""
    last = phases[-1]
    if last.ends < last.begins:
        complaints.add(f"{where}: to is {last.ends}, before from, {last.begins}")
    if len(phases) > 1 and last.begins < phases[-2].begins:
        complaints.add(
            f"{where}: from is {last.begins}, before that of the phase before, {phases[-2].begins}"
        )
    if known_until is not None and last.begins < known_until:
        complaints.add(f"{where}: from is {last.begins}; expected {known_until} (known_until) or later")
