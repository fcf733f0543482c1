"""What does the model, set by the winter alone, answer for April to September 2019?

    python experiments/spring2019/run.py                                   40 replicates at a tenth of the households
    python experiments/spring2019/run.py --replicates 3 --scale 0.02       a few minutes, for a look
    python experiments/spring2019/run.py --page docs/evaluation.md        writes the table into the page as well

Runs that are there already are not made again. The table goes to answers.md in the folder of the runs; in a page it
stands between ``<!-- spring2019 -->`` and ``<!-- /spring2019 -->``, in a section that is added at the end if the page
has none yet. Parameters are drawn from what the winter says.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from flightsim import cli
from flightsim.case.reading import read_case
from flightsim.results import cube, sweeps
from flightsim.world import Floats

HERE = Path(__file__).resolve().parent
CASE = "idlib_spring2019"
OFFENSIVE = pd.Timestamp(
    "2019-04-30"
)  # first barrel bombs since 2018 (SNHR): "from 30 April on" counts this day
FIRST_DAYS = 10
BY = [pd.Timestamp(f"2019-{day}") for day in ("05-09", "05-16", "05-31", "06-30", "07-31", "08-31")]
MOST = 5  # origins and destinations named
BAND = (5.0, 95.0)  # percent: nine of ten runs
SECTION = """

## April to September 2019: answered before it is scored

What the model, set by the winter alone, says of the campaign of the spring ([spring2019.md](spring2019.md)).
Nothing was set by a count of that campaign; two round totals of it that sources of the winter mention were not
used. `python experiments/spring2019/run.py --page docs/evaluation.md` makes the table.

<!-- spring2019 -->
<!-- /spring2019 -->
"""
MEASURES = ("displaced_persons", "moves_persons", "arrivals_persons", "sheltered_persons")


@dataclass(frozen=True)
class Runs:
    """What is read of the runs; ``areas`` are the names by P-code. R runs, T days, A areas."""

    days: pd.DatetimeIndex
    areas: dict[str, str]
    displaced: Floats  # (R, T, A) since the start, by the sub-district of home
    arrivals: Floats  # (R, T, A) a day
    moves: Floats  # (R, T) since the start
    in_sites: Floats  # (R, T) of the displaced
    everybody: Floats  # (R, T) the displaced who are sheltered somewhere or in the open

    def on(self, day: pd.Timestamp) -> int:
        """The row of a day."""
        return int(self.days.get_loc(day))


def sweep(folder: Path, scale: float, replicates: int, words: Sequence[str]) -> list[Path]:
    """Make or finish the runs, and give their folders."""
    common = [
        f"experiment={CASE}",
        f"population.scale={scale:g}",
        f"replicates={replicates}",
        "figures=false",
    ]
    code = cli.main(["run", *common, "uncertainty.draw=calibrated", f"results='{folder}'", *words])
    if code:
        raise SystemExit(code)
    return [Path(path) for path in sweeps.read_one(folder).done["path"]]


def read(paths: Sequence[Path]) -> Runs:
    """The measures that the answers need."""
    cubes = [cube.read(path, MEASURES) for path in paths]
    case = read_case(CASE).world.areas
    names = dict(zip(case.area_id, case.name, strict=True))
    by_area = {cube.AREA: list(names)}
    return Runs(
        cubes[0].days,
        names,
        cube.over_runs(cubes, "displaced_persons", by_area),
        cube.over_runs(cubes, "arrivals_persons", by_area),
        cube.over_runs(cubes, "moves_persons"),
        cube.over_runs(cubes, "sheltered_persons", group="site"),
        cube.over_runs(cubes, "sheltered_persons"),
    )


def people(values: Floats) -> str:
    """Median and nine of ten of the runs, in thousands."""
    low, middle, high = np.percentile(values, (BAND[0], 50, BAND[1])) / 1000
    return f"{middle:,.0f} ({low:,.0f} to {high:,.0f})"


def share(values: Floats) -> str:
    """The same of a share, in percent."""
    low, middle, high = 100 * np.percentile(values, (BAND[0], 50, BAND[1]))
    return f"{middle:.0f} % ({low:.0f} to {high:.0f})"


def answers(runs: Runs) -> str:
    """The table in Markdown."""
    total = runs.displaced.sum(axis=2)
    before = total[:, runs.on(OFFENSIVE) - 1]
    rows = [
        (
            f"displaced by {day:%-d %B}",
            people(total[:, runs.on(day)]),
            people(total[:, runs.on(day)] - before),
        )
        for day in BY
    ]
    first = total[:, runs.on(OFFENSIVE) + FIRST_DAYS - 1] - before
    rows.append((f"displaced a day, 30 April to 9 May ({FIRST_DAYS} days)", "", people(first / FIRST_DAYS)))
    last = runs.on(BY[-1])
    homes = runs.displaced[:, last] - runs.displaced[:, runs.on(OFFENSIVE) - 1]
    found = runs.arrivals[:, runs.on(OFFENSIVE) : last + 1].sum(axis=1)
    rows += _largest("origin", runs, homes)
    rows += _largest("destination of movements", runs, found)
    site, roof = runs.in_sites[:, last], np.maximum(runs.everybody[:, last], 1.0)
    rows.append(("share of the displaced in camps and sites, 31 August", share(site / roof), ""))
    a_person = runs.moves[:, last] / np.maximum(total[:, last], 1.0)
    low, middle, high = np.percentile(a_person, (BAND[0], 50, BAND[1]))
    rows.append(
        ("movements for each displaced person, to 31 August", f"{middle:.2f} ({low:.2f} to {high:.2f})", "")
    )
    lines = [
        f"{len(total)} runs; median, and in brackets nine of ten runs; people in thousands.",
        "",
        "| question | since 1 April | from 30 April on |",
        "|---|---:|---:|",
        *(f"| {' | '.join(row)} |" for row in rows),
    ]
    return "\n".join(lines) + "\n"


def _largest(what: str, runs: Runs, by_area: Floats) -> list[tuple[str, str, str]]:
    """The areas with the largest median of (R, A), and their share of all."""
    whole = np.maximum(by_area.sum(axis=1, keepdims=True), 1.0)
    names = list(runs.areas.values())
    order = np.argsort(-np.median(by_area, axis=0), kind="stable")[:MOST]
    return [
        (f"{what} {n}: {names[i]}", "", f"{people(by_area[:, i])}; {share(by_area[:, i] / whole[:, 0])}")
        for n, i in enumerate(order, start=1)
    ]


def write(page: Path, table: str) -> None:
    """Put the table between the page's marks; add the section if there is none."""
    text = page.read_text(encoding="utf-8")
    if "<!-- spring2019 -->" not in text:
        text = text.rstrip() + SECTION
    marks = re.compile(r"(<!-- spring2019 -->\n).*?(<!-- /spring2019 -->)", re.DOTALL)
    page.write_text(marks.sub(lambda found: found[1] + table + found[2], text), encoding="utf-8")


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--replicates", type=int, default=40)
    parser.add_argument("--scale", type=float, default=0.1)
    parser.add_argument("--page", type=Path, help="a page with the marks, such as docs/evaluation.md")
    parser.add_argument("words", nargs="*", help="further settings of flightsim run, such as step_hours=6")
    given = parser.parse_args()
    folder = HERE / "results" / "_".join([f"{given.scale:g}", str(given.replicates), *given.words])
    table = answers(read(sweep(folder, given.scale, given.replicates, given.words)))
    (folder / "answers.md").write_text(table, encoding="utf-8")
    print(table)
    if given.page:
        write(given.page, table)


if __name__ == "__main__":
    main()
