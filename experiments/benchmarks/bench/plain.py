"""The same rule as plain Mesa: one `mesa.Agent` object a household, whose step() goes through it in scalars.

It is what the array engine is measured against, and a second reading of the rule. What happens to places
(strikes, the front, care, ways and their hours) comes from the same parts as in `DisplacementModel`; households are
the same ones, with the same luck in their first thresholds and in getting ready for the first time, so the same
ones leave at about the same hour.

Simpler than the engine, all in favour of this model's speed: who sets out arrives after the hours of the way,
without queues, walking or choosing anew on the road; gates abroad are left out; nothing is recorded or checked
but the people displaced. Later luck is Mesa's own generator, so journeys differ household by household.
"""

from __future__ import annotations

import math
from typing import Any

import mesa
import numpy as np

from flightsim.clock import HOURS_A_DAY, Clock
from flightsim.events import Event
from flightsim.model.draws import decision_key, exponential, uniform
from flightsim.model.households import AT_HOME
from flightsim.model.parts import Parts
from flightsim.model.schedule import REHOUSED_AT_HOUR
from flightsim.model.state import LOCAL_KMH
from flightsim.world import HOST, OPEN, RENTED, World

FirstLuck = tuple[float, float, bool]  # its threshold, the readiness it needs, whether it can pay rent


class PlainHousehold(mesa.Agent):
    """One family: it bears pressure, gets ready, goes to the best place it knows, and finds what shelter there is."""

    def __init__(self, model: PlainModel, row: dict[str, Any], luck: FirstLuck) -> None:
        super().__init__(model)
        self.home = self.place = row["place"]
        self.persons = row["persons"] * model.weight
        self.needs_care, self.idp, self.rung = row["needs_care"], row["idp"], row["rung"]
        self.means, self.kin_area, self.sensitivity = row["means"], row["kin_area"], row["sensitivity"]
        self.threshold, self.ready_at, self.pays_rent = luck
        self.gathered = self.readied = 0.0
        self.displaced = self.wants_to_leave = False
        self.en_route, self.there_at_hours, self.destination = False, 0.0, self.place

    def step(self) -> None:
        """One step of the clock."""
        if not self.en_route:
            if self.wants_to_leave:
                self.get_ready(1.0)
            else:
                self.bear()
        if self.en_route and self.there_at_hours < self.model.end_hours:
            self.arrive()

    def bear(self) -> None:
        """Pressure gathers; once it passes my threshold I want to leave, and get ready from that very moment."""
        model = self.model
        if model.is_morning and self.rung == OPEN and not model.hostile_ground[self.place]:
            self.rung = self.find_shelter()
        met = self.pressure_per_hour() * model.step_hours
        self.gathered += met
        if self.gathered >= self.threshold:
            self.wants_to_leave, self.readied = True, 0.0
            self.get_ready(min((self.gathered - self.threshold) / max(met, 1e-300), 1.0))

    def pressure_per_hour(self) -> float:
        """What pushes me now, cause by cause, less what holds me back."""
        model, rule, place = self.model, self.model.rule, self.place
        x = (model.remembered[place] / rule.half_strikes) ** rule.steepness
        shelling = rule.shelling_per_hour * x / (1 + x)
        front = rule.front_per_hour * model.alarm[place]
        factor = rule.care_factor_in_need if self.needs_care else rule.care_factor
        care = model.lost_care[place] * ((shelling + front) * (factor - 1) + rule.care_per_hour)
        neighbours = rule.neighbours_per_hour * model.neighbours_gone[place]
        crowding = rule.crowding_per_hour if self.rung == OPEN else 0.0
        if self.rung == AT_HOME:
            held_back = rule.hold_resident_per_hour
        else:
            held_back = 0.0 if self.rung == OPEN else rule.hold_displaced_per_hour
        return max(shelling + front + care + neighbours + crowding - held_back, 0.0)

    def get_ready(self, share_of_step: float) -> None:
        """Readiness gathers while one can go; once there is enough, set out if there is anywhere to go."""
        model = self.model
        self.readied += share_of_step * model.readiness[self.place][self.means] * model.step_hours
        if self.readied < self.ready_at:
            return
        if self.choose_destination():
            self.leave()
        else:
            self.ready_at, self.readied = model.random.expovariate(1.0), 0.0

    def choose_destination(self) -> bool:
        """The place worth most: safety, room, size and care there, kin, less the way; False: there is no way."""
        model, rule, uniform_luck, log = self.model, self.model.rule, self.model.random.random, math.log
        hours, side = model.routes.hours[self.place].tolist(), model.control[self.place]
        best = -math.inf
        for area, its_side, places in model.open_places():
            if hours[area] == math.inf:
                continue
            value = -rule.distance_exponent * log(hours[area] + rule.near_hours) + gumbel(uniform_luck())
            value += rule.kin * (area == self.kin_area) - rule.other_authority * (its_side != side)
            for place, appeal in places:
                worth = value + appeal - log(-log(uniform_luck() or 1e-16))
                if worth > best and place != self.place:
                    best, self.destination = worth, place
                    way_hours = hours[area]
        if best == -math.inf:
            return False
        self.there_at_hours = model.now_hours + way_hours + model.last_leg_km[self.destination] / LOCAL_KMH
        return True

    def leave(self) -> None:
        """Give up the room here and set out."""
        model = self.model
        if self.rung != AT_HOME:
            model.shelter.room[self.place, self.rung] += self.persons
        model.present_persons[self.place] -= self.persons
        model.gone_lately[self.place] += self.persons
        if not self.displaced:
            model.displaced_persons += self.persons
        self.displaced, self.en_route, self.wants_to_leave = True, True, False

    def arrive(self) -> None:
        """Settle on the best rung with room, and begin to bear anew; if the place fell meanwhile, go elsewhere."""
        model = self.model
        if model.hostile_ground[self.destination] and self.choose_destination():
            return
        self.place, self.en_route = self.destination, False
        at_home = self.place == self.home and not self.idp
        self.rung = AT_HOME if at_home else self.find_shelter()
        model.present_persons[self.place] += self.persons
        self.gathered = 0.0
        self.threshold = model.random.expovariate(1.0) / self.sensitivity
        self.ready_at = model.random.expovariate(1.0)

    def find_shelter(self) -> int:
        """Host family, rented room, site, collective centre, unfinished building, open air: the first with room."""
        model = self.model
        ladder, room = model.parts.shelter, model.shelter.room[self.place]
        slack = self.persons * (1 - 1 / model.weight) / 2
        for rung in range(OPEN):
            if rung == HOST and self.kin_area != model.area[self.place]:
                if model.random.random() >= ladder.host_share:
                    continue
            elif rung == RENTED and not self.pays_rent:
                continue
            if room[rung] >= self.persons - slack:
                room[rung] -= self.persons
                return rung
        return OPEN


class PlainModel(mesa.Model):
    """Households as objects over the same places: ``step()`` moves the world by one step of the clock."""

    def __init__(self, world: World, events: list[Event], clock: Clock, parts: Parts, seed: int = 1) -> None:
        super().__init__(rng=seed)
        self.world, self.clock, self.parts, self.rule = world, clock, parts, parts.behaviour
        table = parts.population.synthesise(world, seed)
        self.weight, self.step_hours, self.now = table.weight, clock.step_hours, 0
        self.hazard = parts.hazard.start(world, events, clock)
        self.care = parts.services.start(world, events, clock)
        self.gates = parts.border.start(world, events, clock)
        row_persons = self.weight * parts.population.mean_persons if self.weight > 1 else 0.0
        self.shelter = parts.shelter.start(world, events, clock)
        if row_persons:
            self.shelter.gather_in_lumps(row_persons)
        self.routes = parts.roads.start(world, events, clock)
        self.area = world.places.area.tolist()
        self.last_leg_km = self.routes.last_leg_km().tolist()
        self.start_persons = world.places.residents_persons + world.places.idps_persons
        self.displaced_persons = 0.0
        self.present_persons = [0.0] * len(world.places)
        self.gone_lately = [0.0] * len(world.places)
        thresholds = exponential(decision_key(seed, "leave"), table.key, table.occasion) / table.sensitivity
        ready = exponential(decision_key(seed, "ready"), table.key, table.occasion)
        pays = self.shelter.pays(uniform(decision_key(seed, "rent"), table.key))
        first_luck = zip(thresholds.tolist(), ready.tolist(), pays.tolist(), strict=True)
        for i, luck in enumerate(first_luck):
            household = PlainHousehold(self, table.row(i), luck)
            self.present_persons[household.place] += household.persons

    def step(self) -> None:
        """What happens to places first; then each household in turn, on what the step's beginning showed."""
        self.now_hours = self.now * float(self.step_hours)
        self.end_hours = self.now_hours + self.step_hours
        self.change_places()
        self.agents.do("step")
        self.now += 1

    def change_places(self) -> None:
        """Danger, care, roads and room at these hours, as lists that households read scalars from."""
        step, clock, hazard, care = self.now, self.clock, self.hazard, self.care
        hazard.advance(step)
        care.advance(step)
        gates_changed = self.gates.advance(step)
        nobody_waits = np.zeros(2 * len(self.world.roads))
        changed = self.routes.advance(step, hazard.control, hazard.remembered, self.gates.rule, nobody_waits)
        held = self.world.hostile(hazard.control)
        if len(hazard.captured):
            self.shelter.close(hazard.captured[held[hazard.captured]])
        if changed or gates_changed or len(hazard.captured):
            n_places, area = len(self.world.places), self.world.places.area
            ways = np.isfinite(self.routes.hours[:n_places]).sum(axis=1)
            is_gateway = self.world.areas.gateway[area] == np.arange(n_places)
            self.can_leave = (ways > is_gateway) & ~held
        if step % clock.steps_a_day == 0:
            self.shelter.new_day(clock.day_of(step), held)
        self.is_morning = REHOUSED_AT_HOUR in clock.hours_of(step)
        self.hostile_ground, self.control = held.tolist(), hazard.control.tolist()
        self.remembered, self.alarm = hazard.remembered.tolist(), hazard.alarm.tolist()
        self.lost_care = care.lost.tolist()
        self.readiness = self.parts.transport.readiness(
            hazard.near_hourly, hazard.remembered, clock.hours_of(step), self.can_leave, hazard.alarm
        ).tolist()
        both = zip(self.gone_lately, self.present_persons, strict=True)
        self.neighbours_gone = [gone / max(gone + here, 1e-9) for gone, here in both]
        left = math.exp(-self.step_hours / (self.rule.neighbours_memory_days * HOURS_A_DAY))
        self.gone_lately = [gone * left for gone in self.gone_lately]
        self._open_places: list[tuple[int, int, list[tuple[int, float]]]] | None = None

    def open_places(self) -> list[tuple[int, int, list[tuple[int, float]]]]:
        """By area: its row, who holds it, and its places with what each is worth to anybody; made once a step."""
        if self._open_places is None:
            appeal = self.rule.appeal(
                self.rule.fear(self.hazard.remembered),
                self.hazard.alarm,
                self.start_persons,
                self.care.working,
                self.shelter.free_share(),
                ~np.array(self.hostile_ground),
            ).tolist()
            by_area: dict[int, list[tuple[int, float]]] = {}
            for place, worth in enumerate(appeal):
                if worth > -math.inf:
                    by_area.setdefault(self.area[place], []).append((place, worth))
            self._open_places = [
                (area, self.control[places[0][0]], places) for area, places in by_area.items()
            ]
        return self._open_places


def gumbel(uniform_luck: float) -> float:
    """A standard Gumbel number from a uniform one."""
    return -math.log(-math.log(uniform_luck or 1e-16))
