"""How fast is a sweep: runs a minute, two workers against one, and what sweeping costs over bare runs?

    python experiments/benchmarks/sweep.py              200 runs at population.scale=0.1: a quarter of an hour
    python experiments/benchmarks/sweep.py --runs 40    fewer
    python experiments/benchmarks/sweep.py --quick      a toy case: does the script work? writes no file

A sweep is timed as a user waits for it, from starting Python to the last line. Bare runs are the same runs one after
the other in a process of its own, with nothing around them, timed without starting up: one process alone, and as many
as there are workers side by side, since processes share memory and caches and slow each other even without a sweep.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from bench.report import write_part

HERE = Path(__file__).resolve().parent
JOB = ("population.scale=0.1",)
QUICK = ("case=toy", "start=2020-01-05", "days=3")


def bare(overrides: Sequence[str], runs: int, first_seed: int) -> dict[str, float]:
    """Runs as a loop would make them, the first one (which reads the case and compiles) not timed."""
    from flightsim.config import compose
    from flightsim.scenario import from_config

    (job,) = compose.jobs([*overrides, "figures=false"])
    seconds = []
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(first_seed, first_seed + runs + 1):
            began = time.perf_counter()
            from_config({**job.config, "seed": seed}).run(parent=Path(folder))
            seconds.append(time.perf_counter() - began)
    return {"seconds": sum(seconds[1:]) / runs}


def bare_side_by_side(overrides: Sequence[str], runs: int, processes: int) -> float:
    """Mean seconds of a bare run while so many processes make bare runs."""
    command = [sys.executable, __file__, "--bare", str(runs)]
    started = [
        subprocess.Popen(
            [*command, str(1 + 1000 * n), *overrides], stdout=subprocess.PIPE, text=True, env=one_thread()
        )
        for n in range(processes)
    ]
    told = [process.communicate()[0] for process in started]
    if any(process.returncode for process in started):
        raise SystemExit("a bare run failed")
    return sum(json.loads(text.splitlines()[-1])["seconds"] for text in told) / processes


def one_thread() -> dict[str, str]:
    """What a sweep sets for its workers, too."""
    return os.environ | dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


def swept(overrides: Sequence[str], runs: int, workers: int) -> float:
    """Wall seconds of a sweep, as a user waits for it."""
    with tempfile.TemporaryDirectory() as folder:
        words = [*overrides, f"replicates={runs}", f"workers={workers}", f"results={folder}/sweep"]
        began = time.perf_counter()
        subprocess.run(
            [sys.executable, "-m", "flightsim.cli", "run", *words], check=True, stdout=subprocess.DEVNULL
        )
        seconds = time.perf_counter() - began
    print(f"{runs} runs with {workers} workers: {seconds:.1f} s", file=sys.stderr, flush=True)
    return seconds


def report(overrides: Sequence[str], runs: int, few: int, workers: int) -> str:
    """Measure everything and say it in a table."""
    loads = [os.getloadavg()[0]]
    alone = bare_side_by_side(overrides, few, 1)
    beside = bare_side_by_side(overrides, few, workers)
    loads.append(os.getloadavg()[0])
    one = swept(overrides, few * 2, 1) / (few * 2)
    many = swept(overrides, runs, workers)
    rate = many / runs * workers  # seconds of a worker for a run
    rows = [
        ("wall time", f"{many:.0f} s", "under 360 s for 200 runs"),
        ("runs a minute", f"{60 * runs / many:.1f}", ""),
        ("a run in the sweep, seconds of its worker", f"{rate:.2f}", "3 or less"),
        (f"efficiency of {workers} workers against one", f"{one / rate:.0%}", "90 % or more"),
        ("the same of bare processes side by side", f"{alone / beside:.0%}", ""),
        (f"overhead over bare runs, {workers} workers", f"{rate / beside - 1:.0%}", "10 % or less"),
        ("overhead over bare runs, one worker", f"{one / alone - 1:.0%}", ""),
        ("a bare run alone, seconds", f"{alone:.2f}", ""),
        (f"a bare run beside {workers - 1} other, seconds", f"{beside:.2f}", ""),
    ]
    command = " ".join(["flightsim run", *overrides, f"replicates={runs}", f"workers={workers}"])
    commit = _git("rev-parse", "--short", "HEAD") or "unknown"
    table = "\n".join(f"| {name} | {value} | {goal} |" for name, value, goal in rows)
    return f"""# Sweeps

Written by `sweep.py`. Measured {datetime.now(UTC):%-d %B %Y, %H:%M} UTC at commit {commit} on {os.cpu_count()}
shared cores ({platform.machine()}, {platform.system()}), Python {platform.python_version()}.
Load before: {min(loads):.1f} to {max(loads):.1f}.

`{command}`, one worker with {2 * few} of them, bare runs {few} a process.

| {runs} runs, {workers} workers | found | goal |
| --- | ---: | ---: |
{table}

*Efficiency*: how much of twice the speed two workers bring. *Overhead*: what starting, handing out, writing the
tables of the sweep and reading its outcomes add to the runs.
"""


def _git(*words: str) -> str:
    command = ["git", "-C", str(HERE), *words]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("overrides", nargs="*", metavar="NAME=VALUE", help="of the runs")
    parser.add_argument("--runs", type=int, default=200, help="of the sweep")
    parser.add_argument(
        "--few", type=int, default=20, help="bare runs a process; twice as many with one worker"
    )
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--quick", action="store_true", help="a toy case: does it work?")
    parser.add_argument("--out", type=Path, metavar="FILE", help="where the table goes")
    parser.add_argument("--bare", nargs=2, type=int, metavar=("RUNS", "SEED"), help=argparse.SUPPRESS)
    arguments = parser.parse_intermixed_args()
    if arguments.bare:
        print(json.dumps(bare(arguments.overrides, *arguments.bare)))
        return
    if arguments.quick:
        text = report(QUICK, 4, 1, arguments.workers)
    else:
        text = report(arguments.overrides or JOB, arguments.runs, arguments.few, arguments.workers)
    print(text)
    out = arguments.out or (None if arguments.quick else HERE / "results.md")
    if out:
        write_part(out, text)


if __name__ == "__main__":
    main()
