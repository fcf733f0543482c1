"""The benchmark script works, and its plain Mesa twin displaces the people the engine does. No times are asserted."""

import subprocess
import sys
from pathlib import Path

import pytest

from flightsim.model import DisplacementModel

SPEED = Path(__file__).resolve().parents[1] / "experiments" / "benchmarks" / "speed.py"


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


def test_the_job_is_measured_at_each_scale(report: str) -> None:
    head, *measured = rows(report, "The whole job")
    assert [row[0] for row in measured] == ["0.5", "1"]
    assert all(len(row) == len(head) for row in measured)
    small, large = (int(row[head.index("households")].replace(",", "")) for row in measured)
    assert 1.9 < large / small < 2.1
    assert len(rows(report, "Growth")) == 4


def test_every_stage_of_a_step_is_timed(report: str) -> None:
    named = [row[0].removeprefix("the hours: ") for row in rows(report, "Where the time goes")]
    stages = [name for name in DisplacementModel.step.__code__.co_names if name in named]
    assert len(stages) == 7


def test_the_plain_twin_displaces_the_same_people(report: str) -> None:
    head, row = rows(report, "Against plain Mesa")
    plain, array = (
        float(row[head.index(f"displaced, {name}")].replace(",", "")) for name in ("plain", "array")
    )
    assert plain > 0
    assert array == pytest.approx(
        plain, rel=0.02
    )  # the same first departures; journeys are simpler in the twin
