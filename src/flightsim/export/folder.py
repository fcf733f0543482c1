"""The folder that may be passed on: every format, its record, its log. Written whole or not at all."""

from __future__ import annotations

import importlib.util
import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pandas as pd

from flightsim.errors import Complaints, InputError, nearest
from flightsim.export import caseload, disclosure, elsewhere, geo, metadata, pictures, plain, shared, workbook
from flightsim.files.atomic import plain_errors, renewed_folder, write_text
from flightsim.needs.tables import Needs
from flightsim.world import Areas

MARK, LOG = "metadata.json", "export.log"
PRIVATE = "NOT_FOR_SHARING"
FORMATS = {
    "csv": "tables as CSV",
    "hxl": "tables as CSV with HXL tags in a second header row",
    "parquet": "tables as Parquet",
    "xlsx": "an Excel workbook, a sheet a sector",
    "geojson": "areas with outcomes",
    "gpkg": "the same as a GeoPackage for QGIS",
    "png": "figures for print, 300 dots an inch",
    "svg": "figures to scale",
}
EXTRAS = {"xlsx": ("openpyxl", "excel"), "gpkg": ("geopandas", "geo")}
FINE_TABLES = ("households", "roads", "measures", "flows", "front", "state")
TITLES = {
    "sheltered_persons": "displaced people by day, {area} and shelter",
    "sheltered_persons_total": "the same for the whole area",
    "caseload": "by week and {area}: people there, arrivals, people displaced from there for the first time",
    "elsewhere": "people outside every {area} by day: waiting at a crossing, on the road, gone abroad",
    "arrivals_persons": "arrivals (movements) by week and {area}",
    "displaced_persons": "people displaced for the first time, by week and {area} of origin",
    "run_totals": "arrivals and people displaced over the run, by {area}",
    "flows": "people by week, {area} of origin and of destination",
    "needs": "needs by week, sector and {area}",
    "gaps": "needs against capacity, with the date on which it falls short",
    "triggers": "the chance of more than so many arrivals within so many days",
    "money": "cost by week and of the months after the run",
}


@dataclass(frozen=True)
class Order:
    """What to export. ``fine``: tables that are not for sharing, asked for by name."""

    formats: tuple[str, ...]
    boundaries: str | None = None
    fine: tuple[str, ...] = ()
    command: str = ""
    notes: list[str] = field(default_factory=list)


def order(formats: Sequence[str], boundaries: str | None, fine: Sequence[str], command: str) -> Order:
    """Check what is asked for: known formats whose library is there; without any named, all that can be written."""
    complaints, notes = Complaints(), []
    for name in formats:
        if name not in FORMATS:
            complaints.add(f"'{name}' is no format{nearest(name, FORMATS)}; there are {', '.join(FORMATS)}")
    for name in fine:
        if name not in FINE_TABLES:
            complaints.add(
                f"'{name}' is no table of a run{nearest(name, FINE_TABLES)}; there are {', '.join(FINE_TABLES)}"
            )
    chosen = list(dict.fromkeys(formats or FORMATS))
    for name in list(chosen):
        library, extra = EXTRAS.get(name, ("", ""))
        if library and importlib.util.find_spec(library) is None:
            said = f"{name} needs {library}: pip install 'flightsim[{extra}]'"
            if formats:
                complaints.add(said)
            else:
                notes.append(f"left out: {said}")
                chosen.remove(name)
    complaints.raise_if_any()
    return Order(tuple(chosen), boundaries, tuple(dict.fromkeys(fine)), command, notes)


def all_tables(needs: Needs) -> dict[str, pd.DataFrame]:
    """Every table that is exported, by name, out of rounded counts."""
    needs = disclosure.protected(needs)
    protected = shared.tables(needs)
    weekly = caseload.table(protected, needs.study.world.areas)
    return protected | {"caseload": weekly, "elsewhere": elsewhere.table(needs)}


def write(needs: Needs, wanted: Order, folder: Path) -> list[str]:
    """Write the folder, in the place of an earlier export, and say in lines what is in it."""
    if folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()  # an empty folder made for it
    needs = disclosure.protected(needs)
    tables, areas = all_tables(needs), needs.study.world.areas
    shapes = _shapes(needs, wanted, tables)
    before = _log_of(folder)
    with renewed_folder(folder, MARK) as temporary, plain_errors(folder):
        files = _tables(tables, areas, wanted, temporary)
        if shapes:
            files |= _maps(needs, tables, shapes, wanted, temporary)
        kinds = tuple(kind for kind in ("png", "svg") if kind in wanted.formats)
        if kinds:
            (temporary / "figures").mkdir()
            drawn = pictures.draw(needs, temporary / "figures", kinds, wanted.boundaries)
            files |= {f"figures/{path.name}": f"figure: {path.stem.replace('_', ' ')}" for path in drawn}
        about = metadata.record(needs, files, Path(wanted.boundaries).name if wanted.boundaries else None)
        lines = metadata.read_me(needs, about)
        if "xlsx" in wanted.formats:
            workbook.write(needs, tables, lines, temporary / "needs.xlsx")
            files["needs.xlsx"] = FORMATS["xlsx"]
            about = metadata.record(needs, files, about["boundaries"] if wanted.boundaries else None)
        plain.csv(metadata.dictionary(tables, areas), temporary / "data_dictionary.csv")
        plain.csv(needs.standards_table(), temporary / "standards.csv")
        private = _fine(needs, wanted.fine, temporary)
        warned = [f"TAKE {PRIVATE}/ OUT before you pass this folder on.", ""] if private else []
        write_text(temporary / "README.txt", "\n".join([*warned, *lines, "", *_listing(files)]) + "\n")
        write_text(temporary / LOG, before + _entry(wanted, private))
        write_text(temporary / MARK, json.dumps(about, indent=2, ensure_ascii=False) + "\n")
    said = [f"Counts of people are rounded to {disclosure.BASE_PERSONS:.0f} in every run.", *wanted.notes]
    if private:
        said.append(f"{PRIVATE}/ holds {', '.join(wanted.fine)}: keep it to yourself; {LOG} says so.")
    return [*_listing(files), *said]


def _shapes(needs: Needs, wanted: Order, tables: Mapping[str, pd.DataFrame]) -> dict[str, geo.Geometry]:
    """The outlines, if a map is asked for; a case without any goes without maps unless one was named."""
    if not {"geojson", "gpkg"} & set(wanted.formats):
        return {}
    code = needs.study.world.areas.code_column
    told = sorted({*tables["sheltered_persons"][code], *tables["run_totals"][code]})
    try:
        return geo.boundaries(needs.study.world, wanted.boundaries, told)
    except InputError as error:
        if wanted.boundaries or "no outlines" not in error.complaints[0]:
            raise
        wanted.notes.append(f"left out: geojson, gpkg: {error.complaints[0]}")
        return {}


def _tables(tables: Mapping[str, pd.DataFrame], areas: Areas, wanted: Order, folder: Path) -> dict[str, str]:
    files = {}
    for kind, write_one in (
        ("csv", plain.csv),
        ("hxl", partial(plain.hxl, areas=areas)),
        ("parquet", plain.parquet),
    ):
        if kind not in wanted.formats:
            continue
        (folder / kind).mkdir()
        ending = "parquet" if kind == "parquet" else "csv"
        for name, frame in tables.items():
            write_one(frame, folder / kind / f"{name}.{ending}")
            files[f"{kind}/{name}.{ending}"] = TITLES[name].format(area=areas.noun.one)
    return files


def _maps(
    needs: Needs,
    tables: Mapping[str, pd.DataFrame],
    shapes: Mapping[str, geo.Geometry],
    wanted: Order,
    folder: Path,
) -> dict[str, str]:
    files = {}
    areas = needs.study.world.areas
    names = geo.layer_names([scene.name for scene in needs.study.scenes], areas)
    layers = {layer: geo.outcomes(needs, tables, scenario) for scenario, layer in names.items()}
    if "geojson" in wanted.formats:
        for layer, frame in layers.items():
            geo.write_geojson(frame, shapes, areas.code_column, folder / f"{layer}.geojson")
            files[f"{layer}.geojson"] = _outcomes(areas)
    if "gpkg" in wanted.formats:
        file = f"{geo.layer(areas)}.gpkg"
        geo.write_geopackage(layers, shapes, areas.code_column, folder / file)
        files[file] = FORMATS["gpkg"]
    return files


def _outcomes(areas: Areas) -> str:
    return f"{areas.noun.many} with outcomes"


def _fine(needs: Needs, names: Sequence[str], folder: Path) -> list[str]:
    """Copy tables that are not for sharing into a folder of their own, run by run."""
    copied = []
    for scene in needs.study.scenes if names else ():
        for run in scene.paths:
            target = folder / PRIVATE / run.name
            target.mkdir(parents=True, exist_ok=True)
            for name in names:
                source = run / f"{name}.parquet"
                if not source.is_file():
                    raise InputError(f"{run} holds no table '{name}'")
                shutil.copyfile(source, target / source.name)
                copied.append(f"{run.name}/{source.name}")
    return copied


def _log_of(folder: Path) -> str:
    path = folder / LOG
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def _entry(wanted: Order, private: Sequence[str]) -> str:
    when = datetime.now(UTC).isoformat(timespec="seconds")
    said = f"NOT FOR SHARING: {', '.join(private)}" if private else "shareable tables only"
    return f"{when}  {wanted.command}  {said}\n"


def _listing(files: Mapping[str, str]) -> list[str]:
    """The files in lines, those of one folder together."""
    inside: dict[str, list[str]] = {}
    for name in files:
        top, _, rest = name.partition("/")
        inside.setdefault(top if rest else "", []).append(rest or name)
    wide = max(map(len, inside.get("", [])), default=0) + 2
    lines = [f"{name:<{wide}}{files[name]}" for name in inside.pop("", [])]
    meanings = {
        "csv": FORMATS["csv"],
        "hxl": FORMATS["hxl"],
        "parquet": FORMATS["parquet"],
        "figures": "figures for print",
    }
    return [f"{top + '/':<{wide}}{meanings[top]} ({len(names)})" for top, names in inside.items()] + lines
