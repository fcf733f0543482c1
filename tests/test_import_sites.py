"""Site lists of a cluster become sites at towns: people and room kept, points forgotten, assumptions said."""

from pathlib import Path

import pytest

from flightsim.case.importing import sites, writing
from flightsim.case.importing.report import Asked, Report, Taken
from flightsim.case.reading import read_case
from flightsim.errors import InputError


def take(case: Path, text: str, **options: str) -> tuple[Taken, Report]:
    file = case.parent / "list.csv"
    file.write_text(text, encoding="utf-8")
    report = Report()
    given = {option.name: option.default for option in sites.OPTIONS}
    given |= {option.replace("_", "-"): value for option, value in options.items()}
    return sites.take(Asked([file], case, "CCCM", {}, given), report), report


LIST = """Site ID,Site Name,Admin3 Pcode,Community,Latitude,Longitude,Households,Individuals,Capacity
A1,Olive,TY010102,Midvale,45.0123,-140.0045,200,"1,000","1,500"
A2,Cedar,TY010102,ashcombe,,,60,300,
A3,Pine,TY010202,Unheard of,,,,"2,200",2000
A4,Far,TY010202,Northgate,46.5,-140.0,10,50,50
A5,Lost,TY019999,,,,10,50,50
A6,Shut,TY010102,Midvale,45.0,-140.0,,,
A7,Tents,TY010102,Midvale,45.0,-140.0,10,,
A8,,TY010102,Midvale,45.0,-140.0,10,50,
Total,,,,,,290,"3,650",
"""


def test_sites_are_at_their_towns_with_people_and_room(case: Path) -> None:
    taken, report = take(case, LIST, household_size="5")
    keys = ("site_id", "name_en", "place_id", "population_persons", "capacity_persons", "n_sites", "note")
    assert [tuple(row[k] for k in keys) for row in taken.rows["sites.csv"]] == [
        ("A1", "Olive", "T05", 1000, 1500, 1, ""),
        ("A7", "Tents", "T05", 50, 50, 1, sites.FULL),
        ("A2", "Cedar", "T06", 300, 300, 1, sites.FULL),
        ("A3", "Pine", "T11", 2200, 2200, 1, f"{sites.LARGEST}; {sites.OVER}"),
    ]
    assert [(each.row, each.reason) for each in report.dropped] == [
        ("10", "it is a total of other rows"),
        ("5", "no place of the case within 10 km"),
        ("6", "its area of level 3 is not in the case"),
        ("7", "nobody says how many people it has"),
        ("9", "it has no name"),
    ]
    assert "4 sites with 3,550 people, room for 4,050" in report.notes
    assert any("in 1 places more people are in sites than idps_persons" in note and "T11: 2,200 and 1,000" in note
               for note in report.notes)  # fmt: skip


def test_places_can_get_the_people_of_their_sites(case: Path) -> None:
    assert not take(case, LIST, household_size="5")[0].corrected
    taken, report = take(case, LIST, household_size="5", idps="raise")
    places = {row["place_id"]: row["idps_persons"] for row in taken.corrected["places.csv"]}
    assert places["T11"] == 2200
    assert places["T05"] == "1500"
    assert any("by 1,200 in all; first T11: 2,200 and 1,000" in note for note in report.notes)
    texts = writing.contents(case, "sites", taken, report, "CCCM", None, add=False)
    for name, text in texts.items():
        (case / name).write_text(text, encoding="utf-8")
    world = read_case(case).world
    assert world.places.idps_persons[world.places.place_id.index("T11")] == 2200
    with pytest.raises(InputError, match="--idps is 'up'; expected keep or raise"):
        take(case, LIST, idps="up")


def test_no_point_of_a_site_is_written(case: Path) -> None:
    taken, report = take(case, LIST, household_size="5")
    texts = writing.contents(case, "sites", taken, report, "CCCM", None, add=False)
    assert "Olive" in texts["sites.csv"]
    assert not [each for each in ("45.01", "140.00", "46.5") for text in texts.values() if each in text]


def test_households_alone_need_a_size(case: Path) -> None:
    _, report = take(case, LIST)
    assert ("8", "it counts households only: give --household-size") in [
        (d.row, d.reason) for d in report.dropped
    ]
    with pytest.raises(InputError, match=r"--household-size is 'five'; expected a number, 1 or more"):
        take(case, LIST, household_size="five")


def test_a_list_without_names_of_sites_is_refused_with_the_cure(case: Path) -> None:
    with pytest.raises(
        InputError, match=r"no column for name_en: found x, individuals; .*--map name_en=THEIRS"
    ):
        take(case, "x,individuals\nA,1\n")
