"""Health facilities named in April to September 2019: each closes on the day it is first said to be out of work."""

from __future__ import annotations

from datetime import date

from campaign import SPRING
from health import Reports
from sources import Sources

CLOSED = ("out of service", "destroyed")
KINDS = ("hospital", "health_centre")
AGAIN = ("second time", "again", "hospital in Kafr Nabl")  # a facility already in the table, struck once more
CLOSED_BY = (
    (date(2019, 4, 29), 3),  # named
    (date(2019, 5, 6), 8),  # SOHR: 4 hospitals and 2 centres since 30 April, beside those named before
    (date(2019, 5, 17), 24),  # between: assumption, evenly to the peak
    (date(2019, 5, 31), 50),  # Health Cluster: out of service at the peak
)  # afterwards nothing but facilities named and places taken: no count is in the sources


def spring_reports(src: Sources) -> Reports:
    """The named facilities by P-code, and how many had closed by a day."""
    known = []
    for row in src.rows("forcing_spring2019/health_2019"):
        again = any(text in f"{row['facility']} {row['effect']}" for text in AGAIN)
        if row["kind"] not in KINDS or src.control.get(row["pcode"]) != "opposition" or again:
            continue
        closed = any(text in row["effect"] for text in CLOSED) and row["date_end"] <= str(SPRING.last)
        source = f"{row['source_title']}: {row['effect']}"
        known.append((row["pcode"], row["kind"], True, row["date_end"] if closed else "", "reported", source))
    return Reports(tuple(known), CLOSED_BY)
