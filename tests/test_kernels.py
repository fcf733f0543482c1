"""The compiled loops do what their Python says, and nobody waits for a compiler in vain."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numba
import numpy as np
import pytest

from flightsim import results
from flightsim.model.compiled import compiled

RUN = """
from flightsim import scenario
from flightsim.config import compose
(job,) = compose.jobs(["experiment=toy", "start='2020-01-05'", "days=3", "figures=false", "results=RESULTS"])
print(scenario.from_config(job.config).run().path)
"""


def python(code: str, **environment: str) -> str:
    """What Python prints last, in a process of its own."""
    asked = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, **environment}, capture_output=True, text=True
    )
    assert asked.returncode == 0, asked.stderr
    return asked.stdout.strip()


@pytest.mark.slow
def test_machine_code_does_what_the_python_says(tmp_path: Path) -> None:
    runs = {
        off: results.load(python(RUN.replace("RESULTS", str(tmp_path / off)), NUMBA_DISABLE_JIT=off))
        for off in ("0", "1")
    }
    assert runs["0"].measures["value"].sum() > 0
    assert runs["0"].measures.equals(runs["1"].measures)
    assert runs["0"].households.equals(runs["1"].households)


def test_to_describe_a_scenario_takes_no_compiler() -> None:
    heavy = "{'numba', 'mesa', 'matplotlib'} & set(sys.modules)"
    assert (
        python(
            f"import sys; from flightsim import scenario; from flightsim.config import compose; print({heavy})"
        )
        == "set()"
    )


def test_without_a_folder_to_keep_it_in_a_loop_is_compiled_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    njit, asked = numba.njit, []

    def no_folder(*functions: Any, **options: Any) -> Any:
        asked.append(options)
        if options.get("cache"):
            raise RuntimeError("cannot cache function: no locator available")
        return njit(*functions, **options)

    monkeypatch.setattr(numba, "njit", no_folder)
    twice = compiled(lambda x: 2 * x)
    assert np.isclose(twice(21.0), 42)
    assert asked[:2] == [{"cache": True}, {}]
