"""The folder of a sweep, read and written; ``read`` also makes one sweep of several, or of plain runs."""

from flightsim.sweepfolder.files import (
    COLUMNS,
    DONE,
    DRAWS,
    FAILED,
    MISSING,
    RUNS,
    SUMMARY,
    Axis,
    Drawn,
    Sweep,
    find,
    hash_of,
    is_sweep,
    read_one,
    timed,
    write_about,
    write_rows,
)
from flightsim.sweepfolder.gather import read

__all__ = [
    "COLUMNS",
    "DONE",
    "DRAWS",
    "FAILED",
    "MISSING",
    "RUNS",
    "SUMMARY",
    "Axis",
    "Drawn",
    "Sweep",
    "find",
    "hash_of",
    "is_sweep",
    "read",
    "read_one",
    "timed",
    "write_about",
    "write_rows",
]
