"""``flightsim validate``: runs beside what was reported and beside baselines, as a screen, tables and figures."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

from flightsim.case.observations import FILE, folder_or_own, read_observations
from flightsim.case.reading import read_case
from flightsim.errors import InputError
from flightsim.files.atomic import check_writable, plain_errors, whole_folder, write_text
from flightsim.results import since, trust
from flightsim.results.history import departures
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
    what_if: bool = False,
) -> tuple[Path, str]:
    """Score the runs in a results folder or sweep, write a folder of tables and figures, and say it in a screen.

    ``observed``: a folder of observations, the case's own if None; ``drawn``: a sweep over ``events.known_until``
    for forecasts that do not know the events ahead; ``what_if``: runs that leave what happened are scored all the same,
    and it is said. Gives the folder and the screen's text.
    """
    report = reported(results, observed, scenario, drawn, what_if)
    folder = Path(output) if output is not None else Path(results) / FOLDER
    text = screen(report)
    _make_way(folder)
    with whole_folder(folder) as inside, plain_errors(folder):
        tables.write(report, inside)
        (inside / "figures").mkdir()
        figures.draw_all(report, inside / "figures")
        write_text(inside / REPORT, text + "\n")
        said = f"{report.warning}\n\n" if report.warning else ""
        write_text(inside / "README.txt", f"{MARK}.\n\n{said}{tables.README}")
    return folder, text


def reported(
    results: str | Path,
    observed: str | Path | None = None,
    scenario: str | None = None,
    drawn: str | Path | None = None,
    what_if: bool = False,
) -> Report:
    """All scores of the runs in a folder, not written anywhere; InputError if they leave what happened, unasked."""
    runs = ensembles.read(results, scenario)
    other = _check_history(runs, results, what_if)
    case = read_case(runs.case)
    ground = Ground(case.world, runs.runs[0].front)
    folder = folder_or_own(observed, case.folder, "--observed FOLDER")
    observations = read_observations(folder, ground.codes, case.world.persons)
    own = observed is None or Path(observed).resolve() == case.folder.resolve()
    before = (
        [] if own or not (case.folder / FILE).exists() else read_observations(case.folder, ground.codes).rows
    )
    history = date.max if other else runs.history_until or date.max
    board = score(runs, observations, case.world, before, history)
    ahead = None if drawn is None else drawn_ensembles(drawn, runs)
    changed = since.of_all((run.config, run.provenance) for run in runs.runs)
    return Report(board, case.world, own, ahead, tuple(other), (*trust.notes(), *changed))


def _check_history(runs: ensembles.Ensemble, results: str | Path, what_if: bool) -> list[str]:
    """The settings by which runs leave what happened, if they are scored in spite of it; InputError if unasked."""
    other = list(dict.fromkeys(said for run in runs.runs for said in departures(run.config)))
    until, first = runs.history_until, runs.days[0].date()
    if what_if or not other or (until is not None and until >= first):
        return other if what_if else []
    named = f"scenario '{runs.scenario}' in {results}" if runs.scenario else str(results)
    raise InputError(
        f"{named} is a what-if ({', '.join(other)}), not what happened, so reports do not test it; choose a scenario "
        "that follows what happened, or lay it beside the reports all the same with --what-if"
    )


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
