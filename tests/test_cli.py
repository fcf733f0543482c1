"""The command line: what it prints where, and how it ends. The scenario is a stub; no run is made here."""

import os
import signal
import subprocess
import sys
import textwrap
import time
import types
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from flightsim import __version__, cli
from flightsim.cli.run import _spread
from flightsim.errors import InputError

pytestmark = pytest.mark.slow  # whole commands


@dataclass
class Outcome:
    path: Path
    reused: bool = False
    summary: str = "ten lines\nthat a planner understands"


@dataclass
class Stub:
    """A scenario that writes nothing and fails on demand."""

    config: dict[str, Any]
    fail: Callable[[dict[str, Any]], None]
    reused: bool = False
    step_notes: tuple[str, ...] = ()

    def describe(self) -> str:
        return f"a world of {self.config['days']} days"

    def run(self, progress: Callable[[int, int], None] | None) -> Outcome:
        if progress is not None:
            progress(1, 2)
        self.fail(self.config)
        return Outcome(Path(self.config["results"], self.config["name"], "0123456789ab"), self.reused)


@pytest.fixture
def scenario(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> types.SimpleNamespace:
    """Scenarios that are stubs; ``control.fail`` is called in every run, ``control.ran`` lists them."""
    monkeypatch.chdir(tmp_path)
    control = types.SimpleNamespace(
        fail=lambda config: None, refuse=lambda config: None, reused=False, ran=[]
    )

    def from_config(config: dict[str, Any]) -> Stub:
        control.refuse(config)

        def fail(config: dict[str, Any]) -> None:
            control.ran.append(config)
            control.fail(config)

        return Stub(config, fail, control.reused)

    for user in ("scenario", "sweeps.plan"):
        monkeypatch.setattr(f"flightsim.{user}.from_config", from_config)
    return control


def last_line(text: str) -> str:
    return text.rstrip("\n").splitlines()[-1]


def test_help_imports_nothing_heavy() -> None:
    code = """
        import sys
        from flightsim.cli import main
        try:
            main(["--help"])
        finally:
            heavy = {"numpy", "pandas", "mesa", "hydra", "omegaconf", "matplotlib", "yaml"} & set(sys.modules)
            assert not heavy, heavy
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    for command in ("run", "describe", "cases", "parameters"):
        assert f"    {command}" in done.stdout
    assert "everyday commands" in done.stdout


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        cli.main(["--version"])
    assert end.value.code == 0
    assert capsys.readouterr().out == f"flightsim {__version__}\n"


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ([], "COMMAND"),
        (["rum"], "did you mean 'run'?"),
        (["days=3"], "there is no command 'days=3'"),
        (["run", "--multi"], "--multi"),
        (["run", "days=3", "-m", "seed=1,2", "--frobnicate"], "--frobnicate"),
        (["cases", "idlib"], "idlib"),
    ],
)
def test_a_command_line_that_makes_no_sense(
    words: list[str], expected: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as end:
        cli.main(words)
    assert end.value.code == 2
    assert expected in capsys.readouterr().err


def test_run_ends_with_the_summary_and_the_folder(
    scenario: types.SimpleNamespace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["run", "days=3", "case=toy"]) == 0
    out, err = capsys.readouterr()
    folder = tmp_path / "results" / "toy" / "0123456789ab"
    assert out == f"ten lines\nthat a planner understands\n{folder}\n"
    assert err == ""  # no progress bar where there is no terminal
    assert scenario.ran[0]["days"] == 3
    assert scenario.ran[0]["case"] == "toy"


def test_a_reused_run_is_said_to_be_one(
    scenario: types.SimpleNamespace, capsys: pytest.CaptureFixture[str]
) -> None:
    scenario.reused = True
    assert cli.main(["run"]) == 0
    assert "were there already" in capsys.readouterr().err


def test_describe(scenario: types.SimpleNamespace, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["describe", "days=3"]) == 0
    assert capsys.readouterr().out == "a world of 3 days\n"
    assert not scenario.ran


def test_a_bad_value_in_a_sweep_is_told_before_anything_runs(
    scenario: types.SimpleNamespace, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(config: dict[str, Any]) -> None:
        if config["days"] < 1:
            raise InputError(f"days is {config['days']}; expected 1 or more")

    scenario.refuse = refuse
    assert cli.main(["run", "-m", "days=3,-1,-2"]) == 2
    err = capsys.readouterr().err
    assert "days is -1" in err
    assert "days is -2" in err
    assert not scenario.ran


@pytest.mark.parametrize(
    ("error", "code", "expected"),
    [
        (
            InputError(["places.csv row 4: one", "roads.csv row 2: two"]),
            2,
            "row 4: one\nflightsim: roads.csv row 2",
        ),
        (
            OSError(28, "No space left on device", "results/x"),
            2,
            "results/x: No space left on device; make room",
        ),
        (PermissionError(13, "Permission denied", "results/x"), 2, "choose another place with results=DIR"),
        (OSError(30, "Read-only file system", "results/x"), 2, "Read-only file system; choose another place"),
        (MemoryError(), 2, "population.scale=0.1"),
        (KeyboardInterrupt(), 130, "stopped"),
        (ValueError("seven is not even"), 1, "seven is not even"),
    ],
)
def test_how_a_run_fails(
    error: BaseException,
    code: int,
    expected: str,
    scenario: types.SimpleNamespace,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def fail(config: dict[str, Any]) -> None:
        raise error

    scenario.fail = fail
    assert cli.main(["run", "name=x"]) == code
    out, err = capsys.readouterr()
    assert expected in err
    assert "Traceback" not in err
    assert last_line(out) == str(tmp_path / "results" / "x")


@pytest.mark.parametrize(
    ("words", "folder"),
    [
        (["dayz=3"], "results"),
        (["dayz=3", "results='my out'"], "my out"),
        (["dayz=3", "results=null"], "results"),
    ],
)
def test_the_last_line_is_a_folder_even_if_nothing_was_understood(
    words: list[str],
    folder: str,
    scenario: types.SimpleNamespace,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert cli.main(["run", *words]) == 2
    out, err = capsys.readouterr()
    assert out == f"{tmp_path / folder}\n"
    assert err == "flightsim: 'dayz=3': there is no dayz (did you mean 'days'?)\n"


@pytest.mark.parametrize(
    ("word", "folder"),
    [
        ("results=null", "results"),
        ("results=7", "7"),
        ("results=a/../b", "b"),
        ("name=../../etc", "results"),
        ("name=..", "results"),
        ("name=null", "results"),
        ("name=[x]", "results"),
    ],
)
def test_the_last_line_is_never_outside_the_results(
    word: str,
    folder: str,
    scenario: types.SimpleNamespace,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def refuse(config: dict[str, Any]) -> None:
        raise InputError(f"{word} is refused")

    scenario.refuse = refuse
    assert cli.main(["run", word]) == 2
    assert capsys.readouterr().out == f"{tmp_path / folder}\n"


def test_debug_shows_the_traceback(
    scenario: types.SimpleNamespace, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FLIGHTSIM_DEBUG", "1")
    assert cli.main(["describe", "dayz=3"]) == 2
    assert "Traceback" in capsys.readouterr().err


def test_cases_and_experiments_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["cases"]) == 0
    out = capsys.readouterr().out
    assert "idlib " in out
    assert "idlib_dec2019 " in out


SLOW_RUN = """
    import sys, time
    from flightsim.cli import main

    class Scenario:
        step_notes = ()

        def __init__(self, config):
            self.config = config

        def run(self, progress):
            for step in range(1, 1001):
                print("step", file=sys.stderr, flush=True)
                time.sleep(0.05)

    from flightsim import scenario
    from flightsim.sweeps import plan
    plan.from_config = scenario.from_config = Scenario
    sys.exit(main(["run", "results=out"]))
"""


@pytest.mark.slow
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_run_that_is_stopped_ends_within_a_second(number: int, code: int, tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(SLOW_RUN)],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as run:
        assert run.stderr is not None
        run.stderr.readline()
        sent = time.monotonic()
        os.kill(run.pid, number)
        out, err = run.communicate(timeout=20)
    assert time.monotonic() - sent < 5  # within one on a quiet machine
    assert run.returncode == code
    assert "Traceback" not in err
    assert last_line(out).startswith(str(tmp_path / "out"))


def test_a_reader_that_goes_away_is_no_error(tmp_path: Path) -> None:
    done = subprocess.run(
        f"'{sys.executable}' -m flightsim.cli cases | true",
        shell=True,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""


@pytest.mark.slow
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux")
@pytest.mark.parametrize("arguments", ["cases", "parameters", "run dayz=3", "run"])
def test_a_full_disk_under_standard_output_is_not_one_under_the_results(
    arguments: str, tmp_path: Path
) -> None:
    stub = """
        import sys, types
        from flightsim.cli import main

        class Scenario:
            step_notes = ()

            def __init__(self, config):
                self.config = config

            def run(self, progress):
                return types.SimpleNamespace(path="out/here", reused=False, summary="ten lines")

        if "run" in sys.argv:
            from flightsim import scenario
            from flightsim.sweeps import plan
            plan.from_config = scenario.from_config = Scenario
        sys.exit(main())
    """
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-c", textwrap.dedent(stub), *arguments.split()],
            stdout=full, stderr=subprocess.PIPE, cwd=tmp_path, text=True, check=False,
        )  # fmt: skip
    assert done.returncode == 2
    assert last_line(done.stderr).startswith("flightsim: standard output cannot be written: No space left")
    assert "results=DIR" not in done.stderr
    assert "failed" not in done.stderr
    assert len(done.stderr.splitlines()) == (2 if "dayz" in arguments else 1)


@pytest.mark.parametrize(
    ("low", "mean", "high", "n", "said"),
    [
        (1.79e6, 1.8e6, 1.81e6, 3, "about 1.8 million in all 3 runs"),
        (1.79e6, 1.8e6, 1.81e6, 20, "about 1.8 million in 9 in 10 runs"),
        (1.7e6, 1.8e6, 1.9e6, 3, "1.8 million on average, nearly all runs 1.7 million to 1.9 million"),
        (1.7e6, 1.8e6, 1.9e6, 20, "1.8 million on average, 9 in 10 runs 1.7 million to 1.9 million"),
        (10, 20, 30, 3, "fewer than 100 in all 3 runs"),
        (0, 0, 0, 1, "none on average"),
    ],
)
def test_a_sweep_says_one_number_where_its_runs_agree(
    low: float, mean: float, high: float, n: int, said: str
) -> None:
    assert _spread({"p5": low, "mean": mean, "p95": high}, n) == said


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="closes streams as other systems cannot")
@pytest.mark.parametrize("closed", ["2>&-", "2>/dev/full"])
@pytest.mark.parametrize(("days", "code"), [(1, 0), (0, 2)])
def test_errors_that_nobody_reads_change_no_exit_code(
    closed: str, days: int, code: int, tmp_path: Path
) -> None:
    words = f"run case=toy days={days} population.scale=0.05 figures=false results=here"
    command = f"{sys.executable} -m flightsim.cli {words} {closed}"
    ended = subprocess.run(command, shell=True, cwd=tmp_path, stdout=subprocess.PIPE, text=True, timeout=100)
    assert ended.returncode == code
    assert "flightsim: " not in ended.stdout
    assert ended.stdout.splitlines()[-1].startswith(str(tmp_path / "here"))


def test_a_ctrl_c_that_a_library_made_another_error_of_is_still_one(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def swallowed(_arguments: object) -> int:
        try:
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(5)
        except KeyboardInterrupt:
            raise AttributeError("'NoneType' object has no attribute '_flags'") from None
        return 0

    monkeypatch.setattr(cli, "_run", swallowed)
    assert cli.main(["cases"]) == 130
    assert capsys.readouterr().err == "flightsim: stopped; the run that was under way left nothing behind\n"
