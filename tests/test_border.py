"""The gates: GATE leads abroad and is closed at the start, INNER leads to the SNA's side and is open."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
import pytest

import worlds
from flightsim.border import Border, Gates, OpenBorder
from flightsim.clock import Clock
from flightsim.events import Event
from flightsim.world import BORDER_RULES, World

GATE, INNER = range(2)
CLOSED, WOMEN_AND_CHILDREN, OPEN = range(3)
WITH_MEN = np.array([True, False])


def day(n: int) -> date:
    return worlds.START + timedelta(days=n)


def start(
    world: World, part: Border | OpenBorder, events: Sequence[Event] = (), step_hours: int = 1
) -> Gates:
    return part.start(world, events, Clock(worlds.START, 10, step_hours))


def test_as_it_was_follows_the_dated_rules(town: World) -> None:
    events = [
        worlds.border_rule("open", day(0), "GATE", hour=2),
        worlds.border_rule("women_and_children", day(0), "GATE", hour=5),
        worlds.border_rule("closed", day(1), "GATE"),
    ]
    gates, rules, changed = start(town, Border(), events), [], []
    for step in range(25):
        changed.append(gates.advance(step))
        rules.append(int(gates.rule[GATE]))
    assert rules == [CLOSED] * 2 + [OPEN] * 3 + [WOMEN_AND_CHILDREN] * 19 + [CLOSED]
    assert np.flatnonzero(changed).tolist() == [2, 5, 24]


def test_the_last_rule_of_a_long_step_holds(town: World) -> None:
    events = [worlds.border_rule("open", day(0), hour=2), worlds.border_rule("closed", day(0), hour=20)]
    gates = start(town, Border(), events, step_hours=24)
    assert gates.advance(0)
    assert gates.rule[GATE] == CLOSED


def test_rules_from_before_the_start_hold_from_the_first_step(town: World) -> None:
    gates = start(town, Border(), [worlds.border_rule("open", day(-30))])
    gates.advance(0)
    assert gates.rule[GATE] == OPEN


def test_all_means_all_gates_abroad(town: World) -> None:
    gates = start(town, Border(), [worlds.border_rule("closed", day(0))])
    gates.advance(0)
    assert gates.rule.tolist() == [CLOSED, OPEN]


@pytest.mark.parametrize("policy", BORDER_RULES)
def test_a_policy_holds_at_the_gates_abroad_whatever_the_dated_rules(town: World, policy: str) -> None:
    events = [worlds.border_rule(rule, day(0), "GATE", hour=i) for i, rule in enumerate(BORDER_RULES)]
    gates = start(town, Border(policy=policy), [*events, worlds.border_rule("open", day(1))])
    for step in range(48):
        assert not gates.advance(step)
        assert BORDER_RULES[gates.rule[GATE]] == policy
    assert gates.rule[INNER] == OPEN


@pytest.mark.parametrize("part", [Border(), *(Border(policy=rule) for rule in BORDER_RULES), OpenBorder()])
def test_internal_gates_follow_their_dated_rules_under_any_policy(
    town: World, part: Border | OpenBorder
) -> None:
    gates = start(town, part, [worlds.border_rule("closed", day(0), "INNER", hour=3)])
    assert [gates.advance(step) for step in range(5)] == [False, False, False, True, False]
    assert gates.rule[INNER] == CLOSED


def test_open_border_is_open_without_limit(town: World) -> None:
    gates = start(town, OpenBorder(), [worlds.border_rule("closed", day(0))])
    gates.advance(0)
    assert gates.leads_abroad.tolist() == [GATE]
    assert np.isinf(gates.persons_per_hour[GATE])


def test_throughput_is_a_lever(town: World) -> None:
    assert start(town, Border(throughput=2.5)).persons_per_hour[GATE] == 250
    assert start(town, Border(policy="open")).leads_abroad.tolist() == [GATE]
    assert start(town, Border(policy="open", throughput=0)).leads_abroad.tolist() == []


def test_internal_gates_lead_nowhere_abroad(town: World) -> None:
    assert start(town, Border(policy="closed")).leads_abroad.tolist() == []


def test_families_are_not_split(town: World) -> None:
    """Under 'women and children' a household passes together or not at all: those without adult men."""
    for policy, admitted in (("closed", [0, 0]), ("women_and_children", [0, 1]), ("open", [1, 1])):
        assert start(town, Border(policy=policy)).admits(GATE, WITH_MEN).tolist() == admitted


def test_a_world_without_gates(line: World) -> None:
    for part in (Border(), Border(policy="open"), OpenBorder()):
        gates = start(line, part, [worlds.border_rule("open", day(0))])
        gates.advance(0)
        assert gates.leads_abroad.tolist() == []


def test_the_world_is_left_as_it_was(town: World) -> None:
    gates = start(town, Border(policy="open"), [worlds.border_rule("closed", day(0), "INNER")])
    gates.advance(0)
    assert town.crossings.rule.tolist() == [CLOSED, OPEN]
