"""Names and P-codes are texts wherever they are written: in files, in experiments and on the command line."""

from pathlib import Path

import pytest

from flightsim import cli
from flightsim.config import compose
from flightsim.errors import InputError

PERIOD = "from: 2020-01-09, to: 2020-01-10"
SHORT = [
    "days=9",
    "population.scale=0.1",
    "exodus=prescribed",
    "exodus.persons=null",
    "exodus.days=6",
    "step_hours=6",
]
HEAD = "# @package _global_\n"


@pytest.fixture
def folder(toy_folder: Path) -> Path:
    """The toy case with a P-code of digits, an apostrophe, an Arabic letter and two sub-districts of one name."""
    renamed = {"TY010101": "010101", "Midvale": "A'zaz", "Northgate": "Dana", "Lakeside": "Dana"}
    for file in toy_folder.glob("*"):
        text = file.read_text(encoding="utf-8")
        for old, new in renamed.items():
            if old.startswith("TY") or file.name == "areas.csv":
                text = text.replace(old, new)
        file.write_text(text, encoding="utf-8")
    return toy_folder


def asked(areas: str) -> dict[str, float]:
    (job,) = compose.jobs([f"exodus.areas={areas}", "exodus=prescribed"])
    return dict(job.config["exodus"]["areas"])


@pytest.mark.parametrize(
    ("areas", "expected"),
    [
        ("{010101: 5}", {"010101": 5}),
        ("{'010101': 5}", {"010101": 5}),
        ("{A'zaz: 0.4, Mare': 0.6}", {"A'zaz": 0.4, "Mare'": 0.6}),
        ("{\"Ma'arrat An Nu'man\": 1}", {"Ma'arrat An Nu'man": 1}),
        ("{حلب: 1}", {"حلب": 1}),
        ("{A’zaz: 1, 'Kafr, Nobol': 2}", {"A’zaz": 1, "Kafr, Nobol": 2}),
        ("{hidden_name: 1}", {"hidden_name": 1}),
    ],
)
def test_keys_on_the_command_line(areas: str, expected: dict[str, float]) -> None:
    assert asked(areas) == expected


def test_names_in_a_list_on_the_command_line() -> None:
    (job,) = compose.jobs([f"events.phases=[{{area: A'zaz, {PERIOD}}}, {{area: 010101, {PERIOD}}}]"])
    assert [phase["area"] for phase in job.config["events"]["phases"]] == ["A'zaz", "010101"]


def test_what_cannot_be_read_says_how() -> None:
    with pytest.raises(InputError, match="or its P-code"):
        asked('{A"b: 2}')


def test_a_run_counts_by_such_names(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = [f"case='{folder}'", f"results='{tmp_path}/r'", "figures=false", *SHORT]
    assert cli.main(["run", *lines, "exodus.areas={010101: 600, A'zaz: 500}"]) == 0
    assert cli.main(["describe", *lines, "exodus.areas={Dana: 5}"]) == 2
    said = capsys.readouterr().err
    assert "'Dana' is the name of 2 sub-districts; choose one by its P-code: TY010201, TY010202" in said


def test_a_key_that_yaml_makes_a_number_is_refused(tmp_path: Path) -> None:
    own = tmp_path / "experiment"
    own.mkdir()
    text = "case: toy\ndefaults:\n  - override /exodus: prescribed\nexodus:\n  areas: {%s: 5}\n"
    (own / "mine.yaml").write_text(HEAD + text % "010101")
    with pytest.raises(InputError, match=r"the name 010101 is no text.*put quotes around it: '010101'"):
        compose.jobs(["experiment=mine"], config_dir=tmp_path)
    (own / "mine.yaml").write_text(HEAD + text % "'010101'")
    (job,) = compose.jobs(["experiment=mine"], config_dir=tmp_path)
    assert job.config["exodus"]["areas"] == {"010101": 5}


@pytest.mark.parametrize("override", ["name=2020_01_15", "name=1e5", "case=2020", "results=2020_01"])
def test_a_text_that_looks_like_a_number(override: str) -> None:
    key, _, value = override.partition("=")
    with pytest.raises(InputError) as caught:
        compose.jobs([override])
    assert f"\"{key}='{value}'\"" in str(caught.value)
    (job,) = compose.jobs([f"{key}='{value}'"])
    assert job.config[key] == value


def test_two_of_one_name_are_told_apart_in_words(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [f"case='{folder}'", f"results='{tmp_path}/r'", "figures=false", "days=12", "step_hours=6"]
    assert cli.main(["run", *lines]) == 0
    said = capsys.readouterr().out
    assert "Dana, TY010201" in said or "Dana, TY010202" in said
    assert "Dana (" not in said
