"""Who does what where (3W) against the people in need: what is unmet, by sector and area, and by partner."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from flightsim import words
from flightsim.case.cells import Column, Unexpected, choice, number, parse, text
from flightsim.case.text_files import read_text
from flightsim.errors import Complaints, nearest
from flightsim.needs.people import People, quantiles
from flightsim.needs.quantities import SECTORS, WHOM

IN_NEED = {
    "wash": "everyone", "shelter": "unhoused", "sites": "on_sites", "nfi": "everyone", "food": "everyone",
    "health": "everyone", "protection": "everyone",
}  # fmt: skip
"""For each sector the group of people (``quantities.WHOM``) that its partners are there for. *Assumption*"""
ALSO = {
    "water, sanitation and hygiene": "wash", "shelter/nfi": "nfi", "cccm": "sites", "food security": "food",
    "fsl": "food", "camp coordination and camp management": "sites", "non-food items": "nfi",
    **{title.lower(): sector for sector, title in SECTORS.items() if sector in IN_NEED},
}  # fmt: skip
MOST_COMPLAINTS = 50


@dataclass(frozen=True)
class Activity:
    """One row of a 3W: a partner's work in a sector and area, in persons."""

    organisation: str
    sector: str
    area_id: str
    reached: float
    capacity: float  # people whom it can reach, those reached among them


def _sector(cell: str) -> str:
    name = cell.lower()
    found = name if name in IN_NEED else ALSO.get(name)
    if found is None:
        raise Unexpected(f"one of {', '.join(IN_NEED)}{nearest(name, [*IN_NEED, *ALSO])}")
    return found


def read(path: str | Path, area_id: Sequence[str]) -> list[Activity]:
    """The user's table: columns organisation, sector, area_id, reached, capacity (blank: as reached), activity, source.

    InputError with everything that is wrong with it.
    """
    file, complaints = Path(path), Complaints(at_most=MOST_COMPLAINTS)
    note = Column(text(blank="").read, "some text on one line", "", optional=True)
    columns = {
        "organisation": text(),
        "sector": Column(_sector, f"one of {', '.join(IN_NEED)}"),
        "area_id": choice(area_id, said="a P-code of the case's areas"),
        "reached": number(at_least=0, blank=0.0),
        "capacity": replace(number(at_least=0, blank=-1.0), optional=True),
        "activity": note,
        "source": note,
    }
    table = parse(str(file), read_text(file, "3w "), columns, complaints)
    if not table.rows and not complaints.texts:
        complaints.add(f"{file} has no rows; expected an organisation's work in each")
    found = []
    wanted = ("organisation", "sector", "area_id", "reached", "capacity")
    for row, cells in zip(table.rows, zip(*(table[name] for name in wanted), strict=True), strict=True):
        if None in cells:
            continue
        organisation, sector, area, reached, capacity = cells
        if 0 <= capacity < reached:
            complaints.add(
                f"{file} row {row}: capacity is {capacity:,g}; expected as many as are reached, {reached:,g}, or more"
            )
        found.append(Activity(organisation, sector, area, reached, reached if capacity < 0 else capacity))
    complaints.raise_if_any()
    return found


def unmet(people: People, activities: Sequence[Activity]) -> pd.DataFrame:
    """A row a sector of the 3W and area with people in need or reached, at the end of the runs, in persons.

    ``unmet`` is what the partners' reach leaves, ``unmet_at_capacity`` what all of their capacity would leave. What
    several partners reach in one place is added up, as if nobody were reached twice.
    """
    rows = []
    for sector in (s for s in IN_NEED if any(a.sector == s for a in activities)):
        there = people.groups[IN_NEED[sector]][:, -1]  # (R, A)
        for a, area in enumerate(people.area_id):
            own = [x for x in activities if x.sector == sector and x.area_id == area]
            reached, capacity = sum(x.reached for x in own), sum(x.capacity for x in own)
            if not there[:, a].any() and not own:
                continue
            row: dict[str, Any] = {"scenario": people.scenario, "sector": sector, "area_id": area}
            row |= {"for_whom": WHOM[IN_NEED[sector]]}
            left = np.maximum(there[:, a] - reached, 0.0)
            for name, values in (("in_need", there[:, a]), ("unmet", left)):
                row |= dict(zip((name, f"{name}_low", f"{name}_high"), quantiles(values), strict=True))
            row["unmet_at_capacity"] = float(np.median(np.maximum(there[:, a] - capacity, 0.0)))
            row |= {
                "reached": reached,
                "capacity": capacity,
                "organisations": len({x.organisation for x in own}),
            }
            rows.append(row)
    return pd.DataFrame(rows).round(0)


def by_partner(people: People, activities: Sequence[Activity]) -> pd.DataFrame:
    """A row an organisation, sector and area: reached, spare capacity, what is unmet there, what it could take on.

    What is unmet is shared out over the partners of a place as their spare capacity is, and never beyond that.
    """
    left = {
        (row["sector"], row["area_id"]): float(row["unmet"])
        for row in unmet(people, activities).to_dict("records")
    }
    frame = pd.DataFrame([vars(x) for x in activities])
    keys = ["organisation", "sector", "area_id"]
    frame = frame.groupby(keys, sort=False, as_index=False)[["reached", "capacity"]].sum()
    frame["spare"] = frame["capacity"] - frame["reached"]
    frame["unmet_there"] = [left[(s, a)] for s, a in zip(frame["sector"], frame["area_id"], strict=True)]
    together = frame.groupby(["sector", "area_id"])["spare"].transform("sum")
    share = (frame["unmet_there"] / together.where(together > 0)).clip(upper=1.0).fillna(0.0)
    frame["could_take"] = (frame["spare"] * share).round(0)
    frame.insert(0, "scenario", people.scenario)
    return frame


def sentences(found: pd.DataFrame, scenario: str, names: dict[str, str]) -> list[str]:
    """What is unmet, a line a sector of the 3W. Sums of medians over areas, at two figures."""
    lines = []
    for sector, rows in found[found["scenario"] == scenario].groupby("sector", sort=False):
        total = rows[["in_need", "reached", "unmet"]].sum()
        need = f"{words.about(total['in_need'])} in need, {words.about(total['reached'])} reached"
        line = f"3W, {SECTORS[str(sector)].lower()}: {need}, {words.about(total['unmet'])} unmet"
        if total["unmet"] > 0:
            most = rows.iloc[int(rows["unmet"].to_numpy().argmax())]
            line += f", most in {names[most['area_id']]} ({words.about(most['unmet'])})"
        lines.append(f"{line}.")
    return lines
