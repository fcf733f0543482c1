"""Every figure that the sources give for 1 April 2019, beside the case's own."""

from __future__ import annotations

from anchors import HOUSEHOLD, Anchors
from population import DANA, GROWTH_ELSEWHERE, MAARAT, SOUTH_2018
from sources import number
from spring_population import HBIT

MADIQ_CASTLE = "SY050204"


class SpringAnchors(Anchors):
    """The table; each row: anchor, unit, low, figure, high, case figure, difference, source."""

    def _fill(self) -> None:
        everybody, idps = self.persons(lambda p: True), self.persons(lambda p: True, True)
        opposition = self.held("opposition")
        of_area = self.persons(opposition, True)
        for name, figure, case, source in (
            ("north-west Syria", 5_189_000, everybody, "ISMI 30 Nov 2018"),
            ("IDPs, north-west Syria", 1_777_000, idps, "ISMI 30 Nov 2018"),
            ("north-west Syria, Mar 2018", 4_905_318, everybody, "ISMI Mar 2018: another method, do not mix"),
            ("residents, Idleb and around", 2_450_000, self.persons(opposition) - of_area, "REACH Jul 2018"),
            ("IDPs, Idleb and around", 1_280_000, of_area, "REACH Jul 2018"),
            ("Idleb governorate", 3_000_000, self.persons(self.within(["SY07"], "opposition")), "WFP mVAM, Apr 2019"),
            ("Hbit", 15_000, self.persons(lambda p: p == HBIT), "UOSSM, 1 May 2019: before 29 April"),
            ("69 communities in the south", 495_000, self.persons(self.within(SOUTH_2018, "opposition")),
             "RNA Dec 2018: 67,000 resident and 20,000 IDP households"),
            ("Maarat al-Numan area (upper check)", 163_800, self.persons(self.within([MAARAT], "opposition")),
             "OCHA, Nov 2019: after the spring"),
        ):  # fmt: skip
            self.add(name, "people", figure, case, source)
        self.add("household size, ISMI Nov 2018", "persons", 5.66, HOUSEHOLD, "ISMI Nov 2018")
        self._camps()
        self._idps_2018()
        low, high = (round(ratio, 2) for ratio in self.pop.growth_to_2018())
        self.add("people for one in the census, southern Idleb", "ratio", "", self.pop.growth("SY0702"),
                 "middle of the two readings of Dec 2018", low, high)  # fmt: skip
        self.add("people for one in the census, rest of the belt", "ratio", "", GROWTH_ELSEWHERE,
                 "assumption", 1.0, 1.8)  # fmt: skip
        self.add("Madiq Castle, left in Sept 2018 and March 2019", "people", "",
                 self.persons(self.within([MADIQ_CASTLE], "opposition")),
                 "ISMI: 35,078 and 27,916 departures; presence 0.6 assumed")  # fmt: skip
        self._census()

    def _camps(self) -> None:
        for row in self.src.rows("geography/isimm_adm3_monthly"):
            if row["period"] == self.src.campaign.camps_month:
                area = row["adm3_pcode"]
                case = sum(c.population for c in self.camps if self.pop.area(c.place) == area)
                self.add(f"in sites, {row['adm3_en']}", "people", number(row["individuals"]), case,
                         "CCCM/UNHCR ISIMM Feb 2019")  # fmt: skip

    def _idps_2018(self) -> None:
        for row in self.src.rows("geography/subdistrict_population_nw"):
            if row["ismi_idps_nov2018"]:
                case = self.persons(self.within([row["ADM3_PCODE"]]), True)
                note = "ISMI Nov 2018" + (
                    ": fewer than in its sites alone" if row["ADM3_PCODE"] == DANA else ""
                )
                self.add(
                    f"IDPs, {row['ADM3_EN']}, Nov 2018",
                    "people",
                    number(row["ismi_idps_nov2018"]),
                    case,
                    note,
                )
