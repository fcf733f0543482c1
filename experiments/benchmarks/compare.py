"""How long does a comparison of 1,000 runs take, and how much memory?

    python experiments/benchmarks/compare.py             98 days of Idlib at scale 0.1; writes compare.md: some minutes
    python experiments/benchmarks/compare.py --quick     a toy case, 20 runs: does the script work? writes no file

A few real runs are made (two scenarios, a few seeds) and their folders copied under other names until there are
enough; then ``flightsim compare`` runs in a process of its own. The goal is under 20 s and under 2 GB.
"""

from __future__ import annotations

import argparse
import os
import platform
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from flightsim.config import compose
from flightsim.results import sweeps
from flightsim.scenario import from_config

HERE = Path(__file__).resolve().parent
SCENARIOS = {"closed": ("border=closed",), "open": ("border=open",)}
FILES = ("measures.parquet", "households.parquet", "config.yaml", "provenance.json")


@dataclass(frozen=True)
class Measured:
    """What one comparison took."""

    runs: int
    wall_seconds: float
    cpu_seconds: float
    peak_mb: float


def main() -> int:
    """Make the runs, copy them, compare, write what it took."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--runs", type=int, default=1_000)
    parser.add_argument("--seeds", type=int, default=5, help="real runs of each scenario")
    arguments = parser.parse_args()
    settings = ["case=toy", "days=10"] if arguments.quick else ["population.scale=0.1"]
    n = 20 if arguments.quick else arguments.runs
    with tempfile.TemporaryDirectory() as scratch:
        made = real_runs(Path(scratch) / "real", settings, arguments.seeds)
        folder = Path(scratch) / "sweep"
        fabricate(folder, made, n)
        found = measure(folder, n)
    text = page(found, settings)
    print(text)
    if not arguments.quick:
        (HERE / "compare.md").write_text(text, encoding="utf-8")
    return 0


def real_runs(folder: Path, settings: list[str], seeds: int) -> dict[str, list[Path]]:
    """A few runs of each scenario."""
    made: dict[str, list[Path]] = {}
    for name, overrides in SCENARIOS.items():
        for seed in range(1, seeds + 1):
            words = [*settings, *overrides, f"seed={seed}", "figures=false", f"results={folder}"]
            (job,) = compose.jobs(words)
            made.setdefault(name, []).append(from_config(job.config).run().path)
    return made


def fabricate(folder: Path, made: dict[str, list[Path]], n: int) -> None:
    """A sweep of ``n`` runs, each a copy of one of the real ones: whole files, not links, as a disk has them."""
    rows = []
    each = n // len(made)
    for number, (name, paths) in enumerate(made.items()):
        for replicate in range(each):
            run = f"{number * each + replicate:012x}"
            (folder / run).mkdir(parents=True)
            for file in FILES:
                shutil.copy(paths[replicate % len(paths)] / file, folder / run / file)
            about = {"scenario": name, "replicate": replicate, "seed": 1 + replicate, "run": run}
            rows.append({**about, "status": sweeps.DONE, "seconds": 1.0, "error": ""})
    sweep = sweeps.Sweep(
        path=folder, name="benchmark", hash="0" * 12, scenarios=tuple(made), baseline=next(iter(made)),
        replicates=each, runs=sweep_rows(rows), overrides=SCENARIOS,
    )  # fmt: skip
    sweeps.write_about(sweep)
    sweeps.write_rows(folder, [], rows)


def sweep_rows(rows: list[dict]) -> object:
    """The rows as the folder's own table."""
    import pandas as pd

    return pd.DataFrame(rows)


def measure(folder: Path, n: int) -> Measured:
    """Time and memory of ``flightsim compare`` in a process of its own."""
    began, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-m", "flightsim.cli", "compare", str(folder)], check=True)
    wall, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    peak = after.ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)  # bytes there, kilobytes here
    return Measured(n, wall, cpu, peak * 1.024 if sys.platform != "darwin" else peak)


def page(found: Measured, settings: list[str]) -> str:
    """What it took, as a page."""
    day = datetime.now(UTC).strftime("%-d %B %Y")
    load = f"{os.cpu_count()} cores, load before it {os.getloadavg()[1]:.1f}"
    met = {True: "met", False: "**not met**"}
    return (
        "# How long does a comparison take?\n\n"
        f"`flightsim compare` of {found.runs:,} runs ({', '.join(SCENARIOS)}; `{' '.join(settings)}`), whole process,\n"
        f"figures and tables written. {day}, Python {platform.python_version()}, {load}.\n"
        "Written by `experiments/benchmarks/compare.py`.\n\n"
        "| | goal | measured | |\n|---|---|---|---|\n"
        f"| wall time | under 20 s | {found.wall_seconds:.1f} s | {met[found.wall_seconds < 20]} |\n"
        f"| CPU time | | {found.cpu_seconds:.1f} s | |\n"
        f"| peak memory | under 2 GB | {found.peak_mb:,.0f} MB | {met[found.peak_mb < 2_000]} |\n"
    )


if __name__ == "__main__":
    sys.exit(main())
