"""The manifest of a case that is made of a Flee folder."""

from __future__ import annotations

from datetime import timedelta

from flightsim.case.importing.flee.building import as_id, plain
from flightsim.case.importing.flee.folder import Folder

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
        "holders:  # who holds each place: its country; nobody is driven out by a change of hands",
    ]
    lines += [
        f"  {_quoted(name)}: {{label: {_quoted(plain(name))}, frightens: false, lived_in: true, crossed: true}}"
        for name in countries
    ]
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
