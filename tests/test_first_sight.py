"""Input that can lead nowhere is refused at its first sight, in one line."""

import csv
from pathlib import Path

import pytest

from flightsim import cli
from flightsim.case.reading import read_case
from flightsim.errors import InputError


@pytest.mark.parametrize(
    ("override", "said"),
    [
        (
            "seed=123456789012345678901234567890",
            "seed is 123456789012345678901234567890; expected a whole number",
        ),
        ("start=2020-W01-3", "start is '2020-W01-3'; expected a date such as 2019-12-01"),
        ("start=9999-12-31", "start is '9999-12-31'; expected a date"),
        ("count_from=2020-W01-3", "expected a date such as 2019-12-23, or null"),
        ("days=99999999999999999999", "expected a whole number from 1 to 3660"),
        ("border=glob(zzz*)", "stands for nothing at all"),
        ("days=glob(*)", "glob chooses among the options of"),
        ("seed=123456789012345678901234567890,2", "expected a whole number from 0"),
    ],
)
def test_one_line(override: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    many = ["-m"] if "glob" in override or ",2" in override else []
    assert cli.main(["run", *many, "case=toy", f"results='{tmp_path}/r'", override]) == 2
    (told,) = capsys.readouterr().err.splitlines()
    assert said in told
    assert not (tmp_path / "r").exists()


def test_a_case_without_an_end(toy_folder: Path) -> None:
    manifest = toy_folder / "manifest.yaml"
    text = manifest.read_text(encoding="utf-8")
    (end,) = (line for line in text.splitlines() if line.startswith("end:"))
    manifest.write_text(text.replace(end, "end: 9999-12-31"), encoding="utf-8")
    with pytest.raises(
        InputError, match=r"^manifest\.yaml: end is 9999-12-31; expected a year from 1900 to 2199$"
    ):
        read_case(toy_folder)


def test_a_case_longer_than_a_run(toy_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    manifest = toy_folder / "manifest.yaml"
    text = manifest.read_text(encoding="utf-8")
    (end,) = (line for line in text.splitlines() if line.startswith("end:"))
    manifest.write_text(text.replace(end, "end: 2150-12-31"), encoding="utf-8")
    assert cli.main(["describe", f"case='{toy_folder}'"]) == 2
    assert "days is not given and the case has 47,847" in capsys.readouterr().err
    assert cli.main(["describe", f"case='{toy_folder}'", "days=3"]) == 0


def test_a_scale_that_leaves_nobody(
    toy_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Thirty people, when one household of the model stands for a thousand."""
    for name, columns in (
        ("places.csv", {"residents_persons": "3", "idps_persons": "0"}),
        ("sites.csv", {"population_persons": "0"}),
    ):
        path = toy_folder / name
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        for row in rows:
            row |= {column: few for column, few in columns.items() if row[column] != "0"}
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    for command in ("describe", "run"):
        asked = [
            command,
            f"case='{toy_folder}'",
            "days=2",
            f"results='{tmp_path}/r'",
            "population.scale=0.001",
        ]
        assert cli.main(asked) == 2
        (said,) = capsys.readouterr().err.splitlines()
        assert "population.scale is 0.001: nobody is left of" in said
