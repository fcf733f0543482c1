"""The page on cases makes a case of eight places by hand: what it shows is typed, checked and run."""

import re
import shlex
from pathlib import Path

import pytest

from flightsim import cli
from flightsim.case.columns import TABLES
from flightsim.case.observations import FILE as OBSERVATIONS
from flightsim.case.reading import read_case
from flightsim.config import compose
from flightsim.scenario import from_config

PAGE = Path(__file__).resolve().parents[1] / "docs" / "cases.md"
FILE = re.compile(r"^### \d+\. `([\w.]+)`\n.*?^```(?:csv|yaml)\n(.*?)^```", re.DOTALL | re.MULTILINE)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Path:
    """The folder of the page's reader, who has done all that it says up to the check."""
    monkeypatch.chdir(tmp_path)
    assert cli.main(["case", "new", "eight"]) == 0
    for name, text in FILE.findall(PAGE.read_text(encoding="utf-8")):
        assert (tmp_path / "eight" / name).is_file(), f"{name} is in no new case"
        (tmp_path / "eight" / name).write_text(text, encoding="utf-8")
    capsys.readouterr()
    return tmp_path


def test_the_page_shows_every_file_of_a_case() -> None:
    shown = [name for name, _ in FILE.findall(PAGE.read_text(encoding="utf-8"))]
    assert sorted(shown) == sorted(["manifest.yaml", *TABLES, OBSERVATIONS])


def test_the_check_prints_what_the_page_says(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["case", "check", "eight"]) == 0
    [said] = re.findall(r"^```text\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    assert capsys.readouterr().out == said
    assert (desk / "eight_map.png").is_file()
    assert len(read_case(desk / "eight").world.places) == 8


@pytest.mark.slow
def test_its_commands_are_understood_and_the_case_runs(desk: Path) -> None:
    page = PAGE.read_text(encoding="utf-8")
    lines = [
        line for block in re.findall(r"```bash\n(.*?)```", page, re.DOTALL) for line in block.splitlines()
    ]
    runs = [shlex.split(line)[2:] for line in lines if line.startswith("flightsim run")]
    assert len(runs) == 2
    for words in runs:
        (job,) = compose.jobs([*words, "days=8"])
        scenario = from_config(job.config)
        assert "8 places in 2 districts" in scenario.describe()
        model = scenario.model()
        model.run_model()
        table = model.recorder.tables()["households"]
        assert set(table.loc[table["n_moves"] > 0, "home_place"]) >= {"K1"}
