"""A forecast as a folder: tables, a picture, the screen, what it was made from. The same question, the same bytes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from flightsim import __version__
from flightsim.case.observations import FILE, MODEL_FILE
from flightsim.case.reading import cached_case
from flightsim.files.atomic import check_writable, plain_errors, renewed_folder, write_text
from flightsim.files.spreadsheet import harmless_table
from flightsim.plots import style
from flightsim.results.provenance import code_version, hash_files
from flightsim.validation.onward import figure, telling
from flightsim.validation.onward.asked import questions
from flightsim.validation.onward.forecast import Forecast
from flightsim.validation.onward.weights import LEAST_EFFECTIVE, MODEL_ERROR

TABLE, COUNTS, MEMBERS, SCREEN, PICTURE = (
    "forecast.csv", "counts.csv", "members.csv", "forecast.txt", "forecast.png",
)  # fmt: skip
README = """This folder is a forecast of flightsim: what was counted up to a day, and what weighted runs add after it.
It is modelled, not observed.

forecast.txt     the screen
forecast.csv     people displaced since the start, a row a day: the runs before weighting (5, 50, 95 %), and from the
                 day on the count plus the growth of the weighted runs (5, 50, 95 %); lead_days is 0 on the day
counts.csv       every observation: used, or why not; of those used what the runs have, before and after weighting
members.csv      a row a run: its weight, and by how many standard deviations it is off the counts
forecast.png     the same in a picture
provenance.json  the runs and observations it was made from, with fingerprints, and the command

docs/known.md says how runs are weighted and what that cannot do.
Not for targeting, interdiction, closing borders, or decisions about individuals.
"""


def go_on(
    runs: str | Path,
    days: Sequence[str],
    observed: str | Path | None = None,
    output: str | Path | None = None,
    scenario: str | None = None,
    case: str | None = None,
    command: Sequence[str] = (),
) -> list[tuple[Path, Forecast]]:
    """Forecasts from each of some days, each in a folder ``on_DATE`` in ``output`` (the runs' folder if None).

    An earlier forecast of that name is replaced. InputError with all that is wrong, and nothing written.
    """
    found = [Forecast(question) for question in questions(runs, days, observed, scenario, case)]
    parent = Path(output if output is not None else runs)
    check_writable(parent)
    return [(write(each, parent / f"on_{each.question.on}", command), each) for each in found]


def write(f: Forecast, folder: Path, command: Sequence[str] = ()) -> Path:
    """One forecast into a folder."""
    world = cached_case(f.question.members.ensemble.case).world
    with renewed_folder(folder, TABLE) as inside, plain_errors(folder):
        for name, table in ((TABLE, f.table), (COUNTS, f.counts), (MEMBERS, f.members)):
            write_text(inside / name, _csv(table))
        write_text(inside / SCREEN, telling.screen(f) + "\n")
        write_text(inside / "README.txt", README)
        with style.looks():
            style.save(figure.draw(f, world), inside / PICTURE)
        write_text(
            inside / "provenance.json", json.dumps(_about(f, command), indent=2, ensure_ascii=False) + "\n"
        )
    return folder


def _csv(table: pd.DataFrame) -> str:
    return harmless_table(table).to_csv(index=False, float_format="%.8g", lineterminator="\n")


def _about(f: Forecast, command: Sequence[str]) -> dict[str, Any]:
    """What it was made from. No time of day: the same question again is the same file."""
    asked, members = f.question, f.question.members
    return {
        "flightsim": __version__,
        "code": code_version(),
        "command": list(command),
        "on": str(asked.on),
        "case": members.ensemble.case,
        "scenario": members.ensemble.scenario,
        "sweep": members.sweep_hash,
        "runs": {run.path.name: _outputs(run.provenance) for run in members.ensemble.runs if run.path},
        "observations": hash_files(asked.observations.folder, (FILE, MODEL_FILE)),
        "counts_used_rows": [o.row for o in asked.used],
        "started_from_row": asked.start.row,
        "model_error": MODEL_ERROR,
        "least_effective_sample_size": LEAST_EFFECTIVE,
        "effective_sample_size": round(f.weights.effective, 6),
        "effective_sample_size_untempered": round(f.weights.effective_untempered, 6),
        "power_of_the_likelihood": round(f.weights.power, 9),
    }


def _outputs(provenance: dict[str, Any]) -> str:
    """A fingerprint of what a run wrote."""
    written = json.dumps(provenance.get("outputs", {}), sort_keys=True)
    return hashlib.sha256(written.encode()).hexdigest()
