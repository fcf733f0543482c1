"""How fast is a run, how much memory does it take, and how do both grow with the number of households?

    python experiments/benchmarks/speed.py              all, into results.md: about ten minutes
    python experiments/benchmarks/speed.py --quick      a toy case, once: does the script work? writes no file

Every case has a process of its own, all on one core. Times are CPU seconds unless they say wall. A job is timed
from reading the case to the results folder on disk, figures included; starting Python, imports and composing the
configuration are timed apart, and the whole process is there too. Before each case the script waits, at most
``--wait`` minutes in all, until the machine is quiet.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bench.cases import KINDS, Case
from bench.report import write_part
from bench.tables import growth_table, jobs_table, parts_table, twin_table

HERE = Path(__file__).resolve().parent
QUIET_LOAD = 1.3  # mean number of running processes over the last minute, this script's own included
PACKAGES = ("flightsim", "numpy", "scipy", "pandas", "pyarrow", "matplotlib", "mesa")


@dataclass(frozen=True)
class Plan:
    """What to measure: overrides of the main job, its scales, and the twin's period and scales."""

    job: tuple[str, ...]
    scales: tuple[float, ...]
    repeats: int
    twin: tuple[str, ...]
    plain_scales: tuple[float, ...]
    engine_scales: tuple[float, ...]


FULL = Plan((), (0.1, 0.5, 1.0), 3, ("start=2019-12-17", "days=7"), (0.01, 0.1), (0.01, 0.1, 1.0))
QUICK = Plan(
    ("experiment=toy", "days=3", "figures=false"),
    (0.5, 1.0),
    1,
    ("experiment=toy", "start=2020-01-05", "days=3"),
    (0.2,),
    (0.2,),
)


class Bench:
    """Runs cases in processes of their own on one core, and keeps what they say."""

    def __init__(self, repeats: int, wait_minutes: float) -> None:
        self.repeats, self._patience_s, self.loads = repeats, wait_minutes * 60, []

    def measure(self, kind: str, overrides: Sequence[str], scale: float) -> list[Case]:
        """A case, so many times over."""
        cases = []
        for _ in range(self.repeats):
            self._wait_until_quiet()
            cases.append(self._once(kind, [*overrides, f"population.scale={scale}"]) | {"scale": scale})
            told = {key: round(v, 2) for key, v in cases[-1].items() if isinstance(v, (int, float))}
            print(f"{kind} {told}", file=sys.stderr, flush=True)
        return cases

    def _once(self, kind: str, overrides: Sequence[str]) -> Case:
        self.loads.append(os.getloadavg()[0])
        began = time.perf_counter()
        command = [sys.executable, __file__, "--one", kind, *overrides]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            said = process.stdout.read()
            _, status, used = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
        return json.loads(said.splitlines()[-1]) | {
            "process_cpu_s": used.ru_utime + used.ru_stime,
            "process_wall_s": time.perf_counter() - began,
            "peak_mb": used.ru_maxrss * 1024 / 1e6,
        }

    def _wait_until_quiet(self) -> None:
        while self._patience_s > 0 and os.getloadavg()[0] >= QUIET_LOAD:
            time.sleep(5)
            self._patience_s -= 5


def machine(bench: Bench) -> str:
    """What it was measured on, and when."""
    model = ""
    if Path("/proc/cpuinfo").exists():
        names = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line]
        model = names[0].partition(":")[2].strip() if names else ""
    commit = _git("rev-parse", "--short", "HEAD") or "unknown"
    if _git("status", "--porcelain", "--", "../../src", "../../conf"):
        commit += ", with changes not committed"
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in PACKAGES)
    return (
        f"Measured {datetime.now(UTC):%-d %B %Y, %H:%M} UTC at commit {commit} on one of {os.cpu_count()} shared cores "
        f"({model or platform.machine()}, {platform.system()}), Python {platform.python_version()}, {versions}. "
        f"Load before the cases: {min(bench.loads):.1f} to {max(bench.loads):.1f}."
    )


def _git(*words: str) -> str:
    command = ["git", "-C", str(HERE), *words]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()


def report(plan: Plan, bench: Bench) -> str:
    """Measure everything and say it in four tables."""
    runs = [bench.measure("job", plan.job, scale) for scale in plan.scales]
    plain = [bench.measure("plain", plan.twin, scale) for scale in plan.plain_scales]
    engine = [bench.measure("engine", plan.twin, scale) for scale in plan.engine_scales]
    repeats = f"Median of {bench.repeats}, the least in brackets." if bench.repeats > 1 else "One run each."
    return f"""# Speed and memory

Written by `speed.py`; see README.md. {machine(bench)}

## The whole job

`{" ".join(["flightsim run", *plan.job])}` with `population.scale`: from reading the case to the results folder on disk.
{repeats}

{jobs_table(runs)}

## Growth

Exponents of 1 are growth in proportion to households. What does not depend on households makes them smaller, so look
at the last sizes, and at what each further 100,000 households cost: that must not rise.

{growth_table(runs)}

## Where the time goes, at scale {plan.scales[-1]:g}

{parts_table(runs[-1])}

## Against plain Mesa

The hours of `{" ".join(plan.twin)}` alone, without setting up and without results. The twin, with a `mesa.Agent` a
household, is `bench/plain.py`. {repeats}

{twin_table(engine, plain)}

\\* against the plain twin's rate at its largest size.
"""


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="a toy case, once: does it work?")
    parser.add_argument("--repeats", type=int, help="how often each case is measured")
    parser.add_argument(
        "--wait", type=float, default=10, metavar="MINUTES", help="for a quiet machine, in all"
    )
    parser.add_argument("--out", type=Path, metavar="FILE", help="where the tables go")
    parser.add_argument("--one", nargs="+", metavar=("KIND", "NAME=VALUE"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        kind, *overrides = arguments.one
        print(json.dumps(KINDS[kind](overrides)))
        return
    if hasattr(os, "sched_setaffinity"):  # the processes started from here inherit it; not on every system
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    plan = QUICK if arguments.quick else FULL
    bench = Bench(arguments.repeats or plan.repeats, 0 if arguments.quick else arguments.wait)
    text = report(plan, bench)
    print(text)
    out = arguments.out or (None if arguments.quick else HERE / "results.md")
    if out:
        write_part(out, text)


if __name__ == "__main__":
    main()
