"""Which places can be chosen now, and which one does each household choose? Brings the parts' answers together."""

from __future__ import annotations

import numpy as np

from flightsim.model.choice import TOP, Alternatives, alternatives, area_values, choose, way_values
from flightsim.model.draws import name_key
from flightsim.model.households import Households
from flightsim.model.parts.behaviour import Flight
from flightsim.model.parts.border import Gates
from flightsim.model.parts.hazard import Hazard
from flightsim.model.parts.population import place_keys
from flightsim.model.parts.roads import Routes
from flightsim.model.parts.services import Care
from flightsim.model.parts.shelter import Shelter
from flightsim.world import Bools, Floats, Ints, World

CHUNK = 256  # households that choose at once: bounds the memory of a choice
NOWHERE = -1


class Destinations:
    """The places of a world and its gates abroad, as alternatives with keys of their own for draws."""

    def __init__(self, world: World, behaviour: Flight, place_draw: int, area_draw: int) -> None:
        gates, n_areas = world.crossings.crossing_id, len(world.areas)
        self._behaviour, self._draws, self._n_areas = behaviour, (place_draw, area_draw), n_areas
        self._n_places, self._n_gates, self._everybody = len(world.places), len(gates), world.persons
        self._persons = world.places.residents_persons + world.places.idps_persons
        self._abroad: Bools = ~world.at_home
        self._stayed_in: Bools = ~world.transit
        self._some_avoid = bool(world.holders.avoided.any())
        self._way: tuple[Alternatives, Floats, Floats, Floats] | None = None
        self._area: Ints = np.concatenate([world.places.area, n_areas + np.arange(len(gates))])
        self._key = np.concatenate(
            [place_keys(world), np.array([name_key(gate) for gate in gates], np.uint64)]
        )
        self._area_key = np.array([name_key(name) for name in [*world.areas.area_id, *gates]], np.uint64)

    def options(
        self, hazard: Hazard, care: Care, shelter: Shelter, gates: Gates, allowed: Bools
    ) -> Alternatives:
        """The places one may flee to as things stand, and the gates that lead abroad."""
        rule = self._behaviour
        fear = rule.fear(hazard.feared)
        room, aid = shelter.free_share(), shelter.aid_gained()
        allowed = allowed & self._stayed_in
        pull = (
            {"room_persons": shelter.indoors()} if getattr(rule, "room", 0) else {}
        )  # own rules may know none
        here = rule.appeal(fear, hazard.feared_alarm, self._persons, care.working, room, allowed, aid, **pull)
        here += rule.abroad * self._abroad
        abroad = np.full(self._n_gates, -np.inf)
        abroad[gates.leads_abroad] = rule.abroad + rule.size * np.log(self._everybody)
        side = np.concatenate([hazard.control, np.full(self._n_gates, -1)])
        return alternatives(
            np.concatenate([here, abroad]),
            self._area,
            side,
            self._key,
            self._area_key,
            by_side=self._some_avoid,
        )

    def choose(
        self,
        options: Alternatives,
        households: Households,
        rows: Ints,
        nodes: Ints,
        routes: Routes,
        hazard: Hazard,
        gates: Gates,
        may_stay: bool = False,
    ) -> Ints:
        """(n, TOP) columns of ``options`` for each household at its node, best first; -1: no way.

        ``may_stay``: the place at the node counts too. Who is abroad chooses among what is abroad: going home is a rule
        of its own (`returning`).
        """
        h, top = households, np.full((len(rows), TOP), NOWHERE)
        if not len(options.place):
            return top
        way, way_with_men = self._way_values(options, routes)
        at_home = ~routes.goal_abroad[options.row]
        control = np.append(hazard.control, np.full(self._n_gates, -1))
        has_men = h.persons[rows] > h.children[rows] + h.women[rows]
        for begin in range(0, len(rows), CHUNK):
            part = slice(begin, begin + CHUNK)
            who, node = rows[part], nodes[part]
            here = control[node][:, None]
            other = (options.side >= 0) & (here >= 0) & (options.side != here)
            is_kin = options.row == h.kin_area[who][:, None]
            ways = way[node]
            if not at_home.all():
                ways = np.where(has_men[part][:, None], way_with_men[node], ways)
                ways[at_home & routes.node_abroad[node][:, None]] = -np.inf
            values = area_values(self._behaviour, ways, is_kin, other)
            for column in np.flatnonzero(options.side < 0).tolist():
                gate = int(options.row[column]) - self._n_areas
                values[~gates.admits(gate, has_men[part]), column] = -np.inf
            if self._some_avoid:
                values[hazard.avoided(h.home[who][:, None], options.side)] = -np.inf
            here_now = np.full(len(who), NOWHERE) if may_stay else node
            not_here = np.column_stack([here_now, h.home[who]])  # home is for those who return
            top[part] = choose(options, values, h.occasion_key(who), *self._draws, not_here)
        return top

    def _way_values(self, options: Alternatives, routes: Routes) -> tuple[Floats, Floats]:
        """(N, A') what the way from each node takes off each area's worth: of families without and with adult men.

        Looked at when ways or news change.
        """
        hours = routes.hours
        if self._way is None or self._way[0] is not options or self._way[1] is not hours:
            of_men = routes.target(options.row, np.array(True))
            with_men = without = way_values(self._behaviour, hours[:, options.row])
            if not np.array_equal(of_men, options.row):
                with_men = way_values(self._behaviour, hours[:, of_men])
            self._way = options, hours, without, with_men
        return self._way[2:]
