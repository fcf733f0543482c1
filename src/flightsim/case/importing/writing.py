"""What was taken becomes the tables of the case; rows that its columns refuse are dropped, with the reason."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flightsim.case import geojson
from flightsim.case.cells import Column, Unexpected, show
from flightsim.case.columns import KEYS, columns_of
from flightsim.case.customs import language_of
from flightsim.case.importing import shapes
from flightsim.case.importing.examples import left_over, without_examples
from flightsim.case.importing.manifest_text import licensed, with_finest
from flightsim.case.importing.report import Asked, Report, Row, Taken, cell
from flightsim.case.manifest import MANIFEST, holders_of, read_manifest
from flightsim.case.text_files import read_text
from flightsim.errors import Complaints, InputError
from flightsim.world import Holders

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


def columns_asked(columns: Mapping[str, tuple[str, ...]], asked: Asked) -> dict[str, tuple[str, ...]]:
    """What our columns may be called in the files: what was mapped by hand, else the usual names.

    ``@`` in a name stands for the language of the case's second names.
    """
    language = language_of(manifest_of(asked.case))
    return {
        ours: (asked.columns[ours],)
        if ours in asked.columns
        else tuple(n.replace("@", language) for n in theirs)
        for ours, theirs in columns.items()
    }


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
    if taken.manifest:
        return _whole_case(kind, taken, report)
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
    tables |= taken.corrected
    files |= {file: as_csv(rows, columns[file]) for file, rows in taken.corrected.items()}
    cleared = without_examples(tables, report)
    files |= {file: as_csv(rows, columns[file]) for file, rows in cleared.items()}
    if rest := left_over(tables | cleared):
        report.note(f"example rows are still there, to be replaced: {rest}")
    files |= {file: _with_kept(case / file, text) if add else text for file, text in taken.maps.items()}
    facts = {
        "licence": licence or taken.licence or UNSTATED,
        "attribution": taken.attribution or source,
        "modified_by": f"imported by flightsim case import {kind}",
    }
    said = manifest_of(case).get("tables", {}) if add else {}
    of_files = {file: _joined(said.get(file, {}), facts) for file in (*taken.rows, *taken.maps)}
    manifest = licensed(read_text(case / MANIFEST), of_files)
    levels = [int(row["level"]) for row in taken.rows.get("areas.csv", [])]
    files[MANIFEST] = with_finest(manifest, max(levels)) if levels else manifest
    files[f"import_{kind}_dropped.csv"] = _dropped(report)
    return files


def _whole_case(kind: str, taken: Taken, report: Report) -> dict[str, str]:
    """The text of every file of a case that an import makes from nothing."""
    columns = columns_of(holders_of(read_manifest(taken.manifest, Complaints())))
    files = {
        file: as_csv(_fitting(file, rows, columns[file], report), columns[file])
        for file, rows in taken.rows.items()
    }
    return {**files, MANIFEST: taken.manifest, f"import_{kind}_dropped.csv": _dropped(report)}


def as_csv(rows: list[Row], columns: Mapping[str, Column]) -> str:
    """Rows as CSV in the order of our columns; an optional column only where some row has it."""
    used = [
        name
        for name, column in columns.items()
        if not column.optional or any(cell(row.get(name)) for row in rows)
    ]
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, used, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: cell(row.get(name)) for name in used} for row in rows)
    return out.getvalue()


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


def _joined(before: Mapping[str, str], facts: Mapping[str, str]) -> dict[str, str]:
    """Facts of a table to which rows were added: what was said of those that stay comes first."""
    pairs = ((name, before.get(name, ""), text) for name, text in facts.items())
    return {
        name: text if not old or text in old.split("; ") else f"{old}; {text}" for name, old, text in pairs
    }


def _with_kept(file: Path, new: str) -> str:
    """A map with the outlines that were there, of areas that the new one has not."""
    if not file.is_file():
        return new
    found = geojson.features(new)
    known = {each["properties"].get("area_id") for each in found}
    kept = [each for each in geojson.read(file) if (each.get("properties") or {}).get("area_id") not in known]
    return shapes.to_text([*kept, *found])


def _dropped(report: Report) -> str:
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["file", "row", "name", "reason", "detail"])
    writer.writerows([cell(v) for v in (d.file, d.row, d.name, d.reason, d.detail)] for d in report.dropped)
    return out.getvalue()
