"""``flightsim case import flee FOLDER --into CASE``: a whole case out of a Flee or FabFlee folder."""

from __future__ import annotations

from flightsim.case.importing.flee import building, folder, manifest
from flightsim.case.importing.report import Asked, Option, Report, Taken
from flightsim.errors import InputError

MEANING = "a whole case out of a Flee or FabFlee folder: every table and the manifest"
FILES = "a folder with input_csv and source_data"
COLUMNS: dict[str, tuple[str, ...]] = {}  # Flee's go by position
OPTIONS: tuple[Option, ...] = ()
MAKES_CASE = True


def take(asked: Asked, report: Report) -> Taken:
    """Every table of the case. InputError if the folder cannot be read as Flee would, or is not one."""
    if len(asked.files) != 1 or not asked.files[0].is_dir():
        given = ", ".join(str(file) for file in asked.files)
        raise InputError(f"{given}: expected one folder with input_csv and source_data, as Flee has them")
    flee = folder.read(asked.files[0], report)
    licence = "not stated: ask whoever published it, before you share it"
    return Taken(
        rows=building.tables(flee, asked.source, report),
        manifest=manifest.text(flee, asked.source, licence),
    )
