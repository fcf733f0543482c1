"""Runs of the toy case for tests that read results: three seeds, made once a session."""

import atexit
import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from flightsim import scenario
from flightsim.config import compose
from flightsim.events import Event
from flightsim.needs import standards, study, tables
from flightsim.results import trust
from flightsim.world import World

DAYS = 16


def source(config: Mapping[str, Any]) -> tuple[World, Callable[[], Sequence[Event]]]:
    made = scenario.from_config(config)
    return made.world, lambda: made.events


def run(folder: Path, *overrides: str) -> Path:
    """One run of the toy case, without figures."""
    words = ["experiment=toy", "figures=false", f"results={folder}", *overrides]
    (job,) = compose.jobs(words)
    return scenario.from_config(job.config).run().path


@cache
def three_runs() -> Path:
    folder = Path(mkdtemp(prefix="flightsim-toys-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    for seed in (1, 2, 3):
        run(folder, f"days={DAYS}", f"seed={seed}")
    return folder / "toy"


@cache
def needs() -> tables.Needs:
    return tables.reckon(study.read(three_runs(), source), tables.Asked(standards.read()))


def sealed(run: Path) -> None:
    """Make an edited run pass for one that was written so, as an older version might have."""
    file = run / "provenance.json"
    about = json.loads(file.read_text(encoding="utf-8"))
    file.write_text(json.dumps(about | {"outputs": trust.hashes(run)}), encoding="utf-8")
