"""Several sweeps, or plain runs, read as one: runs whose configurations differ only in seed are one scenario."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from flightsim import dotted
from flightsim.case.text_files import read_json, read_yaml
from flightsim.errors import InputError
from flightsim.files.old_names import renewed_parts
from flightsim.results.runs import PROVENANCE, is_complete
from flightsim.results.sweeps import COLUMNS, DONE, Drawn, Sweep, is_sweep, read_one

SAME_SCENARIO = ("seed", "results", "figures", "name")  # settings that do not make another scenario
TARGET = "._target_"
DEPTH = 2  # how far below a folder runs are looked for: results/NAME/RUN
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times faster, where it is built in


@dataclass(frozen=True)
class Group:
    """Runs that differ only in seed."""

    label: str  # blank for plain runs, which have no name of their own
    origin: Path
    config: dict[str, Any]  # without the seed
    rows: pd.DataFrame
    sweep: Sweep | None = None


def read(paths: str | Path | Iterable[str | Path]) -> Sweep:
    """The sweep in a folder; or of several folders, or of a folder that holds sweeps or plain runs, as one.

    InputError if a folder holds none, or if its files are not as flightsim writes them.
    """
    folders = [Path(paths)] if isinstance(paths, str | Path) else [Path(path) for path in paths]
    if len(folders) == 1 and is_sweep(folders[0]):
        return read_one(folders[0])
    sweeps: list[Path] = []
    runs: list[Path] = []
    for folder in dict.fromkeys(folders):
        found = _inside(folder, DEPTH)
        if not found:
            there = "holds neither a sweep nor a run of flightsim" if folder.exists() else "is not there"
            raise InputError(f"{folder} {there}")
        sweeps += [path for path in found if is_sweep(path)]
        runs += [path for path in found if not is_sweep(path)]
    if len(sweeps) == 1 and not runs:
        return read_one(sweeps[0])
    groups = [group for path in dict.fromkeys(sweeps) for group in _of_sweep(read_one(path))]
    return _as_one(folders[0], _merged([*groups, *_of_runs(list(dict.fromkeys(runs)))]))


def _inside(folder: Path, depth: int) -> list[Path]:
    """The sweeps and finished runs at a folder or below it, in order of their names."""
    if is_sweep(folder) or is_complete(folder):
        return [folder]
    if not depth or not folder.is_dir():
        return []
    below = sorted(path for path in folder.iterdir() if path.is_dir() and not path.name.startswith("."))
    return [found for path in below for found in _inside(path, depth - 1)]


def _of_sweep(sweep: Sweep) -> list[Group]:
    """The scenarios of a sweep; one of which no run is there has nothing to be compared."""
    groups = []
    for name in sweep.scenarios:
        rows = sweep.runs[sweep.runs["scenario"] == name]
        done = rows[rows["status"] == DONE]
        if len(done):
            config = _without(_config(done["path"].iloc[0]), sweep.drawn)
            groups.append(Group(name, sweep.path, config, rows, sweep))
    return groups


def _of_runs(paths: Sequence[Path]) -> list[Group]:
    """Plain runs, those that differ only in seed together."""
    found: dict[str, tuple[dict[str, Any], list[dict[str, Any]]]] = {}
    for path in paths:
        whole = _config(path)
        config = _without(whole, ())
        seconds = read_json(path / PROVENANCE).get("wall_seconds")
        values = ("", 0, int(whole["seed"]), path.name, DONE, seconds, "")
        row = dict(zip(COLUMNS, values, strict=True)) | {"path": path}
        rows = found.setdefault(_key(config), (config, []))[1]
        rows.append(row)
    groups = {
        key: Group("", rows[-1]["path"].parent, config, pd.DataFrame(rows))
        for key, (config, rows) in found.items()
    }
    labels = _what_differs([group.config for group in groups.values()])
    return [
        replace(group, label=label or group.origin.name)
        for label, group in zip(labels, groups.values(), strict=True)
    ]


def _merged(groups: Sequence[Group]) -> list[Group]:
    """Groups of one configuration as one; of one name but another configuration, told apart by their folders."""
    by_key: dict[str, Group] = {}
    for group in groups:
        key = _key(group.config)
        if key in by_key:
            rows = pd.concat([by_key[key].rows, group.rows], ignore_index=True)
            rows = rows.sort_values("status", key=lambda status: status != DONE, kind="stable")
            rows = rows.drop_duplicates("seed", ignore_index=True)
            by_key[key] = replace(by_key[key], rows=rows)
        else:
            by_key[key] = group
    merged: list[Group] = []
    taken = [group.label for group in by_key.values()]
    for number, group in enumerate(by_key.values(), start=1):
        label = group.label
        if taken.count(label) > 1:
            label = f"{label} ({group.origin.name})"
            if label in (other.label for other in merged):
                label = f"{label} {number}"
        merged.append(replace(group, label=label))
    return merged


def _as_one(path: Path, groups: Sequence[Group]) -> Sweep:
    """One sweep of all groups; replicates are counted by seed, so that the same seed is the same replicate."""
    seeds = sorted({int(seed) for group in groups for seed in group.rows["seed"]})
    rank = {seed: n for n, seed in enumerate(seeds)}
    frames = []
    for group in groups:
        rows = group.rows.reindex(columns=[*COLUMNS, "path"]).copy()
        rows["scenario"], rows["replicate"] = group.label, rows["seed"].map(rank)
        frames.append(rows.sort_values("replicate", kind="stable"))
    first = next((group for group in groups if group.sweep), groups[0])
    named = [g.label for g in groups if first.sweep and g.sweep is first.sweep and g.config == first.config]
    for group in groups:
        if group.sweep and group.sweep is first.sweep and group.sweep.baseline == group.label:
            named = [group.label]
    draws = _draws(groups, rank)
    return Sweep(
        path=path,
        name=first.sweep.name if first.sweep else path.name,
        hash="",
        scenarios=tuple(group.label for group in groups),
        baseline=named[0] if named else groups[0].label,
        replicates=len(seeds),
        runs=pd.concat(frames, ignore_index=True),
        count_from=first.config.get("count_from"),
        drawn={} if draws is None or first.sweep is None else first.sweep.drawn,
        draws=draws,
    )


def _draws(groups: Sequence[Group], rank: Mapping[int, int]) -> pd.DataFrame | None:
    """The draws by replicate, if every group has them and they agree."""
    tables = []
    for group in groups:
        if group.sweep is None or group.sweep.draws is None:
            return None
        seeds = dict(zip(group.sweep.runs["replicate"], group.sweep.runs["seed"], strict=True))
        table = group.sweep.draws[group.sweep.draws["replicate"].isin(seeds)]
        tables.append(table.assign(replicate=table["replicate"].map(seeds).map(rank)))
    if any(list(table) != list(tables[0]) for table in tables):
        return None
    draws = pd.concat(tables, ignore_index=True).drop_duplicates().sort_values("replicate", ignore_index=True)
    return None if draws["replicate"].duplicated().any() else draws


def _config(run: Path) -> dict[str, Any]:
    """The configuration of a run."""
    path = run / "config.yaml"
    content = read_yaml(path)
    if not isinstance(content, dict) or not isinstance(content.get("seed"), int):
        raise InputError(f"{path} is not as flightsim writes it: it has no seed")
    return renewed_parts(content)


def _without(config: Mapping[str, Any], drawn: Iterable[str] | Mapping[str, Drawn]) -> dict[str, Any]:
    """A configuration by dotted names, less the seed and what was drawn."""
    flat = dotted.flat({key: value for key, value in config.items() if key not in SAME_SCENARIO})
    return {key: value for key, value in flat.items() if key not in set(drawn)}


def _key(config: Mapping[str, Any]) -> str:
    return json.dumps(config, sort_keys=True, default=str)


def _what_differs(configs: Sequence[Mapping[str, Any]]) -> list[str]:
    """A label for each configuration: the settings in which they are not all the same. Blank for one alone."""
    names = dict.fromkeys(name for config in configs for name in config)
    differing = [name for name in names if len({_key({"": config.get(name)}) for config in configs}) > 1]
    other_parts = {_group(name) for name in differing if name.endswith(TARGET)}
    told = [name for name in differing if name.endswith(TARGET) or _group(name) not in other_parts]
    return [" ".join(_said(name, config[name]) for name in told if name in config) for config in configs]


def _group(name: str) -> str:
    return name.partition(".")[0]


def _said(name: str, value: Any) -> str:
    """A setting as a label says it; of a part the name of its class, which says its parameters too."""
    if name.endswith(TARGET):
        return f"{_group(name)}={str(value).rpartition('.')[2]}"
    return f"{name}={value}"
