"""Numbers and dates as people write them: a column is read as a whole, since one cell alone may mean two things."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from datetime import date, timedelta

from flightsim.errors import InputError

Cells = Sequence[tuple[int, str]]  # row of the file, and what stands there
BLANKS = ("", "-", "–", "—", "..", "...", "n/a", "na", "nan", "null", "none", "#n/a", "nil")
SPACES = re.compile("[\\s\u00a0\u202f\u2009'’٬]")  # between thousands; the last one is the Arabic mark
NUMBER = re.compile(r"[+-]?\d*(?:[.,]\d+)*[.,]?(?:[eE][+-]?\d+)?")
GROUPED = re.compile(r"[+-]?[1-9]\d{0,2}(?:([.,])\d{3})(?:\1\d{3})*")  # 1,234 or 1.234.567: thousands, maybe
ORDERS = ("dmy", "mdy")
EXCEL_DAY_0 = date(1899, 12, 30)  # day 1 is 1 January 1900, and Excel counts a 29 February that there was not
EXCEL_DAYS = (20_000, 80_000)  # 1954 to 2119
MONTHS = {
    "jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "oct": 10, "nov": 11,
    "dec": 12,
    "fév": 2, "fev": 2, "avr": 4, "mai": 5, "juin": 6, "juil": 7, "aoû": 8, "aou": 8, "déc": 12,
}  # fmt: skip
MONTH_NAMES = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "sept", "october",
    "november", "december", "janvier", "janv", "février", "fevrier", "févr", "mars", "avril", "juillet", "août", "aout",
    "septembre", "octobre", "novembre", "décembre", "decembre", *MONTHS,
)  # fmt: skip
ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ].*)?|(\d{4})(\d{2})(\d{2})")
OF_THREE = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4}|\d{2})(?:[T ,].*)?")
DAY_FIRST = re.compile(r"(\d{1,2})[-/. ]*([^\W\d_]+)\.?[-/., ]*(\d{4}|\d{2})(?:[T ].*)?")
MONTH_FIRST = re.compile(r"([^\W\d_]+)\.? +(\d{1,2})(?:st|nd|rd|th)?,? +(\d{4})(?:[T ].*)?")


def is_blank(cell: str) -> bool:
    """Whether a cell says that nothing is known."""
    return cell.strip().lower() in BLANKS


def numbers(where: str, cells: Cells, whole: bool = False, degrees: bool = False) -> list[float | None]:
    """The numbers of a column: NaN for a blank, None for what is no number.

    Whether a comma or a point parts thousands is decided by the cells that leave no doubt. Where none does,
    ``1,234`` is a thousand and more, and ``1.234`` too if the column counts (``whole``).
    Degrees have no thousands. InputError, which names the column by ``where``, if two cells contradict each other.
    """
    plain = [(row, "" if is_blank(cell) else SPACES.sub("", cell).replace("٫", ",")) for row, cell in cells]
    decimal = _decimal_mark(where, plain, whole, degrees)
    thousands = "." if decimal == "," else ","
    return [_number(cell, decimal, thousands) for _, cell in plain]


def _number(cell: str, decimal: str, thousands: str) -> float | None:
    if not cell:
        return math.nan
    whole, _, rest = cell.partition(decimal)
    parts = whole.lstrip("+-").split(thousands)
    grouped = len(parts) == 1 or (len(parts[-1]) == 3 and all(len(part) in (2, 3) for part in parts[1:]))
    if (
        not NUMBER.fullmatch(cell) or not grouped or thousands in rest
    ):  # 1,2,3 is none; 1,23,456 is one, in India
        return None
    try:
        value = float(f"{whole.replace(thousands, '')}.{rest}" if rest else whole.replace(thousands, ""))
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def doubtful_thousands(cells: Cells) -> str:
    """The first cell such as ``5.000`` that may be five or five thousand; blank if there is none."""
    return next(
        (cell for _, cell in cells if GROUPED.fullmatch(SPACES.sub("", cell)) and cell.count(".") == 1), ""
    )


def _decimal_mark(where: str, cells: Cells, whole: bool, degrees: bool) -> str:
    first: dict[str, tuple[int, str]] = {}
    grouped: set[str] = set()
    for row, cell in cells:
        marks = re.findall("[.,]", cell)
        if not marks or not NUMBER.fullmatch(cell):
            continue
        if GROUPED.fullmatch(cell) and not degrees:
            grouped.add(marks[0])
            if len(marks) > 1:
                first.setdefault("," if marks[0] == "." else ".", (row, cell))
        elif marks.count(marks[-1]) == 1:
            first.setdefault(marks[-1], (row, cell))
    if len(first) == 2:
        told = " and ".join(f"row {row}: {cell!r}" for row, cell in sorted(first.values()))
        raise InputError(
            f"{where}: decimals are written with a comma and with a point ({told}); write all of them in one way"
        )
    if first:
        return next(iter(first))
    return "," if whole and grouped == {"."} else "."


def dates(where: str, cells: Cells, order: str = "") -> list[date | None]:
    """The days of a column; None for a blank and for what is no day.

    ISO dates (a time behind is left out), 31/12/2019 and 12/31/2019 told apart by the column as a whole or by ``order``
    (``dmy``, ``mdy``), names of months in English and French, and the day numbers of spreadsheets. InputError, which
    names the column by ``where``, if the order of day and month is open or two cells contradict each other.
    """
    order = order or _order(where, cells)
    return [_day(cell.strip(), order) for _, cell in cells]


def _order(where: str, cells: Cells) -> str:
    """Whether the day or the month comes first in dates of three numbers."""
    first: dict[str, tuple[int, str]] = {}
    open_cell = None
    for row, cell in cells:
        match = OF_THREE.fullmatch(cell.strip())
        if not match:
            continue
        one, other = int(match[1]), int(match[2])
        if one > 12 >= other:
            first.setdefault("dmy", (row, cell))
        elif other > 12 >= one:
            first.setdefault("mdy", (row, cell))
        elif one != other:
            open_cell = open_cell or (row, cell)
    if len(first) == 2:
        told = " and ".join(f"row {row}: {cell!r}" for row, cell in sorted(first.values()))
        raise InputError(f"{where}: day and month change places ({told}); write all dates as 2019-12-31")
    if not first and open_cell:
        row, cell = open_cell
        raise InputError(
            f"{where} row {row}: {cell!r} may be day/month or month/day, and no other row tells; say --dates dmy or mdy"
        )
    return next(iter(first), "dmy")


def _day(cell: str, order: str) -> date | None:
    parts: tuple[int, int, int] | None = None
    if match := ISO.fullmatch(cell):
        parts = tuple(int(part) for part in match.groups() if part is not None)  # type: ignore[assignment]
    elif match := OF_THREE.fullmatch(cell):
        one, other = int(match[1]), int(match[2])
        parts = _year(match[3]), *((other, one) if order == "dmy" else (one, other))
    elif match := DAY_FIRST.fullmatch(cell):
        parts = _year(match[3]), _month(match[2]), int(match[1])
    elif match := MONTH_FIRST.fullmatch(cell):
        parts = _year(match[3]), _month(match[1]), int(match[2])
    elif re.fullmatch(r"\d{5}(\.\d+)?", cell) and EXCEL_DAYS[0] <= float(cell) <= EXCEL_DAYS[1]:
        return EXCEL_DAY_0 + timedelta(days=int(float(cell)))
    try:
        return date(*parts) if parts else None
    except ValueError:
        return None


def _year(text: str) -> int:
    return int(text) if len(text) == 4 else 2000 + int(text)


def _month(name: str) -> int:
    """The number of a month by its name; 0, which no date has, if it is none."""
    lowered = name.lower()
    if lowered not in MONTH_NAMES:
        return 0
    return next(MONTHS[lowered[:n]] for n in (4, 3) if lowered[:n] in MONTHS)
