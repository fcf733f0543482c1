"""What it costs: the whole response by planning rates, against what funding there is."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from flightsim.needs.people import People, dates_of, quantiles
from flightsim.needs.quantities import MONTHS_A_YEAR
from flightsim.needs.standards import Standards
from flightsim.world import Currency, Floats

DAYS_A_MONTH = 365.25 / MONTHS_A_YEAR
DAYS_A_WEEK = 7
USD = ("usd", "usd_low", "usd_high")
PLAN_MONTHS = 6.0  # the usual length of a flash appeal


def of_plan(persons: float, standards: Standards, months: float = PLAN_MONTHS) -> dict[str, float]:
    """USD for so many displaced people over so many months: the whole response, and winter cash within it."""
    return {
        "response_usd": persons * standards["response_cost"] * months,
        "response_usd_per_person": standards["response_cost"] * months,
        "winter_cash_usd": persons * standards["households"] / 1000 * standards["winter_cash_cost"],
    }


def spent(people: People, standards: Standards) -> Floats:
    """(R, D) USD a day, if everybody displaced and in a sub-district that day is helped at the planning rate."""
    return np.asarray(people.groups["everyone"].sum(axis=2) * standards["response_cost"] / DAYS_A_MONTH)


def table(people: People, standards: Standards, months: float, funding_usd: float | None) -> pd.DataFrame:
    """Rows of what, from, to, USD with range: each week, the whole run, the plan after it, by cluster; funding."""
    by_day, days = spent(people, standards), people.days
    found = []
    for d in range(0, len(days), DAYS_A_WEEK):
        week = slice(d, d + DAYS_A_WEEK)
        found.append(_row(people, "week", days[week][0], days[week][-1], by_day[:, week].sum(axis=1)))
    whole = by_day.sum(axis=1)
    found.append(_row(people, "the run", days[0], days[-1], whole))
    after = days[-1] + pd.Timedelta(days=1)
    until = after + pd.Timedelta(days=round(months * DAYS_A_MONTH) - 1)
    at_end = people.groups["everyone"][:, -1].sum(axis=1)
    plan = at_end * standards["response_cost"] * months
    named = f"{months:g} months for those displaced at the end"
    found.append(_row(people, named, after, until, plan))
    found += [
        _row(people, named, after, until, plan * share, cluster) for cluster, share in standards.split.items()
    ]
    per_person = np.full(people.runs, standards["response_cost"])
    found.append(_row(people, "a person and month", after, until, per_person))
    winter = at_end * standards["households"] / 1000 * standards["winter_cash_cost"]
    found.append(_row(people, "winter cash for their households (part of it)", after, after, winter))
    if funding_usd is not None:
        found.append(_row(people, "funding", days[0], until, np.full(people.runs, funding_usd)))
        missing = np.maximum(whole + plan - funding_usd, 0.0)
        found.append(_row(people, "not funded, the run and the plan", days[0], until, missing))
    return pd.DataFrame(found)


def funded_until(people: People, standards: Standards, months: float, funding_usd: float) -> dict[str, Any]:
    """The day on which the funding is spent: early, median and late over the runs; NaT if it lasts."""
    by_day = spent(people, standards)
    n_after = round(months * DAYS_A_MONTH)
    whole = np.concatenate([by_day, np.repeat(by_day[:, -1:], n_after, axis=1)], axis=1).cumsum(axis=1)
    days = pd.date_range(people.days[0], periods=whole.shape[1])
    over = whole > funding_usd
    first = np.where(over.any(axis=1), over.argmax(axis=1).astype(float), np.inf)
    return {name.removeprefix("breach_"): day for name, day in dates_of(first, days).items()}


def with_local(costs: pd.DataFrame, currency: Currency | None) -> pd.DataFrame:
    """The same with the amounts in the country's money too, if the case has one; in the columns local and currency."""
    if currency is None:
        return costs
    local = {name.replace("usd", "local"): costs[name] * currency.per_usd for name in USD}
    at = list(costs.columns).index(USD[-1]) + 1
    both = costs.copy()
    for name, values in reversed([*local.items(), ("currency", currency.code)]):
        both.insert(at, name, values)
    return both


def _row(
    people: People, what: str, start: Any, end: Any, usd: Floats, cluster: str = "all"
) -> dict[str, Any]:
    median, low, high = (float(value) for value in quantiles(usd))
    return {
        "scenario": people.scenario, "what": what, "cluster": cluster, "from": start, "to": end,
        "usd": median, "usd_low": low, "usd_high": high, "runs": people.runs,
    }  # fmt: skip
