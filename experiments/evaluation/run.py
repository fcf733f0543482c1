"""Scores the model against the case's own observations and rewrites docs/evaluation.md and its figures.

    python experiments/evaluation/run.py                        a tenth of the households, steps of six hours
    python experiments/evaluation/run.py --replicates 2 --drawn 2    quick, for a look; writes the page all the same

Two sweeps, as a user gets them (calibrated parameters and the model's discrepancy are drawn): with the events as they
happened, and from each week's start with the events ahead drawn too. Runs that are there already are not made again.
"""

from __future__ import annotations

import argparse
import re
import shutil
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pandas as pd

from flightsim import cli
from flightsim.case.observations import read_observations
from flightsim.case.reading import read_case
from flightsim.validation import figures, tables
from flightsim.validation.report import Report, screen
from flightsim.validation.scores import rolling
from flightsim.validation.scores.counts import MODEL
from flightsim.validation.validate import reported, validate

HERE = Path(__file__).resolve().parent
DOCS = HERE.parents[1] / "docs"
CASE = "idlib"
AHEAD = ["mode", "skill_14_to_42_days"]


@dataclass(frozen=True)
class Span:
    """The days that are scored: from the case's first day to its last report."""

    start: date
    last: date

    @property
    def days(self) -> int:
        """How many they are."""
        return (self.last - self.start).days + 1

    @property
    def unknown_from(self) -> list[date]:
        """The weeks' first days from which at least one report is still ahead: events from there on are drawn."""
        weeks = range(rolling.STEP_DAYS, self.days, rolling.STEP_DAYS)
        return [self.start + timedelta(days=day) for day in weeks]


def span() -> Span:
    """The case's own."""
    case = read_case(CASE)
    areas = case.world.areas
    codes = set(areas.all_names)
    rows = read_observations(case.folder, codes, case.world.persons).rows
    return Span(case.world.manifest["start"], max(o.until for o in rows))


@dataclass(frozen=True)
class Sweep:
    """Many runs in a folder of their own."""

    name: str
    scale: float
    step_hours: int
    replicates: int

    @property
    def folder(self) -> Path:
        """Where they are."""
        return HERE / "results" / f"{self.name}_{self.scale:g}_{self.step_hours}h_{self.replicates}"

    def run(self, days: int, *words: str) -> None:
        """Make the runs, or those that are missing."""
        size = [f"population.scale={self.scale:g}", f"step_hours={self.step_hours}", f"days={days}"]
        how = [f"replicates={self.replicates}", f"name={self.name}", "figures=false"]
        code = cli.main(["run", "-m", *size, *how, *words, f"results='{self.folder}'"])
        if code:
            raise SystemExit(code)


def markdown(table: pd.DataFrame) -> str:
    """A table in Markdown; numbers at sensible length."""
    rows = [list(table.columns), ["---"] * len(table.columns)]
    rows += [[shown(cell) for cell in row] for row in table.itertuples(index=False)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def shown(cell: object) -> str:
    """A cell's text: counts without decimals, small numbers with two or three."""
    if not isinstance(cell, float):
        return str(cell).replace("|", "\\|")
    if pd.isna(cell):
        return "-"
    return f"{cell:,.0f}" if abs(cell) >= 100 else f"{cell:.1f}" if abs(cell) >= 10 else f"{cell:.3f}"


def blocks(report: Report, commands: str) -> dict[str, str]:
    """What is written between the page's marks."""
    b = report.board
    totals = b.totals.drop(columns=["observations", "members"])
    totals.columns = [name.replace("_people", "").replace("_", " ") for name in totals.columns]
    hindsight = totals["kind"] == "in hindsight"
    totals = totals.drop(columns="kind")
    average = pd.DataFrame(list(rolling.average_skill(report.rolling).items()), columns=AHEAD)
    where = b.destinations.drop(columns="questions")
    where.columns = [name.replace("_", " ") for name in where.columns]
    each = b.questions.pivot_table(
        index=["question", "source"], columns="forecaster", values="total_variation", sort=False
    )
    patterns = report.patterns[["pattern", "evidence", "expected", "shown", "verdict"]]
    pit = b.counts.pit()
    return {
        "screen": f"```text\n{screen(report)}\n```",
        "made": commands,
        "totals": markdown(totals[~hindsight]),
        "hindsight": markdown(totals[hindsight]),
        "brier": markdown(tables.brier(report)),
        "pit": markdown(pit),
        "where": markdown(where),
        "questions": markdown(each.reset_index()),
        "ahead": markdown(ahead(report.rolling, "horizon_days")),
        "average": markdown(average),
        "origins": markdown(ahead(report.by_origin, "origin")),
        "patterns": markdown(patterns),
    }


def ahead(found: pd.DataFrame, by: str) -> pd.DataFrame:
    """CRPS of the forecasts ahead, a row a mode and horizon or origin, a column a forecaster; the model's skill.

    Who knows the answer stands in the last column, behind the skill that is not held against it.
    """
    wide = found.pivot_table(index=["mode", by], columns="forecaster", values="crps_people", sort=False)
    own = found[found["forecaster"] == MODEL].set_index(["mode", by])
    wide.insert(0, "forecasts", own["forecasts"])
    in_hindsight = list(dict.fromkeys(found.loc[found["kind"] == "in hindsight", "forecaster"]))
    known = wide[in_hindsight].rename(columns=lambda name: f"({name})")
    return pd.concat(
        [wide.drop(columns=in_hindsight).assign(skill=own["skill"]), known], axis=1
    ).reset_index()


def write_page(found: dict[str, str]) -> None:
    """Put each block between its marks in docs/evaluation.md."""
    page = DOCS / "evaluation.md"
    text = page.read_text(encoding="utf-8")
    for name, new in found.items():
        marks = f"<!-- {name} -->", f"<!-- end of {name} -->"
        text = re.sub(f"(?s){marks[0]}.*?{marks[1]}", lambda _, m=marks, n=new: f"{m[0]}\n{n}\n{m[1]}", text)
    page.write_text(text, encoding="utf-8")


def main() -> None:
    """Run what is missing, score it, and write the page."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--scale", type=float, default=0.1)
    parser.add_argument("--step-hours", type=int, default=6)
    parser.add_argument("--replicates", type=int, default=20, help="with the events as they happened")
    parser.add_argument("--drawn", type=int, default=10, help="from each week's start, events ahead drawn")
    parser.add_argument("--score-only", action="store_true", help="score the runs that are there")
    asked = parser.parse_args()
    size, scored = (asked.scale, asked.step_hours), span()
    happened = Sweep("evaluation", *size, asked.replicates)
    unknown = Sweep("evaluation_drawn", *size, asked.drawn)
    if not asked.score_only:
        until = ",".join(str(day) for day in scored.unknown_from)
        happened.run(scored.days)
        unknown.run(scored.days, "events=goes_on", f"events.known_until={until}")
    folder, text = validate(happened.folder, drawn=unknown.folder)
    print(text)
    report = reported(happened.folder, drawn=unknown.folder)
    for name in figures.FIGURES:
        if (folder / "figures" / f"{name}.png").exists():
            shutil.copyfile(folder / "figures" / f"{name}.png", DOCS / "figures" / f"evaluation_{name}.png")
    about = report.board.ensemble.runs[0].provenance
    made = (
        f"flightsim {about['flightsim']} (commit {str(about.get('commit'))[:10]}), {asked.replicates} replicates, "
        f"{asked.drawn} from each week's start where events ahead are drawn; parameters and discrepancy drawn in each; "
        f"{asked.scale:g} of the households, steps of {asked.step_hours} hours, {scored.start} to {scored.last}."
    )
    write_page(blocks(report, made))


if __name__ == "__main__":
    main()
