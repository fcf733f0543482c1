"""The figures of a run whose tables are written already: one that fails costs no run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from flightsim.errors import InputError
from flightsim.files.atomic import write_text

MISSING = "Note: figures are missing, the run itself is whole: "


def draw(figures: Callable[[Path], None], folder: Path, log: Path) -> None:
    """Draw into a folder; what goes wrong is a note at the end of the run's log.

    OSError, or one behind an InputError: nothing more can be written.
    """
    try:
        figures(folder)
    except OSError:
        raise
    except InputError as problem:
        if isinstance(problem.__cause__, OSError):
            raise
        _note(log, "; ".join(problem.complaints))
    except Exception as problem:
        _note(log, f"{type(problem).__name__}: {problem}")


def _note(log: Path, said: str) -> None:
    write_text(log, f"{log.read_text(encoding='utf-8').rstrip()}\n{MISSING}{' '.join(said.split())}\n")
