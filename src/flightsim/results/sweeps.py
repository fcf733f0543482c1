"""One sweep's folder: which scenarios, which replicates, which runs are there.

Inside it each run has a folder of its own, named by its fingerprint; ``runs.csv`` says which scenario and
replicate it is. A run asked for by two scenarios that amount to the same stands there once and is listed twice.
"""

from __future__ import annotations

import csv
import dataclasses
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

import pandas as pd
import yaml

from flightsim import __version__
from flightsim.case.text_files import read_text, read_yaml
from flightsim.errors import Complaints, InputError
from flightsim.files.atomic import LOCK, write_text
from flightsim.files.spreadsheet import as_it_was, harmless
from flightsim.results.runs import PROVENANCE

SWEEP, RUNS, DRAWS, SUMMARY = "sweep.yaml", "runs.csv", "draws.csv", "summary.csv"
TEXT, RANGES = "summary.txt", "ranges.csv"  # of a sweep of one scenario
NOTES = "README.txt"
DONE, FAILED, MISSING = "done", "failed", "missing"
STATUSES = (DONE, FAILED, MISSING)
COLUMNS = ("scenario", "replicate", "seed", "run", "status", "seconds", "error")

README = """This folder is one sweep of flightsim: scenarios, each run with several seeds. It is modelled, not observed.

sweep.yaml     what was asked: scenarios, the baseline, axes, replicates, parameters drawn, the command
runs.csv       a row a scenario and replicate: seed, the folder of its run, done | failed | missing, seconds, error
draws.csv      the parameters drawn for each replicate, the same in every scenario (only with uncertainty.draw)
summary.csv    the headline outcomes by scenario: mean over the runs, and the 5, 25, 50, 75 and 95 % quantiles
summary.txt    of one scenario: what came out, with its range and the reports beside it
ranges.csv     of one scenario: the headline measures by day, median and the 5, 25, 75 and 95 % quantiles of the runs
displaced.png  of one scenario: people displaced by day, median and ranges, with what was reported as points
map.png        of one scenario: where people left and where they are, the median of the runs by area
the others     a folder a run; its README.txt says what is in it. households.parquet there is NOT FOR SHARING

Replicate 3 of one scenario and replicate 3 of another have the same households and random seed: compare them
in pairs, as `flightsim compare FOLDER` does. The same command again runs only what is missing.
Not for targeting, interdiction, closing borders, or decisions about individuals.
"""


@dataclass(frozen=True)
class Axis:
    """Something varied over a list of values."""

    name: str
    role: str  # lever: ours to choose; uncertainty: not ours; setting: neither
    values: tuple[Any, ...]
    unit: str = ""  # of the values; nothing for a part


@dataclass(frozen=True)
class Drawn:
    """A parameter drawn anew for each replicate: its range, its likeliest value, and whose it is."""

    low: float
    mode: float
    high: float
    role: str


@dataclass(frozen=True)
class Sweep:
    """A sweep as its folder tells it. ``runs`` has ``COLUMNS``, a column an axis, and ``path`` (None if missing)."""

    path: Path
    name: str  # of the experiment
    hash: str  # what was asked: the same command finds its sweep again by it
    scenarios: tuple[str, ...]  # in the order asked for
    baseline: str
    replicates: int
    runs: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    count_from: str | None = None
    axes: tuple[Axis, ...] = ()
    overrides: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # what makes each scenario
    drawn: Mapping[str, Drawn] = field(default_factory=dict)
    draws: pd.DataFrame | None = field(default=None, repr=False)  # replicate, a column a parameter
    command: tuple[str, ...] = ()
    created_utc: str = ""
    flightsim: str = __version__
    code: str = ""
    seeds: tuple[int, ...] = ()  # of the replicates; one alone: the first, the next is one more
    shard: str = ""  # which part of the runs is listed, as 3/100; blank: all

    @property
    def done(self) -> pd.DataFrame:
        """The rows of the runs that are there."""
        return self.runs[self.runs["status"] == DONE]


def is_sweep(folder: Path) -> bool:
    """Whether a folder says that it is a sweep's."""
    return (folder / SWEEP).is_file()


def was_begun(folder: Path) -> bool:
    """Whether a sweep was killed there before it was marked: version 0.1 wrote the mark last."""
    there = {path.name for path in folder.iterdir()} if folder.is_dir() else set()
    ours = (folder / NOTES).read_bytes().startswith(README[:30].encode()) if NOTES in there else LOCK in there
    return ours and not there & {RUNS, SUMMARY, TEXT, RANGES}


def find(parent: Path, hash_: str) -> Path | None:
    """The newest sweep in ``parent`` that was asked for in these terms, finished or not."""
    if not parent.is_dir():
        return None
    for folder in sorted((path.parent for path in parent.glob(f"*/{SWEEP}")), reverse=True):
        try:
            if hash_of(folder) == hash_:
                return folder
        except InputError:  # another's trouble; a new sweep does not need it
            continue
    return None


def hash_of(folder: Path) -> str:
    """The hash of the sweep in ``folder``; InputError if its sweep.yaml cannot be read."""
    return str(_about(folder)["hash"])


def timed(parent: Path) -> Path:
    """A name for a new sweep in ``parent``: the time, to the second, and a number if that is taken."""
    name = datetime.now().strftime("%Y-%m-%d_%H%M%S")
    names = [name, *(f"{name}_{n}" for n in range(2, 1000))]
    return next(folder for each in names if not (folder := parent / each).exists())


def write_about(sweep: Sweep) -> None:
    """Write what was asked for: sweep.yaml, README.txt, and draws.csv if parameters are drawn.

    The file that marks the folder as a sweep's comes first, so that one killed here can go on.
    """
    about = {
        "flightsim": sweep.flightsim,
        "code": sweep.code,
        "experiment": sweep.name,
        "command": list(sweep.command),
        "created_utc": sweep.created_utc,
        "baseline": sweep.baseline,
        "count_from": sweep.count_from,
        "scenarios": {name: list(sweep.overrides.get(name, ())) for name in sweep.scenarios},
        "axes": [{**dataclasses.asdict(axis), "values": list(axis.values)} for axis in sweep.axes],
        "replicates": sweep.replicates,
        "seeds": list(sweep.seeds),
        "shard": sweep.shard,
        "draws": {name: dataclasses.asdict(drawn) for name, drawn in sweep.drawn.items()},
        "hash": sweep.hash,
    }
    write_text(sweep.path / SWEEP, yaml.safe_dump(about, sort_keys=False, allow_unicode=True, width=110))
    write_text(sweep.path / NOTES, README)
    if sweep.draws is not None:
        write_text(sweep.path / DRAWS, sweep.draws.to_csv(index=False, lineterminator="\n"))


def write_rows(folder: Path, axes: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> None:
    """Write runs.csv: a mapping a row, with ``COLUMNS`` and the axes' names as keys."""
    text = io.StringIO()
    writer = csv.DictWriter(text, [*COLUMNS, *axes], lineterminator="\n", extrasaction="ignore", restval="")
    writer.writeheader()
    writer.writerows({str(key): harmless(value) for key, value in row.items()} for row in rows)
    write_text(folder / RUNS, text.getvalue())


def read_one(folder: Path) -> Sweep:
    """The sweep in one folder; InputError with all that is wrong with its files."""
    about = _about(folder)
    try:
        axes = tuple(
            Axis(str(a["name"]), str(a["role"]), tuple(a["values"]), str(a.get("unit", "")))
            for a in about["axes"]
        )
        overrides = {str(name): tuple(map(str, lines)) for name, lines in about["scenarios"].items()}
        drawn = {str(name): Drawn(**values) for name, values in (about["draws"] or {}).items()}
        sweep = Sweep(
            path=folder,
            name=str(about["experiment"]),
            hash=str(about["hash"]),
            scenarios=tuple(overrides),
            baseline=str(about["baseline"]),
            replicates=int(about["replicates"]),
            runs=_runs(folder, axes, overrides),
            count_from=None if about["count_from"] is None else str(about["count_from"]),
            axes=axes,
            overrides=overrides,
            drawn=drawn,
            draws=_draws(folder, drawn),
            command=tuple(map(str, about["command"])),
            created_utc=str(about["created_utc"]),
            flightsim=str(about["flightsim"]),
            code=str(about["code"]),
            seeds=tuple(map(int, about.get("seeds") or ())),
            shard=str(about.get("shard") or ""),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as problem:
        raise InputError(f"{folder / SWEEP} is not as flightsim writes it: {_gist(problem)}") from problem
    if sweep.baseline not in sweep.scenarios:
        raise InputError(f"{folder / SWEEP}: the baseline {sweep.baseline!r} is none of the scenarios")
    return sweep


def _gist(problem: Exception) -> str:
    return f"{problem} is missing" if isinstance(problem, KeyError) else str(problem)


def _about(folder: Path) -> dict[str, Any]:
    """The content of sweep.yaml."""
    path = folder / SWEEP
    content = read_yaml(path)
    if not isinstance(content, dict) or "hash" not in content:
        raise InputError(f"{path} is not as flightsim writes it: it has no hash")
    return content


def _runs(folder: Path, axes: Sequence[Axis], scenarios: Iterable[str]) -> pd.DataFrame:
    """The rows of runs.csv, checked, each with the path of its run; a run that is not there is missing."""
    path = folder / RUNS
    try:
        reader = csv.DictReader(io.StringIO(read_text(path), newline=""))
        rows = [{key: as_it_was(value) for key, value in row.items()} for row in reader]
        columns = list(reader.fieldnames or [])
    except csv.Error as problem:
        raise InputError(f"{path} cannot be read: {problem}") from problem
    complaints = Complaints(at_most=20)
    expected = [*COLUMNS, *(axis.name for axis in axes)]
    if columns != expected:
        complaints.add(f"{path}: its columns are {', '.join(columns)}; expected {', '.join(expected)}")
    complaints.raise_if_any()
    known, seen = set(scenarios), set()
    for number, row in enumerate(rows, start=2):
        where = f"{path} row {number}"
        trouble = _row_trouble(row, known)
        if trouble:
            complaints.add(f"{where}: {trouble}")
        elif (key := (row["scenario"], int(row["replicate"]))) in seen:
            complaints.add(f"{where}: {key[0]} has replicate {key[1]} twice")
        else:
            seen.add(key)
    complaints.raise_if_any()
    return _frame(folder, rows, expected)


def _row_trouble(row: Mapping[str, Any], scenarios: set[str]) -> str:
    """What is wrong with a row of runs.csv; blank if nothing."""
    if None in row.values() or None in row:
        return "it has another number of columns than the header"
    for column in ("replicate", "seed"):
        if not row[column].isdigit():
            return f"{column} is {row[column]!r}; expected a whole number"
    if row["scenario"] not in scenarios:
        return f"scenario is {row['scenario']!r}, which {SWEEP} does not know"
    if row["status"] not in STATUSES:
        return f"status is {row['status']!r}; expected one of {', '.join(STATUSES)}"
    run = PurePosixPath(row["run"])
    if row["status"] == MISSING and not row["run"]:  # its shard was never here
        run = PurePosixPath(MISSING)
    if run.is_absolute() or ".." in run.parts or not run.name:
        return f"run is {row['run']!r}; expected a run's folder inside this one"
    try:
        float(row["seconds"] or 0)
    except ValueError:
        return f"seconds is {row['seconds']!r}; expected a number"
    return ""


def _frame(folder: Path, rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=list(columns))
    for column in ("replicate", "seed"):
        frame[column] = frame[column].astype("int64")
    frame["seconds"] = pd.to_numeric(frame["seconds"])
    for column in columns[len(COLUMNS) :]:
        numbers = pd.to_numeric(frame[column], errors="coerce")
        if not numbers.isna().any():
            frame[column] = numbers
    there = [(folder / run / PROVENANCE).is_file() for run in frame["run"]]
    frame["path"] = [
        folder / run if is_there else None for run, is_there in zip(frame["run"], there, strict=True)
    ]
    frame.loc[~pd.Series(there, dtype=bool) & (frame["status"] == DONE), "status"] = MISSING
    return frame


def _draws(folder: Path, drawn: Mapping[str, Drawn]) -> pd.DataFrame | None:
    """The table draws.csv, if parameters were drawn."""
    if not drawn:
        return None
    path = folder / DRAWS
    try:
        frame = pd.read_csv(io.StringIO(read_text(path)))
    except ValueError as problem:
        raise InputError(f"{path} cannot be read: {problem}") from problem
    expected = ["replicate", *drawn]
    if list(frame) != expected or not all(pd.api.types.is_numeric_dtype(kind) for kind in frame.dtypes):
        raise InputError(f"{path} is not as flightsim writes it: expected numbers by {', '.join(expected)}")
    return frame
