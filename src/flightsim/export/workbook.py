"""An Excel workbook: how to read it, who is where, a sheet a sector, money, triggers, the standards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from flightsim.export.columns import language_name
from flightsim.files.spreadsheet import harmless
from flightsim.needs.quantities import NEEDS, SECTORS
from flightsim.needs.tables import Needs
from flightsim.world import RUNGS, Areas

HEAD_FILL, HEAD_INK = "332288", "FFFFFF"
WIDEST, NARROWEST = 46, 9
TO_FILL_IN = ("organisation", "activity", "targeted", "reached")  # left blank, for partners (3W)
SECTOR_COLUMNS = (
    "meaning", "unit", "needed", "needed_low", "needed_high", "capacity_end", "gap_end", "worst_day",
    "needed_worst_day", "gap_most", "breach_median", "breach_early", "breach_late", "capacity_source",
)  # fmt: skip
HEADS = {
    "meaning": "Need", "unit": "Unit", "needed": "Needed at the end",
    "needed_low": "low (5 %)", "needed_high": "high (95 %)", "capacity_end": "There is", "gap_end": "Short",
    "worst_day": "Worst day", "needed_worst_day": "Needed that day", "gap_most": "Most short",
    "breach_median": "Short from", "breach_early": "early (5 %)", "breach_late": "late (95 %)",
    "capacity_source": "Capacity from",
}  # fmt: skip


def write(needs: Needs, tables: Mapping[str, pd.DataFrame], notes: Sequence[str], path: Path) -> None:
    """Write the workbook."""
    from openpyxl import Workbook

    book = Workbook()
    first = book.active
    assert first is not None
    first.title = "Read me"
    for text in notes:
        first.append([harmless(text)])
    first.column_dimensions["A"].width = 120
    first["A1"].font = _font(bold=True, size=14)
    several, areas = len(needs.study.scenes) > 1, needs.study.world.areas
    _sheet(book, "People", _people(tables, areas, several))
    for sector, title in SECTORS.items():
        rows = _of_sector(tables, areas, sector, several)
        if sector != "people" and len(rows):
            _sheet(book, title, rows)
    _sheet(book, "Money", tables["money"])
    if len(tables.get("triggers", ())):
        _sheet(book, "Triggers", tables["triggers"])
    _sheet(book, "Standards", needs.standards_table())
    book.save(path)


def place_heads(areas: Areas) -> dict[str, str]:
    """The columns that say where, and how a planner reads them."""
    nouns = [each.noun.one.capitalize() for each in areas.levels]
    above = {f"adm{level}_name": noun for level, noun in enumerate(nouns[:-1], start=1)}
    local = f"{nouns[-1]} ({language_name(areas.language)})"
    own = {areas.code_column: "P-code", areas.name_column: nouns[-1]}
    return {**above, **own, f"{areas.name_column}_{areas.language}": local}


def _people(tables: Mapping[str, pd.DataFrame], areas: Areas, several: bool) -> pd.DataFrame:
    """A row an area: displaced people at the end by shelter; blank where suppressed."""
    rows = tables["sheltered_persons"]
    end = rows[rows["date"] == rows["date"].max()]
    keys = [*(["scenario"] if several else []), *place_heads(areas)]
    wide = end.pivot_table(
        index=keys,
        columns="shelter",
        values="persons",
        aggfunc=lambda v: v.iloc[0],
        dropna=False,
        observed=True,
    )
    wide = wide.dropna(how="all").reindex(columns=["all", *RUNGS]).reset_index()
    wide.columns.name = None
    totals = tables["run_totals"][["scenario", areas.code_column, "arrivals_persons", "displaced_persons"]]
    on = [key for key in keys if key in ("scenario", areas.code_column)]
    found = wide.merge(totals if several else totals.drop(columns="scenario"), on=on, how="outer")
    found = found[found[areas.name_column].notna()]
    found = found.sort_values("all", ascending=False, na_position="last")
    named = {
        "all": "sheltered_persons: displaced people there",
        "arrivals_persons": "arrivals_persons: came here, so far",
        "displaced_persons": "displaced_persons: from here, so far",
    }
    renamed: pd.DataFrame = found.rename(columns=HEADS | place_heads(areas) | named)
    return renamed


def _of_sector(tables: Mapping[str, pd.DataFrame], areas: Areas, sector: str, several: bool) -> pd.DataFrame:
    """Needs of a sector at the end with capacity, gap and date of breach where there is one, most needed first."""
    rows = tables["needs"]
    rows = rows[(rows["sector"] == sector) & (rows["date"] == rows["date"].max())]
    there = [column for column in SECTOR_COLUMNS if column in tables["gaps"]]
    gaps = tables["gaps"][["scenario", areas.code_column, "need", *(c for c in there if c not in rows)]]
    found = rows.merge(gaps, on=["scenario", areas.code_column, "need"], how="left")
    found["order"] = found["need"].map(list(NEEDS).index)
    by = [*(["scenario"] if several else []), "order", "needed"]
    found = found.sort_values(by, ascending=[*([True] * (len(by) - 1)), False], kind="stable")
    chosen = [
        *(["scenario"] if several else []),
        *place_heads(areas),
        *(c for c in SECTOR_COLUMNS if c in found),
    ]
    named: pd.DataFrame = found[chosen].rename(columns=HEADS | place_heads(areas))
    named[list(TO_FILL_IN)] = ""
    return named


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
        style = _number_format(frame[name])
        if style:
            for cell in sheet[letter][1:]:
                cell.number_format = style
    sheet.freeze_panes = "A2"
    if len(frame):
        sheet.auto_filter.ref = sheet.dimensions
    sheet.page_setup.orientation, sheet.page_setup.fitToHeight = "landscape", 0
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


def _number_format(values: pd.Series) -> str:
    if pd.api.types.is_datetime64_any_dtype(values):
        return "d mmm yyyy"
    if not pd.api.types.is_numeric_dtype(values) or pd.api.types.is_bool_dtype(values):
        return ""
    most = values.dropna().abs().max() if values.notna().any() else 0
    return "#,##0" if most >= 100 else "#,##0.##"


def _font(**look: Any) -> Any:
    from openpyxl.styles import Font

    return Font(**look)
