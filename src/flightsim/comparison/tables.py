"""The tables behind the figures: one for each figure, with nothing that must not be shared."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from flightsim.comparison import bands, lives, paired, sensitivity
from flightsim.comparison.material import Material
from flightsim.comparison.sentences import needed
from flightsim.measures import SMALL_CELL_PERSONS, rounded
from flightsim.results.outcomes import Headline
from flightsim.world import Floats

LEVEL, DIFFERENCE = "level", "difference"
SUPPRESSED = f"fewer than {SMALL_CELL_PERSONS:.0f}"


def over_time(material: Material, headline: Headline) -> pd.DataFrame:
    """An outcome by scenario and day, and its paired difference to the baseline, with their bands."""
    course = material.courses[headline.name]
    parts = [_by_day(material, course[material.of(name)], name, LEVEL) for name in material.scenarios]
    parts += [
        _by_day(material, paired.of(material, name, headline).courses, name, DIFFERENCE)
        for name in material.others
    ]
    return _of(headline, pd.concat(parts, ignore_index=True))


def _by_day(material: Material, values: Floats, scenario: str, what: str) -> pd.DataFrame:
    table = bands.of(values) if len(values) else bands.of(np.full((1, len(material.days)), np.nan))
    table.insert(0, "date", material.days)
    table.insert(0, "what", what)
    table.insert(0, "scenario", scenario)
    return table


def outcomes(material: Material) -> pd.DataFrame:
    """Each outcome by scenario, and its paired difference to the baseline, with its bands.

    ``replicates_needed``: for the mean's 95 % interval to be within 5 %. ``more`` and ``fewer``: pairs in
    which the scenario has more or less; ``gain``: how many times smaller the variance of the paired
    difference is than that of independent runs.
    """
    parts = []
    for headline in material.headlines:
        values = material.values(headline)
        for name in material.scenarios:
            row = bands.of(values[material.of(name)]).assign(scenario=name, what=LEVEL)
            parts.append(_of(headline, row.assign(replicates_needed=needed(material, headline))))
        for name in material.others:
            found = paired.of(material, name, headline)
            if found.n:
                row = bands.of(found.values).assign(scenario=name, what=DIFFERENCE)
                row = row.assign(more=found.more, fewer=found.fewer, clear=found.is_clear, gain=found.gain)
                parts.append(_of(headline, row))
    table = pd.concat(parts, ignore_index=True)
    for column in ("replicates_needed", "more", "fewer"):
        table[column] = table.get(column, pd.Series(np.nan, table.index)).astype("Int64")
    rest = [c for c in table if c not in ("outcome", "unit", "scenario", "what", *bands.COLUMNS)]
    return table[["outcome", "unit", "scenario", "what", *bands.COLUMNS, *rest]]


def response(material: Material, shown: Sequence[Headline]) -> pd.DataFrame:
    """Each outcome by scenario with the scenario's value on every axis of the sweep."""
    axes = [axis.name for axis in material.sweep.axes]
    parts = []
    for headline in shown:
        for name in material.scenarios:
            row = bands.of(material.values(headline)[material.of(name)]).assign(scenario=name)
            row = row.assign(**dict(material.axis_values[name]))
            parts.append(_of(headline, row))
    table = pd.concat(parts, ignore_index=True)
    return table[["outcome", "unit", "scenario", *axes, *bands.COLUMNS]]


def areas(material: Material) -> pd.DataFrame:
    """Arrivals by sub-district and scenario, and paired differences to the baseline; small counts left blank.

    Counts are rounded to 100 in each run, as in exports. One of which the mean is under 100 is blank, and so is a
    difference of which either count is.
    """
    parts, small = [], {}
    arrivals = rounded(material.arrivals)
    names = [material.area_names.get(area, area) for area in material.area_ids]
    for name in material.scenarios:
        table = bands.of(arrivals[material.of(name)])
        small[name] = material.arrivals[material.of(name)].mean(axis=0) < SMALL_CELL_PERSONS
        parts.append(
            _blank(table, small[name]).assign(
                scenario=name, what=LEVEL, area_id=material.area_ids, area_name=names
            )
        )
    for name in material.others:
        own, base = material.pairs(name)
        if not len(own):
            continue
        gap = arrivals[own] - arrivals[base]
        table = bands.of(gap).assign(more=(gap > 0).sum(axis=0), fewer=(gap < 0).sum(axis=0))
        table = _blank(table, small[name] | small[material.baseline])
        parts.append(table.assign(scenario=name, what=DIFFERENCE, area_id=material.area_ids, area_name=names))
    table = pd.concat(parts, ignore_index=True).assign(outcome="arrivals", unit="arrivals")
    for column in ("more", "fewer"):
        table[column] = table.get(column, pd.Series(np.nan, table.index)).astype("Int64")
    first = ["outcome", "unit", "scenario", "what", "area_id", "area_name"]
    return table[[*first, *bands.COLUMNS, "more", "fewer", "note"]]


def _blank(table: pd.DataFrame, small: npt.NDArray[np.bool_]) -> pd.DataFrame:
    numbers = [str(c) for c in table if c != "n_runs"]
    for name in numbers:
        table[name] = table[name].astype(float).mask(small)
    return table.assign(note=np.where(small, SUPPRESSED, ""))


def changed_lives(changed: pd.DataFrame) -> pd.DataFrame:
    """Households and persons by what changed for them and why they left: means and bands over the pairs.

    ``cause`` is *all*, or one cause. ``hours``: how much earlier or later, the mean of the pairs' medians.
    """
    if changed.empty:
        return changed
    keys = ["scenario", "change", "cause"]
    each = changed.assign(cause=changed["cause"].replace("", "unknown"))
    whole = each.groupby(["scenario", "replicate", "change"], sort=False, as_index=False)[
        ["households", "persons"]
    ].sum()
    hours = each.groupby(["scenario", "replicate", "change"], sort=False)["hours"].first().reset_index()
    whole = whole.merge(hours, on=["scenario", "replicate", "change"]).assign(cause="all")
    rows = []
    for key, group in pd.concat([whole, each.assign(hours=np.nan)]).groupby(keys, sort=False):
        band = {str(k): v for k, v in bands.of(group["households"].to_numpy()).iloc[0].items()}
        known = group["hours"].dropna()
        hours_mean = float(known.mean()) if len(known) else np.nan
        rows.append({**dict(zip(keys, map(str, key), strict=True)), **band,
                     "persons_mean": float(group["persons"].mean()), "hours": hours_mean})  # fmt: skip
    table = pd.DataFrame(rows)
    table["n_runs"] = table["n_runs"].astype(int)
    table.insert(2, "meaning", table["change"].map(lives.CHANGES))
    table.insert(0, "unit", "households")
    return table


def tornado(material: Material, headline: Headline) -> pd.DataFrame:
    """What moves an outcome: drawn parameters by the size of their effect, then the scenarios' differences."""
    drawn = sensitivity.of(material, headline)
    if drawn.empty:
        return drawn
    rows = []
    for name in material.others:
        found = paired.of(material, name, headline)
        if found.n > 1:
            band = bands.of(found.values).iloc[0]
            about = {"outcome": headline.name, "unit": headline.unit, "parameter": name, "n_runs": found.n}
            effect = {
                "effect": band["mean"],
                "effect_low": band["mean_low"],
                "effect_high": band["mean_high"],
            }
            rows.append({**about, "role": material.role_of(name), **effect})
    drawn = drawn.assign(what="drawn parameter")
    scenarios = pd.DataFrame(rows).assign(what="scenario against baseline") if rows else None
    return drawn if scenarios is None else pd.concat([drawn, scenarios], ignore_index=True)


def _of(headline: Headline, table: pd.DataFrame) -> pd.DataFrame:
    table.insert(0, "unit", headline.unit)
    table.insert(0, "outcome", headline.name)
    return table
