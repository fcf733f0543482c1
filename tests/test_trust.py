"""Results that were edited, or whose tables are gone, do not pass as a run's; --accept-edited says what was edited."""

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest

from flightsim import cli, results
from flightsim.case.reading import read_case
from flightsim.errors import InputError
from flightsim.plots import style
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


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sweep of two runs as it was written. Not to be changed."""
    folder = tmp_path_factory.mktemp("made") / "sweep"
    asked = [
        *TOY[:2],
        "days=12",
        "step_hours=6",
        "population.scale=0.05",
        "replicates=2",
        f"results='{folder}'",
    ]
    assert cli.main(asked) == 0
    return folder


@pytest.fixture
def sweep(made: Path, tmp_path: Path) -> Path:
    """The same, to spoil."""
    return Path(shutil.copytree(made, tmp_path / "sweep"))


def first(sweep: Path) -> Path:
    """A run of it."""
    return min(file.parent for file in sweep.glob("**/provenance.json"))


def made_by(command: str, sweep: Path, *options: str) -> str:
    """The words in all that a command makes of a sweep, or of its first run."""
    before = set(sweep.rglob("*"))
    assert cli.main([command, str(first(sweep) if command == "animate" else sweep), *options]) == 0
    files = sorted(set(sweep.rglob("*")) - before)
    assert files
    texts = (".txt", ".json", ".html", ".md", ".csv")
    return "".join(file.read_text(encoding="utf-8") for file in files if file.suffix in texts)


@pytest.mark.parametrize("command", COMMANDS)
def test_accepted_edits_are_said_on_the_products(
    command: str, sweep: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    raised(first(sweep))
    said = f"EDITED SINCE THE RUN: measures.parquet in {first(sweep).name}"
    products = made_by(command, sweep, "--accept-edited")
    assert said in capsys.readouterr().err
    assert said in products or command == "animate"  # which makes a picture, with it in its foot
    with pytest.raises(InputError):  # and no later command reads it
        results.load(first(sweep))
    assert trust.notes() == []


def test_figures_bear_the_edit(run: Path) -> None:
    raised(run)
    world = read_case("toy").world
    with trust.accepting():
        found = results.load(run)
        assert style.footer(found, world).count("EDITED SINCE THE RUN: measures.parquet") == 1
    assert "EDITED" not in style.footer(found, world)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_code_or_case_that_changed_since_is_said(
    command: str, sweep: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for file in sweep.glob("**/provenance.json"):
        about = json.loads(file.read_text())
        about["code"] = "0.1.0+0123456789ab"
        about["inputs"] |= {"roads.csv": "0" * 64, "ferries.csv": "0" * 64}
        file.write_text(json.dumps(about))
    said = made_by(command, sweep) + "".join(capsys.readouterr())
    assert "another state of the code (0.1.0+0123456789ab; this is " in said
    assert "The case was changed since the runs were made: " in said
    assert "roads.csv" in said
    assert "ferries.csv (gone)" in said
