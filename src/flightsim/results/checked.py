"""Until which day reports check the runs of a scenario, how the model did until then, and what lies beyond."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from flightsim import words
from flightsim.results.findings import Observed, observed
from flightsim.results.history import history_until
from flightsim.world import Floats

PEOPLE = "people"


@dataclass(frozen=True)
class Checked:
    """The last report within the days of some runs, and what they have on its day: (R,) people displaced."""

    report: Observed
    modelled: Floats
    end: date  # the last day of the runs

    @property
    def day(self) -> date:
        """The last checked day."""
        return self.report.day


def of(
    displaced: Floats,
    days: pd.DatetimeIndex,
    config: Mapping[str, Any],
    observations: Iterable[Mapping[str, Any]],
) -> Checked | None:
    """What checks (R, D) people displaced; None for a what-if, or where nothing was reported in these days."""
    until = history_until(config)
    if until is None:
        return None
    first, end = days[0].date(), days[-1].date()
    points = [o for o in observed(observations, first, min(end, until)) if o.unit == PEOPLE]
    points = [o for o in points if o.weighed] or points
    if not points:
        return None
    last = points[-1]
    return Checked(last, displaced[:, (pd.Timestamp(last.day) - days[0]).days], end)


def sentences(found: Checked | None) -> list[str]:
    """The last checked day with both numbers, and what lies beyond it, in words."""
    if found is None:
        return ["No report checks these days: the figures are what the model gives, and nothing else."]
    low, middle, high = (words.about(float(v)) for v in np.quantile(found.modelled, (0.05, 0.5, 0.95)))
    spread = f" ({low} to {high})" if low != high else ""
    told = (
        f"Last checked day: {words.day_year(found.day)}: {middle} people displaced in the model{spread}, "
        f"{words.about(found.report.best)} reported{found.report.bounds}."
    )
    if found.day >= found.end:
        return [told]
    return [told, f"What lies beyond, to {words.day_year(found.end)}, is checked by no report."]
