"""The people of November 2019: totals first, anchored sub-districts next, then a stated rule for the rest.

The 2022 count that the sources hold comes after the campaign. It weighs places only where nobody was driven out;
scaled to the area's total it puts too many in the receiving north and too few in the belt that emptied. The belt
(what was captured, and the districts of Al Ma'ra and Ariha with Saraqab where the 2022 count is below what they
held) is rebuilt: census of 2004 by sub-district x people for one in the census x share of communities held x
presence near the front; inside a sub-district by the size of settlements (capital, town, village, main road).

People for one in the census, southern Idleb (derived): what OCHA counted in Maarat al-Numan in November 2019 over
the census of its communities with the same presence, 1.8. Check: 69 communities of seven southern sub-districts held
495,000 in December 2018, 1.7 to 2.1 times the census of these sub-districts (with and without Suran, mostly held by
the government). Western Aleppo and Lattakia have no assessment of their own: 1.4 (assumption, bounds 1.0 to 1.8).
What left in 2019 is taken only from the November 2019 anchor and from the presence near the front (assumption).
Residents, IDPs and camps are split as the anchors of November 2019 say. The total stays with them: 3.0 + 1.0 million.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from camps import Cluster, people_in_sites
from scipy.spatial import cKDTree
from sources import Sources, number, to_xy

IDLEB_AREA = 3_000_000  # OCHA, 30 Dec 2019
NORTH_ALEPPO = 1_000_000  # 4 million in the north-west (OCHA, Feb 2020) less the Idleb area
DANA, DANA_PERSONS = "SY070301", 712_000  # OCHA: before the wave
MAARAT, MAARAT_PERSONS = "SY070200", 163_800  # OCHA, Nov 2019
MAARAT_TOWN, MAARAT_TOWN_PERSONS = "C3985", 80_000  # sources: 70,000, 80,000, 110,000
IDPS_IDLEB_AREA = 1_300_000  # middle of 1.1 to 1.5 million
IDPS_NORTH_ALEPPO = 340_000  # 34 %, the share in all the north-west (ISMI, Nov 2018)
IDP_SHARE_BELT = 0.20  # 23 % of households in 69 southern communities, Dec 2018, some gone since: assumption
GROWTH_ELSEWHERE = (
    1.4  # assumption, bounds 1.0 to 1.8: persons in Nov 2019 for one in 2004, where none was assessed
)
SOUTH_2018_PERSONS = (
    495_000  # 87,000 households in 69 communities of SOUTH_2018, Dec 2018 (rapid needs assessment)
)
SOUTH_2018 = ("SY070200", "SY070201", "SY070202", "SY070204", "SY070205", "SY050101", "SY050501")
SOUTHERN_IDLEB = ("SY0702", "SY0705", "SY070003")  # Al Ma'ra and Ariha districts, Saraqab
SURAN = "SY050101"  # mostly held by the government in 2018
# Sizes of settlements: medians of 11 to 14 and of 6 where nobody was driven out; towns lowered, since camps
# swell the northern ones (assumption)
CAPITAL, TOWN, VILLAGE = 13.0, 4.0, 1.0
MAIN_ROAD_KM, MAIN_ROAD_FACTOR = 3.0, 1.3  # assumption: villages near the skeleton's roads are larger
SOUTHERN_FRONT = ("SY0702", "SY0502")  # fought over in May to August 2019
SOUTHERN_PRESENCE = ((5.0, 0.3), (12.0, 0.6))  # km from government ground: share who had stayed (assumption)
OLD_FRONT_PRESENCE = ((3.0, 0.5),)  # elsewhere the line had not moved since 2018 (assumption)
MOUNTAIN_FRONT = ("SY060002", "SY060303")  # Lattakia hills: nearly empty for years
MOUNTAIN_PRESENCE = 0.1  # assumption
FEWEST_PERSONS = 50  # assumption for communities without any count
NOT_CAMP_SHARE, NOT_CAMP_SHARE_CAPITAL = 0.2, 0.5  # least part of a 2022 count outside sites (assumption)
LOOKALIKES = {  # sub-districts whose census was not seen: mean settlement of these instead
    "SY070200": ("SY070003", "SY070205", "SY070500", "SY070501"),
    "SY070203": ("SY070003", "SY070205", "SY070500", "SY070501"),
    "SY070204": ("SY070205", "SY070202"),
    "SY070201": ("SY070205",),
    "SY070001": ("SY070202", "SY020002"),
    "SY070000": ("SY070003", "SY070500"),
    "SY070004": ("SY070003", "SY070500"),
    "SY020000": ("SY020003", "SY020004", "SY020005"),
    "SY020001": ("SY020003", "SY020004", "SY020005"),
    "SY020404": ("SY020003", "SY020004", "SY020005"),
    "SY050101": ("SY070205",),
    "SY050202": ("SY070205",),
    "SY050204": ("SY070205",),
    "SY050501": ("SY070205",),
    "SY060002": ("SY070401",),
    "SY060303": ("SY070401",),
}
BELT_NOTE = "belt: census 2004 by settlement size and distance to the front"
LOOKALIKE_NOTE = "belt: census of look-alike neighbours by settlement size and distance to the front"


@dataclass(frozen=True)
class People:
    """Residents and IDPs (those in sites included) of one place, how they were found, and the status of that."""

    residents: int
    idps: int
    method: str
    source: str
    status: str


class Population:
    """Spreads the people; ``people[pcode]`` for every opposition and SNA community."""

    def __init__(self, src: Sources, camps: list[Cluster]) -> None:
        self.src = src
        self.sites = people_in_sites(camps)
        self.opposition = sorted(p for p, who in src.control.items() if who == "opposition")
        self.sna = sorted(p for p, who in src.control.items() if who == "sna")
        self.by_area: dict[str, list[str]] = defaultdict(list)
        for p in self.opposition:
            self.by_area[self.area(p)].append(p)
        self.belt = self._belt()
        self.outside_sites: dict[str, float] = {}
        self.receiving_scale = self.sna_scale = 0.0
        self._spread_opposition()
        self._spread_sna()
        self.people = self._residents_and_idps()

    def area(self, pcode: str) -> str:
        """The sub-district of a community."""
        return self.src.gazetteer[pcode]["adm3_pcode"]

    def count_2022(self, pcode: str) -> float:
        """The count of about 2022."""
        return number(self.src.gazetteer[pcode]["population_c2022"])

    def _belt(self) -> set[str]:
        """Opposition communities that were emptied later, or stood empty in 2022."""
        taken = self._taken()
        belt = {p for p in self.opposition if p in taken or not self.count_2022(p)}
        for area, places in self.by_area.items():
            share = len(belt.intersection(places)) / len(places)
            before = self.growth(area) if area.startswith(SOUTHERN_IDLEB) else 1.0
            fewer_than_before = sum(map(self.count_2022, places)) < before * self._census(area) * self._held(
                area
            )
            if share > 0.75 or (fewer_than_before and self._census(area)):
                belt.update(places)
        return belt

    def _taken(self) -> set[str]:
        """Places that changed hands, so that the 2022 count finds them empty."""
        return {row["pcode"] for row in self.src.captures if row["event"] == "captured"}

    def _held(self, area: str) -> float:
        """Share of a sub-district's communities that the opposition held."""
        return len(self.by_area[area]) / self._table[area][1]

    @cached_property
    def _table(self) -> dict[str, tuple[float, int]]:
        """Census of 2004 (0 where not seen) and number of communities by sub-district."""
        rows = self.src.rows("geography/subdistrict_population_nw")
        return {row["ADM3_PCODE"]: (number(row["census_2004"]), int(row["communities"])) for row in rows}

    def _census(self, area: str) -> float:
        """Census of 2004 where seen, else 0."""
        return self._table[area][0]

    def mean_settlement(self, area: str) -> float:
        """Mean persons of a community in 2004, of the sub-district or of its look-alikes."""
        like = LOOKALIKES.get(area, (area,))
        return sum(self._table[a][0] for a in like) / sum(self._table[a][1] for a in like)

    def size(self, pcode: str) -> float:
        """Relative size of a settlement: capital, town, village; larger near a main road."""
        capital = self.src.gazetteer[pcode]["is_adm3_capital"] == "Yes"
        base = CAPITAL if capital else TOWN if pcode in self.src.town_ids else VILLAGE
        return base * (MAIN_ROAD_FACTOR if self.main_road_km[pcode] <= MAIN_ROAD_KM else 1.0)

    @cached_property
    def main_road_km(self) -> dict[str, float]:
        """Distance of every community to the road skeleton's drawn points."""
        points = [
            (lat, lon)
            for feature in self.src.geojson("geography/osm_skeleton_scgraph_nw")
            if feature["geometry"]["type"] == "LineString"
            for (lon, lat) in densified(feature["geometry"]["coordinates"])
        ]
        pcodes = sorted(self.src.gazetteer)
        km, _ = cKDTree(to_xy(np.array(points))).query(self.src.xy(pcodes))
        return dict(zip(pcodes, map(float, km), strict=True))

    @cached_property
    def front_km(self) -> dict[str, float]:
        """Distance of opposition communities to government-held ones at the start."""
        government = sorted(p for p, who in self.src.control.items() if who == "government")
        km, _ = cKDTree(self.src.xy(government)).query(self.src.xy(self.opposition))
        return dict(zip(self.opposition, map(float, km), strict=True))

    def presence(self, pcode: str) -> float:
        """Share of the people who had not left before the start because the front was near."""
        if self.area(pcode) in MOUNTAIN_FRONT:
            return MOUNTAIN_PRESENCE
        for km, share in self.front_presence(pcode):
            if self.front_km[pcode] <= km:
                return share
        return 1.0

    def front_presence(self, pcode: str) -> tuple[tuple[float, float], ...]:
        """Km from government ground and the share who had stayed, nearest first."""
        south = self.area(pcode).startswith(SOUTHERN_FRONT)
        return SOUTHERN_PRESENCE if south else OLD_FRONT_PRESENCE

    def _of_the_census(self, pcode: str) -> float:
        """Persons of 2004 in a community, by its size, of whom those still present in November 2019."""
        area = self.area(pcode)
        everybody = [p for p in self.src.gazetteer if self.area(p) == area]
        mean_size = sum(map(self.size, everybody)) / len(everybody)
        return self.mean_settlement(area) * self.size(pcode) / mean_size * self.presence(pcode)

    @cached_property
    def southern_growth(self) -> float:
        """Persons for one in the 2004 census in southern Idleb: what Maarat's count of November 2019 says."""
        return MAARAT_PERSONS / sum(map(self._of_the_census, self.by_area[MAARAT]))

    def growth(self, area: str) -> float:
        """Persons in November 2019 for one in the 2004 census, where nobody had left because the front was near."""
        return self.southern_growth if area.startswith(SOUTHERN_IDLEB) else GROWTH_ELSEWHERE

    def growth_to_2018(self) -> tuple[float, float]:
        """The same from the assessment of December 2018: with Suran in the census and without."""
        whole = {area: self.mean_settlement(area) * self._table[area][1] for area in SOUTH_2018}
        low = SOUTH_2018_PERSONS / sum(whole.values())
        return low, SOUTH_2018_PERSONS / (sum(whole.values()) - whole[SURAN])

    def _belt_persons(self, pcode: str) -> float:
        """Persons outside sites in a community of the belt."""
        return max(self.growth(self.area(pcode)) * self._of_the_census(pcode), FEWEST_PERSONS)

    def _weight(self, pcode: str) -> float:
        """2022 count outside the camps of November 2019: the weight of a place that took people in."""
        count = self.count_2022(pcode)
        capital = self.src.gazetteer[pcode]["is_adm3_capital"] == "Yes"
        least = NOT_CAMP_SHARE_CAPITAL if capital else NOT_CAMP_SHARE
        return max(count - self.sites.get(pcode, 0), least * count)

    def _spread_opposition(self) -> None:
        outside = self.outside_sites
        for p in sorted(self.belt):
            outside[p] = self._belt_persons(p)
        scale_to(outside, [p for p in self.by_area[MAARAT] if p != MAARAT_TOWN],
                 MAARAT_PERSONS - MAARAT_TOWN_PERSONS)  # fmt: skip
        outside[MAARAT_TOWN] = MAARAT_TOWN_PERSONS
        in_dana = sum(self.sites.get(p, 0) for p in self.by_area[DANA])
        self._spread_dana_and_the_rest(DANA_PERSONS - in_dana, IDLEB_AREA)

    def _spread_dana_and_the_rest(self, dana_outside_sites: float, idleb_area: float) -> None:
        """By the 2022 count: Dana's people outside sites, and what its total leaves of the Idleb area to the others."""
        outside = self.outside_sites
        for p in self.by_area[DANA]:
            outside[p] = self._weight(p)
        scale_to(outside, self.by_area[DANA], dana_outside_sites)
        fixed = sum(outside.values()) + sum(self.sites.get(p, 0) for p in self.opposition)
        receiving = [p for p in self.opposition if p not in outside]
        for p in receiving:
            outside[p] = self._weight(p)
        self.receiving_scale = scale_to(outside, receiving, idleb_area - fixed)

    def _spread_sna(self, persons: float = NORTH_ALEPPO) -> None:
        for p in self.sna:
            self.outside_sites[p] = max(self._weight(p), FEWEST_PERSONS)
        in_sites = sum(self.sites.get(p, 0) for p in self.sna)
        self.sna_scale = scale_to(self.outside_sites, self.sna, persons - in_sites)

    def _residents_and_idps(self) -> dict[str, People]:
        """Rounds to tens (the largest place of each anchored group takes the rest) and splits off IDPs."""
        whole = {p: max(int(round(x, -1)), 10) for p, x in self.outside_sites.items()}
        rest = [p for p in self.opposition if self.area(p) not in (DANA, MAARAT)]
        villages = [p for p in self.by_area[MAARAT] if p != MAARAT_TOWN]
        in_sites = {p: self.sites.get(p, 0) for p in self.opposition + self.sna}
        for group, total in (
            (self.by_area[DANA], DANA_PERSONS),
            (villages, MAARAT_PERSONS - MAARAT_TOWN_PERSONS),
            (rest, IDLEB_AREA - DANA_PERSONS - MAARAT_PERSONS),
            (self.sna, NORTH_ALEPPO),
        ):
            largest = max(group, key=lambda p: (whole[p], p))
            whole[largest] += total - sum(whole[p] + in_sites[p] for p in group)
        share_receiving = self._receiving_idp_share(whole)
        sna_outside = NORTH_ALEPPO - sum(in_sites[p] for p in self.sna)
        share_sna = (IDPS_NORTH_ALEPPO - sum(in_sites[p] for p in self.sna)) / sna_outside
        people = {}
        for p, persons in whole.items():
            belt = p in self.belt
            share = IDP_SHARE_BELT if belt else share_sna if p in self.sna else share_receiving
            idps = round(persons * share)
            people[p] = People(persons - idps, idps + in_sites[p], *self._how(p))
        return people

    def _receiving_idp_share(self, whole: dict[str, int]) -> float:
        """Share of IDPs outside sites, in the receiving communities, that makes the area's total."""
        belt = sum(whole[p] for p in self.belt)
        receiving = sum(whole[p] for p in self.opposition) - belt
        in_sites = sum(self.sites.get(p, 0) for p in self.opposition)
        self.receiving_idp_share = (IDPS_IDLEB_AREA - in_sites - IDP_SHARE_BELT * belt) / receiving
        return self.receiving_idp_share

    def _how(self, pcode: str) -> tuple[str, str, str]:
        """Method, source and status of a place's people."""
        area = self.area(pcode)
        count = "c. 2022 count (World Bank file); OCHA; ISIMM Nov 2019"
        if pcode == MAARAT_TOWN:
            town = "anchor: town 80,000 (sources 70,000 to 110,000)"
            return town, "news report Dec 2019; OCHA Nov 2019", "reported"
        if area == MAARAT:
            return "anchor 163,800 by settlement size", "OCHA cross-border Nov 2019", "derived"
        if area == DANA:
            source = "OCHA Feb 2020; ISIMM Nov 2019; c. 2022 count"
            return "anchor 712,000: sites, and 2022 count scaled", source, "derived"
        if pcode in self.belt:
            census = "CBS census 2004 by sub-district; OCHA COD-AB"
            if area in LOOKALIKES or not area.startswith(SOUTHERN_IDLEB):
                return LOOKALIKE_NOTE if area in LOOKALIKES else BELT_NOTE, census, "assumed"
            return BELT_NOTE, f"{census}; OCHA Nov 2019; RNA Dec 2018", "derived"
        if pcode in self.sna:
            return "2022 count scaled to 1.0 million", count, "derived"
        return "2022 count scaled to the area's 3.0 million", count, "derived"


def scale_to(values: dict[str, float], keys: list[str], total: float) -> float:
    """Scales the values of ``keys`` to sum to ``total``; the factor."""
    factor = total / sum(values[key] for key in keys)
    for key in keys:
        values[key] *= factor
    return factor


def densified(line: list[list[float]], step: float = 0.01) -> list[tuple[float, float]]:
    """Points along a line, at most ``step`` degrees apart."""
    points = []
    for (x0, y0), (x1, y1) in pairwise(line):
        n = max(int(max(abs(x1 - x0), abs(y1 - y0)) / step), 1)
        points += [(x0 + (x1 - x0) * i / n, y0 + (y1 - y0) * i / n) for i in range(n + 1)]
    return points
