"""Where runs are made: on this machine, on Dask, by a launcher of Hydra: the same results, the same errors."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from flightsim.errors import InputError
from flightsim.results import gather
from flightsim.scenario import from_config
from flightsim.sweeps import batch, executors, launchers, plan
from flightsim.sweeps import run as sweep
from flightsim.sweeps.executors import Died, Where

pytestmark = pytest.mark.slow  # whole runs

TOY = ["case=toy", "start=2020-01-05", "days=2", "population.scale=0.1", "border=closed,open", "replicates=2"]


def doubled(number: int) -> tuple[int, int]:
    """Twice the number, and who found it. 13 kills whoever is at it."""
    if number == 13:
        os.kill(os.getpid(), signal.SIGKILL)
    return 2 * number, os.getpid()


def threads(_: int) -> str | None:
    return os.environ.get("OMP_NUM_THREADS")


def test_one_worker_is_this_process() -> None:
    found = dict(executors.each(doubled, [1, 2, 3], Where(workers=1)))
    assert found == {0: (2, os.getpid()), 1: (4, os.getpid()), 2: (6, os.getpid())}


def test_workers_are_other_processes_with_one_thread_each() -> None:
    found = dict(executors.each(doubled, range(8), Where(workers=2)))
    assert [found[at][0] for at in range(8)] == [2 * n for n in range(8)]
    assert os.getpid() not in {pid for _, pid in found.values()}
    assert set(dict(executors.each(threads, range(4), Where(workers=2))).values()) == {"1"}


def hears_an_interrupt(_: int) -> bool:
    return signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, [])


@pytest.mark.skipif(sys.platform == "win32", reason="signals of other systems")
def test_workers_do_not_hear_a_ctrl_c_from_their_first_moment_on_but_their_parent_does() -> None:
    """In a Python of its own: what has spawned before has started its helpers already."""
    code = "import test_executors as t; from flightsim.sweeps.executors import Where, each\n"
    code += "print(dict(each(t.hears_an_interrupt, range(4), Where(workers=2))), t.hears_an_interrupt(0))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=Path(__file__).parent, capture_output=True, text=True, check=True
    )
    for word in ("0: False", "1: False", "2: False", "3: False", "} True"):
        assert word in done.stdout


def test_nothing_to_do() -> None:
    assert list(executors.each(doubled, [], Where(workers=2))) == []


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="signals of other systems")
def test_a_call_that_kills_its_process_is_given_up_and_no_other() -> None:
    found = dict(executors.each(doubled, [1, 13, 2, 3, 4], Where(workers=2)))
    assert isinstance(found.pop(1), Died)
    assert {at: result[0] for at, result in found.items()} == {0: 2, 2: 4, 3: 6, 4: 8}


GIVEN_UP = """
import time
from contextlib import closing
from flightsim.sweeps import executors

def slow(number):
    time.sleep(0.2)
    return number

with closing(executors.each(slow, range(100), executors.Where(workers=2))) as calls:
    for at, _ in calls:
        if at == 3:
            break
print("given up")
"""


def test_calls_given_up_end_at_once(tmp_path: Path) -> None:
    script = tmp_path / "given_up.py"
    script.write_text(GIVEN_UP)
    ended = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, timeout=60)
    assert (ended.stdout, ended.stderr, ended.returncode) == ("given up\n", "", 0)


def made(folder: Path, *words: str) -> dict[str, bytes]:
    """The tables of a small sweep, made where the words say."""
    done = sweep.run(plan.make([*TOY, f"results='{folder}'", *words], many=True))
    assert len(done.done) == 4
    assert not (folder / sweep.PAPERS).exists()
    assert set(gather.read(folder).runs["error"]) == {""}
    return {str(file.relative_to(folder)): file.read_bytes() for file in sorted(folder.glob("*/*.parquet"))}


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return made(tmp_path_factory.mktemp("here") / "sweep", "workers=1")


@pytest.mark.slow
def test_hydras_basic_launcher_makes_the_same_bytes(tmp_path: Path, here: dict[str, bytes]) -> None:
    assert made(tmp_path / "sweep", "hydra/launcher=basic", "workers=1") == here


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # those of other packages are theirs
@pytest.mark.parametrize(
    ("package", "words"),
    [
        ("distributed", ["executor=dask", "workers=2"]),
        ("hydra_plugins.hydra_submitit_launcher", ["hydra/launcher=submitit_local", "workers=1"]),
        ("hydra_plugins.hydra_joblib_launcher", ["hydra/launcher=joblib", "hydra.launcher.n_jobs=2"]),
    ],
)
def test_another_machinery_makes_the_same_bytes(
    package: str, words: list[str], tmp_path: Path, here: dict[str, bytes]
) -> None:
    pytest.importorskip(package)
    assert made(tmp_path / "sweep", *words) == here


def test_an_executor_whose_package_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(InputError, match=r"pip install 'flightsim\[dask\]'"):
        made(tmp_path / "sweep", "executor=dask")


def test_a_cluster_that_does_not_answer(tmp_path: Path) -> None:
    pytest.importorskip("distributed")
    with pytest.raises(InputError, match=r"no Dask cluster answers at 127.0.0.1:9: "):
        made(tmp_path / "sweep", "executor=dask", "executor_address='127.0.0.1:9'")


def slept(number: int) -> int:
    time.sleep(0.1)
    return number


@pytest.fixture
def dask() -> Iterator[Any]:
    """A Dask cluster of one slot."""
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=None) as cluster:
        yield cluster


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_a_cluster_that_grows_and_loses_a_worker(dask: Any) -> None:
    where = Where("dask", address=dask.scheduler_address)
    seen, found = [], []
    for index, result in executors.each(slept, range(60), where):
        seen.append(where.n_slots)
        found.append((index, result))
        if len(found) == 5:
            dask.scale(3)
            dask.sync(dask._correct_state)
        if len(found) == 40:
            next(iter(dask.workers.values())).process.process.kill()
    assert sorted(found) == [(n, n) for n in range(60)]
    assert seen[0] == 1
    assert max(seen) == 3


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_on_a_cluster_too_only_the_call_that_kills_is_given_up(dask: Any) -> None:
    found = dict(executors.each(doubled, [1, 13, 2, 3], Where("dask", address=dask.scheduler_address)))
    assert isinstance(found.pop(1), Died)
    assert {at: result[0] for at, result in found.items()} == {0: 2, 2: 4, 3: 6}


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_what_the_workers_say_is_wrong_ends_it_before_the_first_call(dask: Any) -> None:
    with pytest.raises(InputError, match="not here"):
        list(executors.each(slept, [1], Where("dask", address=dask.scheduler_address), lambda: "not here"))


def test_a_worker_says_what_keeps_it_from_making_the_runs(tmp_path: Path) -> None:
    asked = plan.make([*TOY, f"results='{tmp_path}'"], many=True)
    config = asked.config(0, 0)
    task = batch.Task(config, str(tmp_path), from_config(config).run_id)
    (tmp_path / "mark").write_text("mark")
    assert batch.answer(task, "mark") == ""
    assert "does not see" in batch.answer(task, "other")
    assert f"does not see {tmp_path / 'none'}; " in batch.answer(
        replace(task, folder=str(tmp_path / "none")), "mark"
    )
    assert "has another version of flightsim, or of the case" in batch.answer(
        replace(task, run_id="x"), "mark"
    )
    strange = replace(task, config={**config, "case": str(tmp_path / "elsewhere")})
    assert "cannot make the runs: " in batch.answer(strange, "mark")
    assert "does not see" in batch.run_task(replace(task, folder=str(tmp_path / "none"))).error
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["hydra/launcher=submitit_slrm"], "no hydra/launcher is called 'submitit_slrm'; there is: "),
        (["hydra/launcher=basic", "hydra.launcher._target_=os.system"], "only hydra/launcher can be chosen"),
        (["hydra/launcher=basic,joblib"], "only one"),
        (["executor=spark"], "executor is 'spark'; expected loky, dask"),
        (["executor=ray"], "executor is 'ray', which is not used any more; expected loky, dask, or shard="),
        (["results='s3://bucket/border'"], "results is 's3://bucket/border', an address; expected a folder"),
        (["executor_address=tcp://there:8786"], "executor=loky runs on this machine"),
        (["workers=0"], "workers is 0; expected a whole number from 1, or null"),
    ],
)
def test_a_place_that_is_none(words: list[str], expected: str) -> None:
    with pytest.raises(InputError) as refused:
        plan.make([*TOY, *words], many=True)
    assert expected in "\n".join(refused.value.complaints)


def test_an_unknown_setting_of_a_launcher(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="hydra/launcher=basic cannot be set up"):
        made(tmp_path / "sweep", "hydra/launcher=basic", "hydra.launcher.nodes=3")


def test_a_job_that_fails_is_an_error_not_an_end(tmp_path: Path) -> None:
    def odd(job: int) -> int:
        if job % 2:
            return job
        raise RuntimeError("no memory on that node")

    found = launchers.launch(["hydra/launcher=basic"], odd, 2, tmp_path)
    assert isinstance(found[0], RuntimeError)
    assert found[1] == 1
