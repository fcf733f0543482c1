"""Violence that goes on: days to come made from the last days known.

As of a day T nothing later is known. Every later day repeats one of the fourteen days before T, in blocks of three
consecutive days drawn with the run's seed, so that bursts and lulls stay bursts and lulls. It is stronger or weaker by

    F(d) = strength_after * (1 + growth_per_week) ^ ((d - T) / 7 days)

Up to F = 1 the strikes of the repeated day are weaker; what exceeds 1 falls on further places near by, since it is the
number of places hit, more than how hard, that displaces. Places already taken are not struck: what was meant for them
falls near by, too. So the violence follows the front and widens as it grows.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np

from flightsim.clock import Clock
from flightsim.errors import InputError
from flightsim.events import STRIKES, WARLIKE, Event, by_type
from flightsim.model.draws import decision_key, exponential, name_key, uniform
from flightsim.whatif.plan import Phase
from flightsim.world import Bools, Floats, Ints, World

PAST_DAYS = 14  # assumption: two weeks hold a burst and a lull
BLOCK_DAYS = 3  # assumption: strikes come in bursts of a few days
STRIKES_SPREAD_KM = 10.0  # assumption: e-folding distance from the place struck before
FRONT_STEP_KM = 3.0  # assumption: e-folding distance from the places taken lately, to the next one
AHEAD_DAYS = 7  # assumption: an area is bombed for a week before the first of its places is taken
MOST_STRIKES = 10_000.0  # a day at a place, as in a case's events
FURTHER = 1_000  # draws of further places: their number within an event is added to the day's times this


@dataclass(frozen=True)
class Future:
    """What is assumed of the days from ``known_until`` on."""

    known_until: date
    growth_per_week: float = 0.0
    strength: float = 1.0
    advances: bool = True
    phases: list[Phase] = field(default_factory=list)

    def factor(self, when: date) -> float:
        """How strong the violence of a day is against that of the day it repeats."""
        weeks = (when - self.known_until).days / 7
        return float(self.strength * (1 + self.growth_per_week) ** weeks)


def goes_on(events: list[Event], world: World, clock: Clock, future: Future, seed: int) -> list[Event]:
    """What is known, and strikes, captures and closures made for each day of the run from ``known_until`` on.

    Ceasefires, pauses and cut roads of these days are not known either and fall away. Facilities close when
    their place is taken. Weather, border rules and aid stay as they are.
    """
    kept = [event for event in events if event.date < future.known_until or event.type not in WARLIKE]
    made = _Made(kept, world, future, seed)
    end = clock.date_of(clock.days - 1)
    for n in range(max((end - future.known_until).days + 1, 0)):
        made.live(future.known_until + timedelta(days=n), n)
    return [*kept, *made.events]


class _Made:
    """The days made so far: who holds what, what was taken lately, and the events."""

    def __init__(self, known: list[Event], world: World, future: Future, seed: int) -> None:
        self.events: list[Event] = []
        self._world, self._future, self._seed = world, future, seed
        self._row = {place_id: i for i, place_id in enumerate(world.places.place_id)}
        self._keys = np.array([name_key(place_id) for place_id in world.places.place_id], np.uint64)
        self._people: Floats = world.places.residents_persons + world.places.idps_persons
        sides = world.holders
        self._attacker = sides.name[sides.frightens.index(True)] if True in sides.frightens else sides.name[0]
        self._hostile: Bools = world.hostile(world.places.control)
        self._taken_on: dict[int, date] = {}
        self._captures = 0.0  # captures there should have been since known_until
        self._made_captures: list[int] = []
        self._facilities: dict[int, list[str]] = defaultdict(list)
        for name, place in zip(world.facilities.facility_id, world.facilities.place.tolist(), strict=True):
            self._facilities[place].append(name)
        first = future.known_until - timedelta(days=PAST_DAYS)
        self._struck: list[list[Event]] = [[] for _ in range(PAST_DAYS)]
        self._fell = [0] * PAST_DAYS
        for event in by_type(known, *STRIKES, "captured"):
            ago = (event.date - first).days
            if event.type == "captured":
                row, lost = (
                    self._row[event.target],
                    bool(world.hostile(world.holders.index(str(event.value)))),
                )
                if ago >= 0 and lost and not self._hostile[row]:
                    self._fell[ago] += 1
                    self._taken_on[row] = event.date
                self._hostile[row] = lost
            elif ago >= 0:
                self._struck[ago].append(event)
        if not any(self._struck):
            raise InputError(
                f"events.known_until is {future.known_until}: there is no strike in the {PAST_DAYS} days before, so "
                "there is no violence to go on"
            )

    def live(self, when: date, n: int) -> None:
        """One day more, the ``n``-th since known_until."""
        past = self._repeats(n)
        factor = self._future.factor(when)
        if self._future.phases:
            self._take_by_plan(when)
        elif self._future.advances:
            self._captures += self._fell[past] * factor
            self._advance(when, n)
        self._strike(when, n, self._struck[past], factor)

    def _repeats(self, n: int) -> int:
        """Which of the days before known_until the n-th day after it repeats."""
        block, within = divmod(n, BLOCK_DAYS)
        starts = PAST_DAYS - BLOCK_DAYS + 1
        return int(uniform(decision_key(self._seed, "violence goes on"), block)[0] * starts) + within

    # ------------------------------------------------------------------ strikes

    def _strike(self, when: date, n: int, struck: Sequence[Event], factor: float) -> None:
        """The strikes of the day that is repeated: each where it fell, and as factor exceeds 1, near by."""
        aim = self._aim(when)
        if not struck or factor <= 0 or not aim.any():
            return
        falls: dict[tuple[str, int], float] = defaultdict(float)
        copies = [min(1.0, factor - k) for k in range(math.ceil(factor))]
        spots = np.flatnonzero(aim)
        for event in struck:
            home = self._row[event.target]
            stays = not self._future.phases and not self._hostile[home]
            places = [home] if stays else []
            places += self._near(event, n, home, spots, len(copies) - len(places), stays)
            for place, share in zip(places, copies, strict=True):
                falls[event.type, place] += float(event.value) * share
        for (kind, place), strikes in sorted(falls.items()):
            name = self._world.places.place_id[place]
            value = min(strikes, MOST_STRIKES)
            self.events.append(Event(f"{kind}-{name}-{when}", when, None, None, kind, name, value, "assumed"))

    def _aim(self, when: date) -> Bools:
        """(P,) places that may be struck: inhabited, not taken and, where there is a plan, its turn near."""
        free = ~self._hostile & (self._people > 0)
        phases = self._future.phases
        if not phases:
            return free
        soon = [p.area for p in phases if p.begins - timedelta(days=AHEAD_DAYS) <= when <= p.ends]
        if not soon and when < phases[0].begins:
            soon = [phases[0].area]
        return np.asarray(free & np.isin(self._world.places.area, soon))

    def _near(self, event: Event, n: int, home: int, spots: Ints, copies: int, not_home: bool) -> list[int]:
        """Other places for copies of a strike: by people and, without a plan, by distance; keyed."""
        if copies <= 0:
            return []
        weight = np.log(self._people[spots])
        if not self._future.phases:
            weight = weight - self._world.km_between(home, spots) / STRIKES_SPREAD_KM
        if not_home:
            weight[spots == home] = -np.inf
        key = decision_key(self._seed, f"strike near {event.event_id}")
        which = np.uint64(FURTHER) * np.uint64(n) + np.arange(copies, dtype=np.uint64)
        race = np.log(exponential(key, self._keys[spots][None, :], which[:, None])) - weight
        return [int(spot) for spot in spots[race.argmin(axis=1)]]

    # ------------------------------------------------------------------ the front

    def _advance(self, when: date, n: int) -> None:
        """As many places are taken as on the day repeated, times the factor: next to those taken lately."""
        draw = decision_key(self._seed, "front goes on")
        while len(self._made_captures) + 1 <= self._captures:
            lately = np.array([row for row, day in self._taken_on.items() if (when - day).days <= PAST_DAYS])
            free = np.flatnonzero(~self._hostile)
            if not len(lately) or not len(free):
                return
            km = self._world.km_between(free[:, None], lately).min(axis=1)
            race = np.log(exponential(draw, self._keys[free], len(self._made_captures))) + km / FRONT_STEP_KM
            self._take(int(free[race.argmin()]), when)

    def _take_by_plan(self, when: date) -> None:
        """Each area of the plan is taken evenly over its days, the places next to the front first."""
        for phase in self._future.phases:
            if not phase.begins <= when <= phase.ends:
                continue
            inside = self._world.places.area == phase.area
            free = np.flatnonzero(inside & ~self._hostile)
            days_left = (phase.ends - when).days + 1
            held = np.flatnonzero(self._hostile)
            km = self._world.km_between(free[:, None], held).min(axis=1, initial=np.inf)
            for row in free[np.lexsort((free, km))][: math.ceil(len(free) / days_left)].tolist():
                self._take(row, when)

    def _take(self, row: int, when: date) -> None:
        """A place falls, and its facilities close."""
        name = self._world.places.place_id[row]
        self._hostile[row] = True
        self._taken_on[row] = when
        self._made_captures.append(row)
        self.events.append(
            Event(f"captured-{name}-{when}", when, None, None, "captured", name, self._attacker, "assumed")
        )
        self.events += [
            Event(f"closed-{facility}-{when}", when, None, None, "facility_closed", facility, 1.0, "assumed")
            for facility in self._facilities[row]
        ]
