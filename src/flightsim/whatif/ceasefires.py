"""A ceasefire that holds, for a time or for good, or hours without bombardment every day."""

from __future__ import annotations

from datetime import date, timedelta

from flightsim.clock import Clock
from flightsim.errors import InputError
from flightsim.events import ALL, WARLIKE, Event, by_type


def holds(events: list[Event], clock: Clock, since: date | None, until: date | None = None) -> list[Event]:
    """From a day on nothing that war does happens any more, and the ceasefire does not end before its last day.

    No strike, no clash, no place taken, no facility closed, no road cut. ``since`` null: the day of the first ceasefire
    that was announced in the period; ``until``, the last day, null: for good. What war did later happens as it did.
    """
    if since is None:
        announced = [e for e in by_type(events, "ceasefire") if e.value and e.date >= clock.start]
        if not announced:
            raise InputError(
                "events.ceasefire is holds and the case has no ceasefire in the period; expected ceasefire_from=DATE"
            )
        since = announced[0].date
    last = date.max if until is None else until
    if last < since:
        raise InputError(
            f"events.ceasefire_until is {until}, before the ceasefire begins on {since}; expected a later day"
        )
    kept = [e for e in events if not (since <= e.date <= last and e.type in WARLIKE)]
    made = [Event(f"ceasefire-holds-{since}", since, None, None, "ceasefire", ALL, 1.0, "assumed")]
    if until is not None:
        day = until + timedelta(days=1)
        made.append(Event(f"ceasefire-ends-{day}", day, None, None, "ceasefire", ALL, 0.0, "assumed"))
    return [*kept, *made]


def daily_pause(
    events: list[Event], clock: Clock, since: date, hour: int, hours: float, until: date | None = None
) -> list[Event]:
    """So many hours without bombardment from an hour on, every day to the last; strikes of these hours fall away."""
    last = clock.date_of(clock.days - 1)
    if until is not None and until < since:
        raise InputError(
            f"events.ceasefire_until is {until}, before the pauses begin on {since}; expected a later day"
        )
    days = (min(last, until or last) - since) // timedelta(days=1) + 1
    pauses = [
        Event(f"pause-{when}", when, hour, hours, "pause", ALL, 1.0, "assumed")
        for when in (since + timedelta(days=day) for day in range(max(days, 0)))
    ]
    return [*events, *pauses]
