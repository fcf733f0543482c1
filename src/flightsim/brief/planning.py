"""The planning-scenario table of a contingency plan: one page, one sheet, one Markdown, out of a sweep's scenarios."""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from operator import itemgetter
from pathlib import Path
from typing import Any

import pandas as pd
from jinja2 import Environment, StrictUndefined

from flightsim import __version__, dotted, words
from flightsim.brief import language, wording
from flightsim.comparison.figures.look import shorter
from flightsim.comparison.roles import differing
from flightsim.errors import Complaints, nearest
from flightsim.export import workbook
from flightsim.export.disclosure import rounded_people
from flightsim.files.atomic import plain_errors, renewed_folder, write_text
from flightsim.needs import planning
from flightsim.needs.planning import BEST, COUNTED, LEAST_RUNS, LIKELY, WORST, Apart
from flightsim.needs.report import save
from flightsim.needs.study import Scene, Study

HERE = Path(__file__).parent
NAME, MARK = "plan", "plan.json"
GRADES = ("low", "medium", "high")
OPEN = "to be judged"
MOST_SIGNS = 3  # for each pair of scenarios
LONGEST_VALUE = 60  # letters of a setting
IN_WORDS = ("border.policy", "events.violence", "events.known_until", "events.growth_per_week")
README = """The planning-scenario table that follows from a sweep of flightsim. It is modelled, not observed.

plan.html       the table on one page; plan.md and plan.xlsx the same
caseload.csv    by scenario, count and date: persons, median with the range over the runs (low, high: 5 and 95 %)
triggers.csv    counts by which two scenarios can be told apart, with the first day and the level
plan.json       which scenario stands for what, likelihood and impact as they were given

Each count was rounded to 100 in each run, as in an export. Likelihood and impact are judgements of who made the
plan, not the model's.
Not for targeting, interdiction, closing borders, or decisions about individuals.
"""
NOT_FOR = "Not for targeting, interdiction, closing borders, or decisions about individuals."


@dataclass(frozen=True)
class Order:
    """What the user says: scenario by role, likelihood and impact by scenario or role; and what settings mean.

    ``defaults``: the configuration without any change; ``meanings``: (meaning, unit) of a parameter by its name.
    """

    roles: Mapping[str, str | None] = field(default_factory=dict)
    likelihood: Mapping[str, str] = field(default_factory=dict)
    impact: Mapping[str, str] = field(default_factory=dict)
    defaults: Mapping[str, Any] = field(default_factory=dict)
    meanings: Mapping[str, tuple[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Plan:
    """A plan: scene and grades by role, the signs that tell two of them apart by the two roles."""

    study: Study
    order: Order
    scenes: Mapping[str, Scene]
    grades: Mapping[str, tuple[str, str]]  # likelihood, impact
    signs: Mapping[tuple[str, str], Sequence[Apart]]


def make(study: Study, order: Order) -> Plan:
    """The plan of a study's scenarios, from rounded counts; InputError for scenarios and grades that do not fit."""
    study = replace(study, scenes=tuple(replace(s, people=rounded_people(s.people)) for s in study.scenes))
    names = planning.roles([scene.people for scene in study.scenes], order.roles)
    scenes = {role: next(s for s in study.scenes if s.name == name) for role, name in names.items()}
    complaints = Complaints()
    graded = [_by_role(kind, getattr(order, kind), names, complaints) for kind in ("likelihood", "impact")]
    complaints.raise_if_any()
    grades = {role: (graded[0].get(role, OPEN), graded[1].get(role, OPEN)) for role in scenes}
    signs = {
        (LIKELY, other): planning.apart(scenes[LIKELY].people, scenes[other].people)
        for other in (WORST, BEST)
        if other in scenes
    }
    return Plan(study, order, scenes, grades, signs)


def _by_role(
    kind: str, given: Mapping[str, str], names: Mapping[str, str], complaints: Complaints
) -> dict[str, str]:
    """Grades by role, of those given by scenario or role."""
    short = {role.removeprefix("most "): role for role in names}
    known = {name: role for role, name in names.items()} | short
    for name, grade in given.items():
        if name not in known:
            expected = ", ".join([*names.values(), *short])
            complaints.add(
                f"{kind}: '{name}' is no scenario of this plan{nearest(name, known)}; expected one of {expected}"
            )
        if grade not in GRADES:
            complaints.add(f"{kind} of '{name}' is '{grade}'; expected low, medium or high")
    return {known[name]: grade for name, grade in given.items() if name in known}


def contents(plan: Plan) -> dict[str, Any]:
    """All that page, sheet and Markdown show, in words."""
    scenes, first = plan.scenes, plan.scenes[LIKELY]
    days = first.people.days
    return {
        "title": f"Planning scenarios: {first.world.manifest.get('title', first.world.name)}",
        "period": f"{words.day_year(days[0].date())} to {words.day_year(days[-1].date())}",
        "heads": [f"{role[0].upper()}{role[1:]}" for role in scenes],
        "names": [f"“{scene.name}”" for scene in scenes.values()],
        "likelihood": [plan.grades[role][0] for role in scenes],
        "impact": [plan.grades[role][1] for role in scenes],
        "assumptions": [_assumptions(plan, role) for role in scenes],
        "caseload": _caseload(plan),
        "signs": [_signs(plan, pair) for pair in plan.signs],
        "reading": _reading(plan),
    }


def _assumptions(plan: Plan, role: str) -> list[str]:
    """Of the most likely scenario what it assumes; of the others what they set differently."""
    scene, first = plan.scenes[role], plan.scenes[LIKELY]
    meanings, english = plan.order.meanings, language.read(language.FIRST)
    lead = wording.of_config(scene.config, scene.world, english)
    if role != LIKELY:
        own = differences(scene.config, first.config, meanings, (*first.drawn, *IN_WORDS))
        known = wording.of_config(first.config, first.world, english)
        return [*(line for line in lead if line not in known), *own] or ["The same settings."]
    own = differences(scene.config, plan.order.defaults, meanings, (*first.drawn, *IN_WORDS))
    return [*lead, *(f"Not the default: {line}" for line in own)]


def differences(
    config: Mapping[str, Any],
    other: Mapping[str, Any],
    meanings: Mapping[str, tuple[str, str]],
    leaving_out: Sequence[str] = (),
) -> list[str]:
    """What a configuration sets differently from another, a sentence each: meaning, both values, name."""
    one, two = dotted.flat(config), dotted.flat(other)
    lines = []
    for key in differing([config, other]):
        if key in leaving_out or "." not in key:
            continue
        if key.endswith("._target_"):
            group = key.removesuffix("._target_")
            lines.append(f"The rule of {group} is {_value(one.get(key))} instead of {_value(two.get(key))}.")
            continue
        meaning, unit = meanings.get(key, (key, ""))
        values = f"{_value(one.get(key))}{f' {unit}' if unit else ''} instead of {_value(two.get(key))}"
        lines.append(f"{meaning[0].upper()}{meaning[1:]}: {values} ({key}).")
    return lines


def _value(value: Any) -> str:
    text = "not set" if value is None else str(value)
    return shorter(text.rpartition(".")[2] if text.startswith("flightsim.") else text, LONGEST_VALUE)


def _caseload(plan: Plan) -> list[dict[str, Any]]:
    """A row a date and count: the persons of every scenario in words."""
    tables = {
        role: planning.caseload(scene.people).set_index(["date", "count"])
        for role, scene in plan.scenes.items()
    }
    rows = []
    for when, day in planning.dates(plan.scenes[LIKELY].people.days).items():
        for count, title in COUNTED.items():
            cells = [
                _spread(t.loc[(day, count)]) if (day, count) in t.index else "not modelled"
                for t in tables.values()
            ]
            if any(cell != "none" for cell in cells) or count == "displaced":
                head = f"{when[0].upper()}{when[1:]}: {words.day_year(day.date())}"
                rows.append({"when": head, "count": title, "cells": cells})
    return rows


def _spread(row: Any) -> str:
    """``280,000 (250,000 to 310,000)``; without a range where its ends read the same."""
    middle, low, high = (words.about(float(row[name])) for name in ("median", "low", "high"))
    return middle if low == high else f"{middle} ({low} to {high})"


def _signs(plan: Plan, pair: tuple[str, str]) -> dict[str, Any]:
    """The earliest signs that tell two scenarios apart, in words."""
    role, other = pair
    title = f"{role[0].upper()}{role[1:]} or {other}"
    runs = min(plan.scenes[each].people.runs for each in pair)
    if runs < LEAST_RUNS:
        few = (
            f"{words.counted(runs, 'run')}: too few to tell when they part; {LEAST_RUNS} or more are needed."
        )
        return {"title": title, "lines": [few]}
    lines: list[str] = []
    seen: set[str] = set()
    by_name = {scene.name: role for role, scene in plan.scenes.items()}
    for sign in plan.signs[pair]:
        if sign.count in seen or len(lines) == MOST_SIGNS:
            continue
        seen.add(sign.count)
        above, below = (
            f"{by_name[name]} {words.about(ends[0])} to {words.about(ends[1])}"
            for name, ends in ((sign.higher, sign.range_higher), (sign.lower, sign.range_lower))
        )
        lines.append(
            f"From {words.day_year(sign.day.date())}: more than {sign.level:,.0f} people {COUNTED[sign.count]} "
            f"points to {by_name[sign.higher]}, fewer to {by_name[sign.lower]} ({above}; {below})."
        )
    return {"title": title, "lines": lines or ["Nothing counted here tells them apart in these days."]}


def _reading(plan: Plan) -> list[str]:
    """How the table is to be read: what the range is, what was checked, what was not."""
    first = plan.scenes[LIKELY]
    missing = [role for role in (WORST, BEST) if role not in plan.scenes]
    left = [s.name for s in plan.study.scenes if s.name not in {own.name for own in plan.scenes.values()}]
    runs = words.listing([f"{scene.people.runs} {role}" for role, scene in plan.scenes.items()])
    lines = [
        "Modelled, not observed.",
        f"Numbers are medians at two figures; in brackets the middle nine tenths of the runs ({runs}).",
        first.varied,
        *(f"Most likely: {line}" for line in first.checked),
        "Whoever was displaced since the start counts once, also who has found a host or gone abroad since.",
        "Who was displaced before the start does not count; who waits at a crossing is in no site.",
    ]
    if "last day" in planning.dates(first.people.days):
        lines.append("The runs end before three months are over: nothing is said of the days beyond.")
    if missing:
        lines.append(f"No scenario here stands for {words.listing(missing)}: none is clearly so.")
    if left:
        lines.append(f"Not in this table: {words.listing([f'“{name}”' for name in left])}.")
    lines += [
        "Likelihood, impact and which scenario is most likely are judgements of who plans, not the model's.",
        *plan.study.notes,
        NOT_FOR,
    ]
    return lines


def page(told: Mapping[str, Any]) -> str:
    """The table as one HTML file."""
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    template = environment.from_string((HERE / "planning.html.j2").read_text(encoding="utf-8"))
    months = [(when, list(own)) for when, own in itertools.groupby(told["caseload"], key=itemgetter("when"))]
    return template.render(version=__version__, months=months, **told) + "\n"


def rows(told: Mapping[str, Any]) -> list[list[str]]:
    """The table as rows of texts under the heads: blank, blank, then a column a scenario."""
    found = [
        ["Scenario", "", *told["names"]],
        ["Likelihood", "", *told["likelihood"]],
        ["Impact", "", *told["impact"]],
        ["What it assumes", "", *(" ".join(lines) for lines in told["assumptions"])],
    ]
    return found + [[row["when"], row["count"], *row["cells"]] for row in told["caseload"]]


def markdown(told: Mapping[str, Any]) -> str:
    """The table as Markdown."""
    lines = [f"# {_safe(told['title'])}", "", told["period"], ""]
    lines += [_line(["", "", *told["heads"]]), _line(["---"] * (2 + len(told["heads"])))]
    lines += [_line(row) for row in rows(told)]
    lines += ["", "## Which one is coming true", ""]
    for sign in told["signs"]:
        lines += [f"**{sign['title']}**", "", *(f"- {_safe(line)}" for line in sign["lines"]), ""]
    return (
        "\n".join([*lines, "## How to read it", "", *(f"- {_safe(line)}" for line in told["reading"])]) + "\n"
    )


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(_safe(cell) for cell in cells)} |"


def _safe(text: str) -> str:
    """Names of a user's scenarios are no markup."""
    for letter, written in (("\\", "\\\\"), ("&", "&amp;"), ("<", "&lt;"), ("|", "\\|"), ("*", "\\*")):
        text = text.replace(letter, written)
    return " ".join(text.split())


def write(plan: Plan, folder: Path) -> str:
    """Write the folder, in the place of an earlier one, and give the table as text."""
    told = contents(plan)
    frame = pd.DataFrame(rows(told), columns=["When", "What", *told["heads"]])
    signs = [["Which one is coming true", s["title"], line] for s in told["signs"] for line in s["lines"]]
    notes = [["How to read it", "", line] for line in told["reading"]]
    tail = [[*row, *[""] * (len(frame.columns) - 3)] for row in (*signs, *notes)]
    sheet = pd.concat([frame, pd.DataFrame(tail, columns=frame.columns)], ignore_index=True)
    caseload = pd.concat(
        [planning.caseload(s.people).assign(role=role) for role, s in plan.scenes.items()], ignore_index=True
    )
    text = markdown(told)
    with renewed_folder(folder, MARK) as temporary, plain_errors(folder):
        write_text(temporary / f"{NAME}.html", page(told))
        write_text(temporary / f"{NAME}.md", text)
        workbook.one_sheet("Planning scenarios", sheet, temporary / f"{NAME}.xlsx")
        save(caseload, temporary / "caseload")
        save(_sign_table(plan), temporary / "triggers")
        write_text(temporary / "README.txt", README)
        write_text(temporary / MARK, json.dumps(_about(plan), indent=2, ensure_ascii=False) + "\n")
    return text


def _sign_table(plan: Plan) -> pd.DataFrame:
    columns = ["count", "date", "more_than_persons", "points_to", "rather_than", "low", "high",
               "other_low", "other_high"]  # fmt: skip
    found = [
        [s.count, s.day, s.level, s.higher, s.lower, *s.range_higher, *s.range_lower]
        for signs in plan.signs.values()
        for s in signs
    ]
    return pd.DataFrame(found, columns=columns)


def _about(plan: Plan) -> dict[str, Any]:
    return {
        "flightsim": __version__,
        "results": plan.study.path.name,
        "scenarios": {role: scene.name for role, scene in plan.scenes.items()},
        "likelihood": {role: grades[0] for role, grades in plan.grades.items()},
        "impact": {role: grades[1] for role, grades in plan.grades.items()},
        "complete": True,
    }
