"""``flightsim case new``: a folder that runs at once, or nothing at all."""

import errno
from pathlib import Path

import pytest

from flightsim import cli
from flightsim.case import guide
from flightsim.case.columns import OPTIONAL_TABLES, TABLES
from flightsim.case.manifest import FACTS, LISTS, MANIFEST
from flightsim.case.observations import FILE as OBSERVATIONS
from flightsim.case.reading import read_case
from flightsim.config import compose
from flightsim.scenario import from_config


def test_a_new_case_is_read_without_a_word_and_named_after_its_folder(tmp_path: Path) -> None:
    assert cli.main(["case", "new", str(tmp_path / "Süd 1")]) == 0
    case = read_case(tmp_path / "Süd 1")
    assert not case.warnings
    assert case.world.name == "Süd 1"
    assert case.world.places.residents_persons.sum() + case.world.places.idps_persons.sum() == 3600
    for file in (*TABLES, OBSERVATIONS):
        assert len((case.folder / file).read_text(encoding="utf-8").splitlines()) > 1 + (
            file != "crossings.csv"
        )


def test_a_new_case_runs_and_the_bombed_town_leaves_for_the_camp(tmp_path: Path) -> None:
    assert cli.main(["case", "new", str(tmp_path / "mine")]) == 0
    (job,) = compose.jobs([f"case={tmp_path / 'mine'}", "name=mine", "days=14"])
    model = from_config(job.config).model()
    model.run_model()
    households = model.recorder.tables()["households"]
    left = households[households["n_moves"] > 0]
    assert set(left["home_place"]) == {"P2"}  # the one place that is bombed
    assert set(left["place_now"]) <= {"P3", ""}  # the only other one
    assert (left["place_now"] == "P3").mean() > 0.9
    assert 0 < (left["persons"] * left["weight"]).sum() <= 2200


def test_the_readme_explains_every_column_and_key(tmp_path: Path) -> None:
    assert cli.main(["case", "new", str(tmp_path / "mine")]) == 0
    readme = (tmp_path / "mine" / "README.md").read_text(encoding="utf-8")
    for file, columns in (TABLES | OPTIONAL_TABLES).items():
        assert f"## {file}" in readme
        assert guide.ROWS[file] in readme
        for name, column in columns.items():
            assert column.meaning, f"{file}: {name} is not explained"
            assert f"| `{name}` | {column.meaning} |" in readme
    for name, fact in FACTS.items():
        assert fact.meaning
        assert f"| `{name}` | {fact.meaning} |" in readme
    assert all(f"`{name}`" in readme for name in LISTS)


def test_an_empty_folder_is_taken_and_a_full_one_left_as_it_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    assert cli.main(["case", "new", str(folder)]) == 0
    (folder / MANIFEST).write_text("mine", encoding="utf-8")
    capsys.readouterr()
    assert cli.main(["case", "new", str(folder)]) == 2
    assert (
        capsys.readouterr().err
        == f"flightsim: {folder} is there and not empty; choose another name, nothing was written\n"
    )
    assert (folder / MANIFEST).read_text(encoding="utf-8") == "mine"
    assert cli.main(["case", "new", str(folder / MANIFEST)]) == 2
    assert "is a file; choose another name" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "said"), [("toy", "shipped case"), ("..", "cannot be the name"), ("a:b", "cannot be the name")]
)
def test_a_name_that_no_case_can_have_is_refused(
    name: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert cli.main(["case", "new", name]) == 2
    assert said in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_a_folder_that_may_not_be_written_is_named_and_nothing_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(*_: object, **__: object) -> str:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr("flightsim.files.atomic.tempfile.mkdtemp", refuse)
    assert cli.main(["case", "new", str(tmp_path / "mine")]) == 2
    assert (
        capsys.readouterr().err
        == f"flightsim: cannot write {tmp_path / 'mine'}: the file system is read-only\n"
    )
    assert not list(tmp_path.iterdir())


def test_a_disk_that_fills_leaves_nothing_half_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(*_: object, **__: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_text", refuse)
    assert cli.main(["case", "new", str(tmp_path / "mine")]) == 2
    assert "the disk is full" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())
