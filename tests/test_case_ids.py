"""``flightsim case ids``: what scenarios choose by, with names, in lines that can be searched."""

import csv
import io

import pytest

from flightsim import cli
from flightsim.case import ids
from flightsim.case.reading import read_case
from flightsim.cli import case_ids


def lines(capsys: pytest.CaptureFixture[str], *words: str) -> list[str]:
    assert cli.main(["case", "ids", *words]) == 0
    return capsys.readouterr().out.splitlines()


def test_hospitals_are_named_by_their_town_without_a_point(capsys: pytest.CaptureFixture[str]) -> None:
    assert [line.split("  ")[-1].split() for line in lines(capsys, "toy", "hospitals")][1:] == [
        ["Midvale", "TY010102"],
        ["Lakeside", "TY010201"],
    ]
    told = lines(capsys, "idlib", "hospitals")
    assert len(told) == 1 + len(read_case("idlib").world.facilities)
    assert not any(
        "." in cell.replace("...", "") and cell.replace(".", "").isdigit()
        for line in told
        for cell in line.split()
    )


@pytest.mark.parametrize(
    ("kind", "first"),
    [
        ("areas", "area TY010101 Southmarch Greenwater South, Greenwater"),
        ("places", "place T01 Oldport Southmarch TY010101"),
        ("roads", "road R01 Oldport - Southmarch 16.5 km Old North Road"),
        ("crossings", "border crossing NORTH Northland Gate Pinefield, Northgate TY010202"),
        ("hospitals", "hospital H1 Midvale Midvale TY010102"),
        ("sites", "site S1 Pinefield camps Pinefield, Northgate TY010202"),
    ],
)
def test_each_kind_has_a_line_an_id(kind: str, first: str, capsys: pytest.CaptureFixture[str]) -> None:
    told = lines(capsys, "toy", kind)
    assert told[0].split() == ["kind", "id", "name", "where"]
    assert " ".join(told[1].split()) == first


def test_all_kinds_together_as_csv(capsys: pytest.CaptureFixture[str]) -> None:
    rows = list(csv.DictReader(io.StringIO("\n".join(lines(capsys, "toy", "--csv")))))
    assert [row["id"] for row in rows if row["kind"] == "site"] == ["S1", "S2"]
    assert len(rows) == 4 + 12 + 18 + 1 + 2 + 2
    assert len({row["id"] for row in rows}) == len(rows)


def test_the_help_names_what_there_is() -> None:
    assert tuple(ids.KINDS) == case_ids.KINDS


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["toy", "hospital"], "no ids of 'hospital'; expected areas, places"),
        (["idlip"], "did you mean 'idlib'?"),
    ],
)  # fmt: skip
def test_what_is_not_there_is_refused_with_the_nearest_name(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["case", "ids", *words]) == 2
    assert said in capsys.readouterr().err
