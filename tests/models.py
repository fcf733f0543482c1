"""Models and bare states of the test worlds; and random worlds, events and parts for Hypothesis."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

import worlds
from flightsim.clock import STEP_HOURS, Clock
from flightsim.events import ALL, Event
from flightsim.model.households import ABROAD, AT_CROSSING, CAR, EN_ROUTE, SETTLED, Households
from flightsim.model.model import DisplacementModel
from flightsim.model.parts import Parts
from flightsim.model.parts.behaviour import Flight, NoFlight
from flightsim.model.parts.border import Border, OpenBorder
from flightsim.model.parts.discrepancy import LogRateDrift, NoDiscrepancy
from flightsim.model.parts.hazard import Bombardment, NoHazard
from flightsim.model.parts.population import Population
from flightsim.model.parts.roads import FreeFlow, RoadNetwork
from flightsim.model.parts.services import HealthCare, NoServices
from flightsim.model.parts.shelter import ShelterLadder, UnlimitedShelter
from flightsim.model.parts.transport import FreeTransport, Transport
from flightsim.model.state import State
from flightsim.world import BORDER_RULES, World
from worlds import CONTROLS, START, Gate, Spot, event, make_world

NULLS: dict[str, Any] = {
    "hazard": NoHazard(),
    "services": NoServices(),
    "roads": FreeFlow(),
    "border": OpenBorder(),
    "shelter": UnlimitedShelter(),
    "transport": FreeTransport(),
    "behaviour": NoFlight(),
    "discrepancy": NoDiscrepancy(),
}

# Nobody is in anybody's way: what one household does means nothing to the others
ALONE: dict[str, Any] = {
    "roads": FreeFlow(),
    "shelter": UnlimitedShelter(),
    "behaviour": Flight(neighbours_per_hour=0.0),
}

# Every strike felt in full, in places of any size
FELT_IN_FULL: dict[str, Any] = {"felt_a_day_strikes": 1000.0, "town_exponent": 0.0}

FAST = Flight(shelling_per_hour=0.2, half_strikes=2.0, neighbours_per_hour=0.0, front_per_hour=0.0)
NO_TENTS = ShelterLadder(tents_per_day=0.0)


def model_of(
    world: World,
    events: Iterable[Event] = (),
    days: int = 5,
    step_hours: int = 1,
    seed: int = 1,
    **parts: Any,
) -> DisplacementModel:
    """A model at its start; parts that are not given are the defaults."""
    return DisplacementModel(world, list(events), Clock(START, days, step_hours), Parts(**parts), seed)


def run(model: DisplacementModel, days: float | None = None) -> DisplacementModel:
    """The same model, so many days later, or at the end of its run."""
    until = model.clock.n_steps if days is None else model.now + round(days * model.clock.steps_a_day)
    while model.now < until:
        model.step()
    return model


def day(n: int) -> Any:
    """The date of a day of the run, 0 for the first."""
    return START + timedelta(days=n)


def bombing(place: str, days: Iterable[int], n: float = 20) -> list[Event]:
    """``n`` air strikes at a place on each of these days."""
    return [worlds.strike(place, day(d), n) for d in days]


@dataclass(frozen=True)
class Fives(Population):
    """Households of five, each with two children, two women and a man, a car and one and the same sensitivity."""

    mean_persons: float = 5.0

    def synthesise(self, world: World, seed: int) -> Households:
        """As `Population` has them, but all alike; persons in the places must be multiples of 5 / scale."""
        h = super().synthesise(world, seed)
        alike = {"persons": 5, "children": 2, "women": 2, "elderly": 0, "needs_care": False, "means": CAR}
        columns = {name: np.full_like(getattr(h, name), value) for name, value in alike.items()}
        return replace(h, **columns, sensitivity=np.ones_like(h.sensitivity))


def state_of(
    world: World, events: Iterable[Event] = (), days: int = 5, step_hours: int = 1, **parts: Any
) -> State:
    """A state without a schedule, of households of five; looks at the world as it is in the first step."""
    given = {"population": Fives()} | parts
    state = State(world, list(events), Clock(START, days, step_hours), Parts(**given))
    look(state)
    return state


def look(state: State, now: int | None = None) -> None:
    """Go to a step: strikes, captures, closures and ways as they are then. No rule is applied."""
    state.now = state.now if now is None else now
    state.hazard.advance(state.now)
    state.care.advance(state.now)
    state.gates.advance(state.now)
    control, rules = state.hazard.control, state.gates.rule
    state.routes.advance(state.now, control, state.hazard.remembered, rules, state.traffic.waiting)
    state.forget_news()
    state.see_who_is_cut_off()


def send(state: State, rows: Iterable[int], to: str) -> None:
    """Households set out from where they are settled for a place or a gate."""
    who, w = np.array(list(rows), np.int64), state.world
    node = w.node_ids.index(to)
    n_places = len(w.places)
    target = w.places.area[node] if node < n_places else len(w.areas) + node - n_places
    place = state.households.place[who].astype(np.int64)
    state.set_out(who, place, np.full(len(who), node), np.full(len(who), target))


def house(state: State, rows: Iterable[int], at: str) -> None:
    """Households that were at home have come to stay at a place, displaced, on the best rung with room."""
    who = np.array(list(rows), np.int64)
    send(state, who, at)
    taken = state.traffic.take_off(np.flatnonzero(np.isin(state.traffic.travellers.household, who)))
    state.settle(taken.household, taken.place, taken.persons)


def row(model: State, place: str) -> int:
    return model.world.places.place_id.index(place)


def of(model: State, place: str) -> np.ndarray:
    """Rows of the households whose home is a place."""
    return np.flatnonzero(model.households.home == row(model, place))


def measure(model: State, name: str) -> np.ndarray:
    """(days,) summed over the areas."""
    return model.recorder.values[name].sum(axis=1)


def refuge(persons: float = 2000, room: dict[str, float] | None = None, km: float = 20) -> World:
    """A town T and a quiet camp C that some live in, on one road."""
    spots = [
        Spot("C", "North", 0, km, idps=100, in_sites=100, **(room or {})),
        Spot("T", "South", 0, 0, residents=persons),
    ]
    return make_world("refuge", spots, [("T", "C")])


def corridor() -> World:
    """A, B and a refuge S, 40 km apart: a day's walk and a half for each leg at 3 km/h for 8 hours."""
    spots = [
        Spot("A", "Area-A", 0, residents=2000),
        Spot("B", "Area-B", 40),
        Spot("S", "Area-S", 80, residents=100),
    ]
    return make_world("corridor", spots, [("A", "B"), ("B", "S")])


def stories(model: DisplacementModel) -> pd.DataFrame:
    """One row a household, by its key: when it wanted to leave and left, where it went and is."""
    h, record = model.households, model.recorder
    columns = {
        "home": h.home,
        "persons": h.persons,
        "first_intent": record.first_intent,
        "first_departure": record.first_departure,
        "first_destination": record.first_destination,
        "place": h.place,
        "state": h.state,
        "rung": h.rung,
        "moves": h.moves,
        "gathered_at_settling": model.pressure.causes_at_settling[:, 0],
    }
    goal = np.full(len(h), -1)  # of those on the road
    goal[model.traffic.travellers.household] = model.traffic.travellers.place
    columns["goal"] = goal
    nodes = np.array([*model.world.node_ids, ""])  # by name: rows shift when a place is added
    for name in ("home", "first_destination", "place", "goal"):
        columns[name] = nodes[columns[name]]
    return pd.DataFrame(columns, index=h.key).sort_index()


def counted_persons(model: DisplacementModel) -> dict[str, float]:
    """People by state, counted household by household."""
    h = model.households
    states = {"settled": SETTLED, "en_route": EN_ROUTE, "at_crossing": AT_CROSSING, "abroad": ABROAD}
    return {name: float(h.persons[h.state == state].sum() * h.weight) for name, state in states.items()}


# ------------------------------------------------------------------ random


def examples(n: int) -> Callable[[Any], Any]:
    """Hypothesis with so many examples, the same on every machine and day; more if FLIGHTSIM_EXAMPLES asks for more."""
    return settings(
        max_examples=max(n, int(os.environ.get("FLIGHTSIM_EXAMPLES", "0"))),
        deadline=None,
        derandomize=True,
        database=None,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )


@dataclass(frozen=True, repr=False)
class Setting:
    """All that a model is made of."""

    world: World
    events: list[Event]
    clock: Clock
    parts: Parts
    seed: int

    def model(self) -> DisplacementModel:
        """A model at its start."""
        return DisplacementModel(self.world, self.events, self.clock, self.parts, self.seed)

    def __repr__(self) -> str:
        p, w = self.world.places, self.world
        people = zip(p.place_id, p.area, p.control, p.residents_persons, p.idps_persons, strict=True)
        places = [(name, int(a), CONTROLS[c], float(r), float(i)) for name, a, c, r, i in people]
        happens = [(e.date.day, e.hour, e.type, e.target, e.value) for e in self.events]
        parts = "\n".join(f"  {part}" for part in vars(self.parts).values())
        return (
            f"places {places}\nroads {w.roads.road_id}, gates {w.crossings.crossing_id} {w.crossings.rule}\n"
            f"events {happens}\n{self.clock}, seed {self.seed}\n{parts}"
        )

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(repr(self))


def numbers(low: float, high: float) -> st.SearchStrategy[float]:
    """Numbers with few digits, so that failures are easy to read."""
    return st.integers(0, 20).map(lambda k: low + (high - low) * k / 20)


@st.composite
def settings_of(
    draw: st.DrawFn, at_most_days: int = 4, persons: int = 80, gates: bool = True, **fixed: Any
) -> Setting:
    """A small world, what happens in it, the rules and the step; ``fixed`` parts are as given."""
    spots = _spots(draw, persons)
    roads = _roads(draw, spots)
    gate_list = _gates(draw, spots, roads) if gates else []
    kinds = st.sampled_from(["hospital", "health_centre"])
    facilities = [
        (f"F{i}", spot.place_id, draw(kinds)) for i, spot in enumerate(spots) if draw(st.booleans())
    ]
    world = make_world("random", spots, roads, gate_list, facilities)
    days = draw(st.integers(2, at_most_days))
    clock = Clock(START, days, draw(st.sampled_from(STEP_HOURS)))
    events = bombing("P0", range(days), draw(st.integers(5, 60)))  # so that something happens
    events += [_event(draw, i, world, days) for i in range(draw(st.integers(0, 12)))]
    for number in range(draw(st.integers(0, 2))):
        events += _moment(draw, number, world, days)
    parts = _parts(draw) | fixed
    return Setting(world, events, clock, Parts(**parts), draw(st.integers(0, 1000)))


def _spots(draw: st.DrawFn, persons: int) -> list[Spot]:
    points = st.tuples(st.integers(0, 6), st.integers(0, 6))
    where = draw(st.lists(points, min_size=2, max_size=6, unique=True))
    controls = st.sampled_from(["opposition"] * 6 + ["sna", "government", "sdf"])
    spots = []
    for i, (x, y) in enumerate(where):
        control = draw(controls) if i else "opposition"  # somebody lives somewhere
        held = control in ("opposition", "sna")
        idps = draw(st.integers(0, persons // 2)) if held else 0
        room = {rung: draw(st.integers(0, 12)) for rung in ("host", "rented", "site", "unfinished")}
        spots.append(
            Spot(
                f"P{i}",
                f"A{draw(st.integers(0, 2))}",
                5.0 * x,
                5.0 * y,
                residents=draw(st.integers(0 if i else persons // 2, persons)) if held else 0,
                idps=idps,
                in_sites=draw(st.integers(0, idps)),
                control=control,
                **room,
            )
        )
    return spots


def _roads(draw: st.DrawFn, spots: Sequence[Spot]) -> list[tuple[str, str]]:
    """A tree, so that all hang together, and some more."""
    names = [spot.place_id for spot in spots]
    roads = [(names[draw(st.integers(0, i - 1))], names[i]) for i in range(1, len(names))]
    more = draw(st.lists(st.tuples(st.sampled_from(names), st.sampled_from(names)), max_size=3))
    known = {frozenset(pair) for pair in roads}
    for pair in more:
        if pair[0] != pair[1] and frozenset(pair) not in known:
            known.add(frozenset(pair))
            roads.append(pair)
    return roads


def _gates(draw: st.DrawFn, spots: Sequence[Spot], roads: list[tuple[str, str]]) -> list[Gate]:
    gates = []
    for i in range(draw(st.integers(0, 2))):
        spot = draw(st.sampled_from(list(spots)))
        rule = draw(st.sampled_from(BORDER_RULES))
        at = spot.x_km, spot.y_km + 1 + i
        gates.append(Gate(f"G{i}", spot.place_id, *at, rule=rule, throughput=float(draw(st.integers(1, 40)))))
        roads.append((spot.place_id, f"G{i}"))
    ours = [spot for spot in spots if spot.control == "opposition"]
    theirs = [spot for spot in spots if spot.control == "sna"]
    if ours and theirs:
        a, b = ours[0], theirs[0]
        middle = (a.x_km + b.x_km) / 2 + 0.5, (a.y_km + b.y_km) / 2
        gates.append(Gate("INNER", a.place_id, *middle, kind="internal", rule="open", throughput=20))
        roads += [(a.place_id, "INNER"), ("INNER", b.place_id)]
    return gates


def _event(draw: st.DrawFn, number: int, world: World, days: int) -> Event:
    kinds = ["air_strike"] * 6 + ["captured", "captured", "road_cut", "road_reopened", "ceasefire", "pause"]
    if len(world.facilities):
        kinds += ["facility_closed", "facility_reopened"]
    if len(world.crossings):
        kinds.append("border_rule")
    kind = draw(st.sampled_from([*kinds, "night_temperature"]))
    value: str | float = 1.0
    if kind in ("air_strike", "captured"):
        target = draw(st.sampled_from(world.places.place_id))
        value = draw(st.sampled_from(CONTROLS)) if kind == "captured" else float(draw(st.integers(1, 60)))
    elif kind.startswith("road"):
        target = draw(st.sampled_from(world.roads.road_id + world.places.place_id))
        value = draw(st.sampled_from([0.0, 0.0, 0.5])) if kind == "road_cut" else 1.0
    elif kind.startswith("facility"):
        target = draw(st.sampled_from(world.facilities.facility_id))
    elif kind == "border_rule":
        target = draw(st.sampled_from([ALL, *world.crossings.crossing_id]))
        value = draw(st.sampled_from(BORDER_RULES))
    else:
        target = ALL
        value = float(draw(st.integers(-5, 5))) if kind == "night_temperature" else 1.0
    hour = draw(st.none() | st.integers(0, 23))
    one = event(
        kind, target, value, day(draw(st.integers(-1, days - 1))), hour, 6.0 if kind == "pause" else None
    )
    return Event(f"{number:03d}-{one.event_id}", *(getattr(one, f) for f in Event.__slots__[1:]))


def _moment(draw: st.DrawFn, number: int, world: World, days: int) -> list[Event]:
    """In one hour a place is taken and struck, its roads are cut, facilities and all gates close; it flips later."""
    place = draw(st.sampled_from(world.places.place_id))
    when, hour = day(draw(st.integers(0, days - 1))), draw(st.integers(0, 23))
    at = world.places.place_id.index(place)
    made = [event("captured", place, draw(st.sampled_from(CONTROLS)), when, hour)]
    made += [event("road_cut", place, 0.0, when, hour), event("air_strike", place, 20.0, when, hour)]
    made += [
        event("facility_closed", name, 1.0, when, hour)
        for name, of in zip(world.facilities.facility_id, world.facilities.place.tolist(), strict=True)
        if of == at
    ]
    if len(world.crossings):
        made.append(event("border_rule", ALL, "closed", when, hour))
    flips = draw(st.lists(st.sampled_from(CONTROLS), max_size=4))
    made += [
        event("captured", place, holder, when, min(hour + 1 + n // 2, 23)) for n, holder in enumerate(flips)
    ]
    return [
        Event(f"moment{number}-{n:02d}-{one.event_id}", *(getattr(one, f) for f in Event.__slots__[1:]))
        for n, one in enumerate(made)
    ]


def _parts(draw: st.DrawFn) -> dict[str, Any]:
    behaviour = Flight(
        shelling_per_hour=draw(numbers(0.05, 0.2)),
        half_strikes=draw(numbers(1, 20)),
        steepness=draw(st.sampled_from([1.0, 2.0, 2.5, 3.0])),
        front_per_hour=draw(numbers(0, 0.1)),
        care_factor_in_need=draw(numbers(1, 4)),
        care_per_hour=draw(numbers(0, 0.02)),
        neighbours_per_hour=draw(st.sampled_from([0.0, 0.004, 0.0125])),
        crowding_per_hour=draw(numbers(0, 0.05)),
        hold_resident_per_hour=draw(numbers(0, 0.002)),
        kin=draw(numbers(0, 3)),
        distance_exponent=draw(numbers(0.1, 2)),
        other_authority=draw(numbers(0, 3)),
        abroad=draw(numbers(-5, 10)),
        returns=draw(st.booleans()),
        return_per_day=1.0,
        return_quiet_days=1.0,
        nightly_dispersal=draw(st.booleans()),
    )
    roads = RoadNetwork(
        sustained=draw(numbers(0.05, 0.5)), storage_vehicles_per_km=20.0, danger_aversion=draw(numbers(0, 5))
    )
    ladder = ShelterLadder(host_share=draw(numbers(0, 1)), rent_share=draw(numbers(0, 1)), tents_per_day=5.0)
    return {
        "hazard": Bombardment(
            memory_days=draw(numbers(0.5, 5)),
            night_share=draw(numbers(0, 1)),
            warning_days=draw(st.sampled_from([0, 0, 1])),
        ),
        "discrepancy": draw(st.sampled_from([NoDiscrepancy(), LogRateDrift(log_sd=0.5)])),
        "services": draw(st.sampled_from([HealthCare(), NoServices()])),
        "roads": draw(st.sampled_from([roads, FreeFlow()])),
        "border": draw(
            st.sampled_from([Border(), Border("women_and_children"), Border("open"), OpenBorder()])
        ),
        "shelter": draw(st.sampled_from([ladder, ladder, UnlimitedShelter()])),
        "transport": draw(st.sampled_from([Transport(car_hours=1.0, hire_hours=4.0), FreeTransport()])),
        "behaviour": behaviour,
        "population": Population(scale=draw(st.sampled_from([1.0, 0.5]))),
    }
