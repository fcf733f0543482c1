"""A road cut where somebody says."""

from __future__ import annotations

from datetime import date

from flightsim.errors import InputError, nearest
from flightsim.events import Event
from flightsim.world import World


def cut(events: list[Event], world: World, road: str, at: str | None, when: date, left: float) -> list[Event]:
    """From a day on only this share of capacity is left on the road of this number, at a place or all along.

    ``at`` is a place or an area, by name or P-code: the stretches with an end there are cut.
    """
    stretches = [row for row, ref in enumerate(world.roads.ref) if ref.casefold() == road.casefold()]
    if not stretches:
        known = sorted(set(world.roads.ref) - {""})
        raise InputError(
            f"events.cut_road: there is no road {road}{nearest(road, known)}; there is: {', '.join(known)}"
        )
    if at is not None:
        here = _nodes(world, at)
        stretches = [row for row in stretches if {int(world.roads.u[row]), int(world.roads.v[row])} & here]
        if not stretches:
            raise InputError(f"events.cut_at: the {road} does not pass {at}")
    ids = [world.roads.road_id[row] for row in stretches]
    return [
        *events,
        *(Event(f"cut-{i}-{when}", when, None, None, "road_cut", i, left, "assumed") for i in ids),
    ]


def _nodes(world: World, at: str) -> set[int]:
    """The places meant: one of this name or P-code, else all of an area."""
    places = world.places
    found = [i for i, names in enumerate(zip(places.place_id, places.name, strict=True)) if at in names]
    if found:
        return set(found)
    area = world.areas.row_of(at)
    if area is None:
        known = [*world.areas.name, *places.name]
        raise InputError(
            f"events.cut_at: there is no place or {world.areas.noun.one} '{at}'{nearest(at, known)}"
        )
    return {i for i, of in enumerate(places.area.tolist()) if of == area}
