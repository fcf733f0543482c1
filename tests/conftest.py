"""Fixtures for all tests: three worlds built in code, and a copy of the toy case to spoil."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

import worlds
from flightsim.case.reading import find_case
from flightsim.world import World


def pytest_configure(config: pytest.Config) -> None:
    """Fill the cache of compiled loops once, before several workers would each compile them on their own."""
    if hasattr(config, "workerinput") or not getattr(config.option, "numprocesses", None):
        return
    with tempfile.TemporaryDirectory() as folder:
        words = ["run", "case=toy", "days=3", "population.scale=0.2", "figures=false", f"results={folder}"]
        subprocess.run([sys.executable, "-m", "flightsim", *words], check=False, capture_output=True)


@pytest.fixture(scope="session")
def line() -> World:
    return worlds.line_world()


@pytest.fixture(scope="session")
def fork() -> World:
    return worlds.fork_world()


@pytest.fixture(scope="session")
def town() -> World:
    return worlds.town_world()


@pytest.fixture
def toy_folder(tmp_path: Path) -> Path:
    """The toy case, copied to where it may be changed."""
    folder = tmp_path / "toy"
    shutil.copytree(find_case("toy"), folder)
    return folder


@pytest.fixture
def case(toy_folder: Path) -> Path:
    """The same, for what goes into a case."""
    return toy_folder
