"""A ceasefire that holds, or hours without bombardment every day."""

from __future__ import annotations

from datetime import date, timedelta

from flightsim.clock import Clock
from flightsim.errors import InputError
from flightsim.events import ALL, WARLIKE, Event, by_type


def holds(events: list[Event], clock: Clock, since: date | None) -> list[Event]:
    """From a day on nothing that war does happens any more, and the ceasefire does not end.

    No strike, no clash, no place taken, no facility closed, no road cut. Null: the day of the first ceasefire that
    was announced in the period.
    """
    if since is None:
        announced = [e for e in by_type(events, "ceasefire") if e.value and e.date >= clock.start]
        if not announced:
            raise InputError(
                "events.ceasefire is holds and the case has no ceasefire in the period; expected ceasefire_from=DATE"
            )
        since = announced[0].date
    kept = [event for event in events if event.date < since or event.type not in WARLIKE]
    return [*kept, Event(f"ceasefire-holds-{since}", since, None, None, "ceasefire", ALL, 1.0, "assumed")]


def daily_pause(events: list[Event], clock: Clock, since: date, hour: int, hours: float) -> list[Event]:
    """So many hours without bombardment from an hour on, on every day; strikes of these hours fall away."""
    days = (clock.date_of(clock.days - 1) - since) // timedelta(days=1) + 1
    pauses = [
        Event(f"pause-{when}", when, hour, hours, "pause", ALL, 1.0, "assumed")
        for when in (since + timedelta(days=day) for day in range(max(days, 0)))
    ]
    return [*events, *pauses]
