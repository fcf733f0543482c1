"""``flightsim validate``: runs beside what was reported and beside baselines, as a screen, tables and figures."""

from __future__ import annotations

import shutil
from pathlib import Path

from flightsim.case.observations import read_observations
from flightsim.case.reading import read_case
from flightsim.errors import InputError
from flightsim.files.atomic import check_writable, plain_errors, whole_folder, write_text
from flightsim.validation import figures, tables
from flightsim.validation.report import Report, screen
from flightsim.validation.scores import ensemble as ensembles
from flightsim.validation.scores.board import score
from flightsim.validation.scores.ground import Ground
from flightsim.validation.scores.rolling import drawn_ensembles

FOLDER, REPORT = "validation", "report.txt"
MARK = "This folder is a validation of flightsim"


def validate(
    results: str | Path,
    observed: str | Path | None = None,
    output: str | Path | None = None,
    scenario: str | None = None,
    drawn: str | Path | None = None,
) -> tuple[Path, str]:
    """Score the runs in a results folder or sweep, write a folder of tables and figures, and say it in a screen.

    ``observed``: a folder of observations, the case's own if None; ``drawn``: a sweep over ``events.known_until``
    for forecasts that do not know the events ahead. Gives the folder and the screen's text.
    """
    report = reported(results, observed, scenario, drawn)
    folder = Path(output) if output is not None else Path(results) / FOLDER
    text = screen(report)
    _make_way(folder)
    with whole_folder(folder) as inside, plain_errors(folder):
        tables.write(report, inside)
        (inside / "figures").mkdir()
        figures.draw_all(report, inside / "figures")
        write_text(inside / REPORT, text + "\n")
        write_text(inside / "README.txt", f"{MARK}.\n\n{tables.README}")
    return folder, text


def reported(
    results: str | Path,
    observed: str | Path | None = None,
    scenario: str | None = None,
    drawn: str | Path | None = None,
) -> Report:
    """All scores of the runs in a folder, not written anywhere."""
    runs = ensembles.read(results, scenario)
    case = read_case(runs.case)
    ground = Ground(case.world, runs.runs[0].front)
    observations = read_observations(observed or case.folder, ground.codes, case.world.persons)
    board = score(runs, observations, case.world)
    own = observed is None or Path(observed).resolve() == case.folder.resolve()
    ahead = None if drawn is None else drawn_ensembles(drawn, runs)
    return Report(board, case.world, own, ahead)


def _make_way(folder: Path) -> None:
    """Remove an earlier validation of that name; anything else there is left, with an InputError."""
    if folder.exists():
        mark = folder / "README.txt"
        if not mark.is_file() or not mark.read_text(encoding="utf-8", errors="replace").startswith(MARK):
            raise InputError(
                f"{folder} is in the way: it is no validation of flightsim, and is left as it is"
            )
    check_writable(folder.parent)
    with plain_errors(folder):
        shutil.rmtree(folder, ignore_errors=False) if folder.exists() else None
