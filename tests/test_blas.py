"""The processor's library for sums of products changes no bit of a run: everything is summed in a fixed order."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

TOY = ["case=toy", "days=20", "step_hours=6", "figures=false", "name=a"]
KINDS = ("Haswell", "Nehalem")  # with and without fused multiply-add, and other lengths of partial sums
KM_TO_BORDER = """
from types import SimpleNamespace
import numpy as np
from flightsim.model.counting import _mean_km_to_border
rng = np.random.default_rng(1)
people, km = rng.random((1000, 5)), rng.random(1000)
world = SimpleNamespace(at_home=np.ones(1000, bool))
state = SimpleNamespace(sheltered_persons=people, km_to_border=km, world=world)
print(repr(_mean_km_to_border(state)), repr(people.sum(axis=1) @ km))
"""


def with_kernels_of(kind: str, *words: str) -> str:
    """What Python prints with OpenBLAS's kernels for a kind of processor."""
    environment = {**os.environ, "OPENBLAS_CORETYPE": kind, "OPENBLAS_VERBOSE": "2"}
    done = subprocess.run(
        [sys.executable, *words], capture_output=True, text=True, env=environment, check=True
    )
    if f"Core: {kind}" not in done.stderr + done.stdout:
        pytest.skip("this numpy is not built with an OpenBLAS that can be given its kind of processor")
    return done.stdout.strip().splitlines()[-1]


def test_a_mean_over_places_is_the_same_where_products_of_arrays_are_not() -> None:
    new, old = (with_kernels_of(kind, "-c", KM_TO_BORDER).split() for kind in KINDS)
    assert new[1] != old[1]  # what `@` gives, else this test could not fail
    assert new[0] == old[0]


def test_two_kinds_of_processor_give_the_same_bytes(tmp_path: Path) -> None:
    made = []
    for kind in KINDS:
        run = Path(with_kernels_of(kind, "-m", "flightsim", "run", *TOY, f"results='{tmp_path / kind}'"))
        files = [*run.glob("*.parquet"), run / "summary.csv", run / "run.log"]
        made.append({file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files})
    assert len(made[0]) >= 6
    assert made[0] == made[1]
