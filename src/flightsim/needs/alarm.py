"""The folder of triggers: chances for every window as a table, and those asked for in words."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd

from flightsim import __version__, words
from flightsim.errors import Complaints, nearest
from flightsim.files.atomic import plain_errors, renewed_folder, write_text
from flightsim.measures import SMALL_CELL_PERSONS
from flightsim.needs import anticipation, triggers
from flightsim.needs.anticipation import Stake
from flightsim.needs.report import save
from flightsim.needs.study import Study
from flightsim.needs.tables import with_names
from flightsim.needs.triggers import ENOUGH_RUNS, WITHIN_DAYS

MARK = "triggers.json"
PERSONS = (10_000.0,)
SENTENCES = 16  # on one screen

README = """The chance that more than so many people arrive in an area within so many days, from runs of
flightsim. triggers.txt says what varied between the runs. Modelled, not observed.

triggers.csv, .parquet   a row a scenario, area, number of people, first day and length of the window: in how
                         many of the runs it happened; chance, and the range so few runs leave it (90 %, Jeffreys);
                         arrivals in the window: median, 5 and 95 % over the runs
                         with --cost and --loss: issue date, lead time, level (activation: it pays to act; readiness;
                         none), mean cost of acting and of waiting
triggers.txt             those that were asked for, in words

A chance here is over the runs, given the scenario: what armed actors will do is an input, and what the
model gets wrong is not in it. Arrivals are movements: who arrives twice counts twice.
Not for targeting, interdiction, closing borders, or decisions about individuals.
"""


@dataclass(frozen=True)
class Asked:
    """Which triggers: sub-districts (P-codes), numbers of people, windows in days, the first day told in words."""

    areas: tuple[str, ...]
    persons: tuple[float, ...]
    within_days: tuple[int, ...]
    start: pd.Timestamp
    stake: Stake | None = None


def asked(
    study: Study,
    areas: Sequence[str] | None,
    persons: Sequence[float] | None,
    within: Sequence[int] | None,
    start: date | None,
) -> Asked:
    """What the user asked for, with what is usual in the place of what was left open; InputError for strange names."""
    known, days = study.world.areas, study.first.people.days
    complaints = Complaints()
    chosen = [_area(name, study, complaints) for name in areas or ()]
    first = pd.Timestamp(start) if start else days[0]
    if first not in days:
        complaints.add(
            f"from is {first.date()}; expected a day of the runs, {days[0].date()} to {days[-1].date()}"
        )
    windows = tuple(within or WITHIN_DAYS)
    for length in within or ():
        if length > len(days):
            complaints.add(f"within is {length} days; the runs have {len(days)}")
    complaints.raise_if_any()
    arrived = study.first.people.arrivals.sum(axis=(0, 1)) / study.first.people.runs
    all_of_them = [a for a, n in zip(known.area_id, arrived, strict=True) if n >= SMALL_CELL_PERSONS]
    return Asked(tuple(chosen or all_of_them), tuple(persons or PERSONS), windows, first)


def write(study: Study, asked_for: Asked, folder: Path) -> str:
    """Write the folder, in the place of an earlier one, and give the words."""
    tables = [
        triggers.table(scene.people, asked_for.areas, asked_for.persons, asked_for.within_days)
        for scene in study.scenes
    ]
    told = _words(study, asked_for, pd.concat(tables, ignore_index=True))
    chances = pd.concat(tables, ignore_index=True)
    if asked_for.stake is not None:
        chances = anticipation.with_levels(chances, asked_for.stake)
    frame = with_names(chances, study.world.areas)
    with renewed_folder(folder, MARK) as temporary, plain_errors(folder):
        save(frame, temporary / "triggers")
        write_text(temporary / "triggers.txt", told + "\n")
        write_text(temporary / "README.txt", README)
        about = {
            "flightsim": __version__,
            "results_by": list(study.versions),
            "results": study.path.name,
            "complete": True,
        }
        write_text(temporary / MARK, json.dumps(about, indent=2) + "\n")
    return told


def _words(study: Study, asked_for: Asked, frame: pd.DataFrame) -> str:
    names = dict(zip(study.world.areas.area_id, study.world.areas.name, strict=True))
    lines = ["Triggers, modelled, not observed: a chance is over the runs, given the scenario."]
    for scene in study.scenes:
        rows = frame[(frame["scenario"] == scene.name) & (frame["from"] == asked_for.start)]
        if len(study.scenes) > 1:
            lines.append(f"Scenario “{scene.name}”, {words.counted(scene.people.runs, 'run')}:")
        lines += [*scene.checked, scene.varied]
        told = rows.sort_values(["chance", "within_days"], ascending=[False, True], kind="stable")
        named = rows if len(rows) <= SENTENCES else told.head(SENTENCES)
        lines += [triggers.sentence(row, names[row["area_id"]]) for _, row in named.iterrows()]
        if len(rows) > len(named):
            lines.append(f"… the likeliest {len(named)} of {len(rows):,}; the others are in triggers.csv.")
        if asked_for.stake is not None and len(rows):
            leveled = anticipation.with_levels(rows, asked_for.stake)
            lines += anticipation.sentences(leveled, asked_for.stake)
        if not len(rows):
            lines.append(f"No window of that length begins on {words.day_year(asked_for.start.date())}.")
    if study.runs < ENOUGH_RUNS:
        lines.append(f"{study.runs} runs tell a chance roughly only: {ENOUGH_RUNS} or more are better.")
    return "\n".join([*lines, *(f"Note: {note}" for note in study.notes)])


def _area(name: str, study: Study, complaints: Complaints) -> str:
    """The P-code of a sub-district named by P-code, or by its English or Arabic name."""
    areas = study.world.areas
    if name in areas.area_id:
        return name
    for names in (areas.name, areas.name_local):
        matches = [i for i, known in enumerate(names) if known and known.lower() == name.lower()]
        if len(matches) == 1:
            return areas.area_id[matches[0]]
        if matches:
            codes = ", ".join(areas.area_id[i] for i in matches)
            complaints.add(f"area '{name}' is the name of {len(matches)}; give one of the P-codes {codes}")
            return ""
    complaints.add(
        f"area '{name}' is no {areas.noun.one} of these results{nearest(name, [*areas.name, *areas.area_id])}"
    )
    return ""
