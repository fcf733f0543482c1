"""What a data portal asks for: who, when, how, what is doubtful, under which licence; and a dictionary of columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from flightsim import __version__
from flightsim.export.columns import about
from flightsim.needs.tables import Needs
from flightsim.world import Areas

CAVEATS = (
    "Modelled, not observed. Violence and weather are inputs; nothing here says when or where violence comes.",
    "Counts of people are rounded to 100 in each run before anything is worked out: 0 stands for 0 to 49 people.",
    "Ranges and chances are over runs of the model, given the scenario; what else it gets wrong is not in them.",
    "Medians over runs of parts do not add up to the median of the whole.",
    "Free room for newcomers is an assumption of the case; standards that were not seen at a source are marked.",
    "Acute malnutrition is the share among children seen at clinics, biased up.",
    "Arrivals are movements: who arrives twice counts twice.",
    "Not for targeting, interdiction, closing borders, or decisions about individuals.",
)
METHOD = (
    "Agent-based model of displacement: households respond to shelling, an advancing front and the loss of health "
    "care, and move along roads to where there is safety, kin and room. Needs are people times planning standards "
    "(Sphere, UNHCR and others, see standards.csv). docs/model.md and docs/needs.md of flightsim say more."
)


def record(needs: Needs, resources: Mapping[str, str], boundaries: str | None) -> dict[str, Any]:
    """The record of the dataset, with the keys that HDX (CKAN) uses."""
    study, manifest = needs.study, needs.study.world.manifest
    days = study.first.people.days
    title = manifest.get("title", study.name)
    area = study.world.areas.noun.one
    scenarios = {scene.name: scene.people.runs for scene in study.scenes}
    return {
        "title": f"{title}: modelled displacement and needs by {area}",
        "name": f"flightsim-{manifest.get('name', 'case')}-modelled-displacement-and-needs",
        "notes": f"Modelled, not observed: {', '.join(f'{n} runs of “{name}”' for name, n in scenarios.items())}. "
        f"People displaced, shelter, needs, gaps and dates of breach by {area}.",
        "dataset_source": f"flightsim {__version__}" + (
            "" if set(study.versions) <= {__version__} else f" (runs by {', '.join(study.versions)})"
        ),
        "dataset_date": f"[{days[0]:%Y-%m-%d}T00:00:00 TO {days[-1]:%Y-%m-%d}T23:59:59]",
        "data_update_frequency": "-2",  # as needed
        "reference_data_date": str(manifest.get("data_date", "")),
        "methodology": "Other",
        "methodology_other": METHOD,
        "caveats": "\n".join([*leads(needs), *CAVEATS, *study.notes]),
        "license_id": "other",
        "license_other": _licence(manifest, boundaries),
        "groups": [{"title": str(manifest.get("country", ""))}],
        "subnational": "1",
        "boundaries": boundaries or "computed outlines of the case; not official boundaries",
        "tags": [{"name": name} for name in ("displacement", "internally displaced persons-idp", "forecasting", "hxl")],
        "resources": [
            {"name": name, "format": name.rpartition(".")[2].upper(), "description": meaning}
            for name, meaning in resources.items()
        ],
    }  # fmt: skip


def leads(needs: Needs) -> list[str]:
    """By scenario: until which day reports check it and how it did, and what varied between its runs."""
    told = {scene.name: [*scene.checked, scene.varied] for scene in needs.study.scenes}
    if len(told) == 1:
        return next(iter(told.values()))
    return [f"“{name}”: {' '.join(each)}" for name, each in told.items()]


def dictionary(tables: Mapping[str, pd.DataFrame], areas: Areas) -> pd.DataFrame:
    """A row a column of a table: HXL tag and meaning."""
    rows = [
        {
            "table": table,
            "column": str(column),
            **dict(zip(("hxl", "meaning"), about(str(column), areas), strict=True)),
        }
        for table, frame in tables.items()
        for column in frame
    ]
    return pd.DataFrame(rows)


def read_me(needs: Needs, record: Mapping[str, Any]) -> list[str]:
    """Lines for the first sheet of the workbook, and README.txt."""
    lines: list[str] = [str(record["title"]), str(record["notes"]), ""]
    lines += [
        *leads(needs),
        *CAVEATS,
        *needs.study.notes,
        "",
        f"Period: {record['dataset_date']}",
        f"Source: {record['dataset_source']}",
    ]
    return [*lines, f"Boundaries: {record['boundaries']}", f"Licence: {record['license_other']}"]


def _licence(manifest: Mapping[str, Any], boundaries: str | None) -> str:
    tables = manifest.get("tables") or {}
    thanks = _once(str(about.get("attribution", "")) for about in tables.values())
    outline = str(tables.get("outlines.geojson", {}).get("licence", "see the case"))
    shapes = f"boundaries: that of {boundaries}" if boundaries else f"outlines: {outline}"
    return f"Modelled figures: CC BY 4.0; {shapes}. Rests on data of: {'; '.join(thanks)}."


def _once(texts: Any) -> Sequence[str]:
    return list(dict.fromkeys(part.strip() for text in texts for part in text.split(";") if part.strip()))
