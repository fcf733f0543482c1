"""From a sweep's folder to what can be compared, reading no more than that takes."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from pyarrow import parquet

from flightsim import words
from flightsim.case.text_files import read_json
from flightsim.comparison import roles
from flightsim.comparison.material import Material
from flightsim.errors import Complaints, InputError, nearest
from flightsim.measures import MEASURES
from flightsim.results import outcomes, since, trust
from flightsim.results.cube import AREA
from flightsim.results.cube import read as read_cube
from flightsim.results.outcomes import ARRIVALS, HEADLINES, Headline
from flightsim.results.runs import PROVENANCE, config_of
from flightsim.results.sweeps import DONE, FAILED, Sweep
from flightsim.world import Floats

MOST_COMPLAINTS = 10
THREADS = min(os.cpu_count() or 1, 4)
FLOW = "arrivals_persons"
OF_THE_USER = (
    "events.add",
    "boundaries",
    "exodus.series",
)  # inputs that a scenario brings itself: no files of the case
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Run:
    """What is kept of one run: its days, each outcome's course, arrivals by sub-district and day."""

    days: pd.DatetimeIndex
    courses: dict[str, Floats]  # (D,) each
    arrivals: dict[str, npt.NDArray[np.float32]]  # by area_id (D,)


def read(
    sweep: Sweep,
    baseline: str | None = None,
    role_of: Mapping[str, str] | None = None,
    progress: Progress | None = None,
) -> Material:
    """All that is compared; InputError if there is nothing to compare, or tables cannot be read.

    ``role_of``: by parameter, as ``border.policy``, whether it is ours to choose. ``progress`` gets how many
    runs are read, of how many.
    """
    done = sweep.runs[sweep.runs["status"] == DONE]
    there = [name for name in sweep.scenarios if (done["scenario"] == name).any()]
    if not there:
        raise InputError(f"{sweep.path} has no finished run to compare")
    first = _baseline(sweep, there, baseline)
    scenarios = (first, *(name for name in there if name != first))
    runs = _in_order(done, scenarios)
    configs = {name: config_of(runs.loc[runs["scenario"] == name, "path"].iloc[0]) for name in scenarios}
    _same_case(configs)
    count_from = date.fromisoformat(sweep.count_from) if sweep.count_from else None
    about = {path: _provenance(path) for path in dict.fromkeys(runs["path"])}
    found = _read_all(list(runs["path"]), about, count_from, progress)
    days = _common_days(found)
    same_people = len({_people(config, sweep) for config in configs.values()}) == 1
    areas = tuple(sorted({area for run in found for area in run.arrivals}))
    courses = {
        h.name: np.stack([_cut(run, h, days, count_from) for run in found]) for h in HEADLINES.values()
    }
    arrivals = np.stack([_arrivals(run, areas, days) for run in found])
    names = _area_names(runs["path"].iloc[0])
    headlines = [*HEADLINES.values()]
    top = _top_area(arrivals[(runs["scenario"] == first).to_numpy()])
    if top is not None:
        headlines.append(outcomes.headline(ARRIVALS + areas[top], names))
        courses[headlines[-1].name] = arrivals[:, top].cumsum(axis=1, dtype=float)
    made = [(configs[name], about[path]) for name, path in zip(runs["scenario"], runs["path"], strict=True)]
    notes = [
        *trust.notes(), *since.of_all(made), *_left_out(sweep, there),
        *_versions(list(about.values())), *_periods(found, days),
        *_other_people(same_people), *_unpaired(runs, scenarios),
    ]  # fmt: skip
    return Material(
        sweep=sweep,
        scenarios=scenarios,
        runs=runs[["scenario", "replicate", "seed", "path"]],
        days=days,
        headlines=tuple(headlines),
        courses=courses,
        arrivals=arrivals.sum(axis=2, dtype=float),
        area_ids=areas,
        area_names=names,
        configs=configs,
        notes=tuple(notes),
        same_people=same_people,
        axis_values=roles.values(sweep, configs),
        varied=roles.of_scenarios(sweep, configs, role_of or {}),
    )


def _in_order(done: pd.DataFrame, scenarios: Sequence[str]) -> pd.DataFrame:
    """Runs by scenario, in that order, and replicate."""
    order = done["scenario"].map({name: i for i, name in enumerate(scenarios)})
    return done.assign(order=order).sort_values(["order", "replicate"], kind="stable", ignore_index=True)


def _top_area(arrivals: npt.NDArray[Any]) -> int | None:
    """The number of the area with most arrivals over some runs (n, A, D); None if nobody arrives anywhere."""
    by_area = arrivals.sum(axis=(0, 2), dtype=float)
    return int(by_area.argmax()) if by_area.any() else None


def _baseline(sweep: Sweep, there: Sequence[str], asked: str | None) -> str:
    """The scenario to compare with: the one asked for, else the sweep's, else the first with runs."""
    if asked is None:
        return sweep.baseline if sweep.baseline in there else there[0]
    if asked not in sweep.scenarios:
        known = ", ".join(sweep.scenarios)
        raise InputError(
            f"there is no scenario '{asked}' in {sweep.path}{nearest(asked, sweep.scenarios)}; it has {known}"
        )
    if asked not in there:
        raise InputError(
            f"the baseline '{asked}' has no finished run in {sweep.path}; choose another or run it"
        )
    return asked


def _people(config: Mapping[str, Any], sweep: Sweep) -> str:
    """What makes the population, apart from what is drawn for each replicate."""
    section = config.get("population") or {}
    own = {key: value for key, value in section.items() if f"population.{key}" not in sweep.drawn}
    return json.dumps(own, sort_keys=True)


def _same_case(configs: Mapping[str, Mapping[str, Any]]) -> None:
    by_case: dict[str, list[str]] = {}
    for name, config in configs.items():
        by_case.setdefault(str(config.get("case")), []).append(name)
    if len(by_case) > 1:
        said = "; ".join(f"{case}: {', '.join(names)}" for case, names in by_case.items())
        raise InputError(f"scenarios of different cases cannot be compared ({said})")


def _read_all(
    paths: Sequence[Path],
    about: Mapping[Path, Mapping[str, Any]],
    count_from: date | None,
    progress: Progress | None,
) -> list[Run]:
    """What is kept of each run; InputError with the first troubles if tables are spoilt."""
    complaints = Complaints(at_most=MOST_COMPLAINTS)
    known: dict[Path, Run] = {}

    def read_one(path: Path) -> Run | InputError:
        try:
            trust.check(path, about[path])
            return _read_one(path, count_from)
        except InputError as error:
            return error

    with ThreadPoolExecutor(THREADS) as pool:  # reading waits for the disk and for Parquet, not for Python
        waiting = {path: pool.submit(read_one, path) for path in about}
        try:
            for number, (path, future) in enumerate(waiting.items(), start=1):
                run = future.result()
                if progress:
                    progress(number, len(about))
                if isinstance(run, Run):
                    known[path] = run
                else:
                    for text in run.complaints:
                        complaints.add(text)
        except BaseException:  # Ctrl-C: the rest need not be read
            pool.shutdown(cancel_futures=True)
            raise
    complaints.raise_if_any()
    return [known[path] for path in paths]  # a run that two scenarios amount to stands there once


def _read_one(path: Path, count_from: date | None) -> Run:
    cube = read_cube(path, {FLOW, *(h.measure for h in HEADLINES.values())})
    courses = outcomes.courses_of(cube, HEADLINES.values(), count_from)
    areas = [area_id for area_id in cube.names(FLOW, AREA) if area_id]
    arrivals = cube.values(FLOW, {AREA: areas}).T.astype(np.float32, order="C")
    there = zip(areas, arrivals, strict=True)
    return Run(cube.days, courses, {area_id: v for area_id, v in there if v.any()})


def _common_days(found: Sequence[Run]) -> pd.DatetimeIndex:
    first, last = max(run.days[0] for run in found), min(run.days[-1] for run in found)
    if last < first:
        raise InputError(
            f"the runs have no day in common: one begins on {first:%Y-%m-%d}, another ends on {last:%Y-%m-%d}"
        )
    return pd.date_range(first, last, name="time", unit="us")


def _cut(run: Run, headline: Headline, days: pd.DatetimeIndex, count_from: date | None) -> Floats:
    """(D,) an outcome's course in the common days; what grows from the start of a run grows from theirs."""
    course = run.courses[headline.name]
    start = int((days[0] - run.days[0]).days)
    part = course[start : start + len(days)]
    grows = headline.kind == "sum" or MEASURES[headline.measure].cumulative
    if start and grows and not (headline.kind == "since" and count_from is not None):
        part = part - course[start - 1]
    return part


def _arrivals(run: Run, areas: Sequence[str], days: pd.DatetimeIndex) -> Floats:
    """(A, D) arrivals in the common days, in half the memory."""
    start, n = int((days[0] - run.days[0]).days), len(days)
    nobody = np.zeros(n, np.float32)
    found = [run.arrivals[a][start : start + n] if a in run.arrivals else nobody for a in areas]
    return np.stack(found) if found else np.zeros((0, n), np.float32)


def _area_names(path: Path) -> dict[str, str]:
    """English name by P-code, as one run's table has them."""
    frame = parquet.read_table(path / "measures.parquet", columns=["area_id", "area_name"]).to_pandas()
    pairs = frame.drop_duplicates()
    return {a: n or a for a, n in zip(pairs["area_id"], pairs["area_name"], strict=True) if a}


def _left_out(sweep: Sweep, there: Sequence[str]) -> list[str]:
    """Which runs asked for are not there."""
    notes = [f"Left out: “{name}” has no finished run." for name in sweep.scenarios if name not in there]
    wanted, status = len(sweep.runs), sweep.runs["status"]
    done, failed = int((status == DONE).sum()), int((status == FAILED).sum())
    if done < wanted:
        share = f"Compared are {done:,} of {wanted:,} runs: {failed:,} failed, {wanted - done - failed:,} missing."
        notes.append(share)
    return notes


def _versions(about: Sequence[Mapping[str, Any]]) -> list[str]:
    """Whether the runs come from one code and from the same case files."""
    notes = []
    if len({a.get("code") for a in about}) > 1:
        notes.append(
            "Warning: the runs come from different states of the code; a difference may be its doing."
        )
    inputs = [{n: h for n, h in (a.get("inputs") or {}).items() if n not in OF_THE_USER} for a in about]
    files = sorted({name for each in inputs for name in each if each[name] != inputs[0].get(name)})
    if files:
        notes.append(f"Warning: the case's files changed between the runs: {', '.join(files)}.")
    return notes


def _provenance(path: Path) -> dict[str, Any]:
    content = read_json(path / PROVENANCE)
    if not isinstance(content, dict):
        raise InputError(f"{path / PROVENANCE} is not as flightsim wrote it")
    return content


def _periods(found: Sequence[Run], days: pd.DatetimeIndex) -> list[str]:
    if all(len(run.days) == len(days) and run.days[0] == days[0] for run in found):
        return []
    span = f"{words.day_year(days[0].to_datetime64())} to {words.day_year(days[-1].to_datetime64())}"
    return [
        f"The runs have different periods: compared is what they have in common, {span}, counted from its start."
    ]


def _other_people(same: bool) -> list[str]:
    if same:
        return []
    told = "differences are not between the same households, and changed lives are not compared"
    return [f"The scenarios have different populations: {told}."]


def _unpaired(runs: pd.DataFrame, scenarios: Sequence[str]) -> list[str]:
    """Scenarios with replicates that the baseline has not, or has with another seed."""
    keys = {
        name: set(map(tuple, runs.loc[runs["scenario"] == name, ["replicate", "seed"]].to_numpy()))
        for name in scenarios
    }
    base = keys[scenarios[0]]
    alone = {
        name: len(own) - len(own & base)
        for name, own in keys.items()
        if len(own & base) < max(len(own), len(base))
    }
    told = "runs have the baseline's random seed; only these are paired"
    return [f"“{name}”: {len(keys[name] & base):,} of its {len(keys[name]):,} {told}." for name in alone]
