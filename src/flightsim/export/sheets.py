"""What stands in the sheets of the workbook: heads to read, totals that are right, no blank with two meanings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from flightsim import words
from flightsim.export.columns import language_name
from flightsim.needs.people import quantiles
from flightsim.needs.quantities import NEEDS, amount, rounded
from flightsim.needs.study import Scene
from flightsim.needs.tables import Needs
from flightsim.world import RUNGS, Areas

WHOLE, NOT_KNOWN = "Whole area", "not known"
MOST_TRIGGERS = 100  # rows of the sheet, the likeliest; the table has all
TO_FILL_IN = ("organisation", "activity", "targeted", "reached")  # left blank, for partners (3W)
HOW_TO_READ = (
    "",
    "Counts of people are rounded to 100 in each run: 0 stands for 0 to 49 people.",
    "“not known”: a capacity that the case does not hold. A blank date: it does not fall short.",
    f"Rows “{WHOLE}” are reckoned for the whole, at two figures. Do not add up the areas: whole things are rounded",
    "up in each, and medians do not add up. What serves all areas together, as hospitals do, has no row by area.",
    f"Triggers: the {MOST_TRIGGERS} likeliest; triggers.csv has all.",
)
SECTOR_COLUMNS = (
    "meaning", "unit", "needed", "needed_low", "needed_high", "capacity_end", "gap_end", "worst_day",
    "needed_worst_day", "gap_most", "breach_median", "breach_early", "breach_late", "capacity_source",
)  # fmt: skip
UNKNOWN = ("capacity_end", "gap_end", "gap_most")
HEADS = {
    "meaning": "Need", "unit": "Unit", "needed": "Needed at the end", "needed_low": "low (5 %)",
    "needed_high": "high (95 %)", "capacity_end": "There is", "gap_end": "Short", "worst_day": "Worst day",
    "needed_worst_day": "Needed that day", "gap_most": "Most short", "breach_median": "Short from",
    "breach_early": "early (5 %)", "breach_late": "late (95 %)", "capacity_source": "Capacity from",
    "scenario": "Scenario", "what": "What the money is for", "cluster": "Cluster (split: assumption)",
    "usd": "US dollars", "usd_low": "US dollars, low (5 %)", "usd_high": "US dollars, high (95 %)",
    "more_than_persons": "More than (people)", "from": "From", "to": "To", "within_days": "Within (days)",
    "runs_over": "Runs in which it happened", "runs": "Of runs", "chance": "Chance", "chance_low": "Chance, low",
    "chance_high": "Chance, high", "name": "Standard", "value": "Value", "source": "Source", "edition": "Edition",
    "where": "Chapter or page", "note": "Note", "verified": "Seen at its source", "used": "Changes a figure",
    "rests_on_it": "Needs that rest on it", "table": "Table", "column": "Column", "hxl": "HXL tag",
}  # fmt: skip
WEEKLY = {
    "week_from": "Week from", "week_to": "Week to", "stock": "Displaced people there at its end",
    "stock_low": "there, low (5 %)", "stock_high": "there, high (95 %)", "arrivals": "Arrivals in the week",
    "arrivals_low": "arrivals, low (5 %)", "arrivals_high": "arrivals, high (95 %)",
    "displaced_from_here": "Displaced from here for the first time",
    "displaced_from_here_low": "from here, low (5 %)", "displaced_from_here_high": "from here, high (95 %)",
    "arrivals_so_far": "Arrivals so far",
}  # fmt: skip


def place_heads(areas: Areas) -> dict[str, str]:
    """The columns that say where, and how a planner reads them."""
    nouns = [each.noun.one.capitalize() for each in areas.levels]
    above = {f"adm{level}_name": noun for level, noun in enumerate(nouns[:-1], start=1)}
    local = f"{nouns[-1]} ({language_name(areas.language)})"
    own = {areas.code_column: "P-code", areas.name_column: nouns[-1]}
    return {**above, **own, f"{areas.name_column}_{areas.language}": local}


def plain(table: pd.DataFrame) -> pd.DataFrame:
    """A table with heads to read."""
    return table.rename(columns=HEADS)


def triggers(table: pd.DataFrame, areas: Areas) -> pd.DataFrame:
    """The likeliest, with heads to read."""
    order = table.sort_values(["chance", "more_than_persons"], ascending=False, kind="stable")
    codes = [f"adm{level}_pcode" for level in range(1, areas.level)]
    return plain(order.head(MOST_TRIGGERS).drop(columns=codes).rename(columns=place_heads(areas)))


def weekly(table: pd.DataFrame, areas: Areas, several: bool) -> pd.DataFrame:
    """The caseload by week, with heads to read."""
    told = table.drop(columns=[f"adm{level}_pcode" for level in range(1, areas.level)])
    named = told.rename(
        columns={k: v for k, v in (HEADS | WEEKLY).items() if k != "scenario"} | place_heads(areas)
    )
    return _scenario_first(named, several)


def people(needs: Needs, tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """A row an area that anybody reached or left, the whole first: displaced people there at the end, by shelter."""
    areas, frames = needs.study.world.areas, []
    for scene in needs.study.scenes:
        named = pd.DataFrame(areas.columns).set_index(areas.code_column, drop=False)
        there = _at_end(tables["sheltered_persons"], scene.name)
        sums = tables["run_totals"]
        sums = sums[sums["scenario"] == scene.name].set_index(areas.code_column)
        codes = [code for code in named.index if code in set(there[areas.code_column]) | set(sums.index)]
        rows = named.loc[codes, list(place_heads(areas))]
        for head, column, shelter in _counts(scene):
            own = there[there["shelter"] == shelter].set_index(areas.code_column)[column]
            rows[head] = [_told(own, code) for code in codes]
        for head, column in _FLOWS.items():
            rows[head] = [_told(sums[column], code) for code in codes]
        rows = rows.sort_values(
            _head(scene), key=lambda v: pd.to_numeric(v, errors="coerce"), ascending=False
        )
        frames.append(pd.concat([_whole_people(scene, tables, areas), rows]).assign(scenario=scene.name))
    found = pd.concat(frames, ignore_index=True).rename(columns=place_heads(areas))
    return _scenario_first(found, len(needs.study.scenes) > 1)


_FLOWS = {"arrivals here, so far": "arrivals_persons", "displaced from here, so far": "displaced_persons"}


def _head(scene: Scene) -> str:
    return f"displaced people here on {words.day_year(scene.people.days[-1].date())}"


def _counts(scene: Scene) -> list[tuple[str, str, str]]:
    """Head, column and shelter of what the People sheet counts."""
    first = [
        (_head(scene), "persons", "all"),
        ("low (5 %)", "persons_low", "all"),
        ("high (95 %)", "persons_high", "all"),
    ]
    return [*first, *((f"of them: {rung}", "persons", rung) for rung in RUNGS)]


def _at_end(table: pd.DataFrame, scenario: str) -> pd.DataFrame:
    own: pd.DataFrame = table[table["scenario"] == scenario]
    last: pd.DataFrame = own[own["date"] == own["date"].max()]
    return last


def _told(values: pd.Series, code: str) -> Any:
    """A count; 0 where there is no row, as fewer than fifty are there in every run."""
    return int(values[code]) if code in values.index else 0


def _whole_people(scene: Scene, tables: Mapping[str, pd.DataFrame], areas: Areas) -> pd.DataFrame:
    """The row of the whole area, reckoned for itself."""
    own = _at_end(tables["sheltered_persons_total"], scene.name).set_index("shelter")
    row: dict[str, Any] = dict.fromkeys(place_heads(areas), "") | {areas.name_column: WHOLE}
    row |= {head: _told(own[column], shelter) for head, column, shelter in _counts(scene)}
    p = scene.people
    flows = (p.arrivals.sum(axis=(1, 2)), p.displaced[:, -1].sum(axis=1))
    for head, values in zip(_FLOWS, flows, strict=True):
        row[head] = int(words.headline(float(np.median(values))))
    return pd.DataFrame([row])


def of_sector(needs: Needs, tables: Mapping[str, pd.DataFrame], sector: str) -> pd.DataFrame:
    """Needs of a sector at the end: the whole area first, then the areas, most needed first."""
    areas = needs.study.world.areas
    rows = tables["needs"]
    rows = rows[(rows["sector"] == sector) & (rows["date"] == rows["date"].max())]
    there = [column for column in SECTOR_COLUMNS if column in tables["gaps"]]
    gaps = tables["gaps"][["scenario", areas.code_column, "need", *(c for c in there if c not in rows)]]
    found = rows.merge(gaps, on=["scenario", areas.code_column, "need"], how="left").assign(whole=1)
    together = {(n, name) for n, own in needs.gaps.items() for name, gap in own.items() if gap.together}
    wanted = found[["scenario", "need"]].drop_duplicates()
    found = found[[key not in together for key in zip(found["scenario"], found["need"], strict=True)]]
    if not len(wanted):
        return pd.DataFrame()
    scenes = {scene.name: scene for scene in needs.study.scenes}
    wholes = [
        _whole_need(needs, scenes[scenario], name, areas)
        for scenario, name in zip(wanted["scenario"], wanted["need"], strict=True)
    ]
    found = pd.concat([pd.DataFrame(wholes), found.astype(object)], ignore_index=True)
    found["order"] = found["need"].map(list(NEEDS).index)
    found["size"] = -pd.to_numeric(found["needed"], errors="coerce")
    found = found.sort_values(["scenario", "order", "whole", "size"], kind="stable")
    for column in UNKNOWN:
        found[column] = found[column].astype(object).where(found[column].notna(), NOT_KNOWN)
    if not any(NEEDS[name].supply for name in set(found["need"])):
        found = found.drop(columns=list(UNKNOWN))
    chosen = ["scenario", *place_heads(areas), *(c for c in SECTOR_COLUMNS if c in found)]
    named = found[chosen].rename(
        columns={k: v for k, v in HEADS.items() if k != "scenario"} | place_heads(areas)
    )
    named[list(TO_FILL_IN)] = ""
    return _scenario_first(named, len(needs.study.scenes) > 1)


def _whole_need(needs: Needs, scene: Scene, name: str, areas: Areas) -> dict[str, Any]:
    """What the whole area needs at the end, reckoned once for all its people; what is short, over its areas."""
    need, gap = NEEDS[name], needs.gaps[scene.name].get(name)
    persons = scene.people.groups[need.whom][:, -1].sum(axis=1)
    needed = [words.headline(float(v)) for v in quantiles(amount(need, persons, needs.asked.standards))]
    row: dict[str, Any] = dict.fromkeys(place_heads(areas), "") | {areas.name_column: WHOLE}
    row |= {"scenario": scene.name, "need": name, "whole": 0, "meaning": need.meaning, "unit": need.unit}
    row |= dict(zip(("needed", "needed_low", "needed_high"), needed, strict=True))
    if gap is None or not gap.known.all():
        return row
    short = float(np.median(rounded(need, gap.short[:, -1].sum(axis=1))))
    return row | {
        "capacity_end": words.headline(float(gap.there[-1].sum())),
        "gap_end": words.headline(short),
    }


def _scenario_first(found: pd.DataFrame, several: bool) -> pd.DataFrame:
    """The scenario in the first column where there are several, else left out."""
    rest = found.drop(columns="scenario")
    if several:
        rest.insert(0, HEADS["scenario"], found["scenario"])
    return rest
