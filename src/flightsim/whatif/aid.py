"""Another number of crossings authorised for aid."""

from __future__ import annotations

from datetime import date, timedelta

from flightsim.clock import Clock
from flightsim.errors import InputError
from flightsim.events import ALL, Event, by_type


def authorised(events: list[Event], clock: Clock, since: date | None, crossings: float) -> list[Event]:
    """So many crossings from a day on, whatever was authorised then or later; null: the first such day of the case."""
    dated = by_type(events, "aid_authorisation")
    if since is None:
        if not dated:
            raise InputError("events.aid_from is null and the case has no aid authorisation; expected a date")
        since = dated[0].date
    kept = [event for event in events if event.type != "aid_authorisation" or event.date < since]
    if (
        not any(event.date < since for event in dated) and dated
    ):  # as many before as the case's first row says
        first, before = dated[0], min(clock.start, since) - timedelta(days=1)
        kept.append(Event("aid-before", before, None, None, first.type, ALL, first.value, "assumed"))
    return [
        *kept,
        Event(f"aid-from-{since}", since, None, None, "aid_authorisation", ALL, crossings, "assumed"),
    ]
