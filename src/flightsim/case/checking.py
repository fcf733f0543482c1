"""Everything that can be said of a case without a run: what is wrong, what is odd, and what it amounts to."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from flightsim.case.columns import OPTIONAL_TABLES, TABLES
from flightsim.case.positions import misplaced
from flightsim.case.reading import Case, find_case, read_case
from flightsim.case.slips import slips
from flightsim.errors import InputError


@dataclass(frozen=True)
class Checked:
    """Errors, which stop a case from being read; notes, with which it can be; the case if it can be read."""

    errors: list[str]
    notes: list[str] = field(default_factory=list)
    case: Case | None = None


def check(case: str | Path) -> Checked:
    """Read a case, given by name or path, and look at it more closely; InputError if there is no such folder."""
    folder = find_case(case)
    try:
        read = read_case(case)
    except InputError as error:
        return Checked(error.complaints, slips(_texts(folder)))
    return Checked([], [*read.warnings, *misplaced(read.world)], read)


def _texts(folder: Path) -> dict[str, str | None]:
    """The tables whose text can be read, by file name: slips stand beside the errors that they may cause."""
    found: dict[str, str | None] = {}
    for file in (*TABLES, *OPTIONAL_TABLES):
        try:
            found[file] = (folder / file).read_text(encoding="utf-8-sig")
        except (OSError, ValueError):
            continue
    return found
