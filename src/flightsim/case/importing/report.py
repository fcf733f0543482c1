"""What an importer is asked, what it takes, and what it leaves out and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flightsim.case.cells import CONTROL
from flightsim.errors import Complaints, InputError, nearest

Row = dict[str, Any]  # a row of a case's table: text, number or None for a blank cell, by our column


@dataclass(frozen=True)
class Option:
    """A switch of one kind of import, as ``--population FILE``."""

    name: str
    meaning: str
    metavar: str = "TEXT"
    default: str | None = None


@dataclass(frozen=True)
class Asked:
    """What one import was asked: which files, into which case, and how their columns are called."""

    files: list[Path]
    case: Path
    source: str  # goes into the source cell of every row
    columns: Mapping[str, str] = field(default_factory=dict)  # ours: theirs
    options: Mapping[str, str | None] = field(default_factory=dict)

    def number(self, option: str, at_least: float = 0.0) -> float:
        """The value of an option that is a number; InputError if it is none, or too small."""
        said = self.options.get(option)
        try:
            value = float(said or "")
            if at_least <= value < float("inf"):
                return value
        except ValueError:
            pass
        raise InputError(f"--{option} is {said!r}; expected a number, {at_least:g} or more")

    def words(self, option: str, known: Mapping[str, Any] | tuple[str, ...]) -> list[str]:
        """The value of an option that is a list of known words with commas between."""
        found = [word.strip() for word in (self.options.get(option) or "").split(",") if word.strip()]
        complaints = Complaints()
        for word in found:
            if word not in known:
                complaints.add(
                    f"--{option}: {word!r} is unknown; expected {', '.join(known)}{nearest(word, known)}"
                )
        complaints.raise_if_any()
        if not found:
            raise InputError(f"--{option} is blank; expected some of {', '.join(known)}")
        return found


@dataclass(frozen=True)
class Dropped:
    """One row that was left out. ``row`` is its number in the file (a table's header is row 1), or its id."""

    file: str
    row: str
    name: str
    reason: str
    detail: str = ""  # what of this row: kept out of the reason, so that reasons can be counted


@dataclass
class Report:
    """What was left out, row by row, and what whoever imports should know."""

    dropped: list[Dropped] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def drop(self, file: str | Path, row: object, name: object, reason: str, detail: object = "") -> None:
        """Leave a row out."""
        self.dropped.append(Dropped(Path(file).name, str(row), str(name or ""), reason, str(detail)))

    def note(self, text: str) -> None:
        """Say something that concerns the whole import, once."""
        if text not in self.notes:
            self.notes.append(text)

    def by_reason(self) -> list[str]:
        """A line a reason, the most frequent first, with the first row as an example."""
        counts = Counter(each.reason for each in self.dropped)
        first = {each.reason: each for each in reversed(self.dropped)}
        lines = []
        for reason, n in counts.most_common():
            each = first[reason]
            what = " ".join(part for part in (each.name, f"({each.detail})" if each.detail else "") if part)
            lines.append(f"{n:,} left out: {reason}; first {each.file} row {each.row}{what and f', {what}'}")
        return lines


@dataclass
class Taken:
    """What an importer takes: rows of the case's tables by file name, maps as text, and how it may be used."""

    rows: dict[str, list[Row]] = field(default_factory=dict)
    maps: dict[str, str] = field(default_factory=dict)  # file name and GeoJSON text
    licence: str = ""  # where the files themselves say it
    attribution: str = ""
    manifest: str = ""  # of a kind that makes a whole case: its text
    corrected: dict[str, list[Row]] = field(default_factory=dict)  # tables of the case, some cells changed


def cell(value: Any) -> str:
    """A value as it stands in a table: whole numbers without a point, texts on one line without odd spaces."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(round(value, 6))
    return " ".join(CONTROL.sub(" ", str(value)).split())
