"""An Excel workbook: how to read it, who is where, a sheet a sector, money, triggers, standards, what columns mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from flightsim.export import metadata, sheets
from flightsim.files.spreadsheet import harmless
from flightsim.needs.quantities import SECTORS
from flightsim.needs.tables import Needs

HEAD_FILL, HEAD_INK, TOTAL_FILL = "332288", "FFFFFF", "E8E6F2"
WIDEST, NARROWEST = 46, 9
A3 = 8  # paper, as spreadsheets number it


def write(needs: Needs, tables: Mapping[str, pd.DataFrame], notes: Sequence[str], path: Path) -> None:
    """Write the workbook."""
    from openpyxl import Workbook

    book = Workbook()
    first = book.active
    assert first is not None
    first.title = "Read me"
    for text in [*notes, *sheets.HOW_TO_READ]:
        first.append([harmless(text)])
    first.column_dimensions["A"].width = 120
    first["A1"].font = _font(bold=True, size=14)
    _sheet(book, "People", sheets.people(needs, tables))
    areas, several = needs.study.world.areas, len(needs.study.scenes) > 1
    _sheet(book, "Caseload", sheets.weekly(tables["caseload"], areas, several))
    for sector, title in SECTORS.items():
        rows = sheets.of_sector(needs, tables, sector)
        if sector != "people" and len(rows):
            _sheet(book, title, rows)
    _sheet(book, "Money", sheets.plain(tables["money"]))
    if len(tables.get("triggers", ())):
        _sheet(book, "Triggers", sheets.triggers(tables["triggers"], needs.study.world.areas))
    _sheet(book, "Standards", needs.standards_table().rename(columns=sheets.HEADS))
    columns = metadata.dictionary(tables, needs.study.world.areas).rename(columns={"meaning": "Meaning"})
    _sheet(book, "Data dictionary", sheets.plain(columns))
    book.save(path)


def one_sheet(title: str, frame: pd.DataFrame, path: Path) -> None:
    """A workbook of one sheet of texts, wrapped."""
    from openpyxl import Workbook
    from openpyxl.styles import Alignment

    book = Workbook()
    book.remove(book.worksheets[0])
    _sheet(book, title, frame)
    for row in book.worksheets[0].iter_rows(min_row=2):
        for cell in row:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    book.save(path)


def _sheet(book: Any, title: str, frame: pd.DataFrame) -> None:
    from openpyxl.styles import Alignment, PatternFill
    from openpyxl.utils import get_column_letter

    sheet = book.create_sheet(title)
    sheet.append([harmless(str(name)) for name in frame])
    for row in frame.itertuples(index=False):
        sheet.append([_cell(value) for value in row])
    for cell in sheet[1]:
        cell.font, cell.fill = _font(bold=True, color=HEAD_INK), PatternFill("solid", fgColor=HEAD_FILL)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    for number, name in enumerate(frame, start=1):
        letter = get_column_letter(number)
        longest = max((len(_shown(v)) for v in frame[name].head(300)), default=0)
        sheet.column_dimensions[letter].width = min(max(longest, len(str(name)) // 2, NARROWEST) + 2, WIDEST)
        for cell, value in zip(sheet[letter][1:], frame[name], strict=True):
            cell.number_format = _number_format(value)
    for row in sheet.iter_rows(min_row=2):
        if any(cell.value == sheets.WHOLE for cell in row):
            for cell in row:
                cell.font, cell.fill = _font(bold=True), PatternFill("solid", fgColor=TOTAL_FILL)
    sheet.freeze_panes = "A2"
    if len(frame):
        sheet.auto_filter.ref = sheet.dimensions
    sheet.page_setup.orientation, sheet.page_setup.fitToHeight = "landscape", 0
    sheet.page_setup.paperSize = A3
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = "1:1"


def _cell(value: Any) -> Any:
    """A value as a spreadsheet holds it: no text is ever a formula, what is not known is blank."""
    if not isinstance(value, str) and pd.isna(value):
        return None
    if isinstance(value, pd.Timestamp):
        return value.to_pydatetime().date()
    return harmless(value.item() if hasattr(value, "item") else value)


def _shown(value: Any) -> str:
    if isinstance(value, str):
        return value
    return "" if pd.isna(value) else "2020-01-01" if isinstance(value, pd.Timestamp) else f"{value:,.0f}"


def _number_format(value: Any) -> str:
    """Of one cell: no decimals are lost, and none are shown where there are none."""
    if isinstance(value, pd.Timestamp):
        return "d mmm yyyy"
    if isinstance(value, str | bool) or pd.isna(value) or not pd.api.types.is_number(value):
        return "General"
    v = abs(float(value))  # type: ignore[arg-type]
    if v == round(v) or v >= 100:
        return "#,##0"
    return "#,##0.0" if v >= 10 or round(v, 1) == round(v, 6) else "0.00" if v >= 0.1 else "0.0###"


def _font(**look: Any) -> Any:
    from openpyxl.styles import Font

    return Font(**look)
