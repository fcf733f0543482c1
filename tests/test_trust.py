"""Results that were edited, or whose tables are gone, do not pass as a run's; --accept-edited says what was edited."""

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest

from flightsim import cli, results
from flightsim.errors import InputError
from flightsim.results import trust

pytestmark = pytest.mark.slow  # whole runs

TOY = ["run", "case=toy", "days=2", "population.scale=0.05", "figures=false"]
COMMANDS = ("needs", "export", "validate", "animate", "triggers", "brief", "compare")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run as it was written. Not to be changed."""
    folder = tmp_path_factory.mktemp("whole")
    assert cli.main([*TOY, "name=a", f"results='{folder}'"]) == 0
    (run,) = (folder / "a").glob("[0-9a-f]*")
    return run


@pytest.fixture
def run(whole: Path, tmp_path: Path) -> Path:
    """The same, to spoil."""
    return Path(shutil.copytree(whole, tmp_path / "a" / whole.name))


def raised(run: Path) -> None:
    """People sheltered, times 50."""
    file = run / "measures.parquet"
    table = pd.read_parquet(file)
    table.loc[table["measure"] == "sheltered_persons", "value"] *= 50
    table.to_parquet(file, index=False)


@pytest.mark.parametrize("command", COMMANDS)
def test_an_edited_table_is_refused_by_every_reader(
    command: str, run: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    raised(run)
    before = sorted(run.rglob("*"))
    assert cli.main([command, str(run)]) == 2
    (told,) = capsys.readouterr().err.splitlines()
    assert f"{run / 'measures.parquet'} is damaged or was changed by hand" in told
    assert sorted(run.rglob("*")) == before  # nothing was made of it


def test_an_edited_run_is_not_there_already(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    again = [*TOY, "name=a", f"results='{run.parents[1]}'"]
    assert cli.main(again) == 0
    assert "there already" in capsys.readouterr().err
    (run / "flows.parquet").unlink()
    (run / "households.parquet").unlink()
    assert cli.main(again) == 2
    assert "flows.parquet is gone" in capsys.readouterr().err


def test_what_is_not_for_sharing_may_be_taken_out(run: Path) -> None:
    (run / "households.parquet").unlink()
    assert len(results.load(run).measures)
    (run / "measures.parquet").unlink()
    with pytest.raises(InputError, match=r"measures\.parquet is gone"):
        results.load(run)


def test_accepted_edits_are_said_on_the_products(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    raised(run)
    said = f"EDITED SINCE THE RUN: measures.parquet in {run.name}"
    for command in ("needs", "compare"):
        assert cli.main([command, str(run), "--accept-edited"]) == 0
        assert said in capsys.readouterr().out
    assert any(said in file.read_text() for file in (run / "needs").glob("*.json"))
    with pytest.raises(InputError):  # and no later command reads it
        results.load(run)
    assert trust.notes() == []


def test_a_code_or_case_that_changed_since_is_said(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = run / "provenance.json"
    about = json.loads(file.read_text())
    about["code"] = "0.1.0+0123456789ab"
    about["inputs"]["roads.csv"] = "0" * 64
    file.write_text(json.dumps(about))
    assert cli.main(["needs", str(run)]) == 0
    said = capsys.readouterr().out
    assert "another state of the code (0.1.0+0123456789ab; this is " in said
    assert "The case was changed since the runs were made: roads.csv" in said
