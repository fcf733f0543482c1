"""Needs against capacity: how much is short, where, and from which day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from flightsim.measures import SMALL_CELL_PERSONS
from flightsim.needs.capacity import Capacity
from flightsim.needs.people import People, dates_of, quantiles
from flightsim.needs.quantities import NEEDS, WHOM, Need, rounded
from flightsim.needs.standards import Standards
from flightsim.world import Bools, Floats

NEVER = np.inf


@dataclass(frozen=True)
class Gap:
    """One need against its capacity: (R, D, A) what is needed, (D, A) what there is (NaN: not known)."""

    need: Need
    per_person: float
    needed: Floats
    there: Floats
    source: str
    together: bool

    @property
    def known(self) -> Bools:
        """(A,) where the capacity is known."""
        return np.asarray(np.isfinite(self.there).any(axis=0))

    @property
    def known_share(self) -> float:
        """Share of what is needed at the end, mean over the runs, of which the capacity is known."""
        by_area = self.needed[:, -1].mean(axis=0)
        return float(by_area[self.known].sum() / by_area.sum()) if by_area.sum() else float(self.known.any())

    @property
    def short(self) -> Floats:
        """(R, D, A) what is missing; NaN where no capacity is known."""
        return np.maximum(self.needed - self.there, 0.0)

    @property
    def breached(self) -> Floats:
        """(R, A) number of the first day on which the capacity is short for a hundred people or more; inf: never.

        A need of everybody present, which may have been unmet long before the run, counts from there too.
        """
        with np.errstate(invalid="ignore"):
            over = (self.needed - self.there) >= self.per_person * SMALL_CELL_PERSONS
        first = over.argmax(axis=1).astype(float)
        return np.where(over.any(axis=1), first, NEVER)


def of(people: People, standards: Standards, capacities: Mapping[str, Capacity]) -> dict[str, Gap]:
    """The gap of each need that can be supplied; where no capacity is known, ``there`` is NaN."""
    found = {}
    for name, need in NEEDS.items():
        if not need.supply:
            continue
        per_person = need.per_person(standards)
        needed = people.groups[need.whom] * per_person
        known = capacities.get(name)
        if known is None:
            there = np.full(needed.shape[1:], np.nan)
        elif known.together:
            needed, there = needed.sum(axis=2, keepdims=True), known.amount
        else:
            there = known.amount
        found[name] = Gap(
            need, per_person, needed, there, known.source if known else "", bool(known and known.together)
        )
    return found


def again(people: People, gaps: Mapping[str, Gap]) -> dict[str, Gap]:
    """The same gaps, reckoned for other counts of the same people."""
    found = {}
    for name, gap in gaps.items():
        needed = people.groups[gap.need.whom] * gap.per_person
        found[name] = replace(gap, needed=needed.sum(axis=2, keepdims=True) if gap.together else needed)
    return found


def rows(people: People, gap: Gap) -> list[dict[str, Any]]:
    """A row a sub-district where somebody has the need: the worst day, the end, the gap, the date of breach."""
    median, low, high = (rounded(gap.need, values) for values in quantiles(gap.needed))
    short = tuple(rounded(gap.need, values) for values in quantiles(np.nanmax(_known(gap.short), axis=1)))
    short_end = tuple(rounded(gap.need, values) for values in quantiles(_known(gap.short)[:, -1]))
    breached = gap.breached
    area_id = [""] if gap.together else people.area_id
    found = []
    for a, area in enumerate(area_id):
        if not gap.needed[:, :, a].any():
            continue
        worst = int(median[:, a].argmax())
        known = bool(np.isfinite(gap.there[:, a]).any())
        row: dict[str, Any] = {
            "scenario": people.scenario,
            "area_id": area,
            "sector": gap.need.sector,
            "need": gap.need.name,
            "unit": gap.need.unit,
            "for_whom": WHOM[gap.need.whom],
            "worst_day": people.days[worst],
            "needed_worst_day": median[worst, a],
            "needed_worst_day_low": low[worst, a],
            "needed_worst_day_high": high[worst, a],
            "needed_end": median[-1, a],
            "needed_end_low": low[-1, a],
            "needed_end_high": high[-1, a],
            "capacity_end": gap.there[-1, a],
        }
        for name, values in (("gap_most", short), ("gap_end", short_end)):
            for suffix, value in zip(("", "_low", "_high"), values, strict=True):
                row[name + suffix] = value[a] if known else np.nan
        row |= dates_of(breached[:, a], people.days) if known else dict.fromkeys(BREACH, pd.NaT)
        row["runs_breached"] = int(np.isfinite(breached[:, a]).sum()) if known else None
        row["runs"] = people.runs
        row["capacity_source"] = gap.source if known else "not known"
        found.append({key: round(v, 3) if isinstance(v, float) else v for key, v in row.items()})
    return found


BREACH = ("breach_early", "breach_median", "breach_late")


def table(people: People, gaps: Mapping[str, Gap]) -> pd.DataFrame:
    """All rows of all needs."""
    frame = pd.DataFrame([row for gap in gaps.values() for row in rows(people, gap)])
    if len(frame):
        frame["runs_breached"] = frame["runs_breached"].astype("Int64")
    return frame


def _known(values: Floats) -> Floats:
    """The same with -1 in the place of what is not known, so that extremes can be taken; rows hide it again."""
    return np.where(np.isnan(values), -1.0, values)
