"""Counts of others (IOM's DTM, UNHCR, HNAP, any sheet with HXL tags) become observations by day and area."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date

from flightsim.case.importing import counts, ground, sheets
from flightsim.case.importing.ground import Ground
from flightsim.case.importing.report import Asked, Option, Report, Row, Taken
from flightsim.case.importing.sheets import Sheet
from flightsim.case.importing.writing import columns_asked
from flightsim.case.observations import ARRIVALS, DISPLACED_STOCK, FILE, OF_A_DAY, PEOPLE, PRESENT, SITES
from flightsim.errors import InputError, nearest
from flightsim.events import ALL

MEANING = "people counted by day and area: observations.csv"
FILES = "CSV or Excel: rounds of IOM's DTM, UNHCR's and HNAP's tables, any sheet with HXL tags"
MEASURES: dict[str, tuple[str, ...]] = {
    DISPLACED_STOCK: (
        "displaced_stock", "numPresentIdpInd", "idp_individuals", "IDPs Individuals", "idps_ind", "number_idps", "IDPs",
        "#affected+idps-hh-f-m-arrivals", "#affected+displaced-hh-f-m-arrivals",
    ),
    ARRIVALS: ("arrivals_cumulative", "arrivals", "new_arrivals", "idp_arrivals", "#affected+arrivals-hh-f-m"),
    PRESENT: ("present_stock", "total_present", "population_present", "#affected+present-hh-f-m"),
    SITES: ("sites_stock", "individuals_in_sites", "in_sites", "#affected+sites-hh-f-m"),
}  # fmt: skip
COLUMNS: dict[str, tuple[str, ...]] = {
    "date": (
        "date", "reportingDate", "reporting_date", "report_date", "survey_date", "data_date", "#date-start",
    ),
    "since": ("since", "date_start", "start_date", "#date+start"),
    "round": ("roundNumber", "round", "dtm_round"),
    **MEASURES,
    "idp_households": ("numPresentIdpHH", "idp_households", "IDPs Households", "idps_hh", "#affected+idps+hh"),
    "persons": ("persons", "individuals", "people", "population", "value", "#affected-hh-f-m", "#population-hh-f-m"),
    "households": ("households", "hh", "families", "#affected+hh", "#population+hh"),
    **ground.COLUMNS,
}  # fmt: skip
OPTIONS = (
    Option("measure", f"what the column of persons counts: {', '.join(MEASURES)}", "NAME"),
    Option("date", "the day of a file that has no dates", "DATE"),
    Option("since", "the first day counted, where the file does not say it", "DATE"),
    Option("area", "the area of a file that names none, or ALL", "AREA"),
    counts.HOUSEHOLD_SIZE,
    counts.DATES,
)
Key = tuple[str, str, str, str]  # date, since (may be blank), measure, area


def take(asked: Asked, report: Report) -> Taken:
    """A row for each day, measure and area, rows of one area added up."""
    columns = columns_asked(COLUMNS, asked)
    land = ground.read(asked.case, with_places=False)
    summed: Counter[Key] = Counter()
    n_rows: Counter[Key] = Counter()
    for file in asked.files:
        sheet = sheets.read(file, report)
        for key, persons in _of_sheet(sheet, columns, land, asked, report):
            summed[key] += persons  # type: ignore[assignment]  # a Counter adds floats as well
            n_rows[key] += 1
    rows: list[Row] = []
    for key, persons in sorted(summed.items()):
        until, since, measure, area = key
        rows.append({
            "date": until, "since": since, "measure": measure, "unit": PEOPLE, "area_id": area,
            "best": float(persons), "source": asked.source,
            "note": f"the sum of {n_rows[key]:,} rows" if n_rows[key] > 1 else "",
        })  # fmt: skip
    _say(rows, n_rows, report)
    return Taken({FILE: rows})


def _of_sheet(
    sheet: Sheet, columns: Mapping[str, Sequence[str]], land: Ground, asked: Asked, report: Report
) -> list[tuple[Key, float]]:
    """Persons by what they are to be added to. Rows that do not say when, where or how many are dropped.

    Of an area of which one row cannot be read, none is taken: its sum would be too small.
    """
    untils, sinces = _days(sheet, columns, asked, report)
    areas = _areas(sheet, columns, land, asked)
    found: list[tuple[Key, float, int]] = []
    broken: set[Key] = set()
    for measure, people in _measured(sheet, columns, asked, report).items():
        for i, line in enumerate(sheet.lines):
            (area, reason), n, until = areas[i], people[i], untils[i]
            since = sinces[i] if measure not in OF_A_DAY else ""
            key = (until, since, measure, area)
            if not until:
                reason = "its date is none"
            elif not reason and isinstance(n, str):
                reason = n
                broken.add(key)
            elif not reason and isinstance(n, float) and math.isnan(n):
                reason = "it counts nobody: its cell is blank"
            if reason:
                report.drop(sheet.file, line.row, area, reason, measure)
            else:
                found.append((key, float(n), line.row))
    for key, _, row in found:
        if key in broken:
            report.drop(
                sheet.file,
                row,
                key[3],
                "another row of its area cannot be read, so that its sum is not known",
                key[2],
            )
    return [(key, n) for key, n, _ in found if key not in broken]


def _days(
    sheet: Sheet, columns: Mapping[str, Sequence[str]], asked: Asked, report: Report
) -> tuple[list[str], list[str]]:
    """The last and the first day counted of each row, blank where there is none.

    All rows of a round of a survey have its last day, as they are one count.
    """
    order, given, given_since = counts.order(asked), counts.day(asked, "date"), counts.day(asked, "since")
    when, since = sheet.column(columns["date"]), sheet.column(columns["since"])
    if not when and not given:
        sheet.needed("date", [*columns["date"][:1], "--date DATE", *columns["date"][1:]])
    untils: list[date | None] = sheet.dates(when, order) if when else [given] * len(sheet.lines)
    round_of = sheet.column(columns["round"])
    if round_of and when:
        last: dict[str, date] = {}
        rounds = [line.said[round_of] for line in sheet.lines]
        for each, until in zip(rounds, untils, strict=True):
            if until:
                last[each] = max(until, last.get(each, until))
        if any(until and until != last[each] for each, until in zip(rounds, untils, strict=True)):
            report.note(f"{sheet.file.name}: the rows of a round are counted on its last day")
        untils = [until and last[each] for each, until in zip(rounds, untils, strict=True)]
    sinces = sheet.dates(since, order) if since else [None] * len(sheet.lines)
    return (
        [until.isoformat() if until else "" for until in untils],
        [day.isoformat() if (day := each or given_since) else "" for each in sinces],
    )


def _areas(
    sheet: Sheet, columns: Mapping[str, Sequence[str]], land: Ground, asked: Asked
) -> list[tuple[str, str]]:
    """The area of each row, or why there is none."""
    given = asked.options.get("area") or ""
    if given and given != ALL and given not in land.level:
        raise InputError(
            f"--area is {given!r}; expected ALL or the P-code of an area{nearest(given, land.level)}"
        )
    if not any(sheet.column(columns[ours]) for ours in ground.COLUMNS):
        if given:
            return [(given, "")] * len(sheet.lines)
        sheet.needed("area_id", [*columns["area_id"], *columns["code_1"][:1], "--area AREA"])
    return [land.find(each) for each in ground.named(sheet, columns)]


def _measured(
    sheet: Sheet, columns: Mapping[str, Sequence[str]], asked: Asked, report: Report
) -> dict[str, list[float | str]]:
    """Persons of each row by measure, for every measure that the sheet has."""
    size = counts.household_size(asked)
    nothing: list[float | None] = [math.nan] * len(sheet.lines)
    households = counts.column(sheet, columns["idp_households"], report)
    found = {}
    for measure in MEASURES:
        if sheet.column(columns[measure]):
            beside = households if measure == DISPLACED_STOCK else nothing
            found[measure] = counts.persons(counts.column(sheet, columns[measure], report), beside, size)
    if DISPLACED_STOCK not in found and sheet.column(columns["idp_households"]):
        found[DISPLACED_STOCK] = counts.persons(nothing, households, size)
    asked_for = asked.options.get("measure")
    if asked_for and asked_for not in MEASURES:
        raise InputError(
            f"--measure is {asked_for!r}; expected {', '.join(MEASURES)}{nearest(asked_for, MEASURES)}"
        )
    if asked_for and asked_for not in found:
        if not sheet.column(columns["households"]):
            sheet.needed("persons", columns["persons"])
        found[asked_for] = counts.persons(
            counts.column(sheet, columns["persons"], report),
            counts.column(sheet, columns["households"], report),
            size,
        )
    if not found:
        wanted = [names[0] for names in MEASURES.values()]
        raise InputError(
            f"{sheet.file} has no column that says what is counted: found {', '.join(sheet.header[:15])}; expected one "
            f"of {', '.join(wanted)}, or say --measure NAME, or --map {wanted[0]}=THEIRS"
        )
    return {asked_for: found[asked_for]} if asked_for else found


def _say(rows: Sequence[Row], n_rows: Counter[Key], report: Report) -> None:
    for measure, n in sorted(Counter(row["measure"] for row in rows).items()):
        days = sorted({row["date"] for row in rows if row["measure"] == measure})
        report.note(f"{measure}: {n:,} counts on {len(days):,} days, {days[0]} to {days[-1]}")
    n_summed = sum(n > 1 for n in n_rows.values())
    if n_summed:
        report.note(f"{n_summed:,} counts are sums of several rows; is none of them a part of another?")
    if any(not row["since"] and row["measure"] not in OF_A_DAY for row in rows):
        report.note(
            "since is blank, as the file does not say from which day people are counted: such rows are kept and shown, "
            "not scored; --since says it"
        )
