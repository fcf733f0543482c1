"""The manifest of a case that is made of a Flee folder."""

from __future__ import annotations

from datetime import timedelta

from flightsim.case.importing.flee.building import as_id, code, plain
from flightsim.case.importing.flee.folder import Folder

AT_HOME = "frightens: false, lived_in: true, crossed: true"
TABLES = (
    *("areas", "places", "roads", "shelter", "sites", "crossings", "facilities", "events", "departures"),
    "observations",
)


def text(flee: Folder, source: str, licence: str) -> str:
    """The manifest of the case, as text."""
    countries = sorted({each.country for each in flee.locations})
    abroad = [name for name in countries if name != flee.home]
    end = flee.start + timedelta(days=flee.days - 1)
    fled = f"those who fled from {plain(flee.home)} and were counted in camps"
    lines = [
        f"name: {as_id(flee.name)}",
        f"title: {_quoted(plain(flee.home) + ', as Flee has it')}",
        f"summary: {_quoted(f'Made of the Flee folder {flee.name}: {fled}.')}",
        f"start: {flee.start}",
        f"end: {end}",
        f"data_date: {flee.start}",
        f"country: {_quoted(plain(flee.home))}",
        f"border_name: {_quoted(', '.join(plain(name) for name in abroad) or 'none')}",
        "household_size_persons: 5",
        "timezone: Etc/UTC",
        "levels: {1: country, 2: region, 3: town}",
        "holders:  # who holds places is not in Flee: the country as a whole, and nobody flees from it",
        f"  {_quoted(code(flee.home))}: {{label: {_quoted(plain(flee.home))}, {AT_HOME}}}",
    ]
    if abroad:
        lines.append("countries:")
        lines += [f"  {_quoted(code(name))}: {{label: {_quoted(plain(name))}}}" for name in abroad]
    lines.append("tables:")
    for name in TABLES:
        lines += [
            f"  {name}.csv:",
            f"    title: {_quoted(name.capitalize())}",
            f"    licence: {_quoted(licence)}",
            f"    attribution: {_quoted(source)}",
            "    modified_by: imported by flightsim case import flee",
        ]
    lines += [
        "measured: [distances and people as in the folder]",
        "inferred: [speeds of roads, who left from where on each day]",
        "not_for: [finding, targeting or stopping people who flee, deciding on anybody's claim to protection]",
    ]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
