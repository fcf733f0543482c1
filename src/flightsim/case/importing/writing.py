"""What was taken becomes the tables of the case; rows that its columns refuse are dropped, with the reason."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flightsim.case.cells import CONTROL, Column, Unexpected, show
from flightsim.case.columns import KEYS, columns_of
from flightsim.case.customs import FINEST_LEVEL, USUAL_FINEST
from flightsim.case.importing.examples import without_examples
from flightsim.case.importing.report import Report, Row, Taken
from flightsim.case.manifest import MANIFEST, holders_of, read_manifest
from flightsim.case.text_files import read_text
from flightsim.errors import Complaints, InputError
from flightsim.world import Holders

TITLES = {
    "areas.csv": "Areas and their P-codes",
    "places.csv": "Places, their people and who holds them",
    "roads.csv": "Roads between places, and to the crossings",
    "shelter.csv": "Free room for newcomers at the start",
    "sites.csv": "Camps and other sites",
    "crossings.csv": "Crossings",
    "facilities.csv": "Hospitals and health centres, by town",
    "events.csv": "What happens, day by day",
    "observations.csv": "What was counted",
    "outlines.geojson": "Outlines of areas, for maps",
    "lines.geojson": "Borders and main roads, for maps",
}
UNSTATED = "not stated: ask whoever published it, before you share it"


def holders_in(case: Path) -> Holders:
    """The sides that the case's manifest names; those of north-west Syria if it names none or cannot be read."""
    return holders_of(manifest_of(case))


def manifest_of(case: Path) -> dict[str, Any]:
    """What can be read of the case's manifest; InputError if there is none."""
    file = case / MANIFEST
    if not file.is_file():
        raise InputError(f"{case} is no case: it has no {MANIFEST}; `flightsim case new NAME` makes one")
    return read_manifest(read_text(file), Complaints())


def rows_of(case: Path, file: str) -> list[Row]:
    """The rows of a table that the case has already, as texts; none if it has no such table."""
    path = case / file
    if not path.is_file():
        return []
    now = {column.was: name for name, column in columns_of(holders_in(case))[file].items() if column.was}
    found = csv.DictReader(io.StringIO(read_text(path), newline=""))
    return [{now.get(name, name): value for name, value in row.items()} for row in found]


def contents(
    case: Path, kind: str, taken: Taken, report: Report, source: str, licence: str | None, add: bool
) -> dict[str, str]:
    """The text of every file to be written, by name: tables, maps, the manifest, and the list of what was dropped.

    ``add``: rows that are there already stay, unless one of the same id is imported; otherwise a table is replaced.
    InputError if nothing at all is left of what was taken.
    """
    manifest_of(case)
    columns = columns_of(holders_in(case))
    files: dict[str, str] = {}
    tables = {file: rows_of(case, file) for file in columns}
    for file, rows in taken.rows.items():
        fitting = _fitting(file, rows, columns[file], report)
        if not fitting:
            raise InputError([f"nothing was taken for {file}", *report.by_reason()])
        kept = _kept(tables[file], fitting, KEYS.get(file)) if add else []
        if kept:
            report.note(f"{file}: {len(kept):,} rows that were there stay")
        tables[file] = [*kept, *fitting]
        files[file] = as_csv(tables[file], columns[file])
    files |= {file: as_csv(rows, columns[file]) for file, rows in without_examples(tables, report).items()}
    facts = (licence or taken.licence or UNSTATED, taken.attribution or source, kind)
    files |= taken.maps
    manifest = licensed(read_text(case / MANIFEST), [*taken.rows, *taken.maps], facts)
    levels = [int(row["level"]) for row in taken.rows.get("areas.csv", [])]
    files[MANIFEST] = with_finest(manifest, max(levels)) if levels else manifest
    files[f"import_{kind}_dropped.csv"] = _dropped(report)
    return files


def as_csv(rows: list[Row], columns: Mapping[str, Column]) -> str:
    """Rows as CSV in the order of our columns; an optional column only where some row has it."""
    used = [
        name for name, column in columns.items() if not column.optional or any(row.get(name) for row in rows)
    ]
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, used, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: cell(row.get(name)) for name in used} for row in rows)
    return out.getvalue()


def cell(value: Any) -> str:
    """A value as it stands in a table: whole numbers without a point, texts on one line without odd spaces."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(round(value, 6))
    return " ".join(CONTROL.sub(" ", str(value)).split())


def _fitting(file: str, rows: list[Row], columns: Mapping[str, Column], report: Report) -> list[Row]:
    """The rows whose every cell the case's column can read, each id once; the others are dropped, with the reason."""
    key = KEYS.get(file)
    seen: set[str] = set()
    fitting: list[Row] = []
    for row in rows:
        name = row.get("name_en", "")
        where = row.get(key, "") if key else len(fitting) + 1
        unknown = row.keys() - columns.keys()
        assert not unknown, f"{file} has no column {unknown}"
        trouble = ""
        for column, reader in columns.items():
            try:
                if not reader.optional or cell(row.get(column)):
                    reader.value(cell(row.get(column)))
            except Unexpected as expected:
                trouble, detail = f"{column} is not as expected: {expected}", show(cell(row.get(column)))
                break
        if trouble:
            report.drop(file, where, name, trouble, detail)
        elif key and cell(row[key]) in seen:
            report.drop(file, where, name, f"{key} is there twice")
        else:
            fitting.append(row)
            seen.add(cell(row[key]) if key else "")
    return fitting


def _kept(there: list[Row], new: list[Row], key: str | None) -> list[Row]:
    """The rows that are there and that no new one replaces: by their id, or, without one, those that differ."""
    if key:
        replaced = {cell(row[key]) for row in new}
        return [row for row in there if row.get(key) not in replaced]
    said = [{name: cell(value) for name, value in row.items()} for row in new]
    return [row for row in there if {name: row.get(name, "") for name in said[0]} not in said]


def licensed(manifest: str, files: list[str], facts: tuple[str, str, str]) -> str:
    """The manifest's text with an entry under ``tables`` for each of these files, old ones replaced.

    It is edited line by line, so that what people wrote around it, comments too, stays as it is.
    """
    licence, attribution, kind = facts
    lines = manifest.rstrip().split("\n")
    tables = next((i for i, line in enumerate(lines) if re.match(r"tables\s*:", line)), len(lines))
    lines[tables : tables + 1] = ["tables:"]
    for file in files:
        entry = {
            "title": TITLES.get(file, ""),
            "licence": licence,
            "attribution": attribution,
            "modified_by": f"imported by flightsim case import {kind}",
        }
        if file in TITLES:
            _enter(lines, tables, file, entry)
    return "\n".join(lines) + "\n"


def with_finest(manifest: str, level: int) -> str:
    """The manifest's text with this level as the finest; a line is added where it is not the usual one."""
    line, there = f"{FINEST_LEVEL}: {level}", re.compile(rf"^{FINEST_LEVEL}\s*:.*$", re.MULTILINE)
    if there.search(manifest):
        return there.sub(line, manifest)
    return manifest if level == USUAL_FINEST else f"{line}\n{manifest}"


def _enter(lines: list[str], tables: int, file: str, entry: Mapping[str, str]) -> None:
    """Put what is said of a file under the line ``tables``, in place of what was said of it before."""
    following = lines[tables + 1] if tables + 1 < len(lines) else ""
    indent = " " * (len(following) - len(following.lstrip()) or 2)
    start = end = tables + 1
    for i, line in enumerate(lines[tables + 1 :], start=tables + 1):
        if line.split(":")[0].strip("'\" ") == file:
            start, end = i, i + 1
            while end < len(lines) and (not lines[end].strip() or lines[end].startswith(indent + " ")):
                end += 1
            break
    told = [f"{indent}  {name}: {_quoted(text)}" for name, text in entry.items()]
    lines[start:end] = [f"{indent}{file}:", *told]


def _quoted(text: str) -> str:
    return "'" + cell(text).replace("'", "''") + "'"


def _dropped(report: Report) -> str:
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["file", "row", "name", "reason", "detail"])
    writer.writerows([cell(v) for v in (d.file, d.row, d.name, d.reason, d.detail)] for d in report.dropped)
    return out.getvalue()
