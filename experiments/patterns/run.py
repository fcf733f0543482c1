"""Which patterns of the winter does the base run show, with and without the events that were filled in?

    python experiments/patterns/run.py                    full scale, seed 1, and a tenth with three seeds: minutes
    python experiments/patterns/run.py --scale 0.1 --seeds 1 2 3
                                                          prints the table only, changes no file

Without arguments it also writes the tables into the README beside it.
"""

from __future__ import annotations

import argparse
import math
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from flightsim import results
from flightsim.config import compose
from flightsim.scenario import from_config
from flightsim.validation import patterns
from flightsim.validation.patterns import Pattern

HERE = Path(__file__).resolve().parent
KEPT = {
    "reported": "reported",
    "reported and derived": "reported,derived",
    "all (the base run)": "reported,derived,assumed",
}
DAYS = 58  # to 27 January, the last day with evidence


def one(keep: str, scale: float, seed: int) -> list[Pattern]:
    """The patterns of one run, through its results folder."""
    (job,) = compose.jobs(
        [
            "experiment=idlib_dec2019",
            "name=patterns",
            f"days={DAYS}",
            f"seed={seed}",
            f"population.scale={scale}",
            f"events.keep=[{keep}]",
            f"results='{HERE / 'results'}'",
            "figures=false",
        ]
    )
    scenario = from_config(job.config)
    return patterns.winter(results.load(scenario.run().path), scenario.world)


def table(scale: float, seeds: Sequence[int]) -> str:
    """Markdown: a row a pattern, a column a choice of events; over several seeds the range of values."""
    runs = {}
    for name, keep in KEPT.items():
        print(f"{name}, scale {scale}, seeds {', '.join(map(str, seeds))} ...", file=sys.stderr)
        runs[name] = [one(keep, scale, seed) for seed in seeds]
    lines = ["| pattern | expected | " + " | ".join(runs) + " |", "|---|---|" + "---|" * len(runs)]
    for i, first in enumerate(next(iter(runs.values()))[0]):
        cells = [cell([patterns_of[i] for patterns_of in by_seed]) for by_seed in runs.values()]
        lines.append(f"| {first.name} | {first.expected} | {' | '.join(cells)} |")
    return "\n".join(lines)


def cell(same: Sequence[Pattern]) -> str:
    """One pattern over seeds: its values, and in how many runs it was seen."""
    values = sorted(same, key=lambda p: p.value if math.isfinite(p.value) else -math.inf)
    shown = values[0].shown if len(same) == 1 else f"{values[0].shown} to {values[-1].shown}"
    if values[0].shown == values[-1].shown:
        shown = values[0].shown
    verdicts = {p.verdict for p in same}
    seen = sum(p.passed is True for p in same)
    verdict = verdicts.pop() if len(verdicts) == 1 else f"in {seen} of {len(same)}"
    return f"{shown} **{verdict}**" if verdict != "yes" else f"{shown} {verdict}"


def main() -> None:
    """Print the tables; without arguments, write them into the README too."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--scale", type=float)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    given = parser.parse_args()
    if given.scale is not None:
        print(table(given.scale, given.seeds))
        return
    tables = {"full": table(1.0, [1]), "tenth": table(0.1, [1, 2, 3])}
    readme = HERE / "README.md"
    text = readme.read_text(encoding="utf-8")
    for name, new in tables.items():
        print(f"\n{name}\n\n{new}")
        marks = f"<!-- {name} -->", f"<!-- end of {name} -->"
        text = re.sub(f"(?s){marks[0]}.*?{marks[1]}", lambda _, m=marks, n=new: f"{m[0]}\n{n}\n{m[1]}", text)
    readme.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
