"""Every command that a page shows can be typed: it is understood, composes and, asked as it stands, is checked."""

import re
import shlex
from functools import cache
from pathlib import Path

import pytest

from flightsim import cli
from flightsim.cli import COMMANDS
from flightsim.config import compose
from flightsim.scenario import from_config
from flightsim.solve.task import task
from flightsim.sweeps import plan

pytestmark = pytest.mark.slow  # whole commands

ROOT = Path(__file__).resolve().parents[1]
PAGES = [
    ROOT / "docs" / "scenarios.md",
    ROOT / "docs" / "brief.md",
    ROOT / "experiments" / "half_million" / "README.md",
]
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.DOTALL | re.MULTILINE)


@cache
def blocks(page: Path, kind: str) -> list[str]:
    return [text for name, text in BLOCK.findall(page.read_text(encoding="utf-8")) if name == kind]


def commands(page: Path) -> list[str]:
    lines = [line for block in blocks(page, "bash") for line in block.replace("\\\n", " ").splitlines()]
    return [line for line in lines if line.startswith("flightsim ")]


SHOWN = [(page, line) for page in PAGES for line in commands(page)]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder as the page's reader has it: the experiments that the page shows, in ``mine``."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "mine" / "experiment"
    folder.mkdir(parents=True)
    for text in blocks(PAGES[0], "yaml"):
        name = re.findall(r"^name: (\w+)$", text, re.MULTILINE)[0]
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(("page", "line"), SHOWN, ids=[line for _, line in SHOWN])
def test_a_command_that_is_shown_is_understood(page: Path, line: str, desk: Path) -> None:
    arguments = cli._arguments(shlex.split(line)[1:])
    words = getattr(arguments, "overrides", [])
    name = shlex.split(line)[1]
    if name == "run":
        made = plan.make(words, many=arguments.multirun, config_dir=arguments.config_dir)
        for job in made.jobs:
            from_config(job.config)
    elif name == "solve":
        assert task(words, arguments.config_dir).question.target > 0
    elif name == "describe":
        assert len(compose.jobs(words, config_dir=arguments.config_dir)) == 1
    else:
        assert name in {command.__name__.rpartition(".")[2] for command in COMMANDS}
    assert not (desk / "results").exists(), "nothing was run"


def test_the_walk_through_shows_every_step() -> None:
    shown = {shlex.split(line)[1] for line in commands(PAGES[0])}
    assert shown == {"describe", "run", "compare", "solve"}
    assert any("-m" in line.split() for line in commands(PAGES[0]))


def test_the_experiment_of_the_walk_through_is_what_the_page_says(desk: Path) -> None:
    made = plan.make(["experiment=tents"], config_dir=desk / "mine")
    assert len(made.jobs) * (made.replicates or 0) == 80, "the page says 80 runs"
    assert made.baseline == "as it was"
    assert [job.label for job in made.jobs] == ["as it was", "more tents", "more fuel", "both"]


def test_the_page_names_options_that_are_there() -> None:
    text = PAGES[0].read_text(encoding="utf-8")
    for choice in set(re.findall(r"`([a-z]+=[a-z_]+)`", text)):
        group, _, option = choice.partition("=")
        assert (compose.conf_folder() / group / f"{option}.yaml").is_file(), choice
