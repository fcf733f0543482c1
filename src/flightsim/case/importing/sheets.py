"""A table as people have it: what stands above, between and below its rows is kept apart, and reported."""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path

from flightsim.case import text_files
from flightsim.case.cells import STRAY
from flightsim.case.importing import encodings, figures
from flightsim.case.importing.figures import Cells
from flightsim.case.importing.report import Report
from flightsim.errors import InputError, nearest

SEPARATORS = (",", ";", "\t", "|")
WORKBOOKS = (".xlsx", ".xlsm")
LOOKED_AT = 50  # rows from which separator, header and tags are found: titles and logos take fewer
TAG = re.compile(r"#[a-z][a-z0-9_]*(?:\s*\+[a-z0-9_]+)*", re.IGNORECASE)
_SUM = r"totals?|totaux|sum|somme|ال?إجمالي|ال?اجمالي|ال?مجموع"
_KIND = r"(?:(?:grand|sub|overall)[\s-]*)?"
TOTAL = re.compile(rf"{_KIND}(?:(?:{_SUM})\s*:?|(?:total|ال?إجمالي|ال?مجموع)[\s:-]+\w.*)", re.IGNORECASE)
TOTAL_ALONE = re.compile(rf"{_KIND}(?:{_SUM})\s*:?", re.IGNORECASE)
Grid = list[tuple[int, list[str]]]  # row of the file (its first row is 1), and its cells


@dataclass(frozen=True)
class Line:
    """A row of a table: its number in the file, and what it says by column."""

    row: int
    said: dict[str, str]


@dataclass(frozen=True)
class Sheet:
    """A table that has been read. ``tags`` are its HXL tags by column, where it has any."""

    file: Path
    header: list[str]
    tags: dict[str, str]
    lines: list[Line]

    def column(self, names: Sequence[str]) -> str | None:
        """The column that is called as one of ``names``; a name that begins with # is an HXL pattern (``#adm1+code``).

        Capitals, spaces and underscores make no difference. None if there is none.
        """
        for name in names:
            if name.startswith("#"):
                found = [column for column, tag in self.tags.items() if fits_tag(tag, name)]
            else:
                found = [column for column in self.header if plain(column) == plain(name)]
            if found:
                return found[0]
        return None

    def needed(self, ours: str, names: Sequence[str]) -> str:
        """The same; InputError that says what there is and what to do, if there is none."""
        found = self.column(names)
        if found is None:
            hint = nearest(names[0], self.header)
            raise InputError(
                f"{self.file} has no column for {ours}: found {', '.join(self.header[:15])}; expected one of "
                f"{', '.join(names)}{hint}, or say --map {ours}=THEIRS"
            )
        return found

    def cells(self, column: str) -> Cells:
        """A column's cells with their rows."""
        return [(line.row, line.said[column]) for line in self.lines]

    def numbers(self, column: str, report: Report, whole: bool = False) -> list[float | None]:
        """A column of numbers (``figures.numbers``); what was in doubt is said."""
        found = figures.numbers(f"{self.file} column {column!r}", self.cells(column), whole)
        if whole and (cell := figures.doubtful_thousands(self.cells(column))):
            known = next(v for v, (_, c) in zip(found, self.cells(column), strict=True) if c == cell)
            report.note(f"{self.file.name} column {column!r}: {cell!r} is read as {known:g}")
        return found

    def degrees(self, column: str) -> list[float | None]:
        """A column of latitudes or longitudes, which have no thousands: ``36,202`` is 36.202."""
        return figures.numbers(f"{self.file} column {column!r}", self.cells(column), degrees=True)

    def dates(self, column: str, order: str = "") -> list[date | None]:
        """A column of days (``figures.dates``)."""
        return figures.dates(f"{self.file} column {column!r}", self.cells(column), order)


def fits_tag(tag: str, pattern: str) -> bool:
    """Whether an HXL tag has the hashtag and all attributes of a pattern, and none that it forbids (``-f``)."""
    hashtag, *attributes = re.findall(r"[#+][a-z0-9_]+", tag.lower())
    wanted, *asked = re.findall(r"[#+-][a-z0-9_]+", pattern.lower())
    return hashtag == wanted and all(
        (f"+{each[1:]}" in attributes) == (each[0] == "+") for each in asked
    )  # fmt: skip


def read(file: Path, report: Report) -> Sheet:
    """The table of a CSV, TSV or Excel file. What was left out or taken another way is said in ``report``.

    InputError if there is no table in it.
    """
    grid = _of_workbook(file, report) if file.suffix.lower() in WORKBOOKS else _of_text(file, report)
    grid = _cleaned(file, grid, report)
    if not grid:
        raise InputError(f"{file} is empty; expected a header row and rows")
    header, tags, body = _parted(file, grid, report)
    names, used = _named(file, header, tags, body, report)
    body = _without_totals(file, body, report)
    _continue_merged(file, names, used, body, report)
    lines = [Line(row, {names[i]: cells[i] for i in used}) for row, cells in body]
    if not lines:
        raise InputError(f"{file} has a header, {', '.join(names[i] for i in used)}, and no rows below it")
    return Sheet(file, [names[i] for i in used], {names[i]: tags[i] for i in used if tags[i]}, lines)


def _of_text(file: Path, report: Report) -> Grid:
    with text_files.named(file):
        text, encoding = encodings.text_of(text_files.content(file, blank=False))
    if encodings.is_guess(encoding):
        report.note(f"{file.name} is read as {encoding}, a guess from its letters: look at the names")
    elif encoding != "utf-8":
        report.note(f"{file.name} is read as {encoding}")
    first, _, rest = text.partition("\n")
    said = re.fullmatch(r"\"?sep=(.|\\t)\"?[,;\s]*", first.strip("\r"), re.IGNORECASE)
    skipped = 1 if said else 0
    separator = {"\\t": "\t"}.get(said[1], said[1]) if said else separator_of(text)
    row = skipped
    grid: Grid = []
    try:
        for row, cells in enumerate(
            csv.reader(io.StringIO(rest if said else text, newline=""), delimiter=separator, strict=True),
            start=1 + skipped,
        ):
            grid.append((row, cells))
    except csv.Error as problem:
        raise InputError(
            f"{file} row {row + 1} cannot be read as CSV: {problem}; is a quotation mark left open above?"
        ) from None
    return grid


def separator_of(text: str) -> str:
    """What parts the cells: the separator by which most rows have equally many cells, and more than one."""

    def fitness(separator: str) -> tuple[float, int]:
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
        try:
            sizes = Counter(len(row) for row in itertools.islice(rows, LOOKED_AT) if any(row))
        except csv.Error:
            return 0.0, 0
        sizes_above_1 = {size: n for size, n in sizes.items() if size > 1}
        if not sizes_above_1:
            return 0.0, 0
        size = max(sizes_above_1, key=lambda each: (sizes_above_1[each], each))
        return sizes[size] / sizes.total(), size

    return max(SEPARATORS, key=fitness)


def _of_workbook(file: Path, report: Report) -> Grid:
    """The first sheet of an Excel file that holds a table."""
    try:
        import openpyxl
    except ImportError:
        raise InputError(
            f"{file} cannot be read as flightsim is installed; pip install 'flightsim[excel]', or save it as CSV UTF-8"
        ) from None
    try:
        book = openpyxl.load_workbook(io.BytesIO(text_files.content(file)), read_only=True, data_only=True)
        sheets = [
            (sheet.title, [[_text(value) for value in row] for row in sheet.iter_rows(values_only=True)])
            for sheet in book.worksheets
        ]
    except text_files.Unreadable as problem:
        raise InputError(f"{file} {problem.why}") from None
    except Exception as problem:  # a library that reads foreign files fails in many ways
        raise InputError(f"{file} cannot be read as Excel: {problem}; save it as CSV UTF-8") from None
    filled = [(title, rows) for title, rows in sheets if sum(any(row) for row in rows) > 1]
    if not filled:
        return []
    title, rows = filled[0]
    if len(filled) > 1:
        others = ", ".join(repr(other) for other, _ in filled[1:])
        report.note(
            f"{file.name}: sheet {title!r} is read; {others} not: save each as a file to have it, too"
        )
    return list(enumerate(rows, start=1))


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return repr(value) if isinstance(value, float) else str(value)


def _cleaned(file: Path, grid: Grid, report: Report) -> Grid:
    """Rows that hold anything, as wide as the widest, without invisible characters and odd spaces."""
    n_stray = 0
    found: Grid = []
    for row, cells in grid:
        tidy = [_tidy(cell) for cell in cells]
        n_stray += sum(not cell.isascii() and STRAY.search(cell) is not None for cell in cells)
        if any(tidy):
            found.append((row, tidy))
    if n_stray:
        report.note(
            f"{file.name}: invisible characters (direction marks and the like) taken out of {n_stray:,} cells"
        )
    width = max((len(cells) for _, cells in found), default=0)
    return [(row, cells + [""] * (width - len(cells))) for row, cells in found]


def _tidy(cell: str) -> str:
    return " ".join((cell if cell.isascii() else STRAY.sub("", cell)).split())


def _parted(file: Path, grid: Grid, report: Report) -> tuple[list[list[str]], list[str], Grid]:
    """The one or two rows of the header, the HXL tags (blank without) and the rows below them."""
    width = len(grid[0][1])
    tagged = next((i for i, (_, cells) in enumerate(grid[:LOOKED_AT]) if _are_tags(cells)), None)
    if tagged is None:
        top = next((i for i, (_, cells) in enumerate(grid) if sum(map(bool, cells)) >= min(2, width)), 0)
        two = top + 1 < len(grid) and _is_second_header(grid[top][1], grid[top + 1][1], grid[top + 2 :])
        header = [cells for _, cells in grid[top : top + 1 + two]]
        titles, tags, below = grid[:top], [""] * width, grid[top + 1 + two :]
    else:
        tags, below = grid[tagged][1], grid[tagged + 1 :]
        top = max(tagged - 1, 0)
        if tagged >= 2 and _is_second_header(grid[tagged - 2][1], grid[tagged - 1][1], below):
            top = tagged - 2
        header, titles = [cells for _, cells in grid[top:tagged]], grid[:top]
        report.note(f"{file.name}: columns are known by the HXL tags of row {grid[tagged][0]}")
    for row, cells in titles:
        report.drop(file, row, next(filter(None, cells)), "it stands above the header: a title or a remark")
    return header or [[""] * width], tags, below


def _are_tags(cells: Sequence[str]) -> bool:
    said = [cell for cell in cells if cell]
    return bool(said) and all(TAG.fullmatch(cell) for cell in said)


def _is_second_header(first: Sequence[str], second: Sequence[str], below: Grid) -> bool:
    """Whether the header goes on in the next row: it fills what merged cells leave blank above, and has no figures."""
    filled = {i for _, cells in below for i, cell in enumerate(cells) if cell}
    gaps = [i for i in filled if not first[i]]
    figures_in_it = any(any(c.isdigit() for c in cell) and not re.search("[A-Za-z]", cell) for cell in second)
    return bool(gaps) and not figures_in_it and all(second[i] for i in gaps) and sum(map(bool, first)) > 1


def _named(
    file: Path, header: Sequence[Sequence[str]], tags: Sequence[str], body: Grid, report: Report
) -> tuple[list[str], list[int]]:
    """A name for each column, each once, and the columns that hold or are called anything."""
    names = list(header[0])
    if len(header) > 1:
        above = ""
        for i, (first, second) in enumerate(zip(*header, strict=True)):
            above = first or (above if second else "")
            names[i] = second if not above or plain(above) == plain(second) else f"{above} {second}".strip()
        report.note(
            f"{file.name}: two header rows (merged cells) are read as one: {', '.join(filter(None, names))}"
        )
    used = [i for i in range(len(names)) if names[i] or tags[i] or any(cells[i] for _, cells in body)]
    counted: Counter[str] = Counter()
    for i in used:
        names[i] = names[i] or tags[i] or f"column {i + 1}"
        counted[plain(names[i])] += 1
        if (n := counted[plain(names[i])]) > 1:
            report.note(
                f"{file.name}: column {names[i]!r} is there {n} times: the first is taken, the other is called "
                f"'{names[i]} ({n})' for --map"
            )
            names[i] = f"{names[i]} ({n})"
    return names, used


def _without_totals(file: Path, body: Grid, report: Report) -> Grid:
    """Rows without those that sum up others, and without headings and remarks between and below."""
    totals = [[_is_total(cell) for cell in cells] for _, cells in body]
    rare = [
        sum(column) <= len(body) / 2 for column in zip(*totals, strict=True)
    ]  # else it is a category: sex, age
    n_filled = max((sum(map(bool, cells)) for _, cells in body), default=0)
    kept: Grid = []
    for (row, cells), is_total in zip(body, totals, strict=True):
        first = next(filter(None, cells))
        if TOTAL.fullmatch(first) or any(t and r for t, r in zip(is_total, rare, strict=True)):
            report.drop(file, row, first, "it is a total of other rows")
        elif n_filled > 2 and sum(map(bool, cells)) == 1:
            report.drop(file, row, first, "only one of its cells is filled: a heading or a remark")
        else:
            kept.append((row, cells))
    return kept


@lru_cache(maxsize=65_536)  # most cells are like others
def _is_total(cell: str) -> bool:
    return bool(TOTAL_ALONE.fullmatch(cell))


def _continue_merged(
    file: Path, names: Sequence[str], used: Sequence[int], body: Grid, report: Report
) -> None:
    """Fill the blanks with which a row begins from the row above, as merged cells leave them; figures are not."""
    filled: dict[str, list[int]] = {}
    for (_, above), (row, cells) in itertools.pairwise(body):
        for i in used:
            if cells[i]:
                break
            if above[i] and figures.numbers("", [(row, above[i])])[0] is None:
                cells[i] = above[i]
                filled.setdefault(names[i], []).append(row)
    for name, rows in filled.items():
        report.note(
            f"{file.name} column {name!r}: {len(rows):,} blank cells are taken as the cell above (merged cells); "
            f"first row {rows[0]}"
        )


def plain(name: str) -> str:
    """A column's name without what people change in it."""
    return re.sub(r"[\W_]+", "", name.lower())
