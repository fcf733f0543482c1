"""Which places the case has, and the areas they lie in."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.spatial import cKDTree
from sources import Sources

FRONT_KM = 8.0  # government- and SDF-held communities this near to opposition or SNA ground are kept
TOWN_KM = 25.0  # and road nodes this near: the main roads that cross the lines
LIVED_IN = ("opposition", "sna")
COD = "OCHA COD-AB Syria"


def choose_places(src: Sources) -> list[str]:
    """The P-codes of the case: all opposition and SNA communities, then the others that are near, sorted."""
    inside = sorted(p for p, who in src.control.items() if who in LIVED_IN)
    outside = sorted(p for p, who in src.control.items() if who not in LIVED_IN)
    km, _ = cKDTree(src.xy(inside)).query(src.xy(outside))
    limit = np.array([TOWN_KM if p in src.town_ids else FRONT_KM for p in outside])
    return sorted(inside + [p for p, near in zip(outside, km <= limit, strict=True) if near])


def areas(src: Sources, places: list[str]) -> list[list[Any]]:
    """Rows of areas.csv: admin 1 to 3 of the places."""
    used = {src.gazetteer[p]["adm3_pcode"] for p in places}
    one: dict[str, list[Any]] = {}
    two: dict[str, list[Any]] = {}
    three: dict[str, list[Any]] = {}
    for feature in src.geojson("geography/syr_nw_adm3_simplified"):
        f = feature["properties"]
        if f["ADM3_PCODE"] not in used:
            continue
        names = {key: value.strip() for key, value in f.items() if isinstance(value, str)}
        a1, a2, a3 = names["ADM1_PCODE"], names["ADM2_PCODE"], names["ADM3_PCODE"]
        one[a1] = [a1, 1, names["ADM1_EN"], names["ADM1_AR"], "", COD]
        two[a2] = [a2, 2, names["ADM2_EN"], names["ADM2_AR"], a1, COD]
        three[a3] = [a3, 3, names["ADM3_EN"], names["ADM3_AR"], a2, COD]
    return [part[key] for part in (one, two, three) for key in sorted(part)]
