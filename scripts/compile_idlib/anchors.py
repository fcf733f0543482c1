"""Every figure that the sources give for the start state, beside the case's own."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from camps import Cluster
from population import DANA, GROWTH_ELSEWHERE, MAARAT, MAARAT_TOWN, SOUTH_2018, Population
from sources import Sources, number

HOUSEHOLD = 5.7
SOUTH_IDLEB = ("SY0702", "SY0705", "SY070003")
BEFORE = "a year or more before; other extent"
Row = list[Any]


class Anchors:
    """The table; each row: anchor, unit, low, figure, high, case figure, difference, source."""

    def __init__(self, src: Sources, pop: Population, camps: list[Cluster]) -> None:
        self.src, self.pop, self.camps = src, pop, camps
        self.rows: list[Row] = []
        self._fill()

    def _fill(self) -> None:
        """All rows, in order."""
        self._totals()
        self._places()
        self._sites()
        self._older()
        self._census()
        self._lower_bounds()

    def persons(self, chosen: Callable[[str], bool], idps: bool = False) -> int:
        """Persons (or IDPs alone) of the chosen communities."""
        people = [who for p, who in self.pop.people.items() if chosen(p)]
        return sum(who.idps + (0 if idps else who.residents) for who in people)

    def within(self, areas: Iterable[str], holder: str = "") -> Callable[[str], bool]:
        """Chooses communities of the areas (P-codes or their beginnings), and of one holder."""
        start = tuple(areas)
        return lambda p: (
            self.pop.area(p).startswith(start) and self.src.control[p] == (holder or self.src.control[p])
        )

    def held(self, holder: str) -> Callable[[str], bool]:
        """Chooses communities by holder."""
        return lambda p: self.src.control[p] == holder

    def add(
        self,
        name: str,
        unit: str,
        figure: float | str,
        case: float,
        source: str,
        low: Any = "",
        high: Any = "",
    ) -> None:
        """One row; the difference is the case less the figure (or to the range when there is no figure)."""
        if figure != "":
            gap = case - float(figure)
        else:
            gap = (
                case - float(low)
                if low != "" and case < low
                else case - float(high)
                if high and case > high
                else 0
            )
        self.rows.append([name, unit, low, figure, high, round(case, 2), round(gap, 2), source])

    def _totals(self) -> None:
        everybody = self.persons(lambda p: True)
        self.add("Idleb area", "people", 3_000_000, self.persons(self.held("opposition")), "OCHA 30 Dec 2019")
        self.add(
            "northern Aleppo", "people", 1_000_000, self.persons(self.held("sna")), "4 million less 3 million"
        )
        self.add("north-west Syria", "people", 4_000_000, everybody, "OCHA 20 Feb 2020, prior to the wave")
        self.add("IDPs in the Idleb area", "people", "", self.persons(self.held("opposition"), True),
                 "UN figures of late 2019", 1_100_000, 1_500_000)  # fmt: skip
        self.add("IDPs in NW Syria, Nov 2019 (HNAP)", "people", 1_120_000, self.persons(lambda p: True, True),
                 "REACH 16 Mar 2020 quoting HNAP; lower than all UN figures")  # fmt: skip
        self.add("household size, ISMI Nov 2018", "persons", 5.66, HOUSEHOLD, "ISMI Nov 2018")
        self.add("household size, residents 2018", "persons", 5.69, HOUSEHOLD, "REACH Aug 2018")
        self.add("household size, IDPs 2018", "persons", 5.70, HOUSEHOLD, "REACH Aug 2018")
        self.add("household size, census 2004", "persons", 6.2, HOUSEHOLD, "CBS")

    def _places(self) -> None:
        maarat = self.persons(self.within([MAARAT], "opposition"))
        town = self.pop.people[MAARAT_TOWN]
        self.add(
            "Maarat al-Numan area, people present", "people", 163_800, maarat, "OCHA cross-border, Nov 2019"
        )
        self.add("Maarat al-Numan town", "people", 80_000, town.residents + town.idps,
                 "EA 70,000; news report 80,000; The New Arab 110,000", 70_000, 110_000)  # fmt: skip
        self.add(
            "Dana sub-district", "people", 712_000, self.persons(self.within([DANA])), "OCHA 20 Feb 2020"
        )

    def _sites(self) -> None:
        source = "CCCM/UNHCR ISIMM Nov 2019"
        self.add(
            "people in registered sites", "people", 868_486, sum(c.population for c in self.camps), source
        )
        self.add("registered sites", "sites", 483, sum(c.n_sites for c in self.camps), source)
        for row in self.src.rows("geography/isimm_adm3_monthly"):
            if row["period"] == "2019-11":
                area = row["adm3_pcode"]
                case = sum(c.population for c in self.camps if self.pop.area(c.place) == area)
                self.add(f"in sites, {row['adm3_en']}", "people", number(row["individuals"]), case, source)

    def _older(self) -> None:
        south = self.persons(self.within(SOUTH_2018, "opposition"))
        source = "RNA Dec 2018: 67,000 resident and 20,000 IDP households (before the campaign of 2019)"
        self.add(
            "69 communities in the south, Dec 2018", "households", 87_000, round(south / HOUSEHOLD), source
        )
        everybody, idps = self.persons(lambda p: True), self.persons(lambda p: True, True)
        opposition, displaced = self.held("opposition"), True
        residents = self.persons(opposition) - self.persons(opposition, displaced)
        for name, figure, case, source in (
            ("NW Syria, Mar 2018 (723 communities)", 4_905_318, everybody, "ISMI Mar 2018"),
            ("IDPs, NW Syria, Mar 2018", 1_780_560, idps, "ISMI Mar 2018"),
            ("NW Syria, Nov 2018 (1,056 locations)", 5_189_000, everybody, "ISMI Nov 2018"),
            ("IDPs, NW Syria, Nov 2018", 1_777_000, idps, "ISMI Nov 2018"),
            ("residents, Idleb and around, Jul 2018", 2_450_000, residents, "REACH Aug 2018"),
            (
                "IDPs, Idleb and around, Jul 2018",
                1_280_000,
                self.persons(opposition, displaced),
                "REACH Aug 2018",
            ),
        ):
            self.add(name, "people", figure, case, f"{source} ({BEFORE})")
        for row in self.src.rows("geography/subdistrict_population_nw"):
            if row["ismi_idps_nov2018"]:
                case = self.persons(self.within([row["ADM3_PCODE"]]), displaced)
                figure = number(row["ismi_idps_nov2018"])
                self.add(
                    f"IDPs, {row['ADM3_EN']}, Nov 2018", "people", figure, case, f"ISMI Nov 2018 ({BEFORE})"
                )

    def _census(self) -> None:
        idleb = self.persons(self.within(["SY07"]))
        self.add("Idleb governorate, census 2004", "people", 1_258_427, idleb,
                 "CBS; case: opposition-held communities with IDPs")  # fmt: skip
        for row in self.src.rows("geography/subdistrict_population_nw"):
            area, census = row["ADM3_PCODE"], number(row["census_2004"])
            lived_in = [p for p in self.pop.people if self.pop.area(p) == area]
            if census and lived_in:
                note = f"census 2004; case: {len(lived_in)} of {row['communities']} communities"
                self.add(
                    f"{row['ADM3_EN']}, census 2004",
                    "people",
                    census,
                    self.persons(self.within([area])),
                    note,
                )

    def _lower_bounds(self) -> None:
        belt = self.persons(lambda p: p in self.pop.belt)
        town = self.pop.people[MAARAT_TOWN]
        for name, low, case, source in (
            ("left southern Idleb in December", 298_534, self.persons(self.within(SOUTH_IDLEB, "opposition")),
             "OCHA Dec 2019; case: Al Ma'ra and Ariha districts, Saraqab"),
            ("left Maarat al-Numan town by 21 Dec", 80_000, town.residents + town.idps,
             "The New Arab (its town: 110,000, 30,000 left behind)"),
            ("left since 1 Dec, by 27 Jan", 390_000, belt, "OCHA Sitrep 7; case: the belt"),
            ("left western Aleppo, 15-19 Jan", 38_000, self.persons(self.within(["SY0200"], "opposition")),
             "AFP 24 Jan 2020; case: Jebel Saman district"),
        ):  # fmt: skip
            self.add(f"{name} (lower bound)", "people", "", case, source, low)
        self.add(
            "people in the firing line, 24 Jan", "people", 800_000, belt, "IRC 24 Jan 2020; case: the belt"
        )
        low, high = (round(ratio, 2) for ratio in self.pop.growth_to_2018())
        self.add("people for one in the census, southern Idleb", "ratio", "", self.pop.southern_growth,
                 "from Maarat's count of Nov 2019; range: RNA Dec 2018, with and without Suran",
                 low, high)  # fmt: skip
        self.add("people for one in the census, rest of the belt", "ratio", "", GROWTH_ELSEWHERE,
                 "assumption", 1.0, 1.8)  # fmt: skip
