"""The counts in camps of a Flee folder, by day, as Flee's own table makes them.

Flee (github.com/djgroen/flee, BSD 3-clause) reads ``source_data/data_layout.csv``: a row a camp with one or more CSV
files of date and people. Files of one camp are added up, earlier registrations are scaled to later ones, and the days
between are filled by a straight line, cut to whole people. What follows gives the same whole numbers, so that scores
can be laid beside Flee's; where Flee's way bends the counts, the docstring says so.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from flightsim.errors import Complaints, nearest
from flightsim.world import Ints

Points = list[tuple[int, float]]  # day since the start and people, as the file has them


@dataclass(frozen=True)
class Counts:
    """What a folder says of the people in its camps.

    names   in the order of the layout; the first is the total
    people  (n, days) whole people on each day
    points  the counts themselves, corrected, by name
    """

    names: tuple[str, ...]
    people: Ints
    points: dict[str, Points]

    def of(self, name: str) -> Ints:
        """(days,) the people in a camp; none where the folder has no series of it."""
        if name not in self.names:
            return np.zeros(self.people.shape[1], np.int64)
        return np.asarray(self.people[self.names.index(name)])

    def new_people(self) -> Ints:
        """(days,) how many set out on each day: the gain of all camps; a loss is made up by later gains first.

        Those who are in the camps on day 0 set out before it.
        """
        gain = np.diff(self.people[1:].sum(axis=0), prepend=0)
        gain[0] = 0
        new, debt = np.zeros(len(gain), np.int64), 0
        for day, people in enumerate(gain.tolist()):
            people -= debt
            debt, new[day] = max(-people, 0), max(people, 0)
        return new


def read(folder: Path, start: date, days: int, complaints: Complaints) -> Counts:
    """The counts of a folder's ``source_data``, registrations corrected; complaints about what cannot be read."""
    source, corrections = folder / "source_data", folder / "input_csv" / "registration_corrections.csv"
    points: dict[str, Points] = {}
    for name, *files in _rows(source / "data_layout.csv", complaints):
        parts = [_points(source / file, start, complaints) for file in files if file]
        if not parts or not all(parts):
            complaints.add(f"source_data/data_layout.csv: {name} has no count that can be read")
            continue
        points[name] = parts[0]
        for part in parts[1:]:
            points[name] = added(points[name], part)
    if corrections.exists():
        for name, *cells in _rows(corrections, complaints):
            if name not in points:
                complaints.add(f"{corrections.name}: there is no series of {name}{nearest(name, points)}")
            elif (day := _day(cells[0] if cells else "", start)) is None:
                complaints.add(f"{corrections.name}: {name} has no date; expected one such as 2012-12-31")
            else:
                points[name] = corrected(points[name], day)
    if not points:
        return Counts((), np.zeros((0, days), np.int64), {})
    return Counts(tuple(points), np.array([by_day(own, days) for own in points.values()]), points)


def added(one: Points, other: Points) -> Points:
    """Two series of one camp added up, without filling days between: each date of both, with the last of the other.

    As in Flee, dates of the first after the last of the second are lost, those of the second after the end of the
    first repeat the first's last row, and before a date of the first its *next* count is taken.
    """
    sums: Points = []
    at, last = 0, 0.0
    for day, people in other:
        ended = False
        while day > one[at][0] and not ended:
            sums.append((one[at][0], last + one[at][1]))
            ended = at == len(one) - 1
            at += not ended
        if day > one[at][0]:
            continue
        sums.append((day, people + one[at][1]))
        at += day == one[at][0] and at < len(one) - 1
        last = people
    return sums


def corrected(points: Points, day: int) -> Points:
    """Counts before a new registration on ``day`` scaled, so that the last of them meets it."""
    scaled = list(points)
    for row in range(1, len(points)):
        if scaled[row][0] == day and scaled[row - 1][1]:
            factor = scaled[row][1] / scaled[row - 1][1]
            scaled[:row] = [(when, people * factor) for when, people in scaled[:row]]
    return scaled


def by_day(points: Points, days: int) -> Ints:
    """(days,) whole people: the first count before it, the last after it, a straight line between, cut."""
    when, people = np.array([p[0] for p in points]), np.array([p[1] for p in points], float)
    found = np.zeros(days, np.int64)
    for day in range(days):
        later = np.flatnonzero(day < when[1:])
        if day <= when[0]:
            found[day] = int(people[0])
        elif not len(later):
            found[day] = int(people[-1])
        else:
            i = int(later[0])
            share = float(day - when[i]) / float(when[i + 1] - when[i])
            found[day] = int(people[i] + share * float(people[i + 1] - people[i]))
    return found


def cells(file: Path, complaints: Complaints) -> list[list[str]]:
    """All rows of a CSV file, blanks around the cells taken off; UTF-8, else as Windows writes Western languages."""
    try:
        raw = file.read_bytes()
        try:
            text = raw.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = raw.decode("cp1252", errors="replace")
        return [[cell.strip() for cell in row] for row in csv.reader(io.StringIO(text, newline=""))]
    except (OSError, csv.Error) as error:
        complaints.add(f"{file.parent.name}/{file.name} cannot be read: {getattr(error, 'strerror', error)}")
        return []


def _rows(file: Path, complaints: Complaints) -> list[list[str]]:
    """Rows of a file without a header; lines that begin with # are remarks."""
    return [row for row in cells(file, complaints) if row and row[0] and not row[0].startswith("#")]


def _points(file: Path, start: date, complaints: Complaints) -> Points:
    """Days since the start and people of one file; rows without a count and a header are left out, as in Flee."""
    points: Points = []
    for row, line in enumerate(_rows(file, complaints)):
        if len(line) < 2 or not line[1]:
            continue
        day, people = _day(line[0], start), _number(line[1])
        if day is not None and people is not None:
            points.append((day, people))
        elif row:
            complaints.add(f"source_data/{file.name}: {','.join(line[:2])} is no date and count of people")
    return points


def _day(cell: str, start: date) -> int | None:
    try:
        return (date.fromisoformat(cell) - start).days
    except ValueError:
        return None


def _number(cell: str) -> float | None:
    try:
        return float(cell)
    except ValueError:
        return None
