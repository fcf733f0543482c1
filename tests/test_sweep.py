"""Sweeps: the same bytes anywhere, resumed from any moment, and told what cannot be."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from flightsim import cli, results
from flightsim.errors import InputError
from flightsim.files.atomic import write_text
from flightsim.results import gather, runs, sweeps
from flightsim.scenario import Scenario
from flightsim.sweeps import batch, plan
from flightsim.sweeps import run as sweep
from flightsim.sweeps.batch import Task

pytestmark = pytest.mark.slow  # whole commands

TOY = ["case=toy", "start=2020-01-05", "days=2", "population.scale=0.1"]
TWO = [*TOY, "border=closed,open", "replicates=2"]


def made(*overrides: str, folder: Path, workers: int = 1) -> sweeps.Sweep:
    """A sweep of the toy case, in this process unless said otherwise."""
    words = [*TOY, *overrides, f"results='{folder}'", f"workers={workers}"]
    return sweep.run(plan.make(words, many=True, command=["flightsim", "run", *words]))


def tables(folder: Path) -> dict[str, bytes]:
    """Every table of every run of a sweep, by its path in the folder."""
    files = sorted([*folder.glob("*/*.parquet"), *folder.glob("*/summary.csv"), folder / "summary.csv"])
    return {str(file.relative_to(folder)): file.read_bytes() for file in files}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An undisturbed sweep of two scenarios with two replicates. Not to be changed."""
    folder = tmp_path_factory.mktemp("whole") / "sweep"
    made(*TWO, folder=folder)
    return folder


@pytest.fixture
def copy(whole: Path, tmp_path: Path) -> Path:
    """The same, to spoil."""
    return Path(shutil.copytree(whole, tmp_path / "copy"))


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The run_id of every run that is made in this process from now on."""
    ids: list[str] = []
    run = Scenario.run

    def counting(self: Scenario, *words: Any, **named: Any) -> Any:
        ids.append(self.run_id)
        return run(self, *words, **named)

    monkeypatch.setattr(Scenario, "run", counting)
    return ids


def test_the_folder_says_what_the_sweep_is(whole: Path) -> None:
    read = gather.read(whole)
    assert (read.name, read.scenarios, read.baseline) == (
        "toy",
        ("border=closed", "border=open"),
        "border=closed",
    )
    assert read.axes == (sweeps.Axis("border", "lever", ("closed", "open")),)
    assert list(read.runs["seed"]) == [1, 2, 1, 2]
    assert list(read.runs["replicate"]) == [0, 1, 0, 1]
    assert set(read.runs["status"]) == {"done"}
    assert list(read.runs["border"]) == ["closed", "closed", "open", "open"]
    for path, seed in zip(read.runs["path"], read.runs["seed"], strict=True):
        run = results.load(path)
        assert run.seed == seed
        assert not list((path / "figures").iterdir())  # a thousand runs need no pictures
        assert not set(run.config) & {"replicates", "workers", "uncertainty"}
    summary = pd.read_csv(whole / "summary.csv")
    assert set(summary["scenario"]) == set(read.scenarios)
    assert set(summary["runs"]) == {2}


@pytest.mark.slow
def test_two_workers_give_the_same_bytes_as_one(whole: Path, tmp_path: Path) -> None:
    made(*TWO, folder=tmp_path / "two", workers=2)
    assert tables(tmp_path / "two") == tables(whole)


def test_only_what_is_missing_is_run(copy: Path, counted: list[str]) -> None:
    before = tables(copy)
    gone = list(gather.read(copy).runs["path"])[1:3]
    for path in gone:
        shutil.rmtree(path)
    assert list(gather.read(copy).runs["status"]) == ["done", "missing", "missing", "done"]
    again = made(*TWO, folder=copy)
    assert sorted(counted) == sorted(path.name for path in gone)
    assert set(again.runs["status"]) == {"done"}
    assert tables(copy) == before


def test_a_finished_run_is_known_by_its_content_not_its_name(copy: Path, counted: list[str]) -> None:
    first = Path(gather.read(copy).runs["path"].iloc[0])
    (copy / "put aside").mkdir()
    first.rename(copy / "put aside" / "my favourite")
    again = made(*TWO, folder=copy)
    assert not counted
    assert again.runs["run"].iloc[0] == "put aside/my favourite"
    assert set(again.runs["status"]) == {"done"}


@pytest.mark.slow
def test_more_replicates_go_into_the_same_sweep_and_fewer_take_nothing_away(
    copy: Path, counted: list[str]
) -> None:
    more = made(*TWO[:-1], "replicates=3", folder=copy)
    assert len(counted) == 2
    assert (more.replicates, len(more.done)) == (3, 6)
    fewer = made(*TWO[:-1], "replicates=2", folder=copy)
    assert len(counted) == 2
    assert (fewer.replicates, len(fewer.done)) == (3, 6)


@pytest.mark.slow
def test_the_same_command_finds_its_sweep_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, counted: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    words = ["run", "-m", *TOY, "seed=1,2", "workers=1"]
    assert cli.main(words) == 0
    folder = Path(capsys.readouterr().out.splitlines()[-1])
    assert folder.parent == tmp_path / "results" / "toy"
    assert len(counted) == 2
    assert cli.main(words) == 0
    out, err = capsys.readouterr()
    assert Path(out.splitlines()[-1]) == folder
    assert "2 of 2 runs are there already" in err
    assert len(counted) == 2
    assert cli.main([*words, "days=1"]) == 0  # another sweep
    assert Path(capsys.readouterr().out.splitlines()[-1]) != folder


def test_scenarios_that_amount_to_the_same_run_once_and_are_listed_twice(
    tmp_path: Path, counted: list[str]
) -> None:
    own = tmp_path / "conf" / "experiment"
    own.mkdir(parents=True)
    own.joinpath("twice.yaml").write_text(
        "# @package _global_\nname: twice\ncase: toy\ndays: 1\nbaseline: other\n"
        "scenarios: {one: [border=open], other: [border.policy=open]}\n"
    )
    words = ["experiment=twice", f"results='{tmp_path / 'out'}'", "workers=1"]
    done = sweep.run(plan.make(words, config_dir=tmp_path / "conf"))
    assert len(counted) == 1
    assert (done.scenarios, done.baseline) == (("one", "other"), "other")
    assert done.runs["run"].nunique() == 1
    assert len(done.done) == 2


def test_one_failing_run_does_not_stop_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run = Scenario.run

    def failing(self: Scenario, *words: Any, **named: Any) -> Any:
        if self.seed == 2:
            raise RuntimeError("people were lost on day 2\nat C1234")
        return run(self, *words, **named)

    monkeypatch.setattr(Scenario, "run", failing)
    words = ["run", "-m", *TOY, "seed=1,2,3", "workers=1", f"results='{tmp_path / 'out'}'"]
    assert cli.main(words) == 1
    out, err = capsys.readouterr()
    assert out.splitlines()[-1] == str(tmp_path / "out")
    assert "2 of 3 runs done" in out
    assert "failed: toy, seed 2: RuntimeError: people were lost on day 2 at C1234" in err
    assert "Traceback" not in err
    read = gather.read(tmp_path / "out")
    assert list(read.runs["status"]) == ["done", "failed", "done"]
    assert "people were lost" in read.runs["error"].iloc[1]
    monkeypatch.setattr(Scenario, "run", run)
    assert cli.main(words) == 0  # what failed is tried again
    assert len(gather.read(tmp_path / "out").done) == 3


def test_a_full_disk_ends_the_sweep_with_a_cure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], counted: list[str]
) -> None:
    write, tried = runs.write_run, []

    def full(*words: Any, **named: Any) -> Any:
        tried.append(words)
        if len(tried) == 2:
            error = InputError(f"cannot write {words[0]}: the disk is full")
            raise error from OSError(28, "No space left on device")
        return write(*words, **named)

    monkeypatch.setattr(runs, "write_run", full)
    words = ["run", "-m", *TOY, "seed=1,2,3", "workers=1", f"results='{tmp_path / 'out'}'"]
    assert cli.main(words) == 2
    assert "the disk is full; what is finished is kept" in capsys.readouterr().err
    assert len(counted) == 2  # the third would fail as well
    assert list(gather.read(tmp_path / "out").runs["status"]) == ["done", "failed", "missing"]


FULL_DISK = """
import os, pathlib
synced = os.fsync

def fsync(handle):
    if len(list(pathlib.Path(os.environ["SWEEP"]).glob("[0-9a-f]*/provenance.json"))) >= 2:
        raise OSError(28, "No space left on device")
    synced(handle)

os.fsync = fsync
"""


@pytest.mark.parametrize("workers", [1, 2])
def test_a_disk_that_fills_up_ends_every_process(workers: int, tmp_path: Path) -> None:
    folder = tmp_path / "sweep"
    (tmp_path / "sitecustomize.py").write_text(FULL_DISK)  # Python reads it in the workers, too
    path = os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])
    words = ["run", "-m", *TOY, "seed=1,2,3,4,5,6", f"workers={workers}", f"results='{folder}'"]
    ended = subprocess.run(
        [sys.executable, "-m", "flightsim.cli", *words], capture_output=True, text=True, timeout=120,
        env={**os.environ, "PYTHONPATH": path, "SWEEP": str(folder)},
    )  # fmt: skip
    assert ended.returncode == 2
    (told,) = ended.stderr.splitlines()
    assert told.startswith(f"flightsim: cannot write {folder}")
    assert "the disk is full; what is finished is kept: make room, then the same command goes on" in told
    there = finished(folder)
    assert 2 <= there <= 3  # another may end at the same moment
    assert not [path.name for path in folder.iterdir() if "unfinished" in path.name]
    again = made("seed=1,2,3,4,5,6", folder=folder)
    assert len(again.done) == 6


def test_a_sweep_killed_before_it_was_marked_goes_on(copy: Path, counted: list[str]) -> None:
    (copy / "sweep.yaml").unlink()
    for name in ("runs.csv", "summary.csv"):
        (copy / name).unlink()
    assert (copy / "README.txt").exists()
    assert len(made(*TWO, folder=copy).done) == 4
    assert counted == []  # and what was finished is kept


def test_the_mark_of_a_sweep_is_written_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Killed(BaseException):
        pass

    def killed(path: Path, text: str) -> None:
        written.append(path.name)
        write_text(path, text)
        raise Killed

    written: list[str] = []
    monkeypatch.setattr(sweeps, "write_text", killed)
    with pytest.raises(Killed):
        made(*TWO, folder=tmp_path / "sweep")
    assert written[0] == "sweep.yaml"
    monkeypatch.undo()
    assert len(made(*TWO, folder=tmp_path / "sweep").done) == 4


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(InputError, match="is a file, not a folder"):
        made(*TWO, folder=tmp_path / "file")
    if Path("/proc/self").exists():
        with pytest.raises(InputError, match="cannot write /proc"):
            made(*TWO, folder=Path("/proc/sweep"))


def test_a_folder_that_holds_something_else_is_left_alone(copy: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds another sweep"):
        made(*TWO, "step_hours=2", folder=copy)
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "runs.csv").write_text("mine")
    with pytest.raises(InputError, match="is in the way"):
        made(*TWO, folder=mine)
    assert (mine / "runs.csv").read_text() == "mine"


def test_a_folder_of_another_version_is_told(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    about = (copy / "sweep.yaml").read_text()
    code = next(line for line in about.splitlines() if line.startswith("code:"))
    hash_ = next(line for line in about.splitlines() if line.startswith("hash:"))
    (copy / "sweep.yaml").write_text(about.replace(code, "code: 0.0.9+abc").replace(hash_, "hash: abc"))
    with pytest.raises(InputError, match=r"holds a sweep of flightsim 0\.0\.9\+abc; this is .* may differ"):
        made(*TWO, folder=copy)


@pytest.mark.parametrize("file", ["measures.parquet", "config.yaml", "summary.csv"])
def test_an_edited_table_is_told_not_trusted(file: str, copy: Path, counted: list[str]) -> None:
    run = Path(gather.read(copy).runs["path"].iloc[0])
    (run / file).write_bytes((run / file).read_bytes() + b"\n")
    with pytest.raises(InputError, match=f"{file} is not as it was written; put it back, or remove"):
        made(*TWO, folder=copy)
    assert not counted


def test_an_edited_list_of_runs_is_told_and_written_anew(
    copy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (copy / "runs.csv").read_text()
    (copy / "runs.csv").write_text(before.replace("border=open,1", "border=opne,x"))
    with pytest.raises(InputError, match=r"row 5: replicate is 'x'; expected a whole number"):
        gather.read(copy)
    assert cli.main(["run", "-m", *TWO, f"results='{copy}'", "workers=1"]) == 0
    assert "written anew" in capsys.readouterr().err
    assert len(gather.read(copy).done) == 4


def test_a_second_process_is_refused(copy: Path) -> None:
    code = "import sys; from pathlib import Path; from flightsim.files.atomic import alone_in\n"
    code += "with alone_in(Path(sys.argv[1])): print('in', flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", code, str(copy)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        other.stdout.readline()
        with pytest.raises(InputError, match="another flightsim is at work"):
            made(*TWO, folder=copy)
        other.communicate()
    assert len(made(*TWO, folder=copy).done) == 4


def test_code_that_changes_under_way_is_noticed(tmp_path: Path) -> None:
    asked = plan.make(TOY)
    run = batch.run_task(Task(asked.config(0, 0), str(tmp_path), "0" * 12))
    assert run.path is None
    assert "changed while the sweep ran" in run.error


# --- killed


def start(folder: Path, workers: int = 2, n: int = 4) -> subprocess.Popen[str]:
    """The sweep as a user starts it, in a process group of its own."""
    words = [
        "run",
        "-m",
        *TOY,
        "border=closed,open",
        f"replicates={n}",
        f"workers={workers}",
        f"results='{folder}'",
    ]
    return subprocess.Popen(
        [sys.executable, "-m", "flightsim.cli", *words],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip


def wait_for(condition: Callable[[], object], seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.02)


def finished(folder: Path) -> int:
    return len(list(folder.glob("[0-9a-f]*/provenance.json")))


def children(pid: int) -> list[int]:
    """The workers of a sweep (of its children, those that have the code of a worker)."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            words = stat.read_text().rpartition(")")[2].split()
            line = stat.with_name("cmdline").read_bytes()
        except OSError:
            continue
        if int(words[1]) == pid and b"popen_loky" in line:
            found.append(int(stat.parent.name))
    return found


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("undisturbed") / "sweep"
    made("border=closed,open", "replicates=4", folder=folder)
    return tables(folder)


needs_proc = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks for processes in /proc")


@pytest.mark.slow
@needs_proc
def test_a_killed_worker_costs_nothing(tmp_path: Path, undisturbed: dict[str, bytes]) -> None:
    with start(tmp_path / "sweep") as process:
        wait_for(lambda: finished(tmp_path / "sweep") >= 1 or process.poll() is not None)
        for pid in children(process.pid)[:1]:
            os.kill(pid, signal.SIGKILL)
        out, err = process.communicate(timeout=300)
    assert process.returncode == 0, err
    assert "8 of 8 runs done" in out
    assert tables(tmp_path / "sweep") == undisturbed


@pytest.mark.slow
@needs_proc
@pytest.mark.parametrize("after", [0, 1, 3])
def test_a_sweep_killed_whole_goes_on(after: int, tmp_path: Path, undisturbed: dict[str, bytes]) -> None:
    folder = tmp_path / "sweep"
    with start(folder) as process:
        wait_for(lambda: (folder / "runs.csv").exists() and finished(folder) >= after)
        os.killpg(process.pid, signal.SIGKILL)
    there = finished(folder)
    before = {path: path.stat().st_mtime_ns for path in folder.glob("[0-9a-f]*/provenance.json")}
    assert len(before) == there
    again = made("border=closed,open", "replicates=4", folder=folder)
    assert len(again.done) == 8
    assert tables(folder) == undisturbed
    assert all(path.stat().st_mtime_ns == when for path, when in before.items())  # nothing twice
    assert not [path.name for path in folder.iterdir() if "unfinished" in path.name]


@pytest.mark.slow
@needs_proc
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_sweep_that_is_stopped_says_how_to_go_on(number: int, code: int, tmp_path: Path) -> None:
    folder = tmp_path / "sweep"
    with start(folder, n=30) as process:
        wait_for(lambda: finished(folder) >= 1)
        workers = children(process.pid)
        assert workers
        sent = time.monotonic()
        os.killpg(process.pid, number)  # as a terminal does
        out, err = process.communicate(timeout=30)
    assert time.monotonic() - sent < 10  # about one on a quiet machine
    assert process.returncode == code
    assert "Traceback" not in err
    assert out.splitlines()[-1] == str(folder)
    if number == signal.SIGINT:
        assert "the same command goes on" in err
    wait_for(lambda: not any(Path(f"/proc/{pid}").exists() for pid in workers), 10)
    read = gather.read(folder)
    assert (
        1 <= len(read.done) <= finished(folder) <= len(read.done) + len(workers)
    )  # they may end one each meanwhile
    assert "missing" in set(read.runs["status"])


@pytest.mark.slow
@needs_proc
def test_workers_end_with_their_sweep(tmp_path: Path) -> None:
    with start(tmp_path / "sweep", n=30) as process:
        wait_for(lambda: finished(tmp_path / "sweep") >= 2)
        workers = children(process.pid)
        os.kill(process.pid, signal.SIGKILL)  # the parent alone
        process.communicate()
    assert workers
    wait_for(lambda: not any(Path(f"/proc/{pid}").exists() for pid in workers), 20)


def test_describe_tells_scenarios_by_what_differs(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["describe", "experiment=border", "replicates=5", "population.scale=0.01"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("border: ")
    assert "5 of each; compared with closed." in out
    assert "women and children: border=women_and_children" in out
    assert out.count("4,000,000 people") == 1  # what is the same is said once


def test_the_bar_of_a_sweep(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    from flightsim.cli import terminal

    with terminal.count_bar("x", lambda: 2) as progress:
        progress(0, 0, 3)
        monkeypatch.setattr(terminal, "SECONDS_A_LINE", -1.0)
        progress(2, 1, 3)
    assert capsys.readouterr().err == "flightsim: 2 of 3 runs done, 1 running, 1 failed\n"  # a log has lines
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    with terminal.count_bar("x", lambda: 2) as progress:
        progress(2, 1, 3)
        progress(3, 1, 3)
    err = capsys.readouterr().err
    assert "x: 3 of 3 runs done, 0 running, 1 failed" in err
    assert "left" in err


def test_names_of_scenarios_are_texts_everywhere(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names = ["NO", "NA", "01", "1.10", "null", "1e3"]
    (tmp_path / "experiment").mkdir()
    levers = [[f"hazard.memory_days={n}"] for n in range(5, 11)]
    listed = "".join(f"  '{name}': {own}\n" for name, own in zip(names, levers, strict=True))
    text = f"# @package _global_\nscenarios:\n{listed}"
    (tmp_path / "experiment" / "mine.yaml").write_text(text)
    folder = tmp_path / "out"
    words = ["run", *TOY, "experiment=mine", f"results='{folder}'", "workers=1", "replicates=1"]
    assert cli.main([*words, "--config-dir", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    for name in names:
        assert f"  {name:<4}  1 of 1 runs; displaced: " in said
    assert list(gather.read(folder).scenarios) == names
    assert cli.main(["needs", str(folder), "--scenario", "01"]) == 0
    assert cli.main(["compare", str(folder), "--baseline", "NA"]) == 0
