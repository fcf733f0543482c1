"""The gates: GATE leads abroad and is closed at the start, INNER leads to the SNA's side and is open."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
import pytest

import worlds
from flightsim.clock import Clock
from flightsim.events import Event
from flightsim.model.households import ABROAD
from flightsim.model.parts.border import Border, Gates, OpenBorder
from flightsim.world import BORDER_RULES, World
from models import model_of, run

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


# ------------------------------------------------------------------ queues


def queue(gates: Gates, *persons: float, gate: int = GATE, first_row: int = 0) -> None:
    """Households of so many persons join, by number of row."""
    n = len(persons)
    gates.join(np.full(n, gate), np.arange(first_row, first_row + n), np.array(persons))


def test_a_gate_lets_through_so_many_persons_an_hour(town: World) -> None:
    """Fifty households of five at 100 persons an hour: twenty, twenty, ten."""
    gates = start(town, Border(policy="open"))
    queue(gates, *[5.0] * 50)
    assert gates.waiting_persons[GATE] == 250
    assert [gates.let_through(1.0).tolist() for _ in range(4)] == [
        list(range(20)),
        list(range(20, 40)),
        list(range(40, 50)),
        [],
    ]
    assert (gates.waiting_persons[GATE], gates.through_persons[GATE]) == (0, 250)


@pytest.mark.parametrize("step_hours", [1, 6, 24])
def test_a_day_lets_through_what_its_hours_let_through(town: World, step_hours: int) -> None:
    gates = start(town, Border(policy="open", throughput=0.07))  # 7 persons an hour
    queue(gates, *[4.0] * 100)
    passed = sum(len(gates.let_through(step_hours)) for _ in range(24 // step_hours))
    assert passed == 24 * 7 // 4


def test_a_slow_gate_saves_up_for_a_large_household_and_hours_unused_are_lost(town: World) -> None:
    gates = start(town, Border(policy="open", throughput=0.02))  # two persons an hour
    for _ in range(100):
        assert not len(gates.let_through(1.0))
    queue(gates, 6.0, 6.0)
    assert [len(gates.let_through(1.0)) for _ in range(7)] == [0, 0, 1, 0, 0, 1, 0]


def test_nobody_crosses_a_closed_crossing(town: World) -> None:
    gates = start(town, Border(policy="closed"))
    queue(gates, *[5.0] * 10)
    assert not len(gates.let_through(24.0))
    assert (gates.waiting_persons[GATE], gates.through_persons[GATE]) == (50, 0)


def test_without_limit_all_pass_at_once(town: World) -> None:
    gates = start(town, OpenBorder())
    queue(gates, *[1e6] * 10)
    assert len(gates.let_through(1.0)) == 10
    assert gates.through_persons[GATE] == 1e7


def test_when_a_gate_closes_its_queue_is_sent_away(town: World) -> None:
    gates = start(
        town, Border(), [worlds.border_rule("open", day(0)), worlds.border_rule("closed", day(0), hour=5)]
    )
    gates.advance(0)
    queue(gates, 5.0, 3.0)
    men = np.array([True, False])
    assert not len(gates.turn_away(men)[0])
    for step in range(1, 6):
        gates.advance(step)
    rows, at = gates.turn_away(men)
    assert (rows.tolist(), at.tolist()) == ([0, 1], [GATE, GATE])
    assert gates.waiting_persons[GATE] == 0


def test_when_only_women_and_children_may_pass_men_are_sent_away_with_their_families(town: World) -> None:
    events = [worlds.border_rule("open", day(0)), worlds.border_rule("women_and_children", day(0), hour=1)]
    gates = start(town, Border(), events)
    gates.advance(0)
    queue(gates, 5.0, 3.0, 4.0)
    gates.advance(1)
    rows, at = gates.turn_away(np.array([True, False, True]))
    assert (rows.tolist(), at.tolist()) == ([0, 2], [GATE, GATE])
    assert gates.waiting_persons[GATE] == 3
    assert gates.let_through(1.0).tolist() == [1]


def test_no_men_pass_after_the_rule_has_changed() -> None:
    """Of those who were at the gate, and of those who were still on the way to it."""
    rules = [worlds.border_rule("open", day(0)), worlds.border_rule("women_and_children", day(2))]
    struck = [worlds.strike(place, day(n), 60) for place in ("C2", "N2", "M1") for n in range(3)]
    model = model_of(worlds.town_world(), [*rules, *struck], days=6, border=Border(throughput=0.3))
    run(model, days=2)
    h = model.households
    abroad_before = h.state == ABROAD
    on_their_way = model.traffic.travellers.place == len(model.world.places) + GATE
    assert (on_their_way & (h.adult_men[model.traffic.travellers.household] > 0)).any()
    run(model)
    passed_since = (h.state == ABROAD) & ~abroad_before
    assert passed_since.any()
    assert not (h.adult_men[passed_since] > 0).any()


def test_the_world_is_left_as_it_was(town: World) -> None:
    gates = start(town, Border(policy="open"), [worlds.border_rule("closed", day(0), "INNER")])
    gates.advance(0)
    assert town.crossings.rule.tolist() == [CLOSED, OPEN]
