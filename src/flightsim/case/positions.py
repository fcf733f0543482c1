"""Whether places lie where the outlines of their areas say, and whether outlines and areas know each other."""

from __future__ import annotations

import numpy as np

from flightsim.case import geojson
from flightsim.case.importing.rings import Outlines, Polygon, polygons
from flightsim.case.oddities import POINT_KM, count, listed
from flightsim.world import World

OUTLINES = "outlines.geojson"


def misplaced(world: World) -> list[str]:
    """A sentence for each kind of disagreement between a case's places, areas and outlines; none without outlines."""
    file = None if world.folder is None else world.folder / OUTLINES
    if file is None or not file.is_file():
        return []
    found: dict[str, list[Polygon]] = {}
    for feature in geojson.features(file.read_bytes()):
        if parts := polygons(feature):
            found.setdefault(geojson.code_of(feature, world.areas.level), []).extend(parts)
    unnamed = found.pop("", [])
    notes = [f"{OUTLINES}: {count(len(unnamed), 'polygon')} without an area_id, not drawn"] if unnamed else []
    known = set(world.areas.area_id)
    strange = sorted(set(found) - known)
    missing = [
        f"{n} {a}" for n, a in zip(world.areas.name, world.areas.area_id, strict=True) if a not in found
    ]
    if found and missing:
        notes.append(f"{OUTLINES}: {count(len(missing), 'area')} without an outline: {listed(missing)}")
    if strange:
        said = "whose code is that of no area with a place"
        notes.append(f"{OUTLINES}: {count(len(strange), 'outline')} {said}: {listed(strange)}")
    ours = {code: found[code] for code in found if code in known}
    return [*notes, *_of_places(world, ours)] if ours else notes


def _of_places(world: World, ours: dict[str, list[Polygon]]) -> list[str]:
    """Places outside the outline of their own area, and outlines without any place inside."""
    outlines, places = Outlines(ours), world.places
    at = outlines.area_of(places.lon, places.lat)
    own = np.array([world.areas.area_id[a] for a in places.area])
    lies_in = np.array([*outlines.area_id, ""])[at]  # the last, blank, where none does
    asked = np.isin(own, outlines.area_id) & (lies_in != own)
    outside = [
        i for i in np.flatnonzero(asked) if _km_off(ours[own[i]], places.lon[i], places.lat[i]) > POINT_KM
    ]
    swapped = outlines.area_of(places.lat, places.lon)
    turned = [i for i in outside if at[i] < 0 and swapped[i] >= 0]
    notes = []
    if turned:
        said = listed(f"{places.name[i]} {places.place_id[i]}" for i in turned)
        notes.append(f"{count(len(turned), 'place')} inside an outline only with lat and lon swapped: {said}")
    rest = [i for i in outside if i not in set(turned)]
    if rest:
        said = listed(
            f"{places.name[i]} {places.place_id[i]} of {own[i]}{f' lies in {lies_in[i]}' * bool(lies_in[i])}"
            for i in rest
        )
        notes.append(
            f"{count(len(rest), 'place')} over {POINT_KM:g} km outside the outline of the own area: {said}"
        )
    empty = sorted(set(outlines.area_id) - set(lies_in))
    if empty:
        notes.append(f"{OUTLINES}: {count(len(empty), 'outline')} with no place inside: {listed(empty)}")
    return notes


def _km_off(outline: list[Polygon], lon: float, lat: float) -> float:
    """Distance from a point outside an outline to it in km; infinite beyond what is asked about."""
    _, km = Outlines({"own": outline}).nearest([lon], [lat], within_km=POINT_KM)
    return float(km[0])
