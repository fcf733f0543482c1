"""The model: a step, as a list one can read."""

from __future__ import annotations

from collections.abc import Sequence

import mesa
import numpy as np

from flightsim import census, mornings, promises, rerouting
from flightsim.agenda import Agenda
from flightsim.agents import Household, HouseholdSet
from flightsim.clock import HOURS_A_DAY, Clock
from flightsim.decision import N_CAUSES, TOP, Alternatives
from flightsim.destinations import NOWHERE, Destinations
from flightsim.draws import decision_key, exponential, uniform
from flightsim.events import Event
from flightsim.households import (
    ABROAD,
    AT_CROSSING,
    AT_HOME,
    EN_ROUTE,
    FOOT,
    HIRE,
    MEANS,
    N_KINDS,
    NO_INTENT,
    SETTLED,
)
from flightsim.kernels import NO_EDGE
from flightsim.movement import Traffic, Travellers
from flightsim.parts import Parts
from flightsim.record import Recorder
from flightsim.roads import WALKED_HOURS_A_DAY
from flightsim.world import OPEN, Bools, Floats, Ints, World, hostile

LOCAL_KMH = 25.0  # track speed by day (domain note, assumption), for the last leg on local roads
REHOUSED_AT_HOUR = 8  # once a morning, those in the open ask again
NO_CAUSE = -1
AT_GATE = -2  # instead of a rung, for those who reached a gate abroad


class DisplacementModel(mesa.Model):
    """Households that stay or flee. ``step()`` moves the world by ``clock.step_hours``."""

    def __init__(
        self, world: World, events: Sequence[Event], clock: Clock, parts: Parts, seed: int = 1
    ) -> None:
        super().__init__(rng=seed)  # Mesa's own generator is never used: all luck is keyed
        self.world, self.clock, self.parts, self.seed = world, clock, parts, seed
        self.households = parts.population.synthesise(world, seed)
        self.hazard = parts.hazard.start(world, events, clock)
        self.care = parts.services.start(world, events, clock)
        self.gates = parts.border.start(world, events, clock)
        self.shelter = parts.shelter.start(world, events, clock, self.row_persons)
        self.routes = parts.roads.start(world, events, clock)
        self.traffic = Traffic(2 * len(world.roads), clock.step_hours, self.households.weight)
        self.recorder = Recorder(world, self.households, clock)
        self.now = 0  # the step about to be taken
        self._news: Alternatives | None = None  # what people know of the places they may go to
        self.decision_keys = {name: decision_key(seed, name) for name in DECISIONS}
        self.destinations = Destinations(
            world, parts.behaviour, self.decision_keys["place"], self.decision_keys["area"]
        )
        self._start_counts()
        self._start_clocks()
        self.exodus = parts.exodus.start(self, events)

    # ------------------------------------------------------------------ the step

    def step(self) -> None:
        """One step. Everybody decides on what the step's beginning shows; changes land together."""
        self.change_of_the_world()
        self.gather_pressure()
        self.form_intents()
        self.depart()
        self.travel()
        self.pass_gates()
        self.keep_count()
        self.now += 1

    def change_of_the_world(self) -> None:
        """Strikes, captures, closures and rules of these hours; those they throw off their way choose anew."""
        step = self.now
        self.hazard.advance(step)
        self.care.advance(step)
        gates_changed = self.gates.advance(step)
        changed = self.routes.advance(
            step, self.hazard.control, self.hazard.remembered, self.gates.rule, self.traffic.waiting
        )
        ways_changed = changed or gates_changed or len(self.hazard.captured) > 0
        if ways_changed or step % self.clock.steps_a_day == 0:
            self._news = None
        if len(self.hazard.captured):
            lost = self.hazard.captured[self.enemy_held[self.hazard.captured]]
            self.shelter.close(lost)
            self.recorder.took(self.clock.day_of(step), self.hazard.captured, self.hazard.control)
        if ways_changed:
            self._see_who_is_cut_off()
            rerouting.throw_off(self)
        if gates_changed:
            rows, gate = self.gates.turn_away(self.households.adult_men > 0)
            self.settle(rows, self.world.crossings.place[gate], self.households.people(rows))
        if step % self.clock.steps_a_day == 0:
            self.shelter.new_day(self.clock.day_of(step), self.enemy_held)
            mornings.go_home(self)
        if REHOUSED_AT_HOUR in self.clock.hours_of(step):
            mornings.ask_again_for_shelter(self)
            rerouting.give_up_queueing(self)

    def gather_pressure(self) -> None:
        """Pressure to leave by place and kind, and readiness by place and means, gather for these hours."""
        hazard, hours, rule = self.hazard, self.clock.step_hours, self.parts.behaviour
        neighbours = self.gone_lately / np.maximum(self.gone_lately + self.present_persons, 1e-9)
        met = rule.causes(
            hazard.feared, hazard.feared_alarm, self.care.lost, neighbours, out=self._causes_met
        )
        self._pressure_met = rule.pressure(met) * hours
        self.gathered += self._pressure_met
        met *= hours
        self.gathered_causes += met
        self._readiness_met = hours * self.parts.transport.readiness(
            hazard.near_hourly, hazard.remembered, self.clock.hours_of(self.now), self.can_leave, hazard.alarm
        )
        self.gathered_readiness += self._readiness_met
        self.gone_lately *= np.exp(-hours / (rule.neighbours_memory_days * HOURS_A_DAY))

    def form_intents(self) -> None:
        """Those whose gathered pressure passes their threshold want to leave from that moment on."""
        self.exodus.advance(self)
        rows, levels = self.intents.due_with_levels(self.gathered.ravel())
        group = self.households.place[rows], self.households.kind(rows)
        beyond = (self.gathered[group] - levels) / np.maximum(self._pressure_met[group], 1e-300)
        self.want_to_leave(rows, np.clip(beyond, 0.0, 1.0))

    def want_to_leave(self, rows: Ints, share_of_step: Floats) -> None:
        """Households form the intent to leave, each with this share of the step left, and get ready from then on."""
        if not len(rows):
            return
        h = self.households
        place, kind = h.place[rows].astype(np.int64), h.kind(rows)
        met = self.gathered_causes[:, place, kind].T - self.causes_at_settling[rows]
        h.wants_since[rows] = self.now
        self.recorder.wanted(self.now, rows, np.where(met.any(axis=1), met.argmax(axis=1), NO_CAUSE))
        group = place * len(MEANS) + h.means[rows]
        begun = self.gathered_readiness.ravel()[group] - share_of_step * self._readiness_met.ravel()[group]
        needed = exponential(self.decision_keys["ready"], h.key[rows], h.occasion[rows])
        self.ready.join(rows, group, begun + needed)

    def depart(self) -> None:
        """Those ready choose where to go on what they see now, and set out; without any way they wait on."""
        rows = self.ready.due(self.gathered_readiness.ravel())
        if not len(rows):
            return
        h = self.households
        place = h.place[rows].astype(np.int64)
        options = self.options()
        top = self.choose(options, rows, place)
        stuck = top[:, 0] == NOWHERE
        self.wait_on(rows[stuck])
        rows, place, top = rows[~stuck], place[~stuck], top[~stuck]
        best = top[:, 0]
        self.set_out(rows, place, options.place[best], options.row[options.area[best]])
        self.weighed[rows] = np.where(top >= 0, options.place[top], NOWHERE)

    def travel(self) -> None:
        """Everybody on the road goes on; those who arrive find what shelter there is."""
        there = self.traffic.advance(self.now, self.routes)
        if not len(there):
            return
        at_gate = there.place >= len(self.world.places)
        self.settle(there.household[~at_gate], there.place[~at_gate], there.persons[~at_gate])
        if at_gate.any():
            self._at_the_gates(there.take(at_gate))

    def _at_the_gates(self, there: Travellers) -> None:
        """Those whom a gate would have queue; the others stay where the road ends, as at the border's camps."""
        gate = there.place - len(self.world.places)
        admitted = self.gates.admits(gate, self.households.adult_men[there.household] > 0)
        queue, away = there.take(admitted), there.take(~admitted)
        self.households.state[queue.household] = AT_CROSSING
        self.gates.join(gate[admitted], queue.household, queue.persons)
        no_rung = np.full(len(queue), AT_GATE)
        self.recorder.arrived(self.now, queue.household, queue.place, no_rung, queue.persons)
        self.settle(away.household, self.world.crossings.place[gate[~admitted]], away.persons)

    def pass_gates(self) -> None:
        """Open gates let through so many persons an hour, first come first served."""
        self.households.state[self.gates.let_through(self.clock.step_hours)] = ABROAD

    # ------------------------------------------------------------------ what one may ask

    @property
    def agents(self) -> HouseholdSet:
        """All households, as a Mesa AgentSet; each agent is made when somebody looks at it."""
        return HouseholdSet(self, np.arange(len(self.households)))

    @property
    def agents_by_type(self) -> dict[type[mesa.Agent], HouseholdSet]:
        """Mesa's index by type: there is one."""
        return {Household: self.agents}

    @property
    def agent_types(self) -> list[type[mesa.Agent]]:
        """Mesa's list of types."""
        return [Household]

    @property
    def on_the_road_persons(self) -> float:
        """People travelling now."""
        return float(self.traffic.travellers.persons.sum())

    def options(self) -> Alternatives:
        """The places one may flee to, and the gates that lead abroad, as people know them now.

        News is of the morning: it comes anew each day, and at once when a place falls, a road is cut or a rule changes.
        """
        if self._news is None:
            self._news = self.destinations.options(
                self.hazard, self.care, self.shelter, self.gates, self.can_be_reached
            )
        return self._news

    @property
    def row_persons(self) -> float:
        """People that a mean row stands for where rows stand for several households; 0 at full scale."""
        weight = self.households.weight
        return weight * self.parts.population.mean_persons if weight > 1 else 0.0

    # ------------------------------------------------------------------ how it is done

    def _see_who_is_cut_off(self) -> None:
        """Which places one can leave, by a way to another area's gateway or a gate, and which can be reached."""
        n_places, area = len(self.world.places), self.world.places.area
        way = np.isfinite(self.routes.hours[:n_places])
        is_gateway = self.world.areas.gateway[area] == np.arange(n_places)
        self.can_leave = (way.sum(axis=1) > is_gateway) & ~self.enemy_held
        self.can_be_reached = way[np.arange(n_places), area] & ~self.enemy_held

    def _start_counts(self) -> None:
        world, h = self.world, self.households
        n_places = len(world.places)
        persons = np.bincount(h.place, h.persons, minlength=n_places)
        self.present_persons: Floats = np.asarray(persons * h.weight, np.float64)
        self.persons_total = float(self.present_persons.sum())
        # people displaced since the start, by place and rung
        self.sheltered_persons = np.zeros((n_places, OPEN + 1))
        self.gone_lately = np.zeros(n_places)
        self.can_leave = ~self.enemy_held  # until the roads are looked at, in the first step
        self.can_be_reached = ~self.enemy_held
        self.ceasefire_days = 0
        self.home_pressure = 0.0

    def _start_clocks(self) -> None:
        h, n, n_places = self.households, len(self.households), len(self.world.places)
        self.gathered = np.zeros((n_places, N_KINDS))
        in_memory = N_CAUSES, N_KINDS, n_places  # places side by side: that is twice as fast
        self.gathered_causes = np.zeros(in_memory).transpose(0, 2, 1)
        self._causes_met = np.zeros(in_memory).transpose(0, 2, 1)
        self._pressure_met = np.zeros_like(self.gathered)
        self.gathered_readiness = np.zeros((n_places, len(MEANS)))
        self._readiness_met = np.zeros_like(self.gathered_readiness)
        self.causes_at_settling = np.zeros((n, N_CAUSES), np.float32)
        # the places each weighed most when it last set out
        self.weighed = np.full((n, TOP), NOWHERE, np.int32)
        self.intents = Agenda(n_places * N_KINDS, n)
        self.ready = Agenda(n_places * len(MEANS), n)
        rows = np.arange(n)
        self.intents.join_all(rows, h.place * N_KINDS + h.kind(rows), self.thresholds(rows))
        self.can_pay_rent = self.shelter.pays(uniform(self.decision_keys["rent"], h.key))
        self.last_leg_km = self.routes.last_leg_km()
        self.km_to_border = self.routes.km_to_border()

    @property
    def enemy_held(self) -> Bools:
        """(P,) places where fleeing households cannot stay, and which they cannot leave."""
        return hostile(self.hazard.control)

    def thresholds(self, rows: Ints) -> Floats:
        """The pressure that each household bears at its present place before it wants to leave."""
        h = self.households
        drawn = exponential(self.decision_keys["leave"], h.key[rows], h.occasion[rows])
        return np.asarray(drawn / h.sensitivity[rows])

    def choose(self, options: Alternatives, rows: Ints, nodes: Ints, may_stay: bool = False) -> Ints:
        """(n, TOP) columns of ``options`` for each household at its node, best first; -1: no way."""
        return self.destinations.choose(
            options, self.households, rows, nodes, self.routes.hours, self.hazard, self.gates, may_stay
        )

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

    def wait_on(self, rows: Ints) -> None:
        """Nobody will have them, or no road is open: they get ready anew, for another try."""
        if len(rows):
            h = self.households
            group = h.place[rows].astype(np.int64) * len(MEANS) + h.means[rows]
            again = exponential(self.decision_keys["wait"], h.key[rows], np.full(len(rows), self.now))
            self.ready.join(rows, group, self.gathered_readiness.ravel()[group] + again)

    def settle(self, rows: Ints, place: Ints, persons: Floats) -> None:
        """Households come to stay: at home if it is theirs, else on the best rung with room."""
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
        kind = h.kind(rows)
        group = place * N_KINDS + kind
        self.causes_at_settling[rows] = self.gathered_causes[:, place, kind].T
        self.intents.join(rows, group, self.gathered.ravel()[group] + self.thresholds(rows))

    def admit(self, rows: Ints, place: Ints, persons: Floats) -> Ints:
        """The rung each household gets at a place, by its kin, its means and its luck there."""
        h = self.households
        kin = h.kin_area[rows] == self.world.places.area[place]
        luck = uniform(self.decision_keys["shelter"], h.key[rows], h.occasion[rows])
        return self.shelter.admit(place, persons, kin, self.can_pay_rent[rows], luck, h.weight)

    # ------------------------------------------------------------------ counting

    def keep_count(self) -> None:
        """Measures of the step and, at its last step, of the day; stops the run if people were lost."""
        census.count_step(self)
        promises.check_people(self)
        if (self.now + 1) % self.clock.steps_a_day == 0:
            census.count_day(self)
            promises.check_everything(self)

    def everybody(self) -> float:
        """All people, wherever they are: the same at every step."""
        gates = self.gates.waiting_persons.sum() + self.gates.through_persons.sum()
        return float(self.present_persons.sum() + self.on_the_road_persons + gates)


DECISIONS = ("leave", "ready", "wait", "place", "area", "shelter", "rent", "return")
