"""Events are chosen by type and status, in an order that does not depend on how they came."""

from __future__ import annotations

import dataclasses
from itertools import permutations

import pytest

import worlds
from flightsim.events import EVENT_TYPES, STRIKES, by_type, with_status

EVENTS = [
    worlds.strike("A", "2020-01-03"),
    worlds.captured("A", "2020-01-02", hour=9),
    worlds.captured("B", "2020-01-02"),
    worlds.captured("A", "2020-01-02", holder="opposition"),
]


def test_by_type_is_in_order_of_date_hour_and_id_whatever_the_order_before() -> None:
    for shuffled in permutations(EVENTS):
        chosen = by_type(shuffled, "captured")
        assert [(event.target, event.hour) for event in chosen] == [("A", None), ("B", None), ("A", 9)]


def test_by_type_takes_several_types_or_finds_none() -> None:
    assert len(by_type(EVENTS, *STRIKES, "captured")) == 4
    assert by_type(EVENTS, "pause") == []


def test_with_status() -> None:
    assumed = worlds.event("shelling", "A", 2.0, status="assumed")
    assert with_status([*EVENTS, assumed], ["assumed"]) == [assumed]
    assert with_status([*EVENTS, assumed], ["reported", "assumed"]) == [*EVENTS, assumed]
    assert with_status(EVENTS, []) == []


def test_an_event_does_not_change() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        EVENTS[0].value = 2.0  # type: ignore[misc]


def test_helpers_make_every_type_of_event() -> None:
    made = [
        worlds.strike("A", "2020-01-01"),
        worlds.event("shelling", "A"),
        worlds.event("clash", "A"),
        worlds.captured("A", "2020-01-01"),
        worlds.ceasefire("2020-01-01"),
        worlds.pause("2020-01-01", 6, 6),
        worlds.facility("H1", "2020-01-01"),
        worlds.facility("H1", "2020-01-01", reopened=True),
        worlds.road_cut("A-B", "2020-01-01"),
        worlds.road_reopened("A-B", "2020-01-01"),
        worlds.border_rule("open", "2020-01-01"),
        worlds.event("aid_authorisation", "ALL", 1.0),
        worlds.night(-2, "2020-01-01"),
        worlds.event("site_opened", "A", 100.0),
        worlds.event("site_closed", "A"),
        worlds.event("hostility", "government"),
    ]
    assert [event.type for event in made] == list(EVENT_TYPES)
    assert len({event.event_id for event in made}) == len(made)
