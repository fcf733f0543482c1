"""A journey on the roads of a small world, step by step, for the tests of travel."""

from __future__ import annotations

import dataclasses
from datetime import date, timedelta
from typing import Any

import numpy as np

import worlds
from flightsim.clock import Clock
from flightsim.events import Event
from flightsim.model.kernels import NO_EDGE
from flightsim.model.parts.roads import RoadNetwork, Routes
from flightsim.model.travel import Traffic, Travellers
from flightsim.world import World
from worlds import GOVERNMENT

NOON = 12.0


def day(n: int) -> date:
    return worlds.START + timedelta(days=n)


class Journey:
    """Traffic on the roads of a world, step by step."""

    def __init__(
        self,
        world: World,
        events: list[Event] | None = None,
        step_hours: int = 1,
        part: RoadNetwork | None = None,
    ) -> None:
        self.world, self.control = world, world.places.control.copy()
        self.routes: Routes = (part or RoadNetwork()).start(
            world, events or [], Clock(worlds.START, 30, step_hours)
        )
        self.traffic = Traffic(2 * len(world.roads), step_hours)
        self.step_hours, self.step = step_hours, 0
        self.entered: list[np.ndarray] = []  # by step and directed edge
        self.arrived_at: dict[int, float] = {}  # hour, by household
        self._look()

    def _look(self) -> None:
        n = len(self.world.places)
        rules = self.world.crossings.rule
        self.routes.advance(self.step, self.control, np.zeros(n), rules, self.traffic.waiting)

    def set_out(self, households: Any, a: str, b: str, at_hours: float = NOON, **columns: Any) -> None:
        """Households leave node ``a`` for place ``b``, one vehicle each unless said otherwise."""
        rows = np.atleast_1d(np.asarray(households, np.int64))
        n, nodes = len(rows), self.world.node_ids
        place = nodes.index(b)
        area = self.world.places.area
        target = area[place] if place < len(area) else len(self.world.areas) + place - len(area)
        usual: dict[str, Any] = {
            "persons": 5.0,
            "vehicles": 1.0,
            "pace_kmh": np.nan,
            "last_leg_hours": 0.0,
            "since_hours": at_hours,
        }
        values = {name: np.full(n, value) for name, value in (usual | columns).items()}
        self.traffic.depart(
            Travellers.of(
                n,
                household=rows,
                target=np.full(n, target),
                place=np.full(n, place),
                node=np.full(n, nodes.index(a)),
                edge=np.full(n, NO_EDGE),
                queues_for=np.full(n, NO_EDGE),
                at_hours=np.full(n, at_hours),
                on_last_leg=np.zeros(n, bool),
                **values,
            )
        )

    def go(self, steps: int | None = None, until_hours: float | None = None) -> Journey:
        """So many steps, or until that hour, or until everybody is there (at most ten days)."""
        end = self.step + steps if steps is not None else round((until_hours or 240) / self.step_hours)
        while self.step < end and (steps or until_hours or len(self.traffic.travellers)):
            self._look()
            there = self.traffic.advance(self.step, self.routes)
            self.arrived_at |= dict(zip(there.household.tolist(), there.at_hours.tolist(), strict=True))
            self.entered.append(self.traffic.read_entered())
            self.step += 1
            self.check()
        return self

    def turn_back(self, *taken: str) -> Travellers:
        """What the model does when roads close: at the step's beginning, these places having fallen."""
        for place in taken:
            self.control[self.world.places.place_id.index(place)] = GOVERNMENT
        self._look()
        passable = np.append(self.control != GOVERNMENT, np.ones(len(self.world.crossings), bool))
        return self.traffic.turn_back(float(self.step * self.step_hours), self.routes, passable)

    def check(self) -> None:
        """What holds after every step."""
        t = self.traffic.travellers
        on_road = t.edge != NO_EDGE
        counted = np.bincount(t.edge[on_road], t.vehicles[on_road], minlength=2 * len(self.world.roads))
        np.testing.assert_allclose(self.traffic.occupancy, counted, atol=1e-6)
        assert (counted <= self.routes.storage + 1e-6).all()
        assert (np.diff(t.household) > 0).all()

    def hourly(self, road: str) -> list[float]:
        """Vehicles that entered a road from its first end to its second, step by step."""
        edge = self.world.roads.road_id.index(road)
        return [float(entered[edge]) for entered in self.entered]


def narrow(vehicles_h: float, km: float = 20, kmh: float = 40) -> World:
    """The line, with so many vehicles an hour rated on the second road."""
    line = worlds.line_world(km=km, kmh=kmh)
    capacity = np.array([1000.0, vehicles_h])
    return dataclasses.replace(line, roads=dataclasses.replace(line.roads, capacity_vehicles_h=capacity))
