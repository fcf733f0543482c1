"""The model: a step, as a list one can read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import mesa
import numpy as np

from flightsim.agenda import Agenda
from flightsim.agents import Household, HouseholdSet
from flightsim.border import Border, OpenBorder
from flightsim.clock import HOURS_A_DAY, Clock, is_night
from flightsim.decision import N_CAUSES, TOP, Alternatives, Flight, alternatives, area_values, choose
from flightsim.draws import decision_key, exponential, name_key, uniform
from flightsim.events import Event
from flightsim.hazard import Bombardment, NoHazard
from flightsim.households import (
    ABROAD,
    AT_CROSSING,
    AT_HOME,
    EN_ROUTE,
    FOOT,
    HIRE,
    MEANS,
    N_KINDS,
    SETTLED,
)
from flightsim.movement import NO_EDGE, Traffic, Travellers
from flightsim.population import Population, place_keys
from flightsim.record import Recorder
from flightsim.roads import WALKED_HOURS_A_DAY, RoadNetwork
from flightsim.services import HealthCare, NoServices
from flightsim.shelter import ShelterLadder, UnlimitedShelter
from flightsim.transport import FreeTransport, Transport
from flightsim.world import GOVERNMENT, OPEN, SDF, Bools, Floats, Ints, World

LOCAL_KMH = 25.0  # track speed by day (domain note, assumption), for the last leg on local roads
REHOUSED_AT_HOUR = 8  # once a morning, those in the open ask again
TRAPPED_AFTER_HOURS = 24  # assumption: wanting to leave for longer than a day counts as being trapped
STUCK_AFTER_HOURS = 24.0  # assumption: who has not moved for a day gives up the goal
CHUNK = 256  # households that choose at once: bounds the memory of a choice
NO_INTENT = -1
NOWHERE = -1
AT_GATE = -2  # instead of a rung, for those who reached a gate abroad


class ModelError(RuntimeError):
    """A promise of the model was broken; the text names the day and the places."""


@dataclass(frozen=True)
class Parts:
    """The rules of a run, each answering one question; every one has a null version."""

    hazard: Bombardment | NoHazard = field(default_factory=Bombardment)
    services: HealthCare | NoServices = field(default_factory=HealthCare)
    roads: RoadNetwork = field(default_factory=RoadNetwork)
    border: Border | OpenBorder = field(default_factory=Border)
    shelter: ShelterLadder | UnlimitedShelter = field(default_factory=ShelterLadder)
    transport: Transport | FreeTransport = field(default_factory=Transport)
    behaviour: Flight = field(default_factory=Flight)
    population: Population = field(default_factory=Population)


class DisplacementModel(mesa.Model):
    """Households that stay or flee. ``step()`` moves the world by ``clock.step_hours``."""

    def __init__(self, world: World, events: Sequence[Event], clock: Clock, parts: Parts, seed: int = 1) -> None:
        super().__init__(rng=seed)  # Mesa's own generator is never used: all luck is keyed
        self.world, self.clock, self.parts, self.seed = world, clock, parts, seed
        self.households = parts.population.synthesise(world, seed)
        self.hazard = parts.hazard.start(world, events, clock)
        self.care = parts.services.start(world, events, clock)
        self.gates = parts.border.start(world, events, clock)
        row_persons = h.weight * parts.population.mean_persons if (h := self.households).weight > 1 else 0.0
        self.shelter = parts.shelter.start(world, events, clock, row_persons)
        self.routes = parts.roads.start(world, events, clock)
        self.traffic = Traffic(2 * len(world.roads), clock.step_hours)
        self.recorder = Recorder(world, self.households, clock)
        self.now = 0  # the step about to be taken
        self.decision_keys = {name: decision_key(seed, name) for name in DECISIONS}
        self._start_counts()
        self._start_clocks()

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
        if len(self.hazard.captured):
            lost = self.hazard.captured[self._enemy_held[self.hazard.captured]]
            self.shelter.close(lost)
            self.recorder.took(self.clock.day_of(step), self.hazard.captured, self.hazard.control)
        if changed or gates_changed:
            self._can_leave = np.isfinite(self.routes.hours[: len(self.world.places)]).sum(axis=1) > 1
            self._can_leave &= ~self._enemy_held
            self._throw_off()
        if step % self.clock.steps_a_day == 0:
            self.shelter.new_day(self.clock.day_of(step), self._enemy_held)
            self._go_home()
        if REHOUSED_AT_HOUR in self.clock.hours_of(step):
            self._ask_again_for_shelter()
            self._give_up_queueing()

    def gather_pressure(self) -> None:
        """Pressure to leave by place and kind, and readiness by place and means, gather for these hours."""
        hazard, hours = self.hazard, self.clock.step_hours
        neighbours = self.gone_lately / np.maximum(self.gone_lately + self.present_persons, 1e-9)
        self.causes = self.parts.behaviour.causes(hazard.remembered, hazard.alarm, self.care.lost, neighbours)
        self.gathered += self.parts.behaviour.pressure(self.causes) * hours
        self.gathered_causes += self.causes * hours
        self.gathered_readiness += hours * self.parts.transport.readiness(
            hazard.near_per_hour, hazard.remembered, self.clock.hours_of(self.now), self._can_leave
        )
        self.gone_lately *= np.exp(-hours / (self.parts.behaviour.neighbours_memory_days * HOURS_A_DAY))

    def form_intents(self) -> None:
        """Households whose gathered pressure passes their threshold want to leave from now on."""
        rows = self.intents.due(self.gathered.ravel())
        if not len(rows):
            return
        h = self.households
        place, kind = h.place[rows].astype(np.int64), h.kind(rows)
        met = self.gathered_causes[:, place, kind].T - self.causes_at_settling[rows]
        h.wants_since[rows] = self.now
        self.recorder.wanted(self.now, rows, met.argmax(axis=1))
        group = place * len(MEANS) + h.means[rows]
        level = self.gathered_readiness.ravel()[group] + exponential(self.decision_keys["ready"], h.key[rows], h.occasion[rows])
        self.ready.join(rows, group, level)

    def depart(self) -> None:
        """Those ready choose where to go on what they see now, and set out; without any way they wait on."""
        rows = self.ready.due(self.gathered_readiness.ravel())
        if not len(rows):
            return
        h = self.households
        place = h.place[rows].astype(np.int64)
        options = self.options()
        top = self._choose(options, rows, place)
        stuck = top[:, 0] == NOWHERE
        self._wait_on(rows[stuck])
        rows, place, top = rows[~stuck], place[~stuck], top[~stuck]
        best = top[:, 0]
        self._set_out(rows, place, options.place[best], options.row[options.area[best]])
        self.weighed[rows] = np.where(top >= 0, options.place[top], NOWHERE)

    def travel(self) -> None:
        """Everybody on the road goes on; those who arrive find what shelter there is."""
        there = self.traffic.advance(self.now, self.routes)
        if not len(there):
            return
        n_places = len(self.world.places)
        at_gate = there.place >= n_places
        self._settle(there.household[~at_gate], there.place[~at_gate], there.persons[~at_gate])
        queue = there.take(at_gate)
        if len(queue):
            self.households.state[queue.household] = AT_CROSSING
            self.recorder.arrived(
                self.now, queue.household, queue.place, np.full(len(queue), AT_GATE), queue.persons
            )
            for gate in np.unique(queue.place - n_places).tolist():
                self.queues[gate].extend(queue.household[queue.place - n_places == gate].tolist())

    def pass_gates(self) -> None:
        """Open gates let through so many persons an hour, first come first served."""
        for gate in self.gates.leads_abroad.tolist():
            queue = self.queues[gate]
            allowance = self.gates.persons_per_hour[gate] * self.clock.step_hours
            self._pass_credit[gate] = min(self._pass_credit[gate] + allowance, max(allowance, 20 * self.households.weight))
            through = 0
            while through < len(queue):
                persons = float(self.households.persons[queue[through]]) * self.households.weight
                if persons > self._pass_credit[gate]:
                    break
                self._pass_credit[gate] -= persons
                self.abroad_persons[gate] += persons
                through += 1
            self.households.state[queue[:through]] = ABROAD
            del queue[:through]

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

    @property
    def at_gates_persons(self) -> Floats:
        """(X,) people who wait at each gate abroad."""
        weight, persons = self.households.weight, self.households.persons
        return np.array([persons[queue].sum() * weight if queue else 0.0 for queue in self.queues])

    def options(self) -> Alternatives:
        """The places one may flee to now, and the gates that lead abroad."""
        hazard, places, behaviour = self.hazard, self.world.places, self.parts.behaviour
        fear = behaviour.fear(hazard.remembered)
        appeal = np.full(len(self._alternative_area), -np.inf)
        appeal[: len(places)] = behaviour.appeal(
            fear, hazard.alarm, self._persons_at_start, self.care.working, self.shelter.free_share(), ~self._enemy_held
        )
        open_gates = self.gates.leads_abroad
        appeal[len(places) + open_gates] = behaviour.abroad + behaviour.size * np.log(self.world.persons)
        side = np.concatenate([hazard.control, np.full(len(self.world.crossings), -1)])
        return alternatives(appeal, self._alternative_area, side, self._alternative_key, self._area_key)

    # ------------------------------------------------------------------ how it is done

    def _start_counts(self) -> None:
        world, h = self.world, self.households
        n_places, n_gates = len(world.places), len(world.crossings)
        self._persons_at_start = world.places.residents_persons + world.places.idps_persons
        self.present_persons: Floats = np.bincount(h.place, h.persons, minlength=n_places) * h.weight
        self.persons_total = float(self.present_persons.sum())
        self.sheltered_persons = np.zeros((n_places, OPEN + 1))  # people displaced since the start, by place and rung
        self.queues: list[list[int]] = [[] for _ in range(n_gates)]
        self._pass_credit = np.zeros(n_gates)
        self.abroad_persons = np.zeros(n_gates)
        self.gone_lately = np.zeros(n_places)
        self._can_leave: Bools = np.ones(n_places, bool)
        self._ceasefire_days = 0
        self._home_pressure = 0.0

    def _start_clocks(self) -> None:
        world, h, n = self.world, self.households, len(self.households)
        n_places, n_gates = len(world.places), len(world.crossings)
        self.gathered = np.zeros((n_places, N_KINDS))
        self.gathered_causes = np.zeros((N_CAUSES, n_places, N_KINDS))
        self.causes = np.zeros_like(self.gathered_causes)
        self.gathered_readiness = np.zeros((n_places, len(MEANS)))
        self.causes_at_settling = np.zeros((n, N_CAUSES), np.float32)
        self.weighed = np.full((n, TOP), NOWHERE, np.int32)  # the places each weighed most when it last set out
        self.intents = Agenda(n_places * N_KINDS, n)
        self.ready = Agenda(n_places * len(MEANS), n)
        rows = np.arange(n)
        self.intents.join_all(rows, h.place * N_KINDS + h.kind(rows), self.thresholds(rows))
        self.last_leg_km = self.routes.last_leg_km()
        self.km_to_border = self.routes.km_to_border()
        areas = len(world.areas)
        gates = world.crossings.crossing_id
        self._alternative_area = np.concatenate([world.places.area, areas + np.arange(n_gates)])
        self._alternative_key = np.concatenate([place_keys(world), np.array([name_key(g) for g in gates], np.uint64)])
        self._area_key = np.array([name_key(a) for a in [*world.areas.area_id, *gates]], np.uint64)

    @property
    def _enemy_held(self) -> Bools:
        """(P,) places where fleeing households cannot stay, and which they cannot leave."""
        return np.asarray((self.hazard.control == GOVERNMENT) | (self.hazard.control == SDF))

    def thresholds(self, rows: Ints) -> Floats:
        """The pressure that each household bears at its present place before it wants to leave."""
        h = self.households
        return np.asarray(exponential(self.decision_keys["leave"], h.key[rows], h.occasion[rows]) / h.sensitivity[rows])

    def _choose(self, options: Alternatives, rows: Ints, nodes: Ints) -> Ints:
        """(n, TOP) columns of ``options`` for each household at its node, best first; -1: no way."""
        h, top = self.households, np.full((len(rows), TOP), NOWHERE)
        if not len(options.place):
            return top
        control = np.append(self.hazard.control, np.full(len(self.world.crossings), -1))
        has_men = h.persons[rows] > h.children[rows] + h.women[rows]
        for begin in range(0, len(rows), CHUNK):
            part = slice(begin, begin + CHUNK)
            who, node = rows[part], nodes[part]
            hours = self.routes.hours[node][:, options.row]
            here = control[node][:, None]
            other = (options.side >= 0) & (here >= 0) & (options.side != here)
            values = area_values(self.parts.behaviour, hours, options.row == h.kin_area[who][:, None], other)
            for column in np.flatnonzero(options.side < 0).tolist():
                gate = int(options.row[column]) - len(self.world.areas)
                values[~self.gates.admits(gate, has_men[part]), column] = -np.inf
            luck = self.decision_keys["place"], self.decision_keys["area"]
            top[part] = choose(options, values, h.occasion_key(who), *luck, node)
        return top

    def _set_out(self, rows: Ints, place: Ints, destination: Ints, target: Ints) -> None:
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
        self._on_the_road(rows, place, destination, target)

    def _on_the_road(self, rows: Ints, node: Ints, destination: Ints, target: Ints) -> None:
        h, roads, n = self.households, self.parts.roads, len(rows)
        on_foot = h.means[rows] == FOOT
        slow = (h.children[rows] > 0) | (h.elderly[rows] > 0)
        pace = np.where(slow, roads.walk_slow_kmh, roads.walk_kmh) * roads.load_factor
        each = np.where(on_foot, 0.0, np.where(h.means[rows] == HIRE, 1 / roads.truck_households, 1.0))
        local = np.append(self.last_leg_km, np.zeros(len(self.world.crossings)))[destination]
        began = np.full(n, self.now * float(self.clock.step_hours))
        self.traffic.depart(
            Travellers(
                household=rows,
                persons=h.people(rows),
                vehicles=each * h.weight,
                pace_kmh=np.where(on_foot, pace, np.nan),
                target=target,
                place=destination,
                last_leg_hours=local / np.where(on_foot, pace * WALKED_HOURS_A_DAY / HOURS_A_DAY, LOCAL_KMH),
                node=node,
                edge=np.full(n, NO_EDGE),
                at_hours=began,
                since_hours=began,
                on_last_leg=np.zeros(n, bool),
            )
        )

    def _wait_on(self, rows: Ints) -> None:
        """Nobody will have them, or no road is open: they get ready anew, for another try."""
        if len(rows):
            h = self.households
            group = h.place[rows].astype(np.int64) * len(MEANS) + h.means[rows]
            again = exponential(self.decision_keys["wait"], h.key[rows], np.full(len(rows), self.now))
            self.ready.join(rows, group, self.gathered_readiness.ravel()[group] + again)

    def _settle(self, rows: Ints, place: Ints, persons: Floats) -> None:
        """Households come to stay: at home if it is theirs, else on the best rung with room."""
        if not len(rows):
            return
        h = self.households
        home = (place == h.home[rows]) & ~h.idp[rows]
        rungs = np.full(len(rows), AT_HOME, np.int64)
        rungs[~home] = self._admit(rows[~home], place[~home], persons[~home])
        np.add.at(self.present_persons, place, persons)
        np.add.at(self.sheltered_persons, (place[~home], rungs[~home]), persons[~home])
        h.place[rows], h.rung[rows], h.state[rows] = place, rungs, SETTLED
        h.occasion[rows] += 1
        self.recorder.arrived(self.now, rows, place, rungs, persons)
        kind = h.kind(rows)
        group = place * N_KINDS + kind
        self.causes_at_settling[rows] = self.gathered_causes[:, place, kind].T
        self.intents.join(rows, group, self.gathered.ravel()[group] + self.thresholds(rows))

    def _admit(self, rows: Ints, place: Ints, persons: Floats) -> Ints:
        h, key, occasion = self.households, self.households.key[rows], self.households.occasion[rows]
        kin = h.kin_area[rows] == self.world.places.area[place]
        luck = uniform(self.decision_keys["shelter"], key, occasion)
        return self.shelter.admit(
            place, persons, kin, self.shelter.pays(uniform(self.decision_keys["rent"], key)), luck, h.weight
        )

    def _ask_again_for_shelter(self) -> None:
        """Each morning those in the open take what room has come free; what they have borne stays with them."""
        h = self.households
        rows = np.flatnonzero((h.rung == OPEN) & (h.state == SETTLED) & (h.wants_since == NO_INTENT))
        rows = rows[~self._enemy_held[h.place[rows]]]
        if not len(rows):
            return
        place, persons = h.place[rows].astype(np.int64), h.people(rows)
        rungs = self._admit(rows, place, persons)
        moved = rungs != OPEN
        rows, place, persons, rungs = rows[moved], place[moved], persons[moved], rungs[moved]
        left = self.intents.level(rows) - self.gathered.ravel()[place * N_KINDS + h.kind(rows)]
        np.subtract.at(self.sheltered_persons, (place, np.full(len(rows), OPEN)), persons)
        np.add.at(self.sheltered_persons, (place, rungs), persons)
        h.rung[rows] = rungs
        group = place * N_KINDS + h.kind(rows)
        self.intents.join(rows, group, self.gathered.ravel()[group] + left)

    def _throw_off(self) -> None:
        """Roads closed or places fell: those overrun stay where they are, those without their goal choose anew."""
        now_hours = self.now * float(self.clock.step_hours)
        enemy = self._enemy_held
        n_gates = len(self.world.crossings)
        passable = np.append(~enemy, np.ones(n_gates, bool))
        overrun = self.traffic.turn_back(now_hours, self.routes, passable)
        at_place = overrun.node < len(enemy)
        self._settle(overrun.household[at_place], overrun.node[at_place], overrun.persons[at_place])
        t = self.traffic.travellers
        open_goal = np.append(~enemy, np.zeros(n_gates, bool))
        open_goal[len(enemy) + self.gates.leads_abroad] = True
        reachable = np.isfinite(self.routes.hours[t.node, t.target]) if len(t) else np.zeros(0, bool)
        lost = np.flatnonzero(~(open_goal[t.place] & (reachable | t.on_last_leg)))
        self._redirect(lost)

    def _give_up_queueing(self) -> None:
        """Each morning those who have not moved for a day choose anew, knowing the queues."""
        stood = self.now * float(self.clock.step_hours) - self.traffic.travellers.since_hours
        self._redirect(np.flatnonzero(stood > STUCK_AFTER_HOURS))

    def _redirect(self, rows_of_travellers: Ints) -> None:
        if not len(rows_of_travellers):
            return
        t, options = self.traffic.travellers, self.options()
        column = self._choose(options, t.household[rows_of_travellers], t.node[rows_of_travellers])[:, 0]
        found = rows_of_travellers[column != NOWHERE]
        column = column[column != NOWHERE]
        taken = self.traffic.take_off(found)
        self._on_the_road(taken.household, taken.node, options.place[column], options.row[options.area[column]])

    def _go_home(self) -> None:
        """Where a ceasefire has held, those whose homes are quiet go back (off by default)."""
        behaviour, h = self.parts.behaviour, self.households
        self._ceasefire_days = self._ceasefire_days + 1 if self.hazard.ceasefire else 0
        if not behaviour.returns or self._ceasefire_days <= behaviour.return_quiet_days:
            return
        self._home_pressure += behaviour.return_per_day
        quiet = ~self._enemy_held & (behaviour.fear(self.hazard.remembered) < 0.5) & self._can_leave
        away = np.flatnonzero(h.displaced & (h.state == SETTLED) & (h.rung != AT_HOME) & ~h.idp)
        away = away[quiet[h.home[away]] & self._can_leave[h.place[away]]]
        area = self.world.places.area[h.home[away]]
        away_ok = np.isfinite(self.routes.hours[h.place[away], area])
        luck = exponential(self.decision_keys["return"], h.key[away])
        rows = away[away_ok & (luck <= self._home_pressure)]
        self.intents.leave(rows)
        self.ready.leave(rows)
        place, home = h.place[rows].astype(np.int64), h.home[rows].astype(np.int64)
        self._set_out(rows, place, home, self.world.places.area[home])

    # ------------------------------------------------------------------ counting

    def keep_count(self) -> None:
        """Measures of the step and, at its last step, of the day; stops the run if people were lost."""
        step, clock, recorder = self.now, self.clock, self.recorder
        day, hours = clock.day_of(step), clock.step_hours
        strikes = self.hazard.strikes_per_hour
        dark = float(is_night(clock.hours_of(step)).mean())
        dispersed = self.parts.behaviour.dispersed_share(self.hazard.remembered) * self.present_persons
        under_fire = (self.present_persons - dark * dispersed) * -np.expm1(-strikes) * hours
        n_areas, area = len(self.world.areas), self.world.places.area
        recorder.by_area["exposure_person_hours"][day] += np.bincount(area, under_fire, minlength=n_areas)
        recorder.hourly["air_strikes_hourly"][step] = strikes.sum()
        recorder.hourly["en_route_hourly_persons"][step] = self.on_the_road_persons
        self._check_people(day)
        if (step + 1) % clock.steps_a_day == 0:
            self._end_of_day(day, dispersed)

    def _end_of_day(self, day: int, dispersed: Floats) -> None:
        h, places = self.households, self.world.places
        waiting = np.flatnonzero(h.wants_since != NO_INTENT)
        long = (self.now + 1 - h.wants_since[waiting]) * self.clock.step_hours > TRAPPED_AFTER_HOURS
        trapped = waiting[long]
        frost = self.hazard.temperature_c < 0
        in_the_open = self.sheltered_persons[:, OPEN] + dispersed
        displaced_here = self.sheltered_persons.sum(axis=1)
        known = displaced_here * np.isfinite(self.km_to_border)
        km = float((known * np.nan_to_num(self.km_to_border, posinf=0)).sum() / known.sum()) if known.any() else np.nan
        stocks: dict[str, Any] = {
            "present_persons": self.present_persons,
            "trapped_persons": np.bincount(h.place[trapped], h.people(trapped), minlength=len(places)),
            "open_below_zero_person_nights": in_the_open * frost,
            "dispersed_person_nights": dispersed,
            "en_route_persons": self.on_the_road_persons,
            "mean_road_km_to_border": km,
            "persons_total": self._everybody(),
        }
        gates = {"waiting": self.at_gates_persons, "through": self.abroad_persons}
        self.recorder.end_of_day(day, stocks, self.sheltered_persons, gates)
        entered = self.traffic.entered
        n_roads = len(self.world.roads)
        self.recorder.road_vehicles[day] = entered[:n_roads] + entered[n_roads:]
        self.traffic.entered = np.zeros_like(entered)
        self._check_everything(day)

    def _everybody(self) -> float:
        return float(
            self.present_persons.sum() + self.on_the_road_persons + self.at_gates_persons.sum() + self.abroad_persons.sum()
        )

    def _check_people(self, day: int) -> None:
        lost = self._everybody() - self.persons_total
        if abs(lost) > 1e-6 * max(self.persons_total, 1.0):
            raise ModelError(f"{self.clock.date_of(day)}: {lost:+.3f} people more than at the start")

    def _check_everything(self, day: int) -> None:
        """The promises, in full, once a day: people, room, roads."""
        h, places = self.households, self.world.places
        settled = h.state == SETTLED
        counted = np.bincount(h.place[settled], h.persons[settled], minlength=len(places)) * h.weight
        wrong = np.flatnonzero(np.abs(counted - self.present_persons) > 1e-6 * max(self.persons_total, 1.0))
        at_most_over = h.weight * h.persons.max() / 2 * (h.weight > 1)
        full = np.flatnonzero((self.shelter.room < -1e-6 - at_most_over).any(axis=1))
        t = self.traffic.travellers
        on_road = t.edge != NO_EDGE
        closed = np.unique(t.edge[on_road & ~self.routes.open_edge[t.edge]]) % max(len(self.world.roads), 1)
        over = np.flatnonzero(self.traffic.occupancy > self.routes.storage + 1e-6) % max(len(self.world.roads), 1)
        troubles = [
            ("people miscounted at", [places.place_id[i] for i in wrong]),
            ("more people than room at", [places.place_id[i] for i in full]),
            ("people on closed road", [self.world.roads.road_id[e] for e in closed]),
            ("more vehicles than fit on road", [self.world.roads.road_id[e] for e in over]),
        ]
        told = [f"{what} {', '.join(where[:10])}" for what, where in troubles if where]
        if told:
            raise ModelError(f"{self.clock.date_of(day)}: {'; '.join(told)}")


DECISIONS = ("leave", "ready", "wait", "place", "area", "shelter", "rent", "return")

