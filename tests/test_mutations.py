"""Results in which anything was changed are refused, or are what they were: nothing false passes as true."""

import os
import shutil
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flightsim import cli, results
from flightsim.errors import InputError
from models import examples

FILES = (
    "measures.parquet",
    "flows.parquet",
    "households.parquet",
    "config.yaml",
    "summary.csv",
    "provenance.json",
)
TOY = ["run", "case=toy", "days=2", "population.scale=0.05", "step_hours=6", "figures=false", "name=a"]
HOW = st.sampled_from(["byte", "cut", "double", "swap", "empty", "gone", "pipe"])


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run as it was written. Not to be changed."""
    folder = tmp_path_factory.mktemp("whole")
    assert cli.main([*TOY, f"results='{folder}'"]) == 0
    (run,) = (folder / "a").glob("[0-9a-f]*")
    return run


def mutated(raw: bytes, how: str, at: int, other: int) -> bytes:
    """The bytes of a file, changed in one way."""
    at, other = at % len(raw), other % 256
    if how == "byte":
        return raw[:at] + bytes([other]) + raw[at + 1 :]
    if how == "swap":
        return raw[at:] + raw[:at]
    return {"cut": raw[:at], "double": raw + raw[at:], "empty": b""}[how]


@pytest.mark.slow
@examples(200)
@given(st.sampled_from(FILES), HOW, st.integers(0, 10**6), st.integers(0, 255))
def test_results_that_were_changed_are_refused_or_what_they_were(
    whole: Path, name: str, how: str, at: int, other: int
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        run = Path(shutil.copytree(whole, Path(folder) / whole.name))
        file = run / name
        raw = file.read_bytes()
        if how in ("gone", "pipe"):
            file.unlink()
        if how == "pipe":
            os.mkfifo(file)
        elif how != "gone":
            file.write_bytes(mutated(raw, how, at, other))
        try:
            found = results.load(run)
            measures, config = found.measures, found.config
            outcomes = found.summary
        except InputError as trouble:
            assert trouble.complaints  # noqa: PT017
            assert all(len(text) < 2000 for text in trouble.complaints)  # noqa: PT017
            return
        was = results.load(whole)
        pd.testing.assert_frame_equal(measures, was.measures)
        pd.testing.assert_frame_equal(outcomes, was.summary)
        assert config == was.config
        kept_back = name == "households.parquet" and how in ("gone", "pipe")  # it is not for sharing
        assert kept_back or name == "provenance.json" or file.read_bytes() == raw


def test_a_mutation_changes_something() -> None:
    raw = bytes(range(200))
    assert mutated(raw, "byte", 5, 77) != raw
    assert mutated(raw, "swap", 5, 0)[:5] == bytes(range(5, 10))
    assert np.all([len(mutated(raw, how, 5, 0)) != 200 for how in ("cut", "double", "empty")])
