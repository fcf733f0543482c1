"""Colder or warmer nights."""

from __future__ import annotations

from dataclasses import replace

from flightsim.events import Event


def shifted(events: list[Event], degrees: float) -> list[Event]:
    """The same events, with so many degrees added to every night's minimum."""
    return [
        replace(event, value=float(event.value) + degrees) if event.type == "night_temperature" else event
        for event in events
    ]
