"""Dated events: what changes, where, when. Data, read once, never touched by a run."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

STRIKES = ("air_strike", "shelling", "clash")
EVENT_TYPES = (
    *STRIKES,
    "captured",
    "ceasefire",
    "pause",
    "facility_closed",
    "facility_reopened",
    "road_cut",
    "road_reopened",
    "border_rule",
    "aid_authorisation",
    "night_temperature",
    "site_opened",
    "site_closed",
    "hostility",
)
WARLIKE = (  # what ends when the war does
    *STRIKES,
    "captured",
    "ceasefire",
    "pause",
    "facility_closed",
    "facility_reopened",
    "road_cut",
    "road_reopened",
    "hostility",
)
STATUSES = ("reported", "derived", "assumed")
ALL = "ALL"


@dataclass(frozen=True, slots=True)
class Event:
    """One dated fact. ``hour`` is None for a whole day; ``hours`` is None for 'until it is changed'.

    ``value`` is text as in the file for captured and border_rule, a number for the others.
    """

    event_id: str
    date: date
    hour: int | None
    hours: float | None
    type: str
    target: str
    value: str | float
    status: str
    note: str = ""


def by_type(events: Iterable[Event], *types: str) -> list[Event]:
    """Those of the given types, in order of date, hour and event_id; their order in the file means nothing."""
    chosen = [event for event in events if event.type in types]
    return sorted(chosen, key=lambda event: (event.date, event.hour or 0, event.event_id))


def with_status(events: Iterable[Event], keep: Iterable[str]) -> list[Event]:
    """Those whose status (reported, derived, assumed) is in ``keep``."""
    wanted = set(keep)
    return [event for event in events if event.status in wanted]
