"""The caseload by week and area: who is there, who came, who left home from there; out of protected tables."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from flightsim.world import Areas

KINDS = ("stock", "arrivals", "displaced_from_here")
ENDS = {"persons": "", "persons_low": "_low", "persons_high": "_high"}
SO_FAR = "arrivals_so_far"


def table(tables: Mapping[str, pd.DataFrame], areas: Areas) -> pd.DataFrame:
    """A row a scenario, week and area: *stock* at the end of the week, *arrivals* and first displacements in it.

    Low, middle and high over the runs. Nothing is counted anew: without a row in a table of the export a count
    is 0 here. *arrivals_so_far* adds the middles of the weeks; movements, so that who arrives twice counts twice.
    """
    stays = tables["sheltered_persons"]
    weeks = _weeks(tables)
    stock = stays[stays["shelter"] == "all"].merge(
        weeks, left_on=["scenario", "date"], right_on=["scenario", "week_to"]
    )
    parts = dict(zip(KINDS, (stock, tables["arrivals_persons"], tables["displaced_persons"]), strict=True))
    place = list(areas.columns)
    keys = ["scenario", "week_from", "week_to", *place]
    found = pd.concat([part[keys] for part in parts.values()]).drop_duplicates(ignore_index=True)
    for kind, part in parts.items():
        counts = part[[*keys, *ENDS]].rename(columns={c: kind + end for c, end in ENDS.items()})
        found = found.merge(counts, on=keys, how="left")
        for end in ENDS.values():
            found[kind + end] = found[kind + end].fillna(0).astype("int64")
    found = found.sort_values(["scenario", areas.code_column, "week_from"], kind="stable", ignore_index=True)
    by_area = found.groupby(["scenario", areas.code_column], sort=False)["arrivals"]
    return found.assign(**{SO_FAR: by_area.cumsum()})


def _weeks(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """First and last day of the weeks in which anything was counted."""
    both = pd.concat([tables["arrivals_persons"], tables["displaced_persons"]])
    weeks: pd.DataFrame = both[["scenario", "week_from", "week_to"]].drop_duplicates()
    return weeks
