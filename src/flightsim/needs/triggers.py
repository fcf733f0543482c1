"""The chance that more than so many people arrive in a sub-district within so many days, out of many runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import beta

from flightsim import words
from flightsim.errors import InputError
from flightsim.needs.people import People
from flightsim.world import Floats

WITHIN_DAYS = (3, 7, 14, 28)
LEAST_RUNS = 2
ENOUGH_RUNS = 20  # fewer cannot tell 1 in 10 from 1 in 5; *assumption*
SURE = 0.9  # of the range of the chance itself


def table(
    people: People,
    areas: Sequence[str],
    persons: Sequence[float],
    within_days: Sequence[int] = WITHIN_DAYS,
    start: pd.Timestamp | None = None,
) -> pd.DataFrame:
    """A row a sub-district, number of persons, first day and length of the window: in how many runs, of how many.

    ``start``: only windows that begin on that day; None: on any day. Arrivals are movements: who arrives twice
    counts twice. A window that reaches beyond the last day of the runs is left out. The range of the chance is what
    so few runs can tell (90 %, Jeffreys), not what the model does not know.
    """
    if people.runs < LEAST_RUNS:
        raise InputError(
            f"a chance cannot be told from {people.runs} run of '{people.scenario}'; "
            f"run it with replicates={ENOUGH_RUNS}"
        )
    if start is not None and start not in people.days:
        first, last = people.days[0], people.days[-1]
        raise InputError(
            f"from is {start.date()}; expected a day of the runs, {first.date()} to {last.date()}"
        )
    found = [
        row
        for area in areas
        for length in within_days
        for row in _windows(people, area, length, persons, start)
    ]
    columns = ["scenario", "area_id", "more_than_persons", "from", "within_days", "to", "runs_over", "runs",
               "chance", "chance_low", "chance_high", "arrivals_median", "arrivals_low", "arrivals_high"]  # fmt: skip
    return pd.DataFrame(found, columns=columns)


def sentence(row: Any, name: str) -> str:
    """A row of the table in natural frequencies."""
    start, end = row["from"], row["to"]
    length = words.counted(int(row["within_days"]), "day")
    window = f"in the {length} from {words.day(start.date())} to {words.day(end.date())}"
    what = f"more than {row['more_than_persons']:,.0f} people arrive in {name} {window}"
    over, runs = int(row["runs_over"]), int(row["runs"])
    if over == 0:
        sure = f"the chance may still be as high as {_in(row['chance_high'])}"
        return f"In none of {runs} runs do {what}; {sure}."
    if over == runs:
        return f"In all {runs} runs {what}; the chance is at least {_in(row['chance_low'])}."
    do = "does it happen that" if over == 1 else "it happens that"
    lead = f"In {over} of {runs} runs {do} {what}"
    return f"{lead}: between {_in(row['chance_low'])} and {_in(row['chance_high'])}."


def chance_range(over: int, runs: int) -> tuple[float, float]:
    """The range in which the chance lies with 90 %, from so many runs over of so many (Jeffreys)."""
    tail = (1 - SURE) / 2
    low = (
        0.0
        if over == 0
        else float(beta.ppf(tail if over < runs else 1 - SURE, over + 0.5, runs - over + 0.5))
    )
    high = 1.0 if over == runs else float(beta.ppf(1 - tail if over else SURE, over + 0.5, runs - over + 0.5))
    return low, high


def _windows(
    people: People, area: str, length: int, persons: Sequence[float], start: pd.Timestamp | None
) -> list[dict[str, Any]]:
    arrivals = people.arrivals[:, :, people.area_id.index(area)]  # (R, D)
    so_far = np.concatenate([np.zeros((people.runs, 1)), arrivals.cumsum(axis=1)], axis=1)
    if length > len(people.days):
        return []
    sums: Floats = so_far[:, length:] - so_far[:, :-length]  # (R, first days)
    first = range(sums.shape[1]) if start is None else [int(people.days.searchsorted(start))]
    found = []
    for d in first:
        if d >= sums.shape[1]:
            continue
        low_n, median_n, high_n = np.quantile(sums[:, d], (0.05, 0.5, 0.95))
        for threshold in persons:
            over = int((sums[:, d] > threshold).sum())
            low, high = chance_range(over, people.runs)
            found.append({
                "scenario": people.scenario, "area_id": area, "more_than_persons": float(threshold),
                "from": people.days[d], "within_days": length, "to": people.days[d + length - 1],
                "runs_over": over, "runs": people.runs, "chance": over / people.runs,
                "chance_low": low, "chance_high": high,
                "arrivals_median": median_n, "arrivals_low": low_n, "arrivals_high": high_n,
            })  # fmt: skip
    return found


def _in(chance: float) -> str:
    """A chance as a natural frequency, never surer than it is: 3 in 10, 1 in 100."""
    for whole in (10, 100):
        n = round(chance * whole)
        if 1 <= n < whole:
            return f"{n} in {whole}"
    return "1 in 100" if chance < 0.5 else "99 in 100"
