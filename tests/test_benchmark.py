"""The benchmark script works, and its plain Mesa twin displaces the people the engine does. No times are asserted."""

import subprocess
import sys
from pathlib import Path

import pytest

from flightsim.model.model import DisplacementModel

SPEED = Path(__file__).resolve().parents[1] / "experiments" / "benchmarks" / "speed.py"


def test_each_script_writes_its_own_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(SPEED.parent)
    from bench.report import write_part

    file = tmp_path / "results.md"
    for text in ("# One\n\nold\n", "# Two\n\n## Below\n", "# One\n\nnew\n"):
        write_part(file, text)
    assert file.read_text() == "# One\n\nnew\n\n# Two\n\n## Below\n"


@pytest.mark.slow
def test_sweeps_are_measured(tmp_path: Path) -> None:
    command = [
        sys.executable,
        str(SPEED.with_name("sweep.py")),
        "--quick",
        "--out",
        str(tmp_path / "results.md"),
    ]
    subprocess.run(command, cwd=tmp_path, capture_output=True, check=True)
    text = (tmp_path / "results.md").read_text(encoding="utf-8")
    assert text.startswith("# Sweeps\n")
    table = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| ")][2:]
    assert len(table) == 9
    assert all(any(digit.isdigit() for digit in row[1]) for row in table)
    assert [path.name for path in tmp_path.iterdir()] == ["results.md"]


def rows(report: str, heading: str) -> list[list[str]]:
    """The cells of the table under a heading, its own head first."""
    section = report.split(f"## {heading}")[1].split("\n## ", maxsplit=1)[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if "---" not in line]


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> str:
    out = tmp_path_factory.mktemp("speed") / "results.md"
    command = [sys.executable, str(SPEED), "--quick", "--out", str(out)]
    subprocess.run(command, cwd=out.parent, capture_output=True, check=True)
    assert [path.name for path in out.parent.iterdir()] == [out.name]  # results go and come with the script
    return out.read_text(encoding="utf-8")


@pytest.mark.slow
def test_the_job_is_measured_at_each_scale(report: str) -> None:
    head, *measured = rows(report, "The whole job")
    assert [row[0] for row in measured] == ["0.5", "1"]
    assert all(len(row) == len(head) for row in measured)
    small, large = (int(row[head.index("households")].replace(",", "")) for row in measured)
    assert 1.9 < large / small < 2.1
    assert len(rows(report, "Growth")) == 4


@pytest.mark.slow
def test_every_stage_of_a_step_is_timed(report: str) -> None:
    named = [row[0].removeprefix("the hours: ") for row in rows(report, "Where the time goes")]
    stages = [name for name in DisplacementModel.step.__code__.co_names if name in named]
    assert len(stages) == 7


@pytest.mark.slow
def test_the_plain_twin_displaces_the_same_people(report: str) -> None:
    head, row = rows(report, "Against plain Mesa")
    plain, array = (
        float(row[head.index(f"displaced, {name}")].replace(",", "")) for name in ("plain", "array")
    )
    assert plain > 0
    assert array == pytest.approx(
        plain, rel=0.02
    )  # the same first departures; journeys are simpler in the twin


def test_a_made_country_is_the_same_each_time_and_people_flee_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(SPEED.parent)
    from bench.made_country import country, war
    from country import measure, report

    world, again = country(300, 30_000), country(300, 30_000)
    assert world.persons == pytest.approx(30_000, abs=150)
    assert 2.5 < len(world.roads) / 300 < 3.1
    assert (world.roads.km == again.roads.km).all()
    assert war(world, 3) == war(again, 3)
    case = measure(300, 30_000)
    assert 0 < case["displaced"] < case["people"]
    assert "| 300 | " in report([case])
