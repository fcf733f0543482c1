"""Typed tables from CSV files: each cell is read as what its column promises, or complained about."""

from __future__ import annotations

import csv
import io
import math
import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from flightsim.case import text_files
from flightsim.case.text_files import MAX_FILE_BYTES
from flightsim.errors import Complaints, nearest
from flightsim.world import Floats

REQUIRED = object()
YEARS = (1900, 2199)  # assumption: no case speaks of others; 9999-12-31 stands for never
CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")


SEPARATORS = re.compile(r"[;\t|]")
STRAY = re.compile(
    "[\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
)  # invisible, and no part of any name


class Unexpected(ValueError):
    """A cell that cannot be read as its column says; the text is what was expected of it.

    ``meant``: what it says all the same, so that nothing that follows from it is complained of.
    """

    def __init__(self, expected: str, meant: Any = None) -> None:
        super().__init__(expected)
        self.meant = meant


@dataclass(frozen=True)
class Column:
    """What a column holds: how to read a cell, what was expected of it, and what a blank cell means."""

    read: Callable[[str], Any]  # of a cell that is not blank; any ValueError if it is not as expected
    expected: str
    blank: Any = REQUIRED
    optional: bool = False  # the whole column may be missing
    meaning: str = ""  # for who fills it in, units included
    was: str = ""  # what the column was called before; still read

    def means(self, sentence: str) -> Column:
        """The same column, with what it says for who fills it in."""
        return replace(self, meaning=sentence)

    def value(self, cell: str) -> Any:
        """The value of a cell; Unexpected if it has none."""
        if not cell and self.blank is not REQUIRED:
            return self.blank
        try:
            if cell:
                return self.read(cell)
        except Unexpected:
            raise
        except (ValueError, OverflowError):
            pass
        raise Unexpected(self.expected)


@dataclass(frozen=True)
class Table:
    """A read table. ``values[column][i]`` comes from row ``rows[i]`` of the file (the header is row 1).

    A value that could not be read is None; the trouble has been complained about.
    """

    file: str
    rows: list[int]
    values: dict[str, list[Any]]
    readable: bool = True  # False: its columns could not be told apart, it says nothing

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, column: str) -> list[Any]:
        return self.values[column]

    def numbers(self, column: str) -> Floats:
        """(n,) the column as floats; a blank that is allowed is NaN."""
        return np.array([math.nan if v is None else v for v in self.values[column]], dtype=float)

    def index(self, key: str) -> dict[str, int]:
        """Position of each value of ``key``."""
        return {value: i for i, value in enumerate(self.values[key]) if value is not None}

    def sorted_by(self, *keys: str) -> Table:
        """The same rows in the order of ``keys``, so that the order of rows in the file means nothing."""
        told = list(zip(*([str(value) for value in self.values[k]] for k in keys), strict=True))
        order = sorted(range(len(self)), key=told.__getitem__)
        values = {column: [v[i] for i in order] for column, v in self.values.items()}
        return Table(self.file, [self.rows[i] for i in order], values)


def text(blank: Any = REQUIRED) -> Column:
    """Any text without control characters; strays of a copy that nobody sees are taken out."""

    def read(cell: str) -> str:
        if CONTROL.search(cell):
            raise ValueError
        return " ".join(STRAY.sub("", cell).split("\xa0"))

    return Column(read, "some text on one line", blank)


def identifier(blank: Any = REQUIRED, besides: Collection[str] = ()) -> Column:
    """A P-code or the like: no spaces, nothing invisible. Names ``besides`` are taken whatever is in them."""

    def read(cell: str) -> str:
        if cell in besides or re.fullmatch(r"[\w.:/-]{1,100}", cell):
            return cell
        unseen = {letter for letter in cell if unicodedata.category(letter) in ("Cf", "Zs") and letter != " "}
        if not unseen:
            raise ValueError
        names = either(
            f"U+{ord(each):04X} ({unicodedata.name(each, 'unnamed').lower()})" for each in sorted(unseen)
        )
        raise Unexpected(
            f"it without {names}, which nobody sees", "".join(each for each in cell if each not in unseen)
        )

    return Column(read, "an id of letters, digits, dots, dashes", blank)


NOTE = Column(
    text("").read,
    "some text on one line",
    "",
    optional=True,
    meaning="anything else; never read by the model",
)


def choice(options: Iterable[str], blank: Any = REQUIRED, said: str = "") -> Column:
    """One of a few words; ``said`` is how a message puts what there is, if there are many."""
    known = tuple(options)
    expected = said or either(known)

    def read(cell: str) -> str:
        if cell not in known:
            raise Unexpected(expected + nearest(cell, known))
        return cell

    return Column(read, expected, blank)


def number(
    *,
    at_least: float | None = None,
    above: float | None = None,
    at_most: float = math.inf,
    whole: bool = False,
    blank: Any = REQUIRED,
) -> Column:
    """A finite number within bounds."""
    floor = above if above is not None else at_least
    kind = "a whole number" if whole else "a number"
    low = "" if floor is None else f"more than {floor:,g}" if above is not None else f"{floor:,g} or more"
    high = "" if at_most == math.inf else f"at most {at_most:,.10g}"
    expected = ", ".join(part for part in (kind, low, high) if part)

    def read(cell: str) -> float:
        value = float(cell)
        if not math.isfinite(value) or "_" in cell or (whole and value != int(value)):
            raise Unexpected(expected)
        if floor is not None and (value < floor or value == above):
            raise Unexpected(low)
        if value > at_most:
            raise Unexpected(high)
        return value

    return Column(read, expected, blank)


def day(blank: Any = REQUIRED) -> Column:
    """A date written as 2019-12-31."""
    expected = "a date written as 2019-12-31"

    def read(cell: str) -> date:
        if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", cell):
            raise Unexpected(expected)
        try:
            found = date.fromisoformat(cell)
        except ValueError:
            raise Unexpected("a day that there is") from None
        if not YEARS[0] <= found.year <= YEARS[1]:
            raise Unexpected(f"a year from {YEARS[0]} to {YEARS[1]}")
        return found

    return Column(read, expected, blank)


def either(options: Iterable[object]) -> str:
    """``a, b or c``"""
    words = [str(option) for option in options]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


def show(cell: object) -> str:
    """A value as it stands in a message: numbers and dates bare, words quoted, long ones cut."""
    shown = str(cell)
    if not shown.strip():
        return "blank"
    if re.fullmatch(r"[-+]?[.0-9][-+0-9.:eE]{0,30}", shown):
        return shown
    return repr(shown if len(shown) <= 40 else shown[:37] + "...")


def read_bytes(path: Path, complaints: Complaints) -> bytes | None:
    """The file's content; None, with a complaint, if it is no file, unreadable, empty or too large."""
    try:
        return text_files.content(path, MAX_FILE_BYTES, blank=False)
    except text_files.Unreadable as problem:
        complaints.add(f"{path.name} {problem.why}")
    return None


def decode(file: str, raw: bytes, complaints: Complaints) -> str | None:
    """The text of a file in UTF-8, with or without a byte order mark; None, with a complaint, otherwise."""
    try:
        return text_files.decoded(raw)
    except text_files.Unreadable as problem:
        complaints.add(f"{file} {problem.why}")
    return None


def parse(file: str, content: str, columns: Mapping[str, Column], complaints: Complaints) -> Table:
    """Read a CSV text. ``columns`` must all be in the header, unless optional, and nothing else."""
    reader = csv.reader(io.StringIO(content, newline=""), strict=True)
    rows: list[int] = []
    values: dict[str, list[Any]] = {name: [] for name in columns}
    row = 0
    try:
        first = next(reader, [])
        if why := _not_by_commas(first, columns):
            complaints.add(f"{file}{why}")
            return Table(file, rows, values, readable=False)
        header = _header(file, first, columns, complaints)
        row = 1
        plan = [
            (name, column, header.index(name) if name in header else -1, dict[str, Any]())
            for name, column in columns.items()
        ]
        for row, cells in enumerate(reader, start=2):
            cells = [cell.strip() for cell in cells]
            if not any(cells):
                continue
            if len(cells) < len(header) or any(cells[len(header) :]):
                complaints.add(f"{file} row {row} has {len(cells)} cells; expected {len(header)}")
                cells += [""] * (len(header) - len(cells))
            rows.append(row)
            for name, column, at, read in plan:
                cell = cells[at]
                try:
                    if at < 0:
                        value = column.blank if column.optional else None
                    elif cell in read:  # most cells are like one above
                        value = read[cell]
                    else:
                        value = read[cell] = column.value(cell)
                except Unexpected as trouble:
                    complaints.add(f"{file} row {row}: {name} is {show(cell)}; expected {trouble}")
                    value = trouble.meant
                values[name].append(value)
    except csv.Error as error:
        complaints.add(f"{file} row {row + 1} cannot be read as CSV: {error}")
    return Table(file, rows, values)


def _not_by_commas(first: list[str], columns: Mapping[str, Column]) -> str:
    """Why the first line is no header at all; blank if it may be one."""
    said = [cell.strip() for cell in first if cell.strip()]
    if said and said[0].lower().startswith("sep="):
        return f" row 1 is {show(','.join(said))}, which only a spreadsheet reads; take that line out"
    if len(said) == 1 and len(columns) > 1 and SEPARATORS.search(said[0]):
        return ": columns are not separated by commas; save it as CSV with commas"
    return ""


def _header(file: str, cells: list[str], columns: Mapping[str, Column], complaints: Complaints) -> list[str]:
    """The names of the columns, complained about if missing, unknown or there twice."""
    now = {column.was: name for name, column in columns.items() if column.was and name not in cells}
    header = [now.get(cell.strip(), cell.strip()) for cell in cells]
    while header and not header[-1]:
        header.pop()
    if not header:
        complaints.add(f"{file} has no header row; expected {', '.join(columns)}")
        return list(columns)
    missing = [name for name, column in columns.items() if name not in header and not column.optional]
    unknown = [name for name in header if name not in columns]
    for name in missing:
        complaints.add(f"{file}: column {name} is missing")
    for name in unknown:
        hint = nearest(name, missing or columns)
        complaints.add(f"{file}: column {show(name)} is unknown; expected {', '.join(columns)}{hint}")
    for name in sorted({name for name in header if header.count(name) > 1}):
        complaints.add(f"{file}: column {show(name)} is there twice")
    return header
