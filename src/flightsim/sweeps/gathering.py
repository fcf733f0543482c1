"""Shards of a sweep, made on machines that did not know of each other, joined and checked."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd

from flightsim.case.text_files import read_json
from flightsim.config.compose import SWEEP_SETTINGS
from flightsim.config.overrides import key_of
from flightsim.errors import Complaints, InputError
from flightsim.files.atomic import alone_in, whole_folder
from flightsim.results import outcomes, runs, sweeps
from flightsim.results.sweeps import COLUMNS, DONE, MISSING, Sweep
from flightsim.sweeps import ensemble, summary

Key = tuple[str, int]  # scenario and replicate
Tell = Callable[[str], None]


@dataclass(frozen=True)
class Found:
    """A row of a shard's runs.csv, and where the run is, if it is there."""

    row: dict[str, Any]
    path: Path | None


def gather(
    folders: Sequence[Path], into: Path | None = None, *, figures: bool = True, tell: Tell = lambda text: None
) -> Sweep:
    """Join the shards that are in ``folders``, or are these, as one sweep in ``into`` (default: the one folder given).

    Runs inside ``into`` stay where they are, others are copied there. What is missing is listed as missing. InputError,
    with nothing written, if the shards are not of one sweep, case and code, a run was edited, or two differ.
    """
    if into is None and len(folders) > 1:
        raise InputError("several folders are given; say with --output which folder the whole goes into")
    into = (into or folders[0]).resolve()
    parts = _parts([*folders, into] if sweeps.is_sweep(into) else folders)
    _check_one_sweep(parts)
    found = _found(parts, into)
    _check_runs(found, parts)
    with alone_in(into):
        whole = _whole(parts, into)
        paths = {key: _brought(one.path, into) for key, one in found.items() if one.path}
        rows = _rows(whole, found, paths)
        sweeps.write_about(whole)
        sweeps.write_rows(into, [axis.name for axis in whole.axes], rows)
        day = datetime.fromisoformat(whole.count_from).date() if whole.count_from else None
        values: dict[str, list[dict[str, float]]] = {name: [] for name in whole.scenarios}
        for scenario, replicate in sorted(paths):
            path = paths[scenario, replicate]
            values[scenario].append(outcomes.of_run(path, outcomes.HEADLINES, day))
        summary.write(into, values)
        done = sweeps.read_one(into)
        if len(done.scenarios) == 1:
            ensemble.write(done, figures, tell)
    _tell_what_is_missing(parts, done, tell)
    return done


def _parts(folders: Iterable[Path]) -> list[Sweep]:
    """The sweeps at these folders or right below them; InputError for a folder without one."""
    complaints, found = Complaints(at_most=20), {}
    for folder in folders:
        below = sorted(path.parent for path in folder.glob(f"*/{sweeps.SWEEP}"))
        own = [folder] if sweeps.is_sweep(folder) else []
        if not below and not own:
            there = "holds no shard of a sweep" if folder.is_dir() else "is not there"
            complaints.add(f"{folder} {there}; expected what flightsim run … shard=3/100 results=DIR wrote")
        for path in (*below, *own):
            try:
                found[path.resolve()] = sweeps.read_one(path.resolve())
            except InputError as error:
                complaints.texts += error.complaints
    complaints.raise_if_any()
    return list(found.values())


def _check_one_sweep(parts: Sequence[Sweep]) -> None:
    """InputError if not all were asked for in the same terms, of the same case, with the same code."""
    complaints, first = Complaints(at_most=20), parts[0]
    for other in parts[1:]:
        if other.code != first.code:
            complaints.add(f"{other.path} was made by flightsim {other.code}, {first.path} by {first.code}")
        elif other.hash != first.hash:
            same = all(
                one(other) == one(first)
                for one in (_lines, lambda sweep: (sweep.name, sweep.drawn, sweep.seeds))
            )
            told = "the same scenarios of another case or input file" if same else "another sweep"
            complaints.add(
                f"{other.path} holds {told} ({other.name}: {', '.join(other.scenarios[:4])}) than {first.path}"
            )
    complaints.raise_if_any()


def _lines(sweep: Sweep) -> dict[str, tuple[str, ...]]:
    """What makes each scenario, without what says which runs are made where."""
    elsewhere = (*SWEEP_SETTINGS, "results")
    return {
        name: tuple(line for line in lines if key_of(line) not in elsewhere)
        for name, lines in sweep.overrides.items()
    }


def _found(parts: Sequence[Sweep], into: Path) -> dict[Key, Found]:
    """The row of every run, the best where there are several; InputError if two finished ones differ."""
    complaints, best = Complaints(at_most=20), dict[Key, Found]()
    for part in parts:
        rows: Any = part.runs.to_dict("records")
        for row in rows:
            there = row.pop("path")
            path = there if row["status"] == DONE else None
            one, key = Found(row, path), (str(row["scenario"]), int(row["replicate"]))
            other = best.get(key)
            if other and other.path and path and path.resolve() != other.path.resolve():
                if _outputs(path) != _outputs(other.path):
                    complaints.add(
                        f"{path} and {other.path} are the same run, {key[0]}, replicate {key[1]}, with other "
                        "results; remove the one that is wrong"
                    )
                if into in other.path.parents:
                    continue
            if other is None or path or (other.path is None and other.row["status"] == MISSING):
                best[key] = one
    complaints.raise_if_any()
    return best


def _outputs(path: Path) -> Any:
    return read_json(path / runs.PROVENANCE).get("outputs")


def _check_runs(found: dict[Key, Found], parts: Sequence[Sweep]) -> None:
    """InputError if a run was edited, or is of another code, case or seed than its shard says."""
    complaints, inputs = Complaints(at_most=20), dict[str, tuple[Path, Any]]()
    for (scenario, _), one in found.items():
        if one.path is None:
            continue
        about = read_json(one.path / runs.PROVENANCE)
        first, its = inputs.setdefault(scenario, (one.path, about.get("inputs")))
        if about.get("code") != parts[0].code:
            complaints.add(f"{one.path} was made by flightsim {about.get('code')}, not {parts[0].code}")
        elif about.get("inputs") != its:
            complaints.add(f"{one.path} was made of another case or input file than {first}")
        elif about.get("seed") != one.row["seed"]:
            complaints.add(f"{one.path} has seed {about.get('seed')}; its row says {one.row['seed']}")
        elif changed := runs.edited(one.path):
            complaints.add(
                f"{one.path / changed[0]} is not as it was written; put it back, or remove {one.path}"
            )
    complaints.raise_if_any()


def _whole(parts: Sequence[Sweep], into: Path) -> Sweep:
    """What the whole sweep was asked for."""
    draws = [part.draws for part in parts if part.draws is not None]
    return replace(
        parts[0],
        path=into,
        replicates=max(part.replicates for part in parts),
        shard="",
        overrides=_lines(parts[0]),
        created_utc=min(part.created_utc for part in parts),
        draws=pd.concat(draws).drop_duplicates("replicate").sort_values("replicate") if draws else None,
    )


def _brought(path: Path, into: Path) -> Path:
    """A run inside the whole sweep's folder: where it is already, or copied there."""
    path = path.resolve()
    if into in path.parents:
        return path
    there = into / path.name
    if not runs.is_complete(there):
        with whole_folder(there) as folder:
            shutil.copytree(path, folder, dirs_exist_ok=True)
    return there


def _rows(whole: Sweep, found: dict[Key, Found], paths: dict[Key, Path]) -> list[dict[str, Any]]:
    """A row for every run that was asked for, those of shards that are not here too."""
    values = {scenario: one.row for (scenario, _), one in found.items()}  # of the axes
    rows = []
    for scenario in whole.scenarios:
        for replicate in range(whole.replicates):
            key = (scenario, replicate)
            if key in found:
                row = dict(found[key].row)
                row["seconds"] = "" if pd.isna(row["seconds"]) else row["seconds"]
                if key in paths:
                    row["run"] = paths[key].relative_to(whole.path).as_posix()
            else:
                several = len(whole.seeds) > 1
                seed = whole.seeds[replicate] if several else (whole.seeds or (1,))[0] + replicate
                axes = {axis.name: values.get(scenario, {}).get(axis.name, "") for axis in whole.axes}
                own = (scenario, replicate, seed, "", MISSING, "", "")
                row = dict(zip(COLUMNS, own, strict=True)) | axes
            rows.append(row)
    return rows


def _tell_what_is_missing(parts: Sequence[Sweep], done: Sweep, tell: Tell) -> None:
    """Say which shards are not here, and how many runs."""
    gone = len(done.runs) - len(done.done)
    if not gone:
        return
    shards = {part.shard for part in parts if part.shard}
    ofs = {int(shard.partition("/")[2]) for shard in shards}
    if len(ofs) == 1:
        of = ofs.pop()
        lost = [f"{n}/{of}" for n in range(1, of + 1) if f"{n}/{of}" not in shards]
        if lost:
            tell(
                f"not here: shard {', '.join(lost[:20])}{f' and {len(lost) - 20} more' if len(lost) > 20 else ''}"
            )
    tell(
        f"{gone} of {len(done.runs)} runs are missing or failed (in {done.path / sweeps.RUNS}); make them with the "
        f"commands of their shards, or without shard= and with results={os.path.realpath(done.path)}, and gather again"
    )
