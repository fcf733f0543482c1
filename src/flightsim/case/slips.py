"""Slips of a spreadsheet, seen in the text of the tables: what cannot be seen any more once cells are numbers."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping

from flightsim.case.cells import REQUIRED, Column, show
from flightsim.case.columns import KEYS, OPTIONAL_TABLES, TABLES
from flightsim.case.oddities import count, listed

THOUSANDS = re.compile(r"\d{1,3}(\.\d{3})+")
OF_PERSONS = {"low", "best", "high", "total", "persons"}  # of optional tables, besides what ends in _persons
TOTALS = {
    "total",
    "totals",
    "grand total",
    "sum",
    "subtotal",
    "gesamt",
    "somme",
    "المجموع",
    "الإجمالي",
    "مجموع",
}
Cell = tuple[str, int, str, str]  # file, row, column, what stands there


def slips(contents: Mapping[str, str | None]) -> list[str]:
    """A sentence for each kind of slip in the tables of a case, given by file name: how many, and where."""
    cells = [
        cell
        for file, columns in (TABLES | OPTIONAL_TABLES).items()
        for cell in _cells(file, contents.get(file) or "", columns)
    ]
    kinds: tuple[tuple[Callable[[Cell], str], str], ...] = (
        (
            _thousands,
            "of persons written with a point and three digits; if thousands are meant, leave out the point",
        ),
        (_total, "as in a row of totals; leave the row out, or everybody is counted twice"),
    )
    found = [note for said, text in kinds if (note := _note(cells, said, text))]
    return [*found, *_merged(contents)]


def _cells(file: str, content: str, columns: Mapping[str, Column]) -> Iterator[Cell]:
    """The cells of known columns that are not blank; none where the text is no CSV."""
    for row, cells in _rows(content):
        for column, cell in cells.items():
            if column in columns and cell:
                yield file, row, column, cell


def _rows(content: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Number of each row that is not blank, and its cells by column; what is no CSV ends them."""
    reader = csv.reader(io.StringIO(content, newline=""))
    try:
        header = [name.strip() for name in next(reader, [])]
        for row, cells in enumerate(reader, start=2):
            if any(cell.strip() for cell in cells):
                yield row, dict(zip(header, cells, strict=False))
    except csv.Error:
        return


def _thousands(cell: Cell) -> str:
    file, _, column, text = cell
    of_persons = column.endswith("_persons") or (file in OPTIONAL_TABLES and column in OF_PERSONS)
    return f" is {text}" if of_persons and THOUSANDS.fullmatch(text.strip()) else ""


def _total(cell: Cell) -> str:
    file, _, column, text = cell
    named = column in (KEYS.get(file), "name_en", "place_id", "area_id")
    return f" is {show(text.strip())}" if named and text.strip(" :").lower() in TOTALS else ""


def _merged(contents: Mapping[str, str | None]) -> list[str]:
    """Columns that must be filled and are blank below a filled cell, as merged cells are when they are saved."""
    found = []
    for file, columns in TABLES.items():
        needed = [name for name, column in columns.items() if column.blank is REQUIRED]
        blank: dict[str, list[int]] = {}
        filled: set[str] = set()
        for row, cells in _rows(contents.get(file) or ""):
            for name in needed:
                if cells.get(name, "-").strip():
                    filled.add(name)
                elif name in filled:
                    blank.setdefault(name, []).append(row)
        found += [
            f"{file}: {name} is blank below a filled cell in rows {listed(map(str, rows))}; if its cells were merged,"
            " undo that and fill each row"
            for name, rows in blank.items()
        ]
    return found


def _note(cells: Iterable[Cell], said: Callable[[Cell], str], text: str) -> str:
    """How many cells a kind of slip is said of, and which; blank if of none."""
    where = [f"{cell[0]} row {cell[1]}, {cell[2]}{more}" for cell in cells if (more := said(cell))]
    if not where:
        return ""
    return f"{count(len(where), 'cell')} {text}: {listed(where)}"
