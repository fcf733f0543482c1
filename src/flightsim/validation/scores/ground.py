"""What the baselines may know: where people and shelter were at the start, roads, and captures up to a day."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
import pandas as pd
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from flightsim.world import SITE, Bools, Floats, World

RING_KM = 10.0  # assumption: the ring around a captured place from which everybody is taken to leave with it
DETOUR = 1.3  # road over straight distance where no road of the case leads (median of inferred roads)
NEVER = np.iinfo(np.int64).max


@dataclass(frozen=True)
class Ground:
    """A world and what changed hands in it. Shapes: P places, A areas."""

    world: World
    front: pd.DataFrame  # place_id, date, holder
    ring_km: float = RING_KM

    @cached_property
    def persons(self) -> Floats:
        """(P,) people at the start."""
        return self.world.places.residents_persons + self.world.places.idps_persons

    @cached_property
    def population(self) -> Floats:
        """(A,) people at the start."""
        return self._by_area(self.persons)

    @cached_property
    def displaced_before(self) -> Floats:
        """(A,) people who were displaced already at the start."""
        return self._by_area(self.world.places.idps_persons)

    @cached_property
    def in_sites(self) -> Floats:
        """(A,) people in camps and sites at the start."""
        return self._by_area(self.world.site_population_persons)

    @cached_property
    def site_room(self) -> Floats:
        """(A,) free room in camps and sites at the start."""
        return self._by_area(np.maximum(np.nan_to_num(self.world.room_persons[:, SITE], posinf=0.0), 0.0))

    @cached_property
    def room(self) -> Floats:
        """(A,) free room at the start on every rung that has a limit."""
        room = np.where(np.isfinite(self.world.room_persons), self.world.room_persons, 0.0)
        return self._by_area(room.sum(axis=1))

    @cached_property
    def road_km(self) -> Floats:
        """(A, A) km between the areas' gateways on roads that do not lead through government or SDF ground."""
        w = self.world
        shut = w.hostile(w.places.control)
        shut = np.append(shut, np.zeros(len(w.crossings), bool))
        use = ~(shut[w.roads.u] | shut[w.roads.v])
        n = len(w.node_ids)
        ends = w.roads.u[use].astype(np.int32), w.roads.v[use].astype(np.int32)  # older scipy takes no others
        graph = csr_array((w.roads.km[use], ends), shape=(n, n))
        gates = w.areas.gateway
        km = dijkstra(graph, directed=False, indices=gates)[:, gates]
        straight = DETOUR * w.km_between(gates[:, None], gates)
        return np.asarray(np.where(np.isfinite(km), km, straight))

    @cached_property
    def gone(self) -> np.ndarray:
        """(P,) the day (ordinal) of the first capture by the government within the ring of a place; NEVER."""
        row = {place: i for i, place in enumerate(self.world.places.place_id)}
        taken = self.front[self.front["holder"] == "government"].sort_values("date")
        day = np.full(len(self.persons), NEVER)
        for place, when in zip(taken["place_id"], taken["date"], strict=True):
            if place in row and self.persons[row[place]] > 0:
                near = self.world.km_from(row[place]) <= self.ring_km
                day[near] = np.minimum(day[near], pd.Timestamp(when).toordinal())
        return day

    def lost(self, until: date) -> Bools:
        """(A,) areas whose gateway is captured, or in the ring of a captured place, by the end of a day."""
        return np.asarray(self.gone[self.world.areas.gateway] <= until.toordinal())

    def leavers(self, since: date, until: date) -> Floats:
        """(A,) people who leave from since to until by the rule of the capture ring."""
        within = (self.gone >= since.toordinal()) & (self.gone <= until.toordinal())
        return self._by_area(self.persons * within)

    def inside(self, codes: Collection[str]) -> Bools:
        """(A,) the areas that P-codes of any level stand for; all if there are none."""
        a = self.world.areas
        columns = zip(a.area_id, *(above.area_id for above in a.within), strict=True)
        return np.array([not codes or not set(codes).isdisjoint(levels) for levels in columns])

    def areas(self, codes: Collection[str]) -> list[str]:
        """P-codes of the areas that P-codes of any level stand for."""
        return [
            area for area, found in zip(self.world.areas.area_id, self.inside(codes), strict=True) if found
        ]

    @cached_property
    def codes(self) -> set[str]:
        """Every P-code that the world knows, of every level."""
        return set(self.world.areas.all_names)

    def _by_area(self, values: Floats) -> Floats:
        sums = np.bincount(self.world.places.area, values, minlength=len(self.world.areas))
        return np.asarray(sums, np.float64)
