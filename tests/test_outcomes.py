"""Headline outcomes: sums done in the head, read from folders without the rest, bad tables refused."""

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pyarrow import parquet

from flightsim import measures, results
from flightsim.errors import InputError
from flightsim.results import outcomes, runs

DAYS = pd.date_range("2019-12-01", periods=4)


def rows(measure: str, by_day: list[float], area: str = "", group: str = "") -> pd.DataFrame:
    return pd.DataFrame(
        {"time": DAYS[: len(by_day)], "area_id": area, "group": group, "measure": measure, "value": by_day}
    )


def table() -> pd.DataFrame:
    return pd.concat(
        [
            rows("persons_total", [1000] * 4),
            rows("displaced_persons", [0, 10, 30, 60], "XX1"),
            rows("displaced_persons", [0, 1, 2, 40], "XX2"),
            rows("moves_persons", [0, 20, 40, 130], "XX1"),
            rows("trapped_persons", [0, 7, 3, 0], "XX1"),
            rows("trapped_persons", [0, 1, 9, 2], "XX2"),
            rows("arrivals_persons", [0, 5, 6, 7], "XX1", "open"),
            rows("arrivals_persons", [0, 1, 0, 2], "XX2", "site"),
            rows("sheltered_persons", [0, 8, 2, 3], "XX1", "open"),
            rows("sheltered_persons", [0, 1, 2, 3], "XX2", "site"),
            rows("exposure_person_hours", [1, 2, 3, 4], "XX1"),
            rows("open_below_zero_person_nights", [0, 8, 0, 3], "XX1"),
            rows("mean_road_km_to_border", [np.nan, 50, 40, 30]),
            rows("abroad_persons", [0, 0, 0, 6], "", "GATE"),
            rows("at_crossings_persons", [0, 4, 9, 1], "", "GATE"),
            rows("at_crossings_persons", [0, 1, 3, 0], "", "OTHER"),
            rows("strikes_hourly", [1, 1, 1, 1]),
        ],
        ignore_index=True,
    )


EXPECTED = {
    "displaced_persons": 100,
    "additional_displaced_persons": 100 - 11,  # counted from the third day on
    "moves_persons": 130,
    "in_open_persons": 8,
    "open_below_zero_person_nights": 11,
    "trapped_persons": 12,  # 3 + 9 on the third day
    "in_sites_persons": 3,
    "abroad_persons": 6,
    "at_crossings_persons": 12,  # 9 + 3 on the third day
    "mean_road_km_to_border": 30,
    "exposure_person_hours": 10,
    "arrivals_XX1": 18,
}


def write(parent: Path, frame: pd.DataFrame | None = None) -> Path:
    tables = {"measures": table() if frame is None else frame}
    config, about = {"name": "n", "start": "2019-12-01", "days": 4}, {"flightsim": "1", "seed": 1}
    return runs.write_run(parent, "abc", results.Results.in_memory(tables, config, about))


@pytest.fixture(params=["folder", "memory"])
def run(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    if request.param == "folder":
        return write(tmp_path)
    return results.Results.in_memory({"measures": table()}, {"start": "2019-12-01", "days": 4}, {"seed": 1})


def test_each_outcome_is_its_sum(run: Any) -> None:
    assert outcomes.of_run(run, EXPECTED, date(2019, 12, 3)) == pytest.approx(EXPECTED)


def test_courses_by_day(run: Any) -> None:
    found = outcomes.courses(run, [*EXPECTED], date(2019, 12, 3))
    assert list(found.index) == list(DAYS)
    assert found["displaced_persons"].tolist() == [0, 11, 32, 100]
    assert found["additional_displaced_persons"].tolist() == [-11, 0, 21, 89]
    assert found["exposure_person_hours"].tolist() == [1, 3, 6, 10]
    assert found["trapped_persons"].tolist() == [0, 8, 12, 2]
    assert found["mean_road_km_to_border"].tolist()[1:] == [50, 40, 30]
    assert np.isnan(found["mean_road_km_to_border"].iloc[0])


@pytest.mark.parametrize(
    ("count_from", "additional"),
    [
        (None, 100),
        (date(2019, 11, 1), 100),
        (date(2019, 12, 1), 100),
        (date(2019, 12, 4), 68),
        (date(2020, 1, 1), 0),
    ],
)
def test_additional_people_are_counted_from_that_day_on(
    run: Any, count_from: date | None, additional: float
) -> None:
    assert outcomes.of_run(run, ["additional_displaced_persons"], count_from) == {
        "additional_displaced_persons": additional
    }


def test_every_headline_is_measured() -> None:
    assert set(EXPECTED) - {"arrivals_XX1"} == set(outcomes.HEADLINES)
    for headline in outcomes.HEADLINES.values():
        assert headline.measure in measures.MEASURES
        assert headline.kind in ("end", "since", "sum", "peak")
        assert (headline.kind == "sum") == (measures.MEASURES[headline.measure].kind == "flow")


def test_nothing_recorded_is_nothing_happened(tmp_path: Path) -> None:
    frame = table()
    frame = frame[frame["measure"].isin(["persons_total", "strikes_hourly"])]
    found = outcomes.of_run(write(tmp_path, frame), ["in_open_persons", "mean_road_km_to_border"])
    assert found["in_open_persons"] == 0
    assert np.isnan(found["mean_road_km_to_border"])


def test_unknown_outcomes_are_refused_all_at_once(run: Any) -> None:
    with pytest.raises(InputError) as caught:
        outcomes.of_run(run, ["displaced_person", "arrivals_", "moves_persons"])
    assert len(caught.value.complaints) == 2
    assert "did you mean 'displaced_persons'?" in str(caught.value)


def test_a_measure_is_a_row_group_of_its_own(tmp_path: Path) -> None:
    file = parquet.ParquetFile(write(tmp_path) / "measures.parquet")
    names = [
        set(file.read_row_group(i, ["measure"]).column(0).to_pylist()) for i in range(file.num_row_groups)
    ]
    assert all(len(each) == 1 for each in names)
    assert len(names) == len(set.union(*names)) == table()["measure"].nunique()


def test_a_table_of_one_row_group_is_read_too(tmp_path: Path) -> None:
    folder = write(tmp_path)
    whole = pd.read_parquet(folder / "measures.parquet")
    whole.to_parquet(folder / "measures.parquet", index=False)
    assert outcomes.of_run(folder, EXPECTED, date(2019, 12, 3)) == pytest.approx(EXPECTED)


def test_a_run_without_measures_can_be_written_and_is_refused_when_read(tmp_path: Path) -> None:
    folder = write(tmp_path, table().iloc[:0])
    assert results.load(folder).measures.empty
    with pytest.raises(InputError, match="not one row of persons_total for each day"):
        outcomes.of_run(folder, ["displaced_persons"])


def spoilt(folder: Path, how: str) -> None:
    file = folder / "measures.parquet"
    frame = pd.read_parquet(file)
    if how == "cut off":
        file.write_bytes(file.read_bytes()[:-200])
    elif how == "text":
        file.write_text("measure,value\n")
    elif how == "gone":
        file.unlink()
    elif how == "a day out":
        frame[~((frame["measure"] == "persons_total") & (frame["time"] == DAYS[2]))].to_parquet(file)
    elif how == "a column out":
        frame.drop(columns="group").to_parquet(file)
    elif how == "values as text":
        frame.assign(value=frame["value"].astype(str)).to_parquet(file)
    elif how == "a day more":
        frame.loc[frame["measure"] == "moves_persons", "time"] += pd.Timedelta(days=30)
        frame.to_parquet(file)


@pytest.mark.parametrize(
    ("how", "complaint"),
    [
        ("cut off", "cannot be read, it is damaged"),
        ("text", "cannot be read, it is damaged"),
        ("gone", "holds no finished run"),
        ("a day out", "not one row of persons_total for each day"),
        ("a column out", "has no column group"),
        ("values as text", "are not as flightsim wrote them"),
        ("a day more", "has days that persons_total has not"),
    ],
)
def test_a_spoilt_table_is_refused_in_words(how: str, complaint: str, tmp_path: Path) -> None:
    folder = write(tmp_path)
    spoilt(folder, how)
    with pytest.raises(InputError, match=complaint) as caught:
        outcomes.of_run(folder, ["moves_persons"])
    assert str(folder) in str(caught.value)
