"""What the importers of counts share: persons of a row, out of persons or households, and one day out of text."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date

from flightsim.case.importing import figures
from flightsim.case.importing.report import Asked, Option, Report
from flightsim.case.importing.sheets import Sheet
from flightsim.errors import InputError

HOUSEHOLD_SIZE = Option(
    "household-size", "persons a household, where a row counts households only", "PERSONS"
)
DATES = Option("dates", "dmy or mdy, where dates leave it open", "ORDER")
ONLY_HOUSEHOLDS = "it counts households only: give --household-size"


def order(asked: Asked) -> str:
    """What ``--dates`` says; InputError if it is neither order."""
    said = asked.options.get("dates") or ""
    if said not in ("", *figures.ORDERS):
        raise InputError(f"--dates is {said!r}; expected {' or '.join(figures.ORDERS)}")
    return said


def day(asked: Asked, option: str) -> date | None:
    """The day of an option; None if it is not given, InputError if it is none."""
    said = asked.options.get(option)
    try:
        return date.fromisoformat(said) if said else None
    except ValueError:
        raise InputError(f"--{option} is {said!r}; expected a date written as 2019-12-31") from None


def column(sheet: Sheet, names: Sequence[str], report: Report) -> list[float | None]:
    """A column that counts; NaN everywhere if it is not there."""
    found = sheet.column(names)
    return sheet.numbers(found, report, whole=True) if found else [math.nan] * len(sheet.lines)


def persons(
    counted: Sequence[float | None], households: Sequence[float | None], size: float | None
) -> list[float | str]:
    """Persons of each row, or why it has none; NaN where nothing is said."""
    return [_persons(n, hh, size) for n, hh in zip(counted, households, strict=True)]


def _persons(n: float | None, households: float | None, size: float | None) -> float | str:
    if n is None or n < 0:
        return "its number of people is no number of 0 or more"
    if math.isfinite(n):
        return n
    if households is None or households < 0:
        return "its number of households is no number of 0 or more"
    if math.isnan(households):
        return math.nan
    return ONLY_HOUSEHOLDS if size is None else households * size


def household_size(asked: Asked) -> float | None:
    """What ``--household-size`` says; None if it says nothing."""
    return asked.number("household-size", 1) if asked.options.get("household-size") else None
