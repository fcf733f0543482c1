"""A case with two, three or four admin levels, and words of its own for them, from the tables to the brief."""

import csv
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from flightsim import cli
from flightsim.case.reading import read_case, shipped_cases
from flightsim.errors import InputError
from flightsim.world import Noun

COUNTIES = "finest_level: 2\nlevels: {1: state, 2: {one: county, many: counties}}\n"
WARDS = "finest_level: 4\ncurrency: {code: XOF, per_usd: 590}\nlevels: {1: region, 2: cercle, 3: commune, 4: ward}\n"
OLD_WORDS = ("sub-district", "ناحي", "نواح", "Idlib", "Turkey", "SNA")


def rows_of(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def write_rows(file: Path, rows: list[dict[str, str]]) -> None:
    with file.open("w", encoding="utf-8", newline="") as stream:
        table = csv.DictWriter(stream, list(rows[0]), lineterminator="\n")
        table.writeheader()
        table.writerows(rows)


def toy_with(folder: Path, levels: str) -> Path:
    """The toy case under other words for its areas."""
    shutil.copytree(shipped_cases()["toy"], folder)
    manifest = (folder / "manifest.yaml").read_text(encoding="utf-8")
    kept = [line for line in manifest.splitlines() if not line.startswith("levels:")]
    text = "\n".join(kept).replace("sub-districts", "areas").replace("Sub-districts", "Areas")
    (folder / "manifest.yaml").write_text(f"{text}\n{levels}", encoding="utf-8")
    return folder


def counties(folder: Path) -> Path:
    """The toy case with its level 3 taken away: two counties."""
    toy_with(folder, COUNTIES)
    areas = rows_of(folder / "areas.csv")
    parent = {row["area_id"]: row["parent_id"] for row in areas if row["level"] == "3"}
    write_rows(folder / "areas.csv", [row for row in areas if row["level"] != "3"])
    for file in ("places.csv", "observations.csv"):
        rows = rows_of(folder / file)
        write_rows(
            folder / file, [row | {"area_id": parent.get(row["area_id"], row["area_id"])} for row in rows]
        )
    outlines = (folder / "outlines.geojson").read_text(encoding="utf-8")
    for code, above in (("TY010101", "TY0101"), ("TY010201", "TY0102")):
        outlines = outlines.replace(f'"{code}"', f'"{above}"')  # a box each, for the map
    (folder / "outlines.geojson").write_text(outlines, encoding="utf-8")
    return folder


def wards(folder: Path) -> Path:
    """The toy case with a fourth level: each commune has a ward of its first place, and one of the others."""
    toy_with(folder, WARDS)
    areas, places = rows_of(folder / "areas.csv"), rows_of(folder / "places.csv")
    first: dict[str, str] = {}
    for place in places:
        commune = place["area_id"]
        number = 1 if first.setdefault(commune, place["place_id"]) == place["place_id"] else 2
        place["area_id"] = f"{commune}0{number}"
        names = {row["area_id"]: row["name_en"] for row in areas}
        if place["area_id"] not in names:
            new = {"area_id": place["area_id"], "level": "4", "parent_id": commune}
            areas.append(areas[-1] | new | {"name_en": f"{names[commune]} {number}"})
    write_rows(folder / "areas.csv", areas)
    write_rows(folder / "places.csv", places)
    outlines = json.loads((folder / "outlines.geojson").read_text(encoding="utf-8"))
    outlines["features"] = [
        {**box, "properties": {"area_id": ward}}
        for box in outlines["features"]
        for ward in (f"{box['properties']['area_id']}0{number}" for number in (1, 2))
    ]  # both wards of a commune have its box: enough for a map
    (folder / "outlines.geojson").write_text(json.dumps(outlines), encoding="utf-8")
    return folder


class TestReading:
    def test_three_levels_in_the_words_of_the_shipped_case(self) -> None:
        areas = read_case("toy").world.areas
        assert areas.level == 3
        assert areas.noun == Noun("sub-district", "sub-districts")
        assert [each.noun.one for each in areas.within] == ["governorate", "district"]
        assert list(areas.columns) == [
            "adm1_pcode", "adm1_name", "adm2_pcode", "adm2_name", "adm3_pcode", "adm3_name", "adm3_name_ar",
        ]  # fmt: skip

    def test_two_levels(self, tmp_path: Path) -> None:
        areas = read_case(counties(tmp_path / "case")).world.areas
        assert (areas.level, areas.area_id) == (2, ["TY0101", "TY0102"])
        assert areas.noun.counted(2) == "2 counties"
        assert [each.area_id for each in areas.within] == [["TY01", "TY01"]]

    def test_four_levels(self, tmp_path: Path) -> None:
        areas = read_case(wards(tmp_path / "case")).world.areas
        assert areas.level == 4
        assert areas.area_id[:2] == ["TY01010101", "TY01010102"]
        assert areas.within[2].area_id[:2] == ["TY010101", "TY010101"]
        assert areas.within[2].name[:2] == ["Southmarch", "Southmarch"]
        assert set(areas.within[0].area_id) == {"TY01"}
        assert areas.code_column == "adm4_pcode"

    def test_a_case_without_words_speaks_of_areas(self, tmp_path: Path) -> None:
        assert read_case(toy_with(tmp_path / "case", "")).world.areas.noun == Noun("area", "areas")

    @pytest.mark.parametrize(
        ("levels", "said"),
        [
            ("finest_level: 5\n", "finest_level is 5; expected 2, 3 or 4"),
            ("finest_level: [3]\n", "finest_level is no single number; expected 2, 3 or 4"),
            ("levels: {4: ward}\n", "levels names level 4; expected none finer than finest_level, 3"),
            ("levels: {three: ward}\n", "levels has 'three'; expected levels 1 to 4"),
            ("levels: {3: {one: county}}\n", "levels, 3 is a set of keys; expected a word, or one and many"),
            ("levels: commune\n", "levels is 'commune'; expected a word for an area of each level"),
            ("currency: XOF\n", "currency is 'XOF'; expected its code and how much of it one US dollar is"),
            ("currency: {code: XOF, per_usd: -1}\n", "currency is a set of keys; expected its code"),
            ("language: french\n", "language is 'french'; expected a code of two or three letters"),
            ("finest_level: 2\n", "areas.csv row 5: level is 3; expected at most 2, the finest_level"),
            ("finest_level: 4\n", "area_id is 'TY010101'; expected an area_id of level 4 in areas.csv"),
        ],
    )
    def test_what_is_wrong_is_said(self, tmp_path: Path, levels: str, said: str) -> None:
        with pytest.raises(InputError) as found:
            read_case(toy_with(tmp_path / "case", levels))
        assert said in str(found.value)

    def test_names_in_the_language_of_the_country(self, tmp_path: Path) -> None:
        folder = toy_with(tmp_path / "case", "language: fr\n")
        for file in ("areas.csv", "places.csv", "crossings.csv"):
            rows = rows_of(folder / file)
            renamed = [{("name_local" if k == "name_ar" else k): v for k, v in row.items()} for row in rows]
            write_rows(folder / file, [row | {"name_local": f"Le {row['name_en']}"} for row in renamed])
        areas = read_case(folder).world.areas
        assert areas.name_local[0] == "Le Southmarch"
        assert areas.columns["adm3_name_fr"] == areas.name_local


@pytest.mark.parametrize(
    ("noun", "plural"),
    [("commune", "communes"), ("county", "counties"), ("parish", "parishes"), ("way", "ways")],
)
def test_plurals(noun: str, plural: str) -> None:
    assert Noun.of(noun) == Noun(noun, plural)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("made", "level", "words"),
    [(counties, 2, ("county", "counties")), (wards, 4, ("ward", "wards"))],
    ids=["counties", "wards"],
)
def test_from_run_to_brief_in_its_own_words(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    made: Callable[[Path], Path],
    level: int,
    words: tuple[str, str],
) -> None:
    case, out = made(tmp_path / "case"), tmp_path / "out"
    one, many = words
    assert cli.main(["describe", f"case={case}"]) == 0
    described = capsys.readouterr().out
    assert f"12 places in {len(read_case(case).world.areas)} {many}" in described
    run = ["run", f"case={case}", "name=mine", "days=14", "step_hours=6", "replicates=2", f"results={out}"]
    assert cli.main(run) == 0
    done = out
    for command in ("needs", "export", "compare", "validate"):
        assert cli.main([command, str(done)]) == 0, command
    assert cli.main(["brief", str(done), "--language", "en,ar"]) == 0
    told = described + capsys.readouterr().out
    texts = {
        str(path.relative_to(done)): path.read_text(encoding="utf-8")
        for path in done.rglob("*")
        if path.suffix in (".txt", ".html", ".csv", ".json", ".geojson", ".md")
    }
    assert any(name.endswith("brief_en.html") or "brief" in name for name in texts)
    for name, text in {"screen": told, **texts}.items():
        assert not [word for word in OLD_WORDS if word in text], name
    brief = next(text for name, text in texts.items() if "brief" in name and "ar" not in Path(name).stem)
    assert f"by {one}" in brief
    export = next(path for path in done.rglob("sheltered_persons.csv") if path.parent.name == "csv")
    columns = pd.read_csv(export).columns
    assert f"adm{level}_pcode" in columns
    assert f"adm{level + 1}_pcode" not in columns
    assert ("At XOF 590 a dollar: XOF " in told) == (made is wards)
    layer = next(done.rglob("*.geojson"))
    assert layer.stem == many
