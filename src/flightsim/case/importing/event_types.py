"""Which of our events each type of a publisher is: the table beside this file, or one of the user's own."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from flightsim.case.importing import sheets
from flightsim.case.importing.report import Report
from flightsim.errors import Complaints, nearest
from flightsim.events import STRIKES

SHIPPED = "event_types.csv"
COLUMNS = ("publisher", "event_type", "sub_event_type", "type")
OURS = (*STRIKES, "captured")
Types = dict[tuple[str, str, str], list[str]]  # ours by publisher, type and kind of it; none: left out


def read(file: str | None, report: Report) -> Types:
    """The table of types; InputError with every row that names a type which there is not."""
    if file:
        return _read(Path(file), report)
    with resources.as_file(resources.files(__package__) / SHIPPED) as shipped:
        return _read(shipped, Report())


def _read(file: Path, report: Report) -> Types:
    sheet = sheets.read(file, report)
    publisher, kind, sub, ours = (sheet.needed(name, (name,)) for name in COLUMNS)
    complaints = Complaints()
    found: Types = {}
    for line in sheet.lines:
        said = line.said[ours]
        if said and said not in OURS:
            complaints.add(
                f"{file} row {line.row}: type is {said!r}; expected {', '.join(OURS)}, or a blank to leave it out"
                f"{nearest(said, OURS)}"
            )
        key = key_of(line.said[publisher], line.said[kind], line.said[sub])
        found.setdefault(key, []).extend([said] if said else [])
    complaints.raise_if_any()
    return found


def key_of(publisher: str, kind: str, sub: str = "") -> tuple[str, str, str]:
    """How a type is looked up: capitals and blanks around make no difference."""
    return publisher.strip().lower(), kind.strip().lower(), sub.strip().lower()


def ours_of(types: Types, publisher: str, kind: str, sub: str) -> list[str] | None:
    """Our types of a publisher's; empty if it is to be left out, None if the table does not know it."""
    own = types.get(key_of(publisher, kind, sub))
    return types.get(key_of(publisher, kind)) if own is None else own
