"""What a case amounts to, as text: its areas and people, who holds what, its roads and events."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import networkx as nx
import numpy as np

from flightsim.case.oddities import count, listed
from flightsim.case.reading import Case
from flightsim.world import Bools, World


def summary(case: Case) -> list[str]:
    """The lines of the report."""
    manifest = case.world.manifest
    return [
        f"{manifest['title']} (case {case.world.name}), {manifest['start']} to {manifest['end']}",
        "",
        *_people(case.world),
        "",
        *_roads(case.world),
        *_rest(case),
    ]


def _people(world: World) -> list[str]:
    """A row an area, a column a holder: places and people; then all."""
    places, areas = world.places, world.areas
    persons = places.residents_persons + places.idps_persons
    n_held = np.bincount(places.control, minlength=len(world.holders.name))
    held = [h for h, lived_in in enumerate(world.holders.lived_in) if lived_in and n_held[h]]
    heads = ["area", "", "places", "people", "displaced", *(f"under {world.holders.label[h]}" for h in held)]

    def row(name: str, code: str, at: Bools) -> list[str]:
        under = [f"{persons[at & (places.control == h)].sum():,.0f}" for h in held]
        counted = [f"{at.sum():,}", f"{persons[at].sum():,.0f}", f"{places.idps_persons[at].sum():,.0f}"]
        return [name, code, *counted, *under]

    rows = [row(areas.name[a], areas.area_id[a], places.area == a) for a in range(len(areas))]
    everywhere = np.ones(len(places), dtype=bool)
    sides = ", ".join(f"{n:,} by {label}" for n, label in zip(n_held, world.holders.label, strict=True) if n)
    return [*aligned([heads, *rows, row("all", "", everywhere)]), "", f"Places held: {sides}."]


def _roads(world: World) -> list[str]:
    """How many, how long, and in how many parts one can travel whoever holds the ground."""
    roads = world.roads
    km = f"{roads.km.sum():,.0f} km"
    parts = sorted((len(part) for part in nx.connected_components(world.graph)), reverse=True)
    if len(parts) <= 1:
        joined = "all places and crossings are joined"
    else:
        sizes = listed(map(str, parts))
        joined = f"{len(parts):,} parts that no road joins, of {sizes} places and crossings"
    classes = ", ".join(f"{n:,} {name}" for name, n in Counter(roads.road_class).most_common())
    kmh = sorted({float(roads.free_flow_kmh.min()), float(roads.free_flow_kmh.max())}) if len(roads) else []
    speeds = f", {' to '.join(f'{each:g}' for each in kmh)} km/h" if kmh else ""
    return [f"{count(len(roads), 'road')}, {km}{speeds} ({classes or 'none'}); {joined}."]


def _rest(case: Case) -> list[str]:
    world = case.world
    border = int(world.crossings.is_border.sum())
    kinds = Counter(event.type for event in case.events)
    told = ", ".join(f"{n:,} {kind}" for kind, n in kinds.most_common())
    dates = f", {case.events[0].date} to {case.events[-1].date}" if case.events else ""
    hospitals = int(world.facilities.is_hospital.sum())
    room = world.room_persons[:, :-1].sum()
    health = f"{count(hospitals, 'hospital')}, {count(len(world.facilities) - hospitals, 'health centre')}"
    gates = f"{count(border, 'border crossing')}, {len(world.crossings) - border} internal"
    return [
        f"{gates}; {health}; free room for {room:,.0f} persons.",
        f"{count(len(case.events), 'event')}{dates}: {told or 'nothing happens'}.",
        f"{count(len(world.observations), 'observation')}.",
    ]


def aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Rows of cells as lines: texts to the left, numbers to the right, columns blank throughout left out."""
    columns = [list(column) for column in zip(*rows, strict=True) if any(column)]
    told = []
    for n, column in enumerate(columns):
        width = max(map(len, column))
        right = (
            n > 0
            and any(cell[:1].isdigit() for cell in column[1:])
            and not any(cell[:1].isalpha() for cell in column[1:])
        )
        told.append([cell.rjust(width) if right else cell.ljust(width) for cell in column])
    return ["  ".join(line).rstrip() for line in zip(*told, strict=True)]
