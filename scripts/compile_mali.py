"""Compile the case mali_2012 out of Flee's folder of that conflict: facts in tables of our own, each with its source.

    python scripts/compile_mali.py FOLDER [CASE]

FOLDER is FabFlee's mali2012; CASE where the case goes, src/flightsim/cases/mali_2012 if left out. The tables are those
that `flightsim case import flee` makes; the manifest says what they are and whose the figures are.
"""

from __future__ import annotations

import sys
from pathlib import Path

from flightsim.case.importing import writing
from flightsim.case.importing.flee import case as flee_case
from flightsim.case.importing.flee.manifest import TABLES
from flightsim.case.importing.report import Asked, Report
from flightsim.case.manifest import MANIFEST
from flightsim.files.atomic import write_text

CASE = Path(__file__).resolve().parents[1] / "src" / "flightsim" / "cases" / "mali_2012"
SOURCE = "FabFlee, conflict mali2012 (BSD-3-Clause), there from UNHCR's registrations, ACLED and road maps"
TITLES = {
    "areas": "Countries, regions, and a town or camp each",
    "places": "Towns with their people, and camps",
    "roads": "Ways between them, in km",
    "shelter": "Room outside camps, of which nothing is known",
    "sites": "Camps, what they hold and the people in them on 29 February 2012",
    "crossings": "A gate in the middle of each road to another country",
    "facilities": "Health care, of which nothing is known",
    "events": "Conflict by day and town, and closed borders",
    "departures": "Who set out, by day and town",
    "observations": "People counted in each camp",
}
HEAD = """name: mali_2012
title: Northern Mali, 2012
summary: >-
  From January 2012 on people fled the fighting and the coup in the north of Mali for camps in Mauritania, Burkina Faso
  and Niger, where they were counted. Twelve towns with conflict, four on the way, seven camps. Who left on which day is
  known from the counts, and from where is shared out by people and conflict; the model says which camps they chose.
start: 2012-02-29
end: 2012-12-24
data_date: 2012-02-29
country: Mali
border_name: Mauritania, Burkina Faso and Niger
household_size_persons: 5
timezone: Africa/Bamako
levels: {1: country, 2: region, 3: town}
holders:  # who holds each town is not known day by day: the country stands here, and nobody flees from a flag
  Mali: {label: Mali, frightens: false, lived_in: true, crossed: true}
countries:
  Burkina_Faso: {label: Burkina Faso}
  Mauritania: {label: Mauritania}
  Niger: {label: Niger}
"""
TAIL = """measured:
  - people counted in camps, by day of the count
  - conflict by town and day, as ACLED's reports have it
  - distances along roads
inferred:
  - the towns from which people set out on each day, shared out by people and conflict of that day
  - what camps can hold (in FabFlee the most that were ever counted there, so known afterwards)
  - speeds of roads
not_for:
  - finding, targeting or stopping people who flee
  - deciding on anybody's claim to protection
  - closing borders
"""


def manifest() -> str:
    """The manifest of the case."""
    lines = ["tables:"]
    for table in TABLES:
        lines += [
            f"  {table}.csv:",
            f"    title: {TITLES[table]}",
            "    licence: BSD-3-Clause",
            "    attribution: FabFlee contributors; UNHCR; ACLED",
            "    modified_by: compiled by scripts/compile_mali.py",
        ]
    return HEAD + "\n".join(lines) + "\n" + TAIL


def main(folder: Path, case: Path) -> None:
    """Write the case, and say what was left out."""
    report = Report()
    taken = flee_case.take(Asked([folder], case, SOURCE), report)
    texts = writing.contents(case, "flee", taken, report, SOURCE, None, add=False)
    case.mkdir(parents=True, exist_ok=True)
    for file, text in {**texts, MANIFEST: manifest()}.items():
        if file == MANIFEST or file.removesuffix(".csv") in TABLES:
            write_text(case / file, text)
    for line in (*report.notes, *report.by_reason()):
        print(line)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else CASE)
