"""Small sweeps for tests of what compares them: real runs of the toy case, and runs made up to sums in the head."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from flightsim import __version__, results
from flightsim.config import compose
from flightsim.results import runs, sweeps
from flightsim.scenario import from_config

DAYS = pd.date_range("2020-01-01", periods=3)


def rows(measure: str, by_day: Sequence[float], area: str = "", group: str = "") -> pd.DataFrame:
    """One measure by day."""
    days = pd.date_range(DAYS[0], periods=len(by_day))
    return pd.DataFrame(
        {"time": days, "area_id": area, "group": group, "measure": measure, "value": np.array(by_day, float)}
    )


def measures(displaced: Sequence[float], arrivals: Mapping[str, float] | None = None) -> pd.DataFrame:
    """The least that a comparison reads: displaced people by day, arrivals on the last day by area."""
    n = len(displaced)
    zeros = [0.0] * (n - 1)
    some = [rows("arrivals_persons", [*zeros, v], a, "host") for a, v in (arrivals or {}).items()]
    return pd.concat(
        [rows("persons_total", [10_000.0] * n), rows("displaced_persons", displaced, "TY010101"), *some],
        ignore_index=True,
    )


def households(*table: tuple[int, str | None, str, str, str]) -> pd.DataFrame:
    """Movers: key, first departure (None: did not leave), cause, first destination, shelter at the end."""
    frame = pd.DataFrame(
        table, columns=["household", "first_departure", "cause", "first_destination_place", "rung_now"]
    )
    frame["household"] = frame["household"].astype("uint64")
    frame["first_departure"] = pd.to_datetime(frame["first_departure"]).astype("datetime64[s]")
    return frame.assign(persons=np.int16(5), weight=2.0)


def run(folder: Path, name: str, tables: Mapping[str, pd.DataFrame], seed: int = 1, **config: Any) -> Path:
    """The folder of a made-up run."""
    whole = {"name": "made", "case": "toy", "start": "2020-01-01", "days": 3, "seed": seed, **config}
    about = {"flightsim": __version__, "code": "c", "seed": seed, "inputs": {"places.csv": "1"}}
    names = {"TY010101": "Southmarch", "TY010102": "Midvale"}
    return runs.write_run(folder, name, results.Results.in_memory(tables, whole, about, names))


def sweep(
    folder: Path,
    scenarios: Mapping[str, Sequence[Mapping[str, pd.DataFrame]]],
    configs: Mapping[str, Mapping[str, Any]] | None = None,
    **more: Any,
) -> Path:
    """A sweep of made-up runs: for each scenario the tables of its replicates."""
    table = []
    for s, (name, replicates) in enumerate(scenarios.items()):
        for r, tables in enumerate(replicates):
            run_id = f"{s:06x}{r:06x}"
            run(folder, run_id, tables, 1 + r, **dict((configs or {}).get(name, {})))
            about = {
                "scenario": name,
                "replicate": r,
                "seed": 1 + r,
                "run": run_id,
                "seconds": 1,
                "error": "",
            }
            table.append({**about, "status": sweeps.DONE})
    return write(folder, table, tuple(scenarios), **more)


def write(folder: Path, table: Sequence[Mapping[str, Any]], scenarios: tuple[str, ...], **more: Any) -> Path:
    """sweep.yaml and runs.csv around runs that are there."""
    axes = tuple(more.get("axes", ()))
    found = sweeps.Sweep(
        path=folder, name="made", hash="0" * 12, scenarios=scenarios, baseline=scenarios[0],
        replicates=len(table) // len(scenarios), runs=pd.DataFrame(table),
        overrides=dict.fromkeys(scenarios, ()), **more,
    )  # fmt: skip
    sweeps.write_about(found)
    sweeps.write_rows(folder, [axis.name for axis in axes], table)
    return folder


def real(folder: Path, scenarios: Mapping[str, Sequence[str]], replicates: int, *settings: str) -> Path:
    """A sweep of real runs of the toy case."""
    table = []
    for name, overrides in scenarios.items():
        for r in range(replicates):
            words = ["case=toy", *settings, *overrides, f"seed={r + 1}", "figures=false", f"results={folder}"]
            (job,) = compose.jobs(words)
            path = from_config(job.config).run().path
            if not (folder / path.name).exists():
                path.rename(folder / path.name)
            about = {
                "scenario": name,
                "replicate": r,
                "seed": r + 1,
                "run": path.name,
                "seconds": 1,
                "error": "",
            }
            table.append({**about, "status": sweeps.DONE})
    return write(folder, table, tuple(scenarios))
