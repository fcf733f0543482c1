"""The people of 1 April 2019: the winter's method carried back to totals of 2018, before anybody had left.

The total is ISMI's of November 2018, 5,189,000; the Idleb area holds REACH's 3,730,000 of July 2018 and northern
Aleppo the rest (assumption: two counts of different months are taken as one). The front-line south holds the
495,000 of December 2018 over its seven sub-districts, by the size of settlements of 2004 (Hbit: 15,000). The other
places of the belt (emptied later) are the census of 2004 by settlement size x people for one in the census, from
the same assessment. Dana holds its sites
of February 2019 and, outside them, what it held outside them in November 2019 (assumption). The rest is the 2022
count outside sites, scaled to the total. Madiq Castle and Ziyara had partly left before April (ISMI: 35,078 and
12,199 departures in September 2018, 27,916 from Madiq Castle in March 2019): 0.6 of their people (assumption).
"""

from __future__ import annotations

from population import (
    DANA,
    DANA_PERSONS,
    OLD_FRONT_PRESENCE,
    SOUTH_2018,
    SOUTH_2018_PERSONS,
    SOUTHERN_IDLEB,
    People,
    Population,
    scale_to,
)

NORTH_WEST = 5_189_000  # ISMI, 30 Nov 2018
IDLEB_AREA = 2_450_000 + 1_280_000  # REACH, Jul 2018: residents and IDPs of Idleb and around
IDPS_NORTH_WEST, IDPS_IDLEB_AREA = 1_777_000, 1_280_000  # ISMI Nov 2018, REACH Jul 2018
IDP_SHARE_SOUTH = 20 / 87  # households of December 2018; taken for all of the belt
DANA_SITES_NOV_2019 = 521_479  # ISIMM: what DANA_PERSONS holds in sites
HBIT, HBIT_PERSONS = "C3989", 15_000  # UOSSM, 1 May 2019: residents and IDPs before 29 April
PARTLY_LEFT, PARTLY_LEFT_PRESENCE = ("SY050204", "SY050202"), 0.6  # Madiq Castle, Ziyara: assumption


class SpringPopulation(Population):
    """Spreads the people of 1 April 2019."""

    def _taken(self) -> set[str]:
        """Places taken in this campaign or the next: the 2022 count finds them empty."""
        later = [row for name in self.src.campaign.later_captures for row in self.src.rows(name)]
        return super()._taken() | {row["pcode"] for row in later if row["event"] == "captured"}

    def presence(self, pcode: str) -> float:
        """Share of the people who had not left before April 2019."""
        if self.area(pcode) in PARTLY_LEFT:
            return PARTLY_LEFT_PRESENCE
        return super().presence(pcode)

    def front_presence(self, pcode: str) -> tuple[tuple[float, float], ...]:
        """The line had not moved since 2018 anywhere."""
        return OLD_FRONT_PRESENCE

    def growth(self, area: str) -> float:
        """Persons for one in the census of 2004: the middle of the two readings of December 2018 in the south."""
        return sum(self.growth_to_2018()) / 2 if area.startswith(SOUTHERN_IDLEB) else super().growth(area)

    def _spread_opposition(self) -> None:
        outside = self.outside_sites
        south = [p for p in self.opposition if self.area(p) in SOUTH_2018]
        for p in sorted(self.belt.union(south)):
            outside[p] = self._belt_persons(p)
        self.belt = self.belt | set(south)
        outside[HBIT] = HBIT_PERSONS
        others = [p for p in south if p != HBIT]
        in_sites = sum(self.sites.get(p, 0) for p in south)
        scale_to(outside, others, SOUTH_2018_PERSONS - HBIT_PERSONS - in_sites)
        self._spread_dana_and_the_rest(DANA_PERSONS - DANA_SITES_NOV_2019, IDLEB_AREA)

    def _spread_sna(self, persons: float = NORTH_WEST - IDLEB_AREA) -> None:
        super()._spread_sna(persons)

    def _residents_and_idps(self) -> dict[str, People]:
        """Rounds to tens (the largest place of each group takes the rest) and splits off IDPs."""
        whole = {p: max(int(round(x, -1)), 10) for p, x in self.outside_sites.items()}
        in_sites = {p: self.sites.get(p, 0) for p in self.opposition + self.sna}
        south = [p for p in self.opposition if self.area(p) in SOUTH_2018]
        rest = [p for p in self.opposition if self.area(p) not in SOUTH_2018]
        for group, total in (
            (south, SOUTH_2018_PERSONS),
            (rest, IDLEB_AREA - SOUTH_2018_PERSONS),
            (self.sna, NORTH_WEST - IDLEB_AREA),
        ):
            largest = max(group, key=lambda p: (whole[p], p))
            whole[largest] += total - sum(whole[p] + in_sites[p] for p in group)
        belt = sum(whole[p] for p in self.belt)
        receiving = sum(whole[p] for p in self.opposition) - belt
        camps = sum(in_sites[p] for p in self.opposition)
        share_receiving = (IDPS_IDLEB_AREA - camps - IDP_SHARE_SOUTH * belt) / receiving
        camps_sna = sum(in_sites[p] for p in self.sna)
        share_sna = (IDPS_NORTH_WEST - IDPS_IDLEB_AREA - camps_sna) / sum(whole[p] for p in self.sna)
        people = {}
        for p, persons in whole.items():
            share = IDP_SHARE_SOUTH if p in self.belt else share_sna if p in self.sna else share_receiving
            idps = round(persons * share)
            people[p] = People(persons - idps, idps + in_sites[p], *self._how(p))
        return people

    def _how(self, pcode: str) -> tuple[str, str, str]:
        """Method, source and status of one community."""
        area, count = self.area(pcode), "c. 2022 count"
        if pcode == HBIT:
            return "town estimate", "UOSSM 1 May 2019", "reported"
        if area in SOUTH_2018:
            return (
                "south: 495,000 of Dec 2018 by settlement size of 2004",
                "RNA Dec 2018; CBS census 2004",
                "derived",
            )
        if area == DANA:
            return (
                "sites of Feb 2019, outside them as in Nov 2019",
                f"ISIMM Feb 2019; OCHA; {count}",
                "assumed",
            )
        if pcode in self.belt:
            return "belt: census 2004 by settlement size", "CBS census 2004; RNA Dec 2018", "assumed"
        total = "1.459" if pcode in self.sna else "3.73"
        return (
            f"2022 count scaled to the area's {total} million",
            f"{count}; ISMI Nov 2018; REACH Jul 2018",
            "derived",
        )
