"""The results folder of a run: written whole or not at all, and read back with one call.

``load(path)`` gives the tables as pandas data frames; nothing here knows the model.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml

from flightsim.case.text_files import read_json, read_yaml
from flightsim.errors import InputError, nearest
from flightsim.files.atomic import plain_errors, whole_folder, write_text
from flightsim.files.old_names import renewed_parts
from flightsim.files.spreadsheet import harmless
from flightsim.measures import MEASURES, SMALL_CELL_PERSONS, unit_of
from flightsim.results import drawing, since, trust
from flightsim.results.cube import AREA, Cube, OnDemand
from flightsim.results.rows import Rows

PROVENANCE = "provenance.json"
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times faster, where it is built in
TEXT, NUMBER, TIME = "str", "float64", "datetime64[us]"

COLUMNS: dict[str, dict[str, str]] = {
    "measures": {
        "time": TIME,
        "area_id": TEXT,
        "area_name": TEXT,
        "group": TEXT,
        "measure": TEXT,
        "value": NUMBER,
        "unit": TEXT,
    },
    "flows": {
        "origin_area": TEXT,
        "destination_area": TEXT,
        "week": TIME,
        "persons": NUMBER,
        "moves_persons": NUMBER,
    },
    "roads": {"road_id": TEXT, "date": TIME, "vehicles": NUMBER},
    "households": {},  # a household's key and whatever the recorder knows of it
    "front": {"place_id": TEXT, "date": TIME, "holder": TEXT},
    "state": {"time": TIME, "what": TEXT, "id": TEXT, "group": TEXT, "value": NUMBER},
}
"""The tables of a run, their least columns, in order, and the type of each."""

SUMMARY_COLUMNS = (
    "measure", "what", "date", "area_id", "area_name", "value", "unit", "meaning", "note",
)  # fmt: skip

SORTED_BY = {
    "measures": ["measure", "time", "area_id", "group"],
    "flows": ["week", "origin_area", "destination_area"],
    "roads": ["road_id", "date"],
    "households": ["household"],
    "front": ["date", "place_id", "holder"],
    "state": ["what", "time", "id", "group"],
}

README = f"""This folder is one run of flightsim. It is modelled, not observed.

config.yaml          the full configuration: this run again is `flightsim run` with these values
provenance.json      versions, commit, seed, fingerprint of each input file and of what was written, wall time
summary.csv          the headline figures, and by area (blank under {SMALL_CELL_PERSONS:.0f} people)
figures/             pictures for a briefing
measures.parquet     every measure by day and area (hourly for totals): time, area_id (P-code),
                     area_name, group (shelter or crossing), measure, value, unit
flows.parquet        people and movements by area of origin, of destination, and week
front.parquet        places that changed hands, as the case's events say
state.parquet        who held each place, which health facilities worked, the room left: from the start, each change
                     by day. For those who plan on the ground, not for publication
roads.parquet        vehicles by road and day: for those who plan on the ground, not for publication
households.parquet   NOT FOR SHARING: one row a modelled household that moved or meant to, by place
run.log              what the run said

Read it in Python:   flightsim.results.load("this folder").measures
Before tables leave your organisation, suppress counts under {SMALL_CELL_PERSONS:.0f} people.
Not for targeting, interdiction, closing borders, or decisions about individuals.
"""


@dataclass(frozen=True)
class Results:
    """One run: its configuration, provenance and tables, read from ``path`` when first asked for."""

    path: Path | None
    config: dict[str, Any]
    provenance: dict[str, Any]
    warning: str = ""
    tables: dict[str, pd.DataFrame] = field(default_factory=dict, repr=False)

    @classmethod
    def in_memory(
        cls,
        tables: Mapping[str, pd.DataFrame],
        config: Mapping[str, Any],
        provenance: Mapping[str, Any],
        area_names: Mapping[str, str] | None = None,
    ) -> Results:
        """The results of a run that is not written yet (or never), for its figures and summary."""
        return cls(None, dict(config), dict(provenance), "", tidy(tables, area_names or {}))

    @property
    def measures(self) -> pd.DataFrame:
        """The long table: time, area_id, area_name, group, measure, value, unit."""
        return self._table("measures")

    @property
    def flows(self) -> pd.DataFrame:
        """Persons and movements by origin_area, destination_area and week (its first day)."""
        return self._table("flows")

    @property
    def roads(self) -> pd.DataFrame:
        """Vehicles by road_id and date."""
        return self._table("roads")

    @property
    def households(self) -> pd.DataFrame:
        """A row a household that moved. Not for sharing."""
        return self._table("households")

    @property
    def front(self) -> pd.DataFrame:
        """Places that changed hands: place_id, date, holder."""
        return self._table("front")

    @property
    def state(self) -> pd.DataFrame:
        """Who held places, which facilities worked, the room left: time, what, id, group, value. Read by `record`."""
        return self._table("state")

    def has(self, table: str) -> bool:
        """Whether there is a table of that name: a folder of an older version has fewer."""
        return table in self.tables or (self.path is not None and (self.path / f"{table}.parquet").exists())

    @cached_property
    def summary(self) -> pd.DataFrame:
        """The headline figures as written in summary.csv; empty for a run in memory."""
        if self.path is None or not (self.path / "summary.csv").exists():
            return pd.DataFrame()
        return pd.read_csv(self.path / "summary.csv", keep_default_na=False, na_values={"value": [""]})

    @cached_property
    def area_names(self) -> dict[str, str]:
        """English name by P-code, for the areas that the measures speak of."""
        pairs = self.measures[["area_id", "area_name"]].drop_duplicates()
        return {a: n or a for a, n in zip(pairs["area_id"], pairs["area_name"], strict=True) if a}

    def area_said(self, area_id: str) -> str:
        """An area in words: its name, with its P-code where another has the same name."""
        name = self.area_names.get(area_id, area_id)
        several = sum(own == name for own in self.area_names.values()) > 1
        return f"{name}, {area_id}" if several else name

    @cached_property
    def days(self) -> pd.DatetimeIndex:
        """The days of the run, in order: those with measures, or as configured if there are none."""
        hourly = [name for name, m in MEASURES.items() if m.hourly]
        daily = self.measures.loc[~self.measures["measure"].isin(hourly), "time"]
        if daily.empty:
            start, n = pd.Timestamp(str(self.config["start"])), int(self.config["days"])
            return pd.date_range(start, periods=n, name="time", unit="us")
        return pd.DatetimeIndex(daily.drop_duplicates().sort_values(), name="time")

    @property
    def title(self) -> str:
        """The name of the run's scenario, or of its case."""
        return str(self.config.get("name") or self.config.get("case") or "run")

    @property
    def seed(self) -> int:
        """The random seed of the run."""
        return int(self.provenance.get("seed", self.config.get("seed", 0)))

    def rows(self, measure: str) -> pd.DataFrame:
        """The rows of one measure; InputError with the nearest name if there is no such measure."""
        found = self._by_measure.get(measure)
        if found is not None:
            return found
        if measure not in MEASURES:
            raise InputError(f"there is no measure '{measure}'{nearest(measure, MEASURES)}")
        return self.measures.iloc[:0]

    def series(self, measure: str, area_id: str | None = None, group: str | None = None) -> pd.Series:
        """One measure over time, summed over the areas and groups that are not asked for.

        A time without a row is 0, or missing for a measure that is a mean.
        """
        if area_id is not None and area_id not in self.area_names:
            raise InputError(f"no area '{area_id}' in these results{nearest(area_id, self.area_names)}")
        found = self.cube.values(measure, area_id=area_id or "", group=group or "")
        return pd.Series(found, self.cube.times(measure), name=measure)

    def wide(self, measure: str, by: str = AREA) -> pd.DataFrame:
        """One measure as a table: a row per time, a column per ``by`` (``area_id`` or ``group``) that has rows."""
        names = sorted(self.rows(measure)[by].unique())
        found = self.cube.values(measure, {by: names})
        return pd.DataFrame(found, self.cube.times(measure), pd.Index(names, name=by))

    @cached_property
    def cube(self) -> Cube:
        """The measures as arrays."""
        rows = OnDemand(lambda measure: Rows.of_frame(self.rows(measure)))
        return Cube(rows, self.days, f"{self.path or 'these results'}")

    def check_tables(self, *names: str) -> None:
        """Read these tables; InputError that names those that are missing, or cannot be read."""
        missing = []
        for name in names:
            try:
                self._table(name)
            except InputError:
                missing.append(f"{name}.parquet")
            except Exception as problem:  # a broken file: pyarrow has many words for it
                raise InputError(f"{self.path}: {name}.parquet cannot be read: {problem}") from problem
        if missing:
            raise InputError(f"{self.path} lacks {', '.join(missing)}; make the run again")

    @cached_property
    def _by_measure(self) -> dict[str, pd.DataFrame]:
        return {str(name): rows for name, rows in self.measures.groupby("measure")}

    def _table(self, name: str) -> pd.DataFrame:
        if name not in self.tables:
            path = self.path / f"{name}.parquet" if self.path else None
            if path is None or not path.exists():
                raise InputError(f"these results hold no table '{name}' ({path or 'in memory'})")
            self.tables[name] = pd.read_parquet(path)
        return self.tables[name]


def load(path: str | Path, check: bool = True) -> Results:
    """The results in a run's folder; ``warning`` says what is another now: version, code, the files of the case.

    InputError if it is not one, or, with ``check``, if its tables are not as the run wrote them (`trust`).
    """
    folder = Path(path)
    provenance = _provenance_in(folder)
    if provenance is None:
        raise InputError(f"{folder} is not a results folder of flightsim{_runs_inside(folder)}")
    if check:
        trust.check(folder, provenance)
    config = config_of(folder)
    warning = " ".join(since.notes(config, provenance))
    return Results(folder, config, provenance, f"{folder}: {warning}" if warning else "")


def config_of(folder: Path) -> dict[str, Any]:
    """The configuration in a run's folder; InputError if it cannot be read."""
    path = folder / "config.yaml"
    config = read_yaml(path)
    if not isinstance(config, dict):
        raise InputError(f"{path} is not as flightsim wrote it")
    return renewed_parts(config)


def is_complete(path: str | Path) -> bool:
    """Whether ``path`` is the folder of a finished run."""
    return _provenance_in(Path(path)) is not None


def edited(path: str | Path) -> list[str]:
    """The files of a finished run that are not as they were written, or are gone; figures and texts may change."""
    return trust.edited(Path(path), _provenance_in(Path(path)) or {})


def find_complete(parent: Path, run_id: str) -> Path | None:
    """The finished run ``run_id`` in ``parent``, or None.

    InputError if something else has its place, or its files were edited or are gone.
    """
    folder = parent / run_id
    if not folder.exists():
        return None
    provenance = _provenance_in(folder)
    if provenance is None:
        raise InputError(f"{folder} is in the way: it is no finished run of flightsim, and is left as it is")
    trust.check(folder, provenance, whole=True)
    return folder


def write_run(
    parent: Path,
    name: str,
    run: Results,
    *,
    summary_rows: Sequence[Mapping[str, Any]] = (),
    figures: Callable[[Path], None] | None = None,
    log: str = "",
) -> Path:
    """Write a run that is in memory as ``parent/name``, whole or not at all, and give its path.

    ``figures`` is called with the folder to draw into. A finished run that has the name already is left and
    its path given; anything else there, a full disk, a read-only place: InputError.
    """
    done = find_complete(parent, name)
    if done is not None:
        return done
    with whole_folder(parent / name) as folder, plain_errors(parent / name):
        for table, frame in run.tables.items():
            _write_parquet(folder / f"{table}.parquet", frame)
        write_text(folder / "config.yaml", yaml.safe_dump(run.config, sort_keys=False, allow_unicode=True))
        write_text(folder / "summary.csv", _csv(summary_rows))
        write_text(folder / "run.log", log)
        write_text(folder / "README.txt", README)
        (folder / "figures").mkdir()
        if figures is not None:
            drawing.draw(figures, folder / "figures", folder / "run.log")
        whole = {**run.provenance, "outputs": trust.hashes(folder), "complete": True}
        write_text(folder / PROVENANCE, json.dumps(whole, indent=2, ensure_ascii=False) + "\n")
    return parent / name


def tidy(tables: Mapping[str, pd.DataFrame], area_names: Mapping[str, str]) -> dict[str, pd.DataFrame]:
    """The tables as they are written: columns in order and of one type, rows sorted, units and names in."""
    tidied = {}
    for name, frame in tables.items():
        table = frame.copy(deep=False)
        if name == "measures":
            table["unit"] = _each(table["measure"], unit_of)
            if "area_name" not in table:
                table["area_name"] = _each(table["area_id"], lambda area: area_names.get(area, ""))
        for column, kind in COLUMNS.get(name, {}).items():
            found, wanted = table[column], pd.api.types.pandas_dtype(kind)
            if kind == TEXT and found.dtype != wanted:  # categories, say
                found = found.astype(object)
            table[column] = (found.fillna("") if kind == TEXT else found).astype(wanted)
        order = [*COLUMNS.get(name, {}), *(str(c) for c in table if c not in COLUMNS.get(name, {}))]
        tidied[name] = table[order].sort_values(SORTED_BY.get(name, order), kind="stable", ignore_index=True)
    return tidied


def _each(column: pd.Series, told: Callable[[str], str]) -> pd.Series:
    """A text for each text of a column, asked once for equal ones."""
    return column.map({text: told(str(text)) for text in column.unique()})


def _write_parquet(path: Path, frame: pd.DataFrame) -> None:
    """Zstandard-compressed, without metadata that would differ between machines or days.

    A measure is a row group of its own, so that one measure is read without the others.
    """
    import pyarrow as pa  # time and memory that reading a config does not need
    from pyarrow import parquet

    table = pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata(None)
    starts = [0]
    if "measure" in frame and len(frame):
        name = frame["measure"].to_numpy()
        starts += (1 + np.flatnonzero(name[1:] != name[:-1])).tolist()
    with path.open("wb") as file, parquet.ParquetWriter(file, table.schema, compression="zstd") as writer:
        for start, end in zip(starts, [*starts[1:], len(frame)], strict=True):
            writer.write_table(table.slice(start, end - start))


def _csv(rows: Sequence[Mapping[str, Any]]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, SUMMARY_COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows({key: harmless(value) for key, value in row.items()} for row in rows)
    return text.getvalue()


def _provenance_in(folder: Path) -> dict[str, Any] | None:
    """The provenance of a finished run in ``folder``, or None if there is none."""
    try:
        content = read_json(folder / PROVENANCE)
    except InputError:
        return None
    ours = isinstance(content, dict) and "flightsim" in content and content.get("complete") is True
    return content if ours else None


def _runs_inside(folder: Path) -> str:
    if not folder.exists():
        return " (there is nothing of that name)"
    runs = sorted(p.name for p in folder.iterdir() if is_complete(p)) if folder.is_dir() else []
    return f"; it holds {len(runs)}: {', '.join(runs[:5])}" if runs else ""
