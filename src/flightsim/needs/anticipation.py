"""Acting before it happens: from what chance on it pays, how long there is, and how often it would be for nothing.

Acting costs ``cost`` whether it happens or not; not having acted when it happens costs ``loss``. On average it
pays to act where the chance is at least cost / loss (the cost-loss rule, Murphy 1977).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd

from flightsim import words
from flightsim.errors import Complaints

READY_SHARE = 0.5  # of the chance that activates: from there on one gets ready. *Assumption*
ACTIVATION, READINESS, NONE = "activation", "readiness", "none"


@dataclass(frozen=True)
class Stake:
    """What acting early costs, what it spares, and from which day the warning is."""

    cost: float
    loss: float
    issued: pd.Timestamp

    @property
    def activation(self) -> float:
        """The least chance at which it pays to act."""
        return self.cost / self.loss

    @property
    def readiness(self) -> float:
        """The least chance at which one gets ready."""
        return self.activation * READY_SHARE


def asked(
    cost: float | None, loss: float | None, issued: date | None, start: pd.Timestamp, first: pd.Timestamp
) -> Stake | None:
    """What the user gave, None for nothing; InputError for what does not fit. ``first``: the runs' first day."""
    complaints = Complaints()
    day = pd.Timestamp(issued) if issued else first
    if (cost is None) != (loss is None):
        complaints.add(f"{'loss' if loss is None else 'cost'} is missing; expected both --cost and --loss")
    if cost is not None and loss is not None and cost >= loss:
        complaints.add(f"cost is {cost:,g}; expected less than the loss, {loss:,g}: else acting never pays")
    if day > start:
        complaints.add(
            f"issued is {day.date()}; expected a day not after the first of the windows, {start.date()}"
        )
    complaints.raise_if_any()
    return None if cost is None or loss is None else Stake(cost, loss, day)


def with_levels(table: pd.DataFrame, stake: Stake) -> pd.DataFrame:
    """A table of chances with issue date, lead time, level, and the mean cost of acting and of waiting.

    Windows that begin before the issue date are left out: it is too late for them.
    """
    found = table[table["from"] >= stake.issued].copy()
    found["issued"] = stake.issued
    found["lead_days"] = (found["from"] - stake.issued).dt.days
    found["level"] = NONE
    found.loc[found["chance"] >= stake.readiness, "level"] = READINESS
    found.loc[found["chance"] >= stake.activation, "level"] = ACTIVATION
    found["cost_of_acting"] = stake.cost
    found["mean_loss_of_waiting"] = found["chance"] * stake.loss
    return found


def sentences(rows: pd.DataFrame, stake: Stake) -> list[str]:
    """For each window and number of people how many areas are at each level, and the hits and false alarms to expect.

    ``rows``: those of one scenario and first day, with levels.
    """
    act, ready = (f"{100 * chance:.0f} %" for chance in (stake.activation, stake.readiness))
    pays = f"it pays from a chance of {act} on (readiness from {ready})"
    lines = [
        f"Acting costs {stake.cost:,.0f} and spares {stake.loss:,.0f}: {pays}.",
        f"Issued {words.day_year(stake.issued.date())}.",
    ]
    for _, own in rows.groupby(["more_than_persons", "within_days"]):
        persons, within = float(own["more_than_persons"].iloc[0]), int(own["within_days"].iloc[0])
        acting = own["level"] == ACTIVATION
        n, ready_n = int(acting.sum()), int((own["level"] == READINESS).sum())
        hits, missed = float(own.loc[acting, "chance"].sum()), float(own.loc[~acting, "chance"].sum())
        lead = words.counted(int(own["lead_days"].iloc[0]), "day")
        lines.append(
            f"More than {persons:,.0f} within {words.counted(within, 'day')}, lead time {lead}: "
            f"{n} of {len(own)} areas at activation, {ready_n} at readiness. Acting in those at activation: "
            f"{hits:.1f} hits and {n - hits:.1f} false alarms to expect, {missed:.1f} missed."
        )
    return [*lines, "Hits and false alarms follow from the model's own chances; no report has checked these."]
