"""Observation folders: what is read, how errors are assumed, and one clear message for each kind of trouble."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from flightsim.case.observations import OTHER_KIND, Observations, read_observations, source_kind
from flightsim.case.reading import read_case
from flightsim.errors import InputError

AREAS = ("XX", "XX00", "XX0000", "XX0001", "XX0002")
HEAD = "date,since,measure,unit,area_id,low,best,high,source"
GOOD = "2019-12-20,2019-12-01,displaced_cumulative,people,ALL,50,60,80,OCHA"


def folder(tmp_path: Path, *rows: str, head: str = HEAD) -> Path:
    (tmp_path / "observations.csv").write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    return tmp_path


def read(tmp_path: Path, *rows: str, head: str = HEAD, persons: float = 1e6) -> Observations:
    return read_observations(folder(tmp_path, *rows, head=head), AREAS, persons)


def test_a_row_with_bounds_and_one_without(tmp_path: Path) -> None:
    without = "2019-12-25,2019-12-01,displaced_cumulative,people,ALL,,100,,SOHR"
    found = read(tmp_path, without, GOOD)
    first, second = found.rows
    assert (first.until, first.since, first.low, first.best, first.high) == (
        date(2019, 12, 20), date(2019, 12, 1), 50, 60, 80,
    )  # fmt: skip
    assert (second.low, second.best, second.high) == (75, 100, 125), "a monitor may be off by a quarter"
    assert first.areas == ()


def test_only_bounds_have_their_middle(tmp_path: Path) -> None:
    (row,) = read(tmp_path, "2019-12-20,2019-12-01,displaced_cumulative,people,ALL,50,,80,OCHA").rows
    assert row.best == 65


def test_parts_of_a_whole_flows_and_shelter(tmp_path: Path) -> None:
    head = HEAD + ",destination_id,group,total,note"
    found = read(
        tmp_path,
        "2019-12-31,2019-12-01,arrivals_cumulative,movements,XX0000+XX0001,,40,,CCCM,,,100,a note",
        "2019-12-31,2019-12-01,flows_cumulative,movements,XX0000,,40,,CCCM,XX0001,,,",
        "2019-12-31,2019-12-01,shelter_share,share,ALL,,0.95,,OCHA,,host+rented,,",
        head=head,
    )
    arrivals, flow, shelter = found.rows
    assert (arrivals.areas, arrivals.total) == (("XX0000", "XX0001"), 100)
    assert (flow.areas, flow.destinations) == (("XX0000",), ("XX0001",))
    assert (shelter.groups, shelter.high) == (("host", "rented"), 1.0)


def test_the_observation_model_of_a_folder(tmp_path: Path) -> None:
    (tmp_path / "observations.yaml").write_text(
        "title: ours\nrelative_error: {press and others: 0.2}\nmovements_per_person: 2\n", encoding="utf-8"
    )
    found = read(tmp_path, "2019-12-25,2019-12-01,displaced_cumulative,people,ALL,,100,,a newspaper")
    assert (found.rows[0].low, found.rows[0].high) == (80, 120)
    assert found.model.movements_per_person == 2
    assert found.model.relative_error["United Nations"] == 0.1


def test_kinds_of_sources() -> None:
    kinds = [
        source_kind(s) for s in ("OCHA Situation Report", "SOHR, 19 Dec", "Response Coordinators", "A daily")
    ]
    assert kinds == ["United Nations", "monitors", "local coordinators", OTHER_KIND]


TROUBLES = {
    "a wrong date": (["2019-13-01," + GOOD[11:]], "row 2: date is 2019-13-01; expected"),
    "a window that ends before it begins": (
        ["2019-11-20,2019-12-01,displaced_cumulative,people,ALL,50,60,80,OCHA"],
        "row 2: since is 2019-12-01; expected no later than date 2019-11-20",
    ),
    "an unknown area": (
        ["2019-12-20,2019-12-01,displaced_cumulative,people,XX0003,50,60,80,OCHA"],
        "row 2: area_id is 'XX0003'; expected ALL or the P-code of an area (did you mean 'XX000",
    ),
    "low above high": (
        ["2019-12-20,2019-12-01,displaced_cumulative,people,ALL,90,60,80,OCHA"],
        "row 2: low, best and high are not in ascending order",
    ),
    "no figure": (["2019-12-20,2019-12-01,displaced_cumulative,people,ALL,,,,OCHA"], "row 2: best is blank"),
    "an unknown measure": (
        ["2019-12-20,2019-12-01,displaced_cumulativ,people,ALL,50,60,80,OCHA"],
        "did you mean 'displaced_cumulative'?",
    ),
    "no rows": ([], "observations.csv has no rows; expected at least one observation"),
    "people labelled as movements": (
        [GOOD, "2019-12-20,2019-12-01,displaced_cumulative,movements,ALL,20,30,40,CCCM"],
        "row 3: 40 movements are fewer than the 50 people of row 2 in the same window; expected at least as many",
    ),
    "more people than there are": (
        ["2019-12-20,2019-12-01,displaced_cumulative,people,ALL,,9000000,,OCHA"],
        "row 2: 9,000,000 people are more than the 1,000,000 there are; expected fewer, or unit movements",
    ),
    "windows that overlap": (
        [GOOD, "2019-12-25,2019-12-10,displaced_cumulative,people,ALL,50,60,80,OCHA"],
        "rows 2 and 3: windows of one source overlap (2019-12-01 to 2019-12-20, 2019-12-10 to 2019-12-25)",
    ),
    "the same twice": ([GOOD, GOOD], "row 3: the same source, window and question as row 2"),
    "a share above one": (
        ["2019-12-31,2019-12-01,shelter_share,share,ALL,,40,,OCHA"],
        "row 2: best is 40; expected a share, 0 to 1",
    ),
    "shelter in people": (
        ["2019-12-31,2019-12-01,shelter_share,people,ALL,,40,,OCHA"],
        "row 2: unit is 'people'; expected share for shelter_share",
    ),
}


@pytest.mark.parametrize("trouble", TROUBLES)
def test_troubles_are_told(trouble: str, tmp_path: Path) -> None:
    rows, message = TROUBLES[trouble]
    with pytest.raises(InputError) as told:
        read(tmp_path, *rows)
    assert message in str(told.value)


def test_windows_that_begin_together_nest_or_are_of_other_sources_are_fine(tmp_path: Path) -> None:
    nested = "2019-12-20,2019-12-20,displaced_cumulative,people,ALL,,9,,OCHA"
    longer = "2019-12-25,2019-12-01,displaced_cumulative,people,ALL,,90,,OCHA"
    other = "2019-12-25,2019-12-10,displaced_cumulative,people,ALL,,90,,SOHR"
    assert len(read(tmp_path, GOOD, nested, longer, other).rows) == 4


def test_all_troubles_are_told_at_once(tmp_path: Path) -> None:
    bad = "2019-13-01,2019-12-01,displaced_cumulative,persons,XY,90,60,80,OCHA"
    with pytest.raises(InputError) as told:
        read(tmp_path, bad)
    assert len(told.value.complaints) == 4


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "observations.yaml is an empty file"),
        ("movements_per_persn: 2", "did you mean 'movements_per_person'?"),
        ("movements_per_person: 0.5", "movements_per_person is 0.5; expected a number, 1 to 20"),
        ("relative_error: {united nations: 0.1}", "did you mean 'United Nations'?"),
        ("relative_error: 0.1", "relative_error is 0.1; expected a share by kind of source"),
        ("- a list", "holds no settings"),
    ],
)
def test_troubles_of_the_model(content: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "observations.yaml").write_text(content, encoding="utf-8")
    with pytest.raises(InputError) as told:
        read(tmp_path, GOOD)
    assert message in str(told.value)


def test_a_folder_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no such folder"):
        read_observations(tmp_path / "nowhere", AREAS)
    (tmp_path / "observation.csv").write_text("x")
    with pytest.raises(InputError, match=r"has no observations.csv \(did you mean 'observation.csv'\?\)"):
        read_observations(tmp_path, AREAS)


def test_an_empty_file(tmp_path: Path) -> None:
    (tmp_path / "observations.csv").write_text("")
    with pytest.raises(InputError, match=r"observations.csv is an empty file"):
        read_observations(tmp_path, AREAS)


def test_people_whose_source_speaks_of_movements_are_odd(tmp_path: Path) -> None:
    found = read(
        tmp_path, "2019-12-20,2019-12-01,displaced_cumulative,people,ALL,50,60,80,OCHA IDP Movements"
    )
    assert "speaks of movements" in found.warnings[0]


def test_the_cases_own_observations_are_in_order() -> None:
    case = read_case("idlib")
    areas = case.world.areas
    found = read_observations(case.folder, set(areas.all_names), case.world.persons)
    assert not found.warnings
    assert {o.measure for o in found.rows} == {
        "displaced_cumulative", "arrivals_cumulative", "departures_cumulative", "flows_cumulative", "shelter_share",
        "returns_cumulative",
    }  # fmt: skip
    assert max(o.until for o in found.rows) == date(2020, 3, 8)
