"""In which country those are who have gone abroad: a crossing at which the journey ends counts for where it leads."""

from __future__ import annotations

import numpy as np
import pandas as pd

from flightsim.world import World

ELSEWHERE = "elsewhere"  # through crossings of which the case names no country, or of two


def by_country(gone: pd.DataFrame, world: World) -> pd.DataFrame:
    """People abroad by country as products call it (columns), in persons; a row a run, most people first.

    ``gone`` has a column for each group of `abroad_persons`: crossings and codes of countries. Without countries in
    the case, or without anybody abroad, no column is left.
    """
    label = dict(
        zip(world.holders.codes, (world.holders.label[c] for c in world.holders.countries), strict=True)
    )
    if not label:
        return gone.iloc[:, :0]
    for gate, crossing_id in enumerate(world.crossings.crossing_id):
        leads = np.flatnonzero(world.gates_to[gate, :-1])
        label[crossing_id] = world.holders.label[leads[0]] if len(leads) == 1 else ELSEWHERE
    found = gone.T.groupby([label.get(str(group), ELSEWHERE) for group in gone.columns], sort=True).sum().T
    there = found.loc[:, (found > 0).any()]
    return there[there.sum().sort_values(ascending=False, kind="stable").index]
