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
import itertools
import json
import math
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
STAGES = (
    "change_of_the_world", "gather_pressure", "form_intents", "depart", "travel", "pass_gates", "keep_count",
)  # fmt: skip
QUIET_LOAD = 1.3  # mean number of running processes over the last minute, this script's own included
PACKAGES = ("flightsim", "numpy", "scipy", "pandas", "pyarrow", "matplotlib", "mesa")
GOALS = {1.0: "30 s, 1,500 MB", 0.1: "5 s"}  # CPU seconds of a job and peak memory, by scale
Case = dict[str, Any]


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


# ------------------------------------------------------------------ in a process of its own


class Stopwatch:
    """CPU seconds by label, added up over all calls of the functions it is put on."""

    def __init__(self) -> None:
        self.seconds: defaultdict[str, float] = defaultdict(float)

    def put_on(self, owner: Any, name: str) -> None:
        """Time a module's function or a class's method from now on."""
        function = getattr(owner, name)

        @wraps(function)
        def timed(*args: Any, **kwargs: Any) -> Any:
            began = time.process_time()
            try:
                return function(*args, **kwargs)
            finally:
                self.seconds[name] += time.process_time() - began

        setattr(owner, name, timed)


def job(overrides: Sequence[str]) -> Case:
    """A whole run as `flightsim run` makes it, to a results folder on disk, and where its time goes."""
    import pyarrow.parquet  # noqa: F401  # imported here so that no import is timed with the job

    from flightsim import compose, plots, scenario, summary  # noqa: F401
    from flightsim.model import DisplacementModel
    from flightsim.population import Population

    imports_s, watch, counts = time.process_time(), Stopwatch(), []
    synthesise = Population.synthesise

    def counted(*args: Any) -> Any:
        made = synthesise(*args)
        counts.append(len(made))
        return made

    Population.synthesise = counted
    for owner, name in ((scenario, "read_case"), (scenario.Scenario, "model"), (scenario.Scenario, "_write")):
        watch.put_on(owner, name)
    watch.put_on(plots, "draw_all")
    for name in (*STAGES, "step"):
        watch.put_on(DisplacementModel, name)
    with tempfile.TemporaryDirectory() as folder:
        (composed,) = compose.jobs([*overrides, f"results={folder}"])
        composing_s = time.process_time() - imports_s
        cpu, wall = time.process_time(), time.perf_counter()
        ready = scenario.from_config(composed.config)
        outcome = ready.run()
        cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
        assert (outcome.path / "provenance.json").is_file()
    spent = watch.seconds
    outside = cpu - spent["read_case"] - spent["model"] - spent["step"] - spent["_write"]
    return {
        "households": counts[0],
        "cpu_s": cpu,
        "wall_s": wall,
        "imports_s": imports_s,
        "composing_s": composing_s,
        "parts": {
            "read and check the case": spent["read_case"],
            "make households, roads, danger": spent["model"],
            **{f"the hours: {stage}": spent[stage] for stage in STAGES},
            "the hours: between stages": spent["step"] - sum(spent[stage] for stage in STAGES),
            "figures": spent["draw_all"],
            "tables, summary, files": spent["_write"] - spent["draw_all"],
            "fingerprints and the rest": outside,
        },
    }


def households(overrides: Sequence[str], plain: bool) -> Case:
    """Only the hours, without results: household-steps a CPU second, by the engine or by the plain twin."""
    from flightsim import compose, scenario
    from flightsim.model import DisplacementModel

    (composed,) = compose.jobs(overrides)
    ready = scenario.from_config(composed.config)
    world, events, clock = ready.world, ready.events, ready.clock
    began = time.process_time()
    if plain:
        from plain.model import PlainModel

        model = PlainModel(world, events, clock, ready.parts, ready.seed)
        count = len(model.agents)
    else:
        model = DisplacementModel(world, events, clock, ready.parts, ready.seed)
        count = len(model.households)
    made = time.process_time()
    for _ in range(clock.n_steps):
        model.step()
    hours_s = time.process_time() - made
    if plain:
        displaced = model.displaced_persons
    else:
        h = model.households
        displaced = float(h.persons[h.displaced].sum() * h.weight)
    return {
        "households": count,
        "make_s": made - began,
        "hours_s": hours_s,
        "rate": count * clock.n_steps / hours_s,
        "displaced": displaced,
    }


KINDS: dict[str, Callable[[Sequence[str]], Case]] = {
    "job": job,
    "engine": lambda overrides: households(overrides, plain=False),
    "plain": lambda overrides: households(overrides, plain=True),
}


# ------------------------------------------------------------------ from outside


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


def middle(cases: list[Case], key: str) -> float:
    """Median over the repeats."""
    return statistics.median(case[key] for case in cases)


def spread(cases: list[Case], key: str, digits: int = 1) -> str:
    """Median and, with repeats, the least."""
    text = f"{middle(cases, key):,.{digits}f}"
    if len(cases) > 1:
        text += f" ({min(case[key] for case in cases):,.{digits}f})"
    return text


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Markdown; the first column is words, the others are numbers."""
    lines = [heads, ["---", *["---:"] * (len(heads) - 1)], *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def jobs_table(runs: list[list[Case]]) -> str:
    """The whole job at each scale."""
    heads = (
        "scale", "households", "job, CPU s", "job, wall s", "peak MB", "goal",
        "imports and configuration, CPU s", "whole process, CPU s", "whole process, wall s",
    )  # fmt: skip
    rows = []
    for cases in runs:
        before = [c | {"before_s": c["imports_s"] + c["composing_s"]} for c in cases]
        scale = cases[0]["scale"]
        rows.append(
            [
                f"{scale:g}",
                f"{cases[0]['households']:,}",
                spread(cases, "cpu_s"),
                spread(cases, "wall_s"),
                f"{max(case['peak_mb'] for case in cases):,.0f}",
                GOALS.get(scale, ""),
                f"{middle(before, 'before_s'):.1f}",
                f"{middle(cases, 'process_cpu_s'):.1f}",
                f"{middle(cases, 'process_wall_s'):.1f}",
            ]
        )
    return table(heads, rows)


def growth_table(runs: list[list[Case]]) -> str:
    """Exponents of growth, from size to size and over all, and what a further 100,000 households cost."""
    for cases in runs:
        for case in cases:
            case["hours_s"] = sum(s for part, s in case["parts"].items() if part.startswith("the hours"))
    measured = {"job, CPU s": "cpu_s", "the hours alone, CPU s": "hours_s", "peak MB": "peak_mb"}
    pairs = list(itertools.pairwise(runs))
    if len(runs) > 2:
        pairs.append((runs[0], runs[-1]))
    names = [f"{a[0]['households']:,} to {b[0]['households']:,}" for a, b in pairs]
    rows = []
    for name, key in measured.items():
        cells = []
        for small, large in pairs:
            ratio = middle(large, key) / middle(small, key)
            more = large[0]["households"] - small[0]["households"]
            exponent = math.log(ratio) / math.log(large[0]["households"] / small[0]["households"])
            each = (middle(large, key) - middle(small, key)) / more * 1e5
            cells.append(f"{exponent:.2f}; {each:,.1f}")
        rows.append([name, *cells])
    return table(["exponent; more for each further 100,000 households", *names], rows)


def parts_table(cases: list[Case]) -> str:
    """Where the CPU seconds of a job go: the run of median time."""
    case = sorted(cases, key=lambda c: c["cpu_s"])[len(cases) // 2]
    hours = sum(s for part, s in case["parts"].items() if part.startswith("the hours"))
    rows = []
    for part, seconds in case["parts"].items():
        of_hours = f"{seconds / hours:.0%}" if part.startswith("the hours") else ""
        rows.append([part, f"{seconds:.2f}", f"{seconds / case['cpu_s']:.0%}", of_hours])
    rows.append(["all", f"{case['cpu_s']:.2f}", "100%", ""])
    return table(("part", "CPU s", "share of the job", "share of the hours"), rows)


def twin_table(engine: list[list[Case]], plain: list[list[Case]]) -> str:
    """Household-steps a CPU second of both; beyond the plain twin's sizes, against its rate at the largest one."""
    by_scale = {cases[0]["scale"]: cases for cases in plain}
    rows = []
    for cases in engine:
        scale = cases[0]["scale"]
        twin = by_scale.get(scale)
        rate = middle(twin or plain[-1], "rate")
        rows.append(
            [
                f"{scale:g}",
                f"{cases[0]['households']:,}",
                spread(twin, "hours_s", 2) if twin else "",
                spread(cases, "hours_s", 2),
                f"{rate / 1e6:.2f}" if twin else "",
                f"{middle(cases, 'rate') / 1e6:.2f}",
                f"{middle(cases, 'rate') / rate:.0f}" + ("" if twin else " *"),
                f"{middle(twin, 'displaced'):,.0f}" if twin else "",
                f"{middle(cases, 'displaced'):,.0f}",
                f"{middle(twin, 'peak_mb'):,.0f}" if twin else "",
                f"{middle(cases, 'peak_mb'):,.0f}",
            ]
        )
    heads = (
        "scale", "households", "plain, CPU s", "array, CPU s", "plain, million household-steps/s",
        "array, million household-steps/s", "array : plain", "displaced, plain", "displaced, array",
        "plain, peak MB", "array, peak MB",
    )  # fmt: skip
    return table(heads, rows)


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
household, is `plain/model.py`. {repeats}

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
        out.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
