"""Counts of DTM, UNHCR and HXL sheets become observations: right sums and days, and why a row is lost."""

from pathlib import Path

import pytest

from flightsim.case.importing import observations, writing
from flightsim.case.importing.report import Asked, Report, Taken
from flightsim.case.observations import read_observations
from flightsim.errors import InputError

AREAS = ("TY01", "TY0101", "TY0102", "TY010101", "TY010102", "TY010201", "TY010202")


def take(
    case: Path, text: str, columns: dict[str, str] | None = None, **options: str
) -> tuple[Taken, Report]:
    file = case.parent / "count.csv"
    file.write_text(text, encoding="utf-8")
    report = Report()
    given = {option.name: option.default for option in observations.OPTIONS}
    given |= {option.replace("_", "-"): value for option, value in options.items()}
    return observations.take(Asked([file], case, "IOM DTM, round 3", columns or {}, given), report), report


def short(taken: Taken) -> list[tuple]:
    rows = taken.rows["observations.csv"]
    return [tuple(row[c] for c in ("date", "since", "measure", "area_id", "best")) for row in rows]


def reasons(report: Report) -> list[tuple[str, str]]:
    return [(each.row, each.reason) for each in report.dropped]


DTM = """operation,admin0Name,admin1Name,admin1Pcode,admin2Name,admin2Pcode,roundNumber,reportingDate,numPresentIdpInd
G,Greenwater,Greenwater,TY01,Greenwater South,TY0101,1,2020-01-14,"1,200"
G,Greenwater,Greenwater,TY01,Greenwater South,TY0101,1,2020-01-15,300
G,Greenwater,Greenwater,TY01,Greenwater North,TY0102,1,2020-01-13,"2,000"
G,Greenwater,Greenwater,TY01,Greenwater North,TY0102,2,2020-02-13,many
G,Greenwater,Greenwater,TY01,Greenwater North,TY0102,2,2020-02-13,500
G,Greenwater,Greenwater,TY01,Greenwater South,TY0101,2,2020-02-14,
G,Greenwater,Greenwater,TY01,Elsewhere,TY0199,2,2020-02-14,7
G,Greenwater,Greenwater,TY01,Greenwater South,TY0101,2,2020-02-12,90
"""


def test_a_round_is_one_count_and_rows_of_one_area_add_up(case: Path) -> None:
    taken, report = take(case, DTM, since="2020-01-01")
    assert short(taken) == [
        ("2020-01-15", "2020-01-01", "displaced_stock", "TY0101", 1500),
        ("2020-01-15", "2020-01-01", "displaced_stock", "TY0102", 2000),
        ("2020-02-14", "2020-01-01", "displaced_stock", "TY0101", 90),
    ]
    assert taken.rows["observations.csv"][0]["note"] == "the sum of 2 rows"
    assert reasons(report) == [
        ("5", "its number of people is no number of 0 or more"),
        ("7", "it counts nobody: its cell is blank"),
        ("8", "its area of level 2 is not in the case"),
        ("6", "another row of its area cannot be read, so that its sum is not known"),
    ]


def test_what_is_written_reads_as_observations(case: Path) -> None:
    taken, report = take(case, DTM, since="2020-01-01")
    texts = writing.contents(case, "observations", taken, report, "IOM DTM, round 3", None, add=False)
    for name, text in texts.items():
        (case / name).write_text(text, encoding="utf-8")
    found = read_observations(case, AREAS, persons=40_000).rows
    assert [(o.until.isoformat(), o.areas, o.best, o.unit) for o in found] == [
        ("2020-01-15", ("TY0101",), 1500, "people"),
        ("2020-01-15", ("TY0102",), 2000, "people"),
        ("2020-02-14", ("TY0101",), 90, "people"),
    ]


HXL = """Weekly table;;;;
Mohafaza;Nahia;Date;Arrivees;Familles
#adm1+name;#adm3+name;#date+end;#affected+arrivals+ind;#affected+arrivals+hh
GREENWATER;mid-vale;14/01/2020;1.200;240
;Northgate;14/01/2020;800;160
Total;;;2.000;400
"""


def test_an_hxl_sheet_is_read_whatever_its_columns_are_called(case: Path) -> None:
    taken, report = take(case, HXL)
    assert short(taken) == [
        ("2020-01-14", "", "arrivals_cumulative", "TY010102", 1200),
        ("2020-01-14", "", "arrivals_cumulative", "TY010202", 800),
    ]
    assert any("since is blank" in note for note in report.notes)
    assert [reason for _, reason in reasons(report)] == [
        "it stands above the header: a title or a remark", "it is a total of other rows",
    ]  # fmt: skip


def test_the_total_of_a_portal_is_of_the_area_and_measure_asked(case: Path) -> None:
    text = "geomaster_name,data_date,individuals\nGreenwater,2020-01-10,4000\nGreenwater,2020-01-12,4500\n"
    taken, _ = take(case, text, measure="present_stock", area="ALL", since="2020-01-01")
    assert short(taken) == [
        ("2020-01-10", "", "present_stock", "ALL", 4000),
        ("2020-01-12", "", "present_stock", "ALL", 4500),
    ]
    with pytest.raises(InputError, match=r"no column for area_id.*--area AREA"):
        take(case, text, measure="present_stock")
    with pytest.raises(InputError, match=r"no column that says what is counted.*--measure NAME"):
        take(case, text, area="ALL")
    with pytest.raises(InputError, match=r"--measure is 'present'; expected .*present_stock"):
        take(case, text, area="ALL", measure="present")
    with pytest.raises(InputError, match=r"--area is 'TY011'; expected ALL or the P-code of an area"):
        take(case, text, area="TY011", measure="present_stock")


def test_households_need_a_size(case: Path) -> None:
    text = "admin3Pcode,IDPs HH\nTY010102,100\n"
    taken, _ = take(case, text, {"idp_households": "IDPs HH"}, date="2020-01-10", household_size="5.5")
    assert short(taken) == [("2020-01-10", "", "displaced_stock", "TY010102", 550)]
    taken, report = take(case, text, {"idp_households": "IDPs HH"}, date="2020-01-10")
    assert short(taken) == []
    assert reasons(report) == [("2", "it counts households only: give --household-size")]
    with pytest.raises(InputError, match=r"no column for date: .*--date DATE"):
        take(case, text, {"idp_households": "IDPs HH"}, household_size="5")
    with pytest.raises(InputError, match=r"--date is '10/1/2020'; expected a date written as 2019-12-31"):
        take(case, text, date="10/1/2020")


def test_finer_areas_than_the_case_has_are_added_up_but_unknown_ones_are_not(case: Path) -> None:
    text = (
        "date,ADM2_PCODE,ADM3_PCODE,ADM4_PCODE,IDPs\n2020-01-10,TY0101,TY010102,A1,10\n2020-01-10,TY0101,TY010102,A2,20\n"
        "2020-01-10,TY0101,TY010199,A3,40\n"
    )
    taken, report = take(case, text)
    assert short(taken) == [("2020-01-10", "", "displaced_stock", "TY010102", 30)]
    assert reasons(report) == [("4", "its area of level 3 is not in the case")]
