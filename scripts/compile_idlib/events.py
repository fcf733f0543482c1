"""events.csv: everything that changes, dated, in one table."""

from __future__ import annotations

from datetime import date
from typing import Any

from bombardment import Strike
from front import HOLDERS
from health import Facility
from sources import Sources
from weather import nights

UNITS = {
    "air_strike": "strikes",
    "shelling": "strikes",
    "clash": "strikes",
    "night_temperature": "deg C",
    "aid_authorisation": "crossings",
}
# Gates whose closure that winter is in the sources; the others were closed by the general rule
GATES_SEEN = {"BAH", "BAS", "KAL", "KAJ"}
NOON = 12
CLOSED = "closed to the displaced; medical cases and aid apart"
CLOSED_SOURCE = "NYT text 23 Dec 2019; HRW 2018; newser 26 Feb 2020"
# date, hour, hours, type, target, value, status, source, note
Plain = tuple[tuple[str, int | None, float | None, str, str, str, str, str, str], ...]
WINTER_PLAIN: Plain = (
    ("2019-11-20", None, None, "shelling", "C4131", "1", "reported", "Wikipedia mirror",
     "ground-to-ground missile on Qah camp"),
    ("2019-12-21", 6, 6, "pause", "SY070200", "", "reported", "OCHA Flash Update 2, 21 Dec 2019",
     "air strikes paused 06-12 on the roads north of Maarat al-Numan"),
    ("2020-01-10", None, None, "aid_authorisation", "ALL", "2", "reported", "UNSC res. 2504",
     "only Bab al-Salam and Bab al-Hawa; the number before is not in the sources"),
    ("2020-01-12", None, None, "ceasefire", "ALL", "1", "reported", "S/2020/141, 21 Feb 2020",
     "announced by Russia and Turkey; held in the air on 12 and 13 January"),
    ("2020-01-15", None, None, "ceasefire", "ALL", "0", "reported", "monitors; Wikipedia mirror",
     "offensive resumed; 60 raids that day"),
    ("2020-03-06", 0, None, "ceasefire", "ALL", "1", "reported", "OCHA Situation Report 10, 12 Mar 2020",
     "agreed in Moscow on 5 March"),
)  # fmt: skip


def events(
    src: Sources, places: list[str], strikes: list[Strike], facilities: list[Facility], plain: Plain
) -> list[list[Any]]:
    """Rows of events.csv, in order of date and type; changes of hands of one day keep their order."""
    known = set(places)
    rows = [
        event(day, kind, target, value, status, source, note, hour, hours)
        for day, hour, hours, kind, target, value, status, source, note in plain
    ]
    rows += [
        event(str(s.day), s.form, s.place, f"{s.value:.2f}", s.status, s.source, s.note) for s in strikes
    ]
    for day, degrees, status, source in nights(src.campaign):
        rows.append(event(str(day), "night_temperature", "ALL", f"{degrees:g}", status, source))
    for f in facilities:
        if f.closed_on and f.functioning:
            source = f.source if f.closed_status == "reported" else "derived: strikes and front, WHO totals"
            rows.append(
                event(str(f.closed_on), "facility_closed", f.facility_id, "", f.closed_status, source)
            )
    for gate in src.rows("geography/crossings"):
        if gate["type"] == "turkey_border":
            status = "reported" if gate["id"] in GATES_SEEN else "derived"
            rows.append(
                event(
                    str(src.campaign.first),
                    "border_rule",
                    gate["id"],
                    "closed",
                    status,
                    CLOSED_SOURCE,
                    CLOSED,
                )
            )
    rows.sort(key=lambda row: (row[0], row[3], row[4]))
    rows += captures([row for row in src.captures if row["pcode"] in known])
    rows.sort(key=lambda row: (row[0], row[3]))
    return [[f"E{i:05d}", *row] for i, row in enumerate(rows, start=1)]


def event(
    day: str,
    kind: str,
    target: str,
    value: str,
    status: str,
    source: str,
    note: str = "",
    hour: int | None = None,
    hours: float | None = None,
) -> list[Any]:
    """One row, without its event_id."""
    return [day, hour, hours, kind, target, value, UNITS.get(kind, ""), status, source, note]


def captures(chosen: list[dict[str, str]]) -> list[list[Any]]:
    """Changes of hands; a second one on the same day is put at noon (order known, hour assumed)."""
    rows = [capture(row) for row in chosen]
    seen: set[tuple[str, str]] = set()
    for row in rows:
        if (row[0], row[4]) in seen:
            row[1], row[9] = NOON, f"{row[9]}; hour assumed"
        seen.add((row[0], row[4]))
    return rows


def capture(row: dict[str, str]) -> list[Any]:
    """One change of hands; the date is the day control was claimed."""
    low, high = date.fromisoformat(row["date_low"]), date.fromisoformat(row["date_high"])
    bounds = "" if low == high else f"between {low} and {high}"
    note = ", ".join(filter(None, [row["event"], bounds]))
    source = row["source_title"] if row["method"] == "reported" else "interpolated between dated neighbours"
    holder = HOLDERS[row["event"]]
    return event(row["date_best"], "captured", row["pcode"], holder, row["method"], short(source), note)


def short(text: str, most: int = 60) -> str:
    """A source cut at a word, to keep the table small."""
    return text if len(text) <= most else text[:most].rsplit(" ", 1)[0] + " ..."
