"""The schedule: a step, as a list one can read."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from flightsim.clock import HOURS_A_DAY, Clock
from flightsim.events import Event
from flightsim.model import counting, invariants, rehousing, rerouting, returning
from flightsim.model.daily_departures import DailyDepartures
from flightsim.model.destinations import NOWHERE
from flightsim.model.households import ABROAD, AT_CROSSING
from flightsim.model.parts import Parts
from flightsim.model.parts.exodus import AskedByDay
from flightsim.model.prescribed_departures import PrescribedDepartures
from flightsim.model.state import State
from flightsim.model.travel import Travellers
from flightsim.world import OPEN, World

REHOUSED_AT_HOUR = 8  # once a morning, those in the open ask again
AT_GATE = -2  # instead of a rung, for those who reached a gate abroad


class Schedule(State):
    """Households that stay or flee. ``step()`` moves the world by ``clock.step_hours``.

    `model.DisplacementModel` is the same with Mesa's view of it; a run that nobody looks into needs no Mesa.
    """

    def __init__(
        self, world: World, events: Sequence[Event], clock: Clock, parts: Parts, seed: int = 1
    ) -> None:
        super().__init__(world, events, clock, parts, seed)
        asked = parts.exodus.start(world, events, clock)
        self.prescribed: PrescribedDepartures | DailyDepartures | None = None
        if isinstance(asked, AskedByDay):
            self.prescribed = DailyDepartures(asked, self)
        elif asked is not None:
            self.prescribed = PrescribedDepartures(asked, self, events)
        self.running = True

    def step(self) -> None:
        """One step. Everybody decides on what the step's beginning shows; changes land together.

        After the last step ``running`` is False, as `run_model` and `mesa.batch_run` want it; a further step raises.
        """
        if self.now >= self.clock.n_steps:
            raise IndexError(f"the run is over: its {self.clock.days} days have been simulated")
        self.change_of_the_world()
        self.gather_pressure()
        self.form_intents()
        self.depart()
        self.travel()
        self.pass_gates()
        self.keep_count()
        self.now += 1
        self.running = self.now < self.clock.n_steps

    def change_of_the_world(self) -> None:
        """Strikes, captures, closures and rules of these hours; those they throw off their way choose anew."""
        step = self.now
        self.hazard.advance(step)
        self.care.advance(step)
        gates_changed = self.gates.advance(step)
        changed = self.routes.advance(
            step, self.hazard.control, self.hazard.remembered, self.gates.rule, self.traffic.waiting
        )
        ways_changed = changed or gates_changed or len(self.hazard.captured) > 0 or self.hazard.turned
        if ways_changed or step % self.clock.steps_a_day == 0:
            self.forget_news()
        if len(self.hazard.captured):
            lost = self.hazard.captured[self.hostile_ground[self.hazard.captured]]
            self.shelter.close(lost)
            self.recorder.took(self.clock.day_of(step), self.hazard.captured, self.hazard.control)
        if ways_changed:
            self.see_who_is_cut_off()
            rerouting.throw_off(self)
        if gates_changed:
            rows, gate = self.gates.turn_away(self.households.adult_men > 0)
            self.settle(rows, self.world.crossings.place[gate], self.households.people(rows))
        if step % self.clock.steps_a_day == 0:
            self.shelter.new_day(self.clock.day_of(step), self.hostile_ground)
            self.shelter.make_do(self.sheltered_persons[:, OPEN], self.hostile_ground)
            returning.go_home(self)
        if REHOUSED_AT_HOUR in self.clock.hours_of(step):
            rehousing.ask_again_for_shelter(self)
            rerouting.give_up_queueing(self)

    def gather_pressure(self) -> None:
        """Pressure to leave by place and kind, and readiness by place and means, gather for these hours."""
        hazard, hours, rule = self.hazard, self.clock.step_hours, self.parts.behaviour
        neighbours = self.gone_lately / np.maximum(self.gone_lately + self.present_persons, 1e-9)
        met = rule.causes(
            hazard.feared, hazard.feared_alarm, self.care.lost, neighbours, out=self.pressure.met_now
        )
        factor = self.rate_factors[self.clock.day_of(self.now)]
        met *= factor
        self.pressure.gather(rule.pressure(met), hours)
        readiness = self.parts.transport.readiness(
            hazard.near_hourly,
            hazard.remembered,
            self.clock.hours_of(self.now),
            self.can_leave,
            hazard.alarm,
            self.clock.night_on(self.clock.day_of(self.now)),
        )
        self.readiness.gather(hours * readiness)
        self.gone_lately *= np.exp(-hours / (rule.neighbours_memory_days * HOURS_A_DAY))

    def form_intents(self) -> None:
        """Those whose gathered pressure passes their threshold want to leave from that moment on."""
        if self.prescribed is not None:
            self.prescribed.advance(self)
        rows, share_of_step = self.pressure.due()
        self.want_to_leave(rows, share_of_step)

    def depart(self) -> None:
        """Those ready choose where to go on what they see now, and set out; without any way they wait on."""
        rows = self.readiness.due()
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
        target = self.routes.target(options.row[options.area[best]], self.has_adult_men(rows))
        self.set_out(rows, place, options.place[best], target)
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

    def keep_count(self) -> None:
        """Measures of the step and, at its last step, of the day; stops the run if people were lost."""
        counting.count_step(self)
        invariants.check_people(self)
        if (self.now + 1) % self.clock.steps_a_day == 0:
            counting.count_day(self)
            invariants.check_everything(self)
