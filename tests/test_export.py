"""Results in the formats of others: what is in them, what is not, and what is refused."""

import builtins
import csv
import importlib.util
import io
import json
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pytest

import toys
from flightsim import cli
from flightsim.errors import InputError
from flightsim.export import caseload, columns, disclosure, folder, geo, metadata, workbook
from flightsim.files.spreadsheet import harmless, harmless_table
from flightsim.needs import standards, study, tables
from flightsim.world import World

pytestmark = pytest.mark.slow  # whole commands


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("out") / "export"
    wanted = folder.order(
        [f for f in folder.FORMATS if f not in ("png", "svg")], None, [], "flightsim export"
    )
    folder.write(toys.needs(), wanted, target)
    return target


@pytest.fixture(scope="module")
def shareable() -> dict[str, pd.DataFrame]:
    return folder.all_tables(toys.needs())


HXL_CHECK = """
import sys
from pathlib import Path
import hxl
for path in sys.argv[1:]:
    found = []
    source = hxl.data(path, hxl.InputOptions(allow_local=True))
    assert all(column.tag for column in source.columns), path
    hxl.schema(callback=found.append).validate(source)
    print(Path(path).stem, sum(error.rule.severity == "error" for error in found), "errors")
"""


def rows_of(path: Path) -> list[list[str]]:
    return list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"), newline="")))


def table_of(sheet: Any) -> list[dict[str, Any]]:
    """The rows of a sheet, each by its heads."""
    heads, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(heads, row, strict=True)) for row in rows]


def outlines(path: Path, codes: list[str], key: str = "ADM3_PCODE") -> Path:
    ring = [[0, 0], [1, 0], [1, 1], [0, 0]]
    features = [
        {"type": "Feature", "properties": {key: code}, "geometry": {"type": "Polygon", "coordinates": [ring]}}
        for code in codes
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return path


class TestTables:
    def test_every_column_has_a_tag_and_a_meaning(self, shareable: dict[str, pd.DataFrame]) -> None:
        used = {str(column) for frame in shareable.values() for column in frame}
        areas = toys.needs().study.world.areas
        told = {name: columns.about(name, areas) for name in used}
        assert told["adm3_pcode"] == ("#adm3+code", "P-code of the sub-district")
        assert told["origin_adm3_name"] == ("#adm3+origin+name", "its name")
        assert told["adm1_name"] == ("#adm1+name+i_en", "governorate")
        assert all(tag.startswith("#") and meaning for tag, meaning in told.values())
        assert set(shareable) == set(folder.TITLES)

    def test_every_count_of_people_is_a_multiple_of_a_hundred(
        self, shareable: dict[str, pd.DataFrame]
    ) -> None:
        for name, frame in shareable.items():
            for column in (
                "persons",
                "persons_low",
                "persons_high",
                "arrivals_persons",
                "displaced_persons",
            ):
                if column in frame:
                    assert (frame[column] % 100 == 0).all(), (name, column)

    def test_weeks_add_up_to_the_run_and_shelters_to_the_area(self) -> None:
        """Of one run. Over several, medians of parts do not add up."""
        run = sorted(toys.three_runs().iterdir())[0]
        one = tables.reckon(study.read(run, toys.source), tables.Asked(standards.read()))
        told = folder.all_tables(one)
        sums = told["run_totals"].set_index("adm3_pcode")
        for name in ("arrivals_persons", "displaced_persons"):
            by_area = told[name].groupby("adm3_pcode")["persons"].sum()
            assert by_area.reindex(sums.index, fill_value=0).tolist() == sums[name].tolist()
        stays = told["sheltered_persons"]
        parts = stays[stays["shelter"] != "all"].groupby(["date", "adm3_pcode"])["persons"].sum()
        whole = stays[stays["shelter"] == "all"].set_index(["date", "adm3_pcode"])["persons"]
        assert parts[whole.index].tolist() == whole.tolist()

    def test_needs_are_those_of_the_people_that_are_told(self, shareable: dict[str, pd.DataFrame]) -> None:
        """Three runs have a middle one, so that its water is its people times a standard."""
        keys = ["date", "adm3_pcode"]
        people, needs = shareable["sheltered_persons"], shareable["needs"]
        water = needs[needs["need"] == "water"].set_index(keys)["needed"]
        whole = people[people["shelter"] == "all"].set_index(keys)["persons"]
        per_person = toys.needs().asked.standards["water"]
        both = water.index.intersection(whole.index)
        assert len(both) == len(water) > 0
        assert water[both].to_numpy(float) == pytest.approx(
            whole[both].to_numpy(float) * per_person / 1000, abs=1e-3
        )

    def test_nothing_finer_than_a_day_and_a_sub_district(self, shareable: dict[str, pd.DataFrame]) -> None:
        for frame in shareable.values():
            assert not {"place_id", "home_place", "facility_id", "road_id", "lat", "lon"} & set(frame)
            for column in frame.select_dtypes("datetime"):
                assert (frame[column].dropna().dt.hour == 0).all()

    def test_p_codes_in_every_row_of_a_place(self, shareable: dict[str, pd.DataFrame]) -> None:
        known = set(toys.needs().study.world.areas.area_id)
        for name, frame in shareable.items():
            if "adm3_pcode" in frame and name != "gaps":
                assert set(frame["adm3_pcode"]) <= known, name
        gaps = shareable["gaps"]
        assert set(gaps.loc[gaps["adm3_pcode"] == "", "need"]) <= {"hospitals"}  # of all together


class TestFormats:
    def test_what_is_there(self, exported: Path) -> None:
        about = json.loads((exported / "metadata.json").read_text())
        for resource in about["resources"]:
            assert (exported / resource["name"]).stat().st_size > 0
        for key in (
            "title",
            "dataset_source",
            "dataset_date",
            "methodology_other",
            "caveats",
            "license_other",
        ):
            assert about[key], key
        assert "Modelled, not observed" in (exported / "README.txt").read_text()
        dictionary = pd.read_csv(exported / "data_dictionary.csv")
        assert set(dictionary["table"]) == set(folder.TITLES)
        assert not (exported / folder.PRIVATE).exists()

    def test_the_caseload_says_what_the_tables_say_and_no_more(
        self, shareable: dict[str, pd.DataFrame]
    ) -> None:
        """Of the toy's busiest area: its stock at the end of each week, its arrivals, and their sum so far."""
        weekly, stays, came = (
            shareable[name] for name in ("caseload", "sheltered_persons", "arrivals_persons")
        )
        own = weekly[weekly["adm3_name"] == "Lakeside"].set_index("week_to")
        there = stays[(stays["adm3_name"] == "Lakeside") & (stays["shelter"] == "all")].set_index("date")[
            "persons"
        ]
        arrived = came[came["adm3_name"] == "Lakeside"].set_index("week_to")["persons"]
        for day in own.index:
            for kind, of in (("stock", there), ("arrivals", arrived)):
                expected = of.get(day, 0)
                assert expected == own.loc[day, kind], (day, kind)
        assert own["arrivals_so_far"].iloc[-1] == own["arrivals"].sum() > 0
        assert weekly[list(caseload.KINDS)].notna().all(axis=None)
        assert (weekly["stock_low"] <= weekly["stock_high"]).all()
        assert not weekly.duplicated(["scenario", "week_from", "adm3_pcode"]).any()

    def test_csv_and_parquet_say_the_same(self, exported: Path) -> None:
        for name in ("sheltered_persons", "gaps", "flows"):
            text = pd.read_csv(exported / "csv" / f"{name}.csv")
            typed = pd.read_parquet(exported / "parquet" / f"{name}.parquet")
            assert list(text) == list(typed)
            assert len(text) == len(typed)

    def test_hxl_has_a_row_of_tags(self, exported: Path) -> None:
        for path in (exported / "hxl").glob("*.csv"):
            head, tags, *rows = rows_of(path)
            assert {len(head)} == {len(row) for row in (tags, *rows)}
            assert all(tag.startswith("#") for tag in tags)
            assert rows or path.stem == "triggers"  # three runs of a small country trigger nothing

    def test_libhxl_takes_it(self, exported: Path) -> None:
        """In a process of its own: the library leaves files open, which are warnings here."""
        pytest.importorskip("hxl", reason="needs the extra hxl")
        files = sorted(str(path) for path in (exported / "hxl").glob("*.csv"))
        done = subprocess.run(
            [sys.executable, "-c", HXL_CHECK, *files], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        assert done.stdout.splitlines() == [f"{Path(file).stem} 0 errors" for file in files]

    def test_the_workbook_has_a_sheet_a_sector(self, exported: Path) -> None:
        book = openpyxl.load_workbook(exported / "needs.xlsx")
        assert book.sheetnames[:2] == ["Read me", "People"]
        assert {
            "Water, sanitation, hygiene",
            "Shelter",
            "Food",
            "Health, nutrition",
            "Money",
            "Standards",
        } <= set(book.sheetnames)
        assert "Modelled, not observed" in str(book["Read me"]["A2"].value)
        shelter = book["Shelter"]
        heads = [cell.value for cell in shelter[1]]
        assert {
            "P-code",
            "Need",
            "Needed at the end",
            "There is",
            "Short",
            "Short from",
            "organisation",
        } <= set(heads)
        assert shelter.freeze_panes == "A2"
        assert not [c for sheet in book for row in sheet.iter_rows() for c in row if c.data_type == "f"]

    def test_the_workbook_loses_no_decimals(self, exported: Path) -> None:
        """3.5 m2 is not 4, and a share of 0.21 is not 0, whatever else stands in the column."""
        assert [workbook._number_format(v) for v in (3.5, 0.21, 4.0, 1_000, 0.045, 12.25, pd.NaT, "x")] == [
            "#,##0.0", "0.00", "#,##0", "#,##0", "0.0###", "#,##0.0", "General", "General",
        ]  # fmt: skip
        sheet = openpyxl.load_workbook(exported / "needs.xlsx")["Standards"]
        cells = {row[0].value: row[1] for row in sheet.iter_rows(min_row=2)}
        assert (cells["covered_space"].value, cells["covered_space"].number_format) == (3.5, "#,##0.0")
        assert (cells["women_share"].value, cells["women_share"].number_format) == (0.21, "0.00")

    def test_totals_of_the_workbook_are_those_of_the_whole(self, exported: Path) -> None:
        """Hospitals are needed for all people together, not one for each area that has any."""
        needs = toys.needs()
        book = openpyxl.load_workbook(exported / "needs.xlsx")
        rows = table_of(book["Health, nutrition"])
        hospitals = [r for r in rows if r["Need"] == "working hospitals, for all present"]
        everybody = np.median(needs.study.first.people.present[:, -1].sum(axis=1))
        needed = np.ceil(everybody / needs.asked.standards["persons_per_hospital"])
        assert [(r["Sub-district"], r["Needed at the end"]) for r in hospitals] == [("Whole area", needed)]
        centres = [r for r in rows if r["Need"] == "working health centres, for all present"]
        assert centres[0]["Sub-district"] == "Whole area"
        assert centres[0]["Needed at the end"] <= sum(r["Needed at the end"] for r in centres[1:])
        people = table_of(book["People"])
        end = next(name for name in people[0] if name.startswith("displaced people here on 16 January 2020"))
        there = np.median(needs.study.first.people.sheltered[:, -1].sum(axis=(1, 2)))
        assert people[0]["Sub-district"] == "Whole area"
        assert people[0][end] % 100 == 0
        assert people[0][end] == pytest.approx(there, abs=50 * 4 * 6)
        assert people[0]["low (5 %)"] <= people[0][end] <= people[0]["high (95 %)"]

    def test_no_blank_has_two_meanings_and_no_area_is_dropped(self, exported: Path) -> None:
        """A count is always a number, and 0 for fewer than fifty."""
        people = table_of(openpyxl.load_workbook(exported / "needs.xlsx")["People"])
        counts = [
            name for name in people[0] if name.startswith(("displaced", "of them", "arrivals", "low", "high"))
        ]
        assert len(counts) == 3 + 6 + 2
        cells = [row[name] for row in people for name in counts]
        assert all(isinstance(cell, int) for cell in cells)
        assert 0 in cells
        p = disclosure.protected(toys.needs()).study.first.people
        end, come, gone = (
            p.sheltered[:, -1].sum(axis=(0, 2)),
            p.arrivals.sum(axis=(0, 1)),
            p.displaced[:, -1].sum(axis=0),
        )
        assert len(people) == 1 + ((end + come + gone) > 0).sum()

    def test_heads_are_words_and_a_data_dictionary_is_inside(self, exported: Path) -> None:
        book = openpyxl.load_workbook(exported / "needs.xlsx")
        heads = [str(cell.value) for sheet in book.worksheets[1:] for cell in sheet[1]]
        assert not [head for head in heads if "_" in head]
        assert book.sheetnames[-1] == "Data dictionary"
        assert {r["Table"] for r in table_of(book["Data dictionary"])} == set(folder.all_tables(toys.needs()))

    def test_geojson_and_geopackage_carry_outcomes(self, exported: Path) -> None:
        told = json.loads((exported / "sub_districts.geojson").read_text())["features"]
        assert {f["geometry"]["type"] for f in told} <= {"Polygon", "MultiPolygon"}
        values = {f["properties"]["adm3_pcode"]: f["properties"] for f in told}
        assert set(values) == set(toys.needs().study.world.areas.area_id)
        assert any(v["in_open"] for v in values.values())
        assert any(v["short_shelter_places_from"] for v in values.values())
        with sqlite3.connect(exported / "sub_districts.gpkg") as base:
            rows = dict(base.execute("select adm3_pcode, sheltered_persons from sub_districts").fetchall())
            (code,) = base.execute("select srs_id from gpkg_geometry_columns").fetchone()
        base.close()
        assert code == 4326
        assert rows == {area: v["sheltered_persons"] for area, v in values.items()}

    def test_a_layer_a_scenario_and_one_of_which_nothing_is_shown(self, tmp_path: Path) -> None:
        """Of one day nothing is short, and few have moved: every column is empty, and still a column."""
        for border in ("closed", "open"):
            toys.run(tmp_path / "runs", "days=6", f"border={border}")
        needs = tables.reckon(study.read(tmp_path / "runs", toys.source), tables.Asked(standards.read()))
        assert len(needs.study.scenes) == 2
        folder.write(needs, folder.order(["csv", "gpkg", "geojson", "xlsx"], None, [], ""), tmp_path / "out")
        assert len(list((tmp_path / "out").glob("sub_districts_*.geojson"))) == 2
        with sqlite3.connect(tmp_path / "out" / "sub_districts.gpkg") as base:
            layers = [name for (name,) in base.execute("select table_name from gpkg_contents")]
        base.close()
        assert len(layers) == 2
        people = openpyxl.load_workbook(tmp_path / "out" / "needs.xlsx")["People"]
        assert people["A1"].value == "Scenario"

    @pytest.mark.slow
    def test_figures_for_print(self, tmp_path: Path) -> None:
        run = tables.reckon(
            study.read(next(toys.three_runs().iterdir()), toys.source), tables.Asked(standards.read())
        )
        folder.write(run, folder.order(["png", "svg"], None, [], ""), tmp_path / "out")
        names = {path.name for path in (tmp_path / "out" / "figures").iterdir()}
        assert {"map.png", "map.svg", "needs_gaps.png", "needs_breach.svg"} <= names
        assert not {"roads.png", "hours.png"} & names
        from PIL import Image

        with Image.open(tmp_path / "out" / "figures" / "map.png") as picture:
            assert round(picture.info["dpi"][0]) == 300

    def test_without_a_library_the_rest_is_written(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        find = importlib.util.find_spec
        gone = ("openpyxl", "geopandas")
        monkeypatch.setattr(
            importlib.util, "find_spec", lambda name, *a: None if name in gone else find(name, *a)
        )
        wanted = folder.order([], None, [], "")
        assert not {"xlsx", "gpkg"} & set(wanted.formats)
        assert any("pip install 'flightsim[excel]'" in note for note in wanted.notes)
        with pytest.raises(InputError, match=r"pip install 'flightsim\[geo\]'"):
            folder.order(["gpkg"], None, [], "")

    def test_core_formats_import_neither(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        real = builtins.__import__

        def without(name: str, *args: object, **kwargs: object) -> object:
            if name.split(".", maxsplit=1)[0] in ("openpyxl", "geopandas", "pyogrio"):
                raise ImportError(name)
            return real(name, *args, **kwargs)  # type: ignore[arg-type]

        monkeypatch.setattr(builtins, "__import__", without)
        folder.write(
            toys.needs(), folder.order(["csv", "hxl", "parquet", "geojson"], None, [], ""), tmp_path / "out"
        )


class TestBoundaries:
    @property
    def world(self) -> World:
        return toys.needs().study.world

    def test_official_outlines_by_p_code(self, tmp_path: Path) -> None:
        ids = self.world.areas.area_id
        path = outlines(tmp_path / "b.geojson", [*ids, "XX999999"])
        found = geo.boundaries(self.world, path, ids)
        assert list(found) == ids
        assert found[ids[0]]["coordinates"][0][0] == [0, 0]

    def test_a_geopackage_too(self, tmp_path: Path) -> None:
        import geopandas

        ids = self.world.areas.area_id
        geopandas.read_file(outlines(tmp_path / "b.geojson", ids)).to_crs(3857).to_file(tmp_path / "b.gpkg")
        found = geo.boundaries(self.world, tmp_path / "b.gpkg", ids)
        assert found[ids[0]]["coordinates"][0][1] == pytest.approx([1, 0], abs=1e-6)

    def test_unknown_missing_and_double_codes(self, tmp_path: Path) -> None:
        ids = self.world.areas.area_id
        path = outlines(tmp_path / "b.geojson", [ids[0] + "X", ids[1], ids[1], "", *ids[2:]])
        with pytest.raises(InputError) as caught:
            geo.boundaries(self.world, path, ids)
        said = "\n".join(caught.value.complaints)
        assert f"{ids[0]} (Southmarch) has no polygon (did you mean '{ids[0]}X'?)" in said
        assert f"{ids[1]} stands there twice" in said
        assert "feature 4 has no P-code" in said

    @pytest.mark.parametrize("text", ["", "[]", '{"features": 3}', "{"])
    def test_no_map_at_all(self, tmp_path: Path, text: str) -> None:
        (tmp_path / "b.geojson").write_text(text)
        with pytest.raises(InputError, match=r"is not a GeoJSON|cannot be read as GeoJSON"):
            geo.boundaries(self.world, tmp_path / "b.geojson", [])

    def test_other_files_that_are_no_maps(self, tmp_path: Path) -> None:
        (tmp_path / "b.shp").write_text("no map")
        with pytest.raises(InputError, match="cannot be read"):
            geo.boundaries(self.world, tmp_path / "b.shp", [])

    def test_layers_of_scenarios(self) -> None:
        assert geo.layer_names(["<script>"], self.world.areas) == {"<script>": "sub_districts"}
        names = geo.layer_names(["a b", "a-b", "<script>"], self.world.areas)
        assert len(set(names.values())) == 3
        assert names["<script>"] == "sub_districts_script"


class TestFormulas:
    @pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1"])
    def test_neutralised(self, text: str) -> None:
        assert harmless(text) == f"'{text}"

    def test_numbers_and_plain_text_are_left(self) -> None:
        frame = pd.DataFrame({"a": [-1.5], "b": ["a=b"], "-c": ["=x"]})
        safe = harmless_table(frame)
        assert safe.iloc[0].tolist() == [-1.5, "a=b", "'=x"]
        assert list(safe) == ["a", "b", "'-c"]

    def test_a_case_with_evil_names(self, toy_folder: Path, tmp_path: Path) -> None:
        text = (toy_folder / "areas.csv").read_text().replace("Northgate", '"=HYPERLINK(""x"")"')
        (toy_folder / "areas.csv").write_text(text)
        run = toys.run(tmp_path, "days=12", f"case={toy_folder}")
        needs = tables.reckon(study.read(run, toys.source), tables.Asked(standards.read()))
        folder.write(needs, folder.order(["csv", "hxl", "xlsx"], None, [], ""), tmp_path / "out")
        for path in (tmp_path / "out").rglob("*.csv"):
            for row in rows_of(path):
                assert not [cell for cell in row if cell.startswith("=")], path.name
        book = openpyxl.load_workbook(tmp_path / "out" / "needs.xlsx")
        assert not [c for sheet in book for row in sheet.iter_rows() for c in row if c.data_type == "f"]


class TestCommand:
    def test_fine_tables_need_a_flag_and_are_logged(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        target = tmp_path / "out"
        words = ["export", str(toys.three_runs()), "csv", "--to", str(target)]
        assert cli.main(words) == 0
        assert not list(target.rglob("households*"))
        assert cli.main([*words, "--not-for-sharing", "households"]) == 0
        out = capsys.readouterr().out
        assert "keep it to yourself" in out
        assert out.splitlines()[-1] == str(target)
        assert len(list((target / folder.PRIVATE).rglob("households.parquet"))) == 3
        log = (target / folder.LOG).read_text().splitlines()
        assert "shareable tables only" in log[0]
        assert "NOT FOR SHARING" in log[1]
        assert "TAKE NOT_FOR_SHARING/ OUT" in (target / "README.txt").read_text()

    def test_all_complaints_at_once(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert cli.main(["export", str(toys.three_runs()), "exel", "--not-for-sharing", "house"]) == 2
        said = capsys.readouterr().err
        assert "'exel' is no format" in said
        assert "'house' is no table of a run" in said

    def test_nothing_half_written(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        target = tmp_path / "out"
        wanted = folder.order(["csv"], None, [], "")
        folder.write(toys.needs(), wanted, target)
        before = sorted(path.name for path in target.rglob("*"))

        def fails(*_: object) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(metadata, "dictionary", fails)
        with pytest.raises(InputError, match="the disk is full"):
            folder.write(toys.needs(), wanted, target)
        assert sorted(path.name for path in target.rglob("*")) == before
        assert [path.name for path in tmp_path.iterdir()] == ["out"]

    def test_a_place_that_cannot_be_written(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        (tmp_path / "file").write_text("")
        words = ["export", str(toys.three_runs()), "csv", "--to", str(tmp_path / "file" / "out")]
        assert cli.main(words) == 2
        assert "cannot write" in capsys.readouterr().err
