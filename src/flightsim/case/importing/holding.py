"""Who holds each place at the start: by its own row, by a table of areas, or one side for all that are left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from flightsim.case.importing import sheets
from flightsim.case.importing.points import Columns
from flightsim.case.importing.population import upwards
from flightsim.case.importing.report import Asked, Report, Row
from flightsim.case.importing.writing import holders_in
from flightsim.errors import Complaints, InputError, nearest


def sides(
    said: Sequence[str], areas: Sequence[str], columns: Columns, asked: Asked, parents: Mapping[str, str],
    report: Report,
) -> list[str]:  # fmt: skip
    """Who holds each place. ``said``: what its own row says, blank if nothing; ``areas``: the area each lies in."""
    holders = holders_in(asked.case)
    default = asked.options.get("control") or holders.name[holders.lived_in.index(True)]
    if default not in holders.name:
        known = f"{', '.join(holders.name)}{nearest(default, holders.name)}"
        raise InputError(f"--control is {default!r}; expected {known}")
    by_area = _by_area(asked, columns, parents, holders.name, report)
    found = []
    n_default = 0
    for own, area in zip(said, areas, strict=True):
        of_area = next((by_area[each] for each in upwards(area, parents) if each in by_area), "")
        found.append(own or of_area or default)
        n_default += not (own or of_area)
    if n_default:
        report.note(f"{n_default:,} places are held by {default}, as nothing says otherwise")
    return found


def _by_area(
    asked: Asked, columns: Columns, parents: Mapping[str, str], known: Sequence[str], report: Report
) -> dict[str, str]:
    """Who holds each area of a table; InputError if it names a side that the manifest does not."""
    said = asked.options.get("control-by-area")
    if not said:
        return {}
    file = Path(said)
    sheet = sheets.read(file, report)
    control = sheet.needed("control", columns["control"])
    codes = [column for name in columns["area_code"] if (column := sheet.column((name,)))]
    found: dict[str, str] = {}
    complaints = Complaints(at_most=20)
    for line in sheet.lines:
        area = next((line.said[column] for column in codes if line.said[column]), "")
        side = line.said[control]
        if area not in parents:
            report.drop(file, line.row, area, "its P-code is no area of the case")
        elif side not in known:
            expected = f"{', '.join(known)}, of the manifest{nearest(side, known)}"
            complaints.add(f"{file} row {line.row}: {control} is {side!r}; expected {expected}")
        elif found.setdefault(area, side) != side:
            complaints.add(
                f"{file} row {line.row}: {area} is held by {found[area]!r} further up; expected one side"
            )
    complaints.raise_if_any()
    return found


def empty_what_is_not_modelled(rows: Sequence[Row], asked: Asked, report: Report) -> None:
    """Take people out of places of sides on whose ground nobody is modelled."""
    holders = holders_in(asked.case)
    closed = {name for name, lived in zip(holders.name, holders.lived_in, strict=True) if not lived}
    n_persons = 0
    for row in rows:
        if row["control"] in closed:
            n_persons += row["residents_persons"] + row["idps_persons"]
            row["residents_persons"] = row["idps_persons"] = 0
    if n_persons:
        report.note(
            f"{n_persons:,} persons are left out, in places of sides on whose ground nobody is modelled"
        )
