"""Camp clusters: where each stands, who was in it at the start, and how many more it could take."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

import numpy as np
from campaign import Campaign
from geography import LIVED_IN
from sources import Row, Sources, number, to_xy

NEW_SITES_HEADROOM = 0.10  # assumption: a cluster without a count in August can grow by a tenth
MOST_HEADROOM = 0.60  # assumption: no cluster grows by more than this share in the three months
# Where no earlier month may be looked at, the middle of the two bounds (assumption)


@dataclass(frozen=True)
class Cluster:
    """One camp cluster. ``capacity`` is persons, those present included."""

    site_id: str
    name: str
    place: str
    population: int
    capacity: int
    n_sites: int
    source: str


def clusters(src: Sources) -> list[Cluster]:
    """The clusters of the campaign's month, in order of sub-district and name."""
    rows = src.rows("geography/isimm_cluster_monthly")
    now = [row for row in rows if row["period"] == src.campaign.camps_month]
    room = headroom(rows, src.campaign)
    month = f"{date.fromisoformat(f'{src.campaign.camps_month}-01'):%b %Y}"
    lived_in = sorted(p for p, who in src.control.items() if who in LIVED_IN)
    chosen = []
    for i, row in enumerate(sorted(now, key=lambda r: (r["adm3_pcode"], r["cluster"])), start=1):
        people, area = int(row["individuals"]), row["adm3_pcode"]
        here = [p for p in lived_in if src.gazetteer[p]["adm3_pcode"] == area]
        point = to_xy(np.array([[number(row["lat"]), number(row["lon"])]]))
        place = here[int(((src.xy(here) - point) ** 2).sum(axis=1).argmin())]
        capacity = int(round(people * (1 + room[area]), -1))
        source = f"CCCM/UNHCR ISIMM {month}, cluster {row['cluster']}; capacity: assumption (docs/data.md)"
        chosen.append(
            Cluster(f"S{i:02d}", row["cluster"], place, people, capacity, int(row["sites"]), source)
        )
    return chosen


def headroom(rows: list[Row], campaign: Campaign) -> dict[str, float]:
    """By sub-district, the share that sites can still take in: what they took in before, or the bounds' middle."""
    totals: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for row in rows:
        totals[row["adm3_pcode"]][row["period"]] += number(row["individuals"])
    shares = {}
    for area, by_month in totals.items():
        now, before = by_month.get(campaign.camps_month, 0.0), by_month.get(campaign.camps_before, 0.0)
        if now and not campaign.camps_before:
            shares[area] = (NEW_SITES_HEADROOM + MOST_HEADROOM) / 2
        elif now:
            grown = (now - before) / now if before else 0.0
            shares[area] = min(max(grown, NEW_SITES_HEADROOM), MOST_HEADROOM)
    return shares


def people_in_sites(chosen: list[Cluster]) -> dict[str, int]:
    """Persons in registered sites by place."""
    totals: dict[str, int] = defaultdict(int)
    for cluster in chosen:
        totals[cluster.place] += cluster.population
    return dict(totals)
