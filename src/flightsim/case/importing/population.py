"""People by area, spread over the places of each area to the person."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from flightsim.case.importing import sheets
from flightsim.case.importing.points import Columns
from flightsim.case.importing.report import Report
from flightsim.errors import InputError
from flightsim.world import Ints

TYPICAL_PERSONS = {  # assumption: what a place of each class of OSM has, where nobody says it
    "city": 100_000,
    "town": 15_000,
    "village": 1_500,
    "hamlet": 200,
    "suburb": 5_000,
    "isolated_dwelling": 10,
}
UNKNOWN_CLASS = "village"
COLUMNS: dict[str, tuple[str, ...]] = {
    "area_code": (
        "area_id", "ADM4_PCODE", "admin4Pcode", "ADM3_PCODE", "admin3Pcode", "ADM2_PCODE", "admin2Pcode",
        "ADM1_PCODE", "admin1Pcode", "pcode", "admin2_code", "admin1_code", "#adm4+code", "#adm3+code", "#adm2+code",
        "#adm1+code",
    ),
    "area_population": ("population", "T_TL", "total_population", "pop_total", "population_total", "total", "pop",
        "#population+total", "#population-f-m"),
    "area_idps": ("idps", "idps_persons", "idp_individuals", "idps_ind", "number_idps", "numPresentIdpInd",
        "#affected+idps", "#population+idps"),
}  # fmt: skip
Totals = dict[str, dict[str, float]]  # by area: residents and idps


def totals(file: Path, columns: Columns, known: Mapping[str, str], report: Report) -> Totals:
    """Residents and displaced people by area. Rows of one area are added up; rows of no area of the case dropped.

    ``known``: the area above each area of the case.
    """
    sheet = sheets.read(file, report)
    ours = {"residents": "area_population", "idps": "area_idps"}
    used = {key: sheet.column(columns[name]) for key, name in ours.items()}
    if not any(used.values()):
        sheet.needed("area_population", columns["area_population"])  # which says what to do
    numbers = {key: sheet.numbers(column, report, whole=True) for key, column in used.items() if column}
    code_columns = [column for name in columns["area_code"] if (column := sheet.column((name,)))]
    found: Totals = {}
    n_rows: dict[str, int] = {}
    n_upwards = 0
    for i, line in enumerate(sheet.lines):
        codes = [line.said[column] for column in code_columns if line.said[column]]
        area = next((code for code in codes if code in known), "")
        n_upwards += bool(area) and area != codes[0]
        people = {key: column[i] for key, column in numbers.items()}
        if not area:
            reason = "its P-code is no area of the case" if codes else "it has no P-code"
            report.drop(file, line.row, codes[0] if codes else "", reason)
        elif any(persons is None or persons < 0 for persons in people.values()):
            report.drop(file, line.row, area, "its number of people is no number of 0 or more")
        else:
            here = found.setdefault(area, {"residents": 0.0, "idps": 0.0})
            for key, persons in people.items():
                here[key] += persons if persons and math.isfinite(persons) else 0.0
            n_rows[area] = n_rows.get(area, 0) + 1
    if n_upwards:
        report.note(
            f"{file.name}: {n_upwards:,} rows have a finest P-code that is no area of the case: taken one level up"
        )
    several = sum(n > 1 for n in n_rows.values())
    if several:
        report.note(
            f"{file.name}: {several:,} areas have several rows, which are added up; is none of them a total?"
        )
    if not found:
        such = ", ".join([area for area, above in known.items() if above][:3])
        said = f"{file} speaks of no area of the case; expected P-codes such as {such}, or say --map area_code=THEIRS"
        raise InputError([said, *report.by_reason()])
    return found


def spread(total: float, weights: Sequence[float]) -> Ints:
    """(n,) whole persons in proportion to the weights, ``total`` in all, by largest remainders."""
    persons = round(total)
    share = np.asarray(weights, dtype=float)
    share = np.full(len(share), 1 / len(share)) if share.sum() <= 0 else share / share.sum()
    exact = persons * share
    whole = np.floor(exact).astype(np.int64)
    order = np.argsort(-(exact - whole), kind="stable")
    whole[order[: persons - int(whole.sum())]] += 1
    found: Ints = whole
    return found


def shared_out(
    found: Totals, parents: Mapping[str, str], areas: Sequence[str], weights: Sequence[float], report: Report
) -> dict[str, Ints]:
    """Residents and idps of each place, by the total of the finest area around it that has one.

    An area whose people are counted in finer areas, too, has only what those do not count. What cannot be spread,
    since no place lies there, is dropped and said.
    """
    people = {key: np.zeros(len(areas), dtype=np.int64) for key in ("residents", "idps")}
    members: dict[str, list[int]] = {}
    for i, area in enumerate(areas):
        around = next((each for each in upwards(area, parents) if each in found), None)
        if around:
            members.setdefault(around, []).append(i)
    for area, here in found.items():
        rows = members.get(area, [])
        finer = [each for each in found if each != area and area in upwards(each, parents)]
        for key, persons in here.items():
            left = persons - sum(
                found[each][key] for each in finer if _next_counted(each, parents, found) == area
            )
            if rows and left > 0:
                people[key][rows] = spread(left, [weights[i] for i in rows])
            elif left >= 0.5:
                reason = "people of an area in which no place lies"
                report.drop("population", area, area, reason, f"{left:,.0f} {key}")
            elif left <= -0.5:
                report.note(f"{area} has {-left:,.0f} {key} fewer than the areas in it: those are kept")
    return people


def _next_counted(area: str, parents: Mapping[str, str], found: Totals) -> str | None:
    return next((each for each in upwards(area, parents)[1:] if each in found), None)


def upwards(area: str, parents: Mapping[str, str]) -> list[str]:
    """An area and those above it."""
    chain = [area]
    while (above := parents.get(chain[-1], "")) and above not in chain:
        chain.append(above)
    return chain
