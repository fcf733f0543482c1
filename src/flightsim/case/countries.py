"""Countries abroad: what a manifest says of them, and what tables must say of them: one enters at crossings alone."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

from flightsim.case.cells import Table, show
from flightsim.errors import Complaints, nearest
from flightsim.events import ALL
from flightsim.world import Holders

MANIFEST = "manifest.yaml"
KEY = "countries"
EXPECTED = "codes, each with a label"
MEANING = "countries abroad with places to arrive at; may be left out"
CODE = re.compile(r"[\w.-]{1,100}")
AT_HOME = "the country of the case"


def read(key: str, value: Any, complaints: Complaints) -> dict[str, str] | None:
    """The countries abroad in which places lie, by code: how products call each."""
    if not isinstance(value, dict) or not value:
        found = show(value) if isinstance(value, str) else "no set of keys"
        complaints.add(
            f"{MANIFEST}: {key} is {found}; expected countries by code, as {{TCD: {{label: Chad}}}}"
        )
        return None
    labels = {}
    for code, facts in value.items():
        where = f"{MANIFEST}: {key}, {show(code)}"
        if not CODE.fullmatch(code) or code == ALL:
            complaints.add(f"{where}: expected a code of letters, digits, dots, dashes, and not {ALL}")
        if (
            not isinstance(facts, dict)
            or not isinstance(facts.get("label"), str)
            or not facts["label"].strip()
        ):
            complaints.add(f"{where}, label is missing; expected what products call it, as {{label: Chad}}")
            continue
        for fact in facts:
            if fact != "label":
                complaints.add(f"{where}, {show(fact)} is unknown{nearest(fact, ('label',))}")
        labels[code] = " ".join(facts["label"].split())
    return labels


def check_names(manifest: Mapping[str, Any], sides: Collection[str], complaints: Complaints) -> None:
    """A country's code is no side's name."""
    for code in manifest.get(KEY) or {}:
        if code in sides:
            complaints.add(f"{MANIFEST}: {KEY}, {show(code)} is a side's name too; expected another code")


def check(tables: Mapping[str, Table], holders: Holders, complaints: Complaints) -> None:
    """Areas that lie in two countries, roads straight from one to another, gates that do not lead abroad."""
    if "crossings.csv" in tables:
        _check_gates(tables["crossings.csv"], holders, complaints)
    if "places.csv" not in tables:
        return
    places = tables["places.csv"]
    country = {
        place: control if control in holders.codes else AT_HOME
        for place, control in zip(places["place_id"], places["control"], strict=True)
        if place is not None and control is not None
    }
    _check_areas(places, country, complaints)
    if "roads.csv" in tables:
        _check_roads(tables["roads.csv"], country, complaints)


def _check_gates(gates: Table, holders: Holders, complaints: Complaints) -> None:
    for row, name, kind, code in zip(
        gates.rows, gates["crossing_id"], gates["kind"], gates["country"], strict=True
    ):
        if name in holders.codes:
            complaints.add(f"crossings.csv row {row}: crossing_id {show(name)} is the code of a country too")
        if code and kind == "internal":
            complaints.add(f"crossings.csv row {row}: country is {code}; expected blank, as kind is internal")


def _check_areas(places: Table, country: Mapping[str, str], complaints: Complaints) -> None:
    lies_in: dict[str, str] = {}
    for row, place, area in zip(places.rows, places["place_id"], places["area_id"], strict=True):
        if area is None or place not in country:
            continue
        if lies_in.setdefault(area, country[place]) != country[place]:
            complaints.add(
                f"places.csv row {row}: {show(place)} is in {country[place]} by its control, but others of area"
                f" {show(area)} are in {lies_in[area]}; expected all places of an area in one country"
            )


def _check_roads(roads: Table, country: Mapping[str, str], complaints: Complaints) -> None:
    for row, u, v in zip(roads.rows, roads["u"], roads["v"], strict=True):
        if u in country and v in country and country[u] != country[v]:
            complaints.add(
                f"roads.csv row {row}: {show(u)} in {country[u]} is joined to {show(v)} in {country[v]};"
                " expected a crossing of kind border between them"
            )
