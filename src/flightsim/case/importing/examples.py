"""The example rows of ``flightsim case new`` go when the areas and places they speak of have gone."""

from __future__ import annotations

from collections.abc import Mapping

from flightsim.case.columns import KEYS
from flightsim.case.importing.report import Report, Row
from flightsim.events import ALL

SOURCE = "invented"  # what the template says in every row
# Which columns name what stands in which tables, in the order in which rows have to go.
SPEAKS_OF: dict[str, dict[str, tuple[str, ...]]] = {
    "places.csv": {"area_id": ("areas.csv",)},
    "crossings.csv": {"place_id": ("places.csv",)},
    "facilities.csv": {"place_id": ("places.csv",)},
    "roads.csv": dict.fromkeys(("u", "v"), ("places.csv", "crossings.csv")),
    "shelter.csv": {"place_id": ("places.csv",)},
    "sites.csv": {"place_id": ("places.csv",)},
    "events.csv": {"target": ("areas.csv", "places.csv", "crossings.csv", "facilities.csv", "roads.csv")},
    "observations.csv": {"area_id": ("areas.csv",)},
}


def without_examples(tables: Mapping[str, list[Row]], report: Report) -> dict[str, list[Row]]:
    """The tables from which rows have to go, without them. ``tables``: all of the case, as they will be."""
    now = dict(tables)
    changed: dict[str, list[Row]] = {}
    for file, columns in SPEAKS_OF.items():
        there = {
            column: {ALL, *(row.get(KEYS[other]) for other in others for row in now.get(other, []))}
            for column, others in columns.items()
        }
        kept = []
        for row in now.get(file, []):
            if row.get("source") == SOURCE and any(
                row.get(column) not in ids for column, ids in there.items()
            ):
                reason = "an example row whose area, place or target is gone"
                report.drop(file, row.get(KEYS.get(file, ""), ""), row.get("name_en"), reason)
            else:
                kept.append(row)
        if len(kept) < len(now.get(file, [])):
            now[file] = changed[file] = kept
    return changed


def left_over(tables: Mapping[str, list[Row]]) -> str:
    """How many example rows are still in which tables; blank if none."""
    counts = {file: sum(row.get("source") == SOURCE for row in rows) for file, rows in tables.items()}
    return ", ".join(f"{file} {n:,}" for file, n in counts.items() if n)
