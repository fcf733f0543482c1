"""What does `population.scale` do to the results? Runs the Idlib case at several scales and seeds.

    python experiments/verification/scale.py                     all, into docs: about 4 minutes
    python experiments/verification/scale.py --only 0.1 0.02     some of the scales, printed; writes no file

Writes the table and figure of docs/scale.md, and of docs/model.md the table of reported totals beside modelled ones.
Each run has a process of its own, so that its time and its memory are its own.
"""

from __future__ import annotations

import argparse
import json
import math
import re
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PAGE, MODEL = ROOT / "docs" / "scale.md", ROOT / "docs" / "model.md"
FIGURE = ROOT / "docs" / "figures" / "scale.png"
RUNS = {1.0: (1,), 0.5: (1,), 0.1: (1, 2, 3), 0.05: (1, 2, 3), 0.02: (1, 2, 3)}  # seeds by scale
MAARAT, DANA = "SY070200", "SY070301"
NORTHERN_ALEPPO = ("SY0202", "SY0203", "SY0204")  # districts of Al Bab, Afrin and A'zaz: held by the SNA
OUTCOMES = {
    "displaced by 29 Dec": ("thousand", 0),
    "displaced by 27 Jan": ("thousand", 0),
    "displaced at the end": ("thousand", 0),
    "movements at the end": ("thousand", 0),
    "Maarat sub-district, gone by 31 Dec": ("%", 0),
    "of the displaced, in Dana at the end": ("%", 1),
    "of the displaced, in northern Aleppo at the end": ("%", 1),
    "in the open at the end": ("thousand", 0),
    "person-nights in the open below zero": ("thousand", 0),
    "want to leave and cannot, highest day": ("thousand", 0),
    "on the road at once, highest hour": ("thousand", 0),
    "on the road at the end": ("thousand", 1),
    "wall time": ("s", 0),
    "memory": ("GB", 1),
}
WEATHER = ("wall time", "memory")  # of the machine, not of the model
GAP = "displaced, by day"


def one(scale: float, seed: int) -> dict[str, Any]:
    """The headline outcomes of one run; persons in thousands."""
    import pandas as pd

    from flightsim import results
    from flightsim.config import compose
    from flightsim.scenario import from_config

    (job,) = compose.jobs([f"population.scale={scale}", f"seed={seed}"])
    scenario = from_config(job.config)
    began = time.perf_counter()
    model = scenario.model()
    for _ in range(scenario.clock.n_steps):
        model.step()
    names = dict(zip(scenario.world.areas.area_id, scenario.world.areas.name, strict=True))
    r = results.Results.in_memory(model.recorder.tables(), job.config, {}, names)
    wall = time.perf_counter() - began
    displaced, sheltered = r.series("displaced_persons"), r.rows("sheltered_persons")
    now = sheltered[sheltered["time"] == r.days[-1]]
    share = now.groupby("area_id")["value"].sum() / now["value"].sum() * 100
    present = r.series("present_persons", MAARAT)
    start = scenario.world.places
    at_start = (start.residents_persons + start.idps_persons)[
        start.area == scenario.world.areas.area_id.index(MAARAT)
    ].sum()
    found = (
        displaced[pd.Timestamp("2019-12-29")] / 1e3,
        displaced[pd.Timestamp("2020-01-27")] / 1e3,
        displaced.iloc[-1] / 1e3,
        r.series("moves_persons").iloc[-1] / 1e3,
        100 * (1 - present[pd.Timestamp("2019-12-31")] / at_start),
        share.get(DANA, 0.0),
        share[share.index.str.startswith(NORTHERN_ALEPPO)].sum(),
        now.loc[now["group"] == "open", "value"].sum() / 1e3,
        r.series("open_below_zero_person_nights").sum() / 1e3,
        r.series("trapped_persons").max() / 1e3,
        r.series("en_route_hourly_persons").max() / 1e3,
        r.series("en_route_persons").iloc[-1] / 1e3,
        wall,
        resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6,
    )
    days = {str(day.date()): round(float(v)) for day, v in displaced.items()}
    return {"scale": scale, "seed": seed, GAP: days, **dict(zip(OUTCOMES, map(float, found), strict=True))}


def measured(scales: list[float]) -> list[dict[str, Any]]:
    """Every run in a process of its own."""
    runs = []
    for scale in scales:
        for seed in RUNS.get(scale, (1,)):
            command = [sys.executable, __file__, "--one", str(scale), str(seed)]
            done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
            runs.append(json.loads(done.stdout.splitlines()[-1]))
            print({key: value for key, value in runs[-1].items() if key != GAP}, flush=True)
    return runs


def table(runs: list[dict[str, Any]]) -> str:
    """Markdown: a row an outcome, a column a scale; over seeds the mean, and the lowest and highest."""
    scales = sorted({run["scale"] for run in runs}, reverse=True)
    of = {scale: [run for run in runs if run["scale"] == scale] for scale in scales}
    heads = [f"{scale:g} ({len(of[scale])} run{'s' * (len(of[scale]) > 1)})" for scale in scales]
    lines = ["| outcome | " + " | ".join(heads) + " |", "|---|" + "---:|" * len(scales)]
    for outcome, (unit, digits) in OUTCOMES.items():
        cells = []
        for scale in scales:
            values = [run[outcome] for run in of[scale]]
            text = f"{sum(values) / len(values):,.{digits}f}"
            if len(values) > 1 and outcome not in WEATHER:
                text += f" ({min(values):,.{digits}f} to {max(values):,.{digits}f})"
            cells.append(text)
        lines.append(f"| {outcome}, {unit} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def fit(run: dict[str, Any]) -> str:
    """Markdown: the totals of displaced people that were reported, beside a run's."""
    from datetime import date

    from flightsim.case.reading import read_case
    from flightsim.results.findings import observed

    points = observed(read_case("idlib").world.observations, date(2019, 12, 1), date(2020, 3, 8))
    lines = [
        "| day | reported, thousand (bounds) | modelled, thousand | modelled / reported |",
        "|---|---:|---:|---:|",
    ]
    for o in points:
        if o.weighed and o.best:
            modelled = run[GAP][str(o.day)]
            told = f"{o.best / 1e3:,.0f} ({o.low / 1e3:,.0f} to {o.high / 1e3:,.0f})"
            lines.append(f"| {o.day:%-d %b %Y} | {told} | {modelled / 1e3:,.0f} | {modelled / o.best:.2f} |")
    return "\n".join(lines)


def write(page: Path, section: str, content: str) -> None:
    """Put content between a page's markers."""
    text = page.read_text(encoding="utf-8")
    between = re.compile(rf"(<!-- {section} -->\n).*?(<!-- /{section} -->)", re.DOTALL)
    page.write_text(between.sub(lambda m: f"{m[1]}{content}\n{m[2]}", text), encoding="utf-8")


def draw(runs: list[dict[str, Any]]) -> None:
    """Left: the curves of displacement. Right: each outcome against the run at full scale."""
    import matplotlib as mpl

    mpl.use("Agg")
    import pandas as pd
    from matplotlib import pyplot as plt

    scales = sorted({run["scale"] for run in runs}, reverse=True)
    colours = dict(zip(scales, plt.get_cmap("viridis")([0.0, 0.25, 0.5, 0.7, 0.9]), strict=False))
    figure, (left, right) = plt.subplots(
        1, 2, figsize=(11, 4.2), width_ratios=[1, 1.25], layout="constrained"
    )
    for run in sorted(runs, key=lambda run: run["scale"]):
        days = pd.to_datetime(list(run[GAP]))
        first = run["seed"] == 1
        label = f"scale {run['scale']:g}" if first else None
        values = [v / 1e3 for v in run[GAP].values()]
        left.plot(days, values, color=colours[run["scale"]], lw=2 if run["scale"] == 1 else 1, label=label)
    left.set_title("Displaced at least once, thousand persons", loc="left", fontsize=10)
    left.legend(frameon=False, fontsize=9)
    left.xaxis.set_major_locator(mpl.dates.MonthLocator())
    left.xaxis.set_major_formatter(mpl.dates.DateFormatter("%-d %b %Y"))
    left.yaxis.set_major_formatter(mpl.ticker.StrMethodFormatter("{x:,.0f}"))
    left.set_ylim(0)
    outcomes = [outcome for outcome in OUTCOMES if outcome not in (*WEATHER, "on the road at the end")]
    full = next(run for run in runs if run["scale"] == 1)
    for run in runs:
        y = [i + 0.12 * (scales.index(run["scale"]) - 2) for i in range(len(outcomes))]
        ratio = [run[outcome] / max(full[outcome], 1e-9) for outcome in outcomes]
        right.plot(ratio, y, "o", ms=4.5, color=colours[run["scale"]], alpha=0.85)
    right.axvline(1, color="0.6", lw=0.8, zorder=0)
    right.set_yticks(range(len(outcomes)), outcomes, fontsize=9)
    right.invert_yaxis()
    right.set_title("Against the run at full scale (1 = the same)", loc="left", fontsize=10)
    figure.suptitle(_finding(runs), x=0.01, ha="left", fontsize=12, weight="bold")
    for axes in (left, right):
        axes.spines[["top", "right"]].set_visible(False)
    figure.text(
        1, -0.01, f"Idlib case; {len(runs)} runs. Modelled, not observed.", ha="right", va="top", fontsize=8
    )
    FIGURE.parent.mkdir(exist_ok=True)
    figure.savefig(FIGURE, dpi=130, bbox_inches="tight", metadata={"Software": None})


def _finding(runs: list[dict[str, Any]]) -> str:
    """What the figure shows, in a line."""
    full = next(run for run in runs if run["scale"] == 1)

    def off(scale: float, outcome: str) -> float:
        values = [run[outcome] for run in runs if run["scale"] == scale]
        return 100 * abs(sum(values) / len(values) / full[outcome] - 1)

    total, road = "displaced at the end", "on the road at once, highest hour"
    return (
        f"A tenth of the households gives the total within {math.ceil(10 * off(0.1, total)) / 10:.1f} %, "
        f"the fullest hour on the roads {off(0.1, road):.0f} % off; a fiftieth, {off(0.02, road):.0f} %"
    )


def main() -> None:
    """Measure; unless only some scales were asked for, write the page's table and the figure."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", nargs="+", type=float, metavar="SCALE")
    parser.add_argument("--one", nargs=2, metavar=("SCALE", "SEED"), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one:
        print(json.dumps(one(float(asked.one[0]), int(asked.one[1]))))
        return
    runs = measured(asked.only or list(RUNS))
    print(table(runs))
    if not asked.only:
        write(PAGE, "scale", table(runs))
        write(MODEL, "fit", fit(runs[0]))
        draw(runs)


if __name__ == "__main__":
    main()
