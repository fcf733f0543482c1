"""From measured cases to Markdown tables."""

from __future__ import annotations

import itertools
import math
import statistics
from collections.abc import Sequence

from bench.cases import Case

GOALS = {1.0: "30 s, 1,500 MB", 0.1: "5 s"}  # CPU seconds of a job and peak memory, by scale


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
