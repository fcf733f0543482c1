"""How far does it go: a made country of 20,000 places, 60,000 roads and 20 million people, one agent a household?

    python experiments/benchmarks/country.py            growth by places and by people, into country.md: some minutes
    python experiments/benchmarks/country.py --quick    300 places, once: does the script work? writes no file

Every size has a process of its own on one core; times are CPU seconds, from making the households to the last hour of
30 days. What a run writes is not part of it.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

from bench.cases import STAGES, Case, Stopwatch
from bench.made_country import START, country, war

HERE = Path(__file__).resolve().parent
DAYS = 30
SIZES = ((5_000, 5e6), (20_000, 5e6), (20_000, 10e6), (20_000, 20e6))
QUICK = ((300, 3e4),)


def measure(n_places: int, persons: float) -> Case:
    """One size, in this process."""
    from flightsim.clock import Clock
    from flightsim.model.parts import Parts
    from flightsim.model.schedule import Schedule

    world = country(n_places, persons)
    events = war(world, DAYS)
    watch, began = Stopwatch(), time.process_time()
    for name in STAGES:
        watch.put_on(Schedule, name)
    model = Schedule(world, events, Clock(START, DAYS), Parts(), seed=1)
    made = time.process_time()
    for _ in range(DAYS * 24):
        model.step()
    h = model.households
    return {
        "places": n_places,
        "roads": len(world.roads),
        "people": world.persons,
        "households": len(h),
        "displaced": float(h.persons[h.displaced].sum() * h.weight),
        "cpu_s": time.process_time() - began,
        "make_s": made - began,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6,
        "stages": {name: watch.seconds[name] for name in STAGES},
    }


def apart(n_places: int, persons: float) -> Case:
    """The same in a process of its own."""
    command = [sys.executable, __file__, "--one", str(n_places), str(persons)]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    case: Case = json.loads(said.splitlines()[-1])
    print({k: round(v, 1) for k, v in case.items() if k != "stages"}, file=sys.stderr, flush=True)
    return case


def report(cases: list[Case]) -> str:
    """A table of the sizes, and where the time goes at the largest."""
    head = "| places | roads | people | households | displaced | CPU s | of it, making | peak MB |"
    lines = [
        f"| {c['places']:,} | {c['roads']:,} | {c['people']:,.0f} | {c['households']:,} | {c['displaced']:,.0f} "
        f"| {c['cpu_s']:.1f} | {c['make_s']:.1f} | {c['peak_mb']:,.0f} |"
        for c in cases
    ]
    largest = cases[-1]
    stages = [f"| {name} | {s:.1f} | {s / largest['cpu_s']:.0%} |" for name, s in largest["stages"].items()]
    return "\n".join(
        [
            "# A made country",
            "",
            f"Written by `country.py`: {DAYS} days of hours, on one core.",
            "",
            head,
            "|---:|---:|---:|---:|---:|---:|---:|---:|",
            *lines,
            "",
            "## Where the time goes at the last size",
            "",
            "| stage | CPU s | share |",
            "|---|---:|---:|",
            *stages,
            "",
        ]
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="a small country: does it work?")
    parser.add_argument(
        "--size", nargs=2, type=float, metavar=("PLACES", "PEOPLE"), help="one size only, no file"
    )
    parser.add_argument("--one", nargs=2, type=float, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        print(json.dumps(measure(int(arguments.one[0]), arguments.one[1])))
        return
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    sizes = QUICK if arguments.quick else [tuple(arguments.size)] if arguments.size else SIZES
    text = report([apart(int(n), persons) for n, persons in sizes])
    print(text)
    if not arguments.quick and not arguments.size:
        (HERE / "country.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
