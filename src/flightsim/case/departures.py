"""How many people left each place on each day, where that is known: a table of a case, or a file of the user's."""

from __future__ import annotations

from pathlib import Path

from flightsim.case.cells import NOTE, Column, Table, day, decode, identifier, number, parse, read_bytes, text
from flightsim.errors import Complaints, nearest
from flightsim.world import Departures, World

FILE = "departures.csv"
COLUMNS: dict[str, Column] = {
    "date": day().means("the day on which they set out"),
    "place_id": identifier().means("from where: a place of places.csv"),
    "persons": number(at_least=0, at_most=10_000_000).means("people who left home that day"),
    "source": text().means("who says so: publisher, document, date"),
    "note": NOTE,
}


def from_table(table: Table) -> Departures:
    """The rows of a table without complaints, by date and place; the order of rows means nothing."""
    table = table.sorted_by("date", "place_id")
    return Departures(tuple(table["date"]), tuple(table["place_id"]), table.numbers("persons"))


def check_departures(table: Table, places: list[str], complaints: Complaints) -> None:
    """Complain about places there are not, and a day that a place has twice."""
    first: dict[tuple[object, object], int] = {}
    for row, when, place in zip(table.rows, table["date"], table["place_id"], strict=True):
        if when is None or place is None:
            continue
        if place not in places:
            complaints.add(f"{table.file} row {row}: there is no place {place!r}{nearest(place, places)}")
        if (when, place) in first:
            complaints.add(
                f"{table.file} row {row}: {place} has {when} twice (first in row {first[when, place]})"
            )
        first.setdefault((when, place), row)


def read_file(path: Path, world: World) -> Departures:
    """A file of the user's, as ``departures.csv`` of a case; InputError with all complaints if it is not so."""
    complaints = Complaints()
    raw = read_bytes(path, complaints)
    content = decode(path.name, raw, complaints) if raw is not None else None
    complaints.raise_if_any()
    table = parse(path.name, content or "", COLUMNS, complaints)
    check_departures(table, world.places.place_id, complaints)
    if not len(table) and not complaints.texts:
        complaints.add(f"{path.name} has no row; expected a row a day and place")
    complaints.raise_if_any()
    return from_table(table)
