"""Shards: parts of a sweep on machines that do not know of each other, joined to the same bytes, and checked."""

import json
import shutil
from pathlib import Path

import pytest

from flightsim import cli
from flightsim.errors import InputError
from flightsim.results import gather, sweeps
from flightsim.sweeps import gathering, plan, shards
from flightsim.sweeps import run as sweep
from flightsim.sweeps.shards import Shard

TOY = ["case=toy", "start=2020-01-05", "days=2", "population.scale=0.1", "border=closed,open", "replicates=3"]


def made(folder: Path, *words: str) -> sweeps.Sweep:
    return sweep.run(plan.make([*TOY, "workers=1", f"results='{folder}'", *words], many=True))


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six runs in four shards: two, two, one and one. Not to be changed."""
    folder = tmp_path_factory.mktemp("parts") / "sweep"
    for number in (1, 2, 3, 4):
        made(folder, f"shard={number}/4")
    return folder


@pytest.fixture
def copy(parts: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(parts, tmp_path / "copy"))


@pytest.mark.parametrize("of", [1, 2, 3, 7, 100])
def test_every_run_is_in_one_shard(of: int) -> None:
    owners = [[n for n in range(1, of + 1) if Shard(n, of).has(run)] for run in range(250)]
    assert {len(own) for own in owners} == {1}
    sizes = [sum(own == [n] for own in owners) for n in range(1, of + 1)]
    assert max(sizes) - min(sizes) <= 1


def test_folders_sort_by_number() -> None:
    assert [Shard(n, 100).folder for n in (3, 20, 100)] == ["003-of-100", "020-of-100", "100-of-100"]


@pytest.mark.parametrize("word", ["0/3", "4/3", "3", "a/b", "-1/3", "1/3/3", "1.0/3", ""])
def test_what_is_no_shard(word: str) -> None:
    with pytest.raises(InputError, match="expected a part such as 3/100"):
        shards.understood(word)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["shard=1/7"], "shard=1/7, but only 6 runs are asked for"),
        (["shard=1/2", "replicates=auto"], "shard=1/2 needs the number of runs"),
        (["shard=3/2"], "shard is '3/2'"),
        (["tasks=0"], "tasks is 0; expected a whole number from 1, or null"),
        (["most_runs=5"], "more than 5 runs are asked for; if they are meant: most_runs="),
        (["most_runs=many"], "most_runs is 'many'; expected a whole number"),
    ],
)
def test_what_cannot_be_asked(words: list[str], expected: str) -> None:
    with pytest.raises(InputError) as refused:
        plan.make([*(w for w in TOY if w[:10] not in words[-1]), *words], many=True)
    assert expected in "\n".join(refused.value.complaints)


def test_more_runs_than_usual_can_be_meant() -> None:
    asked = plan.make(
        [*TOY, "replicates=20000", "uncertainty.draw=none", "most_runs=100000", "shard=7/1000"], many=True
    )
    assert len(list(asked.runs(20_000))) == 40
    assert list(asked.runs(20_000))[:2] == [(0, 3), (0, 503)]
    assert asked.seed(503) == 504


@pytest.mark.slow
def test_shards_joined_are_the_sweep(parts: Path, copy: Path, tmp_path: Path) -> None:
    whole = made(tmp_path / "whole")
    assert [len(gather.read(parts / f"{n}-of-4").runs) for n in (1, 2, 3, 4)] == [2, 2, 1, 1]
    assert cli.main(["gather", str(copy)]) == 0
    joined = gather.read(copy)
    same = ["scenario", "replicate", "seed", "status", "error", "border"]
    assert joined.runs[same].equals(whole.runs[same])
    for path, other in zip(joined.runs["path"], whole.runs["path"], strict=True):
        assert path.name == other.name
        for table in other.glob("*.parquet"):
            assert (path / table.name).read_bytes() == table.read_bytes()
    assert (copy / "summary.csv").read_bytes() == (tmp_path / "whole" / "summary.csv").read_bytes()
    draws = (copy / "draws.csv", tmp_path / "whole" / "draws.csv")
    assert [d.is_file() for d in draws] == [whole.draws is not None] * 2
    if whole.draws is not None:
        assert draws[0].read_bytes() == draws[1].read_bytes()
    assert (
        made(copy).runs["run"].equals(joined.runs["run"])
    )  # the whole sweep asked for finds them, and runs none


@pytest.mark.slow
def test_folders_from_elsewhere_are_copied(parts: Path, tmp_path: Path) -> None:
    places = [shutil.copytree(parts / f"{n}-of-4", tmp_path / f"machine_{n}") for n in (1, 2, 3, 4)]
    whole = gathering.gather(places, tmp_path / "whole")
    assert len(whole.done) == 6
    assert {path.parent for path in whole.runs["path"]} == {tmp_path / "whole"}
    with pytest.raises(InputError, match="say with --output which folder"):
        gathering.gather(places)


@pytest.mark.slow
def test_what_is_missing_is_told_and_made_later(copy: Path) -> None:
    shutil.rmtree(copy / "2-of-4")
    said: list[str] = []
    whole = gathering.gather([copy], tell=said.append)
    assert said[0] == "not here: shard 2/4"
    assert said[1].startswith("2 of 6 runs are missing or failed")
    gone = whole.runs[whole.runs["status"] == "missing"]
    assert list(zip(gone["scenario"], gone["seed"], gone["border"], strict=True)) == [
        ("border=open", 1, "open"),
        ("border=open", 3, "open"),
    ]
    assert cli.main(["gather", str(copy)]) == 1
    made(copy, "shard=2/4")
    assert len(gathering.gather([copy]).done) == 6


@pytest.mark.slow
def test_other_code_other_sweeps_edited_and_differing_runs_are_refused(copy: Path, tmp_path: Path) -> None:
    def refusal() -> str:
        with pytest.raises(InputError) as refused:
            gathering.gather([copy])
        assert not sweeps.is_sweep(copy)
        return "\n".join(refused.value.complaints)

    about = copy / "3-of-4" / sweeps.SWEEP
    text = about.read_text()
    code = gather.read(copy / "3-of-4").code
    about.write_text(text.replace(code, "0.0.9+abc"))
    assert f"3-of-4 was made by flightsim 0.0.9+abc, {copy / '1-of-4'} by {code}" in refusal()
    about.write_text(text.replace(gather.read(copy / "1-of-4").hash, "0123456789ab"))
    assert "3-of-4 holds the same scenarios of another case or input file" in refusal()
    about.write_text(text)

    run = Path(gather.read(copy / "1-of-4").runs["path"].iloc[0])
    double = copy / "5-of-4"
    shutil.copytree(copy / "1-of-4", double)
    provenance = double / run.name / "provenance.json"
    content = json.loads(provenance.read_text())
    content["outputs"]["measures.parquet"] = "0" * 64
    provenance.write_text(json.dumps(content))
    assert (
        f"{double / run.name} and {run} are the same run, border=closed, replicate 0, with other" in refusal()
    )
    shutil.rmtree(double)

    (run / "measures.parquet").write_bytes(b"edited")
    assert f"{run / 'measures.parquet'} is not as it was written" in refusal()
