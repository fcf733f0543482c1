"""Everything a run holds: who is where, the clocks, and the primitive moves that the rules are made of.

Stands under the schedule (`model`) and under each rule (`rerouting`, `rehousing`, `returning`, `counting`,
`invariants`, `prescribed_departures`): a rule reads this state, calls its moves, and knows no order of a step.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from flightsim.clock import HOURS_A_DAY, Clock
from flightsim.events import Event
from flightsim.model.choice import TOP, Alternatives
from flightsim.model.destinations import NOWHERE, Destinations
from flightsim.model.draws import decision_key, exponential, hasten, uniform
from flightsim.model.households import AT_HOME, EN_ROUTE, FOOT, HIRE, NO_INTENT, SETTLED
from flightsim.model.kernels import NO_EDGE
from flightsim.model.parts import Parts
from flightsim.model.parts.roads import WALKED_HOURS_A_DAY
from flightsim.model.pressure import Pressure, Readiness
from flightsim.model.recorder import Recorder
from flightsim.model.travel import Traffic, Travellers
from flightsim.world import OPEN, Bools, Floats, Ints, World

LOCAL_KMH = 25.0  # track speed by day (domain note, assumption), for the last leg on local roads
NO_CAUSE = -1
BEFORE = -1  # the first day
DECISIONS = ("leave", "ready", "wait", "place", "area", "shelter", "rent", "return")


class State:
    """The state of a run, and what may be done with it. P places, K kinds, M means of transport, H households.

    present_persons   (P,)   everybody who is there, displaced or not
    sheltered_persons (P, R) of them, people displaced since the start, by rung
    gone_lately       (P,)   people who have left, fading in the neighbours' memory
    can_leave         (P,)   places with a way to another area's gateway or a gate
    can_be_reached    (P,)   places that a traveller can get to
    """

    def __init__(
        self, world: World, events: Sequence[Event], clock: Clock, parts: Parts, seed: int = 1
    ) -> None:
        self.world, self.clock, self.parts, self.seed = world, clock, parts, seed
        self.now = 0  # the step about to be taken
        hasten()
        self.households = parts.population.synthesise(world, seed)
        self.decision_keys = {name: decision_key(seed, name) for name in DECISIONS}
        self._start_parts(events)
        self._start_counts()
        self._start_clocks()

    def _start_parts(self, events: Sequence[Event]) -> None:
        world, clock, parts = self.world, self.clock, self.parts
        self.hazard = parts.hazard.start(world, events, clock)
        self.care = parts.services.start(world, events, clock)
        self.gates = parts.border.start(world, events, clock)
        self.shelter = parts.shelter.start(world, events, clock)
        self.recorder = Recorder(world, self.households, clock)
        self.recorder.stands(BEFORE, self.hazard.control, self.care.functioning, self.shelter.room)
        if self.row_persons:
            self.shelter.gather_in_lumps(self.row_persons)
        self.routes = parts.roads.start(world, events, clock, self.gates.persons_per_hour)
        self.rate_factors = parts.discrepancy.start(world, events, clock).factors(clock.days, self.seed)
        self.traffic = Traffic(2 * len(world.roads), clock.step_hours, self.households.weight)
        self.destinations = Destinations(
            world, parts.behaviour, self.decision_keys["place"], self.decision_keys["area"]
        )
        self._news: Alternatives | None = None  # what people know of the places they may go to

    def _start_counts(self) -> None:
        world, h = self.world, self.households
        n_places = len(world.places)
        persons = np.bincount(h.place, h.persons, minlength=n_places)
        self.present_persons: Floats = np.asarray(persons * h.weight, np.float64)
        self.persons_total = float(self.present_persons.sum())
        self.sheltered_persons = np.zeros((n_places, OPEN + 1))
        self.gone_lately = np.zeros(n_places)
        self.can_leave = ~self.hostile_ground  # until the roads are looked at, in the first step
        self.can_be_reached = ~self.hostile_ground
        self.ceasefire_days = 0
        self.home_pressure = 0.0

    def _start_clocks(self) -> None:
        h, n_places = self.households, len(self.world.places)
        self.pressure = Pressure(h, n_places)
        self.readiness = Readiness(h, n_places)
        self.pressure.start(self.thresholds(np.arange(len(h))))
        # the places each weighed most when it last set out
        self.weighed = np.full((len(h), TOP), NOWHERE, np.int32)
        self.can_pay_rent = self.shelter.pays(uniform(self.decision_keys["rent"], h.key))
        self.last_leg_km = self.routes.last_leg_km()
        self.km_to_border = self.routes.km_to_border()

    # ------------------------------------------------------------------ what one may ask

    @property
    def hostile_ground(self) -> Bools:
        """(P,) places controlled by a side hostile to those who flee: nobody can stay there, or leave."""
        return self.world.hostile(self.hazard.control)

    @property
    def on_the_road_persons(self) -> float:
        """People travelling now."""
        return float(self.traffic.travellers.persons.sum())

    @property
    def row_persons(self) -> float:
        """People that a mean row stands for where rows stand for several households; 0 at full scale."""
        weight = self.households.weight
        return weight * self.parts.population.mean_persons if weight > 1 else 0.0

    def everybody(self) -> float:
        """All people, wherever they are: the same at every step."""
        gates = self.gates.waiting_persons.sum() + self.gates.through_persons.sum()
        return float(self.present_persons.sum() + self.on_the_road_persons + gates)

    def thresholds(self, rows: Ints) -> Floats:
        """The pressure that each household bears at its present place before it wants to leave."""
        h = self.households
        drawn = exponential(self.decision_keys["leave"], h.key[rows], h.occasion[rows])
        return np.asarray(drawn / h.sensitivity[rows])

    def options(self) -> Alternatives:
        """The places one may flee to, and the gates that lead abroad, as people know them now.

        News is of the morning: it comes anew each day, and at once when a place falls, a road is cut or a rule changes.
        """
        if self._news is None:
            self._news = self.destinations.options(
                self.hazard, self.care, self.shelter, self.gates, self.can_be_reached
            )
        return self._news

    def forget_news(self) -> None:
        """What people know of the places they may go to has changed."""
        self._news = None

    def choose(self, options: Alternatives, rows: Ints, nodes: Ints, may_stay: bool = False) -> Ints:
        """(n, TOP) columns of ``options`` for each household at its node, best first; -1: no way."""
        return self.destinations.choose(
            options, self.households, rows, nodes, self.routes, self.hazard, self.gates, may_stay
        )

    def has_adult_men(self, rows: Ints) -> Bools:
        """Which households count adult men among them."""
        h = self.households
        return np.asarray(h.persons[rows] > h.children[rows] + h.women[rows])

    # ------------------------------------------------------------------ primitive moves

    def see_who_is_cut_off(self) -> None:
        """Which places one can leave, by a way to another area's gateway or a gate, and which can be reached."""
        n_places, area = len(self.world.places), self.world.places.area
        way = np.isfinite(self.routes.hours[:n_places, : self.routes.n_goals])
        is_gateway = self.world.areas.gateway[area] == np.arange(n_places)
        self.can_leave = (way.sum(axis=1) > is_gateway) & ~self.hostile_ground
        self.can_be_reached = way[np.arange(n_places), area] & ~self.hostile_ground

    def want_to_leave(self, rows: Ints, share_of_step: Floats) -> None:
        """Households form the intent to leave, each with this share of the step left, and get ready from then on."""
        if not len(rows):
            return
        h, met = self.households, self.pressure.met(rows)
        h.wants_since[rows] = self.now
        self.recorder.wanted(self.now, rows, np.where(met.any(axis=1), met.argmax(axis=1), NO_CAUSE))
        needed = exponential(self.decision_keys["ready"], h.key[rows], h.occasion[rows])
        self.readiness.join(rows, needed, share_of_step)

    def wait_on(self, rows: Ints) -> None:
        """Nobody will have them, or no road is open: they get ready anew, for another try."""
        if len(rows):
            h = self.households
            again = exponential(self.decision_keys["wait"], h.key[rows], np.full(len(rows), self.now))
            self.readiness.join(rows, again)

    def set_out(self, rows: Ints, place: Ints, destination: Ints, target: Ints) -> None:
        """Take households out of where they are settled and put them on the road."""
        h, persons = self.households, self.households.people(rows)
        first = ~h.displaced[rows]
        rungs = h.rung[rows].astype(np.int64)
        self.shelter.free(place, rungs, persons)
        np.subtract.at(self.present_persons, place, persons)
        np.add.at(self.gone_lately, place, persons)
        again = ~first & (rungs >= 0)
        np.subtract.at(self.sheltered_persons, (place[again], rungs[again]), persons[again])
        h.displaced[rows] = True
        h.moves[rows] += 1
        h.state[rows] = EN_ROUTE
        h.wants_since[rows] = NO_INTENT
        self.recorder.departed(self.now, rows, place, persons, first)
        self.put_on_the_road(rows, place, destination, target)

    def put_on_the_road(
        self,
        rows: Ints,
        node: Ints,
        destination: Ints,
        target: Ints,
        from_hours: Floats | float = 0.0,
        since_hours: Floats | None = None,
        queues_for: Ints | None = None,
    ) -> None:
        """Travellers from a node to a destination and its routing target, from now or the given hours on.

        ``since_hours`` and ``queues_for``: the turn that they keep, if they stand in a queue already.
        """
        h, roads, n = self.households, self.parts.roads, len(rows)
        on_foot = h.means[rows] == FOOT
        slow = (h.children[rows] > 0) | (h.elderly[rows] > 0)
        pace = np.where(slow, roads.walk_slow_kmh, roads.walk_kmh) * roads.load_factor
        each = np.where(on_foot, 0.0, np.where(h.means[rows] == HIRE, 1 / roads.truck_households, 1.0))
        local = np.append(self.last_leg_km, np.zeros(len(self.world.crossings)))[destination]
        began = np.maximum(np.full(n, self.now * float(self.clock.step_hours)), from_hours)
        self.traffic.depart(
            Travellers.of(
                n,
                household=rows,
                persons=h.people(rows),
                vehicles=each * h.weight,
                pace_kmh=np.where(on_foot, pace, np.nan),
                target=target,
                place=destination,
                last_leg_hours=local / np.where(on_foot, pace * WALKED_HOURS_A_DAY / HOURS_A_DAY, LOCAL_KMH),
                node=node,
                edge=NO_EDGE,
                queues_for=NO_EDGE if queues_for is None else queues_for,
                at_hours=began,
                since_hours=began if since_hours is None else since_hours,
                on_last_leg=False,
            )
        )

    def settle(self, rows: Ints, place: Ints, persons: Floats) -> None:
        """Households come to stay: at home if it is theirs, else on the best rung with room.

        Who is overrun or turned away in a town that is for transit only is there too, but wants to go on at once.
        """
        if not len(rows):
            return
        h = self.households
        home = (place == h.home[rows]) & ~h.idp[rows]
        rungs = np.full(len(rows), AT_HOME, np.int64)
        rungs[~home] = self.admit(rows[~home], place[~home], persons[~home])
        np.add.at(self.present_persons, place, persons)
        np.add.at(self.sheltered_persons, (place[~home], rungs[~home]), persons[~home])
        h.place[rows], h.rung[rows], h.state[rows] = place, rungs, SETTLED
        h.occasion[rows] += 1
        self.recorder.arrived(self.now, rows, place, rungs, persons)
        self.pressure.join(rows, self.thresholds(rows))
        passing = rows[self.world.transit[place] & ~home]
        self.pressure.leave(passing)
        self.want_to_leave(passing, np.zeros(len(passing)))

    def admit(self, rows: Ints, place: Ints, persons: Floats) -> Ints:
        """The rung each household gets at a place, by its kin, its means and a draw of its own."""
        h = self.households
        kin = h.kin_area[rows] == self.world.places.area[place]
        drawn = uniform(self.decision_keys["shelter"], h.key[rows], h.occasion[rows])
        return self.shelter.admit(place, persons, kin, self.can_pay_rent[rows], drawn, h.weight)
